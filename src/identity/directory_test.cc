// Tests of the directory, on the memory engine.
#include "identity/directory.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <set>

#include "base/await.h"
#include "base/thread_pool.h"
#include "engine/memory/memory_engine.h"

namespace basalt::identity {
namespace {

// Commits, and then says of the next transaction that nobody knows.
class ForgetfulKeyspace final : public engine::Keyspace {
 public:
  explicit ForgetfulKeyspace(std::shared_ptr<engine::Keyspace> under) : under_(std::move(under)) {}

  void ForgetNext() { forget_ = true; }

  const std::string& name() const override { return under_->name(); }
  void Get(std::vector<engine::Key> keys, engine::Consistency consistency, Executor& home,
           engine::Done<std::vector<std::optional<std::string>>> done) override {
    under_->Get(std::move(keys), consistency, home, std::move(done));
  }
  void Scan(engine::Range range, engine::Direction direction, engine::ScanLimits limits,
            engine::Consistency consistency, Executor& home, engine::Done<engine::Page> done) override {
    under_->Scan(std::move(range), direction, limits, consistency, home, std::move(done));
  }
  void Transact(std::vector<engine::Key> keys, engine::TransactFunction function, Executor& home,
                engine::Done<engine::Outcome> done, engine::ValueCache* remembered) override {
    under_->Transact(
        std::move(keys), std::move(function), home,
        [this, done = std::move(done)](Result<engine::Outcome> outcome) mutable {
          if (forget_.exchange(false)) {
            done(Error(Reason::kUnknownOutcome, "the disk went away"));
          } else {
            done(std::move(outcome));
          }
        },
        remembered);
  }
  void Fence(Executor& home, engine::Done<void> done) override { under_->Fence(home, std::move(done)); }
  void DropSpace(uint16_t space, Executor& home, engine::Done<void> done) override {
    under_->DropSpace(space, home, std::move(done));
  }
  void Feed(uint64_t after, engine::ScanLimits limits, Executor& home, engine::Done<engine::FeedPage> done) override {
    under_->Feed(after, limits, home, std::move(done));
  }
  void Trim(uint64_t up_to, Executor& home, engine::Done<void> done) override {
    under_->Trim(up_to, home, std::move(done));
  }
  void Statistics(Executor& home, engine::Done<engine::KeyspaceStatistics> done) override {
    under_->Statistics(home, std::move(done));
  }

 private:
  std::shared_ptr<engine::Keyspace> under_;
  std::atomic<bool> forget_{false};
};

class DirectoryTest : public testing::Test {
 protected:
  DirectoryTest() : home_("home", 1), engine_(engine::NewMemoryEngine()), clock_(1'700'000'000'000) {
    auto keyspace = Await<std::shared_ptr<engine::Keyspace>>([&](auto done) {
      engine_->Create(
          kIdentityKeyspace, [] { return SecretBytes(); }, home_, std::move(done));
    });
    forgetful_ = std::make_shared<ForgetfulKeyspace>(std::move(keyspace).value());
    keyspace_ = forgetful_;
    Reload();
  }
  ~DirectoryTest() override {
    directory_.reset();
    keyspace_.reset();
    forgetful_.reset();
    EXPECT_TRUE(Await<void>([&](auto done) { engine_->Close(kIdentityKeyspace, home_, std::move(done)); }).ok());
  }

  void Reload() {
    auto loaded = Load();
    ASSERT_TRUE(loaded.ok()) << loaded.error().text;
    directory_ = std::move(*loaded);
  }
  Result<std::unique_ptr<Directory>> Load() {
    return Await<std::unique_ptr<Directory>>(
        [&](auto done) { Directory::Load(keyspace_, clock_, home_, std::move(done)); });
  }
  Result<IssuedKey> Create(const std::string& id) {
    return Await<IssuedKey>([&](auto done) { directory_->CreateAccount(id, home_, std::move(done)); });
  }
  Result<IssuedKey> Reset(const std::string& id) {
    return Await<IssuedKey>([&](auto done) { directory_->ResetRoot(id, home_, std::move(done)); });
  }
  void Put(const std::string& key, const std::string& value) {
    auto outcome = Await<engine::Outcome>([&](auto done) {
      keyspace_->Transact(
          {engine::Key{0, key}},
          [&](engine::Values) -> std::variant<engine::Plan, engine::Reject> {
            engine::Plan plan;
            plan.puts.push_back({engine::Key{0, key}, value});
            return plan;
          },
          home_, std::move(done));
    });
    ASSERT_TRUE(outcome.ok());
  }

