// For tests and the fuzzer: statements made from a stream of choices, each beside what must mean the same: a WHERE
// beside a condition expression, a plan beside the WHERE that it comes from.
#pragma once

#include <fmt/format.h>

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "expression/partiql/statement_fixture.h"

namespace basalt::expression::partiql {

class StatementTwins {
 public:
  // `below(n)` chooses a number below n.
  explicit StatementTwins(std::function<size_t(size_t)> below) : below_(std::move(below)) {}

  // What the twins disagree about, or "".
  std::string Compare() {
    const Twin where = AnyCondition(3);
    const std::string text = fmt::format("SELECT * FROM T WHERE {}", where.statement);
    const std::string values = "{" + classic_values_ + "}";
    Request request(values, {{"#a", "a"}, {"#b", "b"}, {"#c", "c"}, {"#m", "m"}});
    const auto condition = ParseCondition(Kind::kFilter, where.classic, request.placeholders(), request.arena());
    const Parsed parsed(text, parameters_);
    if (!parsed.ok() || !condition.ok()) {
      // Both are refused: too many operators are too many for both.
      const bool both = !parsed.ok() && !condition.ok() && TailOf(parsed.error()) == TailOf(condition.error().text);
      return both ? ""
                  : fmt::format("{}: {}\n{}: {}", text, parsed.error(), where.classic,
                                condition.ok() ? "" : condition.error().text);
    }
    Arena arena;
    const Result<ReadPlan> scan = PlanRead(*parsed, kElsewhere, arena);
    if (!scan.ok() || scan->access != Access::kScan) {
      return text + " is not a scan of another table";
    }
    const Result<ReadPlan> plan = PlanRead(*parsed, Chance(2) ? kTableKey : kSimple, arena);
    if (plan.ok()) {
      access_ = plan->access;
    }
    for (int i = 0; i < 6; ++i) {
      const model::Item item = ItemOf(AnyItem(), arena);
      const bool holds = Evaluate(**condition, item);
      held_ += holds ? 1U : 0U;
      if (Evaluate(*scan->filter, item) != holds) {
        return fmt::format("{} with {}\n{} with {}\nis {} of {}", text, parameters_, where.classic, values, holds,
                           expression::TextOf(item));
      }
      if (plan.ok() && Reads(*plan, item) != holds) {
        return fmt::format("{} with {}\nis {} of {}\nbut planned as {}", text, parameters_, holds,
                           expression::TextOf(item), TextOf(*plan));
      }
    }
    return "";
  }

  // Of the last comparison: how the statement was planned, unless it was refused, and how many of six items passed.
  std::optional<Access> access() const { return access_; }
  size_t held() const { return held_; }

 private:
  // As a statement writes it and as an expression does.
  struct Twin {
    std::string statement;
    std::string classic;
  };

  static constexpr std::array<KeyAttribute, 1> kA = {{{"a", model::Type::kS}}};
  static constexpr std::array<KeyAttribute, 1> kB = {{{"b", model::Type::kN}}};
  static constexpr std::array<KeyAttribute, 1> kOther = {{{"zz", model::Type::kS}}};
  inline static const KeySchema kSimple{kA, {}};
  inline static const KeySchema kTableKey{kA, kB};
  inline static const KeySchema kElsewhere{kOther, {}};

  bool Chance(size_t one_in) { return below_(one_in) == 0; }

  static std::string TailOf(const std::string& error) { return error.substr(std::min(error.size(), error.find(": "))); }

  // Whether the plan leads to the item and lets it pass.
  static bool Reads(const ReadPlan& plan, model::Item item) {
    if (plan.filter != nullptr && !Evaluate(*plan.filter, item)) {
      return false;
    }
    switch (plan.access) {
      case Access::kScan:
        return true;
      case Access::kGet:
        for (const model::Attribute& attribute : plan.key) {
          const model::Value* value = model::Find(item, attribute.name);
          if (value == nullptr || !model::Equal(*value, attribute.value)) {
            return false;
          }
        }
        return true;
      case Access::kQuery:
        break;
    }
    size_t found = 0;
    for (const KeySelection& selection : plan.selections) {
      found += Selects(RangeOf(selection), item) ? 1U : 0U;
    }
    BASALT_CHECK(found <= 1);  // no partition twice
    return found == 1;
  }

