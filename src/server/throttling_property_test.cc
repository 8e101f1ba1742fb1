// A property of throttling: random calls on a table with maxima are admitted exactly while there are units for them, by
// an account kept of what the answers tell that was consumed. So each is charged what it says, in the table or the
// index that it says, whatever operation it is.
#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "json/node.h"
#include "server/partiql_fixture.h"
#include "server/throttling_fixture.h"

namespace basalt::server {
namespace {

constexpr int64_t kThousand = 1'000;  // units are counted in thousandths

// Units a second of the table (its name is empty) and of its global indexes, and what is left of them.
struct Account {
  int64_t units_per_s = 0;
  int64_t balance = 0;

  void Advance(int64_t duration_ms) {
    balance = std::min(units_per_s * kThousand, balance + units_per_s * duration_ms);
  }
};
using Accounts = std::map<std::string, Account>;
using Told = std::map<std::string, int64_t>;

struct RandomCall {
  std::string operation;
  std::string body;
  bool writes = false;
  std::string admitted_by = "";  // the index that is read
};

class ThrottlingPropertyTest : public ThrottlingTest {
 protected:
  void SetUp() override {
    reads_ = {{"", {31, 0}}, {"by-x", {17, 0}}, {"by-y", {1000, 0}}};
    writes_ = {{"", {43, 0}}, {"by-x", {23, 0}}, {"by-y", {11, 0}}};
    const auto maximum = [this](const std::string& name) {
      return Maximum(reads_[name].units_per_s, writes_[name].units_per_s);
    };
    Create("Orders", Modes()[1], maximum(""), maximum("by-x"), maximum("by-y"));
    for (Accounts* accounts : {&reads_, &writes_}) {
      for (auto& [name, account] : *accounts) {
        account.balance = account.units_per_s * kThousand;
      }
    }
  }

