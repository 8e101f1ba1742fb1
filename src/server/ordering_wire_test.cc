// The order of keys against a model of its own: random numbers, texts and binaries as sort keys, every condition on
// them in both directions, page by page; random partition keys of every type in parallel scans.
#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/base64.h"
#include "json/node.h"
#include "server/wire_fixture.h"

namespace basalt::server {
namespace {

// A key as it is sent (any writing of it), as it comes back, and its place in the order.
struct SampleKey {
  std::string sent;      // JSON text of the value
  std::string returned;  // the text inside the value
};

// A decimal number without arithmetic: sign, digits without zeros at either end, exponent of the first digit.
struct Decimal {
  int sign = 0;
  std::string digits;
  int exponent = 0;

  friend bool operator<(const Decimal& a, const Decimal& b) {
    if (a.sign != b.sign) {
      return a.sign < b.sign;
    }
    const bool smaller_magnitude = a.exponent != b.exponent ? a.exponent < b.exponent : a.digits < b.digits;
    const bool larger_magnitude = a.exponent != b.exponent ? a.exponent > b.exponent : a.digits > b.digits;
    return a.sign > 0 ? smaller_magnitude : a.sign < 0 && larger_magnitude;
  }
};

class OrderingTest : public WireTest {
 protected:
  std::mt19937 random_{20'241'123};  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same keys each time

  int Below(int bound) { return std::uniform_int_distribution<int>(0, bound - 1)(random_); }

  Decimal RandomDecimal() {
    Decimal decimal;
    decimal.sign = Below(12) == 0 ? 0 : Below(2) * 2 - 1;
    if (decimal.sign == 0) {
      return decimal;
    }
    const int length = Below(4) == 0 ? 1 + Below(38) : 1 + Below(3);
    for (int i = 0; i < length; ++i) {
      decimal.digits += static_cast<char>('0' + Below(10));
    }
    decimal.digits.front() = static_cast<char>('1' + Below(9));
    decimal.digits.back() = static_cast<char>('1' + Below(9));
    decimal.exponent = Below(4) == 0 ? Below(256) - 130 : Below(5) - 2;
    return decimal;
  }
  // One of many writings of it.
  std::string Write(const Decimal& decimal) {
    if (decimal.sign == 0) {
      static const std::vector<std::string> kZeros = {"0", "-0", "0.00", "0E5", "+.0"};
      return kZeros[static_cast<size_t>(Below(5))];
    }
    const std::string sign = decimal.sign < 0 ? "-" : Below(5) == 0 ? "+" : "";
    switch (Below(3)) {
      case 0:
        return fmt::format("{}{}{}.{}{}E{}", sign, std::string(static_cast<size_t>(Below(3)), '0'), decimal.digits[0],
                           decimal.digits.substr(1), std::string(static_cast<size_t>(Below(3)), '0'), decimal.exponent);
      case 1:
        return fmt::format("{}{}e{}", sign, decimal.digits,
                           decimal.exponent - static_cast<int>(decimal.digits.size()) + 1);
      default:
        return sign + Plain(decimal);
    }
  }
  static std::string Plain(const Decimal& decimal) {
    const int size = static_cast<int>(decimal.digits.size());
    if (decimal.exponent < 0) {
      return "0." + std::string(static_cast<size_t>(-decimal.exponent - 1), '0') + decimal.digits;
    }
    if (decimal.exponent + 1 >= size) {
      return decimal.digits + std::string(static_cast<size_t>(decimal.exponent + 1 - size), '0');
    }
    const auto whole = static_cast<size_t>(decimal.exponent + 1);
    return decimal.digits.substr(0, whole) + "." + decimal.digits.substr(whole);
  }
  SampleKey SampleOf(const Decimal& decimal) {
    return {"{\"N\":\"" + Write(decimal) + "\"}",
            decimal.sign == 0 ? "0" : (decimal.sign < 0 ? "-" : "") + Plain(decimal)};
  }

  // Few different bytes, so that many keys share their beginnings; now and then as long as a sort key may be.
  std::string RandomText(const std::vector<std::string>& alphabet) {
    std::string text;
    const int length = Below(30) == 0 ? 200 : 1 + Below(6);
    for (int i = 0; i < length; ++i) {
      text += alphabet[static_cast<size_t>(Below(static_cast<int>(alphabet.size())))];
    }
    return text;
  }
  static SampleKey SampleOfText(const std::string& text) {
    std::string json = "{\"S\":";
    json::AppendString(json, text);
    return {json + "}", text};
  }
  static SampleKey SampleOfBinary(const std::string& bytes) {
    std::string base64;
    AppendBase64(base64, bytes);
    return {"{\"B\":\"" + base64 + "\"}", base64};
  }

