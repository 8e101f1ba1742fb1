// Random documents and requests: the evaluator says what a slow one says that was written from the rules alone.
#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "base/arena.h"
#include "json/node.h"
#include "policy/evaluate.h"
#include "policy/oracle_fixture.h"
#include "policy/policy_fixture.h"

namespace basalt::policy {
namespace {

constexpr size_t kSets = 8000;
constexpr size_t kRequestsASet = 16;

class Generator {
 public:
  explicit Generator(uint64_t seed) : random_(seed) {}

  size_t Below(size_t limit) { return std::uniform_int_distribution<size_t>(0, limit - 1)(random_); }
  bool OneIn(size_t chances) { return Below(chances) == 0; }
  template <size_t n>
  std::string_view Pick(const std::string_view (&choices)[n]) {
    return choices[Below(n)];
  }

  std::string DocumentText(DocumentKind kind, bool mostly_allows) {
    std::string text = OneIn(5) ? "{'Statement':[" : "{'Version':'2012-10-17','Statement':[";
    const size_t count = 1 + Below(3);
    for (size_t i = 0; i < count; ++i) {
      text += i == 0 ? "" : ",";
      text += StatementText(kind, mostly_allows);
    }
    return Quoted(text + "]}");
  }

 private:
  std::string StatementText(DocumentKind kind, bool mostly_allows) {
    const bool denies = kind == DocumentKind::kResourceControl || OneIn(mostly_allows ? 6 : 2);
    std::string text = denies ? "{'Effect':'Deny'" : "{'Effect':'Allow'";
    if (kind == DocumentKind::kResourceControl) {
      text += ",'Principal':'*'";
    } else if (HasPrincipals(kind)) {
      const bool takes_negated = denies || kind == DocumentKind::kTable;
      text += takes_negated && OneIn(4) ? ",'NotPrincipal':" : ",'Principal':";
      text += Principals();
    }
    constexpr std::string_view kActions[] = {"*",
                                             "dynamodb:*",
                                             "dynamodb:GetItem",
                                             "DynamoDB:getitem",
                                             "dynamodb:Get*",
                                             "dynamodb:?utItem",
                                             "dynamodb:*Item",
                                             "dynamodb:P*I*m",
                                             "dynamodb:PutItem",
                                             "dynamodb:DeleteResourcePolicy"};
    text += OneIn(5) ? ",'NotAction':" : ",'Action':";
    text += List([&] { return Pick(kActions); });
    constexpr std::string_view kResources[] = {"*",
                                               "*",
                                               "arn:aws:dynamodb:us-east-1:111111111111:table/Music",
                                               "arn:aws:dynamodb:*:*:table/*",
                                               "arn:aws:dynamodb:us-east-?:111111111111:table/M?sic",
                                               "arn:aws:dynamodb:us-east-1:111111111111:table/music",
                                               "arn:aws:dynamodb:*:111111111111:table/*/index/*",
                                               "arn:aws:dynamodb:us-east-1:*",
                                               "arn:aws:dynamodb",
                                               "arn:aws:dynamodb:us-east-1",
                                               "arn:aws:dynamodb:*:*:table/${aws:username}*",
                                               "arn:aws:dynamodb:${region, ^us-east-1^}:*:table/*",
                                               "arn:aws:dynamodb:*:*:table/${aws:PrincipalTag/team, ^Music^}"};
    text += OneIn(5) ? ",'NotResource':" : ",'Resource':";
    text += List([&] { return Pick(kResources); });
    if (OneIn(2)) {
      text += ",'Condition':" + Conditions();
    }
    return text + "}";
  }

  template <class Choose>
  std::string List(Choose choose) {
    const auto quoted = [&] { return "'" + std::string(choose()) + "'"; };
    if (OneIn(2)) {
      return quoted();
    }
    std::string text = "[" + quoted();
    while (OneIn(2)) {
      text += "," + quoted();
    }
    return text + "]";
  }

  std::string Principals() {
    if (OneIn(5)) {
      return "'*'";
    }
    constexpr std::string_view kNames[] = {"*",
                                           "111111111111",
                                           "222222222222",
                                           "arn:aws:iam::111111111111:root",
                                           "arn:aws:iam::222222222222:root",
                                           "arn:aws:iam::111111111111:user/team/Ann",
                                           "AIDAANN0000000000001",
                                           "arn:aws:iam::222222222222:user/Bob",
                                           "arn:aws:iam::111111111111:role/app/Reader",
                                           "arn:aws:sts::111111111111:assumed-role/Reader/s1",
                                           "AROAREADER0000000001",
                                           "arn:aws:iam::222222222222:role/Guest",
                                           "arn:aws:sts::222222222222:assumed-role/Guest/s1",
                                           "arn:aws:sts::111111111111:federated-user/fed"};
    std::string text = "{'AWS':" + List([&] { return Pick(kNames); });
    if (OneIn(4)) {
      text += ",'Service':'replication.dynamodb.amazonaws.com'";
    }
    return text + "}";
  }

