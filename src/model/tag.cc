// The alphabet and the lengths of tags.
#include "model/tag.h"

#include <array>
#include <cstddef>
#include <cstdint>

#include "json/utf8.h"
#include "model/limits.h"
#include "model/tag_characters.h"

namespace basalt::model {
namespace {

constexpr std::string_view kPunctuation = "+-=._:/@";
constexpr char32_t kFirstOfTwoUnits = 0x10000;

// The first character of text that is UTF-8; takes it away.
char32_t TakeCharacter(std::string_view& text) {
  constexpr std::array<uint8_t, 5> kLeadBits = {0x00, 0x7f, 0x1f, 0x0f, 0x07};  // by length
  const auto lead = static_cast<uint8_t>(text[0]);
  const size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  char32_t character = lead & kLeadBits[length];
  for (size_t i = 1; i < length; ++i) {
    character = character << 6 | (static_cast<uint8_t>(text[i]) & 0x3f);
  }
  text.remove_prefix(length);
  return character;
}

bool IsTagText(std::string_view text, size_t length_min, size_t length_max) {
  if (!json::IsUtf8(text)) {
    return false;
  }
  size_t length = 0;
  while (!text.empty() && length <= length_max) {
    const char32_t character = TakeCharacter(text);
    const bool is_punctuation =
        character < 0x80 && kPunctuation.find(static_cast<char>(character)) != std::string_view::npos;
    if (!is_punctuation && !IsLetterNumberOrSeparator(character)) {
      return false;
    }
    length += character < kFirstOfTwoUnits ? 1 : 2;
  }
  return length >= length_min && length <= length_max;
}

}  // namespace

bool IsTagKey(std::string_view text) { return IsTagText(text, 1, kTagKeyLengthMax); }

bool IsTagValue(std::string_view text) { return IsTagText(text, 0, kTagValueLengthMax); }

bool IsReservedTagKey(std::string_view text) {
  constexpr std::string_view kReserved = "aws:";
  if (text.size() < kReserved.size()) {
    return false;
  }
  for (size_t i = 0; i < kReserved.size(); ++i) {
    const char lowered = text[i] >= 'A' && text[i] <= 'Z' ? static_cast<char>(text[i] + 32) : text[i];
    if (lowered != kReserved[i]) {
      return false;
    }
  }
  return true;
}

}  // namespace basalt::model
