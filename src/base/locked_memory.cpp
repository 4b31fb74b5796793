#include "base/locked_memory.hpp"

#include <sodium.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <mutex>
#include <new>

#include "base/log.hpp"

namespace wapi {
namespace {

class LockedPages final : public std::pmr::memory_resource {
    static std::size_t whole_pages(std::size_t bytes) {
        static const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
        return (bytes + page - 1) / page * page;
    }
    void* do_allocate(std::size_t bytes, std::size_t /*alignment*/) override {
        const std::size_t size = whole_pages(bytes);
        void* const pages =
            ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (pages == MAP_FAILED) {
            throw std::bad_alloc();
        }
        if (sodium_mlock(pages, size) != 0) {
            static std::once_flag told;
            std::call_once(told, [reason = errno] {
                log::warn("memory.not_locked", {{"errno", reason}, {"limit", "RLIMIT_MEMLOCK"}});
            });
        }
        return pages;
    }
    void do_deallocate(void* pages, std::size_t bytes, std::size_t /*alignment*/) override {
        sodium_munlock(pages, whole_pages(bytes));
        ::munmap(pages, whole_pages(bytes));
    }
    [[nodiscard]] bool do_is_equal(const memory_resource& other) const noexcept override {
        return this == &other;
    }
};

}  // namespace

std::pmr::memory_resource& locked_memory() {
    // Never destroyed: a secret in a static object may be the last to go.
    static auto* const pool = new std::pmr::synchronized_pool_resource(new LockedPages);
    return *pool;
}

void forbid_core_dumps() {
    const rlimit none{.rlim_cur = 0, .rlim_max = 0};
    // The limit does not hold where cores are piped into a program; that asks for dumpable ones.
    if (::setrlimit(RLIMIT_CORE, &none) != 0 || ::prctl(PR_SET_DUMPABLE, 0) != 0) {
        log::warn("memory.core_dumps_allowed", {{"errno", errno}});
    }
}

}  // namespace wapi