  static bool Selects(const KeyRange& range, model::Item item) {
    const model::Value* partition = model::Find(item, "a");
    if (partition == nullptr || !model::Equal(*partition, range.partition)) {
      return false;
    }
    const model::Value* sort = model::Find(item, "b");
    if (range.sort_operator == SortOperator::kNone) {
      return true;
    }
    if (sort == nullptr || sort->type != range.sort_low.type) {
      return false;
    }
    const int low = model::Compare(*sort, range.sort_low);
    switch (range.sort_operator) {
      case SortOperator::kEqual:
        return low == 0;
      case SortOperator::kLess:
        return low < 0;
      case SortOperator::kLessOrEqual:
        return low <= 0;
      case SortOperator::kGreater:
        return low > 0;
      case SortOperator::kGreaterOrEqual:
        return low >= 0;
      case SortOperator::kBetween:
        return low >= 0 && model::Compare(*sort, range.sort_high) <= 0;
      case SortOperator::kBeginsWith:
      case SortOperator::kNone:
        break;
    }
    return sort->text.starts_with(range.sort_low.text);
  }

  // ---- values: JSON with ' for "

  struct Literal {
    std::string statement;  // empty: as a parameter only
    std::string json;
  };

  Literal AnyLiteral(std::string_view type) {
    static constexpr std::array<std::string_view, 5> kTexts = {"", "x", "xy", "y", "S"};
    static constexpr std::array<std::string_view, 5> kNumbers = {"-1", "0", "1", "1.5", "10"};
    const size_t choice = below_(5);
    if (type == "S") {
      return {fmt::format("'{}'", kTexts[choice]), fmt::format("{{'S':'{}'}}", kTexts[choice])};
    }
    if (type == "N") {
      return {std::string(kNumbers[choice]), fmt::format("{{'N':'{}'}}", kNumbers[choice])};
    }
    if (type == "B") {
      return {"", choice < 2 ? "{'B':'eA=='}" : "{'B':'eHk='}"};
    }
    if (type == "BOOL") {
      return choice < 2 ? Literal{"TRUE", "{'BOOL':true}"} : Literal{"false", "{'BOOL':false}"};
    }
    if (type == "NULL") {
      return {"NULL", "{'NULL':true}"};
    }
    if (type == "SS") {
      return choice < 2 ? Literal{"<<'y', 'x'>>", "{'SS':['x','y']}"} : Literal{"<<'x'>>", "{'SS':['x']}"};
    }
    if (type == "NS") {
      return choice < 2 ? Literal{"<<1.0,-1>>", "{'NS':['1','-1']}"} : Literal{"<<0>>", "{'NS':['0']}"};
    }
    if (choice == 0) {
      return type == "L" ? Literal{"[]", "{'L':[]}"} : Literal{"{}", "{'M':{}}"};
    }
    static constexpr std::array<std::string_view, 4> kScalars = {"S", "N", "BOOL", "NULL"};
    const Literal inner = AnyLiteral(kScalars[below_(kScalars.size())]);
    return type == "L" ? Literal{"[" + inner.statement + "]", "{'L':[" + inner.json + "]}"}
                       : Literal{"{'c': " + inner.statement + "}", "{'M':{'c':" + inner.json + "}}"};
  }

  static constexpr std::array<std::string_view, 9> kTypes = {"S", "N", "B", "BOOL", "NULL", "SS", "NS", "L", "M"};
  std::string_view AnyType(bool ordered) { return kTypes[below_(ordered ? 3 : kTypes.size())]; }

