// A policy as its author has it, in a file: what kind of policy it seems to be, why nobody would take it, or what about
// it may not be meant, and in which line. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policy/action.h"
#include "policy/document.h"

namespace basalt::policy {

struct Remark {
  size_t row = 0;        // where the statement begins, or where the defect is; 0: of the whole
  size_t statement = 0;  // the first is 1; 0: of the whole
  std::string sid;
  std::string text;
};

struct Review {
  DocumentKind kind = DocumentKind::kTable;
  std::optional<Remark> defect;  // in the words of the call that would refuse it; then there is nothing else
  std::vector<Remark> warnings;
};

// Without `kind`, that is told by what the text names.
Review ReviewPolicy(std::string_view text, std::optional<DocumentKind> kind, const ActionCatalogue& catalogue);

std::string_view KindName(DocumentKind kind);  // "table", "identity", …
std::optional<DocumentKind> KindNamed(std::string_view name);

}  // namespace basalt::policy
