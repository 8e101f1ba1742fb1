// The primary key of an item: checked against a table's key schema with the service's texts, and turned into the
// engine's bytes. Source: DynamoDB Developer Guide, "Core components"; texts: API reference and measurements.
#pragma once

#include <string>

#include "base/result.h"
#include "model/value.h"
#include "table/table_record.h"

namespace basalt::table {

// Where a key stands decides how its defects are worded.
enum class KeyPosition : uint8_t {
  kItem,       // inside a PutItem's item
  kKey,        // a Key parameter: nothing but the key attributes
  kBatchItem,  // inside a BatchWriteItem put
};

// The engine's bytes of `item`'s key. Partition key first and completely, then the sort key.
Result<std::string> KeyOf(const TableRecord& record, model::Item item, KeyPosition position);

// kValidation for a key attribute of the right type that is empty, as KeyOf words it.
Status CheckKeyIsNotEmpty(const TableRecord& record, model::Item item);

// For an item or key that has passed KeyOf.
std::string EncodeKey(const TableRecord& record, model::Item item);

// The key attributes of an item of the table, sorted by name.
model::Item KeyAttributesOf(const TableRecord& record, model::Item item, Arena& arena);

bool IsKeyAttribute(const TableRecord& record, std::string_view name);

}  // namespace basalt::table
