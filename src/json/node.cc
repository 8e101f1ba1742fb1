// simdjson's DOM parser, copied out into nodes of our own. Each thread keeps one parser and one padded copy of the
// text; both shrink again after a very large document.
#include "json/node.h"

#include <simdjson.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>

namespace basalt::json {
namespace {

namespace dom = simdjson::dom;

static_assert(std::is_trivially_copyable_v<Node> && std::is_trivially_destructible_v<Member>);

constexpr size_t kFirstCapacityBytes = size_t{16} << 10;
constexpr size_t kKeptCapacityBytes = size_t{1} << 20;   // a parser takes about 14 times its capacity
constexpr size_t kStringsInArenaMax = size_t{64} << 10;  // of texts up to this size: they take more room than the text
constexpr size_t kSaturatedCount = 0xffffff;             // simdjson counts children in 24 bits

struct ThreadParser {
  dom::parser parser;
  dom::document document;
  std::unique_ptr<char[]> text;
  size_t text_bytes = 0;

  // A copy of `source` with the padding that simdjson reads beyond the end, and a parser large enough for it.
  bool Prepare(std::string_view source) {
    if (source.size() > parser.capacity() || text == nullptr) {
      // Large texts come seldom and their parser does not stay, so that it need not fit a larger one.
      const size_t capacity = source.size() > kKeptCapacityBytes
                                  ? source.size()
                                  : std::bit_ceil(std::max(source.size(), kFirstCapacityBytes));
      if (parser.allocate(capacity, kNestingDepthMax) != simdjson::SUCCESS ||
          document.allocate(capacity) != simdjson::SUCCESS) {
        return false;
      }
      text_bytes = capacity + simdjson::SIMDJSON_PADDING;
      text.reset(new char[text_bytes]);
    }
    std::memcpy(text.get(), source.data(), source.size());
    std::memset(text.get() + source.size(), 0, simdjson::SIMDJSON_PADDING);
    return true;
  }

  void Shrink() {
    if (text_bytes > kKeptCapacityBytes + simdjson::SIMDJSON_PADDING) {
      parser = dom::parser();
      document = dom::document();
      text.reset();
      text_bytes = 0;
    }
  }
};

ThreadParser& ParserOfThisThread() {
  thread_local ThreadParser parser;
  return parser;
}

// While it lives the parser puts strings into the arena, where they stay, instead of a buffer of its own.
class StringsInArena {
 public:
  StringsInArena(dom::document& document, Arena& arena, size_t text_bytes)
      : document_(document), usual_(std::move(document.string_buf)) {
    // As much as simdjson allocates for a text of that size.
    const size_t bytes = 5 * text_bytes / 3 + 2 * simdjson::SIMDJSON_PADDING;
    document_.string_buf.reset(static_cast<uint8_t*>(arena.Allocate(bytes, 1)));
  }
  StringsInArena(const StringsInArena&) = delete;
  StringsInArena& operator=(const StringsInArena&) = delete;
  ~StringsInArena() {
    document_.string_buf.release();  // NOLINT(bugprone-unused-return-value): the arena's
    document_.string_buf = std::move(usual_);
  }

 private:
  dom::document& document_;
  std::unique_ptr<uint8_t[]> usual_;
};

// Depth is bounded by the parser. Answers false for a number that no node can hold, and when its bytes are used up.
class Converter {
 public:
  Converter(Arena& arena, size_t bytes_max, bool strings_in_arena)
      : arena_(arena),
        bytes_max_(bytes_max),
        bytes_before_(arena.allocated_bytes()),
        strings_in_arena_(strings_in_arena) {}

  bool is_full() const { return full_; }

