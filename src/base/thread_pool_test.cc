// ThreadPool: everything posted runs, also what was posted just before the end; checksums beside it.
#include "base/thread_pool.h"

#include <gtest/gtest.h>

#include <atomic>

#include "base/checksum.h"

namespace basalt {
namespace {

TEST(ThreadPool, RunsEverythingPostedBeforeItEnds) {
  std::atomic<int> ran{0};
  {
    ThreadPool pool("test", 3);
    for (int i = 0; i < 1000; ++i) {
      pool.Post([&ran, &pool, i] {
        ++ran;
        if (i % 10 == 0) {
          pool.Post([&ran] { ++ran; });
        }
      });
    }
  }
  EXPECT_EQ(ran, 1100);
}

TEST(Checksum, Crc32IsThatOfIeee8023) { EXPECT_EQ(Crc32("123456789"), 0xcbf43926U); }

TEST(Checksum, Xxh3DependsOnItsSeed) { EXPECT_NE(Xxh3("key", 1), Xxh3("key", 2)); }

}  // namespace
}  // namespace basalt
