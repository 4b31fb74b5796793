// A shop whose members import files, on a clock that the test moves.
#pragma once

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "features/contact_imports/contact_imports.hpp"
#include "features/contacts/contacts.hpp"
#include "tests/support/test_db.hpp"

namespace wapi::contact_imports::testing {

inline const WorkspaceId shop("11111111-1111-7111-8111-111111111111");
inline const WorkspaceId other_shop("22222222-2222-7222-8222-222222222222");

class ImportTest : public test::EnginesTest {
  protected:
    ImportTest();
    void reopen_all();

    static Context context_of(const std::string& user, const WorkspaceId& workspace = shop);
    void add_member(const std::string& user, const std::string& role,
                    const WorkspaceId& workspace = shop);
    void remove_member(const std::string& user);
    void restrict_to_tag(const std::string& user, const std::string& tag);

    Result<Import> upload(const std::string& text, const Declared& declared = {},
                          const Context& context = context_of("owner"),
                          std::size_t piece_bytes = 1000);
    /// Uploads and starts with the guessed mapping.
    Import start(const std::string& text, boost::json::object options = {},
                 const Context& context = context_of("owner"));
    /// Runs batches until none is left. Returns how many there were.
    int run_all();
    Import get(const std::string& id, const Context& context = context_of("owner"));
    /// Starts and runs it.
    Import import(const std::string& text, boost::json::object options = {},
                  const Context& context = context_of("owner"));
    std::vector<RefusedRow> refused_of(const Import& import);
    std::optional<contacts::Contact> find(const std::string& phone,
                                          const WorkspaceId& workspace = shop);
    std::size_t count(const std::string& table);
    /// To how many contacts the index of tags leads.
    std::size_t count_bearers(const std::string& tag);
    std::vector<std::string> audit_details();

    std::unique_ptr<async::Tasks> tasks_;
    std::unique_ptr<Service> service_;
    std::unique_ptr<Importer> importer_;
};

/// A file of `rows` people whose phones follow each other.
std::string file_of(int rows, int first = 0);

}  // namespace wapi::contact_imports::testing
