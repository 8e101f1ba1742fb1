// Memory for keys and other secrets: pages of their own that are locked (never swapped), left out of core files, zero
// in a forked child, behind pages that nothing may touch, and wiped when given back. How much may be locked is bounded
// by RLIMIT_MEMLOCK; what goes beyond is used unlocked, and counted.
//
// Threads: any. A thread keeps a few free blocks of its own, so that what lives for one request takes no lock.
#pragma once

#include <cstddef>
#include <cstdint>

namespace basalt {

// Zeroed, aligned to 16 bytes. Null if `size_bytes` is more than a block can be, or all is used.
void* AllocateLocked(size_t size_bytes);
// Wipes the block. Only what AllocateLocked gave.
void FreeLocked(void* block);
// Whether `memory` came from AllocateLocked.
bool IsLocked(const void* memory);
// What a block has room for: at least what was asked for.
size_t LockedBlockBytes(const void* block);

struct LockedMemoryUse {
  uint64_t bytes = 0;           // of pages in use, locked or not
  uint64_t unlocked_bytes = 0;  // of those that the system refused to lock
};
LockedMemoryUse GetLockedMemoryUse();

}  // namespace basalt
