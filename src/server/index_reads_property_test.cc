// A property of reads: after random writes, any Query or Scan of a table or of an index of any kind, page by page in
// any direction, gives the items that a look at all of them chooses, in the order of the keys.
#include <algorithm>
#include <compare>
#include <cstdlib>
#include <functional>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "json/node.h"
#include "server/wire_fixture.h"

namespace basalt::server {
namespace {

// A value of S, N or B; B of one letter.
struct Scalar {
  char type = 'S';
  std::string text;
  int number = 0;

  static Scalar Text(std::string text) { return {'S', std::move(text), 0}; }
  static Scalar Number(int number) { return {'N', std::to_string(number), number}; }
  static Scalar Byte(char letter) { return {'B', letter == 'a' ? "YQ==" : "Yg==", letter}; }

  std::string Json() const { return fmt::format("{{'{}':'{}'}}", type, text); }
  // Of values of one type.
  std::strong_ordering operator<=>(const Scalar& other) const {
    return type == 'S' ? text <=> other.text : number <=> other.number;
  }
  bool operator==(const Scalar& other) const { return (*this <=> other) == std::strong_ordering::equal; }
};
using Item = std::map<std::string, Scalar>;
using ItemKey = std::pair<std::string, int>;  // pk, sk

struct Place {
  std::string index;  // empty: the table
  std::vector<std::string> partition;
  std::vector<std::string> sort;
};
const std::vector<Place>& Places() {
  static const std::vector<Place> kPlaces = {{"", {"pk"}, {"sk"}},        {"local", {"pk"}, {"a"}},
                                             {"fetching", {"pk"}, {"b"}}, {"global", {"b"}, {"a"}},
                                             {"bytes", {"c"}, {}},        {"several", {"a", "b"}, {"c", "sk"}}};
  return kPlaces;
}

// What a read gave, all pages together.
struct Found {
  std::vector<ItemKey> keys;
  int64_t count = 0;
  int64_t scanned_count = 0;
};

class IndexReadsTest : public WireTest {
 protected:
  void SetUp() override {
    const auto index = [](std::string_view name, std::string_view keys, std::string_view projection) {
      return fmt::format("{{'IndexName':'{}','KeySchema':[{}],'Projection':{{'ProjectionType':'{}'}}}}", name, keys,
                         projection);
    };
    const auto key = [](std::string_view name, std::string_view role) {
      return fmt::format("{{'AttributeName':'{}','KeyType':'{}'}}", name, role);
    };
    const auto defined = [](std::string_view name, char type) {
      return fmt::format("{{'AttributeName':'{}','AttributeType':'{}'}}", name, type);
    };
    const std::string created = Send(
        "CreateTable",
        fmt::format(
            "{{'TableName':'Things','BillingMode':'PAY_PER_REQUEST','KeySchema':[{},{}],"
            "'AttributeDefinitions':[{},{},{},{},{}],'LocalSecondaryIndexes':[{},{}],"
            "'GlobalSecondaryIndexes':[{},{},{}]}}",
            key("pk", "HASH"), key("sk", "RANGE"), defined("pk", 'S'), defined("sk", 'N'), defined("a", 'S'),
            defined("b", 'N'), defined("c", 'B'), index("local", key("pk", "HASH") + "," + key("a", "RANGE"), "ALL"),
            index("fetching", key("pk", "HASH") + "," + key("b", "RANGE"), "KEYS_ONLY"),
            index("global", key("b", "HASH") + "," + key("a", "RANGE"), "ALL"), index("bytes", key("c", "HASH"), "ALL"),
            index("several",
                  key("a", "HASH") + "," + key("b", "HASH") + "," + key("c", "RANGE") + "," + key("sk", "RANGE"),
                  "ALL")));
    ASSERT_TRUE(created.starts_with("{\"TableDescription\":")) << created;
    AwaitDescription("Things", "\"TableStatus\":\"ACTIVE\"");
  }

  int Below(int bound) { return static_cast<int>(random_() % static_cast<unsigned>(bound)); }
  bool Chance(int one_in) { return Below(one_in) == 0; }
  Scalar AnyValue(std::string_view name) {
    static const std::vector<std::string> kTexts = {"x", "xy", "y", "xyz"};
    if (name == "pk") {
      return Scalar::Text(Chance(2) ? "p" : "q");
    }
    if (name == "a") {
      return Scalar::Text(kTexts[static_cast<size_t>(Below(4))]);
    }
    return name == "c" ? Scalar::Byte(Chance(2) ? 'a' : 'b') : Scalar::Number(name == "b" ? Below(3) : Below(12) - 6);
  }

  // ---- writes

