// Tests of managed keys, on the memory engine.
#include "keys/managed_keys.h"

#include <gtest/gtest.h>

#include <future>

#include "base/await.h"
#include "base/thread_pool.h"
#include "crypto/digest.h"
#include "engine/memory/memory_engine.h"
#include "keys/service_keys.h"

namespace basalt::keys {
namespace {

constexpr char kAccount[] = "111122223333";
constexpr int64_t kFirstMs = 1'700'000'000'123;

class ManagedKeysTest : public testing::Test {
 protected:
  ManagedKeysTest() : home_("home", 2), engine_(engine::NewMemoryEngine()), root_key_(RootKey::Ephemeral()) {
    keyspace_ = Await<std::shared_ptr<engine::Keyspace>>([&](auto done) {
                  engine_->Create(
                      kKmsKeyspace, [] { return SecretBytes(); }, home_, std::move(done));
                }).value();
    keys_ = Load(*root_key_).value();
  }
  ~ManagedKeysTest() override {
    keys_.reset();
    keyspace_.reset();
    EXPECT_TRUE(Await<void>([&](auto done) { engine_->Close(kKmsKeyspace, home_, std::move(done)); }).ok());
  }

  Result<std::unique_ptr<ManagedKeys>> Load(const RootKey& root_key) {
    return Await<std::unique_ptr<ManagedKeys>>(
        [&](auto done) { ManagedKeys::Load(keyspace_, root_key, clock_, home_, std::move(done)); });
  }
  Result<ManagedKey> Ensure(const std::string& region) {
    return Await<ManagedKey>([&](auto done) { keys_->Ensure(kAccount, region, home_, std::move(done)); });
  }
  std::vector<engine::Entry> Entries(uint16_t space) {
    return Await<engine::Page>([&](auto done) {
             keyspace_->Scan(engine::Range{space, {}, {}}, engine::Direction::kForward, {},
                             engine::Consistency::kStrong, home_, std::move(done));
           })
        .value()
        .entries;
  }

