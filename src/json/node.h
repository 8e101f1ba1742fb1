// A parsed JSON document: plain nodes in an arena, so that nothing above json/ sees the parser's types. Strings
// are unescaped, valid UTF-8 and live in the arena as long as the nodes do.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/arena.h"
#include "base/result.h"

namespace basalt::json {

enum class Kind : uint8_t { kNull, kFalse, kTrue, kInteger, kDouble, kString, kArray, kObject };

struct Member;

// Trivially copyable; points into the arena given to Parse.
struct Node {
  Kind kind = Kind::kNull;
  union {
    int64_t integer;
    double real;
    std::string_view string;
    std::span<const Node> elements;
    std::span<const Member> members;
  };

  Node() : integer(0) {}

  bool IsObject() const { return kind == Kind::kObject; }
  bool IsNull() const { return kind == Kind::kNull; }

  // The last member of that name whose value is not null (a null member equals an absent one), or null.
  const Node* Find(std::string_view name) const;
};

// Members stand in the order of the document; a name may repeat.
struct Member {
  std::string_view name;
  Node value;
};

inline constexpr size_t kNestingDepthMax = 1024;  // far above any legal request: 32 levels of attribute value

// What nodes take of an arena, at most, a byte of text: [0,0,0 ... takes one for two. Strings: as the text, or 112 KiB.
inline constexpr size_t kNodeBytesPerByteMax = sizeof(Node) / 2;
// And what the parser itself takes while it runs: one such a thread, whatever the number of requests. It is kept
// afterwards only for texts up to 1 MiB.
inline constexpr size_t kParserBytesPerByteMax = 16;

// Parses a whole document: RFC 8259, UTF-8 checked, integers within 64 bits, nesting bounded. `text` need not
// outlive the call. Errors: kSerialization, with a text for the log; kTooLarge if the arena would take more than
// about `arena_bytes_max` for this document, which is found before it is allocated. Uses a parser of the calling
// thread.
Result<Node> Parse(std::string_view text, Arena& arena, size_t arena_bytes_max = SIZE_MAX);

}  // namespace basalt::json
