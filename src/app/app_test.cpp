// What the composition root derives from the settings.
#include "app/app.hpp"

#include <gtest/gtest.h>

#include <filesystem>

namespace wapi::app {
namespace {

Config with_database(const std::string& url) {
    Config config;
    config.data_dir = "/srv/wapi/data";
    config.database_url = url;
    return config;
}

TEST(DiskFolder, is_where_the_sqlite_file_is_and_nowhere_on_postgresql) {
    EXPECT_EQ(disk_folder(with_database("")), "/srv/wapi/data");
    EXPECT_EQ(disk_folder(with_database("sqlite:///mnt/large/wapi.db")), "/mnt/large");
    EXPECT_EQ(disk_folder(with_database("sqlite://wapi.db")),
              std::filesystem::current_path().string());
    EXPECT_EQ(disk_folder(with_database("postgres://wapi@db/wapi")), "");
    EXPECT_EQ(disk_folder(with_database("postgresql://wapi@db/wapi")), "");
}

TEST(DatabaseOptions, leave_connections_beside_those_of_the_worker) {
    Config config = with_database("postgres://wapi@db/wapi");
    config.worker_concurrency = 40;
    EXPECT_GT(database_options(config).connections_max, 40U);
}

}  // namespace
}  // namespace wapi::app
