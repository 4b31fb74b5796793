// Goal: what protects the memory of secrets is in force. Method: a child process that asks the
// kernel about itself.
#include "base/locked_memory.hpp"

#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace wapi {
namespace {

/// Whether the kernel would write this process's memory to a file or pipe, or show it to another.
bool may_be_dumped() {
    rlimit limit{};
    getrlimit(RLIMIT_CORE, &limit);
    return limit.rlim_max != 0 || prctl(PR_GET_DUMPABLE) != 0;
}

TEST(LockedMemory, a_process_that_forbids_core_dumps_cannot_be_dumped) {
    const auto exit_forbidding = [] {
        const bool before = may_be_dumped();
        forbid_core_dumps();
        _exit(before && !may_be_dumped() ? 0 : 1);
    };
    EXPECT_EXIT(exit_forbidding(), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace wapi
