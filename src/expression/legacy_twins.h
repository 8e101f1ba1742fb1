// For tests and the fuzzer: legacy parameters, each beside the expression that must mean the same, made from a stream
// of choices, and a comparison of what both do to items made the same way.
#pragma once

#include <fmt/format.h>

#include <array>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "expression/legacy.h"
#include "expression/request_fixture.h"

namespace basalt::expression {

// Writes JSON with ' for ", as request_fixture.h reads it.
class LegacyTwins {
 public:
  // `below(n)` chooses a number below n.
  explicit LegacyTwins(std::function<size_t(size_t)> below) : below_(std::move(below)) {}

  // What the twins disagree about, or "".
  std::string CompareConditions() {
    std::vector<LegacyCondition> conditions;
    const std::string join = Chance(2) ? " AND " : " OR ";
    std::string text;
    const size_t count = 1 + below_(4);
    for (size_t i = 0; i < count; ++i) {
      const auto comparator = static_cast<Comparator>(below_(kComparators.size()));
      conditions.push_back({kNames[i], comparator, ArgumentsFor(comparator)});
      text += (i > 0 ? join : "") + TextOf(conditions.back(), i);
    }
    for (const LegacyCondition& condition : conditions) {
      const Status checked = CheckLegacyCondition(condition);
      if (!checked.ok()) {
        return checked.error().text;
      }
    }
    Request request(Literals(), PlaceholderNames());
    const auto legacy = MakeCondition(conditions, join == " OR " ? Connective::kOr : Connective::kAnd, arena_);
    const auto expression = ParseCondition(Kind::kFilter, text, request.placeholders(), request.arena());
    if (!legacy.ok() || !expression.ok()) {
      return fmt::format("{}: {}", text, legacy.ok() ? expression.error().text : legacy.error().text);
    }
    for (int i = 0; i < 4; ++i) {
      const std::string item = AnyItem();
      const bool holds = Evaluate(**expression, request.Item(item));
      if (Evaluate(**legacy, request.Item(item)) != holds) {
        return fmt::format("{} is {} with {} of {}", text, holds, Literals(), item);
      }
    }
    return SamePaths(PathsOf(**legacy), PathsOf(**expression)) ? "" : text + " names other paths";
  }

  std::string CompareUpdates() {
    std::vector<LegacyUpdate> updates;
    std::array<std::string, 4> sections;  // SET, REMOVE, ADD, DELETE
    const size_t count = 1 + below_(kNames.size());
    for (size_t i = 0; i < count; ++i) {
      updates.push_back(AnyUpdate(kNames[i]));
      const auto& [section, action] = ActionOf(updates.back(), i);
      sections[section] += (sections[section].empty() ? "" : ", ") + action;
    }
    std::string text;
    for (size_t i = 0; i < sections.size(); ++i) {
      static constexpr std::array<std::string_view, 4> kKeywords = {"SET ", "REMOVE ", "ADD ", "DELETE "};
      text += sections[i].empty() ? "" : " " + std::string(kKeywords[i]) + sections[i];
    }
    for (const LegacyUpdate& update : updates) {
      const Status checked = CheckLegacyUpdate(update);
      if (!checked.ok()) {
        return checked.error().text;
      }
    }
    Request request(Literals(), PlaceholderNames());
    const Update* legacy = MakeUpdate(updates, arena_);
    const auto expression = ParseUpdate(text, request.placeholders(), request.arena());
    if (!expression.ok()) {
      return fmt::format("{}: {}", text, expression.error().text);
    }
    if (DeletesOnly(*legacy) != DeletesOnly(**expression)) {
      return text + " deletes only, or does not";
    }
    for (int i = 0; i < 4; ++i) {
      const std::string item = AnyItem();
      const std::string one = Applied(*legacy, request.Item(item));
      const std::string other = Applied(**expression, request.Item(item));
      if (one != other && !(one == "Type mismatch for attribute to update" &&
                            other == "An operand in the update expression has an incorrect data type")) {
        return fmt::format("{} with {} of {} gives {} and {}", text, Literals(), item, one, other);
      }
    }
    return "";
  }

