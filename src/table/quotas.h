// Quotas of an account in a region. DescribeLimits answers them; the catalogue holds every change of a table to them.
#pragma once

#include <cstdint>

#include "base/result.h"
#include "model/limits.h"
#include "table/table_record.h"

namespace basalt::table {

struct Quotas {
  int64_t table_read_units_max = model::kTableUnitsMax;
  int64_t table_write_units_max = model::kTableUnitsMax;
  int64_t account_read_units_max = model::kAccountUnitsMax;
  int64_t account_write_units_max = model::kAccountUnitsMax;
  int64_t tables_max = model::kTablesMax;
  int64_t tables_changing_max = model::kTablesChangingMax;
  int64_t tables_with_indexes_changing_max = model::kTablesWithIndexesChangingMax;
};

// What an account has in a region.
struct QuotaUse {
  int64_t read_units = 0;  // provisioned, by tables and indexes that are not going away
  int64_t write_units = 0;
  int64_t tables = 0;
  int64_t tables_changing = 0;  // CREATING, UPDATING or DELETING
  int64_t tables_with_indexes_changing = 0;

  void Add(const TableRecord& record);
};

// Whether a table may become `after`; `before` is null for a new one, else it is part of `use`. Only what grows is held
// to a quota. kLimitExceeded, with the service's texts.
Status CheckQuotas(const Quotas& quotas, const QuotaUse& use, const TableRecord* before, const TableRecord& after);

}  // namespace basalt::table
