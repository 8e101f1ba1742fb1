// Tests of service-owned keys and table keys, on the memory engine.
#include "keys/service_keys.h"

#include <gtest/gtest.h>

#include <future>

#include "base/await.h"
#include "base/thread_pool.h"
#include "engine/memory/memory_engine.h"

namespace basalt::keys {
namespace {

constexpr TableKeyContext kContext{"111122223333", "us-east-1", "Music", "table-id-1"};

class ServiceKeysTest : public testing::Test {
 protected:
  ServiceKeysTest() : home_("home", 2), engine_(engine::NewMemoryEngine()), root_key_(RootKey::Ephemeral()) {
    keyspace_ = Await<std::shared_ptr<engine::Keyspace>>([&](auto done) {
                  engine_->Create(
                      kKmsKeyspace, [] { return SecretBytes(); }, home_, std::move(done));
                }).value();
    keys_ = Load(*root_key_).value();
  }
  ~ServiceKeysTest() override {
    keys_.reset();
    keyspace_.reset();
    EXPECT_TRUE(Await<void>([&](auto done) { engine_->Close(kKmsKeyspace, home_, std::move(done)); }).ok());
  }

  Result<std::unique_ptr<ServiceKeys>> Load(const RootKey& root_key) {
    return Await<std::unique_ptr<ServiceKeys>>(
        [&](auto done) { ServiceKeys::Load(keyspace_, root_key, clock_, home_, std::move(done)); });
  }
  Status Ensure(const std::string& account, const std::string& region) {
    return Await<void>([&](auto done) { keys_->Ensure(account, region, home_, std::move(done)); });
  }
  std::vector<engine::Entry> Entries() {
    return Await<engine::Page>([&](auto done) {
             keyspace_->Scan({}, engine::Direction::kForward, {}, engine::Consistency::kStrong, home_, std::move(done));
           })
        .value()
        .entries;
  }

  ThreadPool home_;
  std::unique_ptr<engine::Engine> engine_;
  std::unique_ptr<RootKey> root_key_;
  os::ManualClock clock_;
  std::shared_ptr<engine::Keyspace> keyspace_;
  std::unique_ptr<ServiceKeys> keys_;
};

TEST_F(ServiceKeysTest, HasNoTableKeysBeforeTheAccountsKeyIsEnsured) {
  EXPECT_FALSE(keys_->Has("111122223333", "us-east-1"));
  EXPECT_EQ(keys_->NewTableKey(kContext).error().reason, Reason::kNotFound);
  EXPECT_EQ(keys_->UnwrapTableKey(kContext, "x").error().reason, Reason::kNotFound);
}

TEST_F(ServiceKeysTest, UnwrapsWhatItWrapped) {
  ASSERT_TRUE(Ensure("111122223333", "us-east-1").ok());
  EXPECT_TRUE(keys_->Has("111122223333", "us-east-1"));
  EXPECT_FALSE(keys_->Has("111122223333", "eu-west-1"));
  const auto table_key = keys_->NewTableKey(kContext);
  ASSERT_TRUE(table_key.ok());
  EXPECT_EQ(table_key->key.size(), kTableKeyBytes);
  EXPECT_EQ(table_key->wrapped.find(table_key->key.view()), std::string::npos);
  const auto again = keys_->UnwrapTableKey(kContext, table_key->wrapped);
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->view(), table_key->key.view());
}

TEST_F(ServiceKeysTest, MakesADifferentKeyEachTime) {
  ASSERT_TRUE(Ensure("111122223333", "us-east-1").ok());
  EXPECT_NE(keys_->NewTableKey(kContext)->key.view(), keys_->NewTableKey(kContext)->key.view());
}

TEST_F(ServiceKeysTest, RefusesAnotherContext) {
  ASSERT_TRUE(Ensure("111122223333", "us-east-1").ok());
  ASSERT_TRUE(Ensure("222233334444", "us-east-1").ok());
  ASSERT_TRUE(Ensure("111122223333", "eu-west-1").ok());
  const auto table_key = keys_->NewTableKey(kContext);
  const TableKeyContext others[] = {
      {"222233334444", "us-east-1", "Music", "table-id-1"}, {"111122223333", "eu-west-1", "Music", "table-id-1"},
      {"111122223333", "us-east-1", "Musik", "table-id-1"}, {"111122223333", "us-east-1", "Music", "table-id-2"},
      {"111122223333", "us-east-1", "Musict", "able-id-1"},
  };
  for (const TableKeyContext& other : others) {
    EXPECT_EQ(keys_->UnwrapTableKey(other, table_key->wrapped).error().reason, Reason::kWrongKey);
  }
}

TEST_F(ServiceKeysTest, RefusesAChangedOrCutWrap) {
  ASSERT_TRUE(Ensure("111122223333", "us-east-1").ok());
  const std::string wrapped = keys_->NewTableKey(kContext)->wrapped;
  for (size_t i = 0; i < wrapped.size(); ++i) {
    std::string changed = wrapped;
    changed[i] = static_cast<char>(changed[i] ^ 0x80);
    EXPECT_FALSE(keys_->UnwrapTableKey(kContext, changed).ok()) << i;
    EXPECT_FALSE(keys_->UnwrapTableKey(kContext, wrapped.substr(0, i)).ok()) << i;
  }
  EXPECT_FALSE(keys_->UnwrapTableKey(kContext, wrapped + "x").ok());
}

TEST_F(ServiceKeysTest, KeepsItsKeysOverARestart) {
  ASSERT_TRUE(Ensure("111122223333", "us-east-1").ok());
  const auto table_key = keys_->NewTableKey(kContext);
  keys_ = Load(*root_key_).value();
  const auto again = keys_->UnwrapTableKey(kContext, table_key->wrapped);
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->view(), table_key->key.view());
  const auto looked = ServiceKeys::FromEntries(Entries(), *root_key_);
  ASSERT_TRUE(looked.ok());
  EXPECT_EQ((*looked)->UnwrapTableKey(kContext, table_key->wrapped)->view(), table_key->key.view());
  EXPECT_EQ(
      Await<void>([&](auto done) { (*looked)->Ensure("999999999999", "x", home_, std::move(done)); }).error().reason,
      Reason::kUnavailable);
}

