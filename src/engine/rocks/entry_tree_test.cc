// EntryTree against an ordered set, with keys of every kind that makes a difference to it, and read while it grows.
#include "engine/rocks/entry_tree.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <deque>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace basalt::engine::rocks {
namespace {

constexpr uint64_t kValueType = 1;

std::string InternalKey(std::string_view user_key, uint64_t sequence) {
  const uint64_t tag = sequence << 8 | kValueType;
  std::string key(user_key);
  key.append(reinterpret_cast<const char*>(&tag), sizeof tag);
  return key;
}

std::string EntryOf(std::string_view internal_key) {
  std::string entry;
  size_t size = internal_key.size();
  for (; size >= 0x80; size >>= 7) {
    entry.push_back(static_cast<char>(size | 0x80));
  }
  entry.push_back(static_cast<char>(size));
  return entry.append(internal_key).append("value");
}

// By user key, the newest first.
bool IsBefore(std::string_view a, std::string_view b) {
  const auto user_key = [](std::string_view key) { return key.substr(0, key.size() - 8); };
  const auto tag = [](std::string_view key) {
    uint64_t read = 0;
    std::memcpy(&read, key.data() + key.size() - 8, 8);
    return read;
  };
  return user_key(a) != user_key(b) ? user_key(a) < user_key(b) : tag(a) > tag(b);
}

struct Grown {
  std::deque<std::string> entries;  // which stay where they are
  std::vector<std::unique_ptr<char[]>> memory;
  EntryTree tree{[this](size_t size) {
    // One byte on, since nothing promises an alignment.
    memory.emplace_back(new char[size + 1]);
    return memory.back().get() + 1;
  }};

