// wapi-audit-cost URL UPDATES: what an audit entry adds to a change of a contact.
//
// Changes contacts of one workspace as features/contacts does, with the entry and without, in turns
// of equal length, 64 changes under way at once as the server has them. Prints one line of JSON,
// and leaves the database behind for `wapi audit verify`.
// ./x bench audit runs it.
#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <vector>

#include "features/audit/audit.hpp"
#include "features/contacts/contacts_store.hpp"
#include "features/workspaces/workspaces.hpp"

namespace wapi {
namespace {

constexpr int contacts_count = 1'000;
constexpr int writers = 64;
constexpr int turns = 10;
const WorkspaceId shop("11111111-1111-7111-8111-111111111111");

class Cost {
  public:
    Cost(const std::string& url, int updates) : updates_(updates) {
        db::Options options;
        options.url = url;
        db_ = db::open(io_, options);
        context_.workspace = shop;
        context_.actor = {ActorKind::user, ids_.uuid()};
        context_.ip = "192.0.2.1";
        context_.user_agent = "wapi-audit-cost";
    }
    void make_contacts() {
        db_->blocking_write("make", [this](db::Txn& txn) {
            db::WorkspaceTxn bound(txn, shop);
            workspaces::insert_workspace(
                bound, {shop, "Shop", std::string(workspaces::plan_default), "{}", clock_.now()});
            for (int index = 0; index < contacts_count; ++index) {
                const contacts::Claim claim{.phone = std::to_string(15'550'000'000 + index),
                                            .bsuid = {},
                                            .username = {},
                                            .name = "Ann",
                                            .seen_at = clock_.now()};
                contacts_.push_back(contacts::resolve(bound, ids_, claim, clock_.now()).id);
            }
            return true;
        });
    }
    void run() {
        using Micro = std::chrono::duration<double, std::micro>;
        Micro with{};
        Micro without{};
        turn(true);  // warm caches
        for (int index = 0; index < turns; ++index) {
            with += turn(true);
            without += turn(false);
        }
        const int count = turns * per_writer() * writers;
        fmt::print(R"({{"with_us":{:.2f},"without_us":{:.2f},"updates":{},"audited":{}}})"
                   "\n",
                   with.count() / count, without.count() / count, count,
                   count + per_writer() * writers);
    }

  private:
    [[nodiscard]] int per_writer() const { return updates_ / (turns * writers); }
    std::chrono::duration<double, std::micro> turn(bool audited) {
        const auto begin = std::chrono::steady_clock::now();
        async::block_on(io_, all(this, audited));
        return std::chrono::steady_clock::now() - begin;
    }
    static async::Task<> all(Cost* self, bool audited) {
        async::Tasks tasks(self->io_);
        for (int writer = 0; writer < writers; ++writer) {
            tasks.spawn("writer", change(self, writer, audited));
        }
        co_await tasks.join(std::chrono::minutes(10));
    }
    [[nodiscard]] const ContactId& pick(int writer, int index) const {
        return contacts_[static_cast<std::size_t>(index * writers + writer) % contacts_.size()];
    }
    static async::Task<> change(Cost* self, int writer, bool audited) {
        for (int index = 0; index < self->per_writer(); ++index) {
            Context context = self->context_;
            context.request_id = self->ids_.uuid();
            co_await self->db_->write(
                shop, "change",
                [context, audited, id = self->pick(writer, index), now = self->clock_.now(),
                 name = "Ann " + std::to_string(index)](db::WorkspaceTxn& txn) {
                    Result<contacts::Contact> contact = contacts::get(txn, id);
                    contact->name = name;
                    contacts::store::update(txn, *contact, true, now);
                    if (audited) {
                        audit::record(txn, context,
                                      {.action = audit::actions::contact_updated,
                                       .resource_type = "contact",
                                       .resource_id = id.value},
                                      now);
                    }
                    return contacts::get(txn, id);
                });
        }
    }

    int updates_;
    boost::asio::io_context io_;
    SystemClock clock_;
    SystemRng rng_;
    IdGenerator ids_{clock_, rng_};
    std::unique_ptr<db::Db> db_;
    Context context_;
    std::vector<ContactId> contacts_;
};

}  // namespace
}  // namespace wapi

int main(int count, char** arguments) {
    const int updates = count == 3 ? std::atoi(arguments[2]) : 0;
    if (updates < 1) {
        fmt::print(stderr, "wapi-audit-cost DATABASE_URL UPDATES\n");
        return 2;
    }
    try {
        wapi::Cost cost(arguments[1], updates);
        cost.make_contacts();
        cost.run();
        return 0;
    } catch (const std::exception& failure) {
        fmt::print(stderr, "wapi-audit-cost: {}\n", failure.what());
        return 1;
    }
}
