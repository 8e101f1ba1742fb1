// Values in statements. See literal_parser.h.
#include "expression/partiql/literal_parser.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "base/base64.h"
#include "model/item_json.h"
#include "model/limits.h"
#include "model/number.h"
#include "model/validation_error.h"

namespace basalt::expression::partiql {
namespace {

using model::Attribute;
using model::Type;
using model::Value;

Error WrongNumberOfParameters() {
  return Error(Reason::kValidation, "Number of parameters in request and statement don't match.");
}

// Of a set whose members have the type given; none: there is no such set.
std::optional<Type> SetOf(Type member) {
  switch (member) {
    case Type::kS:
      return Type::kSs;
    case Type::kN:
      return Type::kNs;
    case Type::kB:
      return Type::kBs;
    default:
      return std::nullopt;
  }
}

Error UnfitMember() { return model::InvalidParameter("A set must have members of one type: string, number or binary"); }

Error DuplicateMembers(Type set, std::span<const Value> values) {
  std::vector<std::string> shown;
  for (const Value& value : values) {
    if (value.type == Type::kB) {
      AppendBase64(shown.emplace_back(), value.text);
    } else {
      shown.emplace_back(value.text);
    }
  }
  return model::DuplicateMembers(set, std::vector<std::string_view>(shown.begin(), shown.end()));
}

}  // namespace

bool LiteralParser::AtLiteral() const {
  switch (reader_.current().kind) {
    case TokenKind::kParameter:
    case TokenKind::kString:
    case TokenKind::kNumber:
    case TokenKind::kMinus:
    case TokenKind::kTrue:
    case TokenKind::kFalse:
    case TokenKind::kNull:
    case TokenKind::kOpenBracket:
    case TokenKind::kOpenBrace:
    case TokenKind::kOpenSet:
      return true;
    default:
      return false;
  }
}

// What may be a member of a set, as far as its first token says.
bool LiteralParser::AtSetMember() const {
  return reader_.At(TokenKind::kString) || reader_.At(TokenKind::kNumber) || reader_.At(TokenKind::kMinus) ||
         reader_.At(TokenKind::kParameter);
}

Result<model::Item> LiteralParser::ParseItem() {
  if (!reader_.At(TokenKind::kOpenBrace) && !reader_.At(TokenKind::kParameter)) {
    return reader_.Unexpected();
  }
  TRY_ASSIGN(const Value value, Parse(0));
  if (value.type != Type::kM) {
    return NotWellFormed("Expected a tuple");
  }
  return model::Item(value.attributes);
}

Status LiteralParser::CheckAllUsed() const {
  return used_ == parameters_.size() ? Status() : WrongNumberOfParameters();
}

// `level` is that of this value; an attribute's own has level 1. Recursion: at most model::kNestingLevelsMax.
Result<Value> LiteralParser::Parse(int level) {
  if (level > model::kNestingLevelsMax) {
    return model::NestedTooDeeply();
  }
  switch (reader_.current().kind) {
    case TokenKind::kParameter:
      return ParseParameter(level);
    case TokenKind::kString: {
      const Value value = Value::String(reader_.Unquoted());
      reader_.Advance();
      return value;
    }
    case TokenKind::kNumber:
    case TokenKind::kMinus:
      return ParseNumber();
    case TokenKind::kTrue:
    case TokenKind::kFalse: {
      const Value value = Value::Bool(reader_.At(TokenKind::kTrue));
      reader_.Advance();
      return value;
    }
    case TokenKind::kNull:
      reader_.Advance();
      return Value::Null();
    case TokenKind::kOpenBracket:
      return ParseList(level);
    case TokenKind::kOpenBrace:
      return ParseMap(level);
    case TokenKind::kOpenSet:
      return ParseSet(level);
    default:
      return reader_.Unexpected();
  }
}

Result<Value> LiteralParser::ParseNumber() {
  const bool negative = reader_.Take(TokenKind::kMinus);
  if (!reader_.At(TokenKind::kNumber)) {
    return reader_.Unexpected();
  }
  TRY_ASSIGN(const model::Number number, model::Number::Parse(reader_.current().text));
  reader_.Advance();
  return Value::Number((negative ? number.Negated() : number).ToCanonical(arena_));
}

Result<Value> LiteralParser::ParseParameter(int level) {
  if (used_ == parameters_.size()) {
    return WrongNumberOfParameters();
  }
  const Value& value = parameters_[used_++];
  reader_.Advance();
  if (level - 1 + model::NestingLevels(value) > model::kNestingLevelsMax) {
    return model::NestedTooDeeply();
  }
  return value;
}

Result<Value> LiteralParser::ParseList(int level) {
  reader_.Advance();
  std::vector<Value> elements;
  if (!reader_.At(TokenKind::kCloseBracket)) {
    do {
      TRY_ASSIGN(elements.emplace_back(), Parse(level + 1));
    } while (reader_.Take(TokenKind::kComma));
  }
  TRY(reader_.Expect(TokenKind::kCloseBracket));
  return Value::List(arena_.CopyArray(std::span<const Value>(elements)));
}

Result<Value> LiteralParser::ParseMap(int level) {
  reader_.Advance();
  std::vector<Attribute> attributes;
  if (!reader_.At(TokenKind::kCloseBrace)) {
    do {
      if (!reader_.At(TokenKind::kString)) {
        return reader_.Unexpected();
      }
      Attribute& attribute = attributes.emplace_back();
      attribute.name = reader_.Unquoted();
      reader_.Advance();
      TRY(model::CheckAttributeName(attribute.name));
      TRY(reader_.Expect(TokenKind::kColon));
      TRY_ASSIGN(attribute.value, Parse(level + 1));
    } while (reader_.Take(TokenKind::kComma));
  }
  TRY(reader_.Expect(TokenKind::kCloseBrace));
  std::sort(attributes.begin(), attributes.end(),
            [](const Attribute& a, const Attribute& b) { return a.name < b.name; });
  const auto repeated = std::adjacent_find(attributes.begin(), attributes.end(),
                                           [](const Attribute& a, const Attribute& b) { return a.name == b.name; });
  if (repeated != attributes.end()) {
    return model::DuplicateAttributeName(repeated->name);
  }
  return Value::Map(arena_.CopyArray(std::span<const Attribute>(attributes)));
}

Result<Value> LiteralParser::ParseSet(int level) {
  reader_.Advance();
  std::vector<Value> values;
  if (!reader_.At(TokenKind::kCloseSet)) {
    do {
      if (!AtSetMember()) {
        return AtLiteral() ? UnfitMember() : reader_.Unexpected();
      }
      TRY_ASSIGN(values.emplace_back(), Parse(level));
    } while (reader_.Take(TokenKind::kComma));
  }
  TRY(reader_.Expect(TokenKind::kCloseSet));
  if (values.empty()) {
    return model::EmptySet(Type::kSs);
  }
  const std::optional<Type> type = SetOf(values.front().type);
  const std::span<std::string_view> members = arena_.NewArray<std::string_view>(values.size());
  for (size_t i = 0; i < members.size(); ++i) {
    if (!type || values[i].type != values.front().type) {
      return UnfitMember();
    }
    members[i] = values[i].text;
  }
  std::sort(members.begin(), members.end());
  if (std::adjacent_find(members.begin(), members.end()) != members.end()) {
    return DuplicateMembers(*type, values);
  }
  return Value::Set(*type, members);
}

}  // namespace basalt::expression::partiql
