// Listing templates, copying them from Meta page by page, and what status webhooks change.
//
// Each page is stored in its own transaction; templates that no page named are removed at the end,
// by the time at which this sync began. Source: meta/templates.md ("Endpoints", list call).
#include <boost/json/serialize.hpp>
#include <map>

#include "base/crypto.hpp"
#include "base/log.hpp"
#include "features/audit/audit.hpp"
#include "features/numbers/numbers.hpp"
#include "features/templates/templates_store.hpp"

namespace wapi::templates {
namespace {

namespace json = boost::json;

constexpr std::size_t pages_max = 100;  // 100 templates each; Meta's own limit is 6,000

bool is_complete(const whatsapp::TemplateInfo& info) {
    return !info.name.empty() && !info.language.empty();
}

/// The entry of a status that people ask about; empty for the others.
std::string_view action_of(std::string_view status) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 4> actions{{
        {"APPROVED", audit::actions::template_approved},
        {"REJECTED", audit::actions::template_rejected},
        {"PAUSED", audit::actions::template_paused},
        {"DELETED", audit::actions::template_deleted},
    }};
    const auto* found =
        std::ranges::find(actions, status, [](const auto& row) { return row.first; });
    return found == actions.end() ? std::string_view{} : found->second;
}

/// Saves a template whose status may have changed, with the entry of the change.
void save_change(db::WorkspaceTxn& txn, const Template& before, const Template& after,
                 Timestamp now) {
    save_template(txn, after);
    const std::string_view action = action_of(after.status);
    if (after.status == before.status || action.empty()) {
        return;
    }
    audit::record(
        txn, audit::system_context(txn.workspace(), ""),
        {.action = action,
         .resource_type = "template",
         .resource_id = after.meta_id,
         .details = json::serialize(json::object{
             {"name", after.name}, {"language", after.language}, {"reason", after.status_reason}})},
        now);
}

Template made_of(const WabaId& waba_id, const whatsapp::TemplateInfo& info, Timestamp begun) {
    return {.waba_id = waba_id,
            .name = info.name,
            .language = info.language,
            .meta_id = info.id,
            .category = info.category,
            .status = info.status,
            .parameter_format = info.parameter_format,
            .components = info.components,
            .updated_at = begun,
            .status_reason = {},
            .status_at = std::chrono::floor<std::chrono::seconds>(begun)};
}

/// What a webhook told since the sync began holds; a status that did not change keeps its reason.
void save_listed(db::WorkspaceTxn& txn, Template listed) {
    const std::optional<Template> known =
        lock_template(txn, listed.waba_id, listed.name, listed.language);
    if (!known) {
        save_template(txn, listed);
        return;
    }
    const Timestamp begun = listed.updated_at;
    if (known->status_at > begun) {
        listed.status = known->status;
        listed.status_at = known->status_at;
    }
    if (listed.status == known->status) {
        listed.status_reason = known->status_reason;
    }
    save_change(txn, *known, listed, begun);
}

std::size_t save_page(db::WorkspaceTxn& txn, const WabaId& waba_id,
                      const whatsapp::TemplatePage& page, Timestamp begun) {
    std::size_t saved = 0;
    for (const whatsapp::TemplateInfo& info : page.templates) {
        if (is_complete(info)) {
            save_listed(txn, made_of(waba_id, info, begun));
            ++saved;
        }
    }
    return saved;
}

/// Of two words of one second, "in review" is the older one.
bool is_news(const Template& known, const whatsapp::TemplateStatus& update, Timestamp at) {
    return at > known.status_at || (at == known.status_at && update.event != "PENDING");
}

/// One number of each account that can be asked about its templates.
std::map<WabaId, numbers::Number> accounts_of(db::WorkspaceTxn& txn) {
    std::map<WabaId, numbers::Number> accounts;
    for (numbers::Number& number : numbers::list_numbers(txn)) {
        if (number.status != numbers::status::pending) {
            accounts.emplace(number.waba_id, std::move(number));
        }
    }
    return accounts;
}

/// A cursor is the last template's key in base64url, its parts apart by a line feed.
std::string make_cursor(const Template& last) {
    return crypto::base64url_encode(last.waba_id.value + "\n" + last.name + "\n" + last.language);
}

Result<std::optional<ListAfter>> read_cursor(const std::string& cursor) {
    if (cursor.empty()) {
        return std::nullopt;
    }
    const std::string key = crypto::base64url_decode(cursor).value_or("");
    const std::size_t first = key.find('\n');
    const std::size_t second = first == std::string::npos ? first : key.find('\n', first + 1);
    if (second == std::string::npos) {
        return fail_field(wapi::errors::invalid_request, "cursor",
                          "Pass the nextCursor of a page.");
    }
    return ListAfter{key.substr(0, first), key.substr(first + 1, second - first - 1),
                     key.substr(second + 1)};
}

}  // namespace

