// Imports of contacts from CSV files of any header: the file comes as a stream, is looked at, and
// becomes contacts in the background once its columns have been named.
//
// The file is kept in the database, so that any node may go on with it, in pieces that go as their
// rows are done. A batch of rows, its contacts and the progress are one transaction: after a crash
// the import goes on behind the last batch, each row counted once.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "async/async.hpp"
#include "base/context.hpp"
#include "base/error.hpp"
#include "base/ids.hpp"
#include "db/db.hpp"
#include "features/contact_files/contact_files.hpp"

namespace wapi::contact_imports {

namespace errors {
inline const ErrorKind import_not_found{"import_not_found", 404, RetryClass::never,
                                        "There is no such import in this workspace."};
inline const ErrorKind import_not_ready{"import_not_ready", 409, RetryClass::never,
                                        "This import cannot be started or cancelled any more."};
inline const ErrorKind too_many_imports{"too_many_imports", 429, RetryClass::wait,
                                        "This workspace has as many imports open as it may have."};
}  // namespace errors

enum class State : std::uint8_t { uploading, ready, queued, running, done, cancelled, failed };
std::string_view name_of(State state);

/// Of a file's rows, its header not among them. done = created + updated + skipped + refused.
struct Counts {
    std::int64_t total = 0;
    std::int64_t done = 0;
    std::int64_t created = 0;
    std::int64_t updated = 0;
    std::int64_t skipped = 0;  ///< the contact was there, and stays as it was
    std::int64_t refused = 0;
};

struct Import {
    std::string id;
    State state = State::uploading;
    std::string file_name;
    UserId user;     ///< who sent the file
    UserId starter;  ///< who started it; empty before
    std::string request_id;
    std::string delimiter;
    boost::json::array header;
    boost::json::array sample;   ///< arrays of cells: the first rows
    boost::json::array guess;    ///< a mapping
    boost::json::value mapping;  ///< null before it was started
    boost::json::value options;  ///< null before it was started
    std::int64_t bytes = 0;      ///< as UTF-8
    csv::Place place;            ///< where the next row begins
    Counts counts;
    /// Of our side: one more after each, one less after a batch that was done.
    std::int64_t failures = 0;
    std::string failure;  ///< for people; empty unless failed
    Timestamp created_at;
    std::optional<Timestamp> started_at;
    std::optional<Timestamp> ended_at;
};

using contact_files::Declared;

inline constexpr std::size_t file_bytes_max = 256 << 20;
inline constexpr int uploads_max = 2;    ///< at once, of one workspace
inline constexpr int open_max = 20;      ///< imports of one workspace that have not ended
inline constexpr int failures_max = 20;  ///< then an import is given up
inline constexpr std::chrono::hours unstarted_kept{24};
inline constexpr std::chrono::hours ended_kept{30 * 24};  ///< with its refused rows

struct Page {
    std::vector<Import> imports;  ///< newest first
    std::string next_cursor;
};

struct RefusedRow {
    std::int64_t line = 0;  ///< of the file; the header is the first
    std::string reason;
    std::vector<std::string> cells;
    std::set<std::string> phone_ends = {};  ///< of the phones it names, by which erasures find it
};

/// A file on its way. Counts as one of its workspace as long as it lives. Network thread.
class Receiving {
  public:
    using Open = std::map<WorkspaceId, int>;
    Receiving(std::shared_ptr<Open> open, Context context, Declared declared, std::string id);
    ~Receiving();
    Receiving(const Receiving&) = delete;
    Receiving& operator=(const Receiving&) = delete;

  private:
    friend class Service;
    std::shared_ptr<Open> open_;
    Context context_;
    Declared declared_;
    std::string id_;
    contact_files::Upload upload_;
    std::int64_t chunks_ = 0;  ///< that are stored
};

/// Takes files and answers for their imports. A member with restrictions, or without the right to
/// see contacts, sees only their own.
class Service {
  public:
    /// `wake` is called when there is something to import.
    Service(db::Db& db, IdGenerator& ids, const Clock& clock, std::function<void()> wake)
        : db_(db), ids_(ids), clock_(clock), wake_(std::move(wake)) {}

    /// Errors: too_many_imports, invalid_request (encoding, delimiter, fileName).
    async::Task<Result<std::shared_ptr<Receiving>>> begin(Context context, Declared declared);
    /// Takes the next bytes. Errors: import_file_invalid, import_not_found when it was cancelled.
    async::Task<Result<void>> add(Receiving& file, std::string bytes);
    /// The file is whole. Errors: import_file_invalid, import_not_found.
    async::Task<Result<Import>> finish(Receiving& file);
    /// Nothing of the file stays.
    async::Task<> abandon(Receiving& file);

    /// Without the samples, which may be large.
    async::Task<Page> list(Context context, std::string cursor, std::size_t limit);
    /// Errors: import_not_found.
    async::Task<Result<Import>> get(Context context, std::string id);
    /// Queues it. `body`: mapping, existing, tags, country. Errors: import_not_found,
    /// import_not_ready, invalid_request.
    async::Task<Result<Import>> start(Context context, std::string id, boost::json::object body);
    /// What is done stays. Errors: import_not_found, import_not_ready when it has ended.
    async::Task<Result<Import>> cancel(Context context, std::string id);
    /// The import whose refused rows will be read; says so in the audit log, as exports do.
    /// Errors: import_not_found.
    async::Task<Result<Import>> begin_download(Context context, std::string id);
    /// Refused rows in the order of the file, after `line`.
    async::Task<std::vector<RefusedRow>> list_refused(Context context, std::string id,
                                                      std::int64_t after_line, std::size_t limit);

  private:
    async::Task<Result<void>> store_chunks(Receiving& file, bool all);
    db::Db& db_;
    IdGenerator& ids_;
    const Clock& clock_;
    std::function<void()> wake_;
    std::shared_ptr<Receiving::Open> open_ = std::make_shared<Receiving::Open>();
};

/// Works through the imports that were started: of each workspace one, all of them in turn.
/// Network thread; several nodes may run one each.
class Importer {
  public:
    Importer(async::Tasks& tasks, db::Db& db, IdGenerator& ids, const Clock& clock)
        : tasks_(tasks), db_(db), ids_(ids), clock_(clock), wake_(tasks.io()) {}
    void start();
    /// An import was started or cancelled.
    void wake();
    /// One batch of the import whose turn it is; one that fails has its next turn after a pause.
    /// False when none is due. For the loop and tests.
    async::Task<bool> run_batch();

  private:
    async::Task<> run();
    async::Task<bool> work();
    async::Tasks& tasks_;
    db::Db& db_;
    IdGenerator& ids_;
    const Clock& clock_;
    async::Signal wake_;
    bool to_clear_ = true;  ///< there may be files that are done with
};

/// Removes what is past its time: files that were never started or are done with, and imports that
/// ended long ago, in a bounded step. True when there is more. System scope.
bool prune_step(db::Txn& txn, Timestamp now);

/// As the API shows it.
boost::json::object render(const Import& import);

}  // namespace wapi::contact_imports