  size_t Below(size_t bound) { return random_() % bound; }
  bool Chance(size_t one_in) { return Below(one_in) == 0; }
  std::string AnyKey() { return std::string(1, static_cast<char>('a' + Below(6))); }
  std::string AnyItem(std::string_view pk) {
    std::string attributes = Text(Below(7'000));
    for (const char* name : {"x", "y", "l"}) {
      attributes += Chance(2) ? "" : fmt::format(",'{}':{{'S':'{}'}}", name, Below(3));
    }
    return Item(pk, attributes);
  }
  std::string Asking() { return Chance(2) ? ",'ConsistentRead':true" : ""; }

  RandomCall AnyCall() {
    const std::string telling = ",'ReturnConsumedCapacity':'INDEXES'";
    const std::string pk = AnyKey();
    const std::string other = pk == "a" ? "b" : "a";
    const auto put = [&](const std::string& key) { return "{'PutRequest':{'Item':" + AnyItem(key) + "}}"; };
    switch (Below(14)) {
      case 0:
      case 1:
        return {"PutItem", PutOf("Orders", AnyItem(pk), telling), true};
      case 2:
        return {"UpdateItem",
                KeyOf("Orders", pk,
                      fmt::format("{},'UpdateExpression':'SET x = :v REMOVE y','ExpressionAttributeValues':{{':v':"
                                  "{{'S':'{}'}}}}",
                                  telling, Below(3))),
                true};
      case 3:
        return {"DeleteItem", KeyOf("Orders", pk, telling), true};
      case 4:
        return {
            "BatchWriteItem",
            "{'RequestItems':{'Orders':[" + put(pk) + ",{'DeleteRequest':{'Key':" + Key(other) + "}}]}" + telling + "}",
            true};
      case 5:
        return {"TransactWriteItems",
                fmt::format("{{'TransactItems':[{{'Put':{{'TableName':'Orders','Item':{}}}}},{{'ConditionCheck':"
                            "{{'TableName':'Orders','Key':{},'ConditionExpression':'NOT pk = sk'}}}}]{}}}",
                            AnyItem(pk), Key(other), telling),
                true};
      case 6:
        return {"ExecuteStatement",
                Statement(fmt::format("DELETE FROM Orders WHERE pk = '{}' AND sk = 's'", pk), "", telling.substr(1)),
                true};
      case 7:
        return {"GetItem", KeyOf("Orders", pk, Asking() + telling)};
      case 8:
        return {"BatchGetItem", "{'RequestItems':{'Orders':{'Keys':[" + Key(pk) + "," + Key(other) + "]" + Asking() +
                                    "}}" + telling + "}"};
      case 9:
        return {"TransactGetItems",
                fmt::format("{{'TransactItems':[{{'Get':{{'TableName':'Orders','Key':{}}}}}]{}}}", Key(pk), telling)};
      case 10:
        return {"Scan", "{'TableName':'Orders'" + Asking() + telling + (Chance(2) ? ",'IndexName':'local'}" : "}")};
      case 11:
        return {"Query", IndexQueryOf("Orders", "x", std::to_string(Below(3)), telling), false, "by-x"};
      case 12:
        return {
            "ExecuteStatement",
            Statement(fmt::format("SELECT sk FROM Orders.\"by-y\" WHERE y = '{}'", Below(3)), "", telling.substr(1)),
            false, "by-y"};
      default:
        return {"ExecuteStatement", Statement(fmt::format("SELECT sk FROM Orders WHERE pk IN ['{}', '{}']", pk, other),
                                              "", telling.substr(1) + Asking())};
    }
  }

  // What an answer tells, by who pays: what local indexes take, their table gives.
  static Told ToldIn(const json::Node& answer) {
    const json::Node* consumed = answer.Find("ConsumedCapacity");
    if (consumed == nullptr) {
      return {};
    }
    const json::Node& of_table = consumed->kind == json::Kind::kArray ? consumed->elements.front() : *consumed;
    const auto units = [](const json::Node& part) {
      const json::Node& number = *part.Find("CapacityUnits");
      return number.kind == json::Kind::kInteger ? number.integer * kThousand
                                                 : static_cast<int64_t>(number.real * kThousand);
    };
    Told told;
    told[""] = units(*of_table.Find("Table"));
    if (const json::Node* indexes = of_table.Find("LocalSecondaryIndexes")) {
      for (const json::Member& index : indexes->members) {
        told[""] += units(index.value);
      }
    }
    if (const json::Node* indexes = of_table.Find("GlobalSecondaryIndexes")) {
      for (const json::Member& index : indexes->members) {
        told[std::string(index.name)] = units(index.value);
      }
    }
    return told;
  }

  // Whether it was refused.
  bool Make(const RandomCall& call) {
    Accounts& accounts = call.writes ? writes_ : reads_;
    const bool is_statement = call.operation == "ExecuteStatement";  // with quotes of its own
    const std::string body = SendRaw(call.operation, is_statement ? call.body : Quoted(call.body)).body;
    Arena arena;
    const Result<json::Node> answer = json::Parse(body, arena);
    if (!answer.ok()) {
      ADD_FAILURE() << body;
      return false;
    }
    const bool is_refused = answer->Find("__type") != nullptr;
    if (accounts[call.admitted_by].balance <= 0) {
      EXPECT_TRUE(is_refused) << "without units: " << call.operation << "\n" << body.substr(0, 500);
    } else if (is_refused) {
      // Then it touches an index that has none.
      EXPECT_TRUE(call.writes && (accounts["by-x"].balance <= 0 || accounts["by-y"].balance <= 0))
          << call.operation << " has " << accounts[call.admitted_by].balance << "\n"
          << body.substr(0, 500);
      EXPECT_NE(body.find(call.operation == "TransactWriteItems" ? "ThrottlingError" : "IndexWriteMaxOnDemand"),
                std::string::npos)
          << body.substr(0, 500);
    }
    for (const auto& [name, units] : is_refused ? Told() : ToldIn(*answer)) {
      EXPECT_TRUE(units == 0 || accounts.at(name).balance > 0) << call.operation << " took units of " << name;
      accounts.at(name).balance -= units;
    }
    return is_refused;
  }

  void Advance(int64_t duration_ms) {
    clock.AdvanceMs(duration_ms);
    for (Accounts* accounts : {&reads_, &writes_}) {
      for (auto& [name, account] : *accounts) {
        account.Advance(duration_ms);
      }
    }
  }

  std::mt19937 random_{11};
  Accounts reads_;
  Accounts writes_;
};

TEST_F(ThrottlingPropertyTest, CallsAreAdmittedWhileThereIsWhatTheyTellThatTheyTake) {
  int refused = 0;
  int admitted = 0;
  for (int i = 0; i < 6'000 && !HasFailure(); ++i) {
    (Make(AnyCall()) ? refused : admitted) += 1;
    if (Chance(3)) {
      Advance(static_cast<int64_t>(Below(400)));
    }
  }
  EXPECT_GT(refused, 300);
  EXPECT_GT(admitted, 500);
}

}  // namespace
}  // namespace basalt::server
