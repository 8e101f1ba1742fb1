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

Error ItemTooLarge(SourceLocation where) {
  return {Reason::kValidation, "Item size has exceeded the maximum allowed size", where};
}

Error UpdatedItemTooLarge(SourceLocation where) {
  return {Reason::kValidation, "Item size to update has exceeded the maximum allowed size", where};
}

Error KeySchemaMismatch(SourceLocation where) {
  return {Reason::kValidation, "The provided key element does not match the schema", where};
}

}  // namespace basalt::model
