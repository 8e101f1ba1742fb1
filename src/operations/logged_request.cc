// The walk over a request's shape that leaves out what must not be written down.
#include "operations/logged_request.h"

#include <algorithm>
#include <array>
#include <span>

#include "expression/partiql/redaction.h"
#include "json/writer.h"
#include "operations/dynamodb/request.h"
#include "operations/dynamodb/statement_request.h"
#include "operations/logged_answer.h"

namespace basalt::operations {
namespace {

using expression::partiql::kRedacted;

// The text of a string, number or binary; null if the value is none.
const std::string_view* ScalarOf(const json::Node& value) {
  if (!value.IsObject() || value.members.size() != 1) {
    return nullptr;
  }
  const json::Member& member = value.members.front();
  const bool is_scalar = member.name == "S" || member.name == "N" || member.name == "B";
  return is_scalar && member.value.kind == json::Kind::kString ? &member.value.string : nullptr;
}

// Whether nothing but attribute values is of this shape, and none of a key.
bool IsOfValues(const Shape& shape) {
  return shape.kind == ShapeKind::kAttributeValue ||
         (shape.element != nullptr && shape.logged != Logged::kKey && IsOfValues(*shape.element));
}

// A table that a request names, as far as a record may say something of it.
struct NamedTable {
  bool is_shown = true;
  std::vector<std::string_view> key;  // the attributes of its key; none: not known
};

class Parameters {
 public:
  Parameters(Call& call, std::optional<std::string_view> owner) : call_(call), owner_(owner), writer_(out_) {}

  std::optional<std::string> Write(const Shape& shape) {
    Structure(shape, call_.input, NamedTable());
    if (is_too_large()) {
      return std::nullopt;
    }
    return std::move(out_);
  }

 private:
  bool is_too_large() const { return out_.size() > kLoggedBytesMax; }

  NamedTable Find(std::string_view given) {
    NamedTable named;
    const Result<dynamodb::TableReference> table = dynamodb::ResolveTable(call_, given);
    if (!table.ok()) {
      named.is_shown = !owner_;
      return named;
    }
    named.is_shown = !owner_ || table->address.account == *owner_;
    if (const table::Table* found = call_.tables.Look(table->address.view())) {
      const table::TableRecord& record = found->record();
      named.key.push_back(call_.arena.Copy(record.partition.name));
      if (record.sort) {
        named.key.push_back(call_.arena.Copy(record.sort->name));
      }
    }
    return named;
  }

  // The table of a structure that names one, else the one that it stands in.
  NamedTable TableOf(const json::Node& node, const NamedTable& outer) {
    const std::optional<std::string_view> name = GetString(node, "TableName");
    return name ? Find(*name) : outer;
  }

  bool IsShown(const Shape& shape, const json::Node& node, const NamedTable& outer) {
    if (shape.kind != ShapeKind::kStructure || !owner_) {
      return true;
    }
    if (shape.logged == Logged::kEntry) {
      return std::all_of(shape.fields.begin(), shape.fields.end(), [&](const Field& field) {
        const json::Node* entry = node.Find(field.name);
        return entry == nullptr || IsShown(*field.shape, *entry, outer);
      });
    }
    if (node.Find("Statement") != nullptr) {
      const Result<dynamodb::StatementRequest> statement = dynamodb::ReadStatement(call_, node);
      return statement.ok() && statement->table.address.account == *owner_;
    }
    return TableOf(node, outer).is_shown;
  }

  void Structure(const Shape& shape, const json::Node& node, const NamedTable& outer) {
    writer_.BeginObject();
    Members(shape, node, outer);
    writer_.EndObject();
  }

  void Members(const Shape& shape, const json::Node& node, const NamedTable& outer) {
    const NamedTable table = TableOf(node, outer);
    for (const Field& field : shape.fields) {
      const json::Node* value = node.Find(field.name);
      if (value == nullptr || is_too_large()) {
        continue;
      }
      const Shape& inner = *field.shape;
      const std::string name = inner.logged_name.empty() ? InLowerCase(field.name) : std::string(inner.logged_name);
      if (inner.logged == Logged::kItem) {
        Key(*value, table, "key");
        Names(*value, name);
      } else if (inner.logged == Logged::kKey) {
        Key(*value, table, name);
      } else if (inner.logged == Logged::kStatement) {
        writer_.Key(name);
        Statement(node);
      } else if (inner.logged != Logged::kNever && !IsOfValues(inner)) {
        writer_.Key(name);
        Value(inner, *value, table);
      }
    }
  }

