// What identities and policies of tables take at a start: the time to read and compile them, and the memory that they
// stay in as long as the server runs.
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <malloc.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/await.h"
#include "base/check.h"
#include "base/thread_pool.h"
#include "engine/memory/memory_engine.h"
#include "identity/directory.h"
#include "operations/actions.h"
#include "table/compiled_policies.h"

namespace {

using namespace basalt;  // NOLINT(google-build-using-namespace)

constexpr std::string_view kAccount = "111111111111";

// One arena for all threads: mallinfo2 tells of the first alone.
[[maybe_unused]] const int one_arena = mallopt(M_ARENA_MAX, 1);

// Of allocations that stand.
double LiveMebibytes() {
  const struct mallinfo2 use = mallinfo2();
  return static_cast<double>(use.uordblks + use.hblkhd) / (1 << 20);
}

identity::PolicyText Text(policy::DocumentKind kind, const std::string& text) {
  Result<identity::PolicyText> parsed = identity::PolicyText::Parse(kind, text, &operations::Actions());
  BASALT_CHECK(parsed.ok());
  return *std::move(parsed);
}

// Two statements, one of them with a condition.
std::string PolicyOf(std::string_view name) {
  return fmt::format(
      R"({{"Version":"2012-10-17","Statement":[{{"Sid":"Own","Effect":"Allow","Action":["dynamodb:GetItem",)"
      R"("dynamodb:PutItem","dynamodb:Query"],"Resource":"arn:aws:dynamodb:*:{}:table/{}","Condition":)"
      R"({{"ForAllValues:StringEquals":{{"dynamodb:LeadingKeys":"${{aws:username}}"}}}}}},)"
      R"({{"Effect":"Allow","Action":"dynamodb:List*","Resource":"*"}}]}})",
      kAccount, name);
}

// One account's users and roles, half of `count` each, all with a policy of their own; users have a key and a group.
class Identities {
 public:
  explicit Identities(int64_t count) : home_("home", 1), engine_(engine::NewMemoryEngine()) {
    auto keyspace = Await<std::shared_ptr<engine::Keyspace>>([&](auto done) {
      engine_->Create(
          identity::kIdentityKeyspace, [] { return SecretBytes(); }, home_, std::move(done));
    });
    keyspace_ = *std::move(keyspace);
    const auto directory = Load();
    const auto created = Await<identity::IssuedKey>(
        [&](auto done) { directory->CreateAccount(std::string(kAccount), home_, std::move(done)); });
    BASALT_CHECK(created.ok());
    const auto filled = Await<void>([&](auto done) {
      directory->Change(
          std::string(kAccount),
          [count](identity::Draft& draft) {
            Fill(draft, count / 2);
            return Status();
          },
          home_, std::move(done));
    });
    BASALT_CHECK(filled.ok());
  }
  ~Identities() {
    keyspace_.reset();
    const Status closed =
        Await<void>([&](auto done) { engine_->Close(identity::kIdentityKeyspace, home_, std::move(done)); });
    BASALT_CHECK(closed.ok());
  }
  Identities(const Identities&) = delete;
  Identities& operator=(const Identities&) = delete;

  std::unique_ptr<identity::Directory> Load() {
    auto loaded = Await<std::unique_ptr<identity::Directory>>([&](auto done) {
      identity::Directory::Load(keyspace_, os::SystemClock(), home_, std::move(done), &operations::Actions());
    });
    BASALT_CHECK(loaded.ok());
    return *std::move(loaded);
  }

