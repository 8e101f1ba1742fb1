// The parser of every kind of expression. See syntax.h.
//
// Conditions and the right-hand sides of SET are parsed by one machine with an explicit stack of Frames: it expects an
// operand, then lets the frame on top decide what may follow. A token is refused exactly when no continuation of the
// text before it could begin with it, which is the token the service quotes.
#include "expression/syntax.h"

#include <array>
#include <charconv>
#include <string>
#include <utility>
#include <vector>

#include "expression/lexer.h"
#include "expression/message.h"
#include "model/limits.h"

namespace basalt::expression {
namespace {

Function FunctionNamed(std::string_view name) {
  static constexpr std::array<std::pair<std::string_view, Function>, 8> kFunctions = {{
      {"attribute_exists", Function::kAttributeExists},
      {"attribute_not_exists", Function::kAttributeNotExists},
      {"attribute_type", Function::kAttributeType},
      {"begins_with", Function::kBeginsWith},
      {"contains", Function::kContains},
      {"size", Function::kSize},
      {"if_not_exists", Function::kIfNotExists},
      {"list_append", Function::kListAppend},
  }};
  for (const auto& [function_name, function] : kFunctions) {
    if (name == function_name) {
      return function;
    }
  }
  return Function::kUnknown;
}

bool IsComparator(TokenKind kind) { return kind >= TokenKind::kEqual && kind <= TokenKind::kGreaterOrEqual; }

Operation OperationOf(TokenKind comparator) {
  switch (comparator) {
    case TokenKind::kNotEqual:
      return Operation::kNotEqual;
    case TokenKind::kLess:
      return Operation::kLess;
    case TokenKind::kLessOrEqual:
      return Operation::kLessOrEqual;
    case TokenKind::kGreater:
      return Operation::kGreater;
    case TokenKind::kGreaterOrEqual:
      return Operation::kGreaterOrEqual;
    default:
      return Operation::kEqual;
  }
}

bool IsOperand(const Node& node) {
  return node.operation == Operation::kPath || node.operation == Operation::kValue ||
         node.operation == Operation::kCall;
}

bool IsLogical(const Node& node) {
  return node.operation == Operation::kNot || node.operation == Operation::kAnd || node.operation == Operation::kOr;
}

bool IsSum(const Node& node) { return node.operation == Operation::kPlus || node.operation == Operation::kMinus; }

class Parser {
 public:
  Parser(Kind kind, std::string_view text, Arena& arena)
      : kind_(kind), text_(text), arena_(arena), lexer_(text, kind == Kind::kUpdate), syntax_(arena.New<Syntax>()) {
    current_ = lexer_.Next();
    next_ = lexer_.Next();
  }

  Result<Syntax*> ParseCondition() {
    TRY_ASSIGN(syntax_->root, ParseTree(Goal::kCondition));
    if (current_.kind != TokenKind::kEnd) {
      return SyntaxError();
    }
    return syntax_;
  }

  Result<Syntax*> ParseProjection() {
    for (;;) {
      TRY(ParsePath());
      if (current_.kind == TokenKind::kEnd) {
        return syntax_;
      }
      TRY(Expect(TokenKind::kComma));
    }
  }

  Result<Syntax*> ParseUpdate() {
    std::array<bool, 4> seen{};
    do {
      TRY_ASSIGN(const Section section, ParseSectionKeyword());
      bool& repeated = seen[static_cast<size_t>(section)];
      if (repeated && !syntax_->section_repeated) {
        syntax_->section_repeated = true;
        syntax_->repeated_section = section;
      }
      repeated = true;
      TRY(ParseSection(section));
    } while (current_.kind != TokenKind::kEnd);
    return syntax_;
  }

 private:
  enum class Goal : uint8_t { kCondition, kSetValue };

  enum class Place : uint8_t {
    kRoot,
    kOpen,         // "(" around a condition or an operand: which of them is not known yet
    kOpenOperand,  // "(" where only an operand may stand
    kNot,
    kAnd,
    kOr,
    kRightSide,  // of a comparator, + or -
    kBetweenLow,
    kBetweenHigh,
    kArguments,  // of a function or of IN
  };
  struct Frame {
    Place place;
    Node* node;  // what is being built; null for kRoot and the parentheses
  };

  enum class Step : uint8_t {
    kOperand,  // an operand must follow
    kAgain,    // the finished node changed: ask the new top of the stack
    kDone,
  };

