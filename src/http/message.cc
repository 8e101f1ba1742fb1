// Lookup of header fields: names are compared without regard to case, and lengths first since they mostly differ.
#include "http/message.h"

namespace basalt::http {
namespace {

constexpr char ToLower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

}  // namespace

bool EqualIgnoringCase(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) {
    return false;
  }
  for (size_t i = 0; i < a.size(); ++i) {
    if (a[i] != b[i] && ToLower(a[i]) != ToLower(b[i])) {
      return false;
    }
  }
  return true;
}

const Header* RequestHead::Find(std::string_view name) const {
  for (const Header& header : headers) {
    if (header.name.size() == name.size() && EqualIgnoringCase(header.name, name)) {
      return &header;
    }
  }
  return nullptr;
}

}  // namespace basalt::http
