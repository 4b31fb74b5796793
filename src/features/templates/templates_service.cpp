// Listing templates, and copying them from Meta page by page.
//
// Each page is stored in its own transaction; templates that no page named are removed at the end,
// by the time at which this sync began. Source: meta/templates.md ("Endpoints", list call).
#include "base/crypto.hpp"
#include "base/log.hpp"
#include "features/templates/templates_store.hpp"

namespace wapi::templates {
namespace {

constexpr std::size_t pages_max = 100;  // 100 templates each; Meta's own limit is 6,000

bool is_complete(const whatsapp::TemplateInfo& info) {
    return !info.name.empty() && !info.language.empty();
}

std::size_t save_page(db::WorkspaceTxn& txn, const WabaId& waba_id,
                      const whatsapp::TemplatePage& page, Timestamp now) {
    std::size_t saved = 0;
    for (const whatsapp::TemplateInfo& info : page.templates) {
        if (is_complete(info)) {
            save_template(txn, {waba_id, info.name, info.language, info.id, info.category,
                                info.status, info.parameter_format, info.components, now});
            ++saved;
        }
    }
    return saved;
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

}  // namespace wapi::templates
