#include "net/descriptors.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

namespace wapi::net {
namespace {

constexpr std::size_t connections_most = 20'000;  ///< also WebSockets, which stay
/// For the database, and for calls to Meta: some of them under way, some kept for the next.
constexpr std::size_t descriptors_kept = 512;

}  // namespace

std::size_t raise_descriptors_max() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);  // refused: the lower limit stays, and is what counts
    }
    return descriptors_max();
}

std::size_t descriptors_max() {
    rlimit limit{};
    return getrlimit(RLIMIT_NOFILE, &limit) == 0 ? static_cast<std::size_t>(limit.rlim_cur) : 0;
}

std::size_t connections_within(std::size_t descriptors) {
    const std::size_t kept = std::min(descriptors_kept, descriptors / 2);
    // Of what is left an eighth is for connections that are refused and read to their end.
    return std::clamp<std::size_t>((descriptors - kept) / 9 * 8, 1, connections_most);
}

void SpareDescriptor::hold() {
    if (descriptor_ < 0) {
        descriptor_ = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    }
}

bool SpareDescriptor::release() {
    const int held = std::exchange(descriptor_, -1);
    return held >= 0 && ::close(held) == 0;
}

}  // namespace wapi::net
