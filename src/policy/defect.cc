#include "policy/defect.h"

#include <utility>

#include "model/validation_error.h"

namespace basalt::policy {
namespace {

constexpr std::string_view kSyntaxOfIam = "Syntax errors in policy.";
constexpr std::string_view kVendorOfIam = "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.";

Error InvalidDocument(std::string_view text) {
  return model::InvalidParameter("Invalid policy document: " + std::string(text));
}

std::string Quoted(std::string_view text) { return '"' + std::string(text) + '"'; }

}  // namespace

Defects::Defects(DocumentKind kind) : kind_(kind) {}

Error Defects::Worded(std::string_view of_dynamodb, std::string_view of_iam) const {
  return IsOfTables(kind_) ? InvalidDocument(of_dynamodb) : Error(Reason::kValidation, std::string(of_iam));
}

Error Defects::TooLarge(size_t bytes_max) const {
  const std::string text = "Maximum policy size of " + std::to_string(bytes_max) + " bytes exceeded";
  return IsOfTables(kind_) ? model::InvalidParameter(text) : Error(Reason::kValidation, text);
}

Error Defects::NotJson() const { return Worded("This policy contains invalid Json", kSyntaxOfIam); }

Error Defects::Syntax(Position position) const {
  return Worded(
      "Syntax error at position (" + std::to_string(position.row) + ',' + std::to_string(position.column) + ')',
      kSyntaxOfIam);
}

Error Defects::Missing(std::string_view element) const {
  const std::string missing = "Missing required field " + std::string(element);
  if (element == "Action") {
    return Worded(missing, "Policy statement must contain actions.");
  }
  return Worded(missing, element == "Resource" ? "Policy statement must contain resources." : missing);
}

Error Defects::Prohibited(std::string_view element) const {
  const std::string prohibited = "Has prohibited field " + std::string(element);
  return Worded(prohibited, element == "Principal" ? "Policy document should not specify a principal." : prohibited);
}

Error Defects::NoStatements() const { return Worded("Could not parse the policy: Statement is empty!", kSyntaxOfIam); }

Error Defects::SidsRepeat() const {
  return Worded("The Statement Ids in the policy are not unique",
                "Statement IDs (SID) in a single policy must be unique.");
}

Error Defects::SidCharacters() const {
  constexpr std::string_view kText =
      "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*";
  return Worded(kText, kText);
}

Error Defects::WithoutVendor(std::string_view action) const {
  return IsOfTables(kind_) ? ActionsNotUsable({std::string(action)}) : Worded({}, kVendorOfIam);
}

Error Defects::BadVendor(std::string_view action) const {
  return IsOfTables(kind_) ? ActionsNotUsable({std::string(action)})
                           : Worded({}, "Vendor " + std::string(action.substr(0, action.find(':'))) + " is not valid");
}

Error Defects::SeveralColons(std::string_view action) const {
  return IsOfTables(kind_) ? ActionsNotUsable({std::string(action)})
                           : Worded({}, "Actions/Condition can contain only one colon.");
}

Error Defects::ActionsNotUsable(const std::vector<std::string>& actions) const {
  std::string text = "The following action names are invalid: ";
  for (size_t i = 0; i < actions.size(); ++i) {
    text += i == 0 ? "" : ", ";
    text += Quoted(actions[i]);
  }
  return Worded(text, text);
}

Error Defects::NotAnArn(std::string_view resource) const {
  const std::string text = "Resource " + std::string(resource) + " must be in ARN format or \"*\".";
  return Worded(text, text);
}

Error Defects::ResourceOfAnotherKind(std::string_view relative_id, std::string_view arn) const {
  const std::string text = "The relative-id " + Quoted(relative_id) + " is invalid for ARN " + Quoted(arn);
  return Worded(text, text);
}

Error Defects::InvalidPrincipal(std::string_view type, std::string_view principal) const {
  if (IsOfTables(kind_)) {
    return model::InvalidParameter("Invalid principal in policy document.");
  }
  return {Reason::kValidation, "Invalid principal in policy: " + Quoted(type) + ':' + Quoted(principal)};
}

Error Defects::InvalidService() const {
  constexpr std::string_view kText = "Policy contains invalid service principal";
  return Worded(kText, "Invalid principal in policy");
}

Error Defects::OnlyDenials() const {
  constexpr std::string_view kText = "A resource control policy may deny to everybody and do nothing else.";
  return Worded(kText, kText);
}

Error GrantsUnboundedAccess() {
  return {Reason::kValidation,
          "Resource-based policy grants unbounded access in one or more elements. Please revise the policy to ensure "
          "least-privilege form of access"};
}

Error UnknownPrincipal(DocumentKind kind, std::string_view principal) {
  return Defects(kind).InvalidPrincipal("AWS", principal);
}

}  // namespace basalt::policy
