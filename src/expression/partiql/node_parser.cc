// The parser of conditions and assignments. See node_parser.h.
#include "expression/partiql/node_parser.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <utility>

#include "expression/characters.h"
#include "expression/checks.h"
#include "expression/message.h"

namespace basalt::expression::partiql {
namespace {

using model::Type;
using model::Value;

template <size_t kCount>
Function FunctionNamed(std::string_view name, const std::array<std::pair<std::string_view, Function>, kCount>& known) {
  for (const auto& [known_name, function] : known) {
    if (EqualIgnoringCase(name, known_name)) {
      return function;
    }
  }
  return Function::kUnknown;
}

constexpr std::array<std::pair<std::string_view, Function>, 4> kConditionFunctions = {{
    {"ATTRIBUTE_TYPE", Function::kAttributeType},
    {"BEGINS_WITH", Function::kBeginsWith},
    {"CONTAINS", Function::kContains},
    {"SIZE", Function::kSize},
}};
constexpr std::array<std::pair<std::string_view, Function>, 1> kSetFunctions = {{
    {"LIST_APPEND", Function::kListAppend},
}};

// Types that IS knows by a name, beside those that attribute_type() knows.
constexpr std::array<std::pair<std::string_view, Type>, 7> kTypeWords = {{
    {"STRING", Type::kS},
    {"NUMBER", Type::kN},
    {"BINARY", Type::kB},
    {"BOOLEAN", Type::kBool},
    {"LIST", Type::kL},
    {"MAP", Type::kM},
    {"STRUCT", Type::kM},
}};

const Type* TypeOfWord(std::string_view word) {
  static constexpr std::array<Type, 10> kTypes = {Type::kS,  Type::kN,  Type::kB,  Type::kBool, Type::kNull,
                                                  Type::kSs, Type::kNs, Type::kBs, Type::kL,    Type::kM};
  for (const Type& type : kTypes) {
    if (EqualIgnoringCase(word, model::TypeName(type))) {
      return &type;
    }
  }
  for (const auto& [name, type] : kTypeWords) {
    if (EqualIgnoringCase(word, name)) {
      return &type;
    }
  }
  return nullptr;
}

// A call may be either until it is used.
bool IsOperand(const Node& node) {
  return node.operation == Operation::kPath || node.operation == Operation::kValue ||
         (node.operation == Operation::kCall && !node.used_as_condition);
}

bool IsLogical(const Node& node) {
  return node.operation == Operation::kNot || node.operation == Operation::kAnd || node.operation == Operation::kOr;
}

const Operation* ComparatorOf(TokenKind kind) {
  static constexpr std::array<std::pair<TokenKind, Operation>, 6> kComparators = {{
      {TokenKind::kEqual, Operation::kEqual},
      {TokenKind::kNotEqual, Operation::kNotEqual},
      {TokenKind::kLess, Operation::kLess},
      {TokenKind::kLessOrEqual, Operation::kLessOrEqual},
      {TokenKind::kGreater, Operation::kGreater},
      {TokenKind::kGreaterOrEqual, Operation::kGreaterOrEqual},
  }};
  for (const auto& [token, operation] : kComparators) {
    if (token == kind) {
      return &operation;
    }
  }
  return nullptr;
}

}  // namespace

Status NodeParser::ParseCondition() {
  TRY_ASSIGN(syntax_->root, ParseOr(0));
  return AsCondition(syntax_->root);
}

Status NodeParser::ParseProjection() {
  do {
    TRY(ParsePath());
  } while (reader_.Take(TokenKind::kComma));
  return {};
}

Status NodeParser::ParseSet() {
  do {
    TRY(ParseAssignment());
  } while (reader_.Take(TokenKind::kComma));
  return {};
}

Status NodeParser::ParseRemove() {
  do {
    TRY_ASSIGN(Node * target, ParsePath());
    AppendAction(Section::kRemove, target);
  } while (reader_.Take(TokenKind::kComma));
  return {};
}

Node* NodeParser::NewNode(Operation operation) {
  Node* node = arena_.New<Node>();
  node->operation = operation;
  return node;
}

Node* NodeParser::NewOperator(Operation operation) {
  ++syntax_->operator_count;
  return NewNode(operation);
}

Node* NodeParser::NewLiteral(const Value& value) {
  Node* node = NewNode(Operation::kValue);
  node->value = arena_.New<Value>(value);
  return node;
}

// ---- paths, literals, calls

Result<Node*> NodeParser::ParsePath() {
  elements_.clear();
  TRY_ASSIGN(elements_.emplace_back().name, reader_.ExpectName());
  for (;;) {
    if (reader_.Take(TokenKind::kDot)) {
      TRY_ASSIGN(elements_.emplace_back().name, reader_.ExpectName());
    } else if (reader_.Take(TokenKind::kOpenBracket)) {
      TRY(ParseIndex());
    } else {
      break;
    }
  }
  Node* node = NewNode(Operation::kPath);
  node->path = arena_.NewArray<PathElement>(elements_.size());
  std::copy(elements_.begin(), elements_.end(), node->path.begin());
  AppendInText(syntax_->paths, node);
  return node;
}

Status NodeParser::ParseIndex() {
  const std::string_view digits = reader_.current().text;
  if (!reader_.At(TokenKind::kNumber) || !std::all_of(digits.begin(), digits.end(), IsDigit)) {
    return reader_.Unexpected();
  }
  PathElement& element = elements_.emplace_back();
  element.is_index = true;
  const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), element.index);
  if ((code != std::errc{} || element.index > kListIndexMax) && syntax_->index_out_of_range.empty()) {
    syntax_->index_out_of_range = digits;
  }
  reader_.Advance();
  return reader_.Expect(TokenKind::kCloseBracket);
}

