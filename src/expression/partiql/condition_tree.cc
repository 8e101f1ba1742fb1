// Conditions from tests. See condition_tree.h.
#include "expression/partiql/condition_tree.h"

namespace basalt::expression::partiql {
namespace {

// A node that stands nowhere yet.
Node* Detached(const Node& node, Arena& arena) {
  Node* copy = arena.New<Node>(node);
  copy->next = nullptr;
  copy->previous = nullptr;
  copy->next_in_text = nullptr;
  copy->next_predicate = nullptr;
  return copy;
}

void NotePaths(const Node& node, Syntax& syntax, Arena& arena) {
  if (node.operation == Operation::kPath) {
    AppendInText(syntax.paths, Detached(node, arena));
  }
  for (const Node* operand = node.first; operand != nullptr; operand = operand->next) {
    NotePaths(*operand, syntax, arena);
  }
}

// Recursion: at most model::kStatementNestingMax and the few levels that translation adds.
void CountPredicates(const Node& node, Syntax& syntax) {
  if (node.operation != Operation::kAnd && node.operation != Operation::kOr && node.operation != Operation::kNot) {
    ++syntax.predicate_count;
    return;
  }
  for (const Node* operand = node.first; operand != nullptr; operand = operand->next) {
    CountPredicates(*operand, syntax);
  }
}

}  // namespace

const Node& Join(Operation operation, std::span<const Node* const> tests, Arena& arena) {
  if (tests.size() == 1) {
    return *tests.front();
  }
  Node* joined = arena.New<Node>();
  joined->operation = operation;
  for (const Node* test : tests) {
    AppendOperand(joined, Detached(*test, arena));
  }
  return *joined;
}

const Node& ExistenceOf(Function function, std::string_view attribute, Arena& arena) {
  Node* path = arena.New<Node>();
  path->path = arena.NewArray<PathElement>(1);
  path->path.front().name = attribute;
  Node* test = arena.New<Node>();
  test->operation = Operation::kCall;
  test->function = function;
  AppendOperand(test, path);
  return *test;
}

const Condition* Compile(const Node& root, Arena& arena) {
  Syntax syntax;
  syntax.root = arena.New<Node>(root);
  CountPredicates(root, syntax);
  NotePaths(root, syntax, arena);
  return CompileCondition(syntax, arena);
}

}  // namespace basalt::expression::partiql
