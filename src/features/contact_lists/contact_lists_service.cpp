// Pages of contacts. Shapes and limits: contact_lists.hpp.
#include <algorithm>

#include "base/phone.hpp"
#include "features/contact_lists/contact_lists_store.hpp"

namespace wapi::contact_lists {
namespace {

/// The one contact that has this phone, or nobody.
Page list_owner(db::WorkspaceTxn& txn, const std::string& digits,
                const Restrictions& restrictions) {
    const auto id = contacts::find_by_identity(txn, {contacts::IdentityKind::phone, digits});
    if (!id) {
        return {};
    }
    Result<contacts::Contact> found = contacts::get(txn, *id, restrictions);
    return found ? Page{.contacts = {*std::move(found)}, .next_cursor = {}} : Page{};
}

}  // namespace

Result<Filter> parse_filter(const std::vector<std::pair<std::string, std::string>>& query) {
    Result<segments::Conditions> conditions = segments::parse_query(query);
    if (!conditions) {
        return std::unexpected(conditions.error());
    }
    const auto param = [&query](std::string_view name) {
        const auto found =
            std::ranges::find(query, name, &std::pair<std::string, std::string>::first);
        return found == query.end() ? std::string() : found->second;
    };
    return Filter{.phone = param("phone"),
                  .text = param("q"),
                  .conditions = *std::move(conditions),
                  .segment = param("segment"),
                  .cursor = param("cursor")};
}

Result<Page> list(db::WorkspaceTxn& txn, Filter filter, Timestamp now) {
    if (!filter.phone.empty()) {
        const Result<PhoneNumber> phone = parse_phone(filter.phone);
        return phone ? list_owner(txn, phone->digits, filter.restrictions) : Page{};
    }
    if (!filter.segment.empty()) {
        const Result<segments::Segment> segment = segments::get(txn, filter.segment);
        if (!segment) {
            return std::unexpected(segment.error());
        }
        auto joined = segments::join(std::move(filter.conditions), segment->conditions);
        if (!joined) {
            return Page{};
        }
        filter.conditions = *std::move(joined);
    }
    const bool all =
        filter.text.empty() && filter.conditions.empty() && filter.restrictions.bits() == 0;
    const std::string tag = store::leading_tag(txn, filter);
    const auto last = all ? std::nullopt : store::find_last_looked_at(txn, filter, tag);
    Page page{.contacts = store::list(txn, filter, {tag, last.value_or(ContactId())}, now),
              .next_cursor = last.value_or(ContactId()).value};
    if (page.contacts.size() > filter.limit) {
        page.contacts.pop_back();
        page.next_cursor = page.contacts.back().id.value;
    }
    return page;
}

async::Task<Result<Page>> Service::list(Context context, Filter filter) {
    filter.restrictions = context.restrictions;
    co_return co_await db_.read(context.workspace, "contact_lists.list",
                                [filter, now = clock_.now()](db::WorkspaceTxn& txn) {
                                    return contact_lists::list(txn, filter, now);
                                });
}

}  // namespace wapi::contact_lists
