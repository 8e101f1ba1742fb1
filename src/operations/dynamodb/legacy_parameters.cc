// Reading legacy parameters.
#include "operations/dynamodb/legacy_parameters.h"

#include <algorithm>
#include <vector>

#include "expression/legacy.h"
#include "model/item_json.h"
#include "model/validation_error.h"
#include "operations/shape.h"

namespace basalt::operations::dynamodb {
namespace {

using expression::Connective;
using expression::LegacyAction;
using expression::LegacyCondition;
using expression::LegacyUpdate;

// The entries that count, in the order of the document.
std::vector<const json::Member*> EntriesOf(const json::Node& map) {
  std::vector<const json::Member*> entries;
  entries.reserve(map.members.size());
  for (const json::Member& member : map.members) {
    entries.push_back(&member);
  }
  const auto later_first = [](const json::Member* a, const json::Member* b) {
    const auto order = a->name <=> b->name;
    return order < 0 || (order == 0 && a > b);
  };
  std::sort(entries.begin(), entries.end(), later_first);
  entries.erase(std::unique(entries.begin(), entries.end(),
                            [](const json::Member* a, const json::Member* b) { return a->name == b->name; }),
                entries.end());
  std::sort(entries.begin(), entries.end());
  return entries;
}

std::optional<expression::Comparator> ReadComparator(const json::Node& entry) {
  const auto name = GetString(entry, "ComparisonOperator");
  return name ? expression::ComparatorNamed(*name) : std::nullopt;
}

// One entry's condition, its comparator known; `values` are those of its AttributeValueList or its single one.
Result<LegacyCondition> ReadCondition(std::string_view attribute, expression::Comparator comparator,
                                      std::span<const json::Node> values, Arena& arena) {
  const std::span<model::Value> parsed = arena.NewArray<model::Value>(values.size());
  for (size_t i = 0; i < values.size(); ++i) {
    TRY_ASSIGN(parsed[i], model::ParseValue(values[i], arena));
  }
  const LegacyCondition condition{attribute, comparator, parsed};
  TRY(expression::CheckLegacyCondition(condition));
  return condition;
}

Result<LegacyCondition> ReadExpectedEntry(const json::Member& entry, Arena& arena) {
  TRY(model::CheckAttributeName(entry.name));
  const json::Node* list = entry.value.Find("AttributeValueList");
  const json::Node* value = entry.value.Find("Value");
  expression::ExpectedMembers members;
  members.value = value != nullptr;
  members.exists = GetBool(entry.value, "Exists");
  members.comparator = ReadComparator(entry.value);
  members.value_list = list != nullptr;
  TRY_ASSIGN(const expression::Comparator comparator, expression::ComparatorOfExpected(entry.name, members));
  std::span<const json::Node> values;
  if (list != nullptr) {
    values = list->elements;
  } else if (value != nullptr) {
    values = {value, 1};
  }
  return ReadCondition(entry.name, comparator, values, arena);
}

// Of QueryFilter, ScanFilter and KeyConditions.
Result<LegacyCondition> ReadConditionEntry(const json::Member& entry, Arena& arena) {
  TRY(model::CheckAttributeName(entry.name));
  const json::Node* list = entry.value.Find("AttributeValueList");
  const std::span<const json::Node> values = list != nullptr ? list->elements : std::span<const json::Node>();
  return ReadCondition(entry.name, *ReadComparator(entry.value), values, arena);  // the shape requires one
}

using EntryReader = Result<LegacyCondition> (*)(const json::Member& entry, Arena& arena);

Result<std::vector<LegacyCondition>> ReadEntries(const std::vector<const json::Member*>& entries, EntryReader read,
                                                 Arena& arena) {
  std::vector<LegacyCondition> conditions;
  conditions.reserve(entries.size());
  for (const json::Member* entry : entries) {
    TRY_ASSIGN(const LegacyCondition condition, read(*entry, arena));
    conditions.push_back(condition);
  }
  return conditions;
}

Result<const expression::Condition*> ReadJoined(const json::Node& input, std::string_view member, EntryReader read,
                                                Arena& arena) {
  std::vector<const json::Member*> entries;
  if (const json::Node* map = input.Find(member)) {
    entries = EntriesOf(*map);
  }
  const auto connective = GetString(input, "ConditionalOperator");
  if (connective && entries.size() < 2) {
    return model::InvalidParameter("ConditionalOperator cannot be used without Filter or Expected");
  }
  if (entries.empty()) {
    return nullptr;
  }
  TRY_ASSIGN(const std::vector<LegacyCondition> conditions, ReadEntries(entries, read, arena));
  return expression::MakeCondition(conditions, connective == "OR" ? Connective::kOr : Connective::kAnd, arena);
}

Result<LegacyUpdate> ReadUpdateEntry(const json::Member& entry, Arena& arena) {
  TRY(model::CheckAttributeName(entry.name));
  LegacyUpdate update;
  update.attribute = entry.name;
  const std::string_view action = GetString(entry.value, "Action").value_or("PUT");
  update.action = action == "ADD"      ? LegacyAction::kAdd
                  : action == "DELETE" ? LegacyAction::kDelete
                                       : LegacyAction::kPut;
  if (const json::Node* value = entry.value.Find("Value")) {
    TRY_ASSIGN(const model::Value parsed, model::ParseValue(*value, arena));
    update.value = arena.New<model::Value>(parsed);
  }
  TRY(expression::CheckLegacyUpdate(update));
  return update;
}

}  // namespace

Result<const expression::Condition*> ReadExpected(const json::Node& input, Arena& arena) {
  return ReadJoined(input, "Expected", ReadExpectedEntry, arena);
}

Result<const expression::Condition*> ReadLegacyFilter(const json::Node& input, std::string_view member, Arena& arena) {
  return ReadJoined(input, member, ReadConditionEntry, arena);
}

Result<const expression::KeyCondition*> ReadKeyConditions(const json::Node& input, Arena& arena, bool for_index) {
  const json::Node* map = input.Find("KeyConditions");
  if (map == nullptr) {
    return nullptr;
  }
  TRY_ASSIGN(const std::vector<LegacyCondition> conditions, ReadEntries(EntriesOf(*map), ReadConditionEntry, arena));
  return expression::MakeKeyCondition(conditions, arena, for_index);
}

Result<const expression::Update*> ReadAttributeUpdates(const json::Node& input, Arena& arena) {
  const json::Node* map = input.Find("AttributeUpdates");
  if (map == nullptr || map->members.empty()) {
    return nullptr;
  }
  std::vector<LegacyUpdate> updates;
  updates.reserve(map->members.size());
  for (const json::Member* entry : EntriesOf(*map)) {
    TRY_ASSIGN(const LegacyUpdate update, ReadUpdateEntry(*entry, arena));
    updates.push_back(update);
  }
  return expression::MakeUpdate(updates, arena);
}

Result<const expression::Projection*> ReadAttributesToGet(const json::Node& input, Arena& arena) {
  const json::Node* list = input.Find("AttributesToGet");
  if (list == nullptr) {
    return nullptr;
  }
  std::vector<std::string_view> names;
  names.reserve(list->elements.size());
  for (const json::Node& element : list->elements) {
    if (!element.IsNull()) {  // as good as absent
      TRY(model::CheckAttributeName(element.string));
      names.push_back(element.string);
    }
  }
  return expression::MakeProjection(names, arena);
}

}  // namespace basalt::operations::dynamodb
