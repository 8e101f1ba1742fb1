// TableDescription, as DescribeTable and the operations that change tables answer it.
#pragma once

#include <cstdint>
#include <string>

#include "table/table_record.h"

namespace basalt::operations::dynamodb {

struct TableTotals {
  int64_t item_count = 0;
  int64_t size_bytes = 0;
};

// Which answer it is for: some members appear only once a table is there.
enum class DescriptionUse : uint8_t { kCreate, kDescribe, kDelete };

std::string TableDescriptionJson(const table::TableRecord& record, const TableTotals& totals, DescriptionUse use);

}  // namespace basalt::operations::dynamodb