  // In the statement a literal or a parameter, in the expression a placeholder.
  Twin Place(const Literal& literal) {
    const std::string name = fmt::format(":v{:04}", literal_count_++);
    classic_values_ += fmt::format("{}'{}':{}", classic_values_.empty() ? "" : ",", name, literal.json);
    if (!literal.statement.empty() && !Chance(3)) {
      return {literal.statement, name};
    }
    parameters_ += (parameters_.empty() ? "" : ",") + literal.json;
    return {"?", name};
  }
  Twin Value(bool ordered) { return Place(AnyLiteral(AnyType(ordered))); }

  Twin AnyPath() {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kPaths = {{
        {"a", "#a"},
        {"\"a\"", "#a"},
        {"b", "#b"},
        {"c", "#c"},
        {"c[0]", "#c[0]"},
        {"m.c", "#m.#c"},
        {"\"m\".\"c\"[1]", "#m.#c[1]"},
        {"m", "#m"},
    }};
    const auto& [statement, classic] = kPaths[below_(kPaths.size())];
    return {std::string(statement), std::string(classic)};
  }

  std::string AnyItem() {
    std::string out;
    for (const std::string_view name : {"a", "b", "c", "m"}) {
      if (!Chance(5)) {
        const std::string_view type = name == "a" && !Chance(3)   ? "S"
                                      : name == "b" && !Chance(3) ? "N"
                                                                  : AnyType(false);
        out += fmt::format("{}'{}':{}", out.empty() ? "" : ",", name, AnyLiteral(type).json);
      }
    }
    return "{" + out + "}";
  }

  // ---- conditions

  Twin Operand(bool ordered) {
    Twin twin = AnyPath();
    if (Chance(6)) {
      twin = {"size(" + twin.statement + ")", "size(" + twin.classic + ")"};
    } else if (Chance(3)) {
      twin = Value(ordered);
    }
    if (Chance(8)) {
      twin.statement = "(" + twin.statement + ")";
    }
    return twin;
  }

  Twin Comparison() {
    static constexpr std::array<std::string_view, 5> kComparators = {"=", "<", "<=", ">", ">="};
    const std::string_view comparator = kComparators[below_(kComparators.size())];
    const bool ordered = comparator != "=";
    // Parameters are numbered as they are made, so in the order of the text.
    const bool mirrored = Chance(5);
    const Twin one = mirrored ? Value(ordered) : Chance(4) ? Operand(ordered) : AnyPath();
    const Twin other = !mirrored ? Value(ordered) : Chance(4) ? Operand(ordered) : AnyPath();
    return {fmt::format("{} {} {}", one.statement, comparator, other.statement),
            fmt::format("{} {} {}", one.classic, comparator, other.classic)};
  }

  // Of a key attribute, so that plans have something to find.
  Twin KeyTest() {
    if (Chance(3)) {
      const Twin value = Place(AnyLiteral("N"));
      static constexpr std::array<std::string_view, 5> kComparators = {"=", "<", "<=", ">", ">="};
      const std::string_view comparator = kComparators[below_(kComparators.size())];
      return {fmt::format("b {} {}", comparator, value.statement), fmt::format("#b {} {}", comparator, value.classic)};
    }
    if (Chance(3)) {
      Twin twin{"a IN [", "#a IN ("};
      for (size_t i = 0, count = 1 + below_(3); i < count; ++i) {
        const Twin value = Place(AnyLiteral("S"));
        twin.statement += (i > 0 ? ", " : "") + value.statement;
        twin.classic += (i > 0 ? ", " : "") + value.classic;
      }
      return {twin.statement + "]", twin.classic + ")"};
    }
    const Twin value = Place(AnyLiteral("S"));
    if (Chance(3)) {
      const Twin other = Place(AnyLiteral("S"));
      return {fmt::format("(a = {} OR {} = a)", value.statement, other.statement),
              fmt::format("(#a = {} OR {} = #a)", value.classic, other.classic)};
    }
    return {"a = " + value.statement, "#a = " + value.classic};
  }

