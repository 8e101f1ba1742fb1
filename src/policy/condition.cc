// The operators, one value of the request against those of the policy; around them what becomes of keys that are absent
// and of keys with several values.
#include "policy/condition.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "base/base64.h"
#include "policy/text_pattern.h"
#include "policy/variable.h"

namespace basalt::policy {
namespace {

class Condition {
 public:
  Condition(const Compiled& document, const ConditionEntry& entry, const Context& context, ComparedBytes& compared)
      : document_(document), entry_(entry), context_(context), compared_(compared) {}

  bool Holds() const {
    const ConditionKey key = document_.KeyOf(entry_.key);
    const Values values = context_.Find(key);
    // An empty list is as good as none.
    const bool absent = values.texts().empty();
    if (entry_.op == Operator::kNull) {
      return AnyOperand([&](const Operand& operand) { return ParseBool(document_.TextOf(operand.text)) == absent; });
    }
    if (entry_.quantifier == Quantifier::kNone) {
      if (IsMultivalued(key.id) || values.is_list()) {
        return false;
      }
      return absent ? entry_.negated || entry_.if_exists : Satisfies(values.texts().front());
    }
    if (entry_.quantifier == Quantifier::kForAllValues) {
      return std::all_of(values.texts().begin(), values.texts().end(),
                         [&](std::string_view value) { return Satisfies(value); });
    }
    if (absent) {
      return entry_.if_exists;
    }
    return std::any_of(values.texts().begin(), values.texts().end(),
                       [&](std::string_view value) { return Satisfies(value); });
  }

 private:
  template <class Test>
  bool AnyOperand(Test test) const {
    const Operand* first = document_.operands.data() + entry_.operands.first;
    return std::any_of(first, first + entry_.operands.count, test);
  }

  bool Satisfies(std::string_view value) const { return MatchesAny(value) != entry_.negated; }

  // A value that the operator can do nothing with matches nothing.
  bool MatchesAny(std::string_view value) const {
    switch (entry_.op) {
      case Operator::kStringEquals:
        return AnyText([&](std::string_view text) { return text == value; });
      case Operator::kStringEqualsIgnoreCase:
        return AnyText([&](std::string_view text) { return EqualsIgnoringCase(text, value); });
      case Operator::kStringLike:
        return AnyText([&](std::string_view pattern) { return Walk(pattern, value) && Matches(pattern, value); });
      case Operator::kArn: {
        const ArnFields arn = SplitArn(value);
        return arn.count == ArnFields::kCount && arn.field[0] == "arn" && AnyText([&](std::string_view text) {
                 const ArnFields pattern = SplitArn(text);
                 return Walk(text, value) && pattern.count == ArnFields::kCount && MatchesArn(pattern, arn);
               });
      }
      case Operator::kBool: {
        const std::optional<bool> truth = ParseBool(value);
        return truth && AnyText([&](std::string_view text) { return ParseBool(text) == truth; });
      }
      case Operator::kBinaryEquals: {
        std::string bytes(value.size(), '\0');
        size_t size = 0;
        if (Base64Decode(value, bytes.data(), size) != Base64Defect::kNone) {
          return false;
        }
        bytes.resize(size);
        return AnyText([&](std::string_view text) { return text == bytes; });
      }
      case Operator::kIpAddress: {
        const std::optional<Network> address = ParseNetwork(value);
        return address &&
               AnyOperand([&](const Operand& operand) { return document_.networks[operand.typed].Contains(*address); });
      }
      case Operator::kNumericEquals:
      case Operator::kNumericLess:
      case Operator::kNumericLessOrEquals:
      case Operator::kNumericGreater:
      case Operator::kNumericGreaterOrEquals: {
        const Result<model::Number> number = model::Number::Parse(value);
        return number.ok() && AnyOperand([&](const Operand& operand) {
                 return Compares(model::Number::Compare(*number, document_.numbers[operand.typed]));
               });
      }
      case Operator::kDateEquals:
      case Operator::kDateLess:
      case Operator::kDateLessOrEquals:
      case Operator::kDateGreater:
      case Operator::kDateGreaterOrEquals: {
        const std::optional<int64_t> instant = ParseInstant(value);
        return instant && AnyOperand([&](const Operand& operand) {
                 const int64_t limit = document_.instants[operand.typed];
                 return Compares(*instant < limit ? -1 : *instant > limit ? 1 : 0);
               });
      }
      case Operator::kNull:
        return false;  // answered before
    }
    return false;
  }

  // One whose variable has no value matches nothing.
  template <class Test>
  bool AnyText(Test test) const {
    return AnyOperand([&](const Operand& operand) {
      const std::string_view text = document_.TextOf(operand.text);
      if (compared_.exceeded) {
        return false;
      }
      if (!operand.has_variable) {
        return test(text);
      }
      Expansion expansion;
      const std::optional<std::string_view> expanded = expansion.Expand(document_, text, context_);
      return expanded && Walk(*expanded, {}) && test(*expanded);
    });
  }

  // False once there is no more to be compared.
  bool Walk(std::string_view pattern, std::string_view value) const {
    const size_t bytes = pattern.size() + value.size();
    compared_.exceeded = compared_.exceeded || bytes > compared_.left;
    compared_.left -= compared_.exceeded ? 0 : bytes;
    return !compared_.exceeded;
  }

  // Of the request's value against the policy's: below, the same, above.
  bool Compares(int order) const {
    switch (entry_.op) {
      case Operator::kNumericEquals:
      case Operator::kDateEquals:
        return order == 0;
      case Operator::kNumericLess:
      case Operator::kDateLess:
        return order < 0;
      case Operator::kNumericLessOrEquals:
      case Operator::kDateLessOrEquals:
        return order <= 0;
      case Operator::kNumericGreater:
      case Operator::kDateGreater:
        return order > 0;
      case Operator::kNumericGreaterOrEquals:
      case Operator::kDateGreaterOrEquals:
        return order >= 0;
      case Operator::kStringEquals:
      case Operator::kStringEqualsIgnoreCase:
      case Operator::kStringLike:
      case Operator::kBool:
      case Operator::kBinaryEquals:
      case Operator::kIpAddress:
      case Operator::kArn:
      case Operator::kNull:
        return false;
    }
    return false;
  }

  const Compiled& document_;
  const ConditionEntry& entry_;
  const Context& context_;
  ComparedBytes& compared_;
};

}  // namespace

bool ConditionsHold(const Compiled& document, const Statement& statement, const Context& context,
                    ComparedBytes& compared) {
  const ConditionEntry* first = document.conditions.data() + statement.conditions.first;
  const bool hold = std::all_of(first, first + statement.conditions.count, [&](const ConditionEntry& entry) {
    return Condition(document, entry, context, compared).Holds();
  });
  const bool counted = !compared.exceeded || statement.conditions.count == 0;
  return counted ? hold : statement.effect == Effect::kDeny;
}

}  // namespace basalt::policy
