// Documents as if their conditions held, or did not.
#include "policy/supposition.h"

#include <algorithm>
#include <utility>

#include "policy/compiled_document.h"

namespace basalt::policy {
namespace {

// Whether the statement is to apply where that depends on the request: an Allow at best, a Deny at worst.
bool Applies(const Statement& statement, Supposition supposition) {
  return (statement.effect == Effect::kAllow) == (supposition == Supposition::kBest);
}

// Resources with variables match, or do not, so that the statement applies or not.
void SupposeResources(Compiled& compiled, Statement& statement, bool applies) {
  const bool matches = applies != statement.negated_resources;
  for (uint32_t i = 0; i < statement.resources.count; ++i) {
    ResourceEntry& entry = compiled.resources[statement.resources.first + i];
    if (entry.has_variable) {
      entry.has_variable = false;
      entry.is_any = matches;
      entry.never = !matches;
      statement.any_resource = statement.any_resource || matches;
    }
  }
}

}  // namespace

Document Suppose(const Document& document, Supposition supposition) {
  Compiled compiled = document.compiled();
  std::vector<Statement> kept;
  for (Statement& statement : compiled.statements) {
    const bool applies = Applies(statement, supposition);
    if (statement.conditions.count > 0 && !applies) {
      continue;
    }
    SupposeResources(compiled, statement, applies);
    statement.conditions = {};
    statement.keys = {};
    kept.push_back(statement);
  }
  compiled.statements = std::move(kept);
  return MakeDocument(document.kind(), std::move(compiled));
}

Policies Supposed::Of(const Policies& policies) {
  lists_.clear();
  levels_.clear();
  Policies supposed = policies;
  supposed.service_control = OfLevels(policies.service_control);
  supposed.resource_control = OfLevels(policies.resource_control);
  supposed.endpoint = OfOne(policies.endpoint);
  supposed.resource = OfOne(policies.resource);
  supposed.identity = OfAll(policies.identity);
  supposed.boundary = OfOne(policies.boundary);
  supposed.session = OfAll(policies.session);
  return supposed;
}

const Document* Supposed::OfOne(const Document* document) {
  if (document == nullptr) {
    return nullptr;
  }
  std::unique_ptr<const Document>& supposed = documents_[document];
  if (supposed == nullptr) {
    supposed = std::make_unique<const Document>(Suppose(*document, supposition_));
  }
  return supposed.get();
}

Documents Supposed::OfAll(Documents documents) {
  std::vector<const Document*>& list = lists_.emplace_back();
  for (const Document* document : documents) {
    list.push_back(OfOne(document));
  }
  return list;
}

std::span<const Documents> Supposed::OfLevels(std::span<const Documents> levels) {
  std::vector<Documents>& list = levels_.emplace_back();
  for (const Documents level : levels) {
    list.push_back(OfAll(level));
  }
  return list;
}

}  // namespace basalt::policy
