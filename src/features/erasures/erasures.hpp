// Erasures: recognising people who were erased, without keeping who they are.
//
// A phone number or BSUID is kept as an HMAC under a key that only the vault can open, with the
// moment of the erasure. Whatever makes a contact or stores what a customer did asks here, in its
// own transaction: what happened before that moment is not stored again, and who comes back stays
// opted out until they write START. The erasing itself: features/privacy. Decision: docs/adr/0015.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/crypto.hpp"
#include "base/error.hpp"
#include "base/rng.hpp"
#include "db/txn.hpp"

namespace wapi::erasures {

/// As an event or a contact names a person; empty parts are not known.
struct Person {
    std::string_view phone;  ///< wa_id digits, any of the number's forms
    std::string_view bsuid;
};

/// Of the Fault that says that the workspace's key does not open.
inline constexpr std::string_view key_fault = "vault.key";

/// What one transaction needs to recognise the erased people of a workspace. Costs one look at an
/// index while nobody was erased there.
class Recogniser {
  public:
    /// Throws Fault `vault.key` when somebody was erased and the workspace's key does not open:
    /// then nobody can be told from them, and nothing must be stored or sent.
    static Recogniser open(db::WorkspaceTxn& txn);

    /// True when nobody was erased.
    [[nodiscard]] bool empty() const { return key_.empty(); }
    /// When the person was erased last; nothing: never. People who were looked up cost nothing.
    [[nodiscard]] std::optional<Timestamp> find(db::WorkspaceTxn& txn, const Person& person) const;
    /// Looks for many at once and remembers the answers.
    void look_up(db::WorkspaceTxn& txn, std::span<const Person> people);

  private:
    [[nodiscard]] std::optional<Timestamp> find_hash(db::WorkspaceTxn& txn,
                                                     const crypto::Digest& hash) const;
    SecretString key_;  ///< empty: nobody was erased
    std::map<crypto::Digest, std::optional<Timestamp>> known_;
};

/// Keeps that these people were erased at that moment; a later moment stays.
/// Errors: vault_secret_invalid.
Result<void> remember(db::WorkspaceTxn& txn, std::span<const Person> people, Timestamp erased_at,
                      Rng& rng, Timestamp now);

}  // namespace wapi::erasures
