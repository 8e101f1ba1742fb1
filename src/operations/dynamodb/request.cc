// Common parts of requests.
#include "operations/dynamodb/request.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "model/arn.h"
#include "model/item_json.h"
#include "operations/errors.h"
#include "operations/validation_text.h"
#include "table/index_key.h"
#include "table/item_key.h"
#include "table/key_schema.h"
#include "table/table_state.h"

namespace basalt::operations::dynamodb {
namespace {

Error Invalid(std::string text) { return Error(Reason::kValidation, std::move(text)); }

// The error of one entry of ExpressionAttributeValues. A value nested too deeply keeps its bare text.
Error InvalidValue(Error inner, std::string_view placeholder) {
  if (model::DefectOf(inner) != model::ValueDefect::Kind::kNesting) {
    inner.text =
        fmt::format("ExpressionAttributeValues contains invalid value: {} for key {}", inner.text, placeholder);
  }
  return inner;
}

Error InvalidArn(model::TableArnDefect defect, std::string_view arn) {
  std::string_view what = "Invalid resource type in";
  switch (defect) {
    case model::TableArnDefect::kPartition:
      what = "Invalid AWS partition in";
      break;
    case model::TableArnDefect::kService:
      what = "Invalid service in";
      break;
    case model::TableArnDefect::kRegion:
      what = "Invalid AWS region in";
      break;
    case model::TableArnDefect::kAccount:
      what = "Invalid AWS account in";
      break;
    case model::TableArnDefect::kMalformed:
      what = "Valid ARN format is arn:aws:dynamodb:region:account:table/name, got";
      break;
    case model::TableArnDefect::kNone:
    case model::TableArnDefect::kResourceType:
    case model::TableArnDefect::kName:
      break;
  }
  return OneValidationError(fmt::format("{} '{}'", what, arn));
}

}  // namespace

std::string TableReference::Arn() const {
  return "arn:aws:dynamodb:" + address.region + ":" + address.account + ":table/" + address.name;
}

Result<TableReference> ReadTableReference(const Call& call) {
  return ResolveTable(call, *GetString(call.input, "TableName"));
}

Result<TableReference> ResolveTable(const Call& call, std::string_view given) {
  TableReference table;
  table.as_given = given;
  if (!given.starts_with("arn:")) {
    table.address = {call.caller.account_id, call.region, std::string(given)};
    return table;
  }
  model::ParsedTableArn parsed = model::ParseTableArn(given);
  if (parsed.defect != model::TableArnDefect::kNone) {
    return InvalidArn(parsed.defect, given);
  }
  const model::TableArn& arn = *parsed.arn;
  if (arn.kind != model::TableArnKind::kTable) {
    return InvalidArn(model::TableArnDefect::kResourceType, given);
  }
  if (arn.region != call.region) {
    return InvalidArn(model::TableArnDefect::kRegion, given);
  }
  table.address = {arn.account, arn.region, std::string(arn.name.text())};
  return table;
}

LegacyMember ReadLegacyMember(const json::Node& input, std::string_view member) {
  return {member, input.Find(member) != nullptr};
}

Status CheckNotMixed(std::span<const LegacyMember> legacy, std::span<const ExpressionMember> expressions) {
  std::vector<std::string_view> legacy_given;
  for (const LegacyMember& member : legacy) {
    if (member.given) {
      legacy_given.push_back(member.member);
    }
  }
  std::vector<std::string_view> expressions_given;
  for (const ExpressionMember& member : expressions) {
    if (member.text) {
      expressions_given.push_back(member.member);
    }
  }
  if (legacy_given.empty() || expressions_given.empty()) {
    return {};
  }
  return Invalid(
      fmt::format("Can not use both expression and non-expression parameters in the same request: Non-expression "
                  "parameters: {{{}}} Expression parameters: {{{}}}",
                  fmt::join(legacy_given, ", "), fmt::join(expressions_given, ", ")));
}

Status ExpressionInputs::CheckNeeded(const json::Node& input, std::span<const ExpressionMember> all,
                                     std::span<const ExpressionMember> value_users) {
  const auto any_given = [](std::span<const ExpressionMember> members) {
    for (const ExpressionMember& member : members) {
      if (member.text) {
        return true;
      }
    }
    return false;
  };
  if (input.Find("ExpressionAttributeNames") != nullptr && !any_given(all)) {
    return Invalid("ExpressionAttributeNames can only be specified when using expressions");
  }
  if (!value_users.empty() && input.Find("ExpressionAttributeValues") != nullptr && !any_given(value_users)) {
    std::string users;
    for (size_t i = 0; i < value_users.size(); ++i) {
      users += (i == 0 ? "" : " and ") + std::string(value_users[i].member);
    }
    return Invalid(fmt::format("ExpressionAttributeValues can only be specified when using expressions: {} {} null",
                               users, value_users.size() == 1 ? "is" : "are"));
  }
  return {};
}

Result<std::unique_ptr<ExpressionInputs>> ExpressionInputs::Read(const json::Node& input, bool with_values,
                                                                 Arena& arena) {
  std::span<expression::NameEntry> names;
  if (const json::Node* node = input.Find("ExpressionAttributeNames")) {
    if (node->members.empty()) {
      return Invalid("ExpressionAttributeNames must not be empty");
    }
    names = arena.NewArray<expression::NameEntry>(node->members.size());
    size_t count = 0;
    for (const json::Member& member : node->members) {
      if (member.value.kind == json::Kind::kString) {
        names[count++] = {member.name, member.value.string};
      }
    }
    names = names.first(count);
  }
  std::span<model::Attribute> values;
  if (const json::Node* node = with_values ? input.Find("ExpressionAttributeValues") : nullptr) {
    if (node->members.empty()) {
      TRY(expression::Placeholders(names, {}).Check());
      return Invalid("ExpressionAttributeValues must not be empty");
    }
    values = arena.NewArray<model::Attribute>(node->members.size());
    for (size_t i = 0; i < values.size(); ++i) {
      const json::Member& member = node->members[i];
      values[i].name = member.name;
      Result<model::Value> value = model::ParseValue(member.value, arena);
      if (!value.ok()) {
        // Names, and the keys up to here, are looked at before what this one holds.
        TRY(expression::Placeholders(names, values.first(i + 1)).Check());
        return InvalidValue(value.TakeError(), member.name);
      }
      values[i].value = *value;
    }
  }
  auto inputs = std::make_unique<ExpressionInputs>();
  inputs->placeholders_.emplace(names, model::Item(model::SortAttributes(values)));
  TRY(inputs->placeholders_->Check());
  return inputs;
}

Status CheckKeyAttributesAreScalars(const table::TableRecord& record, std::span<const expression::Path> paths) {
  const auto refuse = [](std::string_view what, std::string_view name) {
    return Invalid(fmt::format(
        "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: {}: {}", what,
        name));
  };
  for (const expression::Path path : paths) {
    if (path.size() == 1) {
      continue;
    }
    if (table::IsKeyAttribute(record, path[0].name)) {
      return refuse("Key", path[0].name);
    }
    for (const table::IndexRecord& index : record.indexes) {
      if (table::IsMaintained(index) && table::KeySchema(record, &index).Orders(path[0].name)) {
        return refuse("IndexKey", path[0].name);
      }
    }
  }
  return {};
}

Error DuplicateKeys() { return Invalid("Provided list of item keys contains duplicates"); }

Error SeveralOperationsOnOneItem() {
  return Invalid("Transaction request cannot include multiple operations on one item");
}

Error TransactionTooLarge() { return Invalid("The aggregate size of the items in the transaction exceeds 4 MB"); }

Status CheckOneAccount(std::span<const Access> accesses, std::string_view operation) {
  std::vector<std::optional<Error>> reasons(accesses.size());
  bool is_mixed = false;
  for (size_t i = 0; i < accesses.size(); ++i) {
    if (accesses[i].account_id != accesses[0].account_id) {
      is_mixed = true;
      reasons[i].emplace(
          Invalid(fmt::format("A table in the {} request is in a different account or region", operation)));
    }
  }
  return is_mixed ? Status(TransactionCanceled(std::move(reasons))) : Status();
}

Error TableNotFound() { return table::TableGone(); }

std::shared_ptr<const table::Table> FindUsableTable(Call& call, const TableReference& table) {
  std::shared_ptr<const table::Table> found = call.tables.Find(table.address);
  if (found != nullptr && found->record().status != table::TableStatus::kActive &&
      found->record().status != table::TableStatus::kUpdating) {
    found = nullptr;
  }
  return found;
}

void WithKeyspace(Call& call, std::shared_ptr<const table::Table> table,
                  UniqueFunction<void(Result<std::shared_ptr<engine::Keyspace>>)> use) {
  if (const std::shared_ptr<engine::Keyspace>& open = call.tables.FindOpen(*table)) {
    use(open);
    return;
  }
  call.tables.Acquire(std::move(table), call.loop, std::move(use));
}

Error FailureOn(Call& call, const table::Table& table, Error error) {
  if (WireErrorOf(error.reason).fault != Fault::kService) {
    return error;
  }
  const std::shared_ptr<const table::Table> now = call.tables.Find(table.record().address);
  const bool is_gone = now == nullptr || now->record().table_id != table.record().table_id ||
                       now->record().status == table::TableStatus::kDeleting;
  return is_gone ? TableNotFound() : std::move(error);
}

std::span<const expression::KeyAttribute> SchemaAttributes(std::span<const table::KeyAttribute> attributes,
                                                           Arena& arena) {
  const std::span<expression::KeyAttribute> terms = arena.NewArray<expression::KeyAttribute>(attributes.size());
  std::transform(attributes.begin(), attributes.end(), terms.begin(), [](const table::KeyAttribute& attribute) {
    return expression::KeyAttribute{attribute.name, attribute.type};
  });
  return terms;
}

}  // namespace basalt::operations::dynamodb
