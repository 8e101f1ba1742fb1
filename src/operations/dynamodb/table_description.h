// TableDescription, as DescribeTable and the operations that change tables answer it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "json/writer.h"
#include "operations/dynamodb/table_totals.h"
#include "table/table_record.h"

namespace basalt::operations::dynamodb {

// Which answer it is for: some members appear only once a table is there.
enum class DescriptionUse : uint8_t {
  kCreate,
  kDescribe,
  kUpdate,
  kUpdateWarm,  // the update raises the warm throughput
  kDelete,
};

void WriteKeySchema(json::Writer& writer, const table::TableRecord& record);

// `now_ms` says which day is today. A table that is UPDATING is shown as it was before, but for what the service shows
// at once: dates of changed units and the billing mode.
// `warmed`: global indexes whose warm throughput this call has raised.
std::string TableDescriptionJson(const table::TableRecord& record, const TableTotals& totals, DescriptionUse use,
                                 int64_t now_ms, std::span<const std::string_view> warmed = {});

}  // namespace basalt::operations::dynamodb