  std::string CompareKeyConditions() {
    static constexpr std::array<Comparator, 7> kForKeys = {
        Comparator::kEq, Comparator::kLe,         Comparator::kLt,     Comparator::kGe,
        Comparator::kGt, Comparator::kBeginsWith, Comparator::kBetween};
    std::vector<LegacyCondition> conditions;
    std::string text;
    const size_t count = 1 + below_(2);
    for (size_t i = 0; i < count; ++i) {
      const Comparator comparator = Chance(2) ? Comparator::kEq : kForKeys[below_(kForKeys.size())];
      conditions.push_back({kNames[i], comparator, ArgumentsFor(comparator)});
      text += (i > 0 ? " AND " : "") + TextOf(conditions.back(), i);
    }
    Request request(Literals(), PlaceholderNames());
    const auto legacy = MakeKeyCondition(conditions, arena_);
    const auto expression = ParseKeyCondition(text, request.placeholders(), request.arena());
    if (!legacy.ok() || !expression.ok()) {
      return fmt::format("{}: {}", text, legacy.ok() ? expression.error().text : legacy.error().text);
    }
    // Mostly a schema that fits.
    const KeyAttribute partition{kNames[Chance(8) ? 1 : 0], KeyTypeFor(conditions.front())};
    const KeyAttribute sort{kNames[Chance(8) ? 2 : 1], KeyTypeFor(conditions.back())};
    const std::span<const KeyAttribute> sort_if_any(&sort, Chance(4) ? 0 : 1);
    const std::span<const KeyAttribute> one_partition(&partition, 1);
    const std::string one = Bound(BindKeyCondition(**legacy, one_partition, sort_if_any, arena_));
    const std::string other = Bound(BindKeyCondition(**expression, one_partition, sort_if_any, arena_));
    return one == other ? "" : fmt::format("{} binds to {} and {}", text, one, other);
  }

 private:
  static constexpr std::array<std::string_view, 5> kNames = {"a", "b.c", "size", "d[0]", "#e"};
  static constexpr std::array<std::string_view, 13> kComparators = {
      "=",        "<>",           "<=",          "<",  ">=",     ">", "attribute_exists", "attribute_not_exists",
      "contains", "NOT contains", "begins_with", "IN", "BETWEEN"};
  static constexpr std::array<std::string_view, 8> kTypes = {"S", "N", "B", "SS", "NS", "L", "M", "BOOL"};
  static constexpr size_t kOrderedTypes = 3;

  bool Chance(size_t one_in) { return below_(one_in) == 0; }

  std::string AnyValue(std::string_view type) {
    static constexpr std::array<std::string_view, 4> kTexts = {"", "x", "xy", "y"};
    static constexpr std::array<std::string_view, 5> kNumbers = {"-1", "0", "1", "1.5", "10"};
    static constexpr std::array<std::string_view, 3> kBytes = {"", "eA==", "eHk="};
    const size_t choice = below_(3);
    if (type == "S") {
      return fmt::format("{{'S':'{}'}}", kTexts[choice + below_(2)]);
    }
    if (type == "N") {
      return fmt::format("{{'N':'{}'}}", kNumbers[choice + below_(3)]);
    }
    if (type == "B") {
      return fmt::format("{{'B':'{}'}}", kBytes[choice]);
    }
    if (type == "SS") {
      return choice == 0 ? "{'SS':['x']}" : choice == 1 ? "{'SS':['x','y']}" : "{'SS':['y','xy']}";
    }
    if (type == "NS") {
      return choice == 0 ? "{'NS':['1']}" : choice == 1 ? "{'NS':['1','10']}" : "{'NS':['0','-1']}";
    }
    if (type == "L") {
      return choice == 0 ? "{'L':[]}" : fmt::format("{{'L':[{}]}}", AnyValue(kTypes[below_(5)]));
    }
    if (type == "M") {
      return choice == 0 ? "{'M':{}}" : fmt::format("{{'M':{{'c':{}}}}}", AnyValue(kTypes[below_(5)]));
    }
    return choice == 0 ? "{'BOOL':true}" : "{'BOOL':false}";
  }

  std::string AnyItem() {
    std::string out;
    for (const std::string_view name : kNames) {
      if (!Chance(4)) {
        out += fmt::format("{}'{}':{}", out.empty() ? "" : ",", name, AnyValue(kTypes[below_(kTypes.size())]));
      }
    }
    return "{" + out + "}";
  }

  // Values, each of which is also a literal of the expression.
  std::span<const model::Value> Values(const std::vector<std::string>& texts) {
    const std::span<model::Value> values = arena_.NewArray<model::Value>(texts.size());
    for (size_t i = 0; i < texts.size(); ++i) {
      values[i] = ItemOf("{'v':" + texts[i] + "}", arena_).front().value;
      literals_.push_back(texts[i]);
    }
    return values;
  }

  std::span<const model::Value> ArgumentsFor(Comparator comparator) {
    switch (comparator) {
      case Comparator::kNull:
      case Comparator::kNotNull:
        return {};
      case Comparator::kEq:
      case Comparator::kNe:
        return Values({AnyValue(kTypes[below_(kTypes.size())])});
      case Comparator::kBeginsWith:
        return Values({AnyValue(Chance(2) ? "S" : "B")});
      case Comparator::kIn: {
        std::vector<std::string> texts;
        const std::string_view type = kTypes[below_(kOrderedTypes)];
        for (size_t i = 1 + below_(4); i > 0; --i) {
          texts.push_back(AnyValue(type));
        }
        return Values(texts);
      }
      case Comparator::kBetween: {
        const std::string_view type = kTypes[below_(kOrderedTypes)];
        std::array<std::string, 2> bounds = {AnyValue(type), AnyValue(type)};
        if (model::Compare(ItemOf("{'v':" + bounds[0] + "}", arena_).front().value,
                           ItemOf("{'v':" + bounds[1] + "}", arena_).front().value) > 0) {
          std::swap(bounds[0], bounds[1]);
        }
        return Values({bounds[0], bounds[1]});
      }
      default:
        return Values({AnyValue(kTypes[below_(kOrderedTypes)])});
    }
  }