  std::string Conditions() {
    std::map<std::string, std::string> tests;
    const size_t count = 1 + Below(2);
    for (size_t i = 0; i < count; ++i) {
      std::string op;
      std::string keys;
      OneTest(op, keys);
      tests[op] = keys;
    }
    std::string text;
    for (const auto& [op, keys] : tests) {
      text += (text.empty() ? "{'" : ",'") + op + "':" + keys;
    }
    return text + "}";
  }

  void OneTest(std::string& op, std::string& keys) {
    constexpr std::string_view kStringOps[] = {
        "StringEquals",  "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringLike",
        "StringNotLike", "stringlike"};
    constexpr std::string_view kStringKeys[] = {
        "aws:username",        "aws:PrincipalTag/team", "AWS:principaltag/Team", "dynamodb:LeadingKeys",
        "dynamodb:Attributes", "aws:TagKeys",           "dynamodb:Select",       "custom:key"};
    constexpr std::string_view kStrings[] = {"Ann",
                                             "ann",
                                             "A*",
                                             "?nn",
                                             "red",
                                             "*",
                                             "r?d*",
                                             "${aws:username}",
                                             "b${*}",
                                             "b*",
                                             "ALL",
                                             "a",
                                             "b",
                                             "${custom:key, ^red^}",
                                             "${nothing}",
                                             "${",
                                             "x${dynamodb:Attributes}"};
    constexpr std::string_view kNumericOps[] = {"NumericEquals",      "NumericNotEquals",
                                                "NumericLessThan",    "NumericLessThanEquals",
                                                "NumericGreaterThan", "NumericGreaterThanEquals"};
    constexpr std::string_view kNumbers[] = {"300", "10", "3e2", "299.5", "-1", "0"};
    constexpr std::string_view kDateOps[] = {"DateEquals",         "DateNotEquals",   "DateLessThan",
                                             "DateLessThanEquals", "DateGreaterThan", "DateGreaterThanEquals"};
    constexpr std::string_view kDates[] = {"2026-01-01T00:00:00Z", "2026-06-15", "1767225600", "2027-01-01T12:30:00Z"};
    constexpr std::string_view kAddressOps[] = {"IpAddress", "NotIpAddress"};
    constexpr std::string_view kNetworks[] = {"10.0.0.0/8", "10.1.2.3", "10.1.2.3/31", "0.0.0.0/0", "192.168.0.0/16"};
    constexpr std::string_view kArnOps[] = {"ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"};
    constexpr std::string_view kArns[] = {"arn:aws:iam::111111111111:user/team/Ann",   "arn:aws:iam::*:user/*",
                                          "arn:aws:iam::111111111111:role/?pp/*",      "arn:*:iam:*:*:*",
                                          "arn:aws:iam::1*:user/team/${aws:username}", "arn:aws:iam"};
    constexpr std::string_view kBools[] = {"true", "false", "TRUE", "${custom:key}"};
    constexpr std::string_view kPresence[] = {"true", "false"};
    std::string key;
    switch (Below(7)) {
      case 0:
      case 1:
        op = Pick(kStringOps);
        key = Pick(kStringKeys);
        keys = List([&] { return Pick(kStrings); });
        break;
      case 2:
        op = Pick(kNumericOps);
        key = "aws:MultiFactorAuthAge";
        keys = List([&] { return Pick(kNumbers); });
        break;
      case 3:
        op = Pick(kDateOps);
        key = "aws:CurrentTime";
        keys = List([&] { return Pick(kDates); });
        break;
      case 4:
        op = Pick(kAddressOps);
        key = "aws:SourceIp";
        keys = List([&] { return Pick(kNetworks); });
        break;
      case 5:
        op = Pick(kArnOps);
        key = OneIn(5) ? "custom:key" : "aws:PrincipalArn";
        keys = List([&] { return Pick(kArns); });
        break;
      default:
        if (OneIn(2)) {
          op = "Null";
          key = Pick(kStringKeys);
          keys = List([&] { return Pick(kPresence); });
        } else {
          op = "Bool";
          key = "aws:SecureTransport";
          // Of 2008 a variable is text, which is no truth.
          keys = List([&] { return Pick(kBools); });
          if (keys.find('$') != std::string::npos) {
            keys = "'true'";
          }
        }
        break;
    }
    if (op != "Null") {
      op = (OneIn(3) ? (OneIn(2) ? "ForAllValues:" : "ForAnyValue:") : "") + op + (OneIn(4) ? "IfExists" : "");
    }
    keys = "{'" + key + "':" + keys + "}";
  }

