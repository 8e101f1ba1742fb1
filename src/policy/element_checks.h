// What the elements of a document may hold beyond its grammar: names of statements, actions, resources, principals. The
// texts are as written, in the order of the document. Pure. Errors: kValidation, worded for the kind.
#pragma once

#include <span>
#include <string_view>

#include "base/result.h"
#include "policy/action.h"
#include "policy/document.h"

namespace basalt::policy {

struct WrittenPrincipal {
  std::string_view type;  // AWS, Service, Federated or CanonicalUser
  std::string_view text;
};

Status CheckSids(DocumentKind kind, std::span<const std::string_view> sids);  // one a statement; empty: it has none
// With a catalogue, the names of actions in policies of tables and streams must be there and be for these.
Status CheckActions(DocumentKind kind, std::span<const std::string_view> actions, const ActionCatalogue* catalogue);
Status CheckResources(DocumentKind kind, std::span<const std::string_view> resources);
Status CheckPrincipals(DocumentKind kind, std::span<const WrittenPrincipal> principals);

}  // namespace basalt::policy
