// NodeParser: paths, conditions and the values of SET, laid down as the nodes that an expression of the same meaning is
// parsed to (expression/syntax.h), with names and values in their places. What the static checks of expressions look
// at is noted in a Syntax; they run once the whole statement has been read.
//
// Recursion is bounded by model::kStatementNestingMax and model::kNestingLevelsMax, whatever the text.
#pragma once

#include <vector>

#include "base/arena.h"
#include "base/result.h"
#include "expression/expression.h"
#include "expression/partiql/literal_parser.h"
#include "expression/partiql/token_reader.h"
#include "expression/syntax.h"

namespace basalt::expression::partiql {

class NodeParser {
 public:
  NodeParser(TokenReader& reader, LiteralParser& literals, Arena& arena)
      : reader_(reader), literals_(literals), arena_(arena), syntax_(arena.New<Syntax>()) {}

  Status ParseCondition();   // WHERE
  Status ParseSet();         // assignments, after SET
  Status ParseRemove();      // paths, after REMOVE
  Status ParseProjection();  // paths

  const Syntax& syntax() const { return *syntax_; }

 private:
  Node* NewNode(Operation operation);
  Node* NewOperator(Operation operation);
  Node* NewLiteral(const model::Value& value);
  Node* Copy(const Node& path_or_size);

  Result<Node*> ParsePath();
  Status ParseIndex();
  Result<Node*> ParseLiteral();
  Result<Node*> ParseCall(int depth, bool in_condition);

  // What follows may be an operand as well as a condition; AsCondition and AsOperand say what it has to be.
  Result<Node*> ParseOr(int depth);
  Result<Node*> ParseAnd(int depth);
  Result<Node*> ParseNot(int depth);
  Result<Node*> ParsePredicate(int depth);
  Result<Node*> ParseTerm(int depth);
  Status AsCondition(Node* node);
  Result<Node*> ParseOperand(int depth);

  Result<Node*> ParseComparison(Operation operation, Node* left, int depth);
  Result<Node*> ParseBetween(Node* left, int depth);
  Result<Node*> ParseIn(Node* left, int depth);
  Result<Node*> ParseIs(Node* left);
  Node* WherePresent(Node* comparison);
  void AppendPredicate(Node* predicate);

  ActionSyntax* AppendAction(Section section, Node* target);
  Status ParseAssignment();
  Status ParseSetFunction(Section section, ActionSyntax* action);
  Result<Node*> ParseSum(int depth);
  Result<Node*> ParseSummand(int depth);

  TokenReader& reader_;
  LiteralParser& literals_;
  Arena& arena_;
  Syntax* syntax_;
  Node* last_predicate_ = nullptr;
  ActionSyntax* last_action_ = nullptr;
  std::vector<PathElement> elements_;
};

}  // namespace basalt::expression::partiql
