#include "features/messages/messages_service.hpp"

#include "features/messages/messages_store.hpp"

namespace wapi::messages {
async::Task<Result<inbox::Page>> Service::list_conversations(Context context,
                                                             inbox::Filter filter) {
    filter.restrictions = context.restrictions;
    co_return co_await db_.read(context.workspace, "inbox.list", [filter](db::WorkspaceTxn& txn) {
        return inbox::list(txn, filter);
    });
}

async::Task<Result<inbox::Entry>> Service::get_conversation(Context context, ConversationId id) {
    co_return co_await db_.read(context.workspace, "inbox.get",
                                [context, id](db::WorkspaceTxn& txn) {
                                    return inbox::get_entry(txn, id, context.restrictions);
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

async::Task<Result<inbox::Entry>> Service::mark_read(Context context, ConversationId id) {
    co_return co_await db_.write(
        context.workspace, "inbox.mark_read",
        [context, id](db::WorkspaceTxn& txn) -> Result<inbox::Entry> {
            if (const auto found = inbox::get(txn, id, context.restrictions); !found) {
                return std::unexpected(found.error());
            }
            inbox::mark_read(txn, id);
            return inbox::get_entry(txn, id, context.restrictions);
        });
}

}  // namespace wapi::messages
