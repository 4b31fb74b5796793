#include "features/messages/messages_service.hpp"

#include "features/messages/messages_store.hpp"

namespace wapi::messages {
namespace {

ConversationView with_last_message(db::WorkspaceTxn& txn, inbox::Conversation conversation) {
    ConversationView view{.conversation = std::move(conversation), .last_message = std::nullopt};
    if (!view.conversation.last_message.empty()) {
        view.last_message = store::find(txn, view.conversation.last_message);
    }
    return view;
}

}  // namespace

async::Task<Result<ConversationPage>> Service::list_conversations(Context context,
                                                                  inbox::Filter filter) {
    filter.restrictions = context.restrictions;
    co_return co_await db_.read(
        context.workspace, "inbox.list",
        [filter](db::WorkspaceTxn& txn) -> Result<ConversationPage> {
            Result<inbox::Page> page = inbox::list(txn, filter);
            if (!page) {
                return std::unexpected(page.error());
            }
            ConversationPage views;
            views.next_cursor = page->next_cursor;
            for (inbox::Conversation& conversation : page->conversations) {
                views.conversations.push_back(with_last_message(txn, std::move(conversation)));
            }
            return views;
        });
}

async::Task<Result<ConversationView>> Service::get_conversation(Context context,
                                                                ConversationId id) {
    co_return co_await db_.read(context.workspace, "inbox.get",
                                [context, id](db::WorkspaceTxn& txn) -> Result<ConversationView> {
                                    Result<inbox::Conversation> found =
                                        inbox::get(txn, id, context.restrictions);
                                    if (!found) {
                                        return std::unexpected(found.error());
                                    }
                                    return with_last_message(txn, *std::move(found));
                                });
}

async::Task<Result<Page>> Service::list_messages(Context context, ConversationId id,
                                                 std::string cursor, std::size_t limit) {
    co_return co_await db_.read(
        context.workspace, "messages.list",
        [context, id, cursor, limit](db::WorkspaceTxn& txn) -> Result<Page> {
            const auto found = inbox::get(txn, id, context.restrictions);
            if (!found) {
                return std::unexpected(found.error());
            }
            return list(txn, id, cursor, limit, context.restrictions);
        });
}

async::Task<Result<ConversationView>> Service::mark_read(Context context, ConversationId id) {
    co_return co_await db_.write(
        context.workspace, "inbox.mark_read",
        [context, id](db::WorkspaceTxn& txn) -> Result<ConversationView> {
            if (const auto found = inbox::get(txn, id, context.restrictions); !found) {
                return std::unexpected(found.error());
            }
            inbox::mark_read(txn, id);
            return with_last_message(txn, *inbox::get(txn, id));
        });
}

}  // namespace wapi::messages
