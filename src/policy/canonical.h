// The form in which policies of resources are kept and given back: one spelling for all that say the same in the same
// order. Minified, members in a fixed order, lists of one as their element, accounts as the ARNs of their roots. Pure.
//
//   auto bound = Canonicalize(kind, text, directory.IdsOf);     // what is stored, and compared with what was stored
//   auto shown = Canonicalize(kind, bound->text, directory.ArnsOf);
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "policy/document.h"

namespace basalt::policy {

struct CanonicalForm {
  std::string text;
  bool names_version = false;  // a text without one reads back with the older, and yet is another

  bool operator==(const CanonicalForm&) const = default;
};

// What to write for a principal of type AWS that is not "*": ARNs of users and roles become the ids of these when a
// policy is stored, and ARNs again when it is shown. Nullopt: there is no such principal.
using MapPrincipal = std::function<std::optional<std::string>(std::string_view)>;

// `text` has passed Document::Parse. Error: kValidation, of a principal that `map` does not know.
Result<CanonicalForm> Canonicalize(DocumentKind kind, std::string_view text, const MapPrincipal& map);

}  // namespace basalt::policy
