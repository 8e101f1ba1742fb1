// Text patterns as they are compiled: bytes, of which three that occur in no UTF-8 stand for any run of characters, any
// one character, and a variable to be put in. So a '*' that came out of an escape or out of a value is a '*'.
//
// What a match costs is bounded, whatever pattern and text are: pieces between runs are found one after another,
// leftmost, each by at most as many steps as the text has bytes for every 64 bytes of the piece. Nothing is tried
// twice. Memory is taken from the heap only for pieces longer than 64 bytes. Pure; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace basalt::policy {

inline constexpr char kAnyRun = '\xFF';
inline constexpr char kAnyOne = '\xFE';
inline constexpr char kVariable = '\xFD';                   // two bytes follow: which variable
inline constexpr std::string_view kMarks = "\xFF\xFE\xFD";  // all three

// With '*' and '?' as marks. Variables are put in by whoever knows their values.
std::string EncodePattern(std::string_view text);

// Whether `text` is matched by the whole pattern, which holds no variable. One character is a byte with the up to three
// continuation bytes that follow it; `text` that is not UTF-8 is matched by something, and harms nobody.
bool Matches(std::string_view pattern, std::string_view text);
// The same, counting the steps it took.
bool MatchesCounted(std::string_view pattern, std::string_view text, size_t& steps);

// Text apart at its first five colons, as ARNs are compared. Fewer fields: it is no ARN.
struct ArnFields {
  static constexpr size_t kCount = 6;
  std::string_view field[kCount];
  size_t count = 0;  // 1 to 6
};
ArnFields SplitArn(std::string_view text);

// Field by field; fields that the pattern has not are free.
bool MatchesArn(const ArnFields& pattern, const ArnFields& arn);

}  // namespace basalt::policy