  std::mt19937_64 random_;
};

// A document in both forms.
struct Twin {
  Twin(DocumentKind kind, std::string document_text)
      : text(std::move(document_text)), document(Document::Unreadable(kind)) {
    Result<Document> parsed = Document::Parse(kind, text, &TestActions());
    EXPECT_TRUE(parsed.ok()) << text << '\n' << (parsed.ok() ? "" : parsed.error().text);
    if (parsed.ok()) {
      document = std::move(parsed).value();
    }
    node = json::Parse(text, arena).value();
  }

  std::string text;
  Arena arena;
  json::Node node;
  Document document;
};

std::string Worded(const Decision& decision) {
  if (decision.allowed) {
    return "allowed";
  }
  constexpr std::string_view kNames[] = {"SCP", "RCP", "V", "R", "R", "I", "B", "S", "root"};
  return (decision.is_explicit ? "deny " : "silent ") + std::string(kNames[static_cast<size_t>(decision.layer)]);
}

class Round {
 public:
  explicit Round(uint64_t seed) : generator_(seed) {
    if (generator_.OneIn(3)) {
      AddLevels(DocumentKind::kServiceControl, scp_, layers_.scp);
      AddLevels(DocumentKind::kResourceControl, rcp_, layers_.rcp);
    }
    if (generator_.OneIn(4)) {
      policies_.endpoint = Add(DocumentKind::kEndpoint, layers_.endpoint);
    }
    const size_t resource_kind = generator_.Below(4);
    if (resource_kind != 0) {
      const bool is_key = resource_kind == 1;
      policies_.resource = Add(is_key ? DocumentKind::kKey : DocumentKind::kTable, layers_.resource);
      policies_.resource_kind = is_key ? ResourceKind::kKey : ResourceKind::kTable;
      layers_.resource_is_required = is_key;
      if (is_key && generator_.OneIn(4)) {
        policies_.grant = generator_.OneIn(2) ? Strength::kDirect : Strength::kRole;
        layers_.grant = policies_.grant == Strength::kDirect ? oracle::kDirectly : oracle::kByRole;
      }
    }
    for (size_t i = generator_.Below(3); i > 0; --i) {
      const json::Node* node = nullptr;
      identity_.push_back(Add(DocumentKind::kIdentity, node));
      layers_.identity.push_back(node);
    }
    if (generator_.OneIn(3)) {
      policies_.boundary = Add(DocumentKind::kBoundary, layers_.boundary);
    }
    if (generator_.OneIn(3)) {
      const json::Node* node = nullptr;
      session_.push_back(Add(DocumentKind::kSession, node));
      layers_.session = {node};
      policies_.has_session_policy = true;
    }
    for (const std::vector<const Document*>& level : scp_) {
      scp_levels_.emplace_back(level);
    }
    for (const std::vector<const Document*>& level : rcp_) {
      rcp_levels_.emplace_back(level);
    }
    policies_.service_control = scp_levels_;
    policies_.resource_control = rcp_levels_;
    policies_.identity = identity_;
    policies_.session = session_;
  }

  // Both answers to one random request.
  bool Compare() {
    constexpr std::string_view kActions[] = {"dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:ListTables",
                                             "dynamodb:DeleteResourcePolicy", "kms:Decrypt"};
    constexpr std::string_view kResources[] = {"arn:aws:dynamodb:us-east-1:111111111111:table/Music",
                                               "arn:aws:dynamodb:us-east-1:111111111111:table/Music/index/ByYear",
                                               "arn:aws:dynamodb:us-east-2:111111111111:table/Ann-private", "*"};
    const Caller callers[] = {
        RootOf(kOwner),  RootOf(kOther), Ann(),          Bob(),
        ReaderSession(), GuestSession(), FederatedAnn(), ServiceNamed("replication.dynamodb.amazonaws.com")};
    const Caller& caller = callers[generator_.Below(std::size(callers))];
    const std::string_view action_name = generator_.Pick(kActions);
    // Half of them by name alone, as actions are that no catalogue has.
    const Action action = generator_.OneIn(2) ? ActionOf(action_name) : Action::Named(action_name);
    const Resource resource = Resource::Of(generator_.Pick(kResources));
    ContextTable context;
    oracle::Call call;
    FillContext(caller, context, call);
    constexpr oracle::Who kWho[] = {oracle::Who::kRoot, oracle::Who::kUser, oracle::Who::kRole, oracle::Who::kFederated,
                                    oracle::Who::kService};
    call.who = kWho[static_cast<size_t>(caller.kind)];
    call.account = caller.account;
    call.arn = caller.arn;
    call.entity_arn = caller.entity_arn;
    call.entity_id = caller.entity_id;
    call.service = caller.name;
    call.action = action_name;
    call.resource = resource.text;
    call.resource_account = kOwner;
    call.has_boundary = policies_.boundary != nullptr;

    const std::string expected = oracle::Decide(layers_, call);
    const Decision decision = Evaluate({caller, action, resource, kOwner, context}, policies_);
    ++answers[expected];
    EXPECT_EQ(Worded(decision), expected) << Describe(call);
    return Worded(decision) == expected;
  }

