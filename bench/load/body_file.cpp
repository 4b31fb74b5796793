// Bodies in a file: see body_file.hpp.
#include "bench/load/body_file.hpp"

#include <fstream>

#include <fmt/format.h>

#include "base/error.hpp"

namespace wapi::load {

BodyCounts write_bodies(const BodyFactory& factory, std::uint64_t first, std::uint64_t count,
                        const std::string& path) {
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    BodyCounts counts;
    for (std::uint64_t index = first; index < first + count && file; ++index) {
        const Body body = factory.make(index);
        file << body.json << '\n';
        ++counts.bodies;
        ++(body.status.empty() ? counts.messages : counts.statuses);
        counts.bytes += body.json.size();
    }
    file.close();
    if (!file) {
        throw Fault("bodies.failed", "cannot write " + path);
    }
    return counts;
}

std::string render_counts(const BodyCounts& counts) {
    return fmt::format(R"({{"bodies":{},"messages":{},"statuses":{},"bytes":{}}})", counts.bodies,
                       counts.messages, counts.statuses, counts.bytes);
}

}  // namespace wapi::load