Result<Node*> NodeParser::ParseLiteral() {
  if (!literals_.AtLiteral()) {
    return reader_.Unexpected();
  }
  TRY_ASSIGN(const Value value, literals_.ParseValue());
  return NewLiteral(value);
}

Result<Node*> NodeParser::ParseCall(int depth, bool in_condition) {
  TRY(TokenReader::CheckDepth(depth));
  Node* call = NewOperator(Operation::kCall);
  call->name = reader_.current().text;
  call->function =
      in_condition ? FunctionNamed(call->name, kConditionFunctions) : FunctionNamed(call->name, kSetFunctions);
  AppendInText(syntax_->calls, call);
  reader_.Advance();
  reader_.Advance();  // "("
  do {
    TRY_ASSIGN(Node * argument, in_condition ? ParseOperand(depth + 1) : ParseSummand(depth + 1));
    AppendOperand(call, argument);
  } while (reader_.Take(TokenKind::kComma));
  TRY(reader_.Expect(TokenKind::kClose));
  return call;
}

// ---- conditions

Result<Node*> NodeParser::ParseOr(int depth) {
  TRY_ASSIGN(Node * node, ParseAnd(depth));
  if (!reader_.At(TokenKind::kOr)) {
    return node;
  }
  Node* either = NewNode(Operation::kOr);
  TRY(AsCondition(node));
  AppendOperand(either, node);
  while (reader_.Take(TokenKind::kOr)) {
    ++syntax_->operator_count;
    TRY_ASSIGN(node, ParseAnd(depth));
    TRY(AsCondition(node));
    AppendOperand(either, node);
  }
  return either;
}

Result<Node*> NodeParser::ParseAnd(int depth) {
  TRY_ASSIGN(Node * node, ParseNot(depth));
  if (!reader_.At(TokenKind::kAnd)) {
    return node;
  }
  Node* both = NewNode(Operation::kAnd);
  TRY(AsCondition(node));
  AppendOperand(both, node);
  while (reader_.Take(TokenKind::kAnd)) {
    ++syntax_->operator_count;
    TRY_ASSIGN(node, ParseNot(depth));
    TRY(AsCondition(node));
    AppendOperand(both, node);
  }
  return both;
}

Result<Node*> NodeParser::ParseNot(int depth) {
  if (!reader_.At(TokenKind::kNot)) {
    return ParsePredicate(depth);
  }
  TRY(TokenReader::CheckDepth(depth));
  reader_.Advance();
  Node* negation = NewOperator(Operation::kNot);
  TRY_ASSIGN(Node * node, ParseNot(depth + 1));
  TRY(AsCondition(node));
  AppendOperand(negation, node);
  return negation;
}

Result<Node*> NodeParser::ParsePredicate(int depth) {
  TRY_ASSIGN(Node * left, ParseTerm(depth));
  if (!IsOperand(*left)) {
    return left;
  }
  if (const Operation* comparator = ComparatorOf(reader_.current().kind)) {
    return ParseComparison(*comparator, left, depth);
  }
  switch (reader_.current().kind) {
    case TokenKind::kBetween:
      return ParseBetween(left, depth);
    case TokenKind::kIn:
      return ParseIn(left, depth);
    case TokenKind::kIs:
      return ParseIs(left);
    default:
      return left;
  }
}

