// Policy variables: how they are written, ${key}, ${key, 'default'}, ${*}, ${?} and ${$}, and how their values are put
// into a pattern. What is put in is literal: a wildcard in a value is a character.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "policy/compiled.h"
#include "policy/condition_key.h"

namespace basalt::policy {

struct WrittenVariable {
  char escaped = '\0';  // of ${*}, ${?} and ${$}; else the rest holds
  std::string_view key;
  bool has_fallback = false;
  std::string_view fallback;
};

// Takes a variable from the beginning of `text`; none is there unless it begins with "${" and closes. One that is
// neither of the forms has all of its inside as its key, and so no value.
std::optional<WrittenVariable> TakeVariable(std::string_view& text);

void AppendVariable(std::string& pattern, size_t number);  // a mark and two bytes

// Room for a pattern with its values; the heap is asked only beyond `kInlineBytes`.
class Expansion {
 public:
  // The pattern with every variable's value, or nullopt if one has none: its key is absent and has no default, or has
  // several values. Lives as long as this object, and until the next.
  std::optional<std::string_view> Expand(const Compiled& document, std::string_view pattern, const Context& context);

 private:
  static constexpr size_t kInlineBytes = 512;

  void Append(std::string_view bytes);

  char inline_[kInlineBytes];
  size_t size_ = 0;
  std::string overflow_;  // all of it, once it is longer
};

}  // namespace basalt::policy
