// The inside of a compiled document, for policy/ alone: flat arrays that refer to each other by position, and one
// string with all texts. Denying statements stand before allowing ones; each remembers where it stood.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/number.h"
#include "policy/action.h"
#include "policy/condition_key.h"
#include "policy/condition_value.h"

namespace basalt::policy {

struct Range {
  uint32_t first = 0;
  uint32_t count = 0;
};
struct Text {
  uint32_t offset = 0;
  uint32_t length = 0;
};

enum class PrincipalForm : uint8_t {
  kEveryone,
  kAccount,    // twelve digits
  kArn,        // of a user, a role or a session
  kUniqueId,   // AIDA… or AROA…
  kService,    // its name
  kFederated,  // a provider
};
struct PrincipalEntry {
  PrincipalForm form = PrincipalForm::kEveryone;
  Text text;
};

struct ResourceEntry {
  Text text;  // a pattern
  bool is_any = false;
  bool never = false;         // incomplete, where that matches nothing
  bool has_variable = false;  // in its last field only
};

// Negated forms are a flag: StringNotEquals is kStringEquals, negated.
enum class Operator : uint8_t {
  kStringEquals,
  kStringEqualsIgnoreCase,
  kStringLike,
  kNumericEquals,
  kNumericLess,
  kNumericLessOrEquals,
  kNumericGreater,
  kNumericGreaterOrEquals,
  kDateEquals,
  kDateLess,
  kDateLessOrEquals,
  kDateGreater,
  kDateGreaterOrEquals,
  kBool,
  kBinaryEquals,
  kIpAddress,
  kArn,  // ArnEquals and ArnLike are the same
  kNull,
};
enum class Quantifier : uint8_t { kNone, kForAllValues, kForAnyValue };

struct Operand {
  Text text;           // literal, pattern or bytes, as the operator wants it
  uint32_t typed = 0;  // of numbers, instants and networks: which
  bool has_variable = false;
};
struct ConditionEntry {
  Operator op = Operator::kStringEquals;
  Quantifier quantifier = Quantifier::kNone;
  bool negated = false;
  bool if_exists = false;
  uint32_t key = 0;
  Range operands;
};

struct KeyEntry {
  KeyId id = KeyId::kOther;
  Text name;
  uint32_t member_length = 0;  // the end of the name
};
struct VariableEntry {
  uint32_t key = 0;
  bool has_fallback = false;
  Text fallback;
};

enum class Effect : uint8_t { kAllow, kDeny };

struct Statement {
  Effect effect = Effect::kDeny;
  bool negated_principals = false;
  bool negated_actions = false;
  bool negated_resources = false;
  bool any_action = false;
  bool any_resource = false;
  uint32_t ordinal = 0;  // in the text, from 0
  Text sid;
  Range principals;  // none: of whoever the document belongs to
  Range actions;     // patterns in lower case
  Range resources;
  Range conditions;
  uint32_t action_bits = 0;  // the first word
  KeySet keys;               // that conditions and variables read
};

struct Compiled {
  const ActionCatalogue* catalogue = nullptr;
  bool has_variables = false;  // of 2012-10-17
  std::vector<Statement> statements;
  std::vector<PrincipalEntry> principals;
  std::vector<Text> actions;
  std::vector<uint64_t> action_bits;  // one set a statement, over the catalogue
  std::vector<ResourceEntry> resources;
  std::vector<ConditionEntry> conditions;
  std::vector<Operand> operands;
  std::vector<KeyEntry> keys;
  std::vector<VariableEntry> variables;
  std::vector<model::Number> numbers;
  std::vector<int64_t> instants;
  std::vector<Network> networks;
  std::string texts;

  std::string_view TextOf(Text text) const { return std::string_view(texts).substr(text.offset, text.length); }
  ConditionKey KeyOf(uint32_t key) const {
    const KeyEntry& entry = keys[key];
    const std::string_view name = TextOf(entry.name);
    return {entry.id, name, name.substr(name.size() - entry.member_length)};
  }
  // Whether the statement speaks of the action, negation included.
  bool SpeaksOf(const Statement& statement, const Action& action) const;
};

}  // namespace basalt::policy