  Error SyntaxError() const {
    const char* begin = text_.data();
    const char* end = begin;
    if (previous_.kind != TokenKind::kEnd) {
      begin = previous_.text.data();
    } else if (current_.kind != TokenKind::kEnd) {
      begin = current_.text.data();
    }
    if (current_.kind == TokenKind::kEnd) {
      end = previous_.kind == TokenKind::kEnd ? begin : previous_.text.data() + previous_.text.size();
    } else {
      const Token& last = next_.kind == TokenKind::kEnd ? current_ : next_;
      end = last.text.data() + last.text.size();
    }
    std::string text = "Syntax error; token: \"";
    text += current_.kind == TokenKind::kEnd ? std::string_view("<EOF>") : current_.text;
    text += "\", near: \"";
    text.append(begin, end);
    text += '"';
    return Invalid(kind_, text);
  }

  void Advance() {
    previous_ = current_;
    current_ = next_;
    next_ = lexer_.Next();
  }

  Status Expect(TokenKind kind) {
    if (current_.kind != kind) {
      return SyntaxError();
    }
    Advance();
    return {};
  }

  // Notes that `node` stands where a condition stands.
  void UseAsCondition(Node* node) {
    node->used_as_condition = true;
    if (!IsLogical(*node)) {
      (last_predicate_ == nullptr ? syntax_->first_predicate : last_predicate_->next_predicate) = node;
      last_predicate_ = node;
      ++syntax_->predicate_count;
    }
  }

  void AppendCondition(Node* parent, Node* condition) {
    UseAsCondition(condition);
    AppendOperand(parent, condition);
  }

  Node* NewNode(Operation operation) {
    Node* node = arena_.New<Node>();
    node->operation = operation;
    return node;
  }

  Node* NewOperator(Operation operation) {
    ++syntax_->operator_count;
    return NewNode(operation);
  }

  Result<Node*> ParsePath() {
    elements_.clear();
    TRY(ParseElement());
    for (;;) {
      if (current_.kind == TokenKind::kDot) {
        Advance();
        TRY(ParseElement());
      } else if (current_.kind == TokenKind::kOpenBracket) {
        Advance();
        TRY(ParseIndex());
      } else {
        break;
      }
    }
    Node* node = NewNode(Operation::kPath);
    node->path = arena_.NewArray<PathElement>(elements_.size());
    for (size_t i = 0; i < elements_.size(); ++i) {
      node->path[i] = elements_[i];
    }
    AppendInText(syntax_->paths, node);
    return node;
  }

  Status ParseElement() {
    if (current_.kind != TokenKind::kName && current_.kind != TokenKind::kNamePlaceholder) {
      return SyntaxError();
    }
    PathElement element;
    element.name = current_.text;
    elements_.push_back(element);
    Advance();
    return {};
  }

  Status ParseIndex() {
    if (current_.kind != TokenKind::kNumber) {
      return SyntaxError();
    }
    PathElement element;
    element.is_index = true;
    const std::string_view digits = current_.text;
    const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), element.index);
    if ((code != std::errc{} || element.index > kListIndexMax) && syntax_->index_out_of_range.empty()) {
      syntax_->index_out_of_range = digits;
    }
    elements_.push_back(element);
    Advance();
    return Expect(TokenKind::kCloseBracket);
  }

  Node* ParseValue() {
    Node* node = NewNode(Operation::kValue);
    node->name = current_.text;
    AppendInText(syntax_->values, node);
    Advance();
    return node;
  }

  Node* ParseCallName() {
    Node* node = NewOperator(Operation::kCall);
    node->name = current_.text;
    node->function = FunctionNamed(current_.text);
    AppendInText(syntax_->calls, node);
    Advance();
    Advance();  // "("
    return node;
  }

  Result<Section> ParseSectionKeyword() {
    Section section = Section::kSet;
    switch (current_.kind) {
      case TokenKind::kSet:
        break;
      case TokenKind::kRemove:
        section = Section::kRemove;
        break;
      case TokenKind::kAdd:
        section = Section::kAdd;
        break;
      case TokenKind::kDelete:
        section = Section::kDelete;
        break;
      default:
        return SyntaxError();
    }
    Advance();
    return section;
  }

  Status ParseSection(Section section) {
    for (;;) {
      ActionSyntax* action = arena_.New<ActionSyntax>();
      action->section = section;
      TRY_ASSIGN(action->target, ParsePath());
      if (section == Section::kSet) {
        TRY(Expect(TokenKind::kEqual));
        TRY_ASSIGN(action->value, ParseTree(Goal::kSetValue));
      } else if (section != Section::kRemove) {
        if (current_.kind != TokenKind::kValuePlaceholder) {
          return SyntaxError();
        }
        action->value = ParseValue();
      }
      (last_action_ == nullptr ? syntax_->first_action : last_action_->next) = action;
      last_action_ = action;
      ++syntax_->action_count;
      switch (current_.kind) {
        case TokenKind::kComma:
          Advance();
          break;
        case TokenKind::kSet:
        case TokenKind::kRemove:
        case TokenKind::kAdd:
        case TokenKind::kDelete:
        case TokenKind::kEnd:
          return {};
        default:
          return SyntaxError();
      }
    }
  }

