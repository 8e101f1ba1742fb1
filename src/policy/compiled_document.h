// A document of what is compiled already, for policy/ alone.
#pragma once

#include "policy/document.h"

namespace basalt::policy {

Document MakeDocument(DocumentKind kind, Compiled compiled);

}  // namespace basalt::policy
