// Exports. See audit_logs.hpp.
#include "features/audit_logs/audit_logs.hpp"

#include <boost/json/serialize.hpp>

#include "base/crypto.hpp"
#include "base/csv_writer.hpp"
#include "base/json.hpp"
#include "base/time_text.hpp"

namespace wapi::audit_logs {
namespace {

struct Piece {
    std::string text;
    std::optional<audit::Place> next;
};

void append(std::string& out, const audit::StoredEntry& entry, Format format) {
    if (format == Format::csv) {
        append_csv(out, entry);
    } else {
        out += boost::json::serialize(render(entry));
        out += '\n';
    }
}

/// What was asked for, as the log keeps it.
std::string export_details(const audit::Filter& filter, Format format) {
    json::object asked;
    const auto add = [&asked](std::string_view name, const std::string& value) {
        if (!value.empty()) {
            asked[name] = value;
        }
    };
    add("action", filter.action);
    add("resourceId", filter.resource_id);
    add("userId", filter.user_id);
    add("actorKind", filter.actor_kind);
    add("resourceType", filter.resource_type);
    add("ip", filter.ip);
    add("requestId", filter.request_id);
    add("from", filter.from ? render_time(*filter.from) : "");
    add("to", filter.to ? render_time(*filter.to) : "");
    return json::render(json::object{{"format", name_of(format)}, {"filter", std::move(asked)}});
}

}  // namespace

std::string_view name_of(Format format) { return format == Format::csv ? "csv" : "jsonl"; }

Export::Export(std::shared_ptr<OpenExports> open, WorkspaceId workspace, audit::Filter filter,
               Format format)
    : open_(std::move(open)),
      workspace_(std::move(workspace)),
      filter_(std::move(filter)),
      format_(format) {
    filter_.limit = export_rows_max;
    ++(*open_)[workspace_];
}

Export::~Export() {
    const auto count = open_->find(workspace_);
    if (--count->second == 0) {
        open_->erase(count);
    }
}

async::Task<Result<std::shared_ptr<Export>>> Exporter::begin(Context context, audit::Filter filter,
                                                             Format format) {
    const auto open = open_->find(context.workspace);
    if (open != open_->end() && open->second >= exports_max) {
        co_return fail(errors::too_many_exports);
    }
    filter.seen = context.restrictions;
    auto running = std::make_shared<Export>(open_, context.workspace, filter, format);
    running->ends_by_ = clock_.now() + export_time_max;
    const std::string details = export_details(filter, format);
    co_await db_.write(context.workspace, "audit.begin_export",
                       [context, details, now = clock_.now()](db::WorkspaceTxn& txn) {
                           audit::record(txn, context,
                                         {.action = audit::actions::data_exported,
                                          .resource_type = "audit_log",
                                          .resource_id = txn.workspace().value,
                                          .details = details},
                                         now);
                           return true;
                       });
    co_return running;
}

async::Task<std::string> Exporter::next_piece(Export& running) {
    std::string text;
    if (!running.begun_ && running.format_ == Format::csv) {
        text = csv_head();
    }
    running.begun_ = true;
    if (clock_.now() > running.ends_by_) {
        throw Fault("audit_logs.export_too_long", "an export took longer than it may");
    }
    while (text.empty() && !running.ended_) {
        Piece piece = co_await db_.read(
            running.workspace_, "audit.export",
            [filter = running.filter_, format = running.format_](db::WorkspaceTxn& txn) {
                const audit::Page found = audit::read_entries(txn, filter);
                Piece made{.text = {}, .next = found.next};
                for (const audit::StoredEntry& entry : found.entries) {
                    append(made.text, entry, format);
                }
                return made;
            });
        text = std::move(piece.text);
        running.filter_.before = piece.next;
        running.ended_ = !piece.next;
    }
    co_return text;
}

boost::json::object render(const audit::StoredEntry& entry) {
    const Result<json::value> details = json::parse_value(entry.details);
    return {{"id", std::to_string(entry.seq)},
            {"action", entry.action},
            {"actor", {{"kind", entry.actor_kind}, {"id", entry.actor_id}}},
            {"resource", {{"type", entry.resource_type}, {"id", entry.resource_id}}},
            {"details", details ? *details : json::value(json::object())},
            {"ip", entry.ip},
            {"userAgent", entry.user_agent},
            {"requestId", entry.request_id},
            {"createdAt", render_time(entry.created_at)},
            {"hash", crypto::hex_encode(entry.hash)}};
}

std::string csv_head() {
    return "id,createdAt,action,actorKind,actorId,resourceType,resourceId,ip,userAgent,requestId,"
           "details,hash\r\n";
}

void append_csv(std::string& out, const audit::StoredEntry& entry) {
    csv::append_row(
        out, {std::to_string(entry.seq), render_time(entry.created_at), entry.action,
              entry.actor_kind, entry.actor_id, entry.resource_type, entry.resource_id, entry.ip,
              entry.user_agent, entry.request_id, entry.details, crypto::hex_encode(entry.hash)});
}

}  // namespace wapi::audit_logs
