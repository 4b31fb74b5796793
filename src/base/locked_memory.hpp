// Memory for secrets: whole pages that are locked, so that they never reach the swap space, and
// left out of core files.
//
// Locks belong to pages and do not add up, so secrets get pages of their own instead of locking
// where they happen to be. Pages are shared by many secrets and kept for the next ones.
#pragma once

#include <memory_resource>

namespace wapi {

/// For small buffers; whoever gives one back wipes it first. When the system's limit for locked
/// memory (RLIMIT_MEMLOCK) is used up, further pages are not locked, and the log says so once.
/// Thread-safe.
std::pmr::memory_resource& locked_memory();

/// No core file of this process, and no other process of its user may read its memory: secrets are
/// in what the network and the database libraries copy as well, outside of locked memory.
void forbid_core_dumps();

}  // namespace wapi
