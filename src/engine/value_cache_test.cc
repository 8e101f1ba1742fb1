// What is remembered, what is forgotten, and that the bound holds.
#include "engine/value_cache.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>

#include "engine/value_stamps.h"

namespace basalt::engine {
namespace {

// Stamps as a keyspace gives them.
class Stamped {
 public:
  ValueStamp Of(const Key& key, uint64_t keyspace_id = 1) const {
    const uint64_t hash = ValueStamps::HashOf(keyspace_id, key.space, key.bytes);
    return {keyspace_id, hash, stamps_.Read(hash)};
  }
  void Begin(const Key& key) { stamps_.BeginWrite(ValueStamps::HashOf(1, key.space, key.bytes)); }
  void End(const Key& key) { stamps_.EndWrite(ValueStamps::HashOf(1, key.space, key.bytes)); }

 private:
  ValueStamps stamps_;
};

TEST(ValueCache, RemembersUntilTheKeyIsWritten) {
  Stamped stamped;
  ValueCache cache(1 << 20);
  const Key key{0, "a"};
  EXPECT_EQ(cache.Find(stamped.Of(key), key), std::nullopt);
  cache.Insert(stamped.Of(key), key, "1");
  EXPECT_EQ(cache.Find(stamped.Of(key), key), "1");
  stamped.Begin(key);
  EXPECT_EQ(cache.Find(stamped.Of(key), key), std::nullopt);
  stamped.End(key);
  EXPECT_EQ(cache.Find(stamped.Of(key), key), std::nullopt);
  cache.Insert(stamped.Of(key), key, "2");
  EXPECT_EQ(cache.Find(stamped.Of(key), key), "2");
}

TEST(ValueCache, KeepsNothingReadWhileAWriteWasUnderWay) {
  Stamped stamped;
  ValueCache cache(1 << 20);
  const Key key{0, "a"};
  const ValueStamp before = stamped.Of(key);
  stamped.Begin(key);
  cache.Insert(stamped.Of(key), key, "1");
  EXPECT_EQ(cache.bytes(), 0U);
  stamped.End(key);
  cache.Insert(before, key, "1");  // the read began before the write
  EXPECT_EQ(cache.Find(stamped.Of(key), key), std::nullopt);
}

TEST(ValueCache, HardlyForgetsAKeyBecauseOthersAreWritten) {
  Stamped stamped;
  ValueCache cache(size_t{64} << 20);
  const auto kept = [](int i) { return Key{0, "kept " + std::to_string(i)}; };
  for (int i = 0; i < 20'000; ++i) {
    cache.Insert(stamped.Of(kept(i)), kept(i), "1");
  }
  for (int i = 0; i < 100'000; ++i) {
    const Key other{0, "other " + std::to_string(i)};
    stamped.Begin(other);
    stamped.End(other);
  }
  int forgotten = 0;
  for (int i = 0; i < 20'000; ++i) {
    forgotten += cache.Find(stamped.Of(kept(i)), kept(i)) == "1" ? 0 : 1;
  }
  EXPECT_LE(forgotten, 100);  // one stripe a key: some 500
}

TEST(ValueCache, TellsKeyspacesSpacesAndKeysApart) {
  Stamped stamped;
  ValueCache cache(1 << 20);
  const Key key{0, "a"};
  const Key other_space{1, "a"};
  const Key other_key{0, "b"};
  cache.Insert(stamped.Of(key), key, "1");
  EXPECT_EQ(cache.Find(stamped.Of(key, 2), key), std::nullopt);
  EXPECT_EQ(cache.Find(stamped.Of(other_space), other_space), std::nullopt);
  EXPECT_EQ(cache.Find(stamped.Of(other_key), other_key), std::nullopt);
  EXPECT_EQ(cache.Find(stamped.Of(key), key), "1");
}

TEST(ValueCache, StaysWithinItsBoundAndNeverLies) {
  constexpr size_t kBytesMax = 64 << 10;
  Stamped stamped;
  ValueCache cache(kBytesMax);
  std::map<std::string, std::string> stored;
  std::mt19937 random(1);
  size_t found = 0;
  for (int i = 0; i < 20'000; ++i) {
    const Key key{0, "key" + std::to_string(random() % 400)};
    if (random() % 4 == 0) {
      stamped.Begin(key);
      stored[key.bytes] = std::string(random() % 900, static_cast<char>('a' + random() % 26));
      stamped.End(key);
    } else if (const auto known = cache.Find(stamped.Of(key), key)) {
      ASSERT_EQ(*known, stored[key.bytes]);
      ++found;
    } else {
      cache.Insert(stamped.Of(key), key, stored[key.bytes]);
    }
    ASSERT_LE(cache.bytes(), kBytesMax);
  }
  EXPECT_GT(found, 1'000U);
}

TEST(ValueCache, WhatIsReadAgainAndAgainOutlivesWhatIsReadOnce) {
  Stamped stamped;
  ValueCache cache(128 << 10);
  const Key hot{0, "hot"};
  cache.Insert(stamped.Of(hot), hot, "value");
  for (int i = 0; i < 5'000; ++i) {
    const Key once{0, std::to_string(i)};
    cache.Insert(stamped.Of(once), once, std::string(100, 'x'));
    ASSERT_EQ(cache.Find(stamped.Of(hot), hot), "value") << i;
  }
}

TEST(ValueCache, LeavesWhatIsTooLargeAlone) {
  Stamped stamped;
  ValueCache cache(64 << 10);
  const Key key{0, "a"};
  cache.Insert(stamped.Of(key), key, std::string(2 << 10, 'x'));
  EXPECT_EQ(cache.bytes(), 0U);
  ValueCache none(0);
  none.Insert(stamped.Of(key), key, "1");
  EXPECT_EQ(none.Find(stamped.Of(key), key), std::nullopt);
}

}  // namespace
}  // namespace basalt::engine
