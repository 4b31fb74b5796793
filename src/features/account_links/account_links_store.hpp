// SQL of links sent by mail. System scope: a person belongs to no one workspace.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/crypto.hpp"
#include "db/txn.hpp"
#include "features/account_links/account_links.hpp"

namespace wapi::account_links::store {

struct Link {
    std::string token_hash;
    std::string_view kind;
    UserId user;
    std::string email;
    Timestamp created_at;
    Timestamp expires_at;
};
/// False when it is there already: its mail is repeated.
bool insert(db::Txn& txn, const Link& link);
/// Whether a link of that kind was used at that moment or later.
bool was_used_since(db::Txn& txn, const Link& link);

/// A token as it comes back.
struct Shown {
    std::string_view kind;
    std::string token_hash;
    Timestamp now;
};
/// Whose it is, while it may be used.
std::optional<accounts::User> find_open(db::Txn& txn, const Shown& shown);
/// Uses it and the user's others of its kind up. False when it may not be used: of two at once one
/// finds it used.
bool use(db::Txn& txn, const Shown& shown);
/// Uses all of a user's of a kind up.
void use_all(db::Txn& txn, const UserId& user, std::string_view kind, Timestamp now);
/// Deletes up to `limit` whose time was over before that moment.
void prune(db::Txn& txn, Timestamp before, std::int64_t limit);

}  // namespace wapi::account_links::store