  ThreadPool home_;
  std::unique_ptr<engine::Engine> engine_;
  std::unique_ptr<RootKey> root_key_;
  os::ManualClock clock_{kFirstMs};
  std::shared_ptr<engine::Keyspace> keyspace_;
  std::unique_ptr<ManagedKeys> keys_;
};

TEST_F(ManagedKeysTest, AKeyIsMadeWhenItIsFirstAskedForAndStaysTheSame) {
  EXPECT_FALSE(keys_->Find(kAccount, "us-east-1"));
  const auto made = Ensure("us-east-1");
  ASSERT_TRUE(made.ok());
  EXPECT_EQ(made->id.size(), 36u);
  EXPECT_EQ(made->created_ms, kFirstMs);
  EXPECT_EQ(made->material_id.size(), 64u);
  clock_.AdvanceMs(1000);
  keys_ = Load(*root_key_).value();
  for (const auto& again : {keys_->Find(kAccount, "us-east-1"), std::optional(Ensure("us-east-1").value())}) {
    ASSERT_TRUE(again);
    EXPECT_EQ(again->id, made->id);
    EXPECT_EQ(again->created_ms, kFirstMs);
    EXPECT_EQ(again->material_id, made->material_id);
  }
  const auto elsewhere = Ensure("eu-west-1");
  ASSERT_TRUE(elsewhere.ok());
  EXPECT_NE(elsewhere->id, made->id);
  EXPECT_NE(elsewhere->material_id, made->material_id);
}

TEST_F(ManagedKeysTest, ItsMaterialIsWrappedAndNeitherStoredNorShownInTheClear) {
  const auto made = Ensure("us-east-1");
  const auto entries = Entries(kManagedKeyKind.space);
  ASSERT_EQ(entries.size(), 1u);
  const auto kept = KeptKeys::FromEntries(kManagedKeyKind, entries, *root_key_).value()->Find(kAccount, "us-east-1");
  ASSERT_NE(kept, nullptr);
  EXPECT_EQ(kept->secret.size(), 32u);
  EXPECT_EQ(entries[0].value.find(kept->secret.view()), std::string::npos);
  EXPECT_NE(crypto::HexOf(crypto::Sha256(kept->secret.view())), made->material_id);
}

TEST_F(ManagedKeysTest, LieApartFromServiceKeysAndOpenAsNoneOfThem) {
  ASSERT_TRUE(Ensure("us-east-1").ok());
  EXPECT_TRUE(Entries(kServiceKeyKind.space).empty());
  const auto service_keys = Await<std::unique_ptr<ServiceKeys>>(
      [&](auto done) { ServiceKeys::Load(keyspace_, *root_key_, clock_, home_, std::move(done)); });
  ASSERT_TRUE(service_keys.ok());
  EXPECT_FALSE((*service_keys)->Has(kAccount, "us-east-1"));
  const auto entries = Entries(kManagedKeyKind.space);
  EXPECT_EQ(ServiceKeys::FromEntries(entries, *root_key_).error().reason, Reason::kCorruption);
  const KeyKind other = {.space = 1, .purpose = "basalt other key", .has_id = true};
  EXPECT_EQ(KeptKeys::FromEntries(other, entries, *root_key_).error().reason, Reason::kWrongKey);
}

TEST_F(ManagedKeysTest, ConcurrentCallersGetOneKey) {
  std::vector<std::future<std::string>> ids;
  for (int i = 0; i < 20; ++i) {
    auto promise = std::make_shared<std::promise<std::string>>();
    ids.push_back(promise->get_future());
    keys_->Ensure(kAccount, "us-east-1", home_,
                  [promise](Result<ManagedKey> key) { promise->set_value(key.ok() ? key->id : key.error().text); });
  }
  const std::string id = ids[0].get();
  for (size_t i = 1; i < ids.size(); ++i) {
    EXPECT_EQ(ids[i].get(), id);
  }
  EXPECT_EQ(keys_->Find(kAccount, "us-east-1")->id, id);
  EXPECT_EQ(Entries(kManagedKeyKind.space).size(), 1u);
}

TEST_F(ManagedKeysTest, RefusesAnotherRootKeyAndRecordsThatAreNotAsTheyWereMade) {
  ASSERT_TRUE(Ensure("us-east-1").ok());
  EXPECT_EQ(Load(*RootKey::Ephemeral()).error().reason, Reason::kWrongKey);
  const std::vector<engine::Entry> entries = Entries(kManagedKeyKind.space);
  const auto read = [&](const std::string& key, const std::string& value) {
    const std::vector<engine::Entry> changed = {{key, value}};
    return ManagedKeys::FromEntries(changed, *root_key_);
  };
  EXPECT_EQ(read("222233334444/us-east-1", entries[0].value).error().reason, Reason::kWrongKey);
  EXPECT_EQ(read("no slash", entries[0].value).error().reason, Reason::kCorruption);
  for (size_t i = 0; i < entries[0].value.size(); ++i) {
    EXPECT_FALSE(read(entries[0].key, entries[0].value.substr(0, i)).ok()) << i;
    std::string flipped = entries[0].value;
    flipped[i] = static_cast<char>(flipped[i] ^ 0x01);
    EXPECT_FALSE(read(entries[0].key, flipped).ok()) << i;
  }
  EXPECT_FALSE(read(entries[0].key, entries[0].value + "x").ok());
  EXPECT_TRUE(read(entries[0].key, entries[0].value).ok());
}

TEST_F(ManagedKeysTest, WhatIsReadForLookingMakesNone) {
  const auto looked = ManagedKeys::FromEntries({}, *root_key_);
  ASSERT_TRUE(looked.ok());
  const auto refused =
      Await<ManagedKey>([&](auto done) { (*looked)->Ensure(kAccount, "us-east-1", home_, std::move(done)); });
  EXPECT_EQ(refused.error().reason, Reason::kUnavailable);
}

}  // namespace
}  // namespace basalt::keys