  void Value(const Shape& shape, const json::Node& node, const NamedTable& table) {
    switch (shape.kind) {
      case ShapeKind::kList:
        writer_.BeginArray();
        for (const json::Node& element : node.elements) {
          if (!element.IsNull() && !is_too_large() && IsShown(*shape.element, element, table)) {
            Element(*shape.element, element, table);
          }
        }
        writer_.EndArray();
        return;
      case ShapeKind::kMap:
        return Map(shape, node, table);
      case ShapeKind::kStructure:
        return shape.logged == Logged::kEntry ? Entry(shape, node, table) : Structure(shape, node, table);
      case ShapeKind::kString:
      case ShapeKind::kBoolean:
      case ShapeKind::kInteger:
      case ShapeKind::kLong:
        return Scalar(node);
      case ShapeKind::kAttributeValue:
        return writer_.String(kRedacted);
    }
  }

  void Element(const Shape& shape, const json::Node& node, const NamedTable& table) {
    if (shape.logged == Logged::kKey) {
      return KeyValues(node, table);
    }
    Value(shape, node, table);
  }

  // Names of tables, attributes and placeholders stay as they are.
  void Map(const Shape& shape, const json::Node& node, const NamedTable& outer) {
    const bool is_by_table = shape.key != nullptr;
    writer_.BeginObject();
    for (const json::Member& member : node.members) {
      const NamedTable table = is_by_table ? Find(member.name) : outer;
      if (member.value.IsNull() || !table.is_shown || is_too_large()) {
        continue;
      }
      writer_.Key(member.name);
      Value(*shape.element, member.value, table);
    }
    writer_.EndObject();
  }

  // {"Put": {…}} as {"operation": "Put", …}.
  void Entry(const Shape& shape, const json::Node& node, const NamedTable& outer) {
    writer_.BeginObject();
    for (const Field& field : shape.fields) {
      if (const json::Node* value = node.Find(field.name)) {
        writer_.Key("operation");
        writer_.String(field.name);
        Members(*field.shape, *value, outer);
        break;
      }
    }
    writer_.EndObject();
  }

  void Key(const json::Node& item, const NamedTable& table, std::string_view name) {
    writer_.Key(name);
    KeyValues(item, table);
  }

  void KeyValues(const json::Node& item, const NamedTable& table) {
    writer_.BeginObject();
    for (const std::string_view name : table.key) {
      const json::Node* value = item.Find(name);
      const std::string_view* scalar = value == nullptr ? nullptr : ScalarOf(*value);
      if (scalar != nullptr) {
        writer_.Key(name);
        writer_.String(*scalar);
      }
    }
    writer_.EndObject();
  }

  void Names(const json::Node& item, std::string_view name) {
    writer_.Key(name);
    writer_.BeginArray();
    for (const json::Member& member : item.members) {
      writer_.String(member.name);
    }
    writer_.EndArray();
  }

  void Statement(const json::Node& node) {
    const Result<dynamodb::StatementRequest> statement = dynamodb::ReadStatement(call_, node);
    if (!statement.ok()) {
      return writer_.String(kRedacted);
    }
    const NamedTable table = Find(statement->statement->table);
    writer_.String(expression::partiql::Redact(statement->text, table.key).text);
  }

  void Scalar(const json::Node& node) {
    switch (node.kind) {
      case json::Kind::kString:
        return writer_.String(node.string);
      case json::Kind::kInteger:
        return writer_.Integer(node.integer);
      case json::Kind::kDouble:
        return writer_.Double(node.real);
      case json::Kind::kTrue:
      case json::Kind::kFalse:
        return writer_.Bool(node.kind == json::Kind::kTrue);
      case json::Kind::kNull:
      case json::Kind::kArray:
      case json::Kind::kObject:
        return writer_.Null();
    }
  }

