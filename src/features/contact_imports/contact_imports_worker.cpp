// The loop that works through imports, and what one batch does. See contact_imports.hpp.
#include <fmt/format.h>

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <memory>
#include <utility>

#include "base/log.hpp"
#include "features/access/access.hpp"
#include "features/audit/audit.hpp"
#include "features/contact_batches/contact_batches.hpp"
#include "features/contact_imports/contact_imports_progress.hpp"
#include "features/contact_imports/contact_imports_store.hpp"
#include "features/contacts/contacts.hpp"

namespace wapi::contact_imports {
namespace {

using contact_batches::Failing;

constexpr std::size_t turn_rows_max = 100;  ///< then others that wait are asked for
constexpr std::chrono::seconds poll{5};
constexpr std::int64_t pruned_rows_max = 2'000;
constexpr std::int64_t pruned_chunks_max = 100;

/// What the import does in the name of the person who started it.
struct Acting {
    Context context;
    contact_files::Mapping mapping;
    contact_files::Options options;
};

/// Who started it acts by what they may do and see now. Nothing when they may not import any more.
std::optional<Acting> act_for_starter(db::WorkspaceTxn& txn, const Import& import) {
    const auto stored = access::find_rights(txn, import.starter);
    const auto rights = stored ? std::optional(access::decide_rights(*stored)) : std::nullopt;
    if (!rights || rights->suspended ||
        !access::contains(rights->permissions, access::bit(access::Permission::import_contacts))) {
        return std::nullopt;
    }
    Acting acting;
    acting.context.workspace = txn.workspace();
    acting.context.actor = {ActorKind::user, import.starter.value};
    acting.context.restrictions = rights->restrictions;
    acting.context.request_id = import.request_id;
    acting.mapping =
        contact_files::parse_mapping(import.mapping.as_array(), import.header.size()).value();
    acting.options = contact_files::parse_options(import.options.as_object()).value();
    return acting;
}

/// Rows from where the import stands.
struct Window {
    std::vector<csv::Row> rows;
    csv::Place place;  ///< where to go on when there are none
    bool is_last = false;
};

Window read_window(db::WorkspaceTxn& txn, const Import& import) {
    constexpr auto size = static_cast<std::int64_t>(contact_files::chunk_bytes);
    const std::int64_t chunk = import.place.byte / size;
    const std::string text = store::read_chunks(txn, import.id, chunk);
    const auto skipped = static_cast<std::size_t>(import.place.byte % size);
    if (text.size() <= skipped && import.place.byte < import.bytes) {
        throw Fault("contact_imports.chunk_missing", "a part of an import's file is missing");
    }
    Window window;
    csv::Reader reader(contact_files::delimiter_letter(import.delimiter),
                       contact_files::row_bytes_max, import.place);
    window.is_last = chunk * size + static_cast<std::int64_t>(text.size()) >= import.bytes;
    const std::string_view unread = std::string_view(text).substr(std::min(skipped, text.size()));
    if (reader.read(unread, window.rows) != csv::Problem::none ||
        (window.is_last && reader.finish(window.rows) != csv::Problem::none)) {
        throw Fault("contact_imports.unreadable", "a file that was readable is not any more");
    }
    window.place = reader.place();
    return window;
}

/// Makes contacts of some rows and counts them. Returns how many broke and are refused for it.
std::size_t import_rows(db::WorkspaceTxn& txn, IdGenerator& ids, Import& import,
                        const Acting& acting, std::span<const csv::Row> rows, Timestamp now) {
    std::vector<contact_batches::Row> said;
    said.reserve(rows.size());
    for (const csv::Row& row : rows) {
        said.push_back(contact_files::read_any_row(row.cells, acting.mapping, acting.options));
    }
    const std::vector<contact_batches::Outcome> outcomes =
        contact_batches::apply_sound(txn, ids, said,
                                     {.existing = acting.options.existing,
                                      .restrictions = acting.context.restrictions,
                                      .said_at = import.created_at,
                                      .now = now});
    std::vector<RefusedRow> refused;
    for (std::size_t at = 0; at < outcomes.size(); ++at) {
        using Kind = contact_batches::Outcome::Kind;
        const contact_batches::Outcome& outcome = outcomes[at];
        import.counts.created += outcome.kind == Kind::created ? 1 : 0;
        import.counts.updated += outcome.kind == Kind::updated ? 1 : 0;
        import.counts.skipped += outcome.kind == Kind::skipped ? 1 : 0;
        if (outcome.kind == Kind::refused) {
            auto [cells, ends] =
                outcome.forget
                    ? contact_files::Kept{}
                    : contact_files::decide_kept(rows[at].cells, said[at].phone, acting.options);
            refused.push_back({rows[at].begin.line, std::string(outcome.reason), std::move(cells),
                               std::move(ends)});
        }
    }
    store::add_refused(txn, import.id, refused);
    import.counts.refused += static_cast<std::int64_t>(refused.size());
    import.counts.done += static_cast<std::int64_t>(rows.size());
    import.place = rows.back().end;
    return static_cast<std::size_t>(
        std::ranges::count_if(outcomes, &contact_batches::Outcome::broken));
}

/// The next batch is half as large. True when no more failures are borne: the import has ended.
bool count_failure(db::WorkspaceTxn& txn, Import& import, Timestamp now) {
    ++import.failures;
    if (import.failures < failures_max) {
        return false;
    }
    import.failure = "Something failed on our side, again and again.";
    end(txn, audit::system_context(txn.workspace(), import.request_id), import, State::failed, now);
    return true;
}

/// Some hundred rows, fewer when others wait for the database.
void run_batch_of(db::WorkspaceTxn& txn, IdGenerator& ids, const db::Db& db, Import& import,
                  Timestamp now) {
    const std::optional<Acting> acting = act_for_starter(txn, import);
    if (!acting) {
        import.failure = "Who started it may not import contacts any more.";
        Context context = audit::system_context(txn.workspace(), import.request_id);
        end(txn, context, import, State::failed, now);
        return;
    }
    import.state = State::running;
    const Window window = read_window(txn, import);
    const std::size_t wanted =
        std::min(window.rows.size(), contact_batches::decide_rows(import.failures));
    std::size_t done = 0;
    std::size_t broken = 0;
    while (done < wanted && (done == 0 || db.quiet())) {
        const std::size_t count = std::min(turn_rows_max, wanted - done);
        broken += import_rows(txn, ids, import, *acting,
                              std::span(window.rows).subspan(done, count), now);
        done += count;
    }
    if (broken < done || done == 0) {
        import.failures = contact_batches::note_success(import.failures);
    } else if (count_failure(txn, import, now)) {
        return;
    }
    if (window.rows.empty()) {
        import.place = window.place;
    }
    store::delete_chunks(txn, import.id,
                         import.place.byte / static_cast<std::int64_t>(contact_files::chunk_bytes));
    if (window.is_last && done == window.rows.size()) {
        end(txn, acting->context, import, State::done, now);
    } else {
        note_progress(txn, import, now);
    }
}

using Current = std::shared_ptr<std::optional<store::Turn>>;

bool run_next(db::Txn& txn, IdGenerator& ids, const db::Db& db, const Current& current,
              Timestamp now) {
    *current = store::lock_next(txn, now);
    if (!*current) {
        return false;
    }
    db::WorkspaceTxn bound(txn, (*current)->workspace);
    std::optional<Import> import = store::lock(bound, (*current)->import);
    if (import && import->started_at && !import->ended_at) {
        run_batch_of(bound, ids, db, *import, now);
    }
    return true;
}

/// The row that was too slow alone. Nobody has looked for whom it names: nothing of it is kept.
void refuse_next_row(db::WorkspaceTxn& txn, Import& import) {
    const Window window = read_window(txn, import);
    if (!window.rows.empty()) {
        const csv::Row& row = window.rows.front();
        store::add_refused(txn, import.id,
                           {{row.begin.line, "This row took too long to store.", {}}});
        ++import.counts.refused;
        ++import.counts.done;
        import.place = row.end;
    }
}

/// The import has its next turn after a pause, so that the others go on. An outage is waited for,
/// however long it takes; else the next batch is smaller, until a row that is too slow alone is
/// refused, and at last the import is given up.
void note_failure(db::WorkspaceTxn& txn, const std::string& id, Failing failing, Timestamp now) {
    std::optional<Import> import = store::lock(txn, id);
    if (!import || import->ended_at) {
        return;
    }
    if (failing == Failing::outage) {
        store::save_progress(txn, *import, now + poll);
        return;
    }
    if (failing == Failing::too_slow && import->failures >= contact_batches::halvings_max) {
        refuse_next_row(txn, *import);
    }
    const auto pause = contact_batches::decide_pause(import->failures);
    if (!count_failure(txn, *import, now)) {
        store::save_progress(txn, *import, now + pause);
    }
}

}  // namespace

void note_progress(db::WorkspaceTxn& txn, const Import& import, Timestamp now) {
    store::save_progress(txn, import, now);
}

void end(db::WorkspaceTxn& txn, const Context& context, Import& import, State state,
         Timestamp now) {
    import.state = state;
    import.ended_at = now;
    import.sample.clear();
    note_progress(txn, import, now);
    if (!import.started_at) {
        return;
    }
    txn.announce(contacts::contacts_changed, import.id);
    const Counts& counts = import.counts;
    audit::record(txn, context,
                  {.action = audit::actions::contact_imported,
                   .resource_type = "contact_import",
                   .resource_id = import.id,
                   .details = boost::json::serialize(
                       boost::json::object{{"state", name_of(state)},
                                           {"rows", counts.total},
                                           {"done", counts.done},
                                           {"created", counts.created},
                                           {"updated", counts.updated},
                                           {"skipped", counts.skipped},
                                           {"refused", counts.refused},
                                           {"startedBy", import.starter.value}})},
                  now);
}

void Importer::wake() {
    to_clear_ = true;
    wake_.notify();
}

void Importer::start() {
    tasks_.on_stop([this] { wake_.notify(); });
    tasks_.spawn("contact_imports.importer", run());
}

async::Task<> Importer::run() {
    while (!tasks_.stopping()) {
        bool more = false;
        try {
            more = co_await work();
        } catch (const std::exception& failure) {
            log::warn("contact_imports.failed", {{"reason", failure.what()}});
        }
        if (!more) {
            co_await wake_.wait_for(poll);
        }
    }
}

/// A batch, or, when nothing is to be imported, some of what is left of files that have ended.
async::Task<bool> Importer::work() {
    if (co_await run_batch()) {
        to_clear_ = true;
        co_return true;
    }
    if (to_clear_) {
        to_clear_ = co_await db_.write("contact_imports.clear", [](db::Txn& txn) {
            return store::prune_chunks(txn, pruned_chunks_max) == pruned_chunks_max;
        });
    }
    co_return to_clear_;
}

async::Task<bool> Importer::run_batch() {
    const Timestamp now = clock_.now();
    const bool is_due = co_await db_.read("contact_imports.look",
                                          [now](db::Txn& txn) { return store::has_due(txn, now); });
    if (!is_due) {
        co_return false;
    }
    auto current = std::make_shared<std::optional<store::Turn>>();
    Failing failing{};
    std::exception_ptr failed;
    try {
        co_return co_await db_.write("contact_imports.batch",
                                     [&ids = ids_, &db = db_, current, now](db::Txn& txn) {
                                         return run_next(txn, ids, db, current, now);
                                     });
    } catch (const std::exception& failure) {
        failing = contact_batches::decide_failing(failure);
        failed = std::current_exception();
        log::warn("contact_imports.batch_failed", {{"reason", failure.what()}});
    }
    if (!*current) {
        std::rethrow_exception(failed);
    }
    co_await db_.write(
        (*current)->workspace, "contact_imports.note_failure",
        [id = (*current)->import, failing, later = clock_.now()](db::WorkspaceTxn& txn) {
            note_failure(txn, id, failing, later);
            return true;
        });
    co_return true;  // the others need not wait: this one has its turn later
}

bool prune_step(db::Txn& txn, Timestamp now) {
    store::expire(txn, now - unstarted_kept, now);
    const bool more =
        store::prune_chunks(txn, pruned_chunks_max) == pruned_chunks_max ||
        store::prune_refused(txn, now - ended_kept, pruned_rows_max) == pruned_rows_max;
    return store::prune_imports(txn, now - ended_kept, pruned_rows_max) == pruned_rows_max || more;
}

}  // namespace wapi::contact_imports
