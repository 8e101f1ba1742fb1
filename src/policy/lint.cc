#include "policy/lint.h"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>

#include "policy/text_pattern.h"

namespace basalt::policy {
namespace {

class Linter {
 public:
  explicit Linter(const Document& document) : kind_(document.kind()), compiled_(document.compiled()) {}

  std::vector<LintWarning> Run() && {
    for (const Statement& statement : compiled_.statements) {
      statement_ = &statement;
      LookAtPrincipals();
      LookAtActions();
      LookAtResources();
      LookAtConditions();
    }
    std::stable_sort(warnings_.begin(), warnings_.end(),
                     [](const LintWarning& a, const LintWarning& b) { return a.statement < b.statement; });
    return std::move(warnings_);
  }

 private:
  bool allows() const { return statement_->effect == Effect::kAllow; }

  void Warn(LintRule rule, std::string text) { warnings_.push_back({rule, statement_->ordinal, std::move(text)}); }

  void LookAtPrincipals() {
    if (statement_->negated_principals) {
      Warn(LintRule::kNotPrincipal,
           "NotPrincipal exempts a session only if its account, its role and itself are all named, and never a caller "
           "with a permissions boundary; a condition on aws:PrincipalArn says what is meant");
    }
  }

  void LookAtActions() {
    if (statement_->negated_actions && allows()) {
      Warn(LintRule::kNotActionAllows, "Allow with NotAction allows every other action of every service");
    }
    for (uint32_t i = 0; i < statement_->actions.count && compiled_.catalogue != nullptr; ++i) {
      const std::string_view pattern = compiled_.TextOf(compiled_.actions[statement_->actions.first + i]);
      const std::string_view service = pattern.substr(0, pattern.find(':') + 1);
      bool service_known = false;
      bool action_known = false;
      for (size_t number = 0; number < compiled_.catalogue->size() && !action_known; ++number) {
        const std::string_view name = compiled_.catalogue->action(number).lower_name;
        service_known = service_known || (!service.empty() && name.starts_with(service));
        action_known = Matches(pattern, name);
      }
      if (service_known && !action_known) {
        Warn(LintRule::kUnknownAction, "no action is matched by " + Readable(pattern));
      }
    }
  }

  void LookAtResources() {
    const bool is_of_dynamodb = SpeaksOfDynamodbAlone();
    for (uint32_t i = 0; i < statement_->resources.count; ++i) {
      const ResourceEntry& entry = compiled_.resources[statement_->resources.first + i];
      const std::string_view pattern = compiled_.TextOf(entry.text);
      if (entry.never) {
        Warn(LintRule::kNeverMatches, "no resource is matched by the incomplete ARN " + Readable(pattern));
      } else if (is_of_dynamodb && !entry.is_any && !CanBeOfDynamodb(pattern)) {
        Warn(LintRule::kNeverMatches, "no action of the statement is on a resource like " + Readable(pattern));
      }
      LookForVariableAsText(pattern);
    }
    // The policy of a table, a key or a role is about that alone.
    if (!HasPrincipals(kind_) && allows() && statement_->any_resource && !statement_->negated_resources &&
        !statement_->negated_actions && statement_->conditions.count == 0 && SpeaksOfTables()) {
      Warn(LintRule::kAnyResourceAllows,
           "Allow on \"Resource\": \"*\" is for every table of the account; name those "
           "that are meant");
    }
  }

  bool SpeaksOfDynamodbAlone() const {
    const auto is_of_dynamodb = [&](const Text& action) { return compiled_.TextOf(action).starts_with("dynamodb:"); };
    const Text* first = compiled_.actions.data() + statement_->actions.first;
    return !statement_->negated_actions && std::all_of(first, first + statement_->actions.count, is_of_dynamodb);
  }

  // Whether it may be a table, with all that belongs to one, or a global table.
  static bool CanBeOfDynamodb(std::string_view pattern) {
    if (pattern.find("${") != std::string_view::npos) {
      return true;  // taken for text, which is said by itself
    }
    constexpr std::string_view kTable = "table/";
    constexpr std::string_view kGlobalTable = "global-table/";
    const ArnFields arn = SplitArn(pattern);
    if (arn.count > 2 && arn.field[2] != "dynamodb" && arn.field[2] != std::string_view(&kAnyRun, 1)) {
      return false;
    }
    if (arn.count < ArnFields::kCount) {
      return true;
    }
    const std::string_view id = arn.field[5];
    const std::string_view literal = id.substr(0, id.find_first_of(kMarks));
    const bool is_whole = literal.size() == id.size();
    const auto may_begin = [&](std::string_view prefix) {
      return literal.starts_with(prefix) || (!is_whole && prefix.starts_with(literal));
    };
    return may_begin(kTable) || may_begin(kGlobalTable);
  }

