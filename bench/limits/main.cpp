// wapi-bench-limits: what one decision of the rate limits costs, in nanoseconds, as a line of JSON.
//
// one_key: one counter asked over and over. many_keys: as many as are held, in turn. flood: new
// keys against a full table, each of which pushes out another. whole: the service as the dispatcher
// asks it, with the workspace's figures from its cache.
#include <fmt/format.h>
#include <stdlib.h>

#include <filesystem>

#include "base/log.hpp"
#include "features/rate_limits/rate_limits.hpp"

namespace {

using namespace wapi;
using namespace wapi::rate_limits;

constexpr int decisions = 1'000'000;
constexpr std::int64_t limit = 1'000;

/// A folder that goes at the end.
class Folder {
  public:
    Folder() {
        std::string name = (std::filesystem::temp_directory_path() / "wapi-bench-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) {
            throw Fault("bench.folder", "no temporary folder can be made");
        }
        path_ = name;
    }
    ~Folder() { std::filesystem::remove_all(path_); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    [[nodiscard]] std::string file() const { return (path_ / "bench.db").string(); }

  private:
    std::filesystem::path path_;
};

template <class Function>
double nanoseconds_each(Function function) {
    const auto begin = std::chrono::steady_clock::now();
    for (int index = 0; index < decisions; ++index) {
        function(index);
    }
    const std::chrono::duration<double, std::nano> taken = std::chrono::steady_clock::now() - begin;
    return taken.count() / decisions;
}

std::vector<std::string> make_keys(std::size_t count, Rng& rng) {
    std::vector<std::string> keys;
    keys.reserve(count);
    for (std::size_t index = 0; index < count; ++index) {
        keys.push_back(fmt::format("01890000-0000-7000-8000-{:016x}", rng.next_u64()));
    }
    return keys;
}

Moment at(int index) { return Moment(std::chrono::microseconds(index)); }

double measure_keys(std::size_t count, std::size_t held, Rng& rng) {
    const std::vector<std::string> keys = make_keys(count, rng);
    CounterTable table(held, rng);
    for (const std::string& key : keys) {
        table.count(key, limit, at(0));
    }
    return nanoseconds_each([&](int index) {
        table.count(keys[static_cast<std::size_t>(index) % count], limit, at(index));
    });
}

async::Task<> ask(Service& service, WorkspaceId workspace, double& each) {
    co_await service.count({.workspace = workspace, .api_key = {}});
    const auto begin = std::chrono::steady_clock::now();
    for (int index = 0; index < decisions; ++index) {
        const Caller caller{.workspace = workspace, .api_key = {}};
        co_await service.count(caller);
    }
    const std::chrono::duration<double, std::nano> taken = std::chrono::steady_clock::now() - begin;
    each = taken.count() / decisions;
}

double measure_whole(Rng& rng) {
    const Folder folder;
    boost::asio::io_context io;
    const auto db = db::open(io, {.url = "sqlite://" + folder.file()});
    const SystemClock clock;
    Service service(*db, clock, rng);
    double each = 0.0;
    async::block_on(io, ask(service, WorkspaceId(make_keys(1, rng).front()), each));
    return each;
}

int measure() {
    SystemRng rng;
    const double one = measure_keys(1, counters_max, rng);
    const double many = measure_keys(counters_max, counters_max, rng);
    const double flood = measure_keys(std::size_t{decisions} / 2, counters_max, rng);
    const double whole = measure_whole(rng);
    fmt::print("{{\"one_key\":{:.0f},\"many_keys\":{:.0f},\"flood\":{:.0f},\"whole\":{:.0f}}}\n",
               one, many, flood, whole);
    return 0;
}

}  // namespace

int main() {
    log::configure("warn");
    try {
        return measure();
    } catch (const std::exception& failure) {
        fmt::print(stderr, "wapi-bench-limits: {}\n", failure.what());
        return 1;
    }
}
