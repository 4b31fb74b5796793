// Filling workspaces: the workspace and its team in one transaction, then talks in large ones, so
// that a server may run beside it.
#include <fmt/format.h>

#include <array>
#include <memory>

#include "features/audit/audit.hpp"
#include "features/numbers/numbers.hpp"
#include "features/overview/overview.hpp"
#include "features/seed/seed_rules.hpp"
#include "features/seed/seed_store.hpp"
#include "features/workspaces/workspaces.hpp"

namespace wapi::seed {
namespace {

/// Of one transaction: some 20 ms of the one writer of SQLite.
constexpr std::size_t batch_messages = 1'000;

struct Part {
    std::string_view name;
    std::string_view address;  ///< before the @
    std::string_view role;
};
constexpr std::array<Part, 6> cast{{{"Nora King", "owner", "owner"},
                                    {"Marco Silva", "manager", "manager"},
                                    {"Ada Lovell", "ada", "agent"},
                                    {"Rahul Mehta", "rahul", "agent"},
                                    {"Lucía Vega", "lucia", "agent"},
                                    {"Vera Stone", "viewer", "viewer"}}};

constexpr std::array<std::string_view, 6> trades{"Ceramics", "Fashion", "Lighting",
                                                 "Coffee",   "Sports",  "Dental"};

/// The end of an id, which is random.
std::string_view tail(const WorkspaceId& id) { return std::string_view(id.value).substr(24); }

std::vector<store::Person> make_team(IdGenerator& ids, const WorkspaceId& workspace,
                                     std::uint64_t seed) {
    const std::string more = seed == 1 ? "" : std::to_string(seed);
    std::vector<store::Person> team;
    for (const Part& part : cast) {
        team.push_back(
            {.id = ids.make<UserId>(),
             .name = std::string(part.name),
             .email = fmt::format("{}{}@{}.example", part.address, more, tail(workspace)),
             .role = std::string(part.role)});
    }
    return team;
}

/// Two numbers, which cannot send: no token comes with them.
void add_numbers(db::WorkspaceTxn& txn, IdGenerator& ids, const Shop& shop, Timestamp now) {
    for (int n = 0; n < 2; ++n) {
        const std::int64_t digits = ids.event_id().value % 1'000'000'000'000;
        numbers::Number number;
        number.workspace = shop.workspace;
        number.phone_number_id = PhoneNumberId(fmt::format("770{:012}", digits));
        number.waba_id = WabaId(fmt::format("880{:012}", digits));
        number.display_phone = fmt::format("+1555{:07}", digits % 10'000'000);
        number.verified_name = shop.name;
        number.quality_rating = "GREEN";
        number.status = numbers::status::reconnect;
        number.status_reason = "Made up by wapi seed: it has no access token.";
        number.connected_at = now;
        numbers::save_number(txn, number);
    }
}

void record_seed(db::WorkspaceTxn& txn, std::uint64_t seed, Timestamp now) {
    audit::record(txn, audit::system_context(txn.workspace(), "seed"),
                  {.action = audit::actions::data_seeded,
                   .resource_type = "seed",
                   .resource_id = std::to_string(seed)},
                  now);
}

void record_member(db::WorkspaceTxn& txn, const store::Person& person, Timestamp now) {
    audit::record(txn, audit::system_context(txn.workspace(), "seed"),
                  {.action = audit::actions::team_member_added,
                   .resource_type = "user",
                   .resource_id = person.id.value,
                   .details = fmt::format(R"({{"role":"{}","by":"seed"}})", person.role)},
                  now);
}

void record_opt_outs(db::WorkspaceTxn& txn, std::span<const store::PlacedTalk> talks,
                     Timestamp now) {
    for (const store::PlacedTalk& placed : talks) {
        if (placed.talk.customer.opted_out_at) {
            audit::record(txn, audit::system_context(txn.workspace(), "seed"),
                          {.action = audit::actions::contact_opted_out,
                           .resource_type = "contact",
                           .resource_id = placed.contact.value,
                           .details = R"({"via":"message","by":"seed"})"},
                          now);
        }
    }
}

/// Share of shop `index` when `all` is given to `shops`, the first ones one more.
std::size_t share(std::size_t all, std::size_t shops, std::size_t index) {
    return all / shops + (index < all % shops ? 1 : 0);
}

}  // namespace

/// The workspace, its team, and numbers when it is new. Errors: invalid_request.
async::Task<Result<Service::Place>> Service::open(const Options& options, std::size_t index) {
    Place place;
    place.shop.workspace = options.workspace ? *options.workspace : ids_.make<WorkspaceId>();
    place.shop.name = fmt::format("{} {}", trades[index % trades.size()], index + 1);
    co_return co_await db_.write(
        place.shop.workspace, "seed.open",
        [this, place, is_new = !options.workspace, hash = options.password_hash,
         seed = options.seed, now = clock_.now()](db::WorkspaceTxn& txn) -> Result<Place> {
            Place opened = place;
            if (store::has_people_of(txn, seed)) {
                return fail_field(errors::invalid_request, "seed",
                                  "The people of this number are in the workspace already.");
            }
            if (is_new) {
                workspaces::insert_workspace(txn, {.id = opened.shop.workspace,
                                                   .name = opened.shop.name,
                                                   .plan = "enterprise",
                                                   .settings = "{}",
                                                   .created_at = now});
                add_numbers(txn, ids_, opened.shop, now);
            } else if (const auto found = workspaces::find_workspace(txn); found) {
                opened.shop.name = found->name;
            } else {
                return fail_field(errors::invalid_request, "workspace", "There is none such.");
            }
            for (const numbers::Number& number : numbers::list_numbers(txn)) {
                opened.numbers.push_back(number.phone_number_id);
            }
            if (opened.numbers.empty()) {
                return fail_field(errors::invalid_request, "workspace", "It has no number.");
            }
            std::vector<store::Person> team = make_team(ids_, opened.shop.workspace, seed);
            if (!is_new) {
                team.erase(team.begin());  // it has an owner
            }
            store::insert_members(txn, team, hash, now);
            record_seed(txn, seed, now);
            for (const store::Person& person : team) {
                record_member(txn, person, now);
                opened.shop.emails.push_back(person.email);
                if (person.role == "agent") {
                    opened.agents.push_back(person.id);
                }
            }
            return opened;
        });
}

/// Of the next conversations, some batch_messages.
std::vector<store::PlacedTalk> Service::write_batch(Writer& writer, Spread& spread,
                                                    std::mt19937_64& random, const Place& place,
                                                    std::size_t first, std::size_t end) {
    std::vector<store::PlacedTalk> batch;
    std::size_t lines = 0;
    for (std::size_t n = first; n < end && lines < batch_messages; ++n) {
        store::PlacedTalk placed{.talk = writer.write(n, spread.next(random)),
                                 .contact = {},
                                 .conversation = ids_.make<ConversationId>(),
                                 .phone_number_id = place.numbers[n % place.numbers.size()],
                                 .assignee = {}};
        // Ids begin with a time, by which things are counted later.
        placed.contact = ContactId(restamp(ids_.uuid(), placed.talk.lines.front().at));
        if (placed.talk.assignee) {
            placed.assignee = place.agents[*placed.talk.assignee];
        }
        lines += placed.talk.lines.size();
        batch.push_back(std::move(placed));
    }
    return batch;
}

async::Task<Result<Shop>> Service::fill(const Options& options, std::size_t index) {
    Result<Place> place = co_await open(options, index);
    if (!place) {
        co_return std::unexpected(place.error());
    }
    const Size& size = options.size;
    const std::size_t conversations = share(size.conversations, size.workspaces, index);
    Spread spread(conversations, share(size.messages, size.workspaces, index), size.longest_thread);
    Writer writer({.seed = options.seed,
                   .shop = index,
                   .agents = place->agents.size(),
                   .now = clock_.now(),
                   .age = size.age});
    std::mt19937_64 random(options.seed + index);
    Shop& shop = place->shop;
    while (shop.conversations < conversations) {
        const auto batch = std::make_shared<const std::vector<store::PlacedTalk>>(
            write_batch(writer, spread, random, *place, shop.conversations, conversations));
        co_await db_.write(shop.workspace, "seed.talks",
                           [this, batch, now = clock_.now()](db::WorkspaceTxn& txn) {
                               store::insert_talks(txn, *batch, ids_, now);
                               overview::recount(txn);
                               record_opt_outs(txn, *batch, now);
                               return true;
                           });
        if (shop.conversations == 0) {
            shop.first = batch->front().conversation;
        }
        for (const store::PlacedTalk& placed : *batch) {
            ++shop.conversations;
            shop.messages += placed.talk.lines.size();
        }
        options.on_progress(shop);
    }
    co_return std::move(shop);
}

async::Task<Result<std::vector<Shop>>> Service::run(Options options) {
    if (Result<void> right = check_size(options.size); !right) {
        co_return std::unexpected(right.error());
    }
    if (options.workspace && options.size.workspaces != 1) {
        co_return fail_field(errors::invalid_request, "workspaces", "One, when it is named.");
    }
    std::vector<Shop> shops;
    for (std::size_t index = 0; index < options.size.workspaces; ++index) {
        Result<Shop> shop = co_await fill(options, index);
        if (!shop) {
            co_return std::unexpected(shop.error());
        }
        shops.push_back(std::move(*shop));
    }
    co_return shops;
}

}  // namespace wapi::seed
