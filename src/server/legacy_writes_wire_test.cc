// Expected and AttributeUpdates on the wire: what they do, what they return, what they cost.
#include <string>
#include <utility>

#include "server/legacy_wire_fixture.h"

namespace basalt::server {
namespace {

using LegacyWritesTest = LegacyWireTest;

TEST_F(LegacyWritesTest, ExpectedDecidesAboutEachWrite) {
  Put("Single",
      "{'pk':{'S':'a'},'v':{'N':'1'},'s':{'SS':['x','y']},'m':{'M':{'k':{'L':[{'N':'1.0'}]}}},"
      "'t':{'BOOL':true},'d.d':{'S':'dot'}}");
  const auto update = [this](std::string_view expected, std::string_view connective = "") {
    const std::string answer =
        Update("a", "{'w':{'Action':'ADD','Value':{'N':'1'}}}",
               fmt::format(",'Expected':{}{}", expected,
                           connective.empty() ? "" : fmt::format(",'ConditionalOperator':'{}'", connective)));
    return answer == "{}" ? "holds" : answer == ConditionFailed() ? "fails" : answer;
  };
  for (const std::string expected : {
           "{}",
           "{'v':{'Value':{'N':'1.00'}}}",
           "{'v':{'Exists':true,'Value':{'N':'1'}}}",
           "{'x':{'Exists':false}}",
           "{'t':{'Value':{'BOOL':true}}}",
           "{'t':{'ComparisonOperator':'EQ','AttributeValueList':[{'BOOL':true}]}}",
           "{'s':{'ComparisonOperator':'EQ','Value':{'SS':['y','x']}}}",
           "{'m':{'ComparisonOperator':'EQ','AttributeValueList':[{'M':{'k':{'L':[{'N':'1'}]}}}]}}",
           "{'m':{'ComparisonOperator':'NE','AttributeValueList':[{'M':{}}]}}",
           "{'d.d':{'Value':{'S':'dot'}}}",
           "{'x':{'ComparisonOperator':'NE','Value':{'N':'1'}}}",
           "{'x':{'ComparisonOperator':'NOT_CONTAINS','Value':{'N':'1'}}}",
           "{'x':{'ComparisonOperator':'NULL'}}",
           "{'x':{'ComparisonOperator':'NULL','AttributeValueList':[]}}",
           "{'v':{'ComparisonOperator':'NOT_NULL'}}",
           "{'s':{'ComparisonOperator':'CONTAINS','Value':{'S':'x'}}}",
           "{'s':{'ComparisonOperator':'NOT_CONTAINS','Value':{'S':'z'}}}",
           "{'v':{'ComparisonOperator':'IN','AttributeValueList':[{'N':'3'},{'N':'2'},{'N':'1'}]}}",
           "{'v':{'ComparisonOperator':'BETWEEN','AttributeValueList':[{'N':'1'},{'N':'1'}]}}",
           "{'d.d':{'ComparisonOperator':'BEGINS_WITH','Value':{'S':'do'}}}",
           "{'v':{'ComparisonOperator':'LE','Value':{'N':'1'}}}",
           "{'v':{'ComparisonOperator':'GE','Value':{'N':'1'}}}",
           "{'v':{'Value':{'N':'2'}},'v':{'Value':{'N':'1'}}}",
       }) {
    EXPECT_EQ(update(expected), "holds") << expected;
  }
  for (const std::string expected : {
           "{'v':{'Value':{'S':'1'}}}",
           "{'v':{'Exists':false}}",
           "{'x':{'Value':{'N':'1'}}}",
           "{'d.d':{'Value':{'S':'dots'}}}",
           "{'m.k':{'ComparisonOperator':'NOT_NULL'}}",
           "{'x':{'ComparisonOperator':'EQ','Value':{'N':'1'}}}",
           "{'x':{'ComparisonOperator':'CONTAINS','Value':{'N':'1'}}}",
           "{'s':{'ComparisonOperator':'NOT_CONTAINS','Value':{'S':'x'}}}",
           "{'v':{'ComparisonOperator':'NE','Value':{'N':'1'}}}",
           "{'v':{'ComparisonOperator':'LT','Value':{'N':'1'}}}",
           "{'v':{'ComparisonOperator':'GT','Value':{'N':'1'}}}",
           "{'v':{'ComparisonOperator':'GE','Value':{'S':'0'}}}",
           "{'v':{'ComparisonOperator':'IN','AttributeValueList':[{'S':'1'}]}}",
           "{'v':{'Value':{'N':'1'}},'v':{'Value':{'N':'2'}}}",
       }) {
    EXPECT_EQ(update(expected), "fails") << expected;
  }
  const std::string both = "{'v':{'Value':{'N':'1'}},'x':{'Exists':false}}";
  const std::string first = "{'v':{'Value':{'N':'1'}},'x':{'ComparisonOperator':'NOT_NULL'}}";
  const std::string neither = "{'v':{'Value':{'N':'2'}},'x':{'ComparisonOperator':'NOT_NULL'}}";
  EXPECT_EQ(update(both), "holds");
  EXPECT_EQ(update(both, "OR"), "holds");
  EXPECT_EQ(update(first), "fails");
  EXPECT_EQ(update(first, "AND"), "fails");
  EXPECT_EQ(update(first, "OR"), "holds");
  EXPECT_EQ(update(neither, "OR"), "fails");

  // A missing item has no attributes; Put and Delete decide alike; the item is shown when asked for.
  const std::string body = ConditionFailed();
  Check({
      {"PutItem", "{'TableName':'Single','Item':{'pk':{'S':'a'}},'Expected':{'pk':{'Exists':false}}}", body},
      {"PutItem", "{'TableName':'Single','Item':{'pk':{'S':'b'}},'Expected':{'pk':{'Exists':false}}}", "{}"},
      {"PutItem", "{'TableName':'Single','Item':{'pk':{'S':'b'}},'Expected':{'pk':{'Exists':false}}}", body},
      {"PutItem", "{'TableName':'Single','Item':{'pk':{'S':'c'}},'Expected':{'v':{'Value':{'N':'1'}}}}", body},
      {"DeleteItem",
       "{'TableName':'Single','Key':{'pk':{'S':'b'}},'Expected':{'v':{'Value':{'N':'1'}}},"
       "'ReturnValuesOnConditionCheckFailure':'ALL_OLD'}",
       body.substr(0, body.size() - 1) + Quoted(",'Item':{'pk':{'S':'b'}}}")},
      {"DeleteItem",
       "{'TableName':'Single','Key':{'pk':{'S':'b'}},'Expected':{'v':{'Exists':false}},'ReturnValues':'ALL_OLD'}",
       Attributes("{'pk':{'S':'b'}}")},
      {"DeleteItem", "{'TableName':'Single','Key':{'pk':{'S':'b'}},'Expected':{'v':{'Exists':false}}}", "{}"},
      {"DeleteItem", "{'TableName':'Single','Key':{'pk':{'S':'b'}},'Expected':{'v':{'ComparisonOperator':'NOT_NULL'}}}",
       body},
  });
}

TEST_F(LegacyWritesTest, AttributeUpdatesPutAddAndDelete) {
  EXPECT_EQ(Update("a",
                   "{'n':{'Value':{'N':'1'}},'s':{'Action':'PUT','Value':{'SS':['x']}},'a.b[0]':{'Value':{'S':'l'}},"
                   "'size':{'Value':{'NULL':true}}}"),
            "{}");
  EXPECT_EQ(Item("a"), Quoted("{'Item':{'a.b[0]':{'S':'l'},'n':{'N':'1'},'pk':{'S':'a'},'s':{'SS':['x']},"
                              "'size':{'NULL':true}}}"));
  EXPECT_EQ(Update("a",
                   "{'n':{'Action':'ADD','Value':{'N':'1.50'}},'s':{'Action':'ADD','Value':{'SS':['z','x']}},"
                   "'a.b[0]':{'Action':'DELETE'},'size':{'Action':'DELETE'},'gone':{'Action':'DELETE'},"
                   "'l':{'Action':'ADD','Value':{'L':[{'N':'1'}]}},'ns':{'Action':'ADD','Value':{'NS':['2','1']}},"
                   "'c':{'Action':'ADD','Value':{'N':'-3'}},'bs':{'Action':'ADD','Value':{'BS':['AA==']}}}"),
            "{}");
  EXPECT_EQ(Item("a"), Quoted("{'Item':{'bs':{'BS':['AA==']},'c':{'N':'-3'},'l':{'L':[{'N':'1'}]},'n':{'N':'2.5'},"
                              "'ns':{'NS':['1','2']},'pk':{'S':'a'},'s':{'SS':['x','z']}}}"));
  EXPECT_EQ(Update("a",
                   "{'l':{'Action':'ADD','Value':{'L':[{'S':'two'},{'L':[]}]}},"
                   "'s':{'Action':'DELETE','Value':{'SS':['x','none']}},"
                   "'ns':{'Action':'DELETE','Value':{'NS':['1.0','2']}},'bs':{'Action':'DELETE'},"
                   "'gone':{'Action':'DELETE','Value':{'SS':['x']}},'n':{'Value':{'N':'1'}},"
                   "'n':{'Action':'ADD','Value':{'N':'1'}}}"),
            "{}");
  EXPECT_EQ(Item("a"), Quoted("{'Item':{'c':{'N':'-3'},'l':{'L':[{'N':'1'},{'S':'two'},{'L':[]}]},'n':{'N':'3.5'},"
                              "'pk':{'S':'a'},'s':{'SS':['z']}}}"));
  EXPECT_EQ(Update("a", "{'l':{'Action':'ADD','Value':{'L':[]}},'c':{'Value':{'M':{}}}}"), "{}");
  EXPECT_EQ(Item("a"), Quoted("{'Item':{'c':{'M':{}},'l':{'L':[{'N':'1'},{'S':'two'},{'L':[]}]},'n':{'N':'3.5'},"
                              "'pk':{'S':'a'},'s':{'SS':['z']}}}"));
}

TEST_F(LegacyWritesTest, AMissingItemIsMadeUnlessThereIsOnlyDeleting) {
  const std::string missing = "{}";
  EXPECT_EQ(Update("d", "{'x':{'Action':'DELETE'},'y':{'Action':'DELETE','Value':{'SS':['x']}}}"), "{}");
  EXPECT_EQ(Item("d"), missing);
  EXPECT_EQ(Update("d", "{'x':{'Action':'DELETE'}}", ",'ReturnValues':'ALL_NEW'"), "{}");
  EXPECT_EQ(Item("d"), missing);
  EXPECT_EQ(Update("e", "{'x':{'Action':'DELETE'},'y':{'Action':'ADD','Value':{'N':'1'}}}"), "{}");
  EXPECT_EQ(Item("e"), Quoted("{'Item':{'pk':{'S':'e'},'y':{'N':'1'}}}"));
  EXPECT_EQ(Update("f", "{}"), "{}");
  EXPECT_EQ(Item("f"), Quoted("{'Item':{'pk':{'S':'f'}}}"));
  EXPECT_EQ(Send("UpdateItem", "{'TableName':'Single','Key':{'pk':{'S':'g'}},'Expected':{'x':{'Exists':false}}}"),
            "{}");
  EXPECT_EQ(Item("g"), Quoted("{'Item':{'pk':{'S':'g'}}}"));
}

TEST_F(LegacyWritesTest, AttributeUpdatesReturnWhatTheyAreAskedFor) {
  const auto update = [this](std::string_view updates, std::string_view return_values) {
    return Update("r", updates, fmt::format(",'ReturnValues':'{}'", return_values));
  };
  const std::string add = "{'n':{'Action':'ADD','Value':{'N':'2'}}}";
  EXPECT_EQ(update(add, "UPDATED_OLD"), "{}");
  EXPECT_EQ(update(add, "UPDATED_OLD"), Attributes("{'n':{'N':'2'}}"));
  EXPECT_EQ(update(add, "UPDATED_NEW"), Attributes("{'n':{'N':'6'}}"));
  EXPECT_EQ(update(add, "ALL_OLD"), Attributes("{'n':{'N':'6'},'pk':{'S':'r'}}"));
  EXPECT_EQ(update(add, "ALL_NEW"), Attributes("{'n':{'N':'10'},'pk':{'S':'r'}}"));
  EXPECT_EQ(
      update("{'m':{'Value':{'M':{'k':{'S':'v'}}}},'n':{'Action':'DELETE'},'x':{'Action':'DELETE'}}", "UPDATED_NEW"),
      Attributes("{'m':{'M':{'k':{'S':'v'}}}}"));
  EXPECT_EQ(update("{'m':{'Action':'DELETE'},'n':{'Value':{'S':'new'}}}", "UPDATED_OLD"),
            Attributes("{'m':{'M':{'k':{'S':'v'}}}}"));
  EXPECT_EQ(update("{'n':{'Action':'DELETE'}}", "UPDATED_NEW"), "{}");
  EXPECT_EQ(update("{}", "UPDATED_NEW"), "{}");
  EXPECT_EQ(update("{}", "ALL_NEW"), Attributes("{'pk':{'S':'r'}}"));
}

TEST_F(LegacyWritesTest, UpdatesThatCannotBeAreRefused) {
  const auto no_add = [](std::string_view type) {
    return InvalidParameter(fmt::format("ADD action is not supported for the type {}", type));
  };
  const auto no_delete = [](std::string_view type) {
    return InvalidParameter(fmt::format("DELETE action with value is not supported for the type {}", type));
  };
  for (const auto& [type, value] : {
           std::pair{"S", "{'S':'x'}"},
           std::pair{"B", "{'B':'AA=='}"},
           std::pair{"BOOL", "{'BOOL':false}"},
           std::pair{"NULL", "{'NULL':true}"},
           std::pair{"M", "{'M':{}}"},
       }) {
    EXPECT_EQ(Update("u", fmt::format("{{'a':{{'Action':'ADD','Value':{}}}}}", value)), no_add(type));
    EXPECT_EQ(Update("u", fmt::format("{{'a':{{'Action':'DELETE','Value':{}}}}}", value)), no_delete(type));
  }
  EXPECT_EQ(Update("u", "{'a':{'Action':'DELETE','Value':{'N':'1'}}}"), no_delete("N"));
  EXPECT_EQ(Update("u", "{'a':{'Action':'DELETE','Value':{'L':[]}}}"), no_delete("L"));
  const std::string only_delete =
      InvalidParameter("Only DELETE action is allowed when no attribute value is specified");
  EXPECT_EQ(Update("u", "{'a':{}}"), only_delete);
  EXPECT_EQ(Update("u", "{'a':{'Action':'PUT'}}"), only_delete);
  EXPECT_EQ(Update("u", "{'a':{'Action':'ADD','Value':null}}"), only_delete);
  EXPECT_EQ(Update("u", "{'a':{'Action':'ADD','Value':{'N':''}}}"),
            Invalid("The parameter cannot be converted to a numeric value"));
  EXPECT_EQ(
      Update("u", "{'a':{'Value':{'S':'x','N':'1'}}}"),
      Invalid("Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported "
              "datatypes"));
  EXPECT_EQ(Update("u", "{'':{'Value':{'S':'x'}}}"), Invalid("Empty attribute name"));
  EXPECT_EQ(Update("u", "{'pk':{'Value':{'S':'u'}}}"),
            InvalidParameter("Cannot update attribute pk. This attribute is part of the key"));
  EXPECT_EQ(Update("u", "{'pk':{'Action':'DELETE'}}"),
            InvalidParameter("Cannot update attribute pk. This attribute is part of the key"));

  Put("Single", "{'pk':{'S':'u'},'n':{'N':'9.9E125'},'s':{'SS':['x']},'l':{'L':[]},'t':{'S':'x'}}");
  const std::string mismatch = Invalid("Type mismatch for attribute to update");
  for (const std::string updates : {
           "{'s':{'Action':'ADD','Value':{'N':'1'}}}",
           "{'n':{'Action':'ADD','Value':{'NS':['1']}}}",
           "{'s':{'Action':'ADD','Value':{'BS':['AA==']}}}",
           "{'t':{'Action':'ADD','Value':{'SS':['x']}}}",
           "{'s':{'Action':'ADD','Value':{'L':[]}}}",
           "{'l':{'Action':'ADD','Value':{'N':'1'}}}",
           "{'n':{'Action':'DELETE','Value':{'NS':['1']}}}",
           "{'s':{'Action':'DELETE','Value':{'NS':['1']}}}",
           "{'l':{'Action':'DELETE','Value':{'SS':['x']}}}",
       }) {
    EXPECT_EQ(Update("u", updates), mismatch) << updates;
  }
  EXPECT_EQ(Update("u", "{'n':{'Action':'ADD','Value':{'N':'9.9E125'}}}"),
            Invalid("Number overflow. Attempting to store a number with magnitude larger than supported range"));
  EXPECT_EQ(Update("u", "{'n':{'Action':'ADD','Value':{'N':'1'}}}"),
            Invalid("Attempting to store more than 38 significant digits in a Number"));
  const std::string large(409'600, 'x');
  EXPECT_EQ(Update("u", "{'big':{'Value':{'S':'" + large + "'}}}"),
            Invalid("Item size to update has exceeded the maximum allowed size"));
  EXPECT_EQ(Update("u", "{'l':{'Action':'ADD','Value':{'L':[{'S':'" + large + "'}]}}}"),
            Invalid("Item size to update has exceeded the maximum allowed size"));
  EXPECT_EQ(Item("u"), Quoted("{'Item':{'l':{'L':[]},'n':{'N':'99" + std::string(124, '0') +
                              "'},'pk':{'S':'u'},'s':{'SS':['x']},'t':{'S':'x'}}}"));
}

TEST_F(LegacyWritesTest, CapacityIsThatOfTheLargerItem) {
  const auto units = [](std::string_view number, std::string_view more = "") {
    return Quoted(fmt::format("{{'ConsumedCapacity':{{'TableName':'Single','CapacityUnits':{}{}}}}}", number, more));
  };
  const std::string total = ",'ReturnConsumedCapacity':'TOTAL','ReturnItemCollectionMetrics':'SIZE'";
  const std::string text(2048 - 4, 'x');  // with "pk", "a" and "v" 2 KiB
  EXPECT_EQ(Update("a", "{'v':{'Value':{'S':'" + text + "'}}}", total), units("2.0"));
  EXPECT_EQ(Update("a", "{'v':{'Value':{'S':'" + text + "x'}}}", total), units("3.0"));
  EXPECT_EQ(Update("a", "{'w':{'Action':'DELETE'}}", total), units("3.0"));
  EXPECT_EQ(Update("a", "{'v':{'Action':'DELETE'}}", ",'ReturnConsumedCapacity':'INDEXES'"),
            units("3.0", ",'Table':{'CapacityUnits':3.0}"));
  EXPECT_EQ(Update("a", "{'v':{'Action':'DELETE'}}", total), units("1.0"));
  EXPECT_EQ(Update("none", "{'v':{'Action':'DELETE'}}", total), units("1.0"));
  const std::string expected = ",'Expected':{'w':{'Exists':false}}" + total + "}";
  Check({
      {"PutItem", "{'TableName':'Single','Item':{'pk':{'S':'a'},'v':{'S':'" + text + "'}}" + expected, units("2.0")},
      {"GetItem",
       "{'TableName':'Single','Key':{'pk':{'S':'a'}},'AttributesToGet':['pk'],'ReturnConsumedCapacity':'TOTAL'}",
       Quoted("{'Item':{'pk':{'S':'a'}},'ConsumedCapacity':{'TableName':'Single','CapacityUnits':0.5}}")},
      {"Scan",
       "{'TableName':'Single','AttributesToGet':['none'],'ScanFilter':{'w':{'ComparisonOperator':'NOT_NULL'}},"
       "'ConsistentRead':true,'ReturnConsumedCapacity':'TOTAL'}",
       Quoted("{'Items':[],'Count':0,'ScannedCount':1,'ConsumedCapacity':{'TableName':'Single','CapacityUnits':1.0}}")},
      {"DeleteItem", "{'TableName':'Single','Key':{'pk':{'S':'a'}}" + expected, units("2.0")},
  });
}

}  // namespace
}  // namespace basalt::server
