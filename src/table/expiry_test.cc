// Which values expire and when, what writes and backfill make of the expiry index, and how time to live is switched.
#include "table/expiry.h"

#include <gtest/gtest.h>

#include <limits>

#include "base/bytes.h"
#include "model/item_json.h"
#include "table/backfill.h"
#include "table/item_key.h"
#include "table/item_write.h"
#include "table/stored_item.h"
#include "table/table_state.h"
#include "table/time_to_live.h"

namespace basalt::table {
namespace {

constexpr int64_t kYearS = int64_t{365} * 24 * 3600;
constexpr int64_t kNowS = 1'795'000'000;

TableRecord Record() {
  TableRecord record;
  record.address = {"111111111111", "us-east-1", "Sessions"};
  record.status = TableStatus::kActive;
  record.partition = {"pk", model::Type::kS};
  record.expiry = ExpiryRecord{.attribute = "due", .space = 7, .backfilling = false};
  return record;
}

class ExpiryTest : public ::testing::Test {
 protected:
  model::Item Parse(std::string_view json) { return *model::ParseStoredItem(json, arena_); }
  std::optional<int64_t> SecondOf(const std::string& value_json) {
    const model::Item item = Parse(R"({"due":)" + value_json + "}");
    return ExpirySecondOf(model::Find(item, "due"));
  }
  std::string ItemKey() { return EncodeKey(record_, Parse(R"({"pk":{"S":"a"}})")); }
  engine::Key Entry(int64_t second) {
    std::string key;
    AppendBigEndian64(key, static_cast<uint64_t>(second));
    return {7, key + ItemKey()};
  }

  // What ApplyWrite plans for an item; an empty text: no item.
  engine::Plan Write(const std::string& before, const std::string& after) {
    ItemWrite write;
    write.key = ItemKey();
    write.key_attributes = Parse(R"({"pk":{"S":"a"}})");
    if (after.empty()) {
      write.action = DeleteWrite{};
    } else {
      const model::Item item = Parse(after);
      write.action = PutWrite{item, EncodeStoredItem(item), model::SizeBytes(item)};
    }
    const std::string stored = before.empty() ? "" : EncodeStoredItem(Parse(before));
    engine::Plan plan;
    AskedEntries asked;
    const Result<WriteEffect> effect =
        ApplyWrite(write, record_, before.empty() ? std::nullopt : std::optional<std::string_view>(stored), false,
                   asked, arena_, plan);
    EXPECT_TRUE(effect.ok());
    EXPECT_TRUE(plan.asks.empty());
    return plan;
  }
  static std::vector<engine::Key> EntriesPut(const engine::Plan& plan) {
    std::vector<engine::Key> keys;
    for (const engine::PutEntry& put : plan.puts) {
      if (put.key.space == 7) {
        EXPECT_EQ(put.value, "");
        keys.push_back(put.key);
      }
    }
    return keys;
  }
  static std::vector<engine::Key> EntriesDeleted(const engine::Plan& plan) {
    std::vector<engine::Key> keys;
    for (const engine::Key& key : plan.deletes) {
      if (key.space == 7) {
        keys.push_back(key);
      }
    }
    return keys;
  }

