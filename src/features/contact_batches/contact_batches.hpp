// Many contacts in few statements: what an import does with a few hundred rows of a file.
//
// A row names a person by phone. Who is not known is created, who is known gets the row's name,
// tags and attributes besides what they have; nobody's opt-out changes, and who was erased is made
// opted out, as everywhere (features/contacts, features/erasures). The number of statements does
// not grow with the rows, but for the inserts and updates themselves, which go out together.
#pragma once

#include <boost/json/object.hpp>
#include <chrono>
#include <cstdint>
#include <exception>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/context.hpp"
#include "base/error.hpp"
#include "base/ids.hpp"
#include "db/txn.hpp"

namespace wapi::contact_batches {

/// What is said about one person. Limits of the fields: contacts.hpp; kept by the caller, but for
/// what a known contact has besides.
struct Row {
    std::string phone;  ///< wa_id digits
    std::string name;   ///< empty: not said
    std::vector<std::string> tags;
    boost::json::object attributes;
    /// Why nothing can become of it, for people; `phone` then is what it names, readable or not.
    std::string wrong = {};
    /// With `wrong`: other phones that it names, as wa_id.
    std::vector<std::string> also_named = {};
};

/// What becomes of a contact that is there already.
enum class Existing { update, skip };

struct Outcome {
    enum class Kind : std::uint8_t { created, updated, skipped, refused } kind = Kind::skipped;
    std::string_view reason = {};  ///< of a refusal, for people; static text or the row's
    bool forget = false;           ///< the row names somebody who was erased: keep nothing of it
    bool broken = false;           ///< refused because it cannot be stored, for no known reason
};

/// Whose rows they are, and when.
struct Terms {
    Existing existing = Existing::update;
    Restrictions restrictions = {};  ///< of who gave the rows: they make and change what they see
    Timestamp said_at;               ///< who was erased since then stays erased
    Timestamp now;
};

inline constexpr std::size_t rows_max = 500;  ///< in one call

/// One outcome for each row, in their order; of two rows with one phone the second finds the
/// first's contact. Leaves no audit entries but those of opt-outs: the caller's act is one. Throws
/// Fault `db.conflict`, on which the function runs again, when another transaction makes one of the
/// contacts at the same time.
std::vector<Outcome> apply(db::WorkspaceTxn& txn, IdGenerator& ids, std::span<const Row> rows,
                           const Terms& terms);

/// The same for a caller who does not know that each row can be stored: what fails is tried again
/// by halves, the row that is found is refused as `broken`, and the others are done. Errors: Fault
/// when the database cannot go on now, or when more than `broken_rows_max` are found: then it is
/// not the rows.
std::vector<Outcome> apply_sound(db::WorkspaceTxn& txn, IdGenerator& ids, std::span<const Row> rows,
                                 const Terms& terms);
inline constexpr std::size_t broken_rows_max = 10;

/// What a batch that has failed says about its rows.
enum class Failing : std::uint8_t {
    outage,    ///< the database cannot go on now: nothing
    too_slow,  ///< it took too long, perhaps because of what it does
    broken,    ///< it cannot be done
};
Failing decide_failing(const std::exception& failure);

// How large the next batch is and when it begins, by a count that grows by one with each failure.
inline constexpr std::int64_t halvings_max = 9;  ///< so many failures: a batch is one row
std::size_t decide_rows(std::int64_t failures);
std::chrono::seconds decide_pause(std::int64_t failures);
/// The count after a batch that was done: the next is twice as large.
std::int64_t note_success(std::int64_t failures);

}  // namespace wapi::contact_batches