  // A condition to the end of the text, or a value of SET up to the first token that cannot belong to it.
  Result<Node*> ParseTree(Goal goal) {
    stack_.clear();
    stack_.push_back({Place::kRoot, nullptr});
    for (;;) {
      TRY_ASSIGN(Node * node, ParseOperand(goal));
      Step step = Step::kAgain;
      while (step == Step::kAgain) {
        TRY_ASSIGN(step, goal == Goal::kCondition ? ContinueCondition(node) : ContinueSetValue(node));
      }
      if (step == Step::kDone) {
        return node;
      }
    }
  }

  // Opens whatever precedes the next path, value or argument list, and returns that path or value.
  Result<Node*> ParseOperand(Goal goal) {
    for (;;) {
      const bool anything = !OnlyOperand(stack_.back().place);
      switch (current_.kind) {
        case TokenKind::kOpen:
          stack_.push_back({anything ? Place::kOpen : Place::kOpenOperand, nullptr});
          Advance();
          break;
        case TokenKind::kNot:
          if (goal != Goal::kCondition || !anything) {
            return SyntaxError();
          }
          stack_.push_back({Place::kNot, NewOperator(Operation::kNot)});
          Advance();
          break;
        case TokenKind::kName:
          if (next_.kind != TokenKind::kOpen) {
            return ParsePath();
          }
          stack_.push_back({Place::kArguments, ParseCallName()});
          break;
        case TokenKind::kNamePlaceholder:
          return ParsePath();
        case TokenKind::kValuePlaceholder:
          return ParseValue();
        default:
          return SyntaxError();
      }
    }
  }

  // `node` takes the place of the frame's own node, which is finished.
  Step Finish(Node*& node) {
    AppendOperand(stack_.back().node, node);
    node = stack_.back().node;
    stack_.pop_back();
    return Step::kAgain;
  }

  Result<Step> CloseParentheses(Node* node) {
    TRY(Expect(TokenKind::kClose));
    if (node->in_parentheses) {
      syntax_->redundant_parentheses = true;
    }
    node->in_parentheses = true;
    stack_.pop_back();
    return Step::kAgain;
  }

  Step Open(Place place, Operation operation, Node* left) {
    Node* node = NewOperator(operation);
    AppendOperand(node, left);
    stack_.push_back({place, node});
    Advance();
    return Step::kOperand;
  }

  Step OpenLogical(Place place, Operation operation, Node* left) {
    Node* node = NewOperator(operation);
    AppendCondition(node, left);
    stack_.push_back({place, node});
    Advance();
    return Step::kOperand;
  }

  // Where only an operand may stand.
  Result<Step> ContinueOperand(Node*& node) {
    Frame& frame = stack_.back();
    switch (frame.place) {
      case Place::kBetweenLow:
        TRY(Expect(TokenKind::kAnd));
        AppendOperand(frame.node, node);
        frame.place = Place::kBetweenHigh;
        return Step::kOperand;
      case Place::kArguments:
        if (current_.kind == TokenKind::kComma) {
          AppendOperand(frame.node, node);
          Advance();
          return Step::kOperand;
        }
        TRY(Expect(TokenKind::kClose));
        return Finish(node);
      case Place::kOpenOperand:
        return CloseParentheses(node);
      case Place::kRightSide:
      case Place::kBetweenHigh:
      case Place::kRoot:
      case Place::kOpen:
      case Place::kNot:
      case Place::kAnd:
      case Place::kOr:
        break;
    }
    return Finish(node);
  }

  static bool OnlyOperand(Place place) { return place == Place::kOpenOperand || place >= Place::kRightSide; }

  Result<Step> ContinueSetValue(Node*& node) {
    const Place place = stack_.back().place;
    if (OnlyOperand(place)) {
      return ContinueOperand(node);
    }
    if (!IsSum(*node)) {
      if (current_.kind == TokenKind::kPlus) {
        return Open(Place::kRightSide, Operation::kPlus, node);
      }
      if (current_.kind == TokenKind::kMinus) {
        return Open(Place::kRightSide, Operation::kMinus, node);
      }
    }
    if (place == Place::kOpen) {
      return CloseParentheses(node);
    }
    return Step::kDone;
  }