  ThreadPool home_;
  std::unique_ptr<engine::Engine> engine_;
  os::ManualClock clock_;
  std::shared_ptr<ForgetfulKeyspace> forgetful_;
  std::shared_ptr<engine::Keyspace> keyspace_;
  std::unique_ptr<Directory> directory_;
};

TEST_F(DirectoryTest, IssuesKeysOfTheDocumentedForm) {
  const auto key = Create("111122223333");
  ASSERT_TRUE(key.ok());
  EXPECT_EQ(key->account_id, "111122223333");
  EXPECT_EQ(key->access_key_id.size(), 20u);
  EXPECT_EQ(key->access_key_id.substr(0, 4), "AKIA");
  EXPECT_EQ(key->access_key_id.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 4), std::string::npos);
  EXPECT_EQ(key->secret.size(), 40u);
  EXPECT_EQ(key->secret.view().find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"),
            std::string_view::npos);
}

TEST_F(DirectoryTest, FindsAnIssuedKeyWithItsPrincipal) {
  const auto issued = Create("111122223333");
  ASSERT_TRUE(issued.ok());
  Subscriber<Snapshot> identities(directory_->snapshots());
  const AccessKey* key = identities.Get().FindAccessKey(issued->access_key_id);
  ASSERT_NE(key, nullptr);
  EXPECT_EQ(key->account_id, "111122223333");
  EXPECT_EQ(key->secret.view(), issued->secret.view());
  EXPECT_EQ(key->status, KeyStatus::kActive);
  EXPECT_EQ(key->owner_id, "");
  EXPECT_EQ(key->created_ms, 1'700'000'000'000);
  EXPECT_TRUE(identities.Get().HasAccount("111122223333"));
  EXPECT_FALSE(identities.Get().HasAccount("111122223334"));
  EXPECT_EQ(identities.Get().FindAccessKey("AKIAAAAAAAAAAAAAAAAA"), nullptr);
  EXPECT_FALSE(directory_->WasIssued("AKIAAAAAAAAAAAAAAAAA"));
  EXPECT_FALSE(directory_->WasIssued(""));
}

TEST_F(DirectoryTest, ASubscriberSeesLaterChanges) {
  Subscriber<Snapshot> identities(directory_->snapshots());
  EXPECT_FALSE(identities.Get().HasAccount("111122223333"));
  const auto issued = Create("111122223333");
  ASSERT_TRUE(issued.ok());
  EXPECT_NE(identities.Get().FindAccessKey(issued->access_key_id), nullptr);
}

TEST_F(DirectoryTest, RefusesAnAccountThatExists) {
  ASSERT_TRUE(Create("111122223333").ok());
  const auto again = Create("111122223333");
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(again.error().reason, Reason::kAlreadyExists);
  EXPECT_EQ(directory_->ListAccounts().size(), 1u);
}

TEST_F(DirectoryTest, RefusesIdsThatAreNotTwelveDigits) {
  for (const char* id : {"", "1", "11112222333", "1111222233334", "11112222333a", "11112222333 "}) {
    const auto key = Create(id);
    ASSERT_FALSE(key.ok()) << id;
    EXPECT_EQ(key.error().reason, Reason::kInvalidArgument);
    EXPECT_EQ(Reset(id).error().reason, Reason::kInvalidArgument);
  }
}

TEST_F(DirectoryTest, ResetRootReplacesTheKeyAndRemembersTheOldId) {
  const auto first = Create("111122223333");
  ASSERT_TRUE(first.ok());
  const auto second = Reset("111122223333");
  ASSERT_TRUE(second.ok());
  EXPECT_NE(first->access_key_id, second->access_key_id);
  EXPECT_NE(first->secret.view(), second->secret.view());
  const auto check = [&] {
    const auto snapshot = directory_->snapshots().Load();
    EXPECT_EQ(snapshot->FindAccessKey(first->access_key_id), nullptr);
    EXPECT_TRUE(snapshot->WasIssued(first->access_key_id));
    ASSERT_NE(snapshot->FindAccessKey(second->access_key_id), nullptr);
    EXPECT_EQ(snapshot->FindAccessKey(second->access_key_id)->secret.view(), second->secret.view());
  };
  check();
  Reload();
  check();
}

TEST_F(DirectoryTest, ResetRootLeavesOtherAccountsAlone) {
  const auto other = Create("222233334444");
  ASSERT_TRUE(Create("111122223333").ok());
  ASSERT_TRUE(Reset("111122223333").ok());
  EXPECT_NE(directory_->snapshots().Load()->FindAccessKey(other->access_key_id), nullptr);
}

TEST_F(DirectoryTest, ResetRootOfAnUnknownAccountIsNotFound) {
  EXPECT_EQ(Reset("111122223333").error().reason, Reason::kNotFound);
}

TEST_F(DirectoryTest, ForgetsTheSecretOfADeletedKeyOnDisk) {
  const auto first = Create("111122223333");
  ASSERT_TRUE(Reset("111122223333").ok());
  auto value = Await<std::vector<std::optional<std::string>>>([&](auto done) {
    keyspace_->Get({engine::Key{0, "k" + first->access_key_id}}, engine::Consistency::kStrong, home_, std::move(done));
  });
  ASSERT_TRUE(value.ok());
  ASSERT_TRUE((*value)[0].has_value());
  EXPECT_EQ((*value)[0]->find(first->secret.view()), std::string::npos);
}

TEST_F(DirectoryTest, SurvivesAReloadWithManyAccounts) {
  std::set<std::string> ids;
  for (int i = 0; i < 300; ++i) {
    std::string id = std::to_string(100'000'000'000 + i);
    const auto key = Create(id);
    ASSERT_TRUE(key.ok());
    ids.insert(key->access_key_id);
  }
  EXPECT_EQ(ids.size(), 300u);
  Reload();
  EXPECT_EQ(directory_->ListAccounts().size(), 300u);
  EXPECT_EQ(directory_->ListAccounts().front().id, "100000000000");
  for (const std::string& id : ids) {
    EXPECT_NE(directory_->snapshots().Load()->FindAccessKey(id), nullptr);
  }
}

TEST_F(DirectoryTest, ChangesThatArriveTogetherAllHappen) {
  std::vector<std::future<Result<IssuedKey>>> futures;
  for (int i = 0; i < 50; ++i) {
    auto promise = std::make_shared<std::promise<Result<IssuedKey>>>();
    futures.push_back(promise->get_future());
    directory_->CreateAccount(std::to_string(200'000'000'000 + i / 2), home_,
                              [promise](Result<IssuedKey> key) { promise->set_value(std::move(key)); });
  }
  int made = 0;
  for (auto& future : futures) {
    made += future.get().ok() ? 1 : 0;
  }
  EXPECT_EQ(made, 25);
  EXPECT_EQ(directory_->ListAccounts().size(), 25u);
}

TEST_F(DirectoryTest, SeesWhatAnUncertainWriteDid) {
  forgetful_->ForgetNext();
  EXPECT_EQ(Create("111111111111").error().reason, Reason::kUnknownOutcome);
  EXPECT_EQ(directory_->ListAccounts().size(), 1U);
  EXPECT_EQ(Create("111111111111").error().reason, Reason::kAlreadyExists);
  forgetful_->ForgetNext();
  EXPECT_EQ(Reset("111111111111").error().reason, Reason::kUnknownOutcome);
  // The key nobody got to see goes with the next reset, too.
  const auto issued = Reset("111111111111");
  ASSERT_TRUE(issued.ok());
  Reload();
  const auto snapshot = directory_->snapshots().Load();
  EXPECT_NE(snapshot->FindAccessKey(issued->access_key_id), nullptr);
  EXPECT_EQ(snapshot->UsableKeys("111111111111"), 1U);
}

TEST_F(DirectoryTest, RefusesRecordsItCannotUnderstand) {
  const std::pair<std::string, std::string> records[] = {
      {"a111122223333", ""},
      {"a111122223333", std::string("\x03\0\0\0\0\0\0\0\0", 9)},     // a later format
      {"a111122223333", std::string("\x01\0\0\0\0\0\0\0\0\0", 10)},  // one byte too many
      {"a1", std::string("\x01\0\0\0\0\0\0\0\0", 9)},
      {"kAKIA", std::string("\x01\x04", 2)},
      {"x", "y"},
      {"", "y"},
  };
  for (const auto& [key, value] : records) {
    Put(key, value);
    const auto loaded = Load();
    EXPECT_FALSE(loaded.ok()) << key;
    auto outcome = Await<engine::Outcome>([&, &name = key](auto done) {
      keyspace_->Transact(
          {engine::Key{0, name}},
          [&](engine::Values) -> std::variant<engine::Plan, engine::Reject> {
            engine::Plan plan;
            plan.deletes.push_back(engine::Key{0, name});
            return plan;
          },
          home_, std::move(done));
    });
    ASSERT_TRUE(outcome.ok());
  }
  EXPECT_TRUE(Load().ok());
}

TEST_F(DirectoryTest, ChangesOfAnAccountSurviveAReload) {
  ASSERT_TRUE(Create("111122223333").ok());
  const auto change = [&](Directory::ChangeFunction function) {
    return Await<void>(
        [&](auto done) { directory_->Change("111122223333", std::move(function), home_, std::move(done)); });
  };
  const std::string document = R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}})";
  const auto parsed = PolicyText::Parse(policy::DocumentKind::kIdentity, document, nullptr);
  ASSERT_TRUE(parsed.ok());
  std::string key_id;
  ASSERT_TRUE(change([&](Draft& draft) -> Status {
                User user;
                user.id = NewUniqueId(kIdPrefixOf<User>);
                user.name = "Ann";
                user.path = "/team/";
                user.inline_policies = {{"p", *parsed}};
                user.attached = {"arn:aws:iam::111122223333:policy/m"};
                user.tags = {{"k", "v"}};
                key_id = draft.AddKey(user.id).id;
                ManagedPolicy managed;
                managed.id = NewUniqueId(kIdPrefixOf<ManagedPolicy>);
                managed.name = "m";
                managed.versions = {{1, 5, *parsed}};
                Role role;
                role.id = NewUniqueId(kIdPrefixOf<Role>);
                role.name = "r";
                role.session_seconds_max = 7200;
                Group group;
                group.id = NewUniqueId(kIdPrefixOf<Group>);
                group.name = "g";
                user.groups = {group.id};
                draft.Put(user);
                draft.Put(managed);
                draft.Put(role);
                draft.Put(group);
                draft.AddSessionKey();
                return {};
              }).ok());
  const auto check = [&] {
    const auto snapshot = directory_->snapshots().Load();
    const auto members = snapshot->Find("111122223333");
    EXPECT_EQ(members->account.version, 2U);
    const User* user = members->users.Find("aNN");
    ASSERT_NE(user, nullptr);
    EXPECT_EQ(members->users.FindById(user->id), user);
    EXPECT_EQ(ArnOf("111122223333", *user), "arn:aws:iam::111122223333:user/team/Ann");
    EXPECT_EQ(user->inline_policies.at(0).policy.text, document);
    EXPECT_EQ(user->inline_policies.at(0).policy.document->statement_count(), 1U);
    EXPECT_EQ(user->groups.at(0), members->groups.Find("G")->id);
    EXPECT_EQ(members->policies.Find("m")->document().statement_count(), 1U);
    EXPECT_EQ(members->roles.Find("r")->session_seconds_max, 7200);
    EXPECT_EQ(snapshot->FindAccessKey(key_id)->owner_id, user->id);
    EXPECT_EQ(snapshot->session_keys().size(), 1U);
  };
  check();
  Reload();
  check();
  // A function that refuses changes nothing, and what is removed is gone for good.
  EXPECT_EQ(change([](Draft& draft) -> Status {
              draft.Remove<Group>(std::string(draft.members().groups.Find("g")->id));
              return Error(Reason::kValidation, "no");
            })
                .error()
                .reason,
            Reason::kValidation);
  check();
  ASSERT_TRUE(change([](Draft& draft) -> Status {
                draft.Remove<Group>(std::string(draft.members().groups.Find("g")->id));
                return {};
              }).ok());
  Reload();
  EXPECT_EQ(directory_->snapshots().Load()->Find("111122223333")->groups.size(), 0U);
  EXPECT_EQ(directory_->snapshots().Load()->Find("111122223333")->account.version, 3U);
}

