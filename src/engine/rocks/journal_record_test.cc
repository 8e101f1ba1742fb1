#include "engine/rocks/journal_record.h"

#include <gtest/gtest.h>

#include "base/bytes.h"

namespace basalt::engine::rocks {
namespace {

Plan SomePlan() {
  return {.puts = {{{0, "a"}, "1"}, {{7, std::string("\0b", 2)}, ""}, {{kSpaceMax, ""}, std::string(300, 'x')}},
          .deletes = {{0, "gone"}},
          .counter_deltas = {{0, -1}, {65535, INT64_MIN}},
          .sum_deltas = {{{9, "sum"}, -7}},
          .feed_records = {{"told"}, {std::string("\0", 1), 5}}};
}

bool Equal(const Plan& a, const Plan& b) { return EncodePlan(a) == EncodePlan(b); }

TEST(JournalRecord, PlansComeBackAsTheyWere) {
  const Plan plan = SomePlan();
  const Result<Plan> decoded = DecodePlan(EncodePlan(plan));
  ASSERT_TRUE(decoded.ok());
  EXPECT_TRUE(Equal(*decoded, plan));
  ASSERT_EQ((*decoded).puts.size(), 3U);
  EXPECT_EQ((*decoded).puts[1].key, (Key{7, std::string("\0b", 2)}));
  EXPECT_EQ((*decoded).deletes, plan.deletes);
  ASSERT_EQ((*decoded).counter_deltas.size(), 2U);
  EXPECT_EQ((*decoded).counter_deltas[1].counter, 65535);
  EXPECT_EQ((*decoded).counter_deltas[1].delta, INT64_MIN);
  ASSERT_EQ((*decoded).sum_deltas.size(), 1U);
  EXPECT_EQ((*decoded).sum_deltas[0].key, (Key{9, "sum"}));
  EXPECT_EQ((*decoded).sum_deltas[0].delta, -7);
  ASSERT_EQ((*decoded).feed_records.size(), 2U);
  EXPECT_EQ((*decoded).feed_records[0].bytes, "told");
  EXPECT_EQ((*decoded).feed_records[0].committed_ms, 0);
  EXPECT_EQ((*decoded).feed_records[1].committed_ms, 5);
  EXPECT_TRUE(Equal(*DecodePlan(EncodePlan(Plan{})), Plan{}));
}

TEST(JournalRecord, PlansWithoutAFeedAreOfTheVersionBefore) {
  Plan plan = SomePlan();
  plan.feed_records.clear();
  std::string bytes = EncodePlan(plan);
  bytes.front() = 1;
  EXPECT_FALSE(DecodePlan(bytes).ok());
  bytes.pop_back();  // how many records there are
  const Result<Plan> decoded = DecodePlan(bytes);
  ASSERT_TRUE(decoded.ok());
  EXPECT_TRUE(Equal(*decoded, plan));
}

TEST(JournalRecord, RecordsComeBackAsTheyWere) {
  const std::vector<JournalPart> parts = {{"tables/1", "one"}, {"tables/2", std::string("\0two", 4)}};
  const auto decoded = DecodeJournalRecord(EncodeJournalRecord(parts));
  ASSERT_TRUE(decoded.ok());
  ASSERT_EQ((*decoded).size(), 2U);
  EXPECT_EQ((*decoded)[1].keyspace, "tables/2");
  EXPECT_EQ((*decoded)[1].sealed, std::string("\0two", 4));
}

TEST(JournalRecord, RefusesWhatIsCutOrLonger) {
  const std::string plan = EncodePlan(SomePlan());
  const std::string record = EncodeJournalRecord({{"tables/1", "one"}, {"tables/2", "two"}});
  for (size_t length = 0; length < plan.size(); ++length) {
    EXPECT_FALSE(DecodePlan(plan.substr(0, length)).ok()) << length;
  }
  for (size_t length = 0; length < record.size(); ++length) {
    EXPECT_FALSE(DecodeJournalRecord(record.substr(0, length)).ok()) << length;
  }
  EXPECT_FALSE(DecodePlan(plan + "x").ok());
  EXPECT_FALSE(DecodeJournalRecord(record + "x").ok());
  EXPECT_FALSE(DecodePlan("\3" + plan.substr(1)).ok());
  EXPECT_FALSE(DecodeJournalRecord("\2" + record.substr(1)).ok());
}

TEST(JournalRecord, RefusesASpaceOfTheEngines) {
  EXPECT_FALSE(DecodePlan(EncodePlan({.puts = {{{kSpaceMax + 1, "c"}, "1"}}})).ok());
  EXPECT_FALSE(DecodePlan(EncodePlan({.deletes = {{kSpaceMax + 1, "c"}}})).ok());
}

}  // namespace
}  // namespace basalt::engine::rocks
