// Item sizes against a count made apart from the code: random items whose size is added up while their text is written.
#include <gtest/gtest.h>

#include <random>
#include <set>
#include <string>
#include <vector>

#include "base/base64.h"
#include "model/item_json.h"

namespace basalt::model {
namespace {

// A piece of JSON and the bytes it counts for.
struct Sized {
  std::string json;
  size_t size_bytes = 0;
};

class Generator {
 public:
  explicit Generator(uint64_t seed) : random_(seed) {}

  Sized Item() {
    Sized item{"{", 0};
    std::set<std::string> names;
    while (names.size() < 1 + Below(6)) {
      names.insert(Text());
    }
    for (const std::string& name : names) {
      const Sized value = Value(3);
      item.json += (item.json.size() == 1 ? "\"" : ",\"") + name + "\":" + value.json;
      item.size_bytes += name.size() + value.size_bytes;
    }
    item.json += "}";
    return item;
  }

 private:
  size_t Below(size_t bound) { return random_() % bound; }

  // One to eight characters of one to four bytes.
  std::string Text() {
    static const std::vector<std::string> kCharacters = {
        "a", "Z", "0", " ", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80"};
    std::string text;
    for (size_t i = 0; i <= Below(8); ++i) {
      text += kCharacters[Below(kCharacters.size())];
    }
    return text;
  }

  // Digits with zeros at both ends, on both sides of a point that an exponent moves.
  Sized Number() {
    std::string digits(Below(4), '0');
    for (size_t i = 0; i < Below(20); ++i) {
      digits += static_cast<char>('0' + Below(10));
    }
    digits += std::string(1 + Below(4), '0');
    const auto point = static_cast<int>(Below(digits.size() + 1));
    const int exponent = static_cast<int>(Below(81)) - 40;
    const bool negative = Below(3) == 0;

    int first = -1;
    int last = -1;
    for (size_t i = 0; i < digits.size(); ++i) {
      if (digits[i] != '0') {
        first = first < 0 ? static_cast<int>(i) : first;
        last = static_cast<int>(i);
      }
    }
    size_t left = 0;
    size_t right = 0;
    for (int i = first; first >= 0 && i <= last; ++i) {
      ++(i < point + exponent ? left : right);
    }
    Sized number;
    number.size_bytes = first < 0 ? 1 : 1 + left / 2 + left % 2 + right / 2 + right % 2 + (negative ? 1 : 0);
    const auto before = static_cast<size_t>(point);
    number.json =
        (negative ? "-" : "") + digits.substr(0, before) + "." + digits.substr(before) + "E" + std::to_string(exponent);
    return number;
  }

  Sized Set(std::string_view type) {
    std::set<std::string> members;
    Sized set{"{\"" + std::string(type) + "\":[", 0};
    for (size_t i = 0; i <= Below(5); ++i) {
      Sized member;
      if (type == "NS") {
        // Whole numbers without zeros at the end differ if their texts do.
        const std::string text = std::to_string(1 + 10 * Below(100'000));
        member = {text, 1 + text.size() / 2 + text.size() % 2};
      } else {
        const std::string text = Text();
        member = {text, text.size()};
        if (type == "BS") {
          member.json.clear();
          AppendBase64(member.json, text);
        }
      }
      if (members.insert(member.json).second) {
        set.json += (set.json.back() == '[' ? "\"" : ",\"") + member.json + "\"";
        set.size_bytes += member.size_bytes;
      }
    }
    set.json += "]}";
    return set;
  }

  Sized Value(int levels) {
    switch (Below(levels > 0 ? 10 : 8)) {
      case 0: {
        const std::string text = Text();
        return {"{\"S\":\"" + text + "\"}", text.size()};
      }
      case 1: {
        const Sized number = Number();
        return {"{\"N\":\"" + number.json + "\"}", number.size_bytes};
      }
      case 2: {
        const std::string bytes = Text();
        std::string base64;
        AppendBase64(base64, bytes);
        return {"{\"B\":\"" + base64 + "\"}", bytes.size()};
      }
      case 3:
        return {"{\"BOOL\":true}", 1};
      case 4:
        return {"{\"NULL\":true}", 1};
      case 5:
        return Set("SS");
      case 6:
        return Set("NS");
      case 7:
        return Set("BS");
      case 8: {
        Sized list{"{\"L\":[", 3};
        for (size_t i = 0; i < Below(5); ++i) {
          const Sized element = Value(levels - 1);
          list.json += (list.json.back() == '[' ? "" : ",") + element.json;
          list.size_bytes += 1 + element.size_bytes;
        }
        list.json += "]}";
        return list;
      }
      default: {
        const Sized inside = Below(5) == 0 ? Sized{"{}", 0} : Item();
        const json::Node node = *json::Parse(inside.json, arena_);
        return {"{\"M\":" + inside.json + "}", 3 + node.members.size() + inside.size_bytes};
      }
    }
  }

  std::mt19937_64 random_;
  Arena arena_;
};

TEST(ItemSize, IsTheSumOfWhatItIsMadeOf) {
  for (uint64_t seed = 0; seed < 3000; ++seed) {
    const Sized item = Generator(seed).Item();
    Arena arena;
    const json::Node node = *json::Parse(item.json, arena);
    const Result<Item> parsed = ParseItem(node, arena);
    ASSERT_TRUE(parsed.ok()) << parsed.error().text << " " << item.json;
    ASSERT_EQ(SizeBytes(*parsed), item.size_bytes) << "seed " << seed << " " << item.json;
  }
}

}  // namespace
}  // namespace basalt::model
