// Where the database is, by the configuration. Declared in app.hpp.
#include <filesystem>

#include "app/app.hpp"

namespace wapi::app {
namespace {

/// Connections beside those of the webhook worker: for requests, intake and sender.
constexpr std::size_t connections_reserve = 8;

}  // namespace

db::Options database_options(const Config& config) {
    db::Options options;
    options.url = config.database_url;
    if (options.url.empty()) {
        const auto file = std::filesystem::absolute(config.data_dir) / "wapi.db";
        options.url = "sqlite://" + file.string();
    }
    options.connections_max = config.worker_concurrency + connections_reserve;
    return options;
}

std::string disk_folder(const Config& config) {
    constexpr std::string_view scheme = "sqlite://";
    const std::string url = database_options(config).url;
    if (!url.starts_with(scheme)) {
        return {};
    }
    const std::filesystem::path file = url.substr(scheme.size());
    return std::filesystem::absolute(file).parent_path().string();
}

}  // namespace wapi::app
