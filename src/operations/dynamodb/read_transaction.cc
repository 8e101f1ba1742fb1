#include "operations/dynamodb/read_transaction.h"

#include <algorithm>
#include <set>
#include <utility>

#include "model/item_json.h"
#include "model/limits.h"
#include "operations/errors.h"
#include "table/capacity.h"
#include "table/item_key.h"
#include "table/stored_item.h"

namespace basalt::operations::dynamodb {

void ReadTransaction::Add(TransactRead entry) {
  const auto known = std::find_if(tables_.begin(), tables_.end(), [&entry](const TableReads& reads) {
    return reads.table.address == entry.table.address;
  });
  Entry& added = entries_.emplace_back();
  added.table = static_cast<size_t>(known - tables_.begin());
  if (known == tables_.end()) {
    tables_.emplace_back().table = entry.table;
  }
  added.asked = std::move(entry);
}

void ReadTransaction::Run(engine::Done<void> done) {
  done_ = std::move(done);
  if (Status planned = Plan(); !planned.ok()) {
    return Finish(std::move(planned));
  }
  under_way_ = tables_.size() + 1;  // one for this loop, so that nothing is read before all were asked for
  for (TableReads& reads : tables_) {
    WithKeyspace(call_, reads.found, [this, &reads](Result<std::shared_ptr<engine::Keyspace>> keyspace) {
      if (keyspace.ok()) {
        reads.keyspace = *std::move(keyspace);
      } else {
        error_ = keyspace.TakeError();
      }
      OpenedOne();
    });
  }
  OpenedOne();
}

Status ReadTransaction::Plan() {
  for (TableReads& reads : tables_) {
    reads.found = FindUsableTable(call_, reads.table);
    if (reads.found == nullptr) {
      return TableNotFound();
    }
  }
  std::vector<std::optional<Error>> defects(entries_.size());
  for (size_t i = 0; i < entries_.size(); ++i) {
    if (Status planned = PlanEntry(entries_[i]); !planned.ok()) {
      defects[i] = planned.TakeError();
    }
  }
  const auto any_defect = [&defects] {
    return std::any_of(defects.begin(), defects.end(),
                       [](const std::optional<Error>& defect) { return defect.has_value(); });
  };
  if (!any_defect()) {
    TRY(CheckDuplicates());
  }
  for (size_t i = 0; i < entries_.size(); ++i) {
    TableReads& reads = tables_[entries_[i].table];
    if (!defects[i]) {
      if (Status admitted = reads.charge.Admit(*reads.found, table::UnitKind::kRead); !admitted.ok()) {
        defects[i] = admitted.TakeError();
      }
    }
  }
  return any_defect() ? Status(TransactionCanceled(std::move(defects))) : Status();
}

Status ReadTransaction::CheckDuplicates() const {
  std::set<std::pair<size_t, std::string_view>> seen;
  for (const Entry& entry : entries_) {
    if (!seen.emplace(entry.table, tables_[entry.table].keys[entry.key].bytes).second) {
      return SeveralOperationsOnOneItem();
    }
  }
  return {};
}

Status ReadTransaction::PlanEntry(Entry& entry) {
  TableReads& reads = tables_[entry.table];
  const table::TableRecord& record = reads.found->record();
  TRY_ASSIGN(std::string key, table::KeyOf(record, entry.asked.key, table::KeyPosition::kKey));
  if (entry.asked.filter != nullptr) {
    TRY(CheckKeyAttributesAreScalars(record, expression::PathsOf(*entry.asked.filter)));
  }
  if (entry.asked.projection != nullptr) {
    TRY(CheckKeyAttributesAreScalars(record, expression::PathsOf(*entry.asked.projection)));
  }
  entry.key = reads.keys.size();
  reads.keys.push_back({0, std::move(key)});
  return {};
}

void ReadTransaction::OpenedOne() {
  if (--under_way_ > 0) {
    return;
  }
  if (error_) {
    return Finish(*std::move(error_));
  }
  Read();
}

void ReadTransaction::Read() {
  if (tables_.size() == 1) {
    TableReads& reads = tables_.front();
    return call_.tables.ReadValues(*reads.keyspace, reads.keys, engine::Consistency::kTransactional, call_.loop,
                                   [this, &reads](Result<std::vector<std::optional<std::string>>> values) {
                                     if (!values.ok()) {
                                       return Finish(values.TakeError());
                                     }
                                     reads.values = *std::move(values);
                                     Finish(MakeResponses());
                                   });
  }
  // Under the latches of all of them: a transaction that changes nothing.
  std::vector<engine::KeyspacePart> parts;
  for (const TableReads& reads : tables_) {
    parts.push_back({reads.keyspace, reads.keys});
  }
  call_.tables.TransactAcross(
      std::move(parts),
      [this](std::span<const engine::Values> values) {
        for (size_t i = 0; i < tables_.size(); ++i) {
          tables_[i].values.assign(values[i].begin(), values[i].end());
        }
        return engine::Reject{};
      },
      call_.loop,
      [this](Result<engine::Outcome> outcome) {
        Finish(outcome.ok() ? MakeResponses() : Status(outcome.TakeError()));
      });
}

Status ReadTransaction::MakeResponses() {
  responses_json_ = "[";
  size_t size_bytes = 0;
  for (size_t i = 0; i < entries_.size(); ++i) {
    const Entry& entry = entries_[i];
    TableReads& reads = tables_[entry.table];
    responses_json_ += i == 0 ? "{" : ",{";
    table::StoredItem stored;
    if (const std::optional<std::string>& value = reads.values[entry.key]) {
      TRY_ASSIGN(stored, table::DecodeStoredItem(*value));
      TRY(AppendItem(entry, stored.body_json));
    }
    responses_json_ += '}';
    size_bytes += stored.size_bytes;
    reads.units += table::kTransactionFactor * table::ReadUnits(stored.size_bytes, true);
  }
  for (TableReads& reads : tables_) {
    reads.charge.SetTo({reads.units});
  }
  responses_json_ += ']';
  return size_bytes > model::kTransactBytesMax ? TransactionTooLarge() : Status();
}

Status ReadTransaction::AppendItem(const Entry& entry, std::string_view body_json) {
  const TransactRead& asked = entry.asked;
  model::Item item;
  if (asked.filter != nullptr || asked.projection != nullptr) {
    TRY_ASSIGN(item, model::ParseStoredItem(body_json, call_.arena));
  }
  if (asked.filter != nullptr && !expression::Evaluate(*asked.filter, item)) {
    return {};
  }
  responses_json_ += "\"Item\":";
  if (asked.projection == nullptr) {
    responses_json_ += body_json;
  } else {
    model::AppendJson(responses_json_, expression::Project(*asked.projection, item, call_.arena));
  }
  return {};
}

void ReadTransaction::Finish(Status status) {
  engine::Done<void> finished = std::move(done_);
  if (status.ok()) {
    return finished(std::move(status));
  }
  Error error = status.TakeError();
  for (const TableReads& reads : tables_) {
    if (reads.found != nullptr) {
      error = FailureOn(call_, *reads.found, std::move(error));
    }
  }
  finished(std::move(error));
}

void ReadTransaction::AppendConsumed(std::string& body, bool first, ReturnedCapacity returned) const {
  std::vector<TableUnits> consumed;
  for (const TableReads& reads : tables_) {
    consumed.push_back({&reads.table, {reads.units}});
  }
  AppendConsumedCapacities(body, first, returned, std::move(consumed), table::UnitKind::kRead);
}

}  // namespace basalt::operations::dynamodb
