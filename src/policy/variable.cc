#include "policy/variable.h"

#include <algorithm>
#include <cstring>

#include "base/check.h"
#include "policy/text_pattern.h"

namespace basalt::policy {
namespace {

constexpr size_t kVariablesMax = 1 << 16;  // two bytes count them; a document has room for fewer

// ${key, 'default'}
std::optional<WrittenVariable> TakeWithFallback(std::string_view& text) {
  std::string_view rest = text.substr(2);
  WrittenVariable variable;
  const size_t comma = rest.find_first_of(",}");
  if (comma == std::string_view::npos || rest[comma] == '}') {
    return std::nullopt;
  }
  variable.key = rest.substr(0, comma);
  rest.remove_prefix(comma + 1);
  rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
  if (!rest.starts_with('\'')) {
    return std::nullopt;
  }
  rest.remove_prefix(1);
  const size_t quote = rest.find('\'');
  if (quote == std::string_view::npos || rest.substr(quote + 1, 1) != "}") {
    return std::nullopt;
  }
  variable.has_fallback = true;
  variable.fallback = rest.substr(0, quote);
  text = rest.substr(quote + 2);
  return variable;
}

}  // namespace

std::optional<WrittenVariable> TakeVariable(std::string_view& text) {
  if (!text.starts_with("${")) {
    return std::nullopt;
  }
  if (const std::optional<WrittenVariable> variable = TakeWithFallback(text)) {
    return variable;
  }
  const size_t end = text.find('}');
  if (end == std::string_view::npos) {
    return std::nullopt;
  }
  WrittenVariable variable;
  variable.key = text.substr(2, end - 2);
  if (variable.key == "*" || variable.key == "?" || variable.key == "$") {
    variable.escaped = variable.key.front();
  }
  text.remove_prefix(end + 1);
  return variable;
}

void AppendVariable(std::string& pattern, size_t number) {
  BASALT_CHECK(number < kVariablesMax);
  pattern.push_back(kVariable);
  pattern.push_back(static_cast<char>(number >> 8));
  pattern.push_back(static_cast<char>(number & 0xFF));
}

void Expansion::Append(std::string_view bytes) {
  if (overflow_.empty() && size_ + bytes.size() <= kInlineBytes) {
    std::memcpy(inline_ + size_, bytes.data(), bytes.size());
    size_ += bytes.size();
    return;
  }
  if (overflow_.empty()) {
    overflow_.assign(inline_, size_);
  }
  overflow_ += bytes;
}

std::optional<std::string_view> Expansion::Expand(const Compiled& document, std::string_view pattern,
                                                  const Context& context) {
  size_ = 0;
  overflow_.clear();
  while (!pattern.empty()) {
    const size_t mark = pattern.find(kVariable);
    Append(pattern.substr(0, mark));
    if (mark == std::string_view::npos) {
      break;
    }
    const size_t number = static_cast<size_t>(static_cast<unsigned char>(pattern[mark + 1])) << 8 |
                          static_cast<unsigned char>(pattern[mark + 2]);
    pattern.remove_prefix(mark + 3);
    const VariableEntry& variable = document.variables[number];
    const ConditionKey key = document.KeyOf(variable.key);
    const Values values = context.Find(key);
    if (values.present() && !values.is_list() && !IsMultivalued(key.id)) {
      std::string_view value = values.texts().front();
      // A value that is not UTF-8 may hold bytes that mean something in a pattern.
      while (!value.empty()) {
        const size_t plain = std::min(value.find_first_of(kMarks), value.size());
        Append(value.substr(0, plain));
        value.remove_prefix(plain);
        if (!value.empty()) {
          Append("\xC0");
          value.remove_prefix(1);
        }
      }
    } else if (variable.has_fallback && !values.present()) {
      Append(document.TextOf(variable.fallback));
    } else {
      return std::nullopt;
    }
  }
  return overflow_.empty() ? std::string_view(inline_, size_) : std::string_view(overflow_);
}

}  // namespace basalt::policy