  static std::string JsonOf(const Item& item) {
    std::string members;
    for (const auto& [name, value] : item) {
      members += fmt::format("{}'{}':{}", members.empty() ? "" : ",", name, value.Json());
    }
    return "{" + members + "}";
  }
  static std::string KeyJsonOf(const ItemKey& key) {
    return JsonOf({{"pk", Scalar::Text(key.first)}, {"sk", Scalar::Number(key.second)}});
  }
  void Write() {
    const ItemKey key = {AnyValue("pk").text, AnyValue("sk").number};
    if (Chance(5)) {
      EXPECT_EQ(Send("DeleteItem", fmt::format("{{'TableName':'Things','Key':{}}}", KeyJsonOf(key))), "{}");
      items_.erase(key);
      return;
    }
    if (const auto known = items_.find(key); known != items_.end() && Chance(2)) {
      const std::string name = std::vector<std::string>{"a", "b", "c", "v"}[static_cast<size_t>(Below(4))];
      const bool removes = Chance(3);
      const Scalar value = AnyValue(name);
      EXPECT_EQ(Send("UpdateItem",
                     fmt::format("{{'TableName':'Things','Key':{},'UpdateExpression':'{} {}'{}}}", KeyJsonOf(key),
                                 removes ? "REMOVE" : "SET", removes ? name : name + " = :v",
                                 removes ? "" : fmt::format(",'ExpressionAttributeValues':{{':v':{}}}", value.Json()))),
                "{}");
      known->second.erase(name);
      if (!removes) {
        known->second[name] = value;
      }
      return;
    }
    Item item = {{"pk", Scalar::Text(key.first)}, {"sk", Scalar::Number(key.second)}};
    for (const char* name : {"a", "b", "c", "v"}) {
      if (!Chance(4)) {
        item[name] = AnyValue(name);
      }
    }
    EXPECT_EQ(Chance(2) ? Send("PutItem", fmt::format("{{'TableName':'Things','Item':{}}}", JsonOf(item)))
                        : Send("TransactWriteItems",
                               fmt::format("{{'TransactItems':[{{'Put':{{'TableName':'Things','Item':{}}}}}]}}",
                                           JsonOf(item))),
              "{}");
    items_[key] = item;
  }

  // ---- reads

  static bool IsIn(const Place& place, const Item& item) {
    const auto has = [&item](const std::string& name) { return item.contains(name); };
    return std::all_of(place.partition.begin(), place.partition.end(), has) &&
           std::all_of(place.sort.begin(), place.sort.end(), has);
  }
  // Inside a partition of the place.
  static bool ComesBefore(const Place& place, const Item& one, const Item& other) {
    std::vector<std::string> names = place.sort;
    names.insert(names.end(), {"pk", "sk"});
    for (const std::string& name : names) {
      if (const auto order = one.at(name) <=> other.at(name); order != std::strong_ordering::equal) {
        return order == std::strong_ordering::less;
      }
    }
    return false;
  }

  // All pages of a request that lacks its last }, so many items each.
  Found Read(const std::string& operation, const std::string& request, int limit) {
    Found found;
    std::string start;
    for (int pages = 0; pages < 500; ++pages) {
      const std::string body = Send(operation, fmt::format("{},'Limit':{}{}}}", request, limit, start));
      Arena arena;
      const Result<json::Node> node = json::Parse(body, arena);
      if (!node.ok() || node->Find("Count") == nullptr) {
        ADD_FAILURE() << request << start << "\n" << body;
        return found;
      }
      found.count += node->Find("Count")->integer;
      found.scanned_count += node->Find("ScannedCount")->integer;
      for (const json::Node& item : node->Find("Items")->elements) {
        found.keys.emplace_back(item.Find("pk")->members.front().value.string,
                                std::atoi(std::string(item.Find("sk")->members.front().value.string).c_str()));
      }
      const size_t at = body.find("\"LastEvaluatedKey\":");
      if (at == std::string::npos) {
        return found;
      }
      start = ",'ExclusiveStartKey':" + body.substr(at + 19, body.size() - at - 20);
    }
    ADD_FAILURE() << "pages without end: " << request;
    return found;
  }

  // A condition on one sort attribute, and what it chooses.
  struct SortCondition {
    std::string text;
    std::string values;
    std::function<bool(const Scalar&)> holds;
  };
  SortCondition AnySortCondition(const std::string& name) {
    Scalar low = AnyValue(name);
    Scalar high = AnyValue(name);
    if (high < low) {
      std::swap(low, high);
    }
    const std::string values = fmt::format(",':low':{}", low.Json());
    switch (Below(low.type == 'S' ? 7 : 6)) {
      case 0:
        return {name + " = :low", values, [low](const Scalar& value) { return value == low; }};
      case 1:
        return {name + " < :low", values, [low](const Scalar& value) { return value < low; }};
      case 2:
        return {name + " <= :low", values, [low](const Scalar& value) { return value <= low; }};
      case 3:
        return {":low < " + name, values, [low](const Scalar& value) { return value > low; }};
      case 4:
        return {name + " >= :low", values, [low](const Scalar& value) { return value >= low; }};
      case 5:
        return {name + " BETWEEN :low AND :high", values + fmt::format(",':high':{}", high.Json()),
                [low, high](const Scalar& value) { return value >= low && value <= high; }};
      default:
        return {fmt::format("begins_with({}, :low)", name), values,
                [low](const Scalar& value) { return value.text.starts_with(low.text); }};
    }
  }

