// One reserved range of addresses, so that a pointer says by itself whether it is ours. It is taken into use in regions
// of blocks of one size; lists of free blocks lie in ordinary memory.
#include "base/locked_memory.h"

#include <sys/mman.h>

#include <array>
#include <atomic>
#include <bit>
#include <cstring>
#include <vector>

#include "base/check.h"
#include "base/mutex.h"
#include "base/secret_bytes.h"

namespace basalt {
namespace {

constexpr size_t kPageBytes = 4096;
constexpr size_t kRegionBytes = size_t{64} << 10;  // the first page of each is the guard between two
constexpr size_t kRegionsMax = 4096;
constexpr size_t kReservedBytes = kRegionsMax * kRegionBytes;
constexpr size_t kBlockBytesMin = 32;
constexpr size_t kClasses = 10;  // 32 bytes to 16 KiB
constexpr size_t kKeptByThread = 8;

constexpr size_t BytesOf(size_t size_class) { return kBlockBytesMin << size_class; }

constexpr size_t ClassOf(size_t size_bytes) {
  const size_t rounded = std::bit_ceil(size_bytes < kBlockBytesMin ? kBlockBytesMin : size_bytes);
  return static_cast<size_t>(std::countr_zero(rounded) - std::countr_zero(kBlockBytesMin));
}

class Pool {
 public:
  // Never destroyed: what is destroyed last may hold a secret.
  static Pool& Get() {
    static Pool& pool = *new Pool();
    return pool;
  }

  bool Holds(const void* memory) const {
    return base_ != nullptr &&
           reinterpret_cast<uintptr_t>(memory) - reinterpret_cast<uintptr_t>(base_) < kReservedBytes;
  }
  size_t ClassOfBlock(const void* block) const {
    return classes_[static_cast<size_t>(static_cast<const char*>(block) - base_) / kRegionBytes].load(
        std::memory_order_relaxed);
  }

  // Null if there is none left.
  void* Take(size_t size_class) {
    const MutexLock lock(mutex_);
    if (free_[size_class].empty() && !AddRegion(size_class)) {
      return nullptr;
    }
    void* const block = free_[size_class].back();
    free_[size_class].pop_back();
    return block;
  }
  void Give(size_t size_class, void* block) {
    const MutexLock lock(mutex_);
    free_[size_class].push_back(block);
  }
  LockedMemoryUse use() const {
    const MutexLock lock(mutex_);
    return use_;
  }

 private:
  Pool() {
    void* const range = mmap(nullptr, kReservedBytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (range == MAP_FAILED) {
      regions_ = kRegionsMax;  // an address space too narrow: there is none left
    } else {
      base_ = static_cast<char*>(range);
    }
  }

  bool AddRegion(size_t size_class) REQUIRES(mutex_) {
    if (regions_ == kRegionsMax) {
      return false;
    }
    constexpr size_t kUsedBytes = kRegionBytes - kPageBytes;
    char* const first = base_ + regions_ * kRegionBytes + kPageBytes;
    if (mprotect(first, kUsedBytes, PROT_READ | PROT_WRITE) != 0) {
      return false;
    }
    madvise(first, kUsedBytes, MADV_DONTDUMP);
    madvise(first, kUsedBytes, MADV_WIPEONFORK);
    use_.bytes += kUsedBytes;
    use_.unlocked_bytes += mlock(first, kUsedBytes) == 0 ? 0 : kUsedBytes;
    classes_[regions_].store(static_cast<uint8_t>(size_class), std::memory_order_relaxed);
    ++regions_;
    for (size_t offset = 0; offset + BytesOf(size_class) <= kUsedBytes; offset += BytesOf(size_class)) {
      free_[size_class].push_back(first + offset);
    }
    return true;
  }

  char* base_ = nullptr;
  std::array<std::atomic<uint8_t>, kRegionsMax> classes_{};  // of each region's blocks
  mutable Mutex mutex_;
  size_t regions_ GUARDED_BY(mutex_) = 0;
  std::array<std::vector<void*>, kClasses> free_ GUARDED_BY(mutex_);
  LockedMemoryUse use_ GUARDED_BY(mutex_);
};

// Free blocks of one thread. Told apart from a thread that is ending, whose last secrets go after this has gone.
class ThreadBlocks {
 public:
  ThreadBlocks() = default;
  ThreadBlocks(const ThreadBlocks&) = delete;
  ThreadBlocks& operator=(const ThreadBlocks&) = delete;
  ~ThreadBlocks() {
    is_gone_ = true;
    for (size_t size_class = 0; size_class < kClasses; ++size_class) {
      while (counts_[size_class] > 0) {
        Pool::Get().Give(size_class, kept_[size_class][--counts_[size_class]]);
      }
    }
  }

  // Null once the thread is ending.
  static ThreadBlocks* Find() {
    if (is_gone_) {
      return nullptr;
    }
    thread_local ThreadBlocks blocks;
    return &blocks;
  }

  void* Take(size_t size_class) {
    return counts_[size_class] == 0 ? nullptr : kept_[size_class][--counts_[size_class]];
  }
  bool Give(size_t size_class, void* block) {
    if (counts_[size_class] == kKeptByThread) {
      return false;
    }
    kept_[size_class][counts_[size_class]++] = block;
    return true;
  }

 private:
  static inline thread_local bool is_gone_ = false;

  std::array<size_t, kClasses> counts_{};
  std::array<std::array<void*, kKeptByThread>, kClasses> kept_{};
};

}  // namespace

void* AllocateLocked(size_t size_bytes) {
  const size_t size_class = ClassOf(size_bytes);
  if (size_class >= kClasses) {
    return nullptr;
  }
  ThreadBlocks* const blocks = ThreadBlocks::Find();
  void* const block = blocks == nullptr ? nullptr : blocks->Take(size_class);
  return block != nullptr ? block : Pool::Get().Take(size_class);
}

void FreeLocked(void* block) {
  BASALT_CHECK(IsLocked(block));
  const size_t size_class = Pool::Get().ClassOfBlock(block);
  WipeMemory(block, BytesOf(size_class));
  ThreadBlocks* const blocks = ThreadBlocks::Find();
  if (blocks == nullptr || !blocks->Give(size_class, block)) {
    Pool::Get().Give(size_class, block);
  }
}

bool IsLocked(const void* memory) { return memory != nullptr && Pool::Get().Holds(memory); }

size_t LockedBlockBytes(const void* block) { return BytesOf(Pool::Get().ClassOfBlock(block)); }

LockedMemoryUse GetLockedMemoryUse() { return Pool::Get().use(); }

}  // namespace basalt
