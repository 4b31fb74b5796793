// Acts on views: whose they are, one transaction each, with its audit entry.
#include <algorithm>
#include <array>

#include "features/access/access.hpp"
#include "features/audit/audit.hpp"
#include "features/inbox/inbox.hpp"
#include "features/saved_views/saved_views_store.hpp"

namespace wapi::saved_views {
namespace {

constexpr std::size_t value_bytes_max = 128;

bool may_share(const Context& context) {
    return access::contains(context.permissions,
                            access::bit(access::Permission::assign_conversations));
}

/// One's own anybody may write, shared ones not everybody.
Result<void> check_writer(const Context& context, const UserId& owner) {
    return owner.empty() && !may_share(context) ? fail(errors::view_shared) : Result<void>();
}

void record(db::WorkspaceTxn& txn, const Context& context, std::string_view action,
            const View& view, Timestamp now) {
    audit::record(txn, context,
                  {.action = action,
                   .resource_type = "view",
                   .resource_id = view.id,
                   .details = view.owner.empty() ? R"({"shared":true})" : R"({"shared":false})"},
                  now);
}

Result<View> create(db::WorkspaceTxn& txn, const Context& context, const View& view) {
    store::lock(txn);
    if (store::count(txn, view.owner) >= (view.owner.empty() ? shared_max : own_max)) {
        return fail(errors::views_full);
    }
    if (!store::insert(txn, view)) {
        return fail_field(errors::view_exists, "name");
    }
    record(txn, context, audit::actions::view_created, view, view.created_at);
    return view;
}

/// The caller's own or a shared one, if the caller may write it; nobody else writes meanwhile.
Result<View> find_to_write(db::WorkspaceTxn& txn, const Context& context, const std::string& id) {
    store::lock(txn);
    std::optional<View> view = store::find(txn, id, inbox::acting_member(context));
    if (!view) {
        return fail(errors::view_not_found);
    }
    if (const Result<void> may = check_writer(context, view->owner); !may) {
        return std::unexpected(may.error());
    }
    return *std::move(view);
}

Result<View> change(db::WorkspaceTxn& txn, const Context& context, const std::string& id,
                    const Draft& draft, Timestamp now) {
    Result<View> view = find_to_write(txn, context, id);
    if (!view) {
        return view;
    }
    view->name = draft.name.value_or(view->name);
    view->filter = draft.filter.value_or(view->filter);
    if (!store::update(txn, *view)) {
        return fail_field(errors::view_exists, "name");
    }
    record(txn, context, audit::actions::view_updated, *view, now);
    return view;
}

Result<void> remove(db::WorkspaceTxn& txn, const Context& context, const std::string& id,
                    Timestamp now) {
    const Result<View> view = find_to_write(txn, context, id);
    if (!view) {
        return std::unexpected(view.error());
    }
    if (!store::remove(txn, id)) {
        return fail(errors::view_not_found);
    }
    record(txn, context, audit::actions::view_deleted, *view, now);
    return {};
}

bool is_sound(std::string_view name, const boost::json::value& value) {
    constexpr std::array<std::string_view, 5> texts{"status", "assignee", "phoneNumberId", "tag",
                                                    "search"};
    if (name == "unread") {
        return value.is_bool();
    }
    if (std::ranges::find(texts, name) == texts.end() || !value.is_string() ||
        value.get_string().size() > value_bytes_max) {
        return false;
    }
    const std::string_view text = value.get_string();
    return name != "status" || text == inbox::status::open || text == inbox::status::snoozed ||
           text == inbox::status::resolved;
}

}  // namespace

Result<void> check_filter(const boost::json::object& filter) {
    for (const auto& field : filter) {
        if (!is_sound(field.key(), field.value())) {
            return fail_field(wapi::errors::invalid_request,
                              "filter." + std::string(field.key()).substr(0, 64),
                              "No filter of conversations.");
        }
    }
    return {};
}

async::Task<std::vector<View>> Service::list(Context context) {
    co_return co_await db_.read(context.workspace, "saved_views.list",
                                [owner = inbox::acting_member(context)](db::WorkspaceTxn& txn) {
                                    return store::list(txn, owner);
                                });
}

async::Task<Result<View>> Service::create(Context context, Draft draft) {
    const View view{.id = ids_.uuid(),
                    .owner = draft.shared ? UserId() : inbox::acting_member(context),
                    .name = draft.name.value_or(""),
                    .filter = draft.filter.value_or(boost::json::object{}),
                    .created_at = clock_.now()};
    Result<void> sound = check_filter(view.filter);
    if (sound) {
        sound = check_writer(context, view.owner);
    }
    if (!sound) {
        co_return std::unexpected(sound.error());
    }
    co_return co_await db_.write(
        context.workspace, "saved_views.create",
        [context, view](db::WorkspaceTxn& txn) { return saved_views::create(txn, context, view); });
}

async::Task<Result<View>> Service::change(Context context, std::string id, Draft draft) {
    if (draft.filter) {
        if (const Result<void> sound = check_filter(*draft.filter); !sound) {
            co_return std::unexpected(sound.error());
        }
    }
    co_return co_await db_.write(context.workspace, "saved_views.change",
                                 [context, id, draft, now = clock_.now()](db::WorkspaceTxn& txn) {
                                     return saved_views::change(txn, context, id, draft, now);
                                 });
}

async::Task<Result<void>> Service::remove(Context context, std::string id) {
    co_return co_await db_.write(context.workspace, "saved_views.remove",
                                 [context, id, now = clock_.now()](db::WorkspaceTxn& txn) {
                                     return saved_views::remove(txn, context, id, now);
                                 });
}

}  // namespace wapi::saved_views
