// Goal: events in any order, any grouping and any number of times end in the same state (invariant
// 2). Method: random histories from a seed that failures print; each is processed in the order of
// WhatsApp's time once, and then shuffled, repeated and grouped at random, each time in a workspace
// of its own; the final states must be equal. What may not be in a history, because no rule could
// make it commutative, is listed in features/contacts/README.md. Of one second the message that
// came in last is the last one (webhook_thread_test): of which message that is, the state shows
// only that there is no newer one.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <random>

#include "features/audit/audit.hpp"
#include "features/messages/messages.hpp"
#include "features/sending/sending.hpp"
#include "features/webhooks/webhooks_test_support.hpp"

namespace wapi::webhooks {
namespace {

using namespace testing;

constexpr std::int64_t history_start_s = 1'764'000'000;
constexpr int history_seconds = 60;  ///< short, so that equal times are frequent
constexpr std::int64_t received_s = history_start_s + 86'400;  ///< some times are after it
const std::vector<std::int64_t> to_come_s{received_s + 6, received_s + 31'536'000, 253'402'300'799};
constexpr std::size_t numbers_count = 2;
constexpr std::size_t sends_count = 3;

const db::Sql identities_sql{{
    .name = "webhook_order_test.identities",
    .text = "SELECT contact_id, kind, value FROM contact_identities WHERE workspace_id = $1"
            " ORDER BY kind, value",
}};
const db::Sql contacts_sql{{
    .name = "webhook_order_test.contacts",
    .text = "SELECT contact_id, name, phone, opted_out, opt_out_decided_us, opted_out_us,"
            " opted_out_via, opted_back_in_us, started_us FROM contacts WHERE workspace_id = $1",
}};
const db::Sql conversations_sql{{
    .name = "webhook_order_test.conversations",
    .text = "SELECT c.contact_id, c.phone_number_id, c.status, c.unread_count, c.last_inbound_us,"
            " c.last_message_us, (SELECT count(*) FROM messages AS newer"
            "   WHERE newer.workspace_id = $1 AND newer.conversation_id = c.conversation_id"
            "   AND (newer.timestamp_us, newer.message_id)"
            "   > (c.last_message_us, c.last_message_id)), c.profile_name"
            " FROM conversations AS c WHERE c.workspace_id = $1",
}};
const db::Sql messages_sql{{
    .name = "webhook_order_test.messages",
    .text = "SELECT m.contact_id, c.contact_id, m.phone_number_id, m.wa_message_id, m.type,"
            " m.status, m.text, m.timestamp_us, m.sent_us, m.delivered_us, m.read_us, m.failed_us,"
            " m.error_code, m.error_message FROM messages AS m"
            " JOIN conversations AS c ON c.workspace_id = m.workspace_id"
            " AND c.conversation_id = m.conversation_id WHERE m.workspace_id = $1",
}};
const db::Sql early_sql{{
    .name = "webhook_order_test.early_statuses",
    .text = "SELECT wa_message_id, status, timestamp_us, error_code, error_message"
            " FROM early_statuses WHERE workspace_id = $1",
}};

struct Person {
    Author before;
    Author after;  ///< differs from `before` when the person changes number or BSUID
    int change_at = history_seconds;
    bool changes = false;
};

/// One update; `render` makes it for the numbers and messages of one run.
struct World {
    WorkspaceId workspace;
    std::vector<std::string> numbers;
    std::vector<std::string> sent_ids;  ///< our ids of the messages sent in the prelude
};
struct Item {
    int second = 0;
    std::function<json::object(const World&)> render;
};

struct History {
    std::vector<Person> people;
    std::vector<Item> items;
};

/// The content of an edit or revoke.
json::object act_on(const std::string& wamid) {
    return {{"original_message_id", wamid},
            {"message", {{"type", "text"}, {"text", {{"body", "new words"}}}}}};
}

class Generator {
  public:
    explicit Generator(unsigned seed) : random_(seed) {}

    int below(int limit) { return std::uniform_int_distribution(0, limit - 1)(random_); }
    bool chance(int percent) { return below(100) < percent; }
    template <class T>
    const T& one_of(const std::vector<T>& choices) {
        return choices[static_cast<std::size_t>(below(static_cast<int>(choices.size())))];
    }
    template <class T>
    void shuffle(std::vector<T>& items) {
        std::ranges::shuffle(items, random_);
    }

    History history() {
        History made;
        const int people = 1 + below(4);
        for (int i = 0; i < people; ++i) {
            made.people.push_back(person(i));
        }
        for (std::size_t i = 0; i < made.people.size(); ++i) {
            const Person& person = made.people[i];
            const int events = 2 + below(8);
            for (int event = 0; event < events; ++event) {
                made.items.push_back(event_of(person, fmt::format("{}.{}", i, event),
                                              fmt::format("wamid.IN.{}.{}", i, event - 1)));
            }
            if (person.changes) {
                made.items.push_back(change_of_identity(person, i));
            }
        }
        for (std::size_t i = 0; i < sends_count; ++i) {
            add_statuses(made, i);
        }
        return made;
    }

  private:
    Person person(int index) {
        Person person;
        const int kind = index == 0 ? 0 : below(3);  // the first one gets our messages, by phone
        const bool phone = kind != 1;
        const bool bsuid = kind != 0 || chance(50);
        person.before = {.phone = phone ? fmt::format("155500020{:02}", index) : "",
                         .bsuid = bsuid ? fmt::format("US.OLD{}", index) : "",
                         .username = chance(30) ? fmt::format("user{}", index) : "",
                         .name = ""};
        person.after = person.before;
        person.changes = chance(40);
        if (person.changes) {
            person.change_at = 5 + below(history_seconds - 10);
            person.after.phone = phone ? fmt::format("155500030{:02}", index) : "";
            person.after.bsuid = bsuid ? fmt::format("US.NEW{}", index) : "";
        }
        return person;
    }

    /// The person as one event names them: by phone, by BSUID or by both.
    Author named(const Person& person, int second) {
        Author author = second < person.change_at ? person.before : person.after;
        author.name = one_of<std::string>({"", "Ann", "Ann Lee", "A. Lee"});
        if (!author.phone.empty() && !author.bsuid.empty()) {
            const int way = below(3);
            author.phone = way == 1 ? "" : author.phone;
            author.bsuid = way == 2 ? "" : author.bsuid;
        }
        return author;
    }

    Item event_of(const Person& person, const std::string& label, const std::string& about) {
        int second = below(history_seconds);
        second += second == person.change_at ? 1 : 0;
        const std::int64_t at = chance(10) ? one_of(to_come_s) : history_start_s + second;
        second = at > received_s ? history_seconds : second;
        const Author author = named(person, second);
        const auto number = static_cast<std::size_t>(below(numbers_count));
        const std::string wamid = "wamid.IN." + label;
        if (chance(15)) {
            const std::string value = one_of<std::string>({"stop", "resume"});
            return {second, [=](const World& world) {
                        return preference_change(world.numbers[number], author, at, value);
                    }};
        }
        if (chance(20)) {
            const json::object button{{"text", one_of<std::string>({"Maybe", "Stop", "Yes"})},
                                      {"payload", one_of<std::string>({"P1", "YES", "STOP"})}};
            return {second, [=](const World& world) {
                        return message_change(world.numbers[number], author, wamid, at, "button",
                                              button);
                    }};
        }
        if (chance(10)) {  // about the message before, whose id it carries
            return later_act(author, about, second, number);
        }
        const std::string text =
            one_of<std::string>({"hello", "how much?", "STOP", "Stop!", "START", "yes", "YES."});
        return {second, [=](const World& world) {
                    return text_change(world.numbers[number], author, wamid, at, text);
                }};
    }

    Item later_act(const Author& author, const std::string& wamid, int second, std::size_t number) {
        const std::string type = one_of<std::string>({"edit", "revoke"});
        return {second, [=](const World& world) {
                    return message_change(world.numbers[number], author, wamid,
                                          history_start_s + second, type, act_on(wamid));
                }};
    }

    Item change_of_identity(const Person& person, std::size_t index) {
        json::object system{{"body", "changed"}};
        put(system, "wa_id", person.after.phone);
        put(system, "user_id", person.after.bsuid);
        put(system, "previous_user_id", person.before.bsuid);
        system["type"] =
            person.after.phone.empty() ? "user_changed_user_id" : "user_changed_number";
        const Author author{.phone = person.before.phone, .bsuid = {}, .username = {}, .name = {}};
        const std::int64_t at = history_start_s + person.change_at;
        return {person.change_at, [=](const World& world) {
                    return message_change(world.numbers[0], author,
                                          fmt::format("wamid.CHANGE.{}", index), at, "system",
                                          system);
                }};
    }

    /// Statuses of one send. One at least carries our id, so that the message gets its wamid; those
    /// that come before it wait for it.
    void add_statuses(History& made, std::size_t send) {
        const int count = 1 + below(5);
        for (int i = 0; i < count; ++i) {
            const StatusFacts facts{
                .wamid = fmt::format("wamid.OUT.{}", send),
                .status = one_of<std::string>({"sent", "delivered", "read", "failed", "played"}),
                .at_s = chance(10) ? one_of(to_come_s) : history_start_s + below(history_seconds)};
            const bool marked = i == 0 || chance(30);
            const int error_code = one_of<int>({131026, 131047, 131053});
            const auto second = std::min(facts.at_s, received_s) - history_start_s;
            made.items.push_back({static_cast<int>(second), [=](const World& world) {
                                      StatusFacts whole = facts;
                                      whole.callback_data = marked ? world.sent_ids[send] : "";
                                      whole.error_code = facts.status == "failed" ? error_code : 0;
                                      return status_change(world.numbers[0], whole);
                                  }});
        }
    }

    std::mt19937 random_;
};

/// How a cell reads in a projection.
std::string cell(const db::Row& row, std::size_t column) {
    const auto value = row.optional_integer(column);
    return value ? std::to_string(*value) : "-";
}

class WebhookOrderTest : public WebhooksTest {
  protected:
    /// A workspace with numbers, and messages sent to the first person, before the history begins.
    World prelude(const History& history) {
        ++runs_;
        execute("DELETE FROM phone_numbers");  // of the run before
        clock_.set(from_us((history_start_s - 86'400) * 1'000'000));
        World made{
            .workspace = WorkspaceId(fmt::format("{:08}-1111-7111-8111-111111111111", runs_)),
            .numbers = {},
            .sent_ids = {}};
        make_workspace(made.workspace);
        for (std::size_t i = 0; i < numbers_count; ++i) {
            // The same in each run: the state names them.
            made.numbers.push_back(fmt::format("108000000000{}", i));
            connect(made.workspace, made.numbers.back());
        }
        store_body(body_of(text_change(made.numbers[0], history.people[0].before, "wamid.FIRST",
                                       history_start_s - 86'400, "hello")));
        drain();
        sending::Draft draft;
        draft.to.phone = "+" + history.people[0].before.phone;
        draft.content = std::string("Good morning");
        for (std::size_t i = 0; i < sends_count; ++i) {
            const auto sent = write(made.workspace, [&](db::WorkspaceTxn& txn) {
                return sending::commit_send(txn, ids_, audit::system_context(made.workspace, ""),
                                            draft, clock_.now());
            });
            made.sent_ids.push_back(sent.value().id.value);
        }
        // Long after: the windows are closed, so that no confirmation goes out; how many do depends
        // on what was known when, as it must.
        clock_.set(from_us((history_start_s + 30 * 86'400) * 1'000'000));
        return made;
    }

    std::string in_order(const History& history) {
        const World made = prelude(history);
        std::vector<Item> items = history.items;
        std::ranges::sort(items, {}, &Item::second);
        for (const Item& item : items) {
            store_received(received_s, body_of(item.render(made)));
            drain();
        }
        return projection(made);
    }

    std::string shuffled(const History& history, Generator& random) {
        const World made = prelude(history);
        std::vector<Item> items = history.items;
        for (const Item& item : history.items) {
            if (random.chance(40)) {
                items.push_back(item);
            }
        }
        random.shuffle(items);
        json::array changes;
        for (const Item& item : items) {
            changes.push_back(item.render(made));
            if (random.chance(40)) {
                store_received(received_s, body_of(std::exchange(changes, {})));
            }
            if (random.chance(20)) {
                drain();
            }
        }
        store_received(received_s, body_of(std::move(changes)));
        drain();
        return projection(made);
    }

    /// The state without ids that are made at random: a contact is named by its identities.
    std::string projection(const World& made) {
        return read(made.workspace, [&](db::WorkspaceTxn& txn) {
            std::map<std::string, std::string> names;
            for (const db::Row row : txn.query(identities_sql)) {
                names[row.string(0)] += row.string(1) + ":" + row.string(2) + " ";
            }
            std::vector<std::string> lines;
            for (const db::Row row : txn.query(contacts_sql)) {
                lines.push_back(fmt::format(
                    "contact {}name={} phone={} out={} decided={} out_at={} via={} back={}",
                    names[row.string(0)], row.string(1), row.string(2), row.integer(3),
                    row.integer(4), cell(row, 5), row.string(6), cell(row, 7)));
            }
            for (const db::Row row : txn.query(conversations_sql)) {
                lines.push_back(fmt::format(
                    "conversation {}on {} {} unread={} inbound={} last={} newer={} profile={}",
                    names[row.string(0)], row.string(1).back(), row.string(2), row.integer(3),
                    row.integer(4), row.integer(5), row.integer(6), row.string(7)));
            }
            add_messages(txn, names, lines);
            std::ranges::sort(lines);
            return fmt::format("{}", fmt::join(lines, "\n"));
        });
    }

    static void add_messages(db::WorkspaceTxn& txn, std::map<std::string, std::string>& names,
                             std::vector<std::string>& lines) {
        for (const db::Row row : txn.query(messages_sql)) {
            EXPECT_EQ(row.string(0), row.string(1)) << "message and conversation of two contacts";
            lines.push_back(fmt::format(
                "message {} of {}on {} {} {} '{}' at={} sent={} delivered={} read={} failed={} {} "
                "{}",
                row.string(3), names[row.string(0)], row.string(2).back(), row.string(4),
                row.string(5), row.string(6), row.integer(7), cell(row, 8), cell(row, 9),
                cell(row, 10), cell(row, 11), cell(row, 12), row.string(13)));
        }
        for (const db::Row row : txn.query(early_sql)) {
            lines.push_back(fmt::format("early {} {} {} {} {}", row.string(0), row.string(1),
                                        row.integer(2), cell(row, 3), row.string(4)));
        }
    }

    int runs_ = 0;
};

TEST_P(WebhookOrderTest, any_order_grouping_and_repetition_ends_in_the_same_state) {
    const unsigned histories = GetParam() == db::Engine::sqlite ? 40 : 10;
    // WAPI_SEED begins elsewhere, to look further or to repeat one history.
    const char* given = std::getenv("WAPI_SEED");
    const unsigned first_seed =
        given == nullptr ? 20'260'101 : static_cast<unsigned>(std::stoul(given));
    for (unsigned seed = first_seed; seed < first_seed + histories; ++seed) {
        SCOPED_TRACE(fmt::format("seed {}", seed));
        Generator random(seed);
        const History history = random.history();
        const std::string expected = in_order(history);
        ASSERT_NE(expected.find("message wamid.OUT.0"), std::string::npos) << expected;
        for (int order = 0; order < 3; ++order) {
            ASSERT_EQ(shuffled(history, random), expected);
        }
    }
}

TEST_P(WebhookOrderTest, the_projection_sees_a_difference_of_one_event) {
    Generator random(1);
    History history = random.history();
    const std::string whole = in_order(history);
    history.items.push_back({0, [](const World& world) {
                                 return text_change(world.numbers[0],
                                                    {"15550002000", "", "", "Ann"}, "wamid.EXTRA",
                                                    history_start_s, "one more");
                             }});
    EXPECT_NE(in_order(history), whole);
}

WAPI_ON_BOTH_ENGINES(WebhookOrderTest);

}  // namespace
}  // namespace wapi::webhooks
