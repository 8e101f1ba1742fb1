// Characters of names.
#include "identity/entity_name.h"

namespace basalt::identity {

bool IsNameCharacter(char c) {
  constexpr std::string_view kOthers = "_+=,.@-";
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         kOthers.find(c) != std::string_view::npos;
}

}  // namespace basalt::identity