TEST_F(DirectoryTest, AnAccountThatIsNotThereIsChangedOnlyIfItMayComeToBe) {
  const auto change = [&](Directory::IfAbsent if_absent) {
    return Await<void>([&](auto done) {
      directory_->Change(
          "111122223333",
          [](Draft& draft) -> Status {
            draft.AddSessionKey();
            return {};
          },
          home_, std::move(done), if_absent);
    });
  };
  EXPECT_EQ(change(Directory::IfAbsent::kRefuse).error().reason, Reason::kNotFound);
  EXPECT_TRUE(change(Directory::IfAbsent::kMake).ok());
  Reload();
  EXPECT_TRUE(directory_->snapshots().Load()->HasAccount("111122223333"));
}

TEST_F(DirectoryTest, SessionKeysAreForgottenOnceNoSessionCanBeTheirs) {
  ASSERT_TRUE(Create("111122223333").ok());
  const auto add = [&] {
    ASSERT_TRUE(Await<void>([&](auto done) {
                  directory_->Change(
                      "111122223333",
                      [](Draft& draft) -> Status {
                        draft.AddSessionKey();
                        return {};
                      },
                      home_, std::move(done));
                }).ok());
  };
  const auto numbers = [&] {
    std::vector<uint32_t> listed;
    for (const SessionKey& key : directory_->snapshots().Load()->session_keys()) {
      listed.push_back(key.number);
    }
    return listed;
  };
  add();
  clock_.AdvanceMs(os::kMsPerDay);
  add();
  clock_.AdvanceMs(kSessionSecondsMax * 1000);
  add();
  EXPECT_EQ(numbers(), (std::vector<uint32_t>{1, 2, 3}));
  clock_.AdvanceMs(1);
  add();
  EXPECT_EQ(numbers(), (std::vector<uint32_t>{2, 3, 4}));
  Reload();
  EXPECT_EQ(numbers(), (std::vector<uint32_t>{2, 3, 4}));
}

}  // namespace
}  // namespace basalt::identity