  Arena arena_;
  TableRecord record_ = Record();
};

TEST_F(ExpiryTest, OnlyNumbersThatAreSecondsAfter1970Expire) {
  EXPECT_EQ(SecondOf(R"({"N":"1795000000"})"), kNowS);
  EXPECT_EQ(SecondOf(R"({"N":"1"})"), 1);
  EXPECT_EQ(SecondOf(R"({"N":"253402300799"})"), 253'402'300'799);
  EXPECT_EQ(SecondOf(R"({"N":"1795000000.9"})"), kNowS);
  EXPECT_EQ(SecondOf(R"({"N":"253402300799.99"})"), 253'402'300'799);
  for (const char* value :
       {R"({"N":"0"})", R"({"N":"0.5"})", R"({"N":"-1"})", R"({"N":"-1795000000"})", R"({"N":"253402300800"})",
        R"({"N":"99999999999999999999"})", R"({"N":"9223372036854775808"})", R"({"S":"1795000000"})",
        R"({"B":"MTc5NTAwMDAwMA=="})", R"({"BOOL":true})", R"({"NULL":true})", R"({"NS":["1795000000"]})",
        R"({"SS":["1795000000"]})", R"({"L":[{"N":"1795000000"}]})", R"({"M":{"due":{"N":"1795000000"}}})"}) {
    EXPECT_EQ(SecondOf(value), std::nullopt) << value;
  }
  EXPECT_EQ(ExpirySecondOf(nullptr), std::nullopt);
  // Milliseconds are some fifty thousand years away.
  EXPECT_EQ(SecondOf(R"({"N":"1795000000000"})"), std::nullopt);
}

TEST_F(ExpiryTest, ItemsAreDueFromTheNextSecondOnForFiveYears) {
  const engine::Range due = ExpiredEntries(*record_.expiry, kNowS);
  EXPECT_EQ(due.space, 7);
  const auto is_due = [&](int64_t second) {
    const std::string key = Entry(second).bytes;
    return key >= due.begin && key < due.end;
  };
  EXPECT_FALSE(is_due(kNowS + 1));
  EXPECT_FALSE(is_due(kNowS));
  EXPECT_TRUE(is_due(kNowS - 1));
  EXPECT_TRUE(is_due(kNowS - 5 * kYearS));
  EXPECT_FALSE(is_due(kNowS - 5 * kYearS - 1));
  EXPECT_FALSE(is_due(1));
  // A clock that was never set.
  EXPECT_EQ(ExpiredEntries(*record_.expiry, 0).begin, ExpiredEntries(*record_.expiry, 0).end);
  EXPECT_EQ(ExpiredEntries(*record_.expiry, -5).begin, ExpiredEntries(*record_.expiry, -5).end);
}

TEST_F(ExpiryTest, AWriteMovesTheEntryOfItsItem) {
  using Keys = std::vector<engine::Key>;
  const std::string plain = R"({"pk":{"S":"a"}})";
  const std::string early = R"({"due":{"N":"100"},"pk":{"S":"a"}})";
  const std::string late = R"({"due":{"N":"200"},"pk":{"S":"a"}})";
  const std::string same = R"({"due":{"N":"100.5"},"other":{"S":"x"},"pk":{"S":"a"}})";
  struct Case {
    std::string before;
    std::string after;
    Keys put;
    Keys deleted;
  };
  for (const Case& write : std::vector<Case>{{"", plain, {}, {}},
                                             {"", early, {Entry(100)}, {}},
                                             {plain, early, {Entry(100)}, {}},
                                             {early, late, {Entry(200)}, {Entry(100)}},
                                             {early, same, {}, {}},
                                             {early, plain, {}, {Entry(100)}},
                                             {early, "", {}, {Entry(100)}},
                                             {plain, "", {}, {}},
                                             {"", "", {}, {}}}) {
    const engine::Plan plan = Write(write.before, write.after);
    EXPECT_EQ(EntriesPut(plan), write.put) << write.before << " " << write.after;
    EXPECT_EQ(EntriesDeleted(plan), write.deleted) << write.before << " " << write.after;
  }
  record_.expiry.reset();
  EXPECT_TRUE(EntriesPut(Write(plain, early)).empty());
  EXPECT_TRUE(EntriesDeleted(Write(early, "")).empty());
}

TEST_F(ExpiryTest, EntriesAreNotCounted) {
  const engine::Plan plan = Write("", R"({"due":{"N":"100"},"pk":{"S":"a"}})");
  for (const engine::CounterDelta& delta : plan.counter_deltas) {
    EXPECT_LT(delta.counter, 2);
  }
}

TEST_F(ExpiryTest, BackfillMakesTheEntryOfAnItemAsItIsNow) {
  const std::string stored = EncodeStoredItem(Parse(R"({"due":{"N":"100"},"pk":{"S":"a"}})"));
  const std::string moved = EncodeStoredItem(Parse(R"({"due":{"N":"200"},"pk":{"S":"a"}})"));
  const std::string plain = EncodeStoredItem(Parse(R"({"pk":{"S":"a"}})"));
  EXPECT_EQ(*BackfillKeyOf(record_, 7, stored, arena_), Entry(100));
  EXPECT_EQ(*BackfillKeyOf(record_, 7, plain, arena_), std::nullopt);
  const auto planned = [&](std::optional<std::string_view> now, std::optional<std::string_view> entry) {
    engine::Plan plan;
    EXPECT_TRUE(PlanBackfill(record_, Entry(100), now, entry, arena_, plan).ok());
    return EntriesPut(plan);
  };
  EXPECT_EQ(planned(stored, std::nullopt), std::vector<engine::Key>{Entry(100)});
  EXPECT_TRUE(planned(stored, "").empty());
  EXPECT_TRUE(planned(moved, std::nullopt).empty());
  EXPECT_TRUE(planned(plain, std::nullopt).empty());
  EXPECT_TRUE(planned(std::nullopt, std::nullopt).empty());
  EXPECT_EQ(BackfillKeyOf(record_, 7, "no item", arena_).error().reason, Reason::kCorruption);
}

TEST_F(ExpiryTest, AnEntrySaysWhenAndWhich) {
  const engine::Key key = Entry(1'795'000'000);
  const Result<ExpiryEntry> entry = ReadExpiryEntry(key.bytes);
  ASSERT_TRUE(entry.ok());
  EXPECT_EQ(entry->second, 1'795'000'000);
  EXPECT_EQ(entry->item_key, ItemKey());
  for (const std::string& broken :
       {std::string(), std::string(7, '\0'), std::string(8, '\0'), std::string(9, '\xff')}) {
    EXPECT_EQ(ReadExpiryEntry(broken).error().reason, Reason::kCorruption);
  }
}

TEST_F(ExpiryTest, TheRecordKeepsIt) {
  record_.expiry_changed_ms = 12;
  record_.expiry->backfilling = true;
  EXPECT_EQ(*DecodeTableRecord(EncodeTableRecord(record_)), record_);
  record_.expiry.reset();
  EXPECT_EQ(*DecodeTableRecord(EncodeTableRecord(record_)), record_);
}

TEST_F(ExpiryTest, SwitchingOnTakesASpaceAndSwitchingOffDropsIt) {
  record_.expiry.reset();
  record_.next_index_space = 3;
  const auto change = [&](bool enabled, int64_t now_ms) {
    Result<TableRecord> changed = WithTimeToLive(&record_, record_.address, {enabled, "due"}, now_ms, 0);
    ASSERT_TRUE(changed.ok()) << changed.error().text;
    record_ = *std::move(changed);
  };
  change(true, 1);
  EXPECT_EQ(record_.expiry, (ExpiryRecord{.attribute = "due", .space = 3, .backfilling = true}));
  EXPECT_EQ(EntryWorkIn(record_, 3), EntryWork::kMake);
  EXPECT_TRUE(HasEntryWork(record_));
  EXPECT_EQ(StatusOf(record_), TableStatus::kActive);
  EXPECT_TRUE(CheckDeletable(record_).ok());
  record_ = WithoutEntryWork(record_, 3, EntryWork::kMake);
  EXPECT_FALSE(HasEntryWork(record_));
  EXPECT_FALSE(record_.expiry->backfilling);
  change(false, 2);
  EXPECT_EQ(record_.expiry, std::nullopt);
  EXPECT_EQ(EntryWorkIn(record_, 3), EntryWork::kDestroy);
  change(true, 3);
  EXPECT_EQ(record_.expiry->space, 4);
  EXPECT_EQ(EntrySpaces(record_), (std::vector<uint16_t>{3, 4}));
  record_ = WithoutEntryWork(record_, 3, EntryWork::kDestroy);
  EXPECT_EQ(EntryWorkIn(record_, 4), EntryWork::kMake);
  change(false, 4);
  record_.next_index_space = kIndexSpaceMax + 1;
  const Result<TableRecord> none_left = WithTimeToLive(&record_, record_.address, {true, "due"}, 5, 0);
  EXPECT_EQ(none_left.error().reason, Reason::kLimitExceeded);
}

}  // namespace
}  // namespace basalt::table
