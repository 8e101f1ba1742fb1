// Blocks are of their own, zero, wiped, and where /proc says that they are locked and left out of core files.
#include "base/locked_memory.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "base/secret_bytes.h"

namespace basalt {
namespace {

bool IsZero(const void* block, size_t size_bytes) {
  const auto* const bytes = static_cast<const char*>(block);
  return std::all_of(bytes, bytes + size_bytes, [](char c) { return c == 0; });
}

// The flags that the kernel keeps for the mapping that holds `address` ("VmFlags" of smaps).
std::string FlagsOf(const void* address) {
  std::ifstream maps("/proc/self/smaps");
  bool here = false;
  for (std::string line; std::getline(maps, line);) {
    uintptr_t begin = 0;
    uintptr_t end = 0;
    char dash = 0;
    std::istringstream fields(line);
    if (fields >> std::hex >> begin >> dash >> end && dash == '-') {
      here = begin <= reinterpret_cast<uintptr_t>(address) && reinterpret_cast<uintptr_t>(address) < end;
    } else if (here && line.starts_with("VmFlags:")) {
      return line + " ";
    }
  }
  return {};
}

TEST(LockedMemory, BlocksOfAllSizesDoNotOverlapAndComeZeroed) {
  std::vector<std::pair<char*, size_t>> blocks;
  for (size_t size = 1; size <= 16384; size += 1 + size / 3) {
    for (int i = 0; i < 20; ++i) {
      auto* const block = static_cast<char*>(AllocateLocked(size));
      ASSERT_NE(block, nullptr);
      EXPECT_TRUE(IsLocked(block));
      EXPECT_GE(LockedBlockBytes(block), size);
      EXPECT_EQ(reinterpret_cast<uintptr_t>(block) % 16, 0U);
      ASSERT_TRUE(IsZero(block, size));
      std::memset(block, 0x5a, size);
      blocks.emplace_back(block, size);
    }
  }
  std::sort(blocks.begin(), blocks.end());
  for (size_t i = 1; i < blocks.size(); ++i) {
    ASSERT_LE(blocks[i - 1].first + blocks[i - 1].second, blocks[i].first);
  }
  for (const auto& [block, size] : blocks) {
    FreeLocked(block);
    ASSERT_TRUE(IsZero(block, size));
  }
}

TEST(LockedMemory, IsLeftOutOfCoreFilesAndLockedWhereThatIsAllowed) {
  void* const block = AllocateLocked(32);
  const std::string flags = FlagsOf(block);
  EXPECT_NE(flags.find(" dd "), std::string::npos) << flags;
  if (GetLockedMemoryUse().unlocked_bytes == 0) {
    EXPECT_NE(flags.find(" lo "), std::string::npos) << flags;
  }
  FreeLocked(block);
}

TEST(LockedMemory, IsZeroInAForkedChild) {
  auto* const block = static_cast<char*>(AllocateLocked(32));
  std::memset(block, 0x5a, 32);
  const pid_t child = fork();
  if (child == 0) {
    _exit(IsZero(block, 32) ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  FreeLocked(block);
}

TEST(LockedMemory, BlocksWanderBetweenThreadsThatComeAndGo) {
  std::vector<void*> blocks(1000);
  for (int round = 0; round < 10; ++round) {
    std::thread([&] { std::generate(blocks.begin(), blocks.end(), [] { return AllocateLocked(64); }); }).join();
    EXPECT_EQ(std::set<void*>(blocks.begin(), blocks.end()).size(), blocks.size());
    std::thread([&] { std::for_each(blocks.begin(), blocks.end(), FreeLocked); }).join();
  }
  const uint64_t before = GetLockedMemoryUse().bytes;
  std::thread([&] { std::generate(blocks.begin(), blocks.end(), [] { return AllocateLocked(64); }); }).join();
  EXPECT_EQ(GetLockedMemoryUse().bytes, before) << "what was given back is taken again";
  std::for_each(blocks.begin(), blocks.end(), FreeLocked);
}

TEST(LockedMemory, WhatMayNotBeLockedIsUsedAndCounted) {
  const pid_t child = fork();  // limits are a process's
  if (child == 0) {
    const rlimit none{0, 0};
    setrlimit(RLIMIT_MEMLOCK, &none);
    std::vector<void*> blocks(100);
    std::generate(blocks.begin(), blocks.end(), [] { return AllocateLocked(16384); });
    const bool all = std::none_of(blocks.begin(), blocks.end(), [](void* block) { return block == nullptr; });
    std::memset(blocks.back(), 0x5a, 16384);
    // A process that may do everything may lock whatever its limit says.
    _exit(all && (GetLockedMemoryUse().unlocked_bytes > 0 || geteuid() == 0) ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

TEST(LockedMemory, WhatIsTooLargeForABlockIsKeptOutsideAndStillASecret) {
  EXPECT_EQ(AllocateLocked((size_t{16} << 10) + 1), nullptr);
  const std::string large(100'000, 's');
  SecretBytes secret(large);
  EXPECT_EQ(secret.view(), large);
  EXPECT_FALSE(IsLocked(secret.view().data()));
  EXPECT_TRUE(IsLocked(SecretBytes("a key").view().data()));
}

TEST(SecretBytes, MovesWithoutACopyAndIsEmptyAfterwards) {
  SecretBytes a("a key");
  const char* const where = a.view().data();
  SecretBytes b(std::move(a));
  EXPECT_EQ(b.view().data(), where);
  EXPECT_TRUE(a.empty());  // NOLINT(bugprone-use-after-move): what is left is part of the promise
  SecretBytes c("another");
  c = std::move(b);
  EXPECT_EQ(c.view(), "a key");
  EXPECT_EQ(c.Clone().view(), "a key");
  c.Wipe();
  EXPECT_TRUE(c.empty());
  EXPECT_EQ(SecretBytes().view(), "");
}

}  // namespace
}  // namespace basalt
