// Taking files in, and the acts of people on imports. See contact_imports.hpp.
#include <algorithm>
#include <array>
#include <boost/json/serialize.hpp>
#include <utility>

#include "base/json.hpp"
#include "base/time_text.hpp"
#include "features/access/access.hpp"
#include "features/audit/audit.hpp"
#include "features/contact_imports/contact_imports_progress.hpp"
#include "features/contact_imports/contact_imports_store.hpp"

namespace wapi::contact_imports {
namespace {

constexpr std::size_t chunks_at_once = 4;     ///< stored in one transaction
constexpr std::int64_t erased_at_once = 100;  ///< chunks in one transaction
constexpr std::size_t file_name_bytes_max = 255;

/// Rows of a file are customers that a member with restrictions, or without the right to see
/// contacts, may not see.
store::Seen seen_by(const Context& context) {
    const bool sees_all =
        context.restrictions.bits() == 0 &&
        access::contains(context.permissions, access::bit(access::Permission::view_contacts));
    return {.user = sees_all ? UserId() : UserId(context.actor.id)};
}

bool has_ended(const Import& import) { return import.ended_at.has_value(); }

struct Chunks {
    std::string import;
    std::int64_t first = 0;
    std::vector<std::string> bodies;
};

void record_start(db::WorkspaceTxn& txn, const Context& context, const Import& import,
                  Timestamp now) {
    audit::record(txn, context,
                  {.action = audit::actions::contact_imported,
                   .resource_type = "contact_import",
                   .resource_id = import.id,
                   .details = boost::json::serialize(json::object{{"state", name_of(import.state)},
                                                                  {"rows", import.counts.total}})},
                  now);
}

/// Some of the chunks, or, when they were the last, the import as well. True when there is more.
bool erase_some(db::WorkspaceTxn& txn, const std::string& id) {
    if (store::erase_chunks(txn, id, erased_at_once) == erased_at_once) {
        return true;
    }
    store::erase(txn, id);
    return false;
}

/// False when nobody wants the file any more: the import was cancelled, or is gone.
bool add_chunks(db::WorkspaceTxn& txn, const Chunks& chunks) {
    const std::optional<Import> import = store::lock(txn, chunks.import);
    if (!import || import->state != State::uploading) {
        return false;
    }
    std::int64_t number = chunks.first;
    for (const std::string& body : chunks.bodies) {
        store::add_chunk(txn, chunks.import, number++, body);
    }
    return true;
}

Result<Import> begin_start(db::WorkspaceTxn& txn, const Context& context, const std::string& id,
                           const json::object& body, Timestamp now) {
    std::optional<Import> import = store::lock(txn, id, seen_by(context));
    if (!import) {
        return fail(errors::import_not_found);
    }
    if (import->state != State::ready) {
        return fail(errors::import_not_ready);
    }
    const Result<const json::array*> wire =
        json::require_array(body, "mapping", contact_files::columns_max);
    if (!wire) {
        return std::unexpected(wire.error());
    }
    const Result<contact_files::Mapping> mapping =
        contact_files::parse_mapping(**wire, import->header.size());
    const Result<contact_files::Options> options = contact_files::parse_options(body);
    if (!mapping) {
        return std::unexpected(mapping.error());
    }
    if (const auto distinct = contact_files::check_distinct(*mapping); !distinct) {
        return std::unexpected(distinct.error());
    }
    if (!options) {
        return std::unexpected(options.error());
    }
    import->mapping = contact_files::render_mapping(*mapping);
    import->options = contact_files::render_options(*options);
    import->state = State::queued;
    import->starter = UserId(context.actor.id);
    import->request_id = context.request_id;
    import->started_at = now;
    store::save_start(txn, *import);
    record_start(txn, context, *import, now);
    return *std::move(import);
}

Result<Import> cancel_locked(db::WorkspaceTxn& txn, const Context& context, const std::string& id,
                             Timestamp now) {
    std::optional<Import> import = store::lock(txn, id, seen_by(context));
    if (!import) {
        return fail(errors::import_not_found);
    }
    if (has_ended(*import)) {
        return fail(errors::import_not_ready);
    }
    end(txn, context, *import, State::cancelled, now);
    return *std::move(import);
}

}  // namespace

std::string_view name_of(State state) {
    switch (state) {
        case State::uploading: return "uploading";
        case State::ready: return "ready";
        case State::queued: return "queued";
        case State::running: return "running";
        case State::done: return "done";
        case State::cancelled: return "cancelled";
        case State::failed: return "failed";
    }
    return "failed";
}

Receiving::Receiving(std::shared_ptr<Open> open, Context context, Declared declared, std::string id)
    : open_(std::move(open)),
      context_(std::move(context)),
      declared_(std::move(declared)),
      id_(std::move(id)),
      upload_(declared_) {
    ++(*open_)[context_.workspace];
}

Receiving::~Receiving() {
    const auto count = open_->find(context_.workspace);
    if (--count->second == 0) {
        open_->erase(count);
    }
}

async::Task<Result<std::shared_ptr<Receiving>>> Service::begin(Context context, Declared declared) {
    if (Result<void> sound = contact_files::Upload::check(declared); !sound) {
        co_return std::unexpected(sound.error());
    }
    if (declared.file_name.size() > file_name_bytes_max) {
        co_return fail_field(wapi::errors::invalid_request, "fileName", "At most 255 bytes.");
    }
    const auto open = open_->find(context.workspace);
    if (open != open_->end() && open->second >= uploads_max) {
        co_return fail(errors::too_many_imports);
    }
    auto file = std::make_shared<Receiving>(open_, context, declared, ids_.uuid());
    const Result<void> begun = co_await db_.write(
        context.workspace, "contact_imports.begin",
        [context, declared, id = file->id_, now = clock_.now()](db::WorkspaceTxn& txn) {
            if (store::count_open(txn) >= open_max) {
                return Result<void>(fail(errors::too_many_imports));
            }
            Import import;
            import.id = id;
            import.file_name = declared.file_name;
            import.user = UserId(context.actor.id);
            import.created_at = now;
            store::insert(txn, import);
            return Result<void>();
        });
    if (!begun) {
        co_return std::unexpected(begun.error());
    }
    co_return file;
}

async::Task<Result<void>> Service::add(Receiving& file, std::string bytes) {
    Result<void> taken = file.upload_.add(bytes);
    if (taken) {
        taken = co_await store_chunks(file, false);
    }
    co_return taken;
}

/// Stores the chunks that are there when they are enough for a transaction, or `all`. Errors:
/// import_not_found when the import was cancelled.
async::Task<Result<void>> Service::store_chunks(Receiving& file, bool all) {
    while (all || file.upload_.chunks_waiting() >= chunks_at_once) {
        Chunks chunks{.import = file.id_, .first = file.chunks_, .bodies = {}};
        while (chunks.bodies.size() < chunks_at_once) {
            std::string body = file.upload_.take_chunk();
            if (body.empty()) {
                break;
            }
            chunks.bodies.push_back(std::move(body));
        }
        if (chunks.bodies.empty()) {
            break;
        }
        file.chunks_ += static_cast<std::int64_t>(chunks.bodies.size());
        const bool wanted =
            co_await db_.write(file.context_.workspace, "contact_imports.add_chunks",
                               [chunks](db::WorkspaceTxn& txn) { return add_chunks(txn, chunks); });
        if (!wanted) {
            co_return fail(errors::import_not_found);
        }
    }
    co_return Result<void>();
}

async::Task<Result<Import>> Service::finish(Receiving& file) {
    if (Result<void> whole = file.upload_.finish(); !whole) {
        co_return std::unexpected(whole.error());
    }
    if (Result<void> stored = co_await store_chunks(file, true); !stored) {
        co_return std::unexpected(stored.error());
    }
    const contact_files::Upload& upload = file.upload_;
    Import known;
    known.id = file.id_;
    known.delimiter = upload.delimiter();
    known.header = boost::json::value_from(upload.header()).as_array();
    known.sample = boost::json::value_from(upload.sample()).as_array();
    known.guess = contact_files::render_mapping(
        contact_files::guess_mapping(upload.header(), upload.sample()));
    known.bytes = upload.bytes();
    known.place = upload.first_row();
    known.counts.total = upload.rows();
    co_return co_await db_.write(file.context_.workspace, "contact_imports.finish",
                                 [known](db::WorkspaceTxn& txn) -> Result<Import> {
                                     const bool saved = store::save_file(txn, known);
                                     auto import = store::find(txn, known.id);
                                     if (!saved || !import) {  // cancelled, or past its time
                                         return fail(errors::import_not_found);
                                     }
                                     return *std::move(import);
                                 });
}

async::Task<> Service::abandon(Receiving& file) {
    bool more = true;
    while (more) {
        more = co_await db_.write(
            file.context_.workspace, "contact_imports.abandon",
            [id = file.id_](db::WorkspaceTxn& txn) { return erase_some(txn, id); });
    }
}

async::Task<Page> Service::list(Context context, std::string cursor, std::size_t limit) {
    co_return co_await db_.read(
        context.workspace, "contact_imports.list", [context, cursor, limit](db::WorkspaceTxn& txn) {
            Page page{.imports = store::list(txn, seen_by(context), cursor, limit + 1),
                      .next_cursor = {}};
            if (page.imports.size() > limit) {
                page.imports.pop_back();
                page.next_cursor = page.imports.back().id;
            }
            return page;
        });
}

async::Task<Result<Import>> Service::get(Context context, std::string id) {
    std::optional<Import> found = co_await db_.read(
        context.workspace, "contact_imports.get",
        [context, id](db::WorkspaceTxn& txn) { return store::find(txn, id, seen_by(context)); });
    co_return found ? Result<Import>(*std::move(found)) : fail(errors::import_not_found);
}

async::Task<Result<Import>> Service::start(Context context, std::string id,
                                           boost::json::object body) {
    Result<Import> started =
        co_await db_.write(context.workspace, "contact_imports.start",
                           [context, id, body, now = clock_.now()](db::WorkspaceTxn& txn) {
                               return begin_start(txn, context, id, body, now);
                           });
    if (started && wake_) {
        wake_();
    }
    co_return started;
}

async::Task<Result<Import>> Service::cancel(Context context, std::string id) {
    Result<Import> cancelled =
        co_await db_.write(context.workspace, "contact_imports.cancel",
                           [context, id, now = clock_.now()](db::WorkspaceTxn& txn) {
                               return cancel_locked(txn, context, id, now);
                           });
    if (cancelled && wake_) {
        wake_();  // what is left of the file goes
    }
    co_return cancelled;
}

async::Task<Result<Import>> Service::begin_download(Context context, std::string id) {
    co_return co_await db_.write(
        context.workspace, "contact_imports.begin_download",
        [context, id, now = clock_.now()](db::WorkspaceTxn& txn) -> Result<Import> {
            std::optional<Import> import = store::find(txn, id, seen_by(context));
            if (!import) {
                return fail(errors::import_not_found);
            }
            audit::record(txn, context,
                          {.action = audit::actions::contact_exported,
                           .resource_type = "contact_import",
                           .resource_id = id,
                           .details = boost::json::serialize(
                               json::object{{"refusedRows", import->counts.refused}})},
                          now);
            return *std::move(import);
        });
}

async::Task<std::vector<RefusedRow>> Service::list_refused(Context context, std::string id,
                                                           std::int64_t after_line,
                                                           std::size_t limit) {
    co_return co_await db_.read(context.workspace, "contact_imports.list_refused",
                                [id, after_line, limit](db::WorkspaceTxn& txn) {
                                    return store::list_refused(txn, id, after_line, limit);
                                });
}

boost::json::object render(const Import& import) {
    const auto text_or_null = [](std::string_view text) {
        return text.empty() ? json::value(nullptr) : json::value(text);
    };
    const Counts& counts = import.counts;
    return {{"id", import.id},
            {"state", name_of(import.state)},
            {"fileName", import.file_name},
            {"userId", import.user.value},
            {"delimiter", text_or_null(import.delimiter)},
            {"header", import.header},
            {"sample", import.sample},
            {"guess", import.guess},
            {"mapping", import.mapping},
            {"options", import.options},
            {"bytes", import.bytes},
            {"rowsTotal", counts.total},
            {"rowsDone", counts.done},
            {"created", counts.created},
            {"updated", counts.updated},
            {"skipped", counts.skipped},
            {"refused", counts.refused},
            {"failure", text_or_null(import.failure)},
            {"createdAt", render_time(import.created_at)},
            {"startedAt", render_time(import.started_at)},
            {"endedAt", render_time(import.ended_at)}};
}

}  // namespace wapi::contact_imports
