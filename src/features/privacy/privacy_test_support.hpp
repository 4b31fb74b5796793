// What the tests of privacy share: two shops, customers who write through real webhook bodies, and
// a dump of everything that is in the database.
#pragma once

#include <deque>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "db/migrator.hpp"
#include "features/audit/audit.hpp"
#include "features/contacts/contacts.hpp"
#include "features/privacy/privacy.hpp"
#include "features/sending/sending.hpp"
#include "features/vault/vault.hpp"
#include "features/webhooks/webhooks_test_support.hpp"

namespace wapi::privacy::testing {

using namespace std::chrono_literals;
using webhooks::testing::Author;
using webhooks::testing::body_of;
using webhooks::testing::other_number;
using webhooks::testing::other_shop;
using webhooks::testing::shop;
using webhooks::testing::shop_number;

constexpr std::string_view key_hex =
    "3f8a1c5e9b7d204f6a8c1e3b5d7f90a2c4e6f8091b2d3f4a5c6e7f8192a3b4c5";
constexpr std::string_view next_key_hex =
    "93c1f0a7d25b884e6d1f3a90b7c4e2518f6da3b0c9e1274558ab6cd7ef013249";

inline const Author ann{
    .phone = "15550002222", .bsuid = "US.1349", .username = "annlee77", .name = "Ann Leewood"};
inline const Author bob{.phone = "15550003333", .bsuid = "US.2450", .name = "Bob Stone"};
/// What must not be found anywhere once Ann is erased.
inline const std::vector<std::string> anns_traces{"15550002222",     "US.1349",      "annlee77",
                                                  "Ann Leewood",     "blue bicycle", "red trailer",
                                                  "anns-own-secret", "Kelvin Street"};

/// Every table that a migration makes.
inline std::set<std::string> table_names() {
    constexpr std::string_view words = "CREATE TABLE ";
    std::set<std::string> tables{"schema_migrations"};
    for (const db::Migration& migration : db::embedded_migrations()) {
        const std::string_view text = migration.text;
        for (std::size_t at = text.find(words); at != std::string_view::npos;
             at = text.find(words, at + 1)) {
            const std::string_view rest = text.substr(at + words.size());
            tables.emplace(rest.substr(0, rest.find(' ')));
        }
    }
    return tables;
}

/// A statement that reads a whole table.
struct Dump {
    Dump(std::string of, std::string_view name, std::string_view text)
        : table(std::move(of)), sql({.name = name, .text = text, .scope = db::Scope::system}) {}
    std::string table;
    db::Sql sql;
};

/// One for each table, made once: statements live as long as the program.
inline const std::deque<Dump>& dump_statements() {
    static const auto* statements = [] {
        static std::deque<std::string> texts;
        auto* made = new std::deque<Dump>();
        for (const std::string& table : table_names()) {
            const std::string& name = texts.emplace_back("privacy_test.dump_" + table);
            const std::string& text = texts.emplace_back("SELECT * FROM " + table);
            made->emplace_back(table, name, text);
        }
        return made;
    }();
    return *statements;
}

/// What `read` gives; nothing when the cell has another type or is none.
template <class Read>
std::optional<std::string> attempt(Read read) {
    try {
        return read();
    } catch (const Fault&) {
        return std::nullopt;
    }
}

/// The cell, whatever its type; nothing behind the last column.
inline std::optional<std::string> cell_text(const db::Row& row, std::size_t column) {
    auto text = attempt(
        [&] { return row.is_null(column) ? std::string() : std::string(row.text(column)); });
    if (!text) {
        text = attempt([&] { return std::string(row.bytes(column)); });
    }
    if (!text) {
        text = attempt([&] { return std::to_string(row.integer(column)); });
    }
    return text;
}

inline std::string row_text(const db::Row& row) {
    std::string text;
    std::size_t column = 0;
    while (const auto cell = cell_text(row, column)) {
        text += *cell + '|';
        ++column;
    }
    return text;
}

class PrivacyTest : public webhooks::testing::WebhooksTest {
  protected:
    PrivacyTest() {
        dump_statements();
        for (const auto& [workspace, number] :
             {std::pair{shop, shop_number}, std::pair{other_shop, other_number}}) {
            make_workspace(workspace);
            connect(workspace, number);
        }
        clock_.advance(1h);
    }
    static Context context_of(const WorkspaceId& workspace = shop) {
        Context context;
        context.workspace = workspace;
        context.actor = {ActorKind::user, "user-1"};
        return context;
    }
    /// Every cell of every table.
    std::string dump() {
        return read([](db::Txn& txn) {
            std::string all;
            for (const Dump& table : dump_statements()) {
                for (const db::Row row : txn.query(table.sql)) {
                    all += table.table + ':' + row_text(row) + '\n';
                }
            }
            return all;
        });
    }
    /// The lines of the dump that hold the text.
    std::string lines_with(const std::string& text) {
        std::string found;
        std::istringstream lines(dump());
        for (std::string line; std::getline(lines, line);) {
            found += line.find(text) != std::string::npos ? line + "\n" : "";
        }
        return found;
    }
    EventId deliver(const std::string& body) {
        const EventId id = store_body(body);
        drain();
        return id;
    }
    EventId write_text(const Author& author, const std::string& wamid, const std::string& text,
                       std::chrono::seconds ago = 0s, const std::string& number = shop_number) {
        return deliver(body_of(
            webhooks::testing::text_change(number, author, wamid, now_s() - ago.count(), text)));
    }
    std::optional<ContactId> find_contact(const Author& author,
                                          const WorkspaceId& workspace = shop) {
        return read(workspace, [&](db::WorkspaceTxn& txn) {
            return contacts::find_by_identity(txn, {contacts::IdentityKind::phone, author.phone});
        });
    }
    contacts::OptOut opt_out_of(const Author& author) {
        return read(shop, [&](db::WorkspaceTxn& txn) {
            const auto id =
                contacts::find_by_identity(txn, {contacts::IdentityKind::phone, author.phone});
            return contacts::get(txn, id.value()).value().opt_out;
        });
    }
    /// `ok`, or the error's code.
    std::string send(const Author& author, const std::string& text) {
        sending::Draft draft;
        draft.to.phone = "+" + author.phone;
        draft.content = text;
        const auto sent = write(shop, [&](db::WorkspaceTxn& txn) {
            return sending::commit_send(txn, ids_, context_of(), draft, clock_.now());
        });
        return sent ? "ok" : std::string(sent.error().kind->code);
    }
    Erasure erase(const Author& author, const WorkspaceId& workspace = shop) {
        const ContactId id = find_contact(author, workspace).value();
        Erasure erasure = run(service_.erase(context_of(workspace), id, id.value)).value();
        EXPECT_EQ(run(eraser_.run_open()), 1U);
        return erasure;
    }
    std::int64_t count_audit(std::string_view action, const WorkspaceId& workspace = shop) {
        audit::Service service(database());
        return run(service.list(context_of(workspace), {.action = std::string(action)}))->total;
    }
    bool audit_is_whole() {
        return read(shop, [](db::WorkspaceTxn& txn) {
            return !audit::verify_chain(txn).first_bad.has_value();
        });
    }

    std::unique_ptr<vault::DatabaseBackend> vault_ = std::make_unique<vault::DatabaseBackend>(
        database(), vault::MasterKey(SecretString(key_hex)), rng_, clock_);
    Eraser eraser_{tasks_, database(), clock_};
    Service service_{
        {.db = database(), .ids = ids_, .rng = rng_, .clock = clock_, .eraser = eraser_}};
};

}  // namespace wapi::privacy::testing