void apply_status(db::WorkspaceTxn& txn, const StatusEvent& event, Timestamp now) {
    const whatsapp::TemplateStatus& update = event.update;
    const auto known = lock_template(txn, event.waba_id, update.name, update.language);
    const Timestamp at = std::chrono::floor<std::chrono::seconds>(event.at);
    if (!known || !is_news(*known, update, at)) {
        return;
    }
    Template changed = *known;
    changed.status = update.event == "REINSTATED" ? "APPROVED" : update.event;
    changed.status_reason = update.reason;
    changed.status_at = at;
    save_change(txn, *known, changed, now);
}

async::Task<Result<Page>> Service::list(Context context, std::size_t limit, std::string cursor) {
    const Result<std::optional<ListAfter>> after = read_cursor(cursor);
    if (!after) {
        co_return std::unexpected(after.error());
    }
    Page page;
    page.templates = co_await db_.read(context.workspace, "templates.list",
                                       [after = *after, limit](db::WorkspaceTxn& txn) {
                                           return list_templates(txn, after, limit + 1);
                                       });
    if (page.templates.size() > limit) {
        page.templates.pop_back();
        page.next_cursor = make_cursor(page.templates.back());
    }
    co_return page;
}

async::Task<Result<std::size_t>> Service::sync(Context context, WabaId waba_id,
                                               SecretString token) {
    const Timestamp begun = clock_.now();
    std::size_t count = 0;
    std::string cursor;
    for (std::size_t number = 0; number < pages_max; ++number) {
        const whatsapp::GraphResult<whatsapp::TemplatePage> page =
            co_await graph_.list_templates(waba_id, token, cursor);
        if (!page) {
            co_return std::unexpected(whatsapp::to_error(page.error()));
        }
        count += co_await db_.write(context.workspace, "templates.save_page",
                                    [waba_id, page = *page, begun](db::WorkspaceTxn& txn) {
                                        return save_page(txn, waba_id, page, begun);
                                    });
        cursor = page->next_cursor;
        if (cursor.empty()) {
            break;
        }
    }
    if (cursor.empty()) {
        co_await db_.write(
            context.workspace, "templates.delete_older",
            [waba_id, begun](db::WorkspaceTxn& txn) { return delete_older(txn, waba_id, begun); });
    }
    log::info("templates.synced", {{"waba", waba_id.value}, {"count", count}});
    co_return count;
}

async::Task<Result<std::size_t>> Service::sync_all(Context context) {
    const std::map<WabaId, numbers::Number> accounts =
        co_await db_.read(context.workspace, "templates.list_accounts",
                          [](db::WorkspaceTxn& txn) { return accounts_of(txn); });
    std::size_t count = 0;
    for (const auto& [waba_id, number] : accounts) {
        const Result<SecretString> token = co_await vault_.read(context, number.token_name());
        if (!token) {
            co_return std::unexpected(token.error());
        }
        const Result<std::size_t> synced = co_await sync(context, waba_id, *token);
        if (!synced) {
            co_return std::unexpected(synced.error());
        }
        count += *synced;
    }
    co_return count;
}

}  // namespace wapi::templates
