// What the tests of this folder share.
#include <fmt/format.h>

#include "features/access/access.hpp"
#include "features/contact_imports/contact_imports_test_support.hpp"

namespace wapi::contact_imports::testing {
namespace {

const db::Sql insert_member{{
    .name = "contact_imports_test.insert_member",
    .text = "INSERT INTO members (workspace_id, user_id, role, created_us) VALUES ($1, $2, $3, 0)",
}};
const db::Sql delete_member{{
    .name = "contact_imports_test.delete_member",
    .text = "DELETE FROM members WHERE workspace_id = $1 AND user_id = $2",
}};
const db::Sql insert_restriction{{
    .name = "contact_imports_test.insert_restriction",
    .text = "INSERT INTO member_restrictions (workspace_id, user_id, kind, value)"
            " VALUES ($1, $2, 'tag', $3)",
}};
const db::Sql insert_workspace{{
    .name = "contact_imports_test.insert_workspace",
    .text = "INSERT INTO workspaces (workspace_id, name, plan, settings, created_us)"
            " VALUES ($1, 'Shop', 'free', '{}', 0)",
}};
const db::Sql count_contacts{{
    .name = "contact_imports_test.count_contacts",
    .text = "SELECT count(*) FROM contacts WHERE workspace_id = $1",
}};
const db::Sql count_identities{{
    .name = "contact_imports_test.count_identities",
    .text = "SELECT count(*) FROM contact_identities WHERE workspace_id = $1",
}};
const db::Sql count_chunks{{
    .name = "contact_imports_test.count_chunks",
    .text = "SELECT count(*) FROM contact_import_chunks WHERE workspace_id = $1",
}};
const db::Sql count_refused_phones{{
    .name = "contact_imports_test.count_refused_phones",
    .text = "SELECT count(*) FROM contact_import_refused_phones WHERE workspace_id = $1",
}};
const db::Sql count_bearers_sql{{
    .name = "contact_imports_test.count_bearers",
    .text = "SELECT count(*) FROM contact_tags WHERE workspace_id = $1 AND tag = $2",
}};
const db::Sql list_audit{{
    .name = "contact_imports_test.list_audit",
    .text = "SELECT details FROM audit_logs WHERE workspace_id = $1"
            " AND action = 'contact.imported' ORDER BY seq",
}};

}  // namespace

ImportTest::ImportTest() {
    for (const WorkspaceId& workspace : {shop, other_shop}) {
        write(workspace, [](db::WorkspaceTxn& txn) { return txn.execute(insert_workspace); });
        add_member("owner", "owner", workspace);
    }
    reopen_all();
}

void ImportTest::reopen_all() {
    importer_.reset();
    service_.reset();
    tasks_.reset();
    reopen();
    tasks_ = std::make_unique<async::Tasks>(io_);
    importer_ = std::make_unique<Importer>(*tasks_, database(), ids_, clock_);
    service_ = std::make_unique<Service>(database(), ids_, clock_, [] {});
}

Context ImportTest::context_of(const std::string& user, const WorkspaceId& workspace) {
    Context made;
    made.workspace = workspace;
    made.actor = {ActorKind::user, user};
    made.permissions = access::bit(access::Permission::view_contacts);
    made.request_id = "request-1";
    return made;
}

void ImportTest::add_member(const std::string& user, const std::string& role,
                            const WorkspaceId& workspace) {
    write(workspace, [&](db::WorkspaceTxn& txn) { return txn.execute(insert_member, user, role); });
}

void ImportTest::remove_member(const std::string& user) {
    write(shop, [&](db::WorkspaceTxn& txn) { return txn.execute(delete_member, user); });
}

void ImportTest::restrict_to_tag(const std::string& user, const std::string& tag) {
    write(shop, [&](db::WorkspaceTxn& txn) { return txn.execute(insert_restriction, user, tag); });
}

Result<Import> ImportTest::upload(const std::string& text, const Declared& declared,
                                  const Context& context, std::size_t piece_bytes) {
    auto file = run(service_->begin(context, declared));
    if (!file) {
        return std::unexpected(file.error());
    }
    for (std::size_t at = 0; at < text.size(); at += piece_bytes) {
        if (Result<void> added = run(service_->add(**file, text.substr(at, piece_bytes))); !added) {
            run(service_->abandon(**file));
            return std::unexpected(added.error());
        }
    }
    Result<Import> import = run(service_->finish(**file));
    if (!import) {
        run(service_->abandon(**file));
    }
    return import;
}

Import ImportTest::start(const std::string& text, boost::json::object options,
                         const Context& context) {
    const Import file = upload(text, {}, context).value();
    if (!options.contains("mapping")) {
        options["mapping"] = file.guess;
    }
    return run(service_->start(context, file.id, std::move(options))).value();
}

int ImportTest::run_all() {
    int batches = 0;
    while (run(importer_->run_batch())) {
        ++batches;
    }
    return batches;
}

Import ImportTest::get(const std::string& id, const Context& context) {
    return run(service_->get(context, id)).value();
}

Import ImportTest::import(const std::string& text, boost::json::object options,
                          const Context& context) {
    const Import started = start(text, std::move(options), context);
    run_all();
    return get(started.id);
}

std::vector<RefusedRow> ImportTest::refused_of(const Import& import) {
    return run(service_->list_refused(context_of("owner"), import.id, 0, 1000));
}

std::optional<contacts::Contact> ImportTest::find(const std::string& phone,
                                                  const WorkspaceId& workspace) {
    return read(workspace, [&](db::WorkspaceTxn& txn) -> std::optional<contacts::Contact> {
        const auto id = contacts::find_by_identity(txn, {contacts::IdentityKind::phone, phone});
        return id ? std::optional(contacts::get(txn, *id).value()) : std::nullopt;
    });
}

std::size_t ImportTest::count(const std::string& table) {
    const db::Sql& sql = table == "contacts"         ? count_contacts
                         : table == "identities"     ? count_identities
                         : table == "refused_phones" ? count_refused_phones
                                                     : count_chunks;
    return static_cast<std::size_t>(
        read(shop, [&](db::WorkspaceTxn& txn) { return txn.query(sql)[0].integer(0); }));
}

std::size_t ImportTest::count_bearers(const std::string& tag) {
    return static_cast<std::size_t>(read(shop, [&](db::WorkspaceTxn& txn) {
        return txn.query(count_bearers_sql, tag)[0].integer(0);
    }));
}

std::vector<std::string> ImportTest::audit_details() {
    return read(shop, [](db::WorkspaceTxn& txn) {
        std::vector<std::string> all;
        for (const db::Row row : txn.query(list_audit)) {
            all.push_back(row.string(0));
        }
        return all;
    });
}

std::string file_of(int rows, int first) {
    std::string text = "Name,Phone,Tags,City\r\n";
    for (int row = first; row < first + rows; ++row) {
        text += fmt::format("Person {},+43660{:07},\"a,b\",City {}\r\n", row, row, row % 7);
    }
    return text;
}

}  // namespace wapi::contact_imports::testing