Result<Node*> NodeParser::ParseTerm(int depth) {
  if (reader_.At(TokenKind::kOpen)) {
    TRY(TokenReader::CheckDepth(depth));
    reader_.Advance();
    TRY_ASSIGN(Node * inner, ParseOr(depth + 1));
    TRY(reader_.Expect(TokenKind::kClose));
    return inner;
  }
  if (reader_.AtCall()) {
    return ParseCall(depth, true);
  }
  return reader_.AtName() ? ParsePath() : ParseLiteral();
}

// Once for each node that stands where a condition must.
Status NodeParser::AsCondition(Node* node) {
  if (node->operation == Operation::kPath || node->operation == Operation::kValue) {
    return reader_.Unexpected();
  }
  node->used_as_condition = true;
  if (!IsLogical(*node)) {
    AppendPredicate(node);
  }
  return {};
}

Result<Node*> NodeParser::ParseOperand(int depth) {
  TRY_ASSIGN(Node * node, ParseTerm(depth));
  if (!IsOperand(*node)) {
    return reader_.Unexpected();
  }
  return node;
}

void NodeParser::AppendPredicate(Node* predicate) {
  (last_predicate_ == nullptr ? syntax_->first_predicate : last_predicate_->next_predicate) = predicate;
  last_predicate_ = predicate;
  ++syntax_->predicate_count;
}

Result<Node*> NodeParser::ParseComparison(Operation operation, Node* left, int depth) {
  reader_.Advance();
  Node* comparison = NewOperator(operation);
  AppendOperand(comparison, left);
  TRY_ASSIGN(Node * right, ParseOperand(depth));
  AppendOperand(comparison, right);
  return operation == Operation::kNotEqual ? WherePresent(comparison) : comparison;
}

// In a condition expression "a <> :v" holds of an item without a. In a statement no comparison does, so that this one
// stands beside a test of each path that it compares.
Node* NodeParser::WherePresent(Node* comparison) {
  Node* all = NewNode(Operation::kAnd);
  for (const Node* operand = comparison->first; operand != nullptr; operand = operand->next) {
    if (operand->operation == Operation::kPath) {
      Node* exists = NewNode(Operation::kCall);
      exists->function = Function::kAttributeExists;
      AppendOperand(exists, Copy(*operand));
      AppendOperand(all, exists);
    } else if (operand->operation == Operation::kCall) {
      // size() is at least 0 wherever there is one.
      Node* has_size = NewNode(Operation::kGreaterOrEqual);
      AppendOperand(has_size, Copy(*operand));
      AppendOperand(has_size, NewLiteral(Value::Number("0")));
      AppendOperand(all, has_size);
    }
  }
  if (all->first == nullptr) {
    return comparison;
  }
  AppendPredicate(comparison);
  AppendOperand(all, comparison);
  return all;
}

// A second operand of the same meaning. It shares the operands of a call.
Node* NodeParser::Copy(const Node& path_or_size) {
  Node* copy = arena_.New<Node>(path_or_size);
  copy->next = nullptr;
  copy->previous = nullptr;
  copy->next_in_text = nullptr;
  return copy;
}

Result<Node*> NodeParser::ParseBetween(Node* left, int depth) {
  reader_.Advance();
  Node* between = NewOperator(Operation::kBetween);
  AppendOperand(between, left);
  TRY_ASSIGN(Node * low, ParseOperand(depth));
  AppendOperand(between, low);
  TRY(reader_.Expect(TokenKind::kAnd));
  TRY_ASSIGN(Node * high, ParseOperand(depth));
  AppendOperand(between, high);
  return between;
}

Result<Node*> NodeParser::ParseIn(Node* left, int depth) {
  reader_.Advance();
  Node* in = NewOperator(Operation::kIn);
  AppendOperand(in, left);
  const bool round = reader_.Take(TokenKind::kOpen);
  if (!round) {
    TRY(reader_.Expect(TokenKind::kOpenBracket));
  }
  do {
    TRY_ASSIGN(Node * candidate, ParseOperand(depth));
    AppendOperand(in, candidate);
  } while (reader_.Take(TokenKind::kComma));
  TRY(reader_.Expect(round ? TokenKind::kClose : TokenKind::kCloseBracket));
  return in;
}