  std::map<std::string, size_t> answers;

 private:
  const Document* Add(DocumentKind kind, const json::Node*& node) {
    twins_.emplace_back(kind, generator_.DocumentText(kind, true));
    node = &twins_.back().node;
    return &twins_.back().document;
  }
  void AddLevels(DocumentKind kind, std::vector<std::vector<const Document*>>& levels,
                 std::vector<std::vector<const json::Node*>>& nodes) {
    for (size_t i = generator_.Below(3); i > 0; --i) {
      const json::Node* node = nullptr;
      levels.push_back({Add(kind, node)});
      nodes.push_back({node});
    }
  }

  void FillContext(const Caller& caller, ContextTable& context, oracle::Call& call) {
    const auto set = [&](const std::string& name, std::string value) {
      context.Set(name, value);
      call.context[oracle::Lower(name)] = {{std::move(value)}, false};
    };
    const auto set_list = [&](const std::string& name, std::vector<std::string> values) {
      context.SetList(name, values);
      call.context[oracle::Lower(name)] = {std::move(values), true};
    };
    constexpr std::string_view kTexts[] = {"Ann", "red", "b*", "*", "ALL", "a", ""};
    constexpr std::string_view kAddresses[] = {"10.1.2.3", "10.1.2.2", "192.168.1.1", "8.8.8.8"};
    constexpr std::string_view kTimes[] = {"2026-01-01T00:00:00Z", "2026-06-15T00:00:00Z", "2030-01-01T00:00:00Z"};
    constexpr std::string_view kAges[] = {"300", "0", "10"};
    set("aws:PrincipalArn", std::string(caller.entity_arn.empty() ? caller.arn : caller.entity_arn));
    set("aws:SourceIp", std::string(generator_.Pick(kAddresses)));
    set("aws:CurrentTime", std::string(generator_.Pick(kTimes)));
    set("aws:SecureTransport", generator_.OneIn(2) ? "true" : "false");
    if (generator_.OneIn(2)) {
      set("aws:username", std::string(generator_.Pick(kTexts)));
    }
    if (generator_.OneIn(2)) {
      set("aws:PrincipalTag/team", std::string(generator_.Pick(kTexts)));
    }
    if (generator_.OneIn(2)) {
      set("custom:key", std::string(generator_.Pick(kTexts)));
    }
    if (generator_.OneIn(2)) {
      set("aws:MultiFactorAuthAge", std::string(generator_.Pick(kAges)));
    }
    if (generator_.OneIn(2)) {
      set("dynamodb:Select", "ALL");
    }
    for (const char* name : {"dynamodb:LeadingKeys", "dynamodb:Attributes", "aws:TagKeys"}) {
      if (generator_.OneIn(2)) {
        std::vector<std::string> values;
        for (size_t i = generator_.Below(4); i > 0; --i) {
          values.emplace_back(generator_.Pick(kTexts));
        }
        set_list(name, std::move(values));
      }
    }
  }

  std::string Describe(const oracle::Call& call) const {
    std::string text = call.arn + " " + call.action + " " + call.resource + "\n";
    for (const auto& [name, key] : call.context) {
      text += name + " =";
      for (const std::string& value : key.values) {
        text += " '" + value + "'";
      }
      text += "\n";
    }
    for (const Twin& twin : twins_) {
      text += std::to_string(static_cast<int>(twin.document.kind())) + ": " + twin.text + "\n";
    }
    return text;
  }

  Generator generator_;
  std::deque<Twin> twins_;
  Policies policies_;
  oracle::Layers layers_;
  std::vector<std::vector<const Document*>> scp_, rcp_;
  std::vector<Documents> scp_levels_, rcp_levels_;
  std::vector<const Document*> identity_, session_;
};

TEST(PolicyProperty, EvaluatesAsTheRulesSay) {
  std::map<std::string, size_t> answers;
  for (uint64_t seed = 1; seed <= kSets; ++seed) {
    Round round(seed);
    for (size_t i = 0; i < kRequestsASet; ++i) {
      ASSERT_TRUE(round.Compare()) << "seed " << seed;
    }
    for (const auto& [answer, count] : round.answers) {
      answers[answer] += count;
    }
  }
  // Every answer occurs, often enough to mean something.
  for (const char* answer : {"allowed", "deny SCP", "deny RCP", "deny V", "deny R", "deny I", "deny B", "deny S",
                             "silent SCP", "silent V", "silent R", "silent I", "silent B", "silent S"}) {
    EXPECT_GT(answers[answer], 100U) << answer;
  }
}

}  // namespace
}  // namespace basalt::policy
