// The static checks that follow parsing, in the service's order, and the substitution of placeholders they need.
// Source of behaviour: DynamoDB's error texts; the order is that of the checks below.
#pragma once

#include "base/arena.h"
#include "base/result.h"
#include "expression/expression.h"
#include "expression/syntax.h"

namespace basalt::expression {

// Parses a condition, filter or key condition and checks all that needs neither item nor key schema. Afterwards paths
// and values are substituted and every operator has the operands it needs.
Result<const Syntax*> ParseCheckedCondition(Kind kind, std::string_view text, Placeholders& placeholders, Arena& arena);

// Steps that the other kinds share.
Status CheckParentheses(Kind kind, const Syntax& syntax);
Status CheckReservedWords(Kind kind, const Syntax& syntax);
Status CheckListIndexes(Kind kind, const Syntax& syntax);
Status CheckOperatorCount(Kind kind, const Syntax& syntax);
Status ResolvePath(Kind kind, Node& path, Placeholders& placeholders);
Status ResolveValue(Kind kind, Node& value, Placeholders& placeholders);
Status CheckFunctions(Kind kind, const Syntax& syntax);   // of conditions
Status CheckPathDepth(Kind kind, Path path);              // after substitution
Status CheckPredicate(Kind kind, const Node& predicate);  // what stands between AND, OR and NOT; the same
Status CheckOperandCount(Kind kind, const Node& call, uint32_t expected);

bool SamePath(Path a, Path b);

// The type a node has whatever the item holds: that of a literal, of size() and of list_append(); null otherwise.
const model::Type* StaticType(const Node& node);

// Every path, in the order of the text.
std::span<const Path> CollectPaths(const Syntax& syntax, Arena& arena);

}  // namespace basalt::expression
