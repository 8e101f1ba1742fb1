#include "engine/rocks/database.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "crypto/random.h"
#include "os/simulated_file_system.h"

namespace basalt::engine::rocks {
namespace {

class DatabaseTest : public ::testing::Test {
 protected:
  DatabaseTest() {
    EXPECT_TRUE(files_->CreateDirectories("/d").ok());
    options_.files = files_.get();
    options_.directory = "/d";
    options_.keyring = sealed::Keyring::Create(*files_, "/d", "directory-1", crypto::RandomSecret(32)).value();
    options_.memory = std::make_shared<MemoryPool>(size_t{8} << 20, size_t{8} << 20);
  }

  static Status Put(Database& database, std::vector<std::pair<std::string, std::string>> entries) {
    std::vector<std::shared_ptr<PendingWrite>> writes;
    for (auto& [key, value] : entries) {
      writes.push_back(std::make_shared<PendingWrite>(PendingWrite{StoredKey(0, key), std::move(value)}));
    }
    return database.Write(writes, {});
  }

  // What the cache alone answers if it can, else what the disk does: as the engine reads.
  static std::optional<std::string> Get(const Database& database, const std::string& key) {
    const std::vector<std::string> keys = {StoredKey(0, key)};
    std::vector<std::optional<std::string>> values;
    Result<ReadOutcome> outcome = database.Get(keys, Consistency::kStrong, ReadTier::kCache, values);
    EXPECT_TRUE(outcome.ok());
    if (*outcome == ReadOutcome::kMiss) {
      outcome = database.Get(keys, Consistency::kStrong, ReadTier::kDisk, values);
      EXPECT_TRUE(outcome.ok());
      EXPECT_EQ(*outcome, ReadOutcome::kDone);
    }
    return values[0];
  }

  static Page Scan(const Database& database, const Range& range, const ScanLimits& limits) {
    Page page;
    Result<ReadOutcome> outcome = database.Scan(range, Direction::kForward, limits, ReadTier::kCache, page);
    EXPECT_TRUE(outcome.ok());
    if (*outcome == ReadOutcome::kMiss) {
      outcome = database.Scan(range, Direction::kForward, limits, ReadTier::kDisk, page);
      EXPECT_TRUE(outcome.ok());
      EXPECT_EQ(*outcome, ReadOutcome::kDone);
    }
    return page;
  }

  size_t CountTableFiles() {
    const std::vector<os::DirectoryEntry> entries = files_->ListDirectory("/d").value();
    return static_cast<size_t>(std::count_if(
        entries.begin(), entries.end(), [](const os::DirectoryEntry& entry) { return entry.name.ends_with(".sst"); }));
  }

