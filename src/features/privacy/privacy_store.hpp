// SQL of privacy: every table that holds something about a customer, read for the export and
// emptied for the erasure. Included only inside this feature.
//
// A new table that holds customers' data gets its lines here; `privacy_export_test.cpp` fails for
// one that does not.
#pragma once

#include <boost/json/array.hpp>
#include <optional>
#include <string>
#include <vector>

#include "features/privacy/privacy.hpp"

namespace wapi::privacy::store {

// Erasing. In this order: each statement needs what the later ones remove.

/// The contact's conversations, which nobody else changes until the transaction ends.
std::vector<ConversationId> lock_conversations(db::WorkspaceTxn& txn, const ContactId& contact);
/// Of the newest message; the epoch when there is none.
Timestamp newest_message(db::WorkspaceTxn& txn, const ContactId& contact);

/// How many rows of each kind have gone.
struct Counts {
    std::int64_t conversations = 0;
    std::int64_t messages = 0;
    std::int64_t cancelled = 0;  ///< of the messages: they waited to be sent
    std::int64_t notes = 0;
    std::int64_t dead_letters = 0;
};
/// Messages of one conversation, with Idempotency-Keys and dead letters, and the conversation.
void erase_conversation(db::WorkspaceTxn& txn, const ConversationId& id, Counts& counts);
/// Cells of rows of imported files that became no contact and name this phone, in whatever form.
void erase_refused_rows(db::WorkspaceTxn& txn, std::string_view phone);
/// Tags, identities and the contact itself.
void erase_contact(db::WorkspaceTxn& txn, const ContactId& id);

// Erasures.

struct Search {
    std::string traces;  ///< sealed
    EventId next;
    EventId last;
};
void insert(db::WorkspaceTxn& txn, const Erasure& erasure, const Search& search);
std::optional<Erasure> find(db::WorkspaceTxn& txn, const std::string& id);
struct Open {
    WorkspaceId workspace;
    std::string id;
    Search search;
};
/// Erasures that are not complete and can be, oldest first. System scope.
std::vector<Open> list_open(db::Txn& txn, std::size_t limit);
void advance(db::WorkspaceTxn& txn, const std::string& id, EventId next, std::int64_t redacted);
void complete(db::WorkspaceTxn& txn, const std::string& id, Timestamp now);

// Early statuses: of one number, whose message is not known.

/// The next wamids behind `after`, in their order.
std::vector<std::string> list_early_wamids(db::WorkspaceTxn& txn, const PhoneNumberId& number,
                                           std::string_view after, std::size_t limit);
void erase_early_statuses(db::WorkspaceTxn& txn, const PhoneNumberId& number,
                          std::string_view wamid);

// Writers of PostgreSQL, numbered in the order in which they begin to write; SQLite has one writer
// and says 0. System scope.

/// The number that the next writer gets.
std::int64_t next_writer(db::Txn& txn);
/// The oldest that has not ended; the next one's when all have.
std::int64_t oldest_writer(db::Txn& txn);

// Exporting: JSON as the export shows it.

boost::json::array list_identities(db::WorkspaceTxn& txn, const ContactId& contact);
boost::json::array list_conversations(db::WorkspaceTxn& txn, const ContactId& contact,
                                      const Restrictions& restrictions);
/// Notes are ordered by time and id; the position of the last one given.
struct NotePosition {
    std::int64_t created_us = 0;
    std::string note = {};
};
struct Notes {
    boost::json::array notes;
    std::optional<NotePosition> next;  ///< there are more behind it
};
/// What the team wrote on conversations that the member may see, oldest first; without its authors.
Notes list_notes(db::WorkspaceTxn& txn, const ContactId& contact, const NotePosition& after,
                 std::size_t limit, const Restrictions& restrictions);
struct Entries {
    boost::json::array entries;
    bool cut = false;  ///< there are more; these are the oldest
};
/// About the contact, and about messages of conversations that the member may see.
Entries list_entries(db::WorkspaceTxn& txn, const ContactId& contact, std::size_t limit,
                     const Restrictions& restrictions);

/// Messages are ordered by conversation, time and id; the position of the last one given.
struct Position {
    std::string conversation = {};
    std::int64_t timestamp_us = 0;
    std::string message = {};
};
struct Messages {
    boost::json::array messages;
    std::optional<Position> next;  ///< there are more behind it
};
Messages list_messages(db::WorkspaceTxn& txn, const ContactId& contact, const Position& after,
                       std::size_t limit, const Restrictions& restrictions);

/// Where an export goes on: the notes that are left come before the messages.
struct Place {
    std::optional<NotePosition> notes = {};  ///< nothing: all notes were given
    Position messages = {};
};

}  // namespace wapi::privacy::store
