#include "operations/dynamodb/write_transaction.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/check.h"
#include "model/limits.h"
#include "operations/dynamodb/write_plan.h"
#include "operations/errors.h"
#include "table/capacity.h"
#include "table/item_collection.h"
#include "table/item_key.h"

namespace basalt::operations::dynamodb {
namespace {

// Whether the error of an entry is a reason for the transaction to be cancelled, and no fault of ours.
bool IsReason(const Error& error) {
  return error.reason == Reason::kValidation || error.reason == Reason::kConditionFailed ||
         error.reason == Reason::kItemCollectionLimit || error.reason == Reason::kProvisionedThroughput ||
         error.reason == Reason::kThrottling;
}

// The service says no more of it than its name.
Error TokenUsedForAnother() { return {Reason::kIdempotentMismatch, ""}; }

}  // namespace

void WriteTransaction::Add(TransactWrite entry) {
  const auto known = std::find_if(tables_.begin(), tables_.end(), [&entry](const TableWrites& writes) {
    return writes.table.address == entry.table.address;
  });
  Entry& added = entries_.emplace_back();
  added.table = static_cast<size_t>(known - tables_.begin());
  if (known == tables_.end()) {
    tables_.emplace_back().table = entry.table;
  }
  added.asked = std::move(entry);
}

void WriteTransaction::UseToken(std::string_view token, const crypto::Sha256Digest& request) {
  token_ = Token{std::string(token), request};
}

void WriteTransaction::Run(engine::Done<void> done) {
  done_ = std::move(done);
  if (Status planned = Plan(); !planned.ok()) {
    return Finish(planned.TakeError());
  }
  if (Status begun = BeginToken(); !begun.ok()) {
    return Finish(begun.TakeError());
  }
  const bool is_hopeless =
      std::all_of(entries_.begin(), entries_.end(), [](const Entry& entry) { return entry.defect.has_value(); });
  // With a token it may have happened already, when there were units for it, and must be told so.
  if (is_hopeless && !token_) {
    return Finish(Canceled());
  }
  Open();
}

Status WriteTransaction::BeginToken() {
  if (!token_) {
    return {};
  }
  switch (call_.services.request_tokens->Begin(TokenName(), token_->request, call_.services.clock.WallMs())) {
    case table::RequestTokens::Begun::kYes:
      token_is_under_way_ = true;
      return {};
    case table::RequestTokens::Begun::kUnderWay:
      return Error(Reason::kTransactionInProgress, "Transaction from previous request is still in progress");
    case table::RequestTokens::Begun::kUsed:
      return TokenUsedForAnother();
  }
  BASALT_CHECK(false);
}

Status WriteTransaction::Plan() {
  for (TableWrites& writes : tables_) {
    writes.found = FindUsableTable(call_, writes.table);
    if (writes.found == nullptr) {
      return TableNotFound();
    }
  }
  for (Entry& entry : entries_) {
    const table::TableRecord& record = tables_[entry.table].found->record();
    TRY(table::CheckKeyIsNotEmpty(record, entry.asked.item));
    PlanEntry(entry);
  }
  TRY(CheckDuplicatesAndSize());
  for (Entry& entry : entries_) {
    if (!entry.defect) {
      TableWrites& writes = tables_[entry.table];
      if (Status admitted = writes.charge.Admit(*writes.found, table::UnitKind::kWrite); !admitted.ok()) {
        entry.defect = admitted.TakeError();
      }
    }
    if (!entry.defect) {
      std::vector<engine::Key>& keys = tables_[entry.table].keys;
      entry.key = keys.size();
      keys.push_back({0, entry.write.key});
    }
  }
  if (token_) {
    for (TableWrites& writes : tables_) {
      writes.keys.push_back(table::RequestTokenKey(call_.caller.account_id, token_->text));
    }
  }
  return {};
}

void WriteTransaction::PlanEntry(Entry& entry) {
  const table::TableRecord& record = tables_[entry.table].found->record();
  const TransactWrite& asked = entry.asked;
  entry.write.item_on_condition_failure = asked.item_on_condition_failure;
  Status planned;
  switch (asked.kind) {
    case TransactWrite::Kind::kPut:
      planned = PlanPut(record, asked.item, asked.size_bytes, asked.condition, entry.write);
      break;
    case TransactWrite::Kind::kUpdate:
      planned = PlanUpdate(record, asked.item, asked.update, asked.condition, entry.write);
      break;
    case TransactWrite::Kind::kDelete:
      planned = PlanDelete(record, asked.item, asked.condition, entry.write);
      break;
    case TransactWrite::Kind::kCheck:
      planned = PlanCheck(record, asked.item, asked.condition, entry.write);
      break;
  }
  if (!planned.ok()) {
    entry.defect = planned.TakeError();
  }
}

Status WriteTransaction::CheckDuplicatesAndSize() const {
  std::set<std::pair<size_t, std::string_view>> seen;
  size_t size_bytes = 0;
  for (const Entry& entry : entries_) {
    if (!entry.defect && !seen.emplace(entry.table, entry.write.key).second) {
      return SeveralOperationsOnOneItem();
    }
    size_bytes += entry.asked.size_bytes;
  }
  return size_bytes > model::kTransactBytesMax ? TransactionTooLarge() : Status();
}

void WriteTransaction::Open() {
  under_way_ = tables_.size() + 1;  // one for this loop, so that nothing goes on before all were asked for
  for (TableWrites& writes : tables_) {
    WithKeyspace(call_, writes.found, [this, &writes](Result<std::shared_ptr<engine::Keyspace>> keyspace) {
      OpenOne(writes, std::move(keyspace));
    });
  }
  StepDone(&WriteTransaction::Transact);
}

void WriteTransaction::OpenOne(TableWrites& writes, Result<std::shared_ptr<engine::Keyspace>> keyspace) {
  if (!keyspace.ok()) {
    error_ = keyspace.TakeError();
    return StepDone(&WriteTransaction::Transact);
  }
  writes.keyspace = *std::move(keyspace);
  const table::TableRecord& record = writes.found->record();
  if (!table::HasItemCollections(record)) {
    return StepDone(&WriteTransaction::Transact);
  }
  for (Entry& entry : entries_) {
    const bool writes_here = &tables_[entry.table] == &writes && entry.asked.kind != TransactWrite::Kind::kCheck;
    if (writes_here && !entry.defect) {
      entry.collection = writes.collections.Add(record, entry.asked.item);
    }
  }
  writes.collections.ReadSizes(call_, writes.keyspace, [this, &writes](Status read) {
    if (!read.ok()) {
      error_ = read.TakeError();
      return StepDone(&WriteTransaction::Transact);
    }
    for (Entry& entry : entries_) {
      if (&tables_[entry.table] == &writes && entry.collection) {
        entry.write.collection_room_bytes =
            call_.services.item_collection_bytes_max - writes.collections.sizes_bytes[*entry.collection];
      }
    }
    writes.collections.sizes_bytes.clear();
    StepDone(&WriteTransaction::Transact);
  });
}

void WriteTransaction::Transact() {
  std::vector<engine::KeyspacePart> parts;
  parts.reserve(tables_.size());
  for (const TableWrites& writes : tables_) {
    parts.push_back({writes.keyspace, writes.keys});
  }
  call_.tables.TransactAcross(
      std::move(parts), [this](std::span<const engine::Values> values) { return Decide(values); }, call_.loop,
      [this](Result<engine::Outcome> outcome) { Conclude(std::move(outcome)); });
}

WriteTransaction::Decision WriteTransaction::Decide(std::span<const engine::Values> values) {
  error_.reset();
  if (token_) {
    token_->used.reset();
  }
  was_done_before_ = token_ && FindToken(values);
  if (was_done_before_ || error_) {
    return engine::Reject{};
  }
  std::vector<engine::Plan> plans(tables_.size());
  if (Status applied = Apply(values, plans); !applied.ok()) {
    error_ = applied.TakeError();
  }
  if (error_ || AnyFailed()) {
    return engine::Reject{};
  }
  if (token_) {
    LeaveToken(plans);
  }
  for (TableWrites& writes : tables_) {
    writes.charge.SetTo(writes.units);
  }
  return plans;
}

bool WriteTransaction::FindToken(std::span<const engine::Values> values) {
  bool found = false;
  for (size_t i = 0; i < tables_.size(); ++i) {
    TableWrites& writes = tables_[i];
    Result<std::optional<table::UsedToken>> used =
        table::FindUsedToken(values[i][writes.keys.size() - 1], call_.services.clock.WallMs());
    if (!used.ok()) {
      error_ = used.TakeError();
      return false;
    }
    if (!used->has_value()) {
      continue;
    }
    if ((*used)->request != token_->request) {
      error_ = TokenUsedForAnother();
      return false;
    }
    found = true;
    writes.units = {static_cast<double>((*used)->read_units)};
  }
  return found;
}

Status WriteTransaction::Apply(std::span<const engine::Values> values, std::vector<engine::Plan>& plans) {
  for (size_t i = 0; i < tables_.size(); ++i) {
    TableWrites& writes = tables_[i];
    writes.units = {};
    writes.read_units = 0;
    writes.asked.values = values[i].subspan(writes.keys.size());
  }
  size_t size_bytes = 0;
  for (Entry& entry : entries_) {
    entry.error.reset();
    if (entry.defect) {
      continue;
    }
    TableWrites& writes = tables_[entry.table];
    Result<table::WriteEffect> effect =
        table::ApplyWrite(entry.write, writes.found->Current(writes.newer), values[entry.table][entry.key],
                          /*needs_old_item=*/false, writes.asked, call_.arena, plans[entry.table]);
    if (!effect.ok()) {
      if (!IsReason(effect.error())) {
        return effect.TakeError();
      }
      entry.error = effect.TakeError();
      if (entry.error->reason == Reason::kItemCollectionLimit) {
        entry.error->text = "Collection size exceeded";
      }
      continue;
    }
    Take(writes, *effect);
    if (writes.charge.is_limited() && plans[entry.table].asks.empty()) {
      Status admitted = writes.charge.AdmitIndexes(writes.charge.allowance(), effect->index_units);
      if (!admitted.ok()) {
        entry.error = admitted.TakeError();
        continue;
      }
    }
    size_bytes += std::max(effect->old_size_bytes, effect->new_size_bytes);
  }
  return size_bytes > model::kTransactBytesMax ? TransactionTooLarge() : Status();
}

void WriteTransaction::Take(TableWrites& writes, const table::WriteEffect& effect) const {
  writes.units.table += table::kTransactionFactor * table::WriteUnits(effect.old_size_bytes, effect.new_size_bytes);
  writes.read_units += static_cast<uint64_t>(
      table::kTransactionFactor * table::ReadUnits(std::max(effect.old_size_bytes, effect.new_size_bytes), true));
  if (wanted_.capacity != ReturnedCapacity::kNone || writes.charge.is_limited()) {
    writes.units.Add(effect.index_units);
  }
}

void WriteTransaction::LeaveToken(std::vector<engine::Plan>& plans) {
  token_->used = {call_.services.clock.WallMs() + model::kClientRequestTokenLifetimeMs, token_->request, 0};
  for (size_t i = 0; i < tables_.size(); ++i) {
    table::UsedToken here = *token_->used;
    here.read_units = tables_[i].read_units;
    plans[i].puts.push_back({tables_[i].keys.back(), table::EncodeUsedToken(here)});
  }
}

void WriteTransaction::ChargeTables(bool is_committed) {
  for (TableWrites& writes : tables_) {
    if (!is_committed) {
      writes.charge.SetTo({});
    }
    if (was_done_before_) {
      // To be told so is a read, and the answer to what was admitted already.
      Charge reading;
      static_cast<void>(reading.Admit(*writes.found, table::UnitKind::kRead));
      reading.SetTo(writes.units);
    }
  }
}

void WriteTransaction::Conclude(Result<engine::Outcome> outcome) {
  ChargeTables(outcome.ok() && *outcome == engine::Outcome::kCommitted);
  if (!outcome.ok()) {
    return Finish(Failure(outcome.TakeError()));
  }
  if (error_) {
    return Finish(*std::move(error_));
  }
  if (was_done_before_) {
    return Finish({});
  }
  if (AnyFailed()) {
    return Finish(Canceled());
  }
  was_committed_ = true;
  if (wanted_.metrics) {
    return ReadMetrics();
  }
  Finish({});
}

void WriteTransaction::ReadMetrics() {
  under_way_ = tables_.size() + 1;
  for (TableWrites& writes : tables_) {
    if (writes.collections.keys.empty()) {
      StepDone(nullptr);
      continue;
    }
    writes.collections.ReadSizes(call_, writes.keyspace, [this](Status read) {
      if (!read.ok()) {
        error_ = read.TakeError();
      }
      StepDone(nullptr);
    });
  }
  StepDone(nullptr);
}

bool WriteTransaction::AnyFailed() const {
  return std::any_of(entries_.begin(), entries_.end(),
                     [](const Entry& entry) { return entry.defect.has_value() || entry.error.has_value(); });
}

Error WriteTransaction::Canceled() {
  std::vector<std::optional<Error>> reasons;
  for (Entry& entry : entries_) {
    reasons.push_back(std::move(entry.defect ? entry.defect : entry.error));
  }
  return TransactionCanceled(std::move(reasons));
}

Error WriteTransaction::Failure(Error error) {
  for (const TableWrites& writes : tables_) {
    error = FailureOn(call_, *writes.found, std::move(error));
  }
  return error;
}

std::string WriteTransaction::TokenName() const {
  return call_.caller.account_id + '/' + call_.region + '/' + token_->text;
}

void WriteTransaction::StepDone(void (WriteTransaction::*next)()) {
  if (--under_way_ > 0) {
    return;
  }
  if (error_) {
    return Finish(Failure(*std::move(error_)));
  }
  if (next != nullptr) {
    return (this->*next)();
  }
  Finish({});
}

void WriteTransaction::Finish(Status status) {
  if (token_is_under_way_) {
    call_.services.request_tokens->End(TokenName(), was_committed_ ? token_->used : std::nullopt);
  }
  engine::Done<void> finished = std::move(done_);
  finished(std::move(status));
}

void WriteTransaction::AppendConsumed(std::string& body, bool first) const {
  std::vector<TableUnits> consumed;
  for (const TableWrites& writes : tables_) {
    consumed.push_back({&writes.table, writes.units});
  }
  AppendConsumedCapacities(body, first, wanted_.capacity, std::move(consumed),
                           was_done_before_ ? table::UnitKind::kRead : table::UnitKind::kWrite);
}

void WriteTransaction::AppendMetrics(std::string& body, bool first) const {
  std::vector<TableCollections> tables;
  for (const TableWrites& writes : tables_) {
    tables.push_back({writes.table.as_given, &writes.found->record(), &writes.collections});
  }
  AppendCollectionMetrics(body, first, tables);
}

}  // namespace basalt::operations::dynamodb
