#include "policy/guards.h"

#include <algorithm>

#include "policy/defect.h"
#include "policy/judge.h"
#include "policy/text_pattern.h"

namespace basalt::policy {
namespace {

bool IsConfining(KeyId id) {
  switch (id) {
    case KeyId::kPrincipalAccount:
    case KeyId::kPrincipalArn:
    case KeyId::kPrincipalOrgId:
    case KeyId::kPrincipalOrgPaths:
    case KeyId::kSourceAccount:
    case KeyId::kSourceArn:
    case KeyId::kSourceVpc:
    case KeyId::kSourceVpce:
    case KeyId::kUserId:
    case KeyId::kPrincipalServiceName:
    case KeyId::kPrincipalServiceNamesList:
    case KeyId::kPrincipalIsAwsService:
    case KeyId::kInstanceSourceVpc:
    case KeyId::kSourceOrgId:
    case KeyId::kSourceOrgPaths:
      return true;
    default:
      return false;
  }
}

bool IsExact(std::string_view text) {
  return text.find_first_of("*?") == std::string_view::npos && text.find_first_of(kMarks) == std::string_view::npos &&
         text.find("${") == std::string_view::npos;
}

bool Confines(const Compiled& document, const ConditionEntry& entry) {
  const bool takes_exact_values = entry.op == Operator::kStringEquals || entry.op == Operator::kStringLike ||
                                  entry.op == Operator::kArn || entry.op == Operator::kBool;
  const KeyId key = document.KeyOf(entry.key).id;
  if (!takes_exact_values || entry.negated || entry.if_exists || entry.quantifier == Quantifier::kForAllValues ||
      !IsConfining(key)) {
    return false;
  }
  const Operand* first = document.operands.data() + entry.operands.first;
  return std::all_of(first, first + entry.operands.count, [&](const Operand& operand) {
    const std::string_view text = document.TextOf(operand.text);
    // Only services that call by themselves are AWS; everybody else is not.
    return IsExact(text) && (key != KeyId::kPrincipalIsAwsService || EqualsIgnoringCase(text, "true"));
  });
}

bool IsToEverybody(const Compiled& document, const Statement& statement) {
  const PrincipalEntry* first = document.principals.data() + statement.principals.first;
  return statement.negated_principals ||
         std::any_of(first, first + statement.principals.count,
                     [](const PrincipalEntry& entry) { return entry.form == PrincipalForm::kEveryone; });
}

}  // namespace

bool AdmitsEverybody(const Compiled& document, const Statement& statement) {
  const ConditionEntry* first = document.conditions.data() + statement.conditions.first;
  return statement.effect == Effect::kAllow && IsToEverybody(document, statement) &&
         std::none_of(first, first + statement.conditions.count,
                      [&](const ConditionEntry& entry) { return Confines(document, entry); });
}

bool AdmitsEverybody(const Document& document) {
  const Compiled& compiled = document.compiled();
  return std::any_of(compiled.statements.begin(), compiled.statements.end(),
                     [&](const Statement& statement) { return AdmitsEverybody(compiled, statement); });
}

Status CheckNotPublic(const Document& document) {
  return AdmitsEverybody(document) ? GrantsUnboundedAccess() : Status();
}

Status CheckKeepsAccess(const Document& next, const Request& replacing, bool has_boundary) {
  if (!Judge(next, replacing, has_boundary).denies) {
    return {};
  }
  return Error(Reason::kAccessDenied,
               "The new resource policy will not allow you to update the resource policy in the future.");
}

}  // namespace basalt::policy