  void CheckQuery(const Place& place) {
    std::string condition;
    std::string values;
    std::vector<std::function<bool(const Item&)>> tests;
    const auto fix = [&](const std::string& name) {
      const Scalar value = AnyValue(name);
      condition += fmt::format("{}{} = :{}", condition.empty() ? "" : " AND ", name, name);
      values += fmt::format("{}':{}':{}", values.empty() ? "" : ",", name, value.Json());
      tests.emplace_back([name, value](const Item& item) { return item.at(name) == value; });
    };
    for (const std::string& name : place.partition) {
      fix(name);
    }
    const size_t used = static_cast<size_t>(Below(static_cast<int>(place.sort.size()) + 1));
    for (size_t i = 0; i < used; ++i) {
      if (i + 1 < used) {
        fix(place.sort[i]);
        continue;
      }
      const SortCondition last = AnySortCondition(place.sort[i]);
      condition += " AND " + last.text;
      values += last.values;
      tests.emplace_back([name = place.sort[i], last](const Item& item) { return last.holds(item.at(name)); });
    }
    const bool forward = Chance(2);
    const bool filtered = Chance(3);
    std::string request = fmt::format(
        "{{'TableName':'Things','ProjectionExpression':'pk,sk','ScanIndexForward':{},'KeyConditionExpression':'{}',"
        "'ExpressionAttributeValues':{{{}}}",
        forward, condition, values);
    request += place.index.empty() ? "" : fmt::format(",'IndexName':'{}'", place.index);
    request += filtered ? ",'FilterExpression':'attribute_exists(v)'" : "";

    std::vector<const Item*> chosen;
    for (const auto& entry : items_) {
      const Item& item = entry.second;
      if (IsIn(place, item) &&
          std::all_of(tests.begin(), tests.end(), [&](const auto& holds) { return holds(item); })) {
        chosen.push_back(&item);
      }
    }
    std::sort(chosen.begin(), chosen.end(), [&](const Item* one, const Item* other) {
      return forward ? ComesBefore(place, *one, *other) : ComesBefore(place, *other, *one);
    });
    std::vector<ItemKey> expected;
    for (const Item* item : chosen) {
      if (!filtered || item->contains("v")) {
        expected.emplace_back(item->at("pk").text, item->at("sk").number);
      }
    }
    const Found found = Read("Query", request, 1 + Below(5));
    EXPECT_EQ(found.keys, expected) << request;
    EXPECT_EQ(found.count, static_cast<int64_t>(expected.size())) << request;
    EXPECT_EQ(found.scanned_count, static_cast<int64_t>(chosen.size())) << request;
    chosen_ += chosen.size();
  }

  void CheckScan(const Place& place) {
    const int segments = 1 + Below(3);
    std::vector<ItemKey> expected;
    for (const auto& [key, item] : items_) {
      if (IsIn(place, item)) {
        expected.push_back(key);
      }
    }
    std::vector<ItemKey> found;
    for (int segment = 0; segment < segments; ++segment) {
      const std::string request =
          fmt::format("{{'TableName':'Things','ProjectionExpression':'pk,sk','Segment':{},'TotalSegments':{}{}",
                      segment, segments, place.index.empty() ? "" : fmt::format(",'IndexName':'{}'", place.index));
      const Found part = Read("Scan", request, 1 + Below(7));
      found.insert(found.end(), part.keys.begin(), part.keys.end());
    }
    std::sort(found.begin(), found.end());
    EXPECT_EQ(found, expected) << place.index;
  }

  std::mt19937 random_{7};
  std::map<ItemKey, Item> items_;
  size_t chosen_ = 0;  // by all queries
};

TEST_F(IndexReadsTest, GiveWhatALookAtAllItemsChooses) {
  for (int round = 0; round < 40; ++round) {
    for (int i = 0; i < 12; ++i) {
      Write();
    }
    for (const Place& place : Places()) {
      for (int i = 0; i < 5; ++i) {
        CheckQuery(place);
      }
      CheckScan(place);
    }
    if (HasFailure()) {
      return;
    }
  }
  EXPECT_GT(chosen_, 1000U);
}

}  // namespace
}  // namespace basalt::server
