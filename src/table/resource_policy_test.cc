// Policies in records: which changes there are, at which revisions; kept, read back, compiled.
#include "table/resource_policy.h"

#include <gtest/gtest.h>

#include "policy/evaluate.h"
#include "table/compiled_policies.h"

namespace basalt::table {
namespace {

constexpr int64_t kNow = 1'700'000'000'000;

class ResourcePolicyTest : public ::testing::Test {
 protected:
  ResourcePolicyTest() {
    record_.address = {"111111111111", "us-east-1", "Music"};
    record_.status = TableStatus::kActive;
    record_.streams.push_back({.label = "2023-11-14T22:13:20.000"});
  }

  static PolicyChange Put(std::string text) { return {.form = policy::CanonicalForm{std::move(text), true}}; }

  // "revision text" of the policy after the change, or the error.
  std::string Change(const PolicyChange& change, int64_t now_ms, int64_t cooldown_ms = 0) {
    Result<TableRecord> changed = WithPolicy(&record_, record_.address, change, now_ms, cooldown_ms);
    if (!changed.ok()) {
      return changed.error().text;
    }
    record_ = *std::move(changed);
    const PolicyRecord& policy = change.stream.empty() ? record_.policy : record_.streams[0].policy;
    return policy.RevisionId() + " " + policy.text;
  }

  TableRecord record_;
};

TEST_F(ResourcePolicyTest, RevisionsGrowWhateverTheClockSays) {
  EXPECT_EQ(Change(Put("a"), kNow), "1700000000000 a");
  EXPECT_EQ(Change(Put("b"), kNow), "1700000000001 b");
  EXPECT_EQ(Change(Put("c"), kNow - 1'000'000), "1700000000002 c");
  EXPECT_EQ(Change({}, kNow), "1700000000003 ");
  EXPECT_EQ(Change({}, kNow + 1), "1700000000003 ");
  EXPECT_EQ(Change(Put("c"), kNow + 9), "1700000000009 c");
}

TEST_F(ResourcePolicyTest, TheSameAgainIsNoChange) {
  EXPECT_EQ(Change(Put("a"), kNow), "1700000000000 a");
  EXPECT_EQ(Change(Put("a"), kNow + 5, 15'000), "1700000000000 a");
  // But for whether a version was named.
  EXPECT_EQ(Change({.form = policy::CanonicalForm{"a", false}}, kNow + 5), "1700000000005 a");
}

TEST_F(ResourcePolicyTest, AClockThatWasSetBackHoldsNobodyUp) {
  EXPECT_EQ(Change(Put("a"), kNow), "1700000000000 a");
  EXPECT_EQ(Change(Put("b"), kNow - 3'600'000, 15'000), "1700000000001 b");
  EXPECT_TRUE(CheckPolicySettled(record_, kNow - 3'600'000, 2'000).ok());
  EXPECT_FALSE(CheckPolicySettled(record_, kNow + 100, 2'000).ok());
}

TEST_F(ResourcePolicyTest, AStreamHasAPolicyOfItsOwn) {
  const std::string label = record_.streams[0].label;
  PolicyChange put = Put("s");
  put.stream = label;
  EXPECT_EQ(Change(put, kNow), "1700000000000 s");
  EXPECT_FALSE(record_.policy.IsSet());
  put.form->text = "t";
  EXPECT_EQ(Change(put, kNow + 2'000, 15'000),
            "Resource-based policy for stream 2023-11-14T22:13:20.000 modified within the previous 15000 milliseconds. "
            "Please try again after 2023-11-14T22:13:35.000Z.");
  EXPECT_EQ(Change(Put("a"), kNow + 2'000, 15'000), "1700000002000 a");
  put.stream = "none";
  EXPECT_EQ(Change(put, kNow), "Requested resource not found: Stream: none not found for Table: Music");
}

TEST_F(ResourcePolicyTest, ATableThatGoesKeepsThePolicyItHas) {
  EXPECT_EQ(Change(Put("a"), kNow), "1700000000000 a");
  record_.status = TableStatus::kDeleting;
  EXPECT_EQ(Change(Put("a"), kNow + 1), "1700000000000 a");
  EXPECT_NE(Change(Put("b"), kNow + 1).find("in use"), std::string::npos);
  EXPECT_NE(Change({}, kNow + 1).find("in use"), std::string::npos);
  record_.status = TableStatus::kCreating;
  EXPECT_EQ(Change(Put("b"), kNow + 1), "1700000000001 b");
}

TEST_F(ResourcePolicyTest, RecordsKeepPoliciesAndTheirRevisions) {
  record_.table_id = "0e3f2a3c-0000-4000-8000-000000000001";
  record_.keyspace = "tables/00000000000000000000000000000001";
  record_.partition = {"Artist", model::Type::kS};
  record_.policy = {R"({"Version":"2012-10-17","Statement":[]})", true, kNow};
  record_.streams[0].policy = {"", false, kNow + 1};
  record_.streams[0].tags = {{"team", "blue"}};
  const Result<TableRecord> read = DecodeTableRecord(EncodeTableRecord(record_));
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(*read, record_);
}

TEST_F(ResourcePolicyTest, APolicyIsCompiledOnceForAllRecordsThatHaveIt) {
  const policy::ActionCatalogue actions({{"dynamodb:GetItem", true, false}});
  record_.policy = {
      R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"dynamodb:GetItem",)"
      R"("Resource":"*"}]})",
      true, kNow};
  const CompiledPolicies first(record_, &actions);
  ASSERT_NE(first.OfTable(), nullptr);
  EXPECT_EQ(first.OfStream(record_.streams[0].label), nullptr);
  TableRecord next = record_;
  next.tags = {{"a", "b"}};
  const CompiledPolicies second(first, record_, next, &actions);
  EXPECT_EQ(second.OfTable(), first.OfTable());
  next.policy = {};
  EXPECT_EQ(CompiledPolicies(second, record_, next, &actions).OfTable(), nullptr);
}

TEST_F(ResourcePolicyTest, WhatCannotBeReadDeniesEverything) {
  const policy::ActionCatalogue actions({{"dynamodb:GetItem", true, false}});
  record_.policy = {"{", true, kNow};
  record_.streams[0].policy = {R"({"Version":"2012-10-17","Statement":[{}]})", true, kNow};
  const CompiledPolicies policies(record_, &actions);
  for (const policy::Document* document : {policies.OfTable(), policies.OfStream(record_.streams[0].label)}) {
    ASSERT_NE(document, nullptr);
    const policy::Caller root = {.kind = policy::CallerKind::kRoot,
                                 .account = "111111111111",
                                 .arn = "arn:aws:iam::111111111111:root",
                                 .entity_arn = "arn:aws:iam::111111111111:root",
                                 .entity_id = "111111111111",
                                 .name = {}};
    const policy::Resource resource = policy::Resource::Of("arn:aws:dynamodb:us-east-1:111111111111:table/Music");
    const policy::ContextTable context;
    EXPECT_TRUE(policy::Judge(*document, {root, actions.action(0), resource, "111111111111", context}).denies);
  }
}

}  // namespace
}  // namespace basalt::table
