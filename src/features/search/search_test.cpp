// Goal: what is queued is found, whatever its script, by who may see it and nobody else, in pages
// that hold everything once; what is removed is gone from every table and page of the index.
// Method: the loop's own step and the service on both engines, and the bytes of FTS5's tables.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <set>

#include "features/search/search_http.hpp"
#include "features/search/search_test_support.hpp"

namespace wapi::search {
namespace {

using namespace testing;

TEST_P(SearchTest, messages_are_found_by_all_their_words_and_the_beginning_of_the_last) {
    add_message("ann", "I like the blue bicycle");
    add_message("bob", "Crème brûlée, bitte");
    add_message("bob", "A blue balloon");
    index();
    EXPECT_EQ(found("blue"), (Ids{"m3", "m1"})) << "indexed last comes first";
    EXPECT_EQ(found("BLUE bicy"), Ids{"m1"});
    EXPECT_EQ(found("bicycle blu"), Ids{"m1"});
    EXPECT_TRUE(found("bicy blue").empty()) << "only the last one may be a beginning";
    EXPECT_EQ(found("creme brulee"), Ids{"m2"});
    EXPECT_EQ(found("brûl"), Ids{"m2"});
    EXPECT_TRUE(found("green").empty());
    EXPECT_TRUE(found("lue").empty());
}

TEST_P(SearchTest, scripts_of_all_kinds_are_found) {
    const std::vector<std::pair<std::string, std::string>> texts{
        {"मेरा ऑर्डर कहाँ है", "ऑर्डर"}, {"أين طلبي؟", "طلبى"},  {"私の注文はどこ", "注文"},
        {"Где мой заказ", "ЗАКАЗ"}, {"Πού είναι", "ειναι"}, {"emoji 🛑 stop", "stop"}};
    for (const auto& [text, query] : texts) {
        add_message("ann", text);
    }
    index();
    for (std::size_t at = 0; at < texts.size(); ++at) {
        EXPECT_EQ(found(texts[at].second), Ids{"m" + std::to_string(at + 1)}) << texts[at].first;
    }
}

TEST_P(SearchTest, contacts_are_found_by_name_phone_tag_and_attribute_as_they_are_now) {
    index();
    EXPECT_EQ(found("person an", Kind::contact), Ids{"ann"});
    EXPECT_EQ(found("+1555000", Kind::contact).size(), 2U);
    EXPECT_EQ(found("vip graz", Kind::contact).size(), 2U);
    write(shop, [&](db::WorkspaceTxn& txn) {
        txn.execute(rename_contact, "ann", "Zoë Miller");
        enqueue(txn, Kind::contact, "ann", clock_.now());
        return true;
    });
    index();
    EXPECT_EQ(found("zoe", Kind::contact), Ids{"ann"});
    EXPECT_EQ(found("person", Kind::contact), Ids{"bob"});
    EXPECT_TRUE(found("zoe", Kind::message).empty());
}

/// Of the contacts that `add_people` made.
std::string id_of(int number) { return fmt::format("c{:04}", number); }

/// Adds contacts from 0 on, to be indexed in this order.
template <class Name>
void add_people(db::WorkspaceTxn& txn, int count, Timestamp now, Name name_of) {
    for (int number = 0; number < count; ++number) {
        txn.execute(insert_contact, id_of(number), name_of(number));
        enqueue(txn, Kind::contact, id_of(number), now);
    }
}

TEST_P(SearchTest, contacts_are_found_among_the_newest_and_behind_them) {
    constexpr int others = 400;  // more than a page of two looks through first
    std::vector<std::string> usual;
    write(shop, [&](db::WorkspaceTxn& txn) {
        add_people(txn, others, clock_.now(), [&usual](int number) {
            if (number % 2 == 0) {
                usual.insert(usual.begin(), id_of(number));
            }
            return number % 2 == 0 ? "Usual name" : "Another name";
        });
        return true;
    });
    add_talk("eve", "", other_shop);
    index();
    EXPECT_EQ(found("usual", Kind::contact), usual);
    EXPECT_EQ(found("person", Kind::contact), (Ids{"bob", "ann"})) << "indexed first of all";
    EXPECT_EQ(found("vip usua", Kind::contact), usual);
    EXPECT_EQ(found("name vip", Kind::contact).size(), std::size_t{others});
    EXPECT_EQ(found("person", Kind::contact, {}, other_shop), Ids{"eve"});
}

// The first of all and each hundredth, of those that are tested.
const db::Sql tag_some{{
    .name = "search_test.tag_some",
    .text = "INSERT INTO contact_tags (workspace_id, contact_id, tag) SELECT workspace_id,"
            " contact_id, 'gold' FROM contacts WHERE workspace_id = $1"
            " AND (contact_id LIKE 'c%00' OR contact_id = 'c0001')",
}};
const db::Sql let_see_tag{{
    .name = "search_test.let_see_tag",
    .text = "INSERT INTO member_restrictions (workspace_id, user_id, kind, value)"
            " VALUES ($1, 'adam', 'tag', 'gold')",
}};

TEST_P(SearchTest, who_sees_few_of_a_usual_name_finds_them_behind_the_newest) {
    constexpr int people = 3'000;  // more than are looked through first
    write(shop, [&](db::WorkspaceTxn& txn) {
        add_people(txn, people, clock_.now(), [](int number) {
            const bool is_usual = number % 30 == 10 && (number % 100 != 0 || number < 500);
            return is_usual || number == 1 ? "Usual name" : "Another name";
        });
        txn.execute(tag_some);
        return txn.execute(let_see_tag);
    });
    index();
    const Restrictions gold{.member = "adam", .by_tag = true};
    EXPECT_EQ(found("usual", Kind::contact, gold), (Ids{"c0400", "c0100", "c0001"}))
        << "none of them among the newest, where the name is usual";
    EXPECT_EQ(found("name", Kind::contact, gold).size(), 31U);
    EXPECT_TRUE(found("person", Kind::contact, gold).empty());
}

TEST_P(SearchTest, who_begins_as_very_many_do_is_found_behind_them) {
    constexpr int people = 2'600;  // more of the first three letters than are gone through
    constexpr int martas = 3;
    write(shop, [&](db::WorkspaceTxn& txn) {
        add_people(txn, people, clock_.now(),
                   [](int number) { return number < martas ? "Marta Garcia" : "Maria Garcia"; });
        txn.execute(tag_some);
        return txn.execute(let_see_tag);
    });
    index();
    EXPECT_EQ(found("mart", Kind::contact), (Ids{"c0002", "c0001", "c0000"}));
    EXPECT_EQ(found("garcia marta", Kind::contact), (Ids{"c0002", "c0001", "c0000"}));
    EXPECT_TRUE(found("marta g", Kind::contact).empty()) << "a whole word";
    EXPECT_EQ(found("garcia mar", Kind::contact).size(), std::size_t{people});
    const Ids marias = found("garcia maria", Kind::contact);
    EXPECT_EQ(std::set(marias.begin(), marias.end()).size(), std::size_t{people - martas});
    EXPECT_TRUE(std::ranges::is_sorted(marias, std::greater<>())) << "through all pages";
    const Restrictions gold{.member = "adam", .by_tag = true};
    const Ids seen = found("maria", Kind::contact, gold);
    EXPECT_EQ(seen.size(), 25U) << "each hundredth but the first, who is Marta";
    EXPECT_EQ(seen.front(), "c2500");
    EXPECT_EQ(found("mart", Kind::contact, gold), (Ids{"c0001", "c0000"}));
}

TEST_P(SearchTest, one_letter_of_two_bytes_is_a_beginning) {
    write(shop, [&](db::WorkspaceTxn& txn) {
        txn.execute(insert_contact, "c1", "Жанна 김철수");
        enqueue(txn, Kind::contact, "c1", clock_.now());
        return true;
    });
    index();
    EXPECT_EQ(found("ж", Kind::contact), Ids{"c1"});
    EXPECT_EQ(found("김", Kind::contact), Ids{"c1"});
}

TEST_P(SearchTest, each_workspace_finds_its_own) {
    add_talk("eve", "", other_shop);
    add_message("ann", "shared word");
    add_message("eve", "shared word", other_shop);
    index();
    EXPECT_EQ(found("shared"), Ids{"m1"});
    EXPECT_EQ(found("shared", Kind::message, {}, other_shop), Ids{"m2"});
    EXPECT_EQ(found("person", Kind::contact, {}, other_shop), Ids{"eve"});
}

TEST_P(SearchTest, who_sees_a_part_finds_all_of_it_and_no_more) {
    add_talk("carl", "adam");
    std::set<std::string> own;
    for (int index = 0; index < 30; ++index) {
        const bool is_own = index % 6 == 0;
        add_message(is_own ? "carl" : "ann", "order number " + std::to_string(index));
        if (is_own) {
            own.insert("m" + std::to_string(messages_));
        }
    }
    index();
    const Ids seen = found("order", Kind::message, {.member = "adam", .assigned_only = true});
    EXPECT_EQ(std::set<std::string>(seen.begin(), seen.end()), own);
    EXPECT_EQ(seen.size(), own.size());
    EXPECT_EQ(found("order").size(), 30U);
    EXPECT_TRUE(found("order", Kind::message, {.member = "eve", .assigned_only = true}).empty());
    EXPECT_TRUE(found("person", Kind::contact, {.member = "eve", .by_tag = true}).empty());
}

TEST_P(SearchTest, what_matches_and_may_not_be_seen_ends_a_page_but_not_the_search) {
    add_talk("carl", "adam");
    add_message("carl", "needle");
    write(shop, [&](db::WorkspaceTxn& txn) {
        for (std::size_t at = 0; at < looked_at_max; ++at) {
            const std::string id = "x" + std::to_string(at);
            txn.execute(insert_message, id, "ann", "needle");
            enqueue(txn, Kind::message, id, clock_.now());
        }
        return true;
    });
    clock_.advance(1s);
    index();
    const Restrictions adam{.member = "adam", .assigned_only = true};
    const Page first = page({.text = "needle"}, adam).value();
    EXPECT_TRUE(first.hits.empty());
    ASSERT_FALSE(first.next_cursor.empty());
    EXPECT_EQ(found("needle", Kind::message, adam), Ids{"m1"});
}

TEST_P(SearchTest, bad_queries_are_refused) {
    const auto routes = search_routes(service_);
    const auto refusal = [&](std::vector<std::pair<std::string, std::string>> query) {
        net::Call call;
        call.request.query = std::move(query);
        call.context.workspace = shop;
        const auto answer = run(routes.at(0).handler(call));
        return answer ? "ok" : answer.error().field;
    };
    EXPECT_EQ(refusal({}), "q");
    EXPECT_EQ(refusal({{"q", "🛑"}}), "q");
    EXPECT_EQ(refusal({{"q", std::string(257, 'x')}}), "q");
    EXPECT_EQ(refusal({{"q", "x"}, {"kind", "deal"}}), "kind");
    EXPECT_EQ(refusal({{"q", "x"}, {"cursor", "1x"}}), "cursor");
    EXPECT_EQ(refusal({{"q", "x"}, {"cursor", "1"}}), "cursor");
    EXPECT_EQ(refusal({{"q", "x"}, {"limit", "0"}}), "limit");
    EXPECT_EQ(refusal({{"q", "x"}, {"kind", "contact"}}), "ok");
}

WAPI_ON_BOTH_ENGINES(SearchTest);

}  // namespace
}  // namespace wapi::search
