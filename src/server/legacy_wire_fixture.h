// What the wire tests of legacy parameters share: three tables, and the requests most of them send.
#pragma once

#include <string>
#include <string_view>

#include "server/wire_fixture.h"

namespace basalt::server {

// An entry of a legacy map; `values` = the elements of its AttributeValueList, if it has one.
inline std::string Condition(std::string_view comparator, std::string_view values = "") {
  return fmt::format("{{'ComparisonOperator':'{}'{}}}", comparator,
                     values.empty() ? "" : fmt::format(",'AttributeValueList':[{}]", values));
}

class LegacyWireTest : public WireTest {
 protected:
  void SetUp() override {
    CreateTable("Single", "S");
    CreateTable("Pair", "S", "N");
    CreateTable("Words", "S", "S");
  }

  void Put(std::string_view table, std::string_view item) {
    ASSERT_EQ(Send("PutItem", fmt::format("{{'TableName':'{}','Item':{}}}", table, item)), "{}");
  }
  std::string Item(std::string_view pk) {
    return Send("GetItem", fmt::format("{{'TableName':'Single','Key':{{'pk':{{'S':'{}'}}}}}}", pk));
  }

  std::string Update(std::string_view pk, std::string_view updates, std::string_view members = "") {
    return Send("UpdateItem",
                fmt::format("{{'TableName':'Single','Key':{{'pk':{{'S':'{}'}}}},'AttributeUpdates':{}{}}}", pk, updates,
                            members));
  }
};

inline std::string Attributes(std::string_view item) { return Quoted(fmt::format("{{'Attributes':{}}}", item)); }
inline std::string Mixed(std::string_view legacy, std::string_view expressions) {
  return Invalid(
      fmt::format("Can not use both expression and non-expression parameters in the same request: Non-expression "
                  "parameters: {{{}}} Expression parameters: {{{}}}",
                  legacy, expressions));
}

}  // namespace basalt::server
