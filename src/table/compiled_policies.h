// The policies of a table and of its streams, compiled once for each record that changes them. A table without any has
// nothing to ask. Immutable.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "policy/action.h"
#include "policy/document.h"
#include "table/table_record.h"

namespace basalt::table {

class CompiledPolicies {
 public:
  // What cannot be read denies everything. `actions`, if not null, outlives it.
  CompiledPolicies(const TableRecord& record, const policy::ActionCatalogue* actions);
  // The same, taking over from `former`, which is of another record, what has not changed.
  CompiledPolicies(const CompiledPolicies& former, const TableRecord& former_record, const TableRecord& record,
                   const policy::ActionCatalogue* actions);

  // Null if there is none.
  const policy::Document* OfTable() const { return of_table_.get(); }
  const policy::Document* OfStream(std::string_view label) const;

 private:
  using SharedDocument = std::shared_ptr<const policy::Document>;

  void CompileStreams(const TableRecord& record, const policy::ActionCatalogue* actions);

  SharedDocument of_table_;
  std::vector<std::pair<std::string, SharedDocument>> of_streams_;  // by label; those that have one
};

}  // namespace basalt::table