  void Put(const std::string& table, const std::string& partition, const std::string& sort) {
    ASSERT_EQ(
        SendRaw("PutItem", "{\"TableName\":\"" + table + "\",\"Item\":{\"pk\":" + partition + ",\"sk\":" + sort + "}}")
            .body,
        "{}");
  }

  // Every page of a read: the texts of (pk, sk). `members`: the request without braces and starting key; `between`
  // runs after each page but the last.
  std::vector<std::pair<std::string, std::string>> ReadAll(
      const std::string& operation, const std::string& members, const std::function<void()>& between = [] {}) {
    std::vector<std::pair<std::string, std::string>> keys;
    std::string start;
    for (int page = 0; page < 10'000; ++page) {
      const std::string body = SendRaw(operation, "{" + members + start + "}").body;
      Arena arena;
      const Result<json::Node> node = json::Parse(body, arena);
      if (!node.ok() || node->Find("Items") == nullptr) {
        ADD_FAILURE() << body << " to " << members << start;
        return keys;
      }
      const auto text = [](const json::Node& item, std::string_view name) {
        return std::string(item.Find(name)->members.front().value.string);
      };
      for (const json::Node& item : node->Find("Items")->elements) {
        keys.emplace_back(text(item, "pk"), text(item, "sk"));
      }
      const json::Node* last = node->Find("LastEvaluatedKey");
      if (last == nullptr) {
        return keys;
      }
      start = ",\"ExclusiveStartKey\":{";
      for (const std::string_view name : {"pk", "sk"}) {
        const json::Member& value = last->Find(name)->members.front();
        start += fmt::format("{}\"{}\":{{\"{}\":", name == "pk" ? "" : ",", name, value.name);
        json::AppendString(start, value.value.string);
        start += "}";
      }
      start += "}";
      between();
    }
    ADD_FAILURE() << "pages without end";
    return keys;
  }

