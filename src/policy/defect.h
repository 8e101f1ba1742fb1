// What can be wrong with a document, in the words of the service it was sent to. Each text stands here once.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "policy/document.h"

namespace basalt::policy {

// Where a document stops to make sense: just behind what is wrong, in lines and characters from 1.
struct Position {
  size_t row = 1;
  size_t column = 1;
};

// Each words its defect for documents of one kind. kValidation, all of them.
class Defects {
 public:
  explicit Defects(DocumentKind kind);

  Error TooLarge(size_t bytes_max) const;
  Error NotJson() const;
  Error Syntax(Position position) const;
  Error Missing(std::string_view element) const;
  Error Prohibited(std::string_view element) const;
  Error NoStatements() const;
  Error SidsRepeat() const;
  Error SidCharacters() const;
  Error WithoutVendor(std::string_view action) const;  // an action without "service:"
  Error BadVendor(std::string_view action) const;      // one whose service is none
  Error SeveralColons(std::string_view action) const;
  Error ActionsNotUsable(const std::vector<std::string>& actions) const;
  Error NotAnArn(std::string_view resource) const;
  Error ResourceOfAnotherKind(std::string_view relative_id, std::string_view arn) const;
  Error InvalidPrincipal(std::string_view type, std::string_view principal) const;
  Error InvalidService() const;
  Error OnlyDenials() const;  // of a resource control policy

 private:
  Error Worded(std::string_view of_dynamodb, std::string_view of_iam) const;

  DocumentKind kind_;
};

// Of a policy that admits everybody, to be worded by whoever refuses those.
Error GrantsUnboundedAccess();
// Of a principal that does not exist, found when principals are bound to the ids of entities.
Error UnknownPrincipal(DocumentKind kind, std::string_view principal);

}  // namespace basalt::policy