  Result<Step> ContinueCondition(Node*& node) {
    const Place place = stack_.back().place;
    if (OnlyOperand(place)) {
      return ContinueOperand(node);
    }
    if (IsOperand(*node)) {
      if (IsComparator(current_.kind)) {
        return Open(Place::kRightSide, OperationOf(current_.kind), node);
      }
      if (current_.kind == TokenKind::kBetween) {
        return Open(Place::kBetweenLow, Operation::kBetween, node);
      }
      if (current_.kind == TokenKind::kIn) {
        const Step step = Open(Place::kArguments, Operation::kIn, node);
        TRY(Expect(TokenKind::kOpen));
        return step;
      }
      if (node->operation != Operation::kCall) {
        if (place == Place::kOpen) {
          return CloseParentheses(node);
        }
        return SyntaxError();
      }
    }
    return ContinueLogical(node);
  }

  // After a condition, where AND, OR, ")" or the end may follow.
  Result<Step> ContinueLogical(Node*& node) {
    const Frame frame = stack_.back();
    const bool is_and = current_.kind == TokenKind::kAnd;
    const bool is_or = current_.kind == TokenKind::kOr;
    switch (frame.place) {
      case Place::kNot:
        UseAsCondition(node);
        return Finish(node);
      case Place::kAnd:
      case Place::kOr:
        if (is_and && frame.place == Place::kOr) {
          return OpenLogical(Place::kAnd, Operation::kAnd, node);
        }
        UseAsCondition(node);
        if (is_and || (is_or && frame.place == Place::kOr)) {
          ++syntax_->operator_count;
          AppendOperand(frame.node, node);
          Advance();
          return Step::kOperand;
        }
        return Finish(node);
      default:
        break;
    }
    if (is_and) {
      return OpenLogical(Place::kAnd, Operation::kAnd, node);
    }
    if (is_or) {
      return OpenLogical(Place::kOr, Operation::kOr, node);
    }
    if (frame.place == Place::kOpen) {
      return CloseParentheses(node);
    }
    if (current_.kind != TokenKind::kEnd) {
      return SyntaxError();
    }
    UseAsCondition(node);
    return Step::kDone;
  }

  Kind kind_;
  std::string_view text_;
  Arena& arena_;
  Lexer lexer_;
  Syntax* syntax_;
  Token previous_;  // kEnd before the first token
  Token current_;
  Token next_;
  std::vector<Frame> stack_;
  std::vector<PathElement> elements_;
  ActionSyntax* last_action_ = nullptr;
  Node* last_predicate_ = nullptr;
};

}  // namespace

void AppendInText(NodeList& list, Node* node) {
  (list.last == nullptr ? list.first : list.last->next_in_text) = node;
  list.last = node;
  ++list.count;
}

void AppendOperand(Node* parent, Node* operand) {
  operand->previous = parent->last;
  (parent->last == nullptr ? parent->first : parent->last->next) = operand;
  parent->last = operand;
  ++parent->operand_count;
}

std::string_view OperationName(Operation operation) {
  switch (operation) {
    case Operation::kPath:
    case Operation::kValue:
    case Operation::kCall:
      return "";
    case Operation::kEqual:
      return "=";
    case Operation::kNotEqual:
      return "<>";
    case Operation::kLess:
      return "<";
    case Operation::kLessOrEqual:
      return "<=";
    case Operation::kGreater:
      return ">";
    case Operation::kGreaterOrEqual:
      return ">=";
    case Operation::kBetween:
      return "BETWEEN";
    case Operation::kIn:
      return "IN";
    case Operation::kNot:
      return "NOT";
    case Operation::kAnd:
      return "AND";
    case Operation::kOr:
      return "OR";
    case Operation::kPlus:
      return "+";
    case Operation::kMinus:
      return "-";
  }
  return "";
}

std::string_view SectionName(Section section) {
  switch (section) {
    case Section::kSet:
      return "SET";
    case Section::kRemove:
      return "REMOVE";
    case Section::kAdd:
      return "ADD";
    case Section::kDelete:
      return "DELETE";
  }
  return "";
}

Result<Syntax*> ParseSyntax(Kind kind, std::string_view text, Arena& arena) {
  if (text.size() > model::kExpressionBytesMax) {
    return Invalid(
        kind, "Expression size has exceeded the maximum allowed size; expression size: " + std::to_string(text.size()));
  }
  if (text.empty()) {
    return Invalid(kind, "The expression can not be empty;");
  }
  Parser parser(kind, text, arena);
  switch (kind) {
    case Kind::kUpdate:
      return parser.ParseUpdate();
    case Kind::kProjection:
      return parser.ParseProjection();
    case Kind::kCondition:
    case Kind::kFilter:
    case Kind::kKeyCondition:
      break;
  }
  return parser.ParseCondition();
}

}  // namespace basalt::expression
