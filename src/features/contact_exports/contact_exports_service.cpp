// Exports. See contact_exports.hpp.
#include <boost/json/serialize.hpp>

#include "base/csv_writer.hpp"
#include "base/json.hpp"
#include "base/time_text.hpp"
#include "features/access/access.hpp"
#include "features/api_keys/api_keys.hpp"
#include "features/audit/audit.hpp"
#include "features/contact_exports/contact_exports.hpp"

namespace wapi::contact_exports {
namespace {

struct Piece {
    std::string text;
    std::string next_cursor;
};

void append(std::string& out, const contacts::Contact& contact, Format format) {
    if (format == Format::csv) {
        append_csv(out, contact);
    } else {
        out += boost::json::serialize(contacts::render(contact));
        out += '\n';
    }
}

/// What was asked for, as the log keeps it. A phone, or a part of a name, is not kept.
std::string export_details(const contact_lists::Filter& filter, Format format) {
    json::object details{{"format", audit_logs::name_of(format)},
                         {"filter", segments::render(filter.conditions)}};
    if (!filter.segment.empty()) {
        details["segment"] = filter.segment;
    }
    if (!filter.text.empty() || !filter.phone.empty()) {
        details["searched"] = true;
    }
    return json::render(std::move(details));
}

std::string_view value_of(const contacts::Contact& contact, contacts::IdentityKind kind) {
    for (const contacts::Identity& identity : contact.identities) {
        if (identity.kind == kind) {
            return identity.value;
        }
    }
    return {};
}

std::optional<access::Rights> find_rights(db::WorkspaceTxn& txn, const Actor& caller,
                                          Timestamp now) {
    if (caller.kind == ActorKind::api_key) {
        return api_keys::find_rights(txn, caller.id, now);
    }
    const auto stored = access::find_rights(txn, UserId(caller.id));
    return stored ? std::optional(access::decide_rights(*stored)) : std::nullopt;
}

/// Throws when the caller may not export any more, or by now sees another part of the workspace
/// than the file holds.
void check_rights(db::WorkspaceTxn& txn, const Actor& caller, const Restrictions& held,
                  Timestamp now) {
    const std::optional<access::Rights> rights = find_rights(txn, caller, now);
    if (!rights || rights->suspended || rights->restrictions != held ||
        !access::contains(rights->permissions, access::bit(access::Permission::export_contacts))) {
        throw Fault("contact_exports.rights_ended", "the caller may not have the rest of the file");
    }
}

}  // namespace

Export::Export(std::shared_ptr<audit_logs::OpenExports> open, const Context& caller,
               contact_lists::Filter filter, Format format)
    : open_(std::move(open)),
      workspace_(caller.workspace),
      caller_(caller.actor),
      filter_(std::move(filter)),
      format_(format) {
    filter_.limit = export_rows_max;
    filter_.cursor.clear();
    ++(*open_)[workspace_];
}

Export::~Export() {
    const auto count = open_->find(workspace_);
    if (--count->second == 0) {
        open_->erase(count);
    }
}

async::Task<Result<std::shared_ptr<Export>>> Exporter::begin(Context context,
                                                             contact_lists::Filter filter,
                                                             Format format) {
    const auto open = open_->find(context.workspace);
    if (open != open_->end() && open->second >= exports_max) {
        co_return fail(audit_logs::errors::too_many_exports);
    }
    filter.restrictions = context.restrictions;
    auto running = std::make_shared<Export>(open_, context, filter, format);
    running->ends_by_ = clock_.now() + export_time_max;
    const Result<void> begun = co_await db_.write(
        context.workspace, "contact_exports.begin",
        [context, filter, format, now = clock_.now()](db::WorkspaceTxn& txn) -> Result<void> {
            const auto segment =
                filter.segment.empty() ? segments::Segment{} : segments::get(txn, filter.segment);
            if (!segment) {
                return std::unexpected(segment.error());
            }
            audit::record(txn, context,
                          {.action = audit::actions::contact_exported,
                           .resource_type = "contact",
                           .resource_id = {},
                           .details = export_details(filter, format)},
                          now);
            return {};
        });
    if (!begun) {
        co_return std::unexpected(begun.error());
    }
    co_return running;
}

async::Task<std::string> Exporter::next_piece(Export& running) {
    std::string text;
    if (!running.begun_ && running.format_ == Format::csv) {
        text = csv_head();
    }
    running.begun_ = true;
    while (text.empty() && !running.ended_) {
        const Timestamp now = clock_.now();
        if (now > running.ends_by_) {
            throw Fault("contact_exports.too_long", "an export took longer than it may");
        }
        Result<Piece> piece = co_await db_.read(
            running.workspace_, "contact_exports.piece",
            [caller = running.caller_, filter = running.filter_, format = running.format_,
             now](db::WorkspaceTxn& txn) -> Result<Piece> {
                check_rights(txn, caller, filter.restrictions, now);
                const Result<contact_lists::Page> page = contact_lists::list(txn, filter, now);
                if (!page) {
                    return std::unexpected(page.error());
                }
                Piece made{.text = {}, .next_cursor = page->next_cursor};
                for (const contacts::Contact& contact : page->contacts) {
                    append(made.text, contact, format);
                }
                return made;
            });
        if (!piece) {
            throw Fault("contact_exports.segment_gone", "the segment of an export was removed");
        }
        text = std::move(piece->text);
        running.filter_.cursor = piece->next_cursor;
        running.ended_ = piece->next_cursor.empty();
    }
    co_return text;
}

std::string csv_head() {
    return "id,phone,name,tags,attributes,bsuid,username,optedOut,optedOutAt,createdAt\r\n";
}

void append_csv(std::string& out, const contacts::Contact& contact) {
    std::string tags;
    for (const std::string& tag : contact.tags) {
        tags += (tags.empty() ? "" : ",") + tag;
    }
    const std::string phone = contact.phone.empty() ? std::string() : "+" + contact.phone;
    const std::string attributes =
        contact.attributes.empty() ? std::string() : boost::json::serialize(contact.attributes);
    const auto& out_at = contact.opt_out.opted_out_at;
    csv::append_row(
        out, {contact.id.value, phone, contact.name, tags, attributes,
              value_of(contact, contacts::IdentityKind::bsuid),
              value_of(contact, contacts::IdentityKind::username),
              contact.opt_out.status ? "true" : "false",
              out_at ? render_time(*out_at) : std::string(), render_time(contact.created_at)});
}

}  // namespace wapi::contact_exports
