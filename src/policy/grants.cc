// Statements, read as whom they let in.
#include "policy/grants.h"

#include <algorithm>
#include <utility>

#include "base/arena.h"
#include "json/node.h"
#include "model/arn.h"
#include "policy/guards.h"
#include "policy/position.h"
#include "policy/text_pattern.h"

namespace basalt::policy {
namespace {

using json::Node;

class Reader {
 public:
  Reader(const Document& document, std::string_view text, const Node& root, std::string_view owner,
         const CrossesAccounts& crosses)
      : kind_(document.kind()),
        compiled_(document.compiled()),
        text_(text),
        root_(root),
        owner_(owner),
        crosses_(crosses) {}

  std::vector<Grant> Run() && {
    for (const Statement& statement : compiled_.statements) {
      Read(statement);
    }
    std::stable_sort(grants_.begin(), grants_.end(),
                     [](const Grant& a, const Grant& b) { return a.statement < b.statement; });
    return std::move(grants_);
  }

 private:
  void Read(const Statement& statement) {
    const Node* statements = root_.Find("Statement");
    const Node& node = statements->kind == json::Kind::kArray ? statements->elements[statement.ordinal] : *statements;
    Grant grant;
    grant.effect = statement.effect;
    grant.statement = statement.ordinal;
    grant.sid = compiled_.TextOf(statement.sid);
    grant.is_public = statement.effect == Effect::kAllow && AdmitsEverybody(compiled_, statement);
    grant.other_resources = statement.negated_resources;
    grant.resources = TextsOf(*node.Find(statement.negated_resources ? "NotResource" : "Resource"));
    if (const Node* conditions = node.Find("Condition"); conditions != nullptr) {
      const Extent extent = ExtentOf(text_, root_, *conditions);
      grant.conditions = text_.substr(extent.begin, extent.end - extent.begin);
    }
    if (statement.negated_principals) {
      AddAllOthers(statement, std::move(grant));
      return;
    }
    for (uint32_t i = 0; i < statement.principals.count; ++i) {
      Add(statement, compiled_.principals[statement.principals.first + i], grant);
    }
  }

  static std::vector<std::string> TextsOf(const Node& node) {
    std::vector<std::string> texts;
    for (const Node& text : node.kind == json::Kind::kArray ? node.elements : std::span(&node, 1)) {
      texts.emplace_back(text.string);
    }
    return texts;
  }

  void Add(const Statement& statement, const PrincipalEntry& principal, Grant grant) {
    const std::string_view text = compiled_.TextOf(principal.text);
    const bool allows = grant.effect == Effect::kAllow;
    grant.principal = NameOf(principal);
    grant.is_public = grant.is_public && principal.form == PrincipalForm::kEveryone;
    switch (principal.form) {
      case PrincipalForm::kEveryone:
        grant.is_external = true;
        grant.is_for_everybody = true;
        break;
      case PrincipalForm::kAccount:
        grant.account = text;
        grant.is_external = text != owner_;
        grant.needs_identity_policy = allows;
        break;
      case PrincipalForm::kArn:
        grant.account = SplitArn(text).field[4];
        grant.is_external = grant.account != owner_;
        grant.needs_identity_policy = allows && grant.is_external;
        break;
      case PrincipalForm::kService:
      case PrincipalForm::kFederated:
        grant.is_external = true;
        break;
      case PrincipalForm::kUniqueId:  // nobody can be it any more
        break;
    }
    const bool across_accounts = grant.is_external && !grant.account.empty();
    grant.actions = ActionsOf(statement, allows && across_accounts);
    grants_.push_back(std::move(grant));
  }

  void AddAllOthers(const Statement& statement, Grant grant) {
    grant.principal = "everybody but";
    for (uint32_t i = 0; i < statement.principals.count; ++i) {
      grant.principal += i == 0 ? " " : ", ";
      grant.principal += NameOf(compiled_.principals[statement.principals.first + i]);
    }
    grant.is_external = true;
    grant.is_for_everybody = true;
    grant.actions = ActionsOf(statement, false);
    grants_.push_back(std::move(grant));
  }

  std::string NameOf(const PrincipalEntry& principal) const {
    const std::string_view text = compiled_.TextOf(principal.text);
    if (principal.form == PrincipalForm::kEveryone) {
      return "*";
    }
    return principal.form == PrincipalForm::kAccount ? model::Arn::Make("iam", "", text, "root").ToString()
                                                     : std::string(text);
  }

  std::vector<std::string> ActionsOf(const Statement& statement, bool across_accounts) const {
    std::vector<std::string> actions;
    const ActionCatalogue& catalogue = *compiled_.catalogue;
    for (size_t number = 0; number < catalogue.size(); ++number) {
      const KnownAction& row = catalogue.row(number);
      const Action& action = catalogue.action(number);
      const bool is_of_kind = kind_ == DocumentKind::kTable ? row.for_tables : row.for_streams;
      if (is_of_kind && compiled_.SpeaksOf(statement, action) && (!across_accounts || crosses_(action))) {
        actions.push_back(action.name);
      }
    }
    std::sort(actions.begin(), actions.end());
    return actions;
  }

  const DocumentKind kind_;
  const Compiled& compiled_;
  std::string_view text_;
  const Node& root_;
  std::string_view owner_;
  const CrossesAccounts& crosses_;
  std::vector<Grant> grants_;
};

}  // namespace

Result<std::vector<Grant>> GrantsOf(DocumentKind kind, std::string_view text, const ActionCatalogue& catalogue,
                                    std::string_view owner_account, const CrossesAccounts& crosses) {
  TRY_ASSIGN(const Document document, Document::ParseStored(kind, text, &catalogue));
  Arena arena;
  TRY_ASSIGN(const Node root, json::Parse(text, arena));
  return Reader(document, text, root, owner_account, crosses).Run();
}

}  // namespace basalt::policy
