// Seed: made-up shops, teams, customers and conversations, for demonstrations, tests and
// measurements. The same number gives the same people and texts; ids and times are new.
//
// Nothing of it leaves the program: what looks sent was never handed to Meta. Written past the
// services, in large transactions, because a measurement wants millions of messages; what a member
// reads back through the API is as if it had come by webhooks.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "async/async.hpp"
#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/ids.hpp"
#include "db/db.hpp"

namespace wapi::seed {

inline constexpr std::size_t workspaces_max = 10'000;
inline constexpr std::size_t conversations_max = 10'000'000;
inline constexpr std::size_t messages_max = 1'000'000'000;
inline constexpr std::size_t thread_max = 1'000'000;

/// How much, in all workspaces together.
struct Size {
    std::size_t workspaces = 1;
    std::size_t conversations = 100;
    std::size_t messages = 2'000;    ///< at least one a conversation
    std::size_t longest_thread = 0;  ///< messages of the first conversation of each workspace
    std::chrono::days age{60};       ///< of the oldest conversation that was not written in since
};

/// Errors: invalid_request with the option's name as field.
Result<void> check_size(const Size& size);

struct Shop {
    WorkspaceId workspace;
    std::string name;
    std::vector<std::string> emails;  ///< of the team: owner, manager, agents, viewer
    std::size_t conversations = 0;
    std::size_t messages = 0;
    ConversationId first;  ///< the conversation with the longest thread, when one was asked for
};

struct Options {
    std::uint64_t seed = 1;
    Size size = {};
    /// To be filled instead of new ones, which has a number.
    std::optional<WorkspaceId> workspace = {};
    /// Of every member, as passwords::Hasher gives it.
    std::string password_hash = {};
    /// How many conversations and messages of the shop are written.
    std::function<void(const Shop&)> on_progress = [](const Shop&) {};
};

class Spread;
class Writer;
namespace store {
struct PlacedTalk;
}

class Service {
  public:
    Service(db::Db& db, IdGenerator& ids, const Clock& clock) : db_(db), ids_(ids), clock_(clock) {}
    /// One shop after the other. Errors: invalid_request (size; workspace: none such, or without a
    /// number).
    async::Task<Result<std::vector<Shop>>> run(Options options);

  private:
    struct Place {
        Shop shop;
        std::vector<UserId> agents;
        std::vector<PhoneNumberId> numbers;
    };
    async::Task<Result<Place>> open(const Options& options, std::size_t index);
    std::vector<store::PlacedTalk> write_batch(Writer& writer, Spread& spread,
                                               std::mt19937_64& random, const Place& place,
                                               std::size_t first, std::size_t end);
    async::Task<Result<Shop>> fill(const Options& options, std::size_t index);
    db::Db& db_;
    IdGenerator& ids_;
    const Clock& clock_;
};

}  // namespace wapi::seed