Result<Node*> NodeParser::ParseIs(Node* left) {
  if (left->operation != Operation::kPath) {
    return reader_.Unexpected();
  }
  reader_.Advance();
  const bool negated = reader_.Take(TokenKind::kNot);
  Node* test = NewOperator(Operation::kCall);
  test->used_as_condition = true;
  if (reader_.Take(TokenKind::kMissing)) {
    test->function = negated ? Function::kAttributeExists : Function::kAttributeNotExists;
    AppendOperand(test, left);
    return test;
  }
  const Type* type =
      reader_.At(TokenKind::kNull) || reader_.At(TokenKind::kWord) ? TypeOfWord(reader_.current().text) : nullptr;
  if (type == nullptr) {
    return reader_.Unexpected();
  }
  reader_.Advance();
  test->function = Function::kAttributeType;
  AppendOperand(test, left);
  AppendOperand(test, NewLiteral(Value::String(model::TypeName(*type))));
  if (!negated) {
    return test;
  }
  Node* negation = NewNode(Operation::kNot);
  TRY(AsCondition(test));
  AppendOperand(negation, test);
  return negation;
}

// ---- assignments

ActionSyntax* NodeParser::AppendAction(Section section, Node* target) {
  ActionSyntax* action = arena_.New<ActionSyntax>();
  action->section = section;
  action->target = target;
  (last_action_ == nullptr ? syntax_->first_action : last_action_->next) = action;
  last_action_ = action;
  ++syntax_->action_count;
  return action;
}

Status NodeParser::ParseAssignment() {
  TRY_ASSIGN(Node * target, ParsePath());
  TRY(reader_.Expect(TokenKind::kEqual));
  ActionSyntax* action = AppendAction(Section::kSet, target);
  if (reader_.AtCall()) {
    if (reader_.AtWord("SET_ADD")) {
      return ParseSetFunction(Section::kAdd, action);
    }
    if (reader_.AtWord("SET_DELETE")) {
      return ParseSetFunction(Section::kDelete, action);
    }
  }
  TRY_ASSIGN(action->value, ParseSum(0));
  return {};
}

// set_add(path, set) and set_delete(path, set) are what ADD and DELETE do to the path, which must be the target.
Status NodeParser::ParseSetFunction(Section section, ActionSyntax* action) {
  const std::string_view name = reader_.current().text;
  ++syntax_->operator_count;
  reader_.Advance();
  reader_.Advance();  // "("
  TRY_ASSIGN(const Node* path, ParsePath());
  TRY(reader_.Expect(TokenKind::kComma));
  TRY_ASSIGN(action->value, ParseLiteral());
  TRY(reader_.Expect(TokenKind::kClose));
  if (!SamePath(path->path, action->target->path)) {
    return Invalid(Kind::kUpdate, "The first operand of a set function must be the attribute that is set; function: " +
                                      std::string(name));
  }
  if (!action->value->value->IsSet()) {
    return IncorrectOperandType(Kind::kUpdate, name, model::TypeName(action->value->value->type));
  }
  action->section = section;
  return {};
}

Result<Node*> NodeParser::ParseSum(int depth) {
  TRY_ASSIGN(Node * sum, ParseSummand(depth));
  while (reader_.At(TokenKind::kPlus) || reader_.At(TokenKind::kMinus)) {
    Node* longer = NewOperator(reader_.At(TokenKind::kPlus) ? Operation::kPlus : Operation::kMinus);
    reader_.Advance();
    AppendOperand(longer, sum);
    TRY_ASSIGN(Node * summand, ParseSummand(depth));
    AppendOperand(longer, summand);
    sum = longer;
  }
  return sum;
}

Result<Node*> NodeParser::ParseSummand(int depth) {
  if (reader_.At(TokenKind::kOpen)) {
    TRY(TokenReader::CheckDepth(depth));
    reader_.Advance();
    TRY_ASSIGN(Node * inner, ParseSum(depth + 1));
    TRY(reader_.Expect(TokenKind::kClose));
    return inner;
  }
  if (reader_.AtCall()) {
    return ParseCall(depth, false);
  }
  return reader_.AtName() ? ParsePath() : ParseLiteral();
}

}  // namespace basalt::expression::partiql
