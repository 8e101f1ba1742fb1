// Arena: alignment, copies, large pieces, reuse.
#include "base/arena.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

namespace basalt {
namespace {

TEST(Arena, HandsOutAlignedMemoryThatDoesNotOverlap) {
  Arena arena;
  for (size_t i = 1; i < 2000; ++i) {
    auto* number = arena.New<uint64_t>(i);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(number) % alignof(uint64_t), 0U);
    const std::string_view copy = arena.Copy("x");
    EXPECT_EQ(*number, i);
    EXPECT_EQ(copy, "x");
  }
}

TEST(Arena, TakesPiecesLargerThanItsBlocks) {
  Arena arena;
  const std::string large(5'000'000, 'y');
  const std::string_view before = arena.Copy("before");
  const std::string_view copy = arena.Copy(large);
  EXPECT_EQ(copy, large);
  EXPECT_EQ(before, "before");
  EXPECT_GE(arena.allocated_bytes(), large.size());
}

TEST(Arena, ResetKeepsOneBlockOnly) {
  Arena arena;
  for (int i = 0; i < 1000; ++i) {
    arena.NewArray<char>(1000);
  }
  arena.Reset();
  EXPECT_LE(arena.allocated_bytes(), size_t{16} << 10);
  EXPECT_EQ(arena.Copy("again"), "again");
}

TEST(Arena, ResetLetsGoOfALargeFirstBlock) {
  Arena arena;
  arena.NewArray<char>(size_t{8} << 20);
  arena.Reset();
  EXPECT_EQ(arena.allocated_bytes(), 0U);
  EXPECT_EQ(arena.Copy("again"), "again");
}

TEST(Arena, NewArrayIsValueInitialised) {
  Arena arena;
  for (const int value : arena.NewArray<int>(300)) {
    EXPECT_EQ(value, 0);
  }
  EXPECT_TRUE(arena.NewArray<int>(0).empty());
}

}  // namespace
}  // namespace basalt
