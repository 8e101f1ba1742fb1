#include "policy/judge.h"

#include <algorithm>
#include <optional>

#include "policy/condition.h"
#include "policy/text_pattern.h"
#include "policy/variable.h"

namespace basalt::policy {
namespace {

bool ResourceMatches(const Compiled& document, const ResourceEntry& entry, const Request& request) {
  if (entry.is_any) {
    return true;
  }
  if (entry.never || !request.resource.IsArn()) {
    return false;
  }
  const std::string_view pattern = document.TextOf(entry.text);
  if (!entry.has_variable) {
    return MatchesArn(SplitArn(pattern), request.resource.fields);
  }
  Expansion expansion;
  const std::optional<std::string_view> expanded = expansion.Expand(document, pattern, request.context);
  return expanded && MatchesArn(SplitArn(*expanded), request.resource.fields);
}

bool ResourcesMatch(const Compiled& document, const Statement& statement, const Request& request) {
  if (statement.any_resource) {
    return !statement.negated_resources;
  }
  const ResourceEntry* first = document.resources.data() + statement.resources.first;
  const bool listed = std::any_of(first, first + statement.resources.count, [&](const ResourceEntry& entry) {
    return ResourceMatches(document, entry, request);
  });
  return listed != statement.negated_resources;
}

class PrincipalMatch {
 public:
  PrincipalMatch(const Compiled& document, const Statement& statement, const Caller& caller)
      : document_(document), statement_(statement), caller_(caller) {}

  Strength StrongestListed() const {
    Strength strongest = Strength::kNone;
    const PrincipalEntry* first = document_.principals.data() + statement_.principals.first;
    for (const PrincipalEntry* entry = first; entry != first + statement_.principals.count; ++entry) {
      strongest = std::max(strongest, StrengthOf(*entry));
    }
    return strongest;
  }

  // Whether everything that the caller is stands in the list: the session, its role and the account, or the user and
  // the account. Less exempts nobody.
  bool ListsAllOfCaller() const {
    bool everyone = false;
    bool account = false;
    bool entity = false;
    bool session = false;
    const PrincipalEntry* first = document_.principals.data() + statement_.principals.first;
    for (const PrincipalEntry* entry = first; entry != first + statement_.principals.count; ++entry) {
      everyone = everyone || entry->form == PrincipalForm::kEveryone;
      const Strength strength = StrengthOf(*entry);
      account = account || strength == Strength::kAccount;
      entity = entity || strength == Strength::kRole;
      session = session || strength == Strength::kDirect;
    }
    if (everyone) {
      return true;
    }
    switch (caller_.kind) {
      case CallerKind::kRoot:
        return account;
      case CallerKind::kUser:
      case CallerKind::kFederatedUser:
        return account && session;
      case CallerKind::kRoleSession:
        return account && entity && session;
      case CallerKind::kService:
      case CallerKind::kWebIdentity:
        return session;
    }
    return false;
  }

 private:
  Strength StrengthOf(const PrincipalEntry& entry) const {
    const std::string_view text = document_.TextOf(entry.text);
    switch (entry.form) {
      case PrincipalForm::kEveryone:
        return Strength::kDirect;
      case PrincipalForm::kAccount:
        return text == caller_.account ? Strength::kAccount : Strength::kNone;
      case PrincipalForm::kArn:
        if (text == caller_.arn && caller_.kind != CallerKind::kService && caller_.kind != CallerKind::kWebIdentity) {
          return Strength::kDirect;
        }
        return text == caller_.entity_arn ? StrengthOfEntity() : Strength::kNone;
      case PrincipalForm::kUniqueId:
        return text == caller_.entity_id ? StrengthOfEntity() : Strength::kNone;
      case PrincipalForm::kService:
        return caller_.kind == CallerKind::kService && text == caller_.name ? Strength::kDirect : Strength::kNone;
      case PrincipalForm::kFederated:
        return caller_.kind == CallerKind::kWebIdentity && text == caller_.name ? Strength::kDirect : Strength::kNone;
    }
    return Strength::kNone;
  }
  Strength StrengthOfEntity() const {
    switch (caller_.kind) {
      case CallerKind::kUser:
        return Strength::kDirect;
      case CallerKind::kRoleSession:
        return Strength::kRole;
      case CallerKind::kFederatedUser:
        return Strength::kUserOfSession;
      case CallerKind::kRoot:
      case CallerKind::kService:
      case CallerKind::kWebIdentity:
        return Strength::kNone;
    }
    return Strength::kNone;
  }

  const Compiled& document_;
  const Statement& statement_;
  const Caller& caller_;
};

// kNone if the statement is not about the caller.
Strength PrincipalStrength(const Compiled& document, const Statement& statement, const Caller& caller,
                           bool has_boundary) {
  if (statement.principals.count == 0) {
    return Strength::kDirect;
  }
  const PrincipalMatch match(document, statement, caller);
  if (!statement.negated_principals) {
    return match.StrongestListed();
  }
  if (statement.effect == Effect::kDeny) {
    return has_boundary || !match.ListsAllOfCaller() ? Strength::kDirect : Strength::kNone;
  }
  return match.StrongestListed() == Strength::kNone ? Strength::kDirect : Strength::kNone;
}

}  // namespace

Verdict Judge(const Document& document, const Request& request, bool has_boundary) {
  const Compiled& compiled = document.compiled();
  Verdict verdict;
  ComparedBytes compared;
  for (const Statement& statement : compiled.statements) {
    if (!compiled.SpeaksOf(statement, request.action)) {
      continue;
    }
    const Strength strength = PrincipalStrength(compiled, statement, request.caller, has_boundary);
    // Denials stand first. An Allow is of interest only if it is stronger than what was found.
    if (strength <= verdict.allows || !ResourcesMatch(compiled, statement, request) ||
        !ConditionsHold(compiled, statement, request.context, compared)) {
      continue;
    }
    verdict.statement = statement.ordinal;
    if (statement.effect == Effect::kDeny) {
      verdict.denies = true;
      return verdict;
    }
    verdict.allows = strength;
    if (strength == Strength::kDirect) {
      return verdict;
    }
  }
  return verdict;
}

}  // namespace basalt::policy