  // The expression of the condition whose values were the last to become literals.
  std::string TextOf(const LegacyCondition& condition, size_t name) const {
    const std::string_view word = kComparators[static_cast<size_t>(condition.comparator)];
    const auto value = [&](size_t i) { return fmt::format(":v{:02}", literals_.size() - condition.values.size() + i); };
    switch (condition.comparator) {
      case Comparator::kNull:
      case Comparator::kNotNull:
        return fmt::format("{}(#n{})", word, name);
      case Comparator::kContains:
      case Comparator::kNotContains:
      case Comparator::kBeginsWith:
        return fmt::format("{}(#n{}, {})", word, name, value(0));
      case Comparator::kBetween:
        return fmt::format("#n{} {} {} AND {}", name, word, value(0), value(1));
      case Comparator::kIn: {
        std::string list;
        for (size_t i = 0; i < condition.values.size(); ++i) {
          list += (i > 0 ? ", " : "") + value(i);
        }
        return fmt::format("#n{} {} ({})", name, word, list);
      }
      default:
        return fmt::format("#n{} {} {}", name, word, value(0));
    }
  }

  LegacyUpdate AnyUpdate(std::string_view attribute) {
    static constexpr std::array<std::string_view, 4> kAddable = {"N", "SS", "NS", "L"};
    static constexpr std::array<std::string_view, 2> kSets = {"SS", "NS"};
    LegacyUpdate update{attribute, static_cast<LegacyAction>(below_(3)), nullptr};
    switch (update.action) {
      case LegacyAction::kPut:
        update.value = Values({AnyValue(kTypes[below_(kTypes.size())])}).data();
        break;
      case LegacyAction::kAdd:
        update.value = Values({AnyValue(kAddable[below_(kAddable.size())])}).data();
        break;
      case LegacyAction::kDelete:
        if (Chance(2)) {
          update.value = Values({AnyValue(kSets[below_(2)])}).data();
        }
        break;
    }
    return update;
  }

  // Its section and its action there; appending to a list is no ADD of expressions.
  std::pair<size_t, std::string> ActionOf(const LegacyUpdate& update, size_t name) {
    const std::string value = fmt::format(":v{:02}", literals_.size() - 1);
    switch (update.action) {
      case LegacyAction::kPut:
        return {0, fmt::format("#n{} = {}", name, value)};
      case LegacyAction::kAdd:
        if (update.value->type == model::Type::kL) {
          literals_.emplace_back("{'L':[]}");
          return {0, fmt::format("#n{0} = list_append(if_not_exists(#n{0}, :v{1:02}), {2})", name, literals_.size() - 1,
                                 value)};
        }
        return {2, fmt::format("#n{} {}", name, value)};
      case LegacyAction::kDelete:
        break;
    }
    return update.value == nullptr ? std::pair{size_t{1}, fmt::format("#n{}", name)}
                                   : std::pair{size_t{3}, fmt::format("#n{} {}", name, value)};
  }

  std::string Applied(const Update& update, model::Item item) {
    const Result<model::Item> result = Apply(update, item, arena_);
    return result.ok() ? TextOf(*result) + TextOf(ProjectTargets(update, *result, arena_)) : result.error().text;
  }
  static std::string TextOf(model::Item item) { return expression::TextOf(item); }

  static std::string Bound(const Result<KeyRange>& range) {
    if (!range.ok()) {
      return range.error().text;
    }
    std::array<model::Attribute, 3> parts = {
        {{"high", range->sort_high}, {"low", range->sort_low}, {"partition", range->partition}}};
    return fmt::format("{} {}", static_cast<int>(range->sort_operator), expression::TextOf(model::Item(parts)));
  }

  model::Type KeyTypeFor(const LegacyCondition& condition) {
    const model::Type type = condition.values.front().type;
    const bool fits = type == model::Type::kS || type == model::Type::kN || type == model::Type::kB;
    return fits && !Chance(8) ? type : model::Type::kN;
  }

  static bool SamePaths(std::span<const Path> a, std::span<const Path> b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](Path x, Path y) {
      return x.size() == 1 && y.size() == 1 && x.front().name == y.front().name;
    });
  }

  std::string Literals() const {
    std::string out;
    for (size_t i = 0; i < literals_.size(); ++i) {
      out += fmt::format("{}':v{:02}':{}", i > 0 ? "," : "", i, literals_[i]);
    }
    return "{" + out + "}";
  }

  Names PlaceholderNames() const {
    return {{"#n0", kNames[0]}, {"#n1", kNames[1]}, {"#n2", kNames[2]}, {"#n3", kNames[3]}, {"#n4", kNames[4]}};
  }

  std::function<size_t(size_t)> below_;
  Arena arena_;
  std::vector<std::string> literals_;
};

}  // namespace basalt::expression
