// Throttling of statements on the wire: each of the three operations is held to units as the classic call of the same
// meaning is, is charged what that is, and says so in its own way.
#include <string>
#include <string_view>
#include <vector>

#include "server/partiql_fixture.h"
#include "server/throttling_fixture.h"

namespace basalt::server {
namespace {

class PartiqlThrottlingTest : public ThrottlingTest {
 protected:
  std::string Execute(std::string_view text, std::string_view members = "") {
    return SendRaw("ExecuteStatement", Statement(text, "", members)).body;
  }
  std::string Batch(const std::vector<std::string>& statements, std::string_view members = "") {
    return SendRaw("BatchExecuteStatement", ListOf("Statements", statements, members)).body;
  }
  std::string Transact(const std::vector<std::string>& statements) {
    return SendRaw("ExecuteTransaction", ListOf("TransactStatements", statements)).body;
  }

  // What the answers of calls that are refused become in a batch or a transaction.
  static std::string CodeIn(const Mode& mode) {
    return mode.name == "PROVISIONED" ? "ProvisionedThroughputExceeded" : "ThrottlingError";
  }
  static std::string Failed(const Mode& mode, const std::string& refused, std::string_view table) {
    return fmt::format(R"({{"Error":{{"Code":"{}","Message":{}}},"TableName":"{}"}})", CodeIn(mode),
                       MemberOf(refused, "message"), table);
  }
  static std::string ReasonOf(const Mode& mode, const std::string& refused) {
    return fmt::format(R"({{"Code":"{}","Message":{}}})", CodeIn(mode), MemberOf(refused, "message"));
  }
  static std::string Where(std::string_view pk) { return fmt::format(" WHERE pk = '{}' AND sk = 's'", pk); }
  static std::string InsertInto(std::string_view table, std::string_view pk, std::string_view more = "") {
    return fmt::format("INSERT INTO {} VALUE {{'pk':'{}','sk':'s'{}{}}}", table, pk, more.empty() ? "" : ",", more);
  }
};

constexpr const char* kNothing = R"({"Items":[]})";

TEST_F(PartiqlThrottlingTest, EveryReadIsHeldToTheUnitsOfWhatItReads) {
  for (const Mode& mode : Modes()) {
    const std::string table = mode.name;
    Create(table, mode, mode.limits(1, 0), mode.limits(1, 0), mode.limits(0, 0));
    ASSERT_EQ(Send("PutItem", PutOf(table, Item("big", "'x':{'S':'x'},'y':{'S':'y'}," + Text(kBigBytes)))), "{}");
    const std::string get = "SELECT sk FROM " + table + Where("big");
    while (Execute(get, "'ConsistentRead':true").starts_with("{\"Items\":")) {
    }
    const std::string refused = mode.refused({{"TableRead", table}});
    const std::vector<std::string> reads = {
        get,
        "SELECT * FROM " + table + Where("none"),
        "SELECT sk FROM " + table + " WHERE pk = 'big'",
        "SELECT sk FROM " + table + " WHERE pk IN ['none', 'big']",
        "SELECT sk FROM " + table + " WHERE pk IN ['none', 'big'] ORDER BY sk",
        "SELECT sk FROM " + table,
        "SELECT sk FROM " + table + ".local WHERE pk = 'big'",
    };
    for (const std::string& read : reads) {
      EXPECT_EQ(Execute(read), refused) << read;
    }
    // A global index has units of its own.
    const std::string by_x = "SELECT sk FROM " + table + ".\"by-x\" WHERE x = 'x'";
    while (Execute(by_x).starts_with("{\"Items\":")) {
    }
    EXPECT_EQ(Execute(by_x), mode.refused({{"IndexRead", table + "/index/by-x"}}));
    EXPECT_EQ(Execute("SELECT sk FROM " + table + ".\"by-y\" WHERE y = 'y'"), Quoted("{'Items':[{'sk':{'S':'s'}}]}"));
    EXPECT_EQ(Execute(InsertInto(table, "new")), kNothing);
    for (const std::string& read : reads) {
      clock.AdvanceMs(400 * kSecondMs);
      EXPECT_EQ(Execute(read).find("__type"), std::string::npos) << read;
    }
  }
}

TEST_F(PartiqlThrottlingTest, EveryWriteIsHeldToTheUnitsOfWhatItTouches) {
  for (const Mode& mode : Modes()) {
    const std::string table = mode.name;
    Create(table, mode, mode.limits(0, 1), mode.limits(0, 1), mode.limits(0, 0));
    ASSERT_EQ(Send("PutItem", PutOf(table, Item("kept", "'x':{'S':'k'}"))), "{}");
    clock.AdvanceMs(10 * kSecondMs);
    ASSERT_EQ(Send("PutItem", PutOf(table, Item("big", "'x':{'S':'x'}," + Text(kBigBytes)))), "{}");
    const std::string no_table = mode.refused({{"TableWrite", table}});
    const std::vector<std::string> writes = {
        InsertInto(table, "new"),
        "UPDATE " + table + " SET v = 1" + Where("kept"),
        "DELETE FROM " + table + Where("kept"),
        "DELETE FROM " + table + Where("none"),
        "UPDATE " + table + " SET v = 1" + Where("none"),
    };
    for (const std::string& write : writes) {
      EXPECT_EQ(Execute(write), no_table) << write;
    }
    // The table has units again; the index, which has paid as much, is a unit behind.
    const int64_t kept_s = mode.name == "PROVISIONED" ? 300 : 1;
    clock.AdvanceMs((400 - kept_s) * kSecondMs + 1);
    const std::string no_index = mode.refused({{"IndexWrite", table + "/index/by-x"}});
    ASSERT_EQ(Send("PutItem", PutOf(table, Item("kept", "'x':{'S':'other'}"))), "{}") << "two units of the index";
    clock.AdvanceMs(kSecondMs);
    EXPECT_EQ(Execute("DELETE FROM " + table + Where("kept")), no_index);
    EXPECT_EQ(Execute("UPDATE " + table + " SET v = 1" + Where("kept")), no_index);
    EXPECT_EQ(Execute(InsertInto(table, "new", "'x':'x'")), no_index);
    EXPECT_EQ(Send("GetItem", KeyOf(table, "new")), "{}");
    EXPECT_EQ(Send("GetItem", KeyOf(table, "kept")), Quoted("{'Item':" + Item("kept", "'x':{'S':'other'}") + "}"));
    EXPECT_EQ(Execute(InsertInto(table, "new")), kNothing) << "what does not touch the index goes on";
  }
}

TEST_F(PartiqlThrottlingTest, StatementsAreChargedWhatTheyCost) {
  constexpr int kUnits = 50;
  const Mode& mode = Modes()[1];
  Create("Orders", mode, Maximum(kUnits, kUnits));
  const std::string no_writes = OverMaximum({{"TableWrite", "Orders"}});
  const std::string no_reads = OverMaximum({{"TableRead", "Orders"}});
  struct Case {
    std::string statement;
    int writes;
    int reads;
  };
  const std::string one = "SELECT sk FROM Orders" + Where("x");
  for (const Case& charged : std::vector<Case>{
           {InsertInto("Orders", "new", "'v':'" + std::string(2100, 'x') + "'"), 3, 0},
           {InsertInto("Orders", "x", "'v':'" + std::string(2100, 'x') + "'"), 3, 0},  // there is one: it has its price
           {"UPDATE Orders SET w = 1" + Where("x"), 5, 0},
           {"UPDATE Orders REMOVE v" + Where("x"), 5, 0},
           {"UPDATE Orders SET w = 1" + Where("none"), 1, 0},
           {"UPDATE Orders SET w = 1" + Where("x") + " AND v = 1", 5, 0},
           {"DELETE FROM Orders" + Where("x"), 5, 0},
           {"DELETE FROM Orders" + Where("none"), 1, 0},
           {one, 0, 2},
           {one + " AND v = 'other'", 0, 2},
           {"SELECT sk FROM Orders" + Where("none"), 0, 1},
           {"SELECT sk FROM Orders WHERE pk = 'x'", 0, 2},
           {"SELECT sk FROM Orders WHERE pk IN ['x', 'none']", 0, 3},
           // What is refused otherwise has none.
           {"SELECT sk FROM Orders WHERE pk = 1", 0, 0},
           {InsertInto("Orders", ""), 0, 0},
           {"UPDATE Orders SET v = v + 1" + Where("x"), 0, 0},
       }) {
    ASSERT_EQ(Send("DeleteItem", KeyOf("Orders", "new")), "{}");
    ASSERT_EQ(Send("PutItem", PutOf("Orders", Item("x", Text(5000)))), "{}");
    clock.AdvanceMs(kSecondMs);
    Execute(charged.statement, "'ConsistentRead':true");
    EXPECT_EQ(kUnits - ReadsAnswered("Orders", no_reads), charged.reads) << charged.statement;
    EXPECT_EQ(kUnits - PutsAnswered("Orders", no_writes), charged.writes) << charged.statement;
    clock.AdvanceMs(kSecondMs);
  }
}

TEST_F(PartiqlThrottlingTest, AStatementOfABatchThatLacksUnitsFailsOnItsOwn) {
  for (const Mode& mode : Modes()) {
    const std::string few = mode.name + "_few";
    const std::string many = mode.name + "_many";
    Create(few, mode, mode.limits(1, 1));
    Create(many, mode, mode.limits(0, 0), mode.limits(0, 1), mode.limits(0, 0));
    ASSERT_EQ(Send("PutItem", PutOf(few, Item("big", Text(kBigBytes)))), "{}");
    ASSERT_EQ(Send("PutItem", PutOf(many, Item("big", "'x':{'S':'x'}," + Text(kBigBytes)))), "{}");
    const std::string no_table = Failed(mode, mode.refused({{"TableWrite", few}}), few);
    const std::string no_index = Failed(mode, mode.refused({{"IndexWrite", many + "/index/by-x"}}), many);
    EXPECT_EQ(Batch({Statement(InsertInto(few, "1")), Statement(InsertInto(many, "1")),
                     Statement(InsertInto(many, "2", "'x':'x'")), Statement("DELETE FROM " + few + Where("big"))},
                    "'ReturnConsumedCapacity':'TOTAL'"),
              fmt::format(R"({{"Responses":[{},{{"TableName":"{}"}},{},{}],)"
                          R"("ConsumedCapacity":[{{"TableName":"{}","CapacityUnits":1.0}}]}})",
                          no_table, many, no_index, no_table, many));
    // That none has any is no failure of the call.
    EXPECT_EQ(Batch({Statement(InsertInto(few, "1"))}), fmt::format(R"({{"Responses":[{}]}})", no_table));
    EXPECT_EQ(Send("GetItem", KeyOf(few, "1")), "{}");

    const std::string get = Statement("SELECT sk FROM " + few + Where("big"));
    while (Batch({get}).find("Error") == std::string::npos) {
    }
    EXPECT_EQ(Batch({get, Statement("SELECT sk FROM " + many + Where("1"))}),
              fmt::format(R"({{"Responses":[{},{{"TableName":"{}","Item":{{"sk":{{"S":"s"}}}}}}]}})",
                          Failed(mode, mode.refused({{"TableRead", few}}), few), many));
  }
}

TEST_F(PartiqlThrottlingTest, ATransactionOfStatementsIsCancelledForWantOfUnits) {
  for (const Mode& mode : Modes()) {
    const std::string few = mode.name + "_few";
    const std::string many = mode.name + "_many";
    const std::string code = CodeIn(mode);
    Create(few, mode, mode.limits(1, 1));
    Create(many, mode, mode.limits(0, 0), mode.limits(0, 1), mode.limits(0, 0));
    ASSERT_EQ(Send("PutItem", PutOf(few, Item("big", Text(kBigBytes)))), "{}");
    ASSERT_EQ(Send("PutItem", PutOf(many, Item("big", "'x':{'S':'x'}," + Text(kBigBytes)))), "{}");
    const std::string none = R"({"Code":"None"})";
    EXPECT_EQ(Transact({Statement(InsertInto(many, "1")), Statement(InsertInto(few, "1"))}),
              Canceled("None, " + code, none + "," + ReasonOf(mode, mode.refused({{"TableWrite", few}}))));
    EXPECT_EQ(
        Transact({Statement(InsertInto(many, "1", "'x':'x'")), Statement(InsertInto(many, "2"))}),
        Canceled(code + ", None", ReasonOf(mode, mode.refused({{"IndexWrite", many + "/index/by-x"}})) + "," + none));
    EXPECT_EQ(Send("GetItem", KeyOf(many, "1")), "{}");
    const std::string get = Statement("SELECT sk FROM " + few + Where("big"));
    while (Transact({get}).starts_with("{\"Responses\":")) {
    }
    EXPECT_EQ(Transact({Statement("SELECT sk FROM " + many + Where("1")), get}),
              Canceled("None, " + code, none + "," + ReasonOf(mode, mode.refused({{"TableRead", few}}))));
  }
}

TEST_F(PartiqlThrottlingTest, WhatIsWrongWithAStatementIsSaidBeforeItsTableIsFoundToLackUnits) {
  Create("Orders", Modes()[0], Provisioned(1, 1));
  ASSERT_EQ(Send("PutItem", PutOf("Orders", Item("big", Text(kBigBytes)))), "{}");
  const std::string get = "SELECT sk FROM Orders" + Where("big");
  while (Execute(get, "'ConsistentRead':true").starts_with("{\"Items\":")) {
  }
  const std::string mismatch = Invalid("NextToken does not match request");
  EXPECT_EQ(Execute("SELECT sk FROM Orders", "'NextToken':'made up'"), mismatch);
  EXPECT_EQ(Execute(get, "'NextToken':'made up'"), mismatch);
  EXPECT_EQ(Execute("SELECT sk FROM Orders WHERE pk = 1"),
            InvalidParameter("Condition parameter type does not match schema type"));
  EXPECT_EQ(Execute("UPDATE Orders SET pk = 'x'" + Where("big")),
            InvalidParameter("Cannot update attribute pk. This attribute is part of the key"));
  const std::string several = Invalid("Transaction request cannot include multiple operations on one item");
  EXPECT_EQ(Transact({Statement(get), Statement(get)}), several);
  EXPECT_EQ(Transact({Statement(InsertInto("Orders", "1")), Statement(InsertInto("Orders", "1"))}), several);
}

}  // namespace
}  // namespace basalt::server
