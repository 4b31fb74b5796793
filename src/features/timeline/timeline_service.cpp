// A page is put together of pages of each kind, so that each is read by its own index and nothing
// behind the page is read.
#include <algorithm>
#include <iterator>

#include "features/contacts/contacts.hpp"
#include "features/timeline/timeline_store.hpp"

namespace wapi::timeline {
namespace {

template <class List>
void add(std::vector<Entry>& entries, List list) {
    std::move(list.begin(), list.end(), std::back_inserter(entries));
}

Result<Page> list(db::WorkspaceTxn& txn, const Context& context, const ContactId& contact,
                  const Place& before, std::size_t limit) {
    const Restrictions& seen = context.restrictions;
    if (const auto found = contacts::get(txn, contact, seen); !found) {
        return std::unexpected(found.error());
    }
    const Bound of_notes = bound_of(before, Kind::note);
    const conversation_notes::Place notes_before{.time_us = of_notes.time_us, .id = of_notes.id};
    std::vector<Entry> entries;
    add(entries, store::list_events(txn, contact.value, before, limit + 1));
    for (const ConversationId& talk : store::list_conversations(txn, contact, seen)) {
        add(entries, store::list_messages(txn, talk, before, limit + 1));
        add(entries, conversation_notes::list_before(txn, talk, notes_before, limit + 1));
        add(entries, store::list_events(txn, talk.value, before, limit + 1));
    }
    return merge(std::move(entries), limit);
}

}  // namespace

async::Task<Result<Page>> Service::list(Context context, ContactId contact, std::string cursor,
                                        std::size_t limit) {
    const Result<Place> before = parse_cursor(cursor);
    if (!before) {
        co_return std::unexpected(before.error());
    }
    co_return co_await db_.read(context.workspace, "timeline.list",
                                [context, contact, place = *before, limit](db::WorkspaceTxn& txn) {
                                    return timeline::list(txn, context, contact, place, limit);
                                });
}

}  // namespace wapi::timeline