  bool Convert(dom::element element, Node& node) {
    switch (element.type()) {
      case dom::element_type::NULL_VALUE:
        return true;
      case dom::element_type::BOOL:
        node.kind = element.get_bool().value_unsafe() ? Kind::kTrue : Kind::kFalse;
        return true;
      case dom::element_type::INT64:
        node.kind = Kind::kInteger;
        node.integer = element.get_int64().value_unsafe();
        return true;
      case dom::element_type::UINT64:  // only what is above the largest int64
        return false;
      case dom::element_type::DOUBLE:
        node.kind = Kind::kDouble;
        node.real = element.get_double().value_unsafe();
        return true;
      case dom::element_type::STRING:
        node.kind = Kind::kString;
        node.string = Keep(element.get_string().value_unsafe());
        return true;
      case dom::element_type::ARRAY:
        return ConvertArray(element.get_array().value_unsafe(), node);
      case dom::element_type::OBJECT:
        return ConvertObject(element.get_object().value_unsafe(), node);
    }
    return false;
  }

 private:
  template <class Container>
  static size_t Count(const Container& container) {
    const size_t counted = container.size();
    if (counted < kSaturatedCount) [[likely]] {
      return counted;
    }
    size_t count = 0;
    for (auto it = container.begin(); it != container.end(); ++it) {
      ++count;
    }
    return count;
  }

  std::string_view Keep(std::string_view string) { return strings_in_arena_ ? string : arena_.Copy(string); }

  // Strings are not asked for: together they are never longer than the text, or have their room already.
  bool Fits(size_t bytes) {
    const size_t taken = arena_.allocated_bytes() - bytes_before_;
    full_ = bytes > bytes_max_ || taken > bytes_max_ - bytes;
    return !full_;
  }

  bool ConvertArray(dom::array array, Node& node) {
    const size_t count = Count(array);
    if (!Fits(count * sizeof(Node))) {
      return false;
    }
    const std::span<Node> elements = arena_.NewArray<Node>(count);
    size_t i = 0;
    for (const dom::element element : array) {
      if (!Convert(element, elements[i++])) {
        return false;
      }
    }
    node.kind = Kind::kArray;
    node.elements = elements;
    return true;
  }

  bool ConvertObject(dom::object object, Node& node) {
    const size_t count = Count(object);
    if (!Fits(count * sizeof(Member))) {
      return false;
    }
    const std::span<Member> members = arena_.NewArray<Member>(count);
    size_t i = 0;
    for (const dom::key_value_pair field : object) {
      Member& member = members[i++];
      member.name = Keep(field.key);
      if (!Convert(field.value, member.value)) {
        return false;
      }
    }
    node.kind = Kind::kObject;
    node.members = members;
    return true;
  }

  Arena& arena_;
  const size_t bytes_max_;
  const size_t bytes_before_;
  const bool strings_in_arena_;
  bool full_ = false;
};

}  // namespace

const Node* Node::Find(std::string_view name) const {
  if (kind != Kind::kObject) {
    return nullptr;
  }
  for (size_t i = members.size(); i > 0; --i) {
    const Member& member = members[i - 1];
    if (member.name == name && !member.value.IsNull()) {
      return &member.value;
    }
  }
  return nullptr;
}

Result<Node> Parse(std::string_view text, Arena& arena, size_t arena_bytes_max) {
  ThreadParser& thread_parser = ParserOfThisThread();
  if (!thread_parser.Prepare(text)) {
    return Error(Reason::kSerialization, "JSON: no memory for a document of this size");
  }
  std::optional<StringsInArena> strings_in_arena;
  if (text.size() <= kStringsInArenaMax) {
    strings_in_arena.emplace(thread_parser.document, arena, text.size());
  }
  dom::element root;
  const simdjson::error_code code =
      thread_parser.parser.parse_into_document(thread_parser.document, thread_parser.text.get(), text.size(), false)
          .get(root);
  Node node;
  Converter converter(arena, arena_bytes_max, strings_in_arena.has_value());
  const bool converted = code == simdjson::SUCCESS && converter.Convert(root, node);
  strings_in_arena.reset();
  thread_parser.Shrink();
  if (code != simdjson::SUCCESS) {
    return Error(Reason::kSerialization, std::string("JSON: ") + simdjson::error_message(code));
  }
  if (converter.is_full()) {
    return Error(Reason::kTooLarge, "JSON: the document takes more memory than there is");
  }
  if (!converted) {
    return Error(Reason::kSerialization, "JSON: an integer does not fit 64 bits");
  }
  return node;
}

}  // namespace basalt::json
