// Goal: every code has the HTTP status that Meta's table of errors gives it, and no other code is
// known. Method: the table written down a second time, by status (docs/meta-facts.md, "errors").
#include "cloudsim/graph_error.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "cloudsim/faults.hpp"

namespace wapi::cloudsim {
namespace {

struct Group {
    int status;
    std::vector<int> codes;
};

const std::vector<Group> table = {
    {400, {1,      4,      33,     100,    613,     80007,   130429, 130472, 131008, 131009, 131021,
           131026, 131030, 131037, 131042, 131047,  131048,  131049, 131050, 131051, 131052, 131053,
           131055, 131056, 131059, 132000, 132005,  132007,  132008, 132012, 132015, 132016, 132018,
           132068, 132069, 133005, 133006, 133008,  133009,  133010, 133015, 133016, 134011, 134100,
           134101, 135000, 136024, 136025, 1752041, 2593107, 2593108}},
    {401, {0, 102, 104, 190}},
    {403, {10, 200, 368, 130497, 131005, 131031}},
    {404, {132001}},
    {500, {3, 131000, 131016, 131045, 131057, 133000, 134102}},
    {503, {2, 133004}},
};

TEST(GraphError, every_code_of_the_table_has_its_status_and_a_title) {
    for (const auto& [status, codes] : table) {
        for (const int code : codes) {
            EXPECT_TRUE(is_known_code(code)) << code;
            const GraphError error = graph_error(code);
            EXPECT_EQ(error.status, status) << code;
            EXPECT_EQ(error.code, code);
            EXPECT_FALSE(error.message.empty()) << code;
        }
    }
}

TEST(GraphError, permission_errors_are_one_family) {
    EXPECT_TRUE(is_known_code(200) && is_known_code(299));
    EXPECT_EQ(graph_error(294).status, 403);
    EXPECT_EQ(graph_error(294).code, 294);
    EXPECT_FALSE(is_known_code(199) || is_known_code(300));
}

TEST(GraphError, a_fault_takes_a_code_of_the_table_and_no_other) {
    Faults faults;
    EXPECT_TRUE(apply_faults(faults, {{"code", json::object{{"code", 131042}, {"times", 3}}}}));
    EXPECT_EQ(faults.code, 131042);
    EXPECT_FALSE(apply_faults(faults, {{"code", json::object{{"code", 424242}}}}));
    EXPECT_FALSE(apply_faults(faults, {{"code", json::object{{"code", 4294967396}}}}));
    EXPECT_EQ(faults.code, 131042);
}

}  // namespace
}  // namespace wapi::cloudsim