 private:
  static void Fill(identity::Draft& draft, int64_t count) {
    identity::Group group;
    group.id = identity::NewUniqueId(identity::kIdPrefixOf<identity::Group>);
    group.name = "readers";
    group.attached = {"arn:aws:iam::aws:policy/AmazonDynamoDBReadOnlyAccess"};
    for (int64_t i = 0; i < count; ++i) {
      identity::User user;
      user.id = identity::NewUniqueId(identity::kIdPrefixOf<identity::User>);
      user.name = fmt::format("user-{}", i);
      user.groups = {group.id};
      user.tags = {{"team", "blue"}};
      user.inline_policies = {{"own", Text(policy::DocumentKind::kIdentity, PolicyOf(user.name))}};
      draft.AddKey(user.id);
      draft.Put(std::move(user));
      identity::Role role;
      role.id = identity::NewUniqueId(identity::kIdPrefixOf<identity::Role>);
      role.name = fmt::format("role-{}", i);
      role.inline_policies = {{"own", Text(policy::DocumentKind::kIdentity, PolicyOf(role.name))}};
      role.shown_trust =
          fmt::format(R"({{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Principal":{{"AWS":"{}"}},)"
                      R"("Action":"sts:AssumeRole"}}}})",
                      kAccount);
      static_cast<identity::PolicyText&>(role.trust) = Text(policy::DocumentKind::kTrust, role.shown_trust);
      draft.Put(std::move(role));
    }
    draft.Put(std::move(group));
  }

  ThreadPool home_;
  std::unique_ptr<engine::Engine> engine_;
  std::shared_ptr<engine::Keyspace> keyspace_;
};

// Of the first round: later ones find memory that was given back.
class Growth {
 public:
  Growth() : before_(LiveMebibytes()) {}
  void Note() {
    if (!is_noted_) {
      is_noted_ = true;
      grown_ = LiveMebibytes() - before_;
    }
  }
  double mebibytes() const { return grown_; }

 private:
  double before_;
  double grown_ = 0;
  bool is_noted_ = false;
};

void BM_LoadIdentities(benchmark::State& state) {
  Identities identities(state.range(0));
  const std::unique_ptr<identity::Directory> first = identities.Load();  // what was needed to make them is gone
  Growth growth;
  for (auto _ : state) {
    const std::unique_ptr<identity::Directory> directory = identities.Load();
    growth.Note();
    BASALT_CHECK(directory->snapshots().Load()->Find(kAccount)->users.size() ==
                 static_cast<size_t>(state.range(0) / 2));
  }
  state.counters["live_MiB"] = growth.mebibytes();
}
BENCHMARK(BM_LoadIdentities)->Arg(10'000)->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime();

void BM_CompilePoliciesOfTables(benchmark::State& state) {
  std::vector<table::TableRecord> records(static_cast<size_t>(state.range(0)));
  for (size_t i = 0; i < records.size(); ++i) {
    records[i].address = {std::string(kAccount), "us-east-1", fmt::format("table-{}", i)};
    records[i].policy.text = fmt::format(
        R"({{"Version":"2012-10-17","Statement":[{{"Sid":"Read","Effect":"Allow","Principal":)"
        R"({{"AWS":"AROAAAAAAAAAAAAAAAAAA"}},"Action":["dynamodb:GetItem","dynamodb:Query","dynamodb:Scan"],)"
        R"("Resource":"arn:aws:dynamodb:us-east-1:{0}:table/table-{1}"}},{{"Sid":"Networks","Effect":"Deny",)"
        R"("Principal":"*","Action":"dynamodb:*","Resource":"arn:aws:dynamodb:us-east-1:{0}:table/table-{1}",)"
        R"("Condition":{{"NotIpAddress":{{"aws:SourceIp":["10.0.0.0/8","192.0.2.0/24"]}}}}}}]}})",
        kAccount, i);
    records[i].policy.revision_ms = 1;
  }
  Growth growth;
  for (auto _ : state) {
    std::vector<table::CompiledPolicies> compiled;
    compiled.reserve(records.size());
    for (const table::TableRecord& record : records) {
      compiled.emplace_back(record, &operations::Actions());
    }
    growth.Note();
    BASALT_CHECK(compiled.back().OfTable() != nullptr);
    benchmark::DoNotOptimize(compiled);
  }
  state.counters["live_MiB"] = growth.mebibytes();
}
BENCHMARK(BM_CompilePoliciesOfTables)->Arg(2'500)->Unit(benchmark::kMillisecond);

}  // namespace
