// The shared texts, word for word as the service has them.
#include "model/validation_error.h"

namespace basalt::model {
namespace {

Error Under(std::string_view beginning, std::string_view text, SourceLocation where) {
  std::string full(beginning);
  full += text;
  return {Reason::kValidation, std::move(full), where};
}

}  // namespace

Error InvalidParameter(std::string_view text, SourceLocation where) {
  return Under("One or more parameter values were invalid: ", text, where);
}

Error ParameterNotValid(std::string_view text, SourceLocation where) {
  return Under("One or more parameter values are not valid. ", text, where);
}

Error SeveralTypes(SourceLocation where) {
  return {
      Reason::kValidation,
      "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes",
      where};
}

Error NestedTooDeeply(SourceLocation where) {
  return {Reason::kValidation,
          "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported "
          "limit",
          where};
}

Error DuplicateAttributeName(std::string_view name, SourceLocation where) {
  std::string text = "Duplicate value in attribute name: ";
  text += name;
  return InvalidParameter(text, where);
}

Error AttributeNameTooLong(SourceLocation where) {
  return {Reason::kValidation, "Attribute name is too large, must be less than 65536 bytes", where};
}

Error EmptySet(Type type, SourceLocation where) {
  switch (type) {
    case Type::kNs:
      return InvalidParameter("An number set  may not be empty", where);
    case Type::kBs:
      return InvalidParameter("Binary sets should not be empty", where);
    default:
      return InvalidParameter("An string set  may not be empty", where);
  }
}

Error DuplicateMembers(Type type, std::span<const std::string_view> members, SourceLocation where) {
  if (type == Type::kNs) {
    return {Reason::kValidation, "Input collection contains duplicates", where};
  }
  std::string text = "Input collection [";
  for (size_t i = 0; i < members.size(); ++i) {
    text += i > 0 ? ", " : "";
    text += members[i];
  }
  text += type == Type::kSs ? "] contains duplicates." : "]of type BS contains duplicates.";
  return InvalidParameter(text, where);
}

Error ItemTooLarge(SourceLocation where) {
  return {Reason::kValidation, "Item size has exceeded the maximum allowed size", where};
}

Error UpdatedItemTooLarge(SourceLocation where) {
  return {Reason::kValidation, "Item size to update has exceeded the maximum allowed size", where};
}

Error KeyAttributeUpdated(std::string_view attribute, SourceLocation where) {
  std::string text = "Cannot update attribute ";
  text += attribute;
  text += ". This attribute is part of the key";
  return InvalidParameter(text, where);
}

Error KeySchemaMismatch(SourceLocation where) {
  return {Reason::kValidation, "The provided key element does not match the schema", where};
}

}  // namespace basalt::model
