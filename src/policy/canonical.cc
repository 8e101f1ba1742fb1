#include "policy/canonical.h"

#include <span>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/arena.h"
#include "base/check.h"
#include "json/node.h"
#include "json/writer.h"
#include "model/arn.h"
#include "policy/defect.h"
#include "policy/scalar.h"

namespace basalt::policy {
namespace {

using json::Kind;
using json::Node;

class CanonicalWriter {
 public:
  CanonicalWriter(DocumentKind kind, const MapPrincipal& map, std::string& out)
      : kind_(kind), map_(map), writer_(out) {}

  Status WriteDocument(const Node& root) {
    writer_.BeginObject();
    writer_.Key("Version");
    const Node* version = root.Find("Version");
    writer_.String(version == nullptr ? "2008-10-17" : version->string);
    if (const Node* id = root.Find("Id")) {
      writer_.Key("Id");
      writer_.String(id->string);
    }
    const Node* statements = root.Find("Statement");
    BASALT_CHECK(statements != nullptr);
    writer_.Key("Statement");
    writer_.BeginArray();
    for (const Node& statement : ElementsOf(*statements)) {
      TRY(WriteStatement(statement));
    }
    writer_.EndArray();
    writer_.EndObject();
    return {};
  }

 private:
  static std::span<const Node> ElementsOf(const Node& node) {
    return node.kind == Kind::kArray ? node.elements : std::span(&node, 1);
  }

  Status WriteStatement(const Node& statement) {
    writer_.BeginObject();
    if (const Node* sid = statement.Find("Sid")) {
      writer_.Key("Sid");
      writer_.String(sid->string);
    }
    const Node* effect = statement.Find("Effect");
    BASALT_CHECK(effect != nullptr);
    writer_.Key("Effect");
    writer_.String(EqualsIgnoringCase(effect->string, "Allow") ? "Allow" : "Deny");
    for (const char* name : {"Principal", "NotPrincipal"}) {
      if (const Node* principals = statement.Find(name)) {
        writer_.Key(name);
        TRY(WritePrincipals(*principals));
      }
    }
    for (const char* name : {"Action", "NotAction", "Resource", "NotResource"}) {
      if (const Node* texts = statement.Find(name)) {
        writer_.Key(name);
        WriteScalars(*texts);
      }
    }
    if (const Node* conditions = statement.Find("Condition")) {
      writer_.Key("Condition");
      WriteConditions(*conditions);
    }
    writer_.EndObject();
    return {};
  }

  Status WritePrincipals(const Node& principals) {
    if (principals.kind == Kind::kString) {
      writer_.String(principals.string);
      return {};
    }
    writer_.BeginObject();
    for (const json::Member& member : principals.members) {
      std::vector<std::string> texts;
      std::unordered_set<std::string> seen;
      for (const Node& node : ElementsOf(member.value)) {
        std::string text(node.string);
        if (member.name == "AWS" && text != "*") {
          if (model::IsAccountId(text)) {
            text = model::Arn::Make("iam", "", text, "root").ToString();
          }
          std::optional<std::string> mapped = map_(text);
          if (!mapped) {
            return UnknownPrincipal(kind_, text);
          }
          text = *std::move(mapped);
        }
        if (seen.insert(text).second) {
          texts.push_back(std::move(text));
        }
      }
      writer_.Key(member.name);
      WriteTexts(texts);
    }
    writer_.EndObject();
    return {};
  }

  void WriteConditions(const Node& conditions) {
    writer_.BeginObject();
    for (const json::Member& test : conditions.members) {
      writer_.Key(test.name);
      writer_.BeginObject();
      for (const json::Member& key : test.value.members) {
        writer_.Key(key.name);
        WriteScalars(key.value);
      }
      writer_.EndObject();
    }
    writer_.EndObject();
  }

  void WriteScalars(const Node& node) {
    std::vector<std::string> texts;
    for (const Node& element : ElementsOf(node)) {
      texts.push_back(ScalarText(element).value_or(std::string()));
    }
    WriteTexts(texts);
  }
  void WriteTexts(const std::vector<std::string>& texts) {
    if (texts.size() == 1) {
      writer_.String(texts.front());
      return;
    }
    writer_.BeginArray();
    for (const std::string& text : texts) {
      writer_.String(text);
    }
    writer_.EndArray();
  }

  DocumentKind kind_;
  const MapPrincipal& map_;
  json::Writer writer_;
};

}  // namespace

Result<CanonicalForm> Canonicalize(DocumentKind kind, std::string_view text, const MapPrincipal& map) {
  Arena arena;
  TRY_ASSIGN(const Node root, json::Parse(text, arena));
  CanonicalForm form;
  form.names_version = root.Find("Version") != nullptr;
  TRY(CanonicalWriter(kind, map, form.text).WriteDocument(root));
  return form;
}

}  // namespace basalt::policy