  Twin Unequal() {
    const Twin path = AnyPath();
    const Twin value = Value(false);
    return {fmt::format("{} {} {}", path.statement, Chance(2) ? "<>" : "!=", value.statement),
            fmt::format("(attribute_exists({0}) AND {0} <> {1})", path.classic, value.classic)};
  }

  Twin Between() {
    const Twin value = AnyPath();
    const Twin low = AnyPath();
    const Twin high = Operand(true);
    return {fmt::format("{} BETWEEN {} AND {}", value.statement, low.statement, high.statement),
            fmt::format("{} BETWEEN {} AND {}", value.classic, low.classic, high.classic)};
  }

  Twin In() {
    const Twin value = AnyPath();
    Twin twin;
    for (size_t i = 0, count = 1 + below_(4); i < count; ++i) {
      const Twin candidate = Operand(false);
      twin.statement += (i > 0 ? ", " : "") + candidate.statement;
      twin.classic += (i > 0 ? ", " : "") + candidate.classic;
    }
    const bool round = Chance(2);
    return {fmt::format("{} in {}{}{}", value.statement, round ? '(' : '[', twin.statement, round ? ')' : ']'),
            fmt::format("{} IN ({})", value.classic, twin.classic)};
  }

  Twin Call() {
    const Twin path = AnyPath();
    switch (below_(4)) {
      case 0: {
        const bool is_not = Chance(2);
        return {path.statement + (is_not ? " IS NOT MISSING" : " is missing"),
                fmt::format("{}({})", is_not ? "attribute_exists" : "attribute_not_exists", path.classic)};
      }
      case 1: {
        const std::string_view type = AnyType(false);
        const Twin name = Place({fmt::format("'{}'", type), fmt::format("{{'S':'{}'}}", type)});
        return {Chance(2) && name.statement != "?"
                    ? fmt::format("{} IS {}", path.statement, type)
                    : fmt::format("attribute_type({}, {})", path.statement, name.statement),
                fmt::format("attribute_type({}, {})", path.classic, name.classic)};
      }
      case 2: {
        const Twin prefix = Place(AnyLiteral(Chance(2) ? "S" : "B"));
        return {fmt::format("Begins_With({}, {})", path.statement, prefix.statement),
                fmt::format("begins_with({}, {})", path.classic, prefix.classic)};
      }
      default:
        break;
    }
    const Twin part = Value(false);
    return {fmt::format("contains({}, {})", path.statement, part.statement),
            fmt::format("contains({}, {})", path.classic, part.classic)};
  }

  Twin AnyCondition(size_t depth) {
    if (depth == 0 || Chance(3)) {
      switch (below_(8)) {
        case 0:
          return Between();
        case 1:
          return In();
        case 2:
          return Call();
        case 3:
          return Unequal();
        case 4:
          return Comparison();
        default:
          return KeyTest();
      }
    }
    const Twin one = AnyCondition(depth - 1);
    if (Chance(6)) {
      return {fmt::format("NOT ({})", one.statement), fmt::format("NOT {}", Bracketed(one.classic))};
    }
    const Twin other = AnyCondition(depth - 1);
    const std::string_view word = Chance(3) ? "OR" : "AND";
    return {fmt::format("({}) {} ({})", one.statement, word, other.statement),
            fmt::format("{} {} {}", Bracketed(one.classic), word, Bracketed(other.classic))};
  }

  // An expression may not have redundant parentheses.
  static std::string Bracketed(const std::string& text) {
    int depth = 0;
    for (size_t i = 0; i + 1 < text.size(); ++i) {
      depth += text[i] == '(' ? 1 : text[i] == ')' ? -1 : 0;
      if (depth == 0) {
        return "(" + text + ")";
      }
    }
    return text;
  }

  std::function<size_t(size_t)> below_;
  std::optional<Access> access_;
  size_t held_ = 0;
  size_t literal_count_ = 0;
  std::string classic_values_;
  std::string parameters_;
};

}  // namespace basalt::expression::partiql
