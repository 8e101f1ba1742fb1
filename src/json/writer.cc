// The bytes of JSON: sixteen bytes at a time while nothing needs an escape, then one by one.
#include "json/writer.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstring>

#include "base/check.h"

namespace basalt::json {
namespace {

constexpr bool NeedsEscape(char c) { return static_cast<uint8_t>(c) < 0x20 || c == '"' || c == '\\'; }

// Compilers make of it what the processor has.
using Block = uint8_t __attribute__((vector_size(16)));

bool BlockNeedsEscape(const char* at) {
  Block block;
  std::memcpy(&block, at, sizeof block);
  const auto marks = (block < 0x20) | (block == '"') | (block == '\\');
  uint64_t halves[2];
  std::memcpy(halves, &marks, sizeof halves);
  return (halves[0] | halves[1]) != 0;
}

void AppendEscaped(std::string& out, char c) {
  static constexpr std::string_view kHexDigits = "0123456789abcdef";
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\b':
      out += "\\b";
      return;
    case '\f':
      out += "\\f";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      out += "\\u00";
      out.push_back(kHexDigits[static_cast<uint8_t>(c) >> 4]);
      out.push_back(kHexDigits[static_cast<uint8_t>(c) & 0xf]);
  }
}

}  // namespace

size_t PlainPrefix(std::string_view text) {
  size_t i = 0;
  while (i + sizeof(Block) <= text.size() && !BlockNeedsEscape(text.data() + i)) {
    i += sizeof(Block);
  }
  if (i > 0 && i + sizeof(Block) > text.size() && !BlockNeedsEscape(text.data() + text.size() - sizeof(Block))) {
    return text.size();  // what is left, with some before it once more
  }
  while (i < text.size() && !NeedsEscape(text[i])) {
    ++i;
  }
  return i;
}

void AppendString(std::string& out, std::string_view text) {
  out.push_back('"');
  while (true) {
    const size_t plain = PlainPrefix(text);
    out.append(text.data(), plain);
    if (plain == text.size()) {
      break;
    }
    AppendEscaped(out, text[plain]);
    text.remove_prefix(plain + 1);
  }
  out.push_back('"');
}

void Writer::Open(char bracket) {
  BeforeValue();
  out_.push_back(bracket);
  comma_ = false;
}

void Writer::Close(char bracket) {
  out_.push_back(bracket);
  comma_ = true;
}

void Writer::BeforeValue() {
  if (comma_) {
    out_.push_back(',');
  }
  comma_ = true;
}

void Writer::Key(std::string_view name) {
  BeforeValue();
  AppendString(out_, name);
  out_.push_back(':');
  comma_ = false;
}

void Writer::String(std::string_view text) {
  BeforeValue();
  AppendString(out_, text);
}

void Writer::Integer(int64_t value) {
  BeforeValue();
  std::array<char, 24> digits;
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  BASALT_CHECK(error == std::errc());
  out_.append(digits.data(), end);
}

void Writer::Double(double value) {
  BeforeValue();
  if (!std::isfinite(value)) {
    out_ += "null";
    return;
  }
  const double magnitude = std::fabs(value);
  const bool plain = value == 0 || (magnitude >= 1e-6 && magnitude < 1e15);
  std::array<char, 64> digits;
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), value,
                                          plain ? std::chars_format::fixed : std::chars_format::scientific);
  BASALT_CHECK(error == std::errc());
  const std::string_view text(digits.data(), static_cast<size_t>(end - digits.data()));
  out_ += text;
  if (plain && text.find('.') == std::string_view::npos) {
    out_ += ".0";
  }
}

void Writer::Seconds(int64_t milliseconds) {
  BeforeValue();
  uint64_t magnitude = static_cast<uint64_t>(milliseconds);
  if (milliseconds < 0) {
    out_.push_back('-');
    magnitude = ~magnitude + 1;
  }
  std::array<char, 24> digits;
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), magnitude / 1000);
  BASALT_CHECK(error == std::errc());
  out_.append(digits.data(), end);
  const auto fraction = static_cast<int>(magnitude % 1000);
  out_.push_back('.');
  out_.push_back(static_cast<char>('0' + fraction / 100));
  out_.push_back(static_cast<char>('0' + fraction / 10 % 10));
  out_.push_back(static_cast<char>('0' + fraction % 10));
}

void Writer::Bool(bool value) {
  BeforeValue();
  out_ += value ? "true" : "false";
}

void Writer::Null() {
  BeforeValue();
  out_ += "null";
}

void Writer::Raw(std::string_view json) {
  BeforeValue();
  out_ += json;
}

}  // namespace basalt::json
