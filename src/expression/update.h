// Update: a checked update expression. The targets form one tree; each of its leaves is an action.
#pragma once

#include <span>

#include "expression/expression.h"
#include "expression/path_tree.h"
#include "expression/syntax.h"
#include "model/value.h"

namespace basalt::expression {

struct Action {
  Section section = Section::kSet;
  const Node* value = nullptr;  // SET: the right-hand side; ADD and DELETE: a literal; REMOVE: null
};

// What an ADD or DELETE is told whose target holds another type.
enum class TypeMismatch : uint8_t {
  kOfOperand,    // UpdateExpression
  kOfAttribute,  // AttributeUpdates
};

struct Update {
  std::span<const Action> actions;  // as in the text
  std::span<const Path> targets;    // of the actions, in the same order
  std::span<const Path> paths;
  const PathNode* tree = nullptr;  // of targets: a leaf's path is the number of its action
  bool deletes_only = false;
  TypeMismatch mismatch = TypeMismatch::kOfOperand;
};

// From a syntax whose paths and values are substituted; CheckUpdateFunctions comes first. Refuses what an action cannot
// be given, whatever the item.
Status CheckUpdateFunctions(const Syntax& syntax);
Result<const Update*> CompileUpdate(const Syntax& syntax, Arena& arena);

// `targets` are those of `actions`; `paths` is left to the caller. Refuses targets that overlap or conflict.
Result<Update*> AssembleUpdate(std::span<const Action> actions, std::span<const Path> targets, Arena& arena);

}  // namespace basalt::expression
