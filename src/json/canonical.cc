#include "json/canonical.h"

#include <algorithm>
#include <vector>

#include "json/writer.h"

namespace basalt::json {
namespace {

void Write(Writer& writer, const Node& node) {  // nesting is bounded by Parse
  switch (node.kind) {
    case Kind::kNull:
      return writer.Null();
    case Kind::kFalse:
    case Kind::kTrue:
      return writer.Bool(node.kind == Kind::kTrue);
    case Kind::kInteger:
      return writer.Integer(node.integer);
    case Kind::kDouble:
      return writer.Double(node.real);
    case Kind::kString:
      return writer.String(node.string);
    case Kind::kArray:
      writer.BeginArray();
      for (const Node& element : node.elements) {
        Write(writer, element);
      }
      return writer.EndArray();
    case Kind::kObject:
      break;
  }
  std::vector<const Member*> members;
  for (const Member& member : node.members) {
    if (!member.value.IsNull()) {
      members.push_back(&member);
    }
  }
  std::stable_sort(members.begin(), members.end(), [](const Member* a, const Member* b) { return a->name < b->name; });
  writer.BeginObject();
  for (size_t i = 0; i < members.size(); ++i) {
    if (i + 1 == members.size() || members[i]->name != members[i + 1]->name) {
      writer.Key(members[i]->name);
      Write(writer, members[i]->value);
    }
  }
  writer.EndObject();
}

}  // namespace

void AppendCanonical(std::string& out, const Node& node) {
  Writer writer(out);
  Write(writer, node);
}

}  // namespace basalt::json
