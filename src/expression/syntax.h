// Syntax: the tree of a condition, key condition, update or projection as it stands in the text, before names and
// values are substituted. Nodes live in the Arena; their names are views into the text. Only syntax errors are
// found here; what the static checks need to report in their order is noted down on the way.
//
// The parser keeps its stack on the heap, so nesting is bounded by the length of the text alone. Trees deeper than
// model::kExpressionOperatorsMax do occur until CheckOperatorCount has refused them: recurse only after it.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/arena.h"
#include "base/result.h"
#include "expression/expression.h"
#include "model/value.h"

namespace basalt::expression {

inline constexpr uint32_t kListIndexMax = 4294967294;  // 2^32 - 2; the service refuses 2^32 - 1

enum class Operation : uint8_t {
  kPath,
  kValue,
  kCall,
  kEqual,
  kNotEqual,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  kBetween,  // value, low, high
  kIn,       // value, candidates…
  kNot,
  kAnd,  // two or more
  kOr,   // two or more
  kPlus,
  kMinus,
};
std::string_view OperationName(Operation operation);  // as error texts show it: "=", "BETWEEN", "AND"

enum class Function : uint8_t {
  kUnknown,
  kAttributeExists,
  kAttributeNotExists,
  kAttributeType,
  kBeginsWith,
  kContains,
  kSize,
  kIfNotExists,
  kListAppend,
};

struct Node {
  Operation operation = Operation::kPath;
  Function function = Function::kUnknown;  // kCall
  bool in_parentheses = false;
  bool used_as_condition = false;  // kCall: not as an operand
  uint32_t operand_count = 0;
  std::string_view name;                // kCall: the function as typed; kValue: the placeholder
  std::span<PathElement> path;          // kPath; names begin with '#' until they are substituted
  const model::Value* value = nullptr;  // kValue, once it is substituted
  Node* first = nullptr;                // operands
  Node* last = nullptr;
  Node* next = nullptr;  // siblings
  Node* previous = nullptr;
  Node* next_in_text = nullptr;  // the next kPath, kValue or kCall
  Node* next_predicate = nullptr;
};

// Nodes of one kind in the order of the text.
struct NodeList {
  Node* first = nullptr;
  Node* last = nullptr;
  uint32_t count = 0;
};

void AppendInText(NodeList& list, Node* node);
void AppendOperand(Node* parent, Node* operand);

enum class Section : uint8_t { kSet, kRemove, kAdd, kDelete };
std::string_view SectionName(Section section);  // "SET"

struct ActionSyntax {
  Section section = Section::kSet;
  Node* target = nullptr;
  Node* value = nullptr;  // null for REMOVE
  ActionSyntax* next = nullptr;
};

struct Syntax {
  Node* root = nullptr;                  // conditions
  ActionSyntax* first_action = nullptr;  // updates
  uint32_t action_count = 0;

  NodeList paths;
  NodeList values;
  NodeList calls;
  Node* first_predicate = nullptr;  // what stands between AND, OR and NOT
  uint32_t predicate_count = 0;
  uint32_t operator_count = 0;
  bool redundant_parentheses = false;
  std::string_view index_out_of_range;  // the first one, as typed
  bool section_repeated = false;
  Section repeated_section = Section::kSet;
};

// Size, emptiness and syntax.
Result<Syntax*> ParseSyntax(Kind kind, std::string_view text, Arena& arena);

}  // namespace basalt::expression