  // `stored` in their order; `bounds`: other values in the same order, by which conditions are asked. `is_prefix` is
  // empty for numbers.
  template <typename Model>
  void CheckConditions(const std::string& table, const std::map<Model, SampleKey>& stored,
                       const std::map<Model, SampleKey>& bounds, bool (*is_prefix)(const Model&, const Model&)) {
    const auto check = [&](const std::string& condition, const std::string& values, const auto& holds) {
      std::vector<std::pair<std::string, std::string>> expected;
      for (const auto& [model, key] : stored) {
        if (holds(model)) {
          expected.emplace_back("a", key.returned);
        }
      }
      for (const bool forward : {true, false}) {
        const std::string limit = Below(3) == 0 ? "" : fmt::format(",\"Limit\":{}", 1 + Below(40));
        const std::vector<std::pair<std::string, std::string>> found = ReadAll(
            "Query", fmt::format("\"TableName\":\"{}\",\"KeyConditionExpression\":\"pk = :p{}{}\","
                                 "\"ExpressionAttributeValues\":{{\":p\":{{\"S\":\"a\"}}{}}},\"ScanIndexForward\":{}{}",
                                 table, condition.empty() ? "" : " AND ", condition, values, forward, limit));
        EXPECT_EQ(found, expected) << condition << values << limit << (forward ? "" : " backward");
        std::reverse(expected.begin(), expected.end());
      }
    };
    check("", "", [](const Model&) { return true; });
    for (auto bound = bounds.begin(); bound != bounds.end(); ++bound) {
      const Model& x = bound->first;
      const std::string value = ",\":x\":" + bound->second.sent;
      check("sk = :x", value, [&](const Model& k) { return !(k < x) && !(x < k); });
      check("sk < :x", value, [&](const Model& k) { return k < x; });
      check(":x >= sk", value, [&](const Model& k) { return !(x < k); });
      check("sk > :x", value, [&](const Model& k) { return x < k; });
      check(":x <= sk", value, [&](const Model& k) { return !(k < x); });
      check("sk BETWEEN :x AND :x", value, [&](const Model& k) { return !(k < x) && !(x < k); });
      if (is_prefix != nullptr) {
        check("begins_with(sk, :x)", value, [&](const Model& k) { return is_prefix(k, x); });
      }
      if (const auto next = std::next(bound, 3); std::distance(bound, bounds.end()) > 3) {
        const Model& y = next->first;
        check("sk BETWEEN :x AND :y", value + ",\":y\":" + next->second.sent,
              [&](const Model& k) { return !(k < x) && !(y < k); });
      }
    }
  }
};

TEST_F(OrderingTest, NumbersInAnyWritingAreOrderedByTheirValue) {
  CreateTable("Numbers", "S", "N");
  std::map<Decimal, SampleKey> stored;
  std::map<Decimal, SampleKey> bounds;
  while (stored.size() < 200) {
    const Decimal decimal = RandomDecimal();
    const SampleKey key = SampleOf(decimal);
    stored.emplace(decimal, key);
    Put("Numbers", R"({"S":"a"})", key.sent);  // perhaps once more, in another writing
    if (stored.size() % 20 == 0) {
      bounds.emplace(decimal, SampleOf(decimal));
    }
  }
  while (bounds.size() < 25) {
    const Decimal decimal = RandomDecimal();
    bounds.emplace(decimal, SampleOf(decimal));
  }
  CheckConditions<Decimal>("Numbers", stored, bounds, nullptr);
}

TEST_F(OrderingTest, TextsAreOrderedByTheBytesOfTheirUtf8) {
  CreateTable("Texts", "S", "S");
  // By code point, not by UTF-16 unit: U+FFFD sorts before what needs a surrogate pair.
  const std::vector<std::string> alphabet = {
      std::string(1, '\0'), "\x01", "'", "\"", "\\", "A", "a", "b", "\x7f", "\xc3\xa9", "\xe2\x82\xac", "\xef\xbf\xbd",
      "\xf0\x9f\x98\x80"};
  std::map<std::string, SampleKey> stored;
  std::map<std::string, SampleKey> bounds;
  while (stored.size() < 200) {
    const std::string text = RandomText(alphabet);
    stored.emplace(text, SampleOfText(text));
    Put("Texts", R"({"S":"a"})", SampleOfText(text).sent);
    if (stored.size() % 20 == 0) {
      bounds.emplace(text, SampleOfText(text));
    }
  }
  while (bounds.size() < 25) {
    const std::string text = RandomText(alphabet).substr(0, 1);
    const std::string whole = static_cast<unsigned char>(text[0]) < 0x80 ? text : RandomText(alphabet);
    bounds.emplace(whole, SampleOfText(whole));
  }
  CheckConditions<std::string>("Texts", stored, bounds, [](const std::string& key, const std::string& prefix) {
    return key.starts_with(prefix);
  });
}

TEST_F(OrderingTest, BinariesAreOrderedByTheirUnsignedBytes) {
  CreateTable("Binaries", "S", "B");
  const std::vector<std::string> alphabet = {std::string(1, '\0'), "\x01", "\x7f", "\x80", "\xfe", "\xff"};
  std::map<std::string, SampleKey> stored;
  std::map<std::string, SampleKey> bounds;
  while (stored.size() < 200) {
    const std::string bytes = RandomText(alphabet);
    stored.emplace(bytes, SampleOfBinary(bytes));
    Put("Binaries", R"({"S":"a"})", SampleOfBinary(bytes).sent);
    if (stored.size() % 20 == 0) {
      bounds.emplace(bytes, SampleOfBinary(bytes));
    }
  }
  while (bounds.size() < 25) {
    const std::string bytes = RandomText(alphabet).substr(0, static_cast<size_t>(1 + Below(3)));
    bounds.emplace(bytes, SampleOfBinary(bytes));
  }
  CheckConditions<std::string>("Binaries", stored, bounds, [](const std::string& key, const std::string& prefix) {
    return key.starts_with(prefix);
  });
}

TEST_F(OrderingTest, WhatIsLeftAloneDuringAReadIsReadOnce) {
  CreateTable("Busy", "N", "N");
  const auto key = [](int partition, int sort) {
    return fmt::format("\"pk\":{{\"N\":\"{}\"}},\"sk\":{{\"N\":\"{}\"}}", partition, sort);
  };
  const auto put = [&](int partition, int sort) {
    EXPECT_EQ(SendRaw("PutItem", "{\"TableName\":\"Busy\",\"Item\":{" + key(partition, sort) + "}}").body, "{}");
  };
  // Even sort keys stay, odd ones come and go.
  std::multiset<std::pair<std::string, std::string>> left_alone;
  for (int i = 0; i < 100; ++i) {
    put(i % 7, 2 * i);
    put(i % 7, 2 * i + 1);
    left_alone.emplace(std::to_string(i % 7), std::to_string(2 * i));
  }
  const auto disturb = [&] {
    for (int i = 0; i < 5; ++i) {
      const int number = Below(150);
      if (Below(2) == 0) {
        put(number % 7, 2 * number + 1);
      } else {
        EXPECT_EQ(
            SendRaw("DeleteItem", "{\"TableName\":\"Busy\",\"Key\":{" + key(number % 7, 2 * number + 1) + "}}").body,
            "{}");
      }
    }
  };
  for (const int limit : {1, 3, 10}) {
    std::multiset<std::pair<std::string, std::string>> found;
    for (const auto& item : ReadAll("Scan", fmt::format("\"TableName\":\"Busy\",\"Limit\":{}", limit), disturb)) {
      if (std::stoi(item.second) % 2 == 0) {
        found.insert(item);
      }
    }
    EXPECT_EQ(found, left_alone) << limit;
    for (const bool forward : {true, false}) {
      std::vector<int> sorts;
      for (const auto& item :
           ReadAll("Query",
                   fmt::format("\"TableName\":\"Busy\",\"KeyConditionExpression\":\"pk = :p\","
                               "\"ExpressionAttributeValues\":{{\":p\":{{\"N\":\"3\"}}}},\"Limit\":{},"
                               "\"ScanIndexForward\":{}",
                               limit, forward),
                   disturb)) {
        const int sort = std::stoi(item.second);
        EXPECT_TRUE(sorts.empty() || (forward ? sorts.back() < sort : sorts.back() > sort)) << "nothing comes twice";
        sorts.push_back(sort);
      }
      EXPECT_EQ(std::count_if(sorts.begin(), sorts.end(), [](int sort) { return sort % 2 == 0; }), 14);
    }
  }
}

TEST_F(OrderingTest, ParallelScansAreDisjointCompleteAndKeepPartitionsWhole) {
  for (const std::string type : {"S", "N", "B"}) {
    const std::string table = "Table" + type;
    CreateTable(table, type, "N");
    std::map<std::string, std::vector<std::string>> partitions;  // the sort keys of each, in their order
    while (partitions.size() < 60) {
      const SampleKey key = type == "N"   ? SampleOf(RandomDecimal())
                            : type == "S" ? SampleOfText(RandomText({"a", "b", "\xc3\xa9", "0"}))
                                          : SampleOfBinary(RandomText({std::string(1, '\0'), "\xff", "a"}));
      std::vector<std::string>& sorts = partitions[key.returned];
      if (!sorts.empty()) {
        continue;
      }
      for (int i = Below(6); i >= 0; --i) {
        sorts.push_back(std::to_string(i - 3));
        Put(table, key.sent, "{\"N\":\"" + sorts.back() + "\"}");
      }
      std::reverse(sorts.begin(), sorts.end());
    }
    const std::string name = "\"TableName\":\"" + table + "\"";
    const auto whole = ReadAll("Scan", name);
    std::map<std::string, std::vector<std::string>> found;
    std::string previous;
    for (const auto& [partition, sort] : whole) {
      EXPECT_TRUE(partition == previous || !found.contains(partition)) << "a partition lies together";
      found[partition].push_back(sort);
      previous = partition;
    }
    EXPECT_EQ(found, partitions);
    EXPECT_EQ(ReadAll("Scan", name + ",\"Limit\":7"), whole) << "pages change nothing";
    for (const int total : {1, 2, 3, 5, 16, 61}) {
      std::vector<std::pair<std::string, std::string>> together;
      std::map<std::string, std::set<int>> segments;
      for (int segment = 0; segment < total; ++segment) {
        const auto part = ReadAll("Scan", fmt::format("{},\"TotalSegments\":{},\"Segment\":{}{}", name, total, segment,
                                                      Below(2) == 0 ? "" : fmt::format(",\"Limit\":{}", 1 + Below(9))));
        for (const auto& [partition, sort] : part) {
          segments[partition].insert(segment);
        }
        together.insert(together.end(), part.begin(), part.end());
      }
      EXPECT_EQ(together, whole) << total;
      EXPECT_TRUE(
          std::all_of(segments.begin(), segments.end(), [](const auto& entry) { return entry.second.size() == 1; }));
    }
  }
}

}  // namespace
}  // namespace basalt::server
