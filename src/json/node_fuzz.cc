// Any bytes: either an error or nodes that, written out, read back to the same text.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "json/node.h"
#include "json/utf8.h"
#include "json/writer.h"

namespace {

using basalt::json::Kind;
using basalt::json::Member;
using basalt::json::Node;
using basalt::json::Writer;

void Write(const Node& node, Writer& writer) {
  switch (node.kind) {
    case Kind::kNull:
      writer.Null();
      return;
    case Kind::kFalse:
    case Kind::kTrue:
      writer.Bool(node.kind == Kind::kTrue);
      return;
    case Kind::kInteger:
      writer.Integer(node.integer);
      return;
    case Kind::kDouble:
      writer.Double(node.real);
      return;
    case Kind::kString:
      BASALT_CHECK(basalt::json::IsUtf8(node.string));
      writer.String(node.string);
      return;
    case Kind::kArray:
      writer.BeginArray();
      for (const Node& element : node.elements) {
        Write(element, writer);
      }
      writer.EndArray();
      return;
    case Kind::kObject:
      writer.BeginObject();
      for (const Member& member : node.members) {
        BASALT_CHECK(basalt::json::IsUtf8(member.name));
        writer.Key(member.name);
        Write(member.value, writer);
      }
      writer.EndObject();
      return;
  }
}

std::string Text(const Node& node) {
  std::string text;
  Writer writer(text);
  Write(node, writer);
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  basalt::Arena arena;
  const auto node = basalt::json::Parse({reinterpret_cast<const char*>(data), size}, arena);
  if (node.ok()) {
    const std::string text = Text(*node);
    const auto again = basalt::json::Parse(text, arena);
    BASALT_CHECK(again.ok());
    BASALT_CHECK(Text(*again) == text);
  }
  return 0;
}