  std::unique_ptr<os::SimulatedFileSystem> files_ = os::NewSimulatedFileSystem();
  DatabaseOptions options_;
};

// More table files than are kept open: RocksDB then answers a read of the cache with success and no bytes at all,
// whether the key exists or not.
TEST_F(DatabaseTest, ATableFileThatIsNotOpenIsAMissAndNotAnEmptyValue) {
  options_.open_files_max = 1;
  {
    auto database = Database::Create(options_);
    ASSERT_TRUE(database.ok());
    for (const std::string number : {"1", "2", "3"}) {
      ASSERT_TRUE(Put(**database, {{"a" + number, "first " + number}, {"c" + number, ""}}).ok());
      ASSERT_TRUE((*database)->Flush().ok());
      // Two flushed files are merged: the one of them and the third are as they will be.
      while (number == "2" && CountTableFiles() != 1) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
      }
    }
  }
  const auto database = Database::Open(options_);
  ASSERT_TRUE(database.ok());
  ASSERT_EQ(CountTableFiles(), 2U);
  Page page;
  Result<ReadOutcome> scanned = (*database)->Scan({}, Direction::kForward, {}, ReadTier::kCache, page);
  ASSERT_TRUE(scanned.ok());
  EXPECT_EQ(*scanned, ReadOutcome::kMiss);
  scanned = (*database)->Scan({}, Direction::kForward, {}, ReadTier::kDisk, page);
  ASSERT_TRUE(scanned.ok());
  EXPECT_EQ(page.entries.size(), 6U);
  for (int round = 0; round < 2; ++round) {
    for (const std::string number : {"1", "2", "3"}) {
      EXPECT_EQ(Get(**database, "a" + number), "first " + number);
      EXPECT_EQ(Get(**database, "b" + number), std::nullopt);
      EXPECT_EQ(Get(**database, "c" + number), "");
    }
  }
}

// A page that goes on into a level's next file, of which nothing is in the cache, while what is newer lies behind:
// RocksDB then passes over that file if it looks for range deletions.
TEST_F(DatabaseTest, APageHoldsWhatLiesBehindTheBoundaryOfTwoFilesWhateverIsCached) {
  constexpr int kKeys = 1'200;
  const auto key_of = [](int i) { return std::to_string(10'000 + i); };
  const std::string value = [] {
    const SecretBytes random = crypto::RandomSecret(size_t{64} << 10);  // nothing to compress
    return std::string(random.view());
  }();
  options_.write_buffer_bytes = size_t{128} << 20;  // so that files are flushed here and nowhere else
  options_.memory = std::make_shared<MemoryPool>(size_t{8} << 20, size_t{512} << 20);
  {
    auto database = Database::Create(options_);
    ASSERT_TRUE(database.ok());
    for (int half = 0; half < 2; ++half) {
      for (int i = half; i < kKeys; i += 2) {
        ASSERT_TRUE(Put(**database, {{key_of(i), value}}).ok());
      }
      ASSERT_TRUE((*database)->Flush().ok());
    }
    for (int more = 0; CountTableFiles() != 2 && more < 5; ++more) {  // until they are merged
      for (int i = 0; i < 2'000 && CountTableFiles() != 2; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
      }
      if (CountTableFiles() != 2) {
        ASSERT_TRUE(Put(**database, {{key_of(0), value}, {key_of(kKeys - 1), value}}).ok());
        ASSERT_TRUE((*database)->Flush().ok());
      }
    }
    ASSERT_EQ(CountTableFiles(), 2U);
  }
  options_.memory = std::make_shared<MemoryPool>(size_t{256} << 20, size_t{512} << 20);
  const auto database = Database::Open(options_);
  ASSERT_TRUE(database.ok());
  ASSERT_TRUE(Put(**database, {{"x", value}, {"y", value}, {"z", value}}).ok());
  for (int i = 0; i + 3 <= kKeys; ++i) {
    const Page page = Scan(**database, {.begin = key_of(i)}, {.bytes_max = size_t{1} << 20, .count_max = 3});
    ASSERT_EQ(page.entries.size(), 3U);
    for (int at = 0; at < 3; ++at) {
      ASSERT_EQ(page.entries[static_cast<size_t>(at)].key, key_of(i + at));
    }
  }
}

// Values of kExpiringSpace go with the files that are merged anyway, once their time has come.
TEST_F(DatabaseTest, WhatHasExpiredGoesWhenFilesAreMerged) {
  os::ManualClock clock(1000);
  options_.clock = &clock;
  const auto database = Database::Create(options_);
  ASSERT_TRUE(database.ok());
  const auto value = [](uint64_t expires_ms) {
    std::string bytes;
    AppendBigEndian64(bytes, expires_ms);
    return bytes + "value";
  };
  const auto keys_of = [&](uint16_t space) {
    Page page;
    EXPECT_TRUE((*database)->Scan({.space = space}, Direction::kForward, {}, ReadTier::kDisk, page).ok());
    std::string keys;
    for (const Entry& entry : page.entries) {
      keys += entry.key + ' ';
    }
    return keys;
  };
  for (const std::string number : {"1", "2", "3", "4", "5", "6"}) {
    std::vector<std::shared_ptr<PendingWrite>> writes;
    const auto put = [&](uint16_t space, const std::string& name, std::string bytes) {
      writes.push_back(std::make_shared<PendingWrite>(PendingWrite{StoredKey(space, name + number), std::move(bytes)}));
    };
    put(0, "a", value(1));  // an item, whatever its bytes look like
    put(kExpiringSpace, "a", value(1000));
    put(kExpiringSpace, "b", value(1001));
    put(kExpiringSpace, "c", "short");
    put(kExpiringSpace, "d", value(UINT64_MAX / 2));
    ASSERT_TRUE((*database)->Write(writes, {}).ok());
    ASSERT_TRUE((*database)->Flush().ok());
  }
  for (int i = 0; i < 5000 && keys_of(kExpiringSpace).find("a1") != std::string::npos; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  const std::string left = keys_of(kExpiringSpace);
  EXPECT_EQ(left.find("a1"), std::string::npos) << left;
  for (const std::string key : {"b1", "b6", "c1", "c6", "d1", "d6"}) {
    EXPECT_NE(left.find(key), std::string::npos) << left;
  }
  EXPECT_EQ(keys_of(0), "a1 a2 a3 a4 a5 a6 ");
}

}  // namespace
}  // namespace basalt::engine::rocks
