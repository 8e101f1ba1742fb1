// The error texts that several kinds of expression share.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "expression/expression.h"
#include "model/value.h"

namespace basalt::expression {

// "Invalid <Kind>: <text>"
Error Invalid(Kind kind, std::string_view text, SourceLocation where = SourceLocation::Current());

// "Incorrect operand type for operator or function; operator or function: <name>, operand type: <type>"
Error IncorrectOperandType(Kind kind, std::string_view name, std::string_view type,
                           SourceLocation where = SourceLocation::Current());

// "Invalid function name; function: <name>"
Error InvalidFunctionName(Kind kind, std::string_view name, SourceLocation where = SourceLocation::Current());

// "The IN operator is provided with too many operands; number of operands: <count>"
Error TooManyInOperands(Kind kind, size_t count, SourceLocation where = SourceLocation::Current());

std::string RenderPath(Path path);                            // "[a, b, [2]]"
std::string RenderAttributeValue(const model::Value& value);  // "AttributeValue: {S:a}"

}  // namespace basalt::expression