TEST_F(ServiceKeysTest, ConcurrentCallersGetOneKey) {
  std::vector<std::future<Status>> futures;
  for (int i = 0; i < 20; ++i) {
    auto promise = std::make_shared<std::promise<Status>>();
    futures.push_back(promise->get_future());
    keys_->Ensure("111122223333", "us-east-1", home_,
                  [promise](Status status) { promise->set_value(std::move(status)); });
  }
  for (auto& future : futures) {
    EXPECT_TRUE(future.get().ok());
  }
  EXPECT_EQ(Entries().size(), 1u);
  const auto table_key = keys_->NewTableKey(kContext);
  keys_ = Load(*root_key_).value();
  EXPECT_TRUE(keys_->UnwrapTableKey(kContext, table_key->wrapped).ok());
}

TEST_F(ServiceKeysTest, RefusesAnotherRootKeyAndRecordsItCannotUnderstand) {
  ASSERT_TRUE(Ensure("111122223333", "us-east-1").ok());
  EXPECT_EQ(Load(*RootKey::Ephemeral()).error().reason, Reason::kWrongKey);
  std::vector<engine::Entry> entries = Entries();
  entries[0].key = "222233334444/us-east-1";  // moved to another account
  EXPECT_EQ(ServiceKeys::FromEntries(entries, *root_key_).error().reason, Reason::kWrongKey);
  entries[0].key = "no slash";
  EXPECT_EQ(ServiceKeys::FromEntries(entries, *root_key_).error().reason, Reason::kCorruption);
  entries = Entries();
  for (size_t length = 0; length < entries[0].value.size(); ++length) {
    const std::vector<engine::Entry> cut = {{entries[0].key, entries[0].value.substr(0, length)}};
    EXPECT_FALSE(ServiceKeys::FromEntries(cut, *root_key_).ok()) << length;
  }
}

}  // namespace
}  // namespace basalt::keys
