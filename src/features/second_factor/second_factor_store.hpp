// SQL of second factors and recovery codes. System scope: a person belongs to no one workspace.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "db/txn.hpp"
#include "features/second_factor/second_factor.hpp"

namespace wapi::second_factor::store {

struct Factor {
    std::string secret_name;
    bool on = false;
    std::int64_t last_step = 0;
};
std::optional<Factor> find(db::Txn& txn, const UserId& user);
std::int64_t count_recovery_codes(db::Txn& txn, const UserId& user);

/// One that is not on yet, in place of another such. False when one is on.
bool put_pending(db::Txn& txn, const UserId& user, const std::string& secret_name, Timestamp now);

/// A person's factor, as it was read.
struct Use {
    UserId user;
    std::string secret_name;
    std::int64_t step = 0;
};
/// False when it is on already, or is another by now.
bool turn_on(db::Txn& txn, const Use& use, Timestamp now);
/// Notes that a code of this step was used. False when that, or a later one, was used before.
bool use_step(db::Txn& txn, const Use& use);
void put_recovery_codes(db::Txn& txn, const UserId& user, const std::vector<std::string>& hashes);
/// False when it is not there, or was used.
bool use_recovery_code(db::Txn& txn, const UserId& user, std::string_view hash);
/// With its recovery codes.
void remove(db::Txn& txn, const UserId& user);

}  // namespace wapi::second_factor::store
