// The texts of validation errors that are given in more than one place. One that has a single place stands there.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "model/value.h"

namespace basalt::model {

// The two beginnings under which the service words defects of parameters: an older and a newer one.
Error InvalidParameter(std::string_view text, SourceLocation where = SourceLocation::Current());
Error ParameterNotValid(std::string_view text, SourceLocation where = SourceLocation::Current());

Error SeveralTypes(SourceLocation where = SourceLocation::Current());     // of a value, or of a write request
Error NestedTooDeeply(SourceLocation where = SourceLocation::Current());  // a value as sent, or as an update made it
Error DuplicateAttributeName(std::string_view name, SourceLocation where = SourceLocation::Current());
Error AttributeNameTooLong(SourceLocation where = SourceLocation::Current());
// Of a set as sent; `members` as the client wrote them.
Error EmptySet(Type type, SourceLocation where = SourceLocation::Current());
Error DuplicateMembers(Type type, std::span<const std::string_view> members,
                       SourceLocation where = SourceLocation::Current());
Error ItemTooLarge(SourceLocation where = SourceLocation::Current());         // of a put
Error UpdatedItemTooLarge(SourceLocation where = SourceLocation::Current());  // of an update's result
Error KeyAttributeUpdated(std::string_view attribute, SourceLocation where = SourceLocation::Current());
Error KeySchemaMismatch(SourceLocation where = SourceLocation::Current());

}  // namespace basalt::model
