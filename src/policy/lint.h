// Warnings about policies that are valid and do not do what their authors mean. Pure.
// Source: IAM User Guide, "Creating a condition with multiple keys or values", "NotPrincipal"; DynamoDB Developer
// Guide, "Using IAM policy conditions for fine-grained access control".
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "policy/document.h"

namespace basalt::policy {

enum class LintRule : uint8_t {
  kListWithoutSetOperator,  // a key with several values under an operator without ForAllValues or ForAnyValue
  kForAllValuesAllows,      // an Allow that holds when the key is absent
  kScanWithLeadingKeys,     // an Allow of Scan under a condition that holds without the keys, which a Scan has not
  kNotPrincipal,            // whom it exempts is less than what it names
  kNotActionAllows,         // an Allow of everything else, also of what comes later
  kNeverMatches,            // a resource that no request names, or none for such an action
  kAnyResourceAllows,       // an Allow of actions on items or tables that names no table
  kUnknownAction,           // in the catalogue's services, and not there
  kUnknownKey,              // of the aws or dynamodb keys, and none of them
  kVariableInOldVersion,    // "${" in a document of 2008, where it is text
  kVariableOutOfPlace,      // "${" where it is text
  kWildcardIsText,          // '*' or '?' under an operator that takes it for a character
  kIfExistsAllows,          // an Allow whose every condition holds when its key is absent
};

struct LintWarning {
  LintRule rule;
  uint32_t statement = 0;  // by ordinal
  std::string text;
};

// In the order of the document's statements. Actions are known only to a document that was parsed with a catalogue.
std::vector<LintWarning> Lint(const Document& document);

}  // namespace basalt::policy
