#include "policy/operator_name.h"

#include <algorithm>
#include <array>
#include <string>

namespace basalt::policy {
namespace {

struct OperatorRow {
  std::string_view name;  // in lower case
  Operator op;
  bool negated = false;
};
constexpr std::array<OperatorRow, 27> kOperators = {{
    {"stringequals", Operator::kStringEquals},
    {"stringnotequals", Operator::kStringEquals, true},
    {"stringequalsignorecase", Operator::kStringEqualsIgnoreCase},
    {"stringnotequalsignorecase", Operator::kStringEqualsIgnoreCase, true},
    {"stringlike", Operator::kStringLike},
    {"stringnotlike", Operator::kStringLike, true},
    {"numericequals", Operator::kNumericEquals},
    {"numericnotequals", Operator::kNumericEquals, true},
    {"numericlessthan", Operator::kNumericLess},
    {"numericlessthanequals", Operator::kNumericLessOrEquals},
    {"numericgreaterthan", Operator::kNumericGreater},
    {"numericgreaterthanequals", Operator::kNumericGreaterOrEquals},
    {"dateequals", Operator::kDateEquals},
    {"datenotequals", Operator::kDateEquals, true},
    {"datelessthan", Operator::kDateLess},
    {"datelessthanequals", Operator::kDateLessOrEquals},
    {"dategreaterthan", Operator::kDateGreater},
    {"dategreaterthanequals", Operator::kDateGreaterOrEquals},
    {"bool", Operator::kBool},
    {"binaryequals", Operator::kBinaryEquals},
    {"ipaddress", Operator::kIpAddress},
    {"notipaddress", Operator::kIpAddress, true},
    {"arnequals", Operator::kArn},
    {"arnlike", Operator::kArn},
    {"arnnotequals", Operator::kArn, true},
    {"arnnotlike", Operator::kArn, true},
    {"null", Operator::kNull},
}};

bool TakePrefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) {
    return false;
  }
  text.remove_prefix(prefix.size());
  return true;
}
bool TakeSuffix(std::string_view& text, std::string_view suffix) {
  if (!text.ends_with(suffix)) {
    return false;
  }
  text.remove_suffix(suffix.size());
  return true;
}

}  // namespace

std::optional<ConditionEntry> ParseOperator(std::string_view name) {
  const std::string lower = LowerCase(name);
  std::string_view rest = lower;
  ConditionEntry entry;
  if (TakePrefix(rest, "forallvalues:")) {
    entry.quantifier = Quantifier::kForAllValues;
  } else if (TakePrefix(rest, "foranyvalue:")) {
    entry.quantifier = Quantifier::kForAnyValue;
  }
  entry.if_exists = TakeSuffix(rest, "ifexists");
  const auto row = std::find_if(kOperators.begin(), kOperators.end(),
                                [&](const OperatorRow& candidate) { return candidate.name == rest; });
  if (row == kOperators.end()) {
    return std::nullopt;
  }
  if (row->op == Operator::kNull && (entry.if_exists || entry.quantifier != Quantifier::kNone)) {
    return std::nullopt;
  }
  entry.op = row->op;
  entry.negated = row->negated;
  return entry;
}

}  // namespace basalt::policy