  const char* Insert(std::string_view internal_key) {
    const char* const entry = entries.emplace_back(EntryOf(internal_key)).data();
    tree.Insert(entry);
    return entry;
  }
};

std::vector<std::string> KeysOfKind(const std::string& kind, size_t count) {
  std::mt19937_64 random(7);
  std::vector<std::string> keys;
  for (size_t i = 0; i < count; ++i) {
    std::string key;
    if (kind == "random") {
      key = std::string(reinterpret_cast<const char*>(std::array<uint64_t, 1>{random()}.data()), 8);
    } else if (kind == "growing" || kind == "shrinking") {
      key = std::to_string(1'000'000 + (kind == "growing" ? i : count - i));
    } else if (kind == "one prefix") {
      key = "a long prefix of all " + std::to_string(random() % count);
    } else if (kind == "short and with zeros") {
      key = std::string(random() % 10, static_cast<char>(random() % 2));
    } else if (kind == "longer than a byte tells") {
      key = std::string(random() % 400, 'x') + std::to_string(random() % 10);
    } else if (kind == "one key") {
      key = "hot";
    }
    keys.push_back(InternalKey(key, i + 1));
  }
  return keys;
}

class EntryTreeOf : public testing::TestWithParam<const char*> {};

TEST_P(EntryTreeOf, HoldsWhatASortedListHolds) {
  std::mt19937_64 random(3);
  const std::vector<std::string> keys = KeysOfKind(GetParam(), 3000);
  Grown grown;
  EntryTree::Cursor cursor(grown.tree);
  cursor.SeekToFirst();
  EXPECT_FALSE(cursor.valid());
  cursor.SeekToLast();
  EXPECT_FALSE(cursor.valid());
  cursor.SeekAtLeast(keys[0]);
  EXPECT_FALSE(cursor.valid());
  cursor.SeekAtMost(keys[0]);
  EXPECT_FALSE(cursor.valid());

  std::vector<std::string> sorted;
  for (size_t i = 0; i < keys.size(); ++i) {
    grown.Insert(keys[i]);
    sorted.insert(std::upper_bound(sorted.begin(), sorted.end(), keys[i], IsBefore), keys[i]);
    if (i % 500 != 0 && i > 40 && i + 1 != keys.size()) {
      continue;
    }
    std::vector<std::string> forward;
    for (cursor.SeekToFirst(); cursor.valid(); cursor.Next()) {
      forward.emplace_back(cursor.entry());
    }
    ASSERT_EQ(forward.size(), sorted.size());
    cursor.SeekToFirst();
    for (size_t k = 0; k < sorted.size(); ++k, cursor.Next()) {
      ASSERT_TRUE(cursor.valid());
      ASSERT_EQ(std::string(cursor.entry(), EntryOf(sorted[k]).size()), EntryOf(sorted[k])) << k << " of " << i;
    }
    EXPECT_FALSE(cursor.valid());
    cursor.SeekToLast();
    for (size_t k = sorted.size(); k-- > 0; cursor.Prev()) {
      ASSERT_TRUE(cursor.valid());
      ASSERT_EQ(std::string(cursor.entry(), EntryOf(sorted[k]).size()), EntryOf(sorted[k]));
    }
    EXPECT_FALSE(cursor.valid());
    for (int probe = 0; probe < 200; ++probe) {
      std::string target = keys[random() % keys.size()];
      if (probe % 3 == 0) {
        target = InternalKey(target.substr(0, target.size() - 8), random() % (2 * keys.size()));
      }
      const auto at_least = std::lower_bound(sorted.begin(), sorted.end(), target, IsBefore);
      cursor.SeekAtLeast(target);
      ASSERT_EQ(cursor.valid(), at_least != sorted.end());
      if (cursor.valid()) {
        EXPECT_EQ(std::string(cursor.entry(), EntryOf(*at_least).size()), EntryOf(*at_least));
      }
      const auto above = std::upper_bound(sorted.begin(), sorted.end(), target, IsBefore);
      cursor.SeekAtMost(target);
      ASSERT_EQ(cursor.valid(), above != sorted.begin());
      if (cursor.valid()) {
        EXPECT_EQ(std::string(cursor.entry(), EntryOf(above[-1]).size()), EntryOf(above[-1]));
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Keys, EntryTreeOf,
                         testing::Values("random", "growing", "shrinking", "one prefix", "short and with zeros",
                                         "longer than a byte tells", "one key"));

// What was inserted before a reader began is there for it, in order and once, in both directions.
void ReadWhileItGrows(const std::string& kind) {
  const std::vector<std::string> keys = KeysOfKind(kind, 20'000);
  std::vector<std::string> entries(keys.size());
  std::transform(keys.begin(), keys.end(), entries.begin(), EntryOf);
  std::deque<std::unique_ptr<char[]>> memory;
  EntryTree tree([&memory](size_t size) { return memory.emplace_back(new char[size]).get(); });
  std::atomic<size_t> inserted = 0;

  const auto internal_key = [](const char* entry) {
    size_t size = 0;
    int shift = 0;
    for (; (*entry & 0x80) != 0; shift += 7) {
      size |= static_cast<size_t>(*entry++ & 0x7f) << shift;
    }
    size |= static_cast<size_t>(*entry++) << shift;
    return std::string_view(entry, size);
  };
  const auto read = [&](uint64_t seed) {
    std::mt19937_64 random(seed);
    EntryTree::Cursor cursor(tree);
    for (size_t known = 0; known < keys.size();) {
      known = inserted.load(std::memory_order_acquire);
      if (known == 0) {
        continue;
      }
      const std::string& key = keys[random() % known];
      cursor.SeekAtLeast(key);
      ASSERT_TRUE(cursor.valid());
      ASSERT_EQ(internal_key(cursor.entry()), key);
      const bool forward = random() % 2 == 0;
      std::string last(key);
      for (int step = 0; step < 60; ++step) {
        forward ? cursor.Next() : cursor.Prev();
        if (!cursor.valid()) {
          break;
        }
        const std::string_view now = internal_key(cursor.entry());
        ASSERT_TRUE(forward ? IsBefore(last, now) : IsBefore(now, last));
        last = now;
      }
      if (random() % 64 == 0) {  // all that was there when it began
        size_t seen = 0;
        for (forward ? cursor.SeekToFirst() : cursor.SeekToLast(); cursor.valid();
             forward ? cursor.Next() : cursor.Prev()) {
          ++seen;
        }
        ASSERT_GE(seen, known);
      }
    }
  };
  std::thread first(read, 1);
  std::thread second(read, 2);
  for (size_t i = 0; i < entries.size(); ++i) {
    tree.Insert(entries[i].data());
    inserted.store(i + 1, std::memory_order_release);
    if (i % 256 == 0) {
      std::this_thread::yield();
    }
  }
  first.join();
  second.join();
}

TEST(EntryTree, ReadersFindWhatWasThereWhileRandomKeysComeIn) { ReadWhileItGrows("random"); }
TEST(EntryTree, ReadersFindWhatWasThereWhileGrowingKeysComeIn) { ReadWhileItGrows("growing"); }
TEST(EntryTree, ReadersFindWhatWasThereWhileShrinkingKeysComeIn) { ReadWhileItGrows("shrinking"); }
TEST(EntryTree, ReadersFindWhatWasThereWhileOneKeyChanges) { ReadWhileItGrows("one key"); }

}  // namespace
}  // namespace basalt::engine::rocks
