// Reviews: the kind is guessed, defects and traps are placed.
#include "policy/review.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "base/arena.h"
#include "json/node.h"
#include "policy/guards.h"
#include "policy/lint.h"
#include "policy/position.h"

namespace basalt::policy {
namespace {

using json::Kind;
using json::Node;

constexpr std::array<std::pair<std::string_view, DocumentKind>, 10> kKinds = {{
    {"identity", DocumentKind::kIdentity},
    {"boundary", DocumentKind::kBoundary},
    {"session", DocumentKind::kSession},
    {"service-control", DocumentKind::kServiceControl},
    {"resource-control", DocumentKind::kResourceControl},
    {"table", DocumentKind::kTable},
    {"stream", DocumentKind::kStream},
    {"trust", DocumentKind::kTrust},
    {"key", DocumentKind::kKey},
    {"endpoint", DocumentKind::kEndpoint},
}};

std::span<const Node> OneOrMore(const Node* node) {
  if (node == nullptr) {
    return {};
  }
  return node->kind == Kind::kArray ? node->elements : std::span(node, 1);
}

std::span<const Node> StatementsOf(const Node& root) {
  return root.IsObject() ? OneOrMore(root.Find("Statement")) : std::span<const Node>();
}

// What the statements of a document name, as far as it tells kinds apart.
struct Named {
  bool principal = false;
  bool resource = false;
  bool stream = false;
  bool every_action_of_keys = true;
  bool every_action_of_sessions = true;
};

void Look(const Node& statement, Named& named) {
  if (!statement.IsObject()) {
    return;
  }
  const auto either = [&](std::string_view name, std::string_view negated) {
    const Node* node = statement.Find(name);
    return node == nullptr ? statement.Find(negated) : node;
  };
  const Node* const resources = either("Resource", "NotResource");
  named.principal = named.principal || either("Principal", "NotPrincipal") != nullptr;
  named.resource = named.resource || resources != nullptr;
  for (const Node& action : OneOrMore(either("Action", "NotAction"))) {
    const std::string name = action.kind == Kind::kString ? LowerCase(action.string) : std::string();
    named.every_action_of_keys = named.every_action_of_keys && name.starts_with("kms:");
    named.every_action_of_sessions = named.every_action_of_sessions && name.starts_with("sts:");
    named.stream = named.stream || name == "dynamodb:getrecords" || name == "dynamodb:getsharditerator" ||
                   name == "dynamodb:describestream";
  }
  for (const Node& resource : OneOrMore(resources)) {
    named.stream =
        named.stream || (resource.kind == Kind::kString && resource.string.find("/stream/") != std::string::npos);
  }
}

DocumentKind GuessKind(const Node& root) {
  const std::span<const Node> statements = StatementsOf(root);
  Named named;
  for (const Node& statement : statements) {
    Look(statement, named);
  }
  if (statements.empty()) {
    return DocumentKind::kTable;
  }
  if (!named.principal) {
    return DocumentKind::kIdentity;
  }
  if (named.every_action_of_sessions && !named.resource) {
    return DocumentKind::kTrust;
  }
  if (named.every_action_of_keys) {
    return DocumentKind::kKey;
  }
  return named.stream ? DocumentKind::kStream : DocumentKind::kTable;
}

class Reviewer {
 public:
  Reviewer(std::string_view text, const ActionCatalogue& catalogue) : text_(text), catalogue_(catalogue) {}

  Review Run(std::optional<DocumentKind> kind) {
    Arena arena;
    const bool is_large = text_.size() > kDocumentBytesMax;
    const Result<Node> root = is_large ? Result<Node>(Error(Reason::kTooLarge, "")) : json::Parse(text_, arena);
    if (root.ok()) {
      for (const Node& statement : StatementsOf(*root)) {
        extents_.push_back(ExtentOf(text_, *root, statement));
      }
    }
    review_.kind = kind ? *kind : root.ok() ? GuessKind(*root) : DocumentKind::kTable;
    const Result<Document> document = Document::Parse(review_.kind, text_, &catalogue_);
    if (!document.ok()) {
      review_.defect = LocateDefect(document.error().text);
      return std::move(review_);
    }
    if (const Status guarded = IsOfTables(review_.kind) ? CheckNotPublic(*document) : Status(); !guarded.ok()) {
      review_.defect = Remark{.sid = {}, .text = guarded.error().text};
      return std::move(review_);
    }
    for (LintWarning& warning : Lint(*document)) {
      Remark remark = At(warning.statement);
      remark.sid = document->sid(warning.statement);
      remark.text = std::move(warning.text);
      review_.warnings.push_back(std::move(remark));
    }
    return std::move(review_);
  }

 private:
  Remark At(size_t ordinal) const {
    Remark remark;
    remark.statement = ordinal + 1;
    remark.row = PositionAt(text_, extents_[ordinal].begin).row;
    return remark;
  }

  // It is of the first statement that nobody would take alone, if there is one.
  Remark LocateDefect(const std::string& defect) const {
    Remark remark;
    for (size_t i = 0; i < extents_.size() && i < kStatementsTriedMax; ++i) {
      std::string alone = "{\"Version\":\"2012-10-17\",\"Statement\":";
      alone.append(text_.substr(extents_[i].begin, extents_[i].end - extents_[i].begin)).append("}");
      if (!Document::Parse(review_.kind, alone, &catalogue_).ok()) {
        remark = At(i);
        break;
      }
    }
    remark.text = defect;
    return remark;
  }

  static constexpr size_t kStatementsTriedMax = 1000;

  std::string_view text_;
  const ActionCatalogue& catalogue_;
  std::vector<Extent> extents_;  // of statements
  Review review_;
};

}  // namespace

Review ReviewPolicy(std::string_view text, std::optional<DocumentKind> kind, const ActionCatalogue& catalogue) {
  return Reviewer(text, catalogue).Run(kind);
}

std::string_view KindName(DocumentKind kind) {
  return std::find_if(kKinds.begin(), kKinds.end(), [kind](const auto& row) { return row.second == kind; })->first;
}

std::optional<DocumentKind> KindNamed(std::string_view name) {
  const auto found = std::find_if(kKinds.begin(), kKinds.end(), [name](const auto& row) { return row.first == name; });
  return found == kKinds.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace basalt::policy