  Call& call_;
  std::optional<std::string_view> owner_;
  std::string out_;
  json::Writer writer_;
};

// ---- what errors may quote

// Every text inside an attribute value.
void CollectTexts(const json::Node& node, std::vector<std::string_view>& texts) {
  if (node.kind == json::Kind::kString) {
    texts.push_back(node.string);
  } else if (node.kind == json::Kind::kArray) {
    for (const json::Node& element : node.elements) {
      CollectTexts(element, texts);
    }
  } else if (node.kind == json::Kind::kObject) {
    for (const json::Member& member : node.members) {
      CollectTexts(member.value, texts);
    }
  }
}

void CollectValues(const Shape& shape, const json::Node& node, std::vector<std::string_view>& texts) {
  if (shape.kind == ShapeKind::kAttributeValue) {
    return CollectTexts(node, texts);
  }
  if (shape.logged == Logged::kStatement && node.kind == json::Kind::kString) {
    const std::vector<std::string_view> hidden = expression::partiql::Redact(node.string, {}).hidden;
    texts.insert(texts.end(), hidden.begin(), hidden.end());
  } else if (shape.kind == ShapeKind::kList && node.kind == json::Kind::kArray) {
    for (const json::Node& element : node.elements) {
      CollectValues(*shape.element, element, texts);
    }
  } else if (shape.kind == ShapeKind::kMap && node.kind == json::Kind::kObject) {
    for (const json::Member& member : node.members) {
      CollectValues(*shape.element, member.value, texts);
    }
  } else if (shape.kind == ShapeKind::kStructure && node.kind == json::Kind::kObject) {
    for (const Field& field : shape.fields) {
      if (const json::Node* value = node.Find(field.name)) {
        CollectValues(*field.shape, *value, texts);
      }
    }
  }
}

bool IsWordCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// Where it stands by itself: not inside another word.
void HideWord(std::string& text, std::string_view word) {
  if (word.empty()) {
    return;
  }
  for (size_t at = text.find(word); at != std::string::npos; at = text.find(word, at)) {
    const size_t end = at + word.size();
    const bool begins = at == 0 || !IsWordCharacter(word.front()) || !IsWordCharacter(text[at - 1]);
    const bool ends = end == text.size() || !IsWordCharacter(word.back()) || !IsWordCharacter(text[end]);
    if (begins && ends) {
      text.replace(at, word.size(), kRedacted);
      at += kRedacted.size();
    } else {
      at += 1;
    }
  }
}

// At a border of characters.
void CutTo(std::string& text, size_t bytes_max) {
  if (text.size() <= bytes_max) {
    return;
  }
  size_t end = bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) {
    --end;
  }
  text.resize(end);
}

}  // namespace

std::optional<std::string> LoggedParameters(Call& call, const Operation& operation,
                                            std::optional<std::string_view> owner) {
  const bool is_readable =
      operation.input != nullptr && call.input.IsObject() && CheckTypes(*operation.input, call.input).ok();
  if (!is_readable) {
    return std::nullopt;
  }
  return Parameters(call, owner).Write(*operation.input);
}

std::string LoggedErrorText(Call& call, const Operation& operation, std::string_view text) {
  std::string logged(text);
  if (operation.input != nullptr && call.input.IsObject()) {
    std::vector<std::string_view> values;
    CollectValues(*operation.input, call.input, values);
    // Longer ones first, since one may be a part of another.
    std::sort(values.begin(), values.end(), [](std::string_view a, std::string_view b) { return a.size() > b.size(); });
    for (const std::string_view value : values) {
      HideWord(logged, value);
    }
  }
  CutTo(logged, kLoggedErrorBytesMax);
  return logged;
}

bool IsReadOnly(const Operation& operation) {
  if (operation.access != AccessClass::kControl) {
    return operation.access == AccessClass::kRead;
  }
  constexpr std::array<std::string_view, 3> kReading = {"Describe", "Get", "List"};
  return std::any_of(kReading.begin(), kReading.end(),
                     [&operation](std::string_view verb) { return operation.name.starts_with(verb); });
}

}  // namespace basalt::operations
