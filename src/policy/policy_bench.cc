// What a decision costs: the usual one, one over many statements with conditions, one for an action that nobody names;
// and what documents take to load and to keep.
#include <benchmark/benchmark.h>

#include <array>
#include <string>
#include <vector>

#include "base/check.h"
#include "policy/evaluate.h"

namespace {

using namespace basalt;          // NOLINT(google-build-using-namespace)
using namespace basalt::policy;  // NOLINT(google-build-using-namespace)

constexpr std::string_view kAccount = "111111111111";
constexpr std::string_view kArn = "arn:aws:dynamodb:us-east-1:111111111111:table/Music";

// As many actions as several services have.
const ActionCatalogue& Catalogue() {
  static const ActionCatalogue catalogue([] {
    std::vector<KnownAction> actions = {{"dynamodb:GetItem", true}, {"dynamodb:PutItem", true}};
    for (int i = 0; i < 300; ++i) {
      actions.push_back({"dynamodb:Action" + std::to_string(i), true});
    }
    return actions;
  }());
  return catalogue;
}

Document Parsed(DocumentKind kind, const std::string& text) {
  Result<Document> document = Document::Parse(kind, text, &Catalogue());
  BASALT_CHECK(document.ok());
  return std::move(document).value();
}

// Statements for single actions; the last one is for GetItem.
std::string ManyStatements(int count, bool with_principal) {
  std::string text = R"({"Version":"2012-10-17","Statement":[)";
  for (int i = 0; i < count; ++i) {
    text += i == 0 ? "" : ",";
    text += R"({"Sid":"S)" + std::to_string(i) + R"(","Effect":"Allow",)";
    text += with_principal ? R"("Principal":{"AWS":"arn:aws:iam::111111111111:user/Ann"},)" : "";
    text += R"("Action":["dynamodb:GetItem","dynamodb:Action)" + std::to_string(i) + R"("],)";
    text += R"("Resource":"arn:aws:dynamodb:us-east-1:111111111111:table/*","Condition":{)";
    // Only the last one holds.
    text +=
        R"("IpAddress":{"aws:SourceIp":")" + std::string(i + 1 == count ? "10.1.0.0/16" : "192.168.1.0/24") + R"("},)";
    text += R"("StringLike":{"aws:PrincipalArn":"arn:aws:iam::*:user/*"}}})";
  }
  return text + "]}";
}

struct Call {
  Call() {
    caller.account = kAccount;
    caller.arn = caller.entity_arn = "arn:aws:iam::111111111111:user/Ann";
    caller.entity_id = "AIDAANN0000000000001";
  }
  Caller caller;
  const Action& action = *Catalogue().Find("dynamodb:getitem");
};

// Every value is at hand, as it is in a server.
class CallContext final : public Context {
 public:
  Values Find(const ConditionKey& key) const override {
    switch (key.id) {
      case KeyId::kSourceIp:
        return Values::One("10.1.2.3");
      case KeyId::kPrincipalArn:
        return Values::One("arn:aws:iam::111111111111:user/Ann");
      default:
        return Values::Absent();
    }
  }
};

void Decide(benchmark::State& state, const Policies& policies) {
  const Call call;
  const CallContext context;
  for (auto _ : state) {
    const Resource resource = Resource::Of(kArn);
    const Decision decision = Evaluate({call.caller, call.action, resource, kAccount, context}, policies);
    BASALT_CHECK(decision.allowed);
    benchmark::DoNotOptimize(decision);
  }
}

void BM_IdentityAllowsAll(benchmark::State& state) {
  const Document all =
      Parsed(DocumentKind::kIdentity, R"({"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}})");
  const std::array<const Document*, 1> identity = {&all};
  Policies policies;
  policies.identity = identity;
  Decide(state, policies);
}
BENCHMARK(BM_IdentityAllowsAll);

void BM_TwentyStatementsWithConditions(benchmark::State& state) {
  const Document many = Parsed(DocumentKind::kIdentity, ManyStatements(20, false));
  const std::array<const Document*, 1> identity = {&many};
  Policies policies;
  policies.identity = identity;
  Decide(state, policies);
}
BENCHMARK(BM_TwentyStatementsWithConditions);

void BM_TablePolicyOfTwentyStatements(benchmark::State& state) {
  const Document many = Parsed(DocumentKind::kTable, ManyStatements(20, true));
  Policies policies;
  policies.resource = &many;
  Decide(state, policies);
}
BENCHMARK(BM_TablePolicyOfTwentyStatements);

void BM_FiftyStatementsOfOtherActions(benchmark::State& state) {
  const Document many = Parsed(DocumentKind::kIdentity, [] {
    std::string text = ManyStatements(50, false);
    for (size_t at = text.find("GetItem"); at != std::string::npos; at = text.find("GetItem")) {
      text.replace(at, 7, "PutItem");
    }
    return text;
  }());
  const Document all =
      Parsed(DocumentKind::kIdentity, R"({"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}})");
  const std::array<const Document*, 2> identity = {&many, &all};
  Policies policies;
  policies.identity = identity;
  Decide(state, policies);
}
BENCHMARK(BM_FiftyStatementsOfOtherActions);

void BM_Parse(benchmark::State& state) {
  const std::string text = ManyStatements(static_cast<int>(state.range(0)), true);
  size_t memory_bytes = 0;
  for (auto _ : state) {
    const Document document = Parsed(DocumentKind::kTable, text);
    memory_bytes = document.MemoryBytes();
    benchmark::DoNotOptimize(document);
  }
  state.counters["text_bytes"] = static_cast<double>(text.size());
  state.counters["memory_bytes"] = static_cast<double>(memory_bytes);
}
BENCHMARK(BM_Parse)->Arg(1)->Arg(5)->Arg(20);

}  // namespace