  bool SpeaksOfTables() const {
    for (size_t number = 0; compiled_.catalogue != nullptr && number < compiled_.catalogue->size(); ++number) {
      const KnownAction& row = compiled_.catalogue->row(number);
      if ((row.for_tables || row.for_streams) && compiled_.SpeaksOf(*statement_, compiled_.catalogue->action(number))) {
        return true;
      }
    }
    return false;
  }

  void LookForVariableAsText(std::string_view text) {
    if (text.find("${") == std::string_view::npos) {
      return;
    }
    if (compiled_.has_variables) {
      Warn(LintRule::kVariableOutOfPlace, "a variable has no meaning where it stands in " + Readable(text));
    } else {
      Warn(LintRule::kVariableInOldVersion,
           "variables have a meaning only with \"Version\": \"2012-10-17\", not in " + Readable(text));
    }
  }

  void LookAtConditions() {
    bool all_if_exists = statement_->conditions.count > 0;
    for (uint32_t i = 0; i < statement_->conditions.count; ++i) {
      const ConditionEntry& entry = compiled_.conditions[statement_->conditions.first + i];
      all_if_exists = all_if_exists && entry.if_exists;
      LookAtCondition(entry);
    }
    if (all_if_exists && allows()) {
      Warn(LintRule::kIfExistsAllows, "every condition holds for a request that has none of its keys");
    }
  }

  void LookAtCondition(const ConditionEntry& entry) {
    const ConditionKey key = compiled_.KeyOf(entry.key);
    const std::string name(key.name);
    if (IsMultivalued(key.id) && entry.quantifier == Quantifier::kNone && entry.op != Operator::kNull) {
      Warn(LintRule::kListWithoutSetOperator,
           name + " is a list: without ForAllValues or ForAnyValue the condition never holds");
    }
    if (allows() && entry.quantifier == Quantifier::kForAllValues && !RequiresPresence(entry.key)) {
      Warn(LintRule::kForAllValuesAllows, "ForAllValues holds for a request without " + name + "; \"Null\": {\"" +
                                              name + "\": \"false\"} excludes it");
    }
    const bool holds_if_absent = entry.quantifier == Quantifier::kForAllValues || entry.if_exists;
    if (allows() && IsPartitionKey(key.id) && holds_if_absent && !RequiresPresence(entry.key) &&
        compiled_.SpeaksOf(*statement_, scan_)) {
      Warn(LintRule::kScanWithLeadingKeys, "a Scan has no " + name + ", so the condition does not confine it");
    }
    if (key.id == KeyId::kOther && (name.starts_with("aws:") || name.starts_with("dynamodb:"))) {
      Warn(LintRule::kUnknownKey, "no request has a key " + name);
    }
    for (uint32_t i = 0; i < entry.operands.count; ++i) {
      const std::string_view text = compiled_.TextOf(compiled_.operands[entry.operands.first + i].text);
      const bool is_text = entry.op == Operator::kStringEquals || entry.op == Operator::kStringEqualsIgnoreCase;
      if (is_text && text.find_first_of("*?") != std::string_view::npos) {
        Warn(LintRule::kWildcardIsText, "wildcards are characters in " + Readable(text) + "; StringLike takes them");
      }
      if (is_text || entry.op == Operator::kStringLike || entry.op == Operator::kArn) {
        LookForVariableAsText(text);
      }
    }
  }
  static bool IsPartitionKey(KeyId id) {
    return id == KeyId::kLeadingKeys || id == KeyId::kFirstPartitionKeyValues ||
           id == KeyId::kSecondPartitionKeyValues || id == KeyId::kThirdPartitionKeyValues ||
           id == KeyId::kFourthPartitionKeyValues;
  }
  // Whether the same statement demands that the key is there.
  bool RequiresPresence(uint32_t key) const {
    const ConditionEntry* first = compiled_.conditions.data() + statement_->conditions.first;
    return std::any_of(first, first + statement_->conditions.count, [&](const ConditionEntry& entry) {
      return entry.op == Operator::kNull && entry.key == key && entry.operands.count == 1 &&
             EqualsIgnoringCase(compiled_.TextOf(compiled_.operands[entry.operands.first].text), "false");
    });
  }

  // A pattern as its author wrote it, near enough.
  static std::string Readable(std::string_view pattern) {
    std::string text;
    for (size_t i = 0; i < pattern.size(); ++i) {
      if (pattern[i] == kVariable) {
        text += "${...}";
        i += 2;
      } else {
        text.push_back(pattern[i] == kAnyRun ? '*' : pattern[i] == kAnyOne ? '?' : pattern[i]);
      }
    }
    return text;
  }

  const DocumentKind kind_;
  const Compiled& compiled_;
  const Action scan_ = Action::Named("dynamodb:Scan");
  const Statement* statement_ = nullptr;
  std::vector<LintWarning> warnings_;
};

}  // namespace

std::vector<LintWarning> Lint(const Document& document) { return Linter(document).Run(); }

}  // namespace basalt::policy
