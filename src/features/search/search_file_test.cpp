// Goal: words that FTS5 has moved to other pages do not stay in those it left, where an erasure
// finds nothing. Method: the free pages of SQLite's file (its format: sqlite.org/fileformat.html),
// after each of many batches.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "features/search/search.hpp"
#include "tests/support/test_db.hpp"

namespace wapi::search {
namespace {

const WorkspaceId shop("11111111-1111-7111-8111-111111111111");

const db::Sql insert_message{{
    .name = "search_file_test.insert_message",
    .text = "INSERT INTO messages (workspace_id, message_id, conversation_id, contact_id,"
            " phone_number_id, wa_message_id, direction, type, status, text, content, purpose,"
            " timestamp_us, error_message, created_us) VALUES ($1, $2, 't1', 'c1', '1', $2,"
            " 'inbound', 'text', 'received', $3, '', 'service', 7000000, '', 0)",
}};

class SearchFileTest : public test::EnginesTest {
  protected:
    void index_batch() {
        write(shop, [&](db::WorkspaceTxn& txn) {
            for (int index = 0; index < 100; ++index) {
                const std::string number = std::to_string(++messages_);
                txn.execute(insert_message, "m" + number, text_of(messages_));
                enqueue(txn, Kind::message, "m" + number, clock_.now());
            }
            return true;
        });
        async::Tasks tasks(io_);
        run(Indexer(tasks, database(), clock_).run_all());
    }
    /// A word that ends in what the test looks for, and others that fill pages.
    static std::string text_of(int number) {
        std::string text = "z" + std::to_string(number) + "finch";
        for (int word = 0; word < 10; ++word) {
            text += " w" + std::to_string((number * 10 + word) * 7'919 % 100'003);
        }
        return text;
    }
    std::string file_bytes() {
        reopen();  // the write-ahead log is copied into the file
        std::ifstream file(files_.file(), std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }
    static std::size_t big_endian(std::string_view bytes, std::size_t at, std::size_t length) {
        std::size_t number = 0;
        for (const char byte : bytes.substr(at, length)) {
            number = number * 256 + static_cast<unsigned char>(byte);
        }
        return number;
    }
    /// The free pages that are listed in others.
    static std::vector<std::string_view> free_pages(std::string_view file) {
        const std::size_t size = big_endian(file, 16, 2);
        const auto page = [&](std::size_t number) {
            return file.substr((number - 1) * size, size);
        };
        std::vector<std::string_view> pages;
        std::size_t list = big_endian(file, 32, 4);
        while (list != 0) {
            const std::size_t count = big_endian(page(list), 4, 4);
            for (std::size_t at = 0; at < count; ++at) {
                pages.push_back(page(big_endian(page(list), 8 + 4 * at, 4)));
            }
            list = big_endian(page(list), 0, 4);
        }
        return pages;
    }

    int messages_ = 0;
};

TEST_P(SearchFileTest, pages_that_the_index_has_left_hold_no_words) {
    constexpr int batches = 60;
    std::size_t looked_at = 0;
    for (int batch = 0; batch < batches; ++batch) {
        index_batch();
        const std::string file = file_bytes();
        for (const std::string_view page : free_pages(file)) {
            ++looked_at;
            ASSERT_EQ(page.find("finch"), std::string_view::npos) << "after batch " << batch;
        }
    }
    EXPECT_GT(looked_at, 50U) << "the test must see pages that were left";
}

WAPI_ON_SQLITE(SearchFileTest);

}  // namespace
}  // namespace wapi::search
