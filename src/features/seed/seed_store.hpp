// Inside the slice: writes many rows of other slices' tables at once.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.hpp"
#include "db/txn.hpp"
#include "features/seed/seed_rules.hpp"

namespace wapi::seed::store {

struct Person {
    UserId id;
    std::string name;
    std::string email;
    std::string role;
};

/// Whether the workspace was filled from this number before.
bool has_people_of(db::WorkspaceTxn& txn, std::uint64_t seed);

void insert_members(db::WorkspaceTxn& txn, std::span<const Person> team,
                    std::string_view password_hash, Timestamp now);

/// A talk with what the database knows it by.
struct PlacedTalk {
    Talk talk;
    ContactId contact;
    ConversationId conversation;
    PhoneNumberId phone_number_id;
    UserId assignee;  ///< empty for none
};

/// Queues all of it to be indexed.
void insert_talks(db::WorkspaceTxn& txn, std::span<const PlacedTalk> talks, IdGenerator& ids,
                  Timestamp now);

}  // namespace wapi::seed::store
