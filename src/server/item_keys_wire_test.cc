// Keys of items on the wire: what each operation answers to a key that does not fit the table's, and in which order.
#include <string>
#include <vector>

#include "model/limits.h"
#include "server/wire_fixture.h"

namespace basalt::server {
namespace {

const std::string kEmptyString =
    "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string "
    "value. Key: ";
const std::string kEmptyBinary =
    "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty binary "
    "value. Key: ";
const std::string kHashSize =
    "One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit of2048 bytes";
const std::string kRangeSize =
    "One or more parameter values were invalid: Aggregated size of all range keys has exceeded the size limit of 1024 "
    "bytes";
const std::string kMismatch(kSchemaMismatch);

// An attribute map as a key or within an item, and what is wrong with it: in PutItem, in a Key, in a BatchWriteItem
// put. An empty text: nothing.
struct KeyCase {
  std::string table;
  std::string attributes;
  std::string in_put;
  std::string in_key;
  std::string in_batch_put;
};

class ItemKeysTest : public WireTest {
 protected:
  void SetUp() override {
    CreateTable("Single", "S");
    CreateTable("Pair", "S", "S");
    CreateTable("Numbers", "N", "N");
    CreateTable("Bytes", "B", "B");
  }

  void CheckKeys(const std::vector<KeyCase>& cases) {
    const auto answer = [](const std::string& text, const std::string& success) {
      return text.empty() ? success : Invalid(text);
    };
    for (const KeyCase& key_case : cases) {
      const std::string& map = key_case.attributes;
      const std::string name = "'TableName':'" + key_case.table + "',";
      const auto batch = [&](const std::string& requests) {
        return "{'RequestItems':{'" + key_case.table + "':" + requests + "}}";
      };
      const std::string done = Quoted("{'UnprocessedItems':{}}");
      Check({
          {"GetItem", "{" + name + "'Key':" + map + "}", answer(key_case.in_key, "{}")},
          {"DeleteItem", "{" + name + "'Key':" + map + "}", answer(key_case.in_key, "{}")},
          {"UpdateItem", "{" + name + "'Key':" + map + "}", answer(key_case.in_key, "{}")},
          {"BatchWriteItem", batch("[{'DeleteRequest':{'Key':" + map + "}}]"), answer(key_case.in_key, done)},
          {"BatchGetItem", batch("{'Keys':[" + map + "]}"),
           answer(key_case.in_key, Quoted("{'Responses':{'" + key_case.table + "':[]},'UnprocessedKeys':{}}"))},
          {"PutItem", "{" + name + "'Item':" + map + "}", answer(key_case.in_put, "{}")},
          {"BatchWriteItem", batch("[{'PutRequest':{'Item':" + map + "}}]"), answer(key_case.in_batch_put, done)},
      });
      if (key_case.in_put.empty() && key_case.in_key.empty()) {
        ASSERT_EQ(Send("DeleteItem", "{" + name + "'Key':" + map + "}"), "{}");
      }
    }
  }
};

std::string Mismatched(std::string_view name, std::string_view expected, std::string_view actual) {
  return fmt::format("One or more parameter values were invalid: Type mismatch for key {} expected: {} actual: {}",
                     name, expected, actual);
}

std::string Missing(std::string_view name) {
  return fmt::format("One or more parameter values were invalid: Missing the key {} in the item", name);
}

TEST_F(ItemKeysTest, EveryAttributeMustBeThere) {
  CheckKeys({
      {"Single", "{}", Missing("pk"), kMismatch, kMismatch},
      {"Single", "{'PK':{'S':'a'}}", Missing("pk"), kMismatch, kMismatch},
      {"Pair", "{}", Missing("pk"), kMismatch, kMismatch},
      {"Pair", "{'pk':{'S':'a'}}", Missing("sk"), kMismatch, kMismatch},
      {"Pair", "{'sk':{'S':'a'}}", Missing("pk"), kMismatch, kMismatch},
      {"Pair", "{'pk':{'S':'a'},'x':{'S':'b'}}", Missing("sk"), kMismatch, kMismatch},
  });
}

TEST_F(ItemKeysTest, AKeyHoldsNothingElse) {
  CheckKeys({
      {"Single", "{'pk':{'S':'a'},'x':{'S':'b'}}", "", kMismatch, ""},
      {"Pair", "{'pk':{'S':'a'},'sk':{'S':'a'},'x':{'S':'b'}}", "", kMismatch, ""},
      // The number of attributes is looked at before them.
      {"Pair", "{'pk':{'S':''},'sk':{'S':'a'},'x':{'S':'b'}}", kEmptyString + "pk", kMismatch, kEmptyString + "pk"},
  });
}

TEST_F(ItemKeysTest, EveryAttributeMustHaveItsType) {
  const std::vector<std::pair<std::string, std::string>> values = {
      {"S", "{'S':'a'}"},        {"N", "{'N':'1'}"},     {"B", "{'B':'YQ=='}"},  {"BOOL", "{'BOOL':true}"},
      {"NULL", "{'NULL':true}"}, {"SS", "{'SS':['a']}"}, {"NS", "{'NS':['1']}"}, {"BS", "{'BS':['YQ==']}"},
      {"L", "{'L':[]}"},         {"M", "{'M':{}}"}};
  for (const auto& [table, type, good] : std::vector<std::array<std::string, 3>>{
           {"Pair", "S", "{'S':'a'}"}, {"Numbers", "N", "{'N':'1'}"}, {"Bytes", "B", "{'B':'YQ=='}"}}) {
    for (const auto& [actual, value] : values) {
      if (actual == type) {
        continue;
      }
      CheckKeys({
          {table, "{'pk':" + value + ",'sk':" + good + "}", Mismatched("pk", type, actual), kMismatch, kMismatch},
          {table, "{'pk':" + good + ",'sk':" + value + "}", Mismatched("sk", type, actual), kMismatch, kMismatch},
      });
    }
  }
}

TEST_F(ItemKeysTest, EmptyValuesAreNoKeys) {
  CheckKeys({
      {"Single", "{'pk':{'S':''}}", kEmptyString + "pk", kEmptyString + "pk", kEmptyString + "pk"},
      {"Pair", "{'pk':{'S':'a'},'sk':{'S':''}}", kEmptyString + "sk", kEmptyString + "sk", kEmptyString + "sk"},
      {"Bytes", "{'pk':{'B':''},'sk':{'B':'YQ=='}}", kEmptyBinary + "pk", kEmptyBinary + "pk", kEmptyBinary + "pk"},
      {"Bytes", "{'pk':{'B':'YQ=='},'sk':{'B':''}}", kEmptyBinary + "sk", kEmptyBinary + "sk", kEmptyBinary + "sk"},
  });
}

TEST_F(ItemKeysTest, LongValuesAreNoKeysAtTheExactByte) {
  const auto text = [](size_t bytes) { return "{'S':'" + std::string(bytes, 'x') + "'}"; };
  const auto two_byte_text = [](size_t characters) {
    std::string value;
    for (size_t i = 0; i < characters; ++i) {
      value += "\xc3\xa9";
    }
    return "{'S':'" + value + "'}";
  };
  // 4 characters for 3 bytes; `rest` is the last group of the base64.
  const auto binary = [](size_t groups, const std::string& rest) {
    return "{'B':'" + std::string(4 * groups, 'A') + rest + "'}";
  };
  const std::string b = "{'B':'YQ=='}";
  CheckKeys({
      {"Single", "{'pk':" + text(2048) + "}", "", "", ""},
      {"Single", "{'pk':" + text(2049) + "}", kHashSize, kHashSize, kHashSize},
      {"Single", "{'pk':" + two_byte_text(1024) + "}", "", "", ""},
      {"Single", "{'pk':" + two_byte_text(1025) + "}", kHashSize, kHashSize, kHashSize},
      {"Pair", "{'pk':" + text(2048) + ",'sk':" + text(1024) + "}", "", "", ""},
      {"Pair", "{'pk':" + text(2048) + ",'sk':" + text(1025) + "}", kRangeSize, kRangeSize, kRangeSize},
      {"Pair", "{'pk':" + text(2049) + ",'sk':" + text(1024) + "}", kHashSize, kHashSize, kHashSize},
      {"Bytes", "{'pk':" + binary(682, "AAA=") + ",'sk':" + binary(341, "AA==") + "}", "", "", ""},
      {"Bytes", "{'pk':" + binary(683, "") + ",'sk':" + b + "}", kHashSize, kHashSize, kHashSize},
      {"Bytes", "{'pk':" + b + ",'sk':" + binary(341, "AAA=") + "}", kRangeSize, kRangeSize, kRangeSize},
      // Numbers are never too long.
      {"Numbers", "{'pk':{'N':'-" + std::string(38, '9') + "E87'},'sk':{'N':'1." + std::string(36, '0') + "1E-90'}}",
       "", "", ""},
  });
}

TEST_F(ItemKeysTest, ThePartitionKeyIsCheckedWhollyBeforeTheSortKey) {
  const std::string long_key = "{'S':'" + std::string(2049, 'x') + "'}";
  CheckKeys({
      {"Pair", "{'pk':{'N':'1'},'sk':{'N':'1'}}", Mismatched("pk", "S", "N"), kMismatch, kMismatch},
      {"Pair", "{'pk':{'S':''},'sk':{'N':'1'}}", kEmptyString + "pk", kEmptyString + "pk", kEmptyString + "pk"},
      {"Pair", "{'pk':" + long_key + ",'sk':{'S':''}}", kHashSize, kHashSize, kHashSize},
      {"Pair", "{'pk':{'S':'a'},'sk':" + long_key + "}", kRangeSize, kRangeSize, kRangeSize},
  });
  // In items, where an attribute may be missing, too.
  Check({
      {"PutItem", "{'TableName':'Pair','Item':{'pk':{'S':''}}}", Invalid(kEmptyString + "pk")},
      {"PutItem", "{'TableName':'Pair','Item':{'sk':{'S':''}}}", Invalid(Missing("pk"))},
  });
}

TEST_F(ItemKeysTest, BatchesAreRefusedWholeForOneBadKey) {
  Check({
      {"BatchWriteItem",
       "{'RequestItems':{'Single':[{'PutRequest':{'Item':{'pk':{'S':'good'}}}}],"
       "'Pair':[{'PutRequest':{'Item':{'pk':{'S':'a'},'sk':{'S':'a'}}}},{'DeleteRequest':{'Key':{'pk':{'S':'a'}}}}]}}",
       Invalid(kMismatch)},
      {"Scan", "{'TableName':'Single'}", Quoted("{'Items':[],'Count':0,'ScannedCount':0}")},
      {"Scan", "{'TableName':'Pair'}", Quoted("{'Items':[],'Count':0,'ScannedCount':0}")},
      {"BatchGetItem",
       "{'RequestItems':{'Single':{'Keys':[{'pk':{'S':'a'}},{'pk':{'S':''}}]},'Pair':{'Keys':[{'pk':{'S':'a'}}]}}}",
       Invalid(kEmptyString + "pk")},
  });
}

}  // namespace
}  // namespace basalt::server
