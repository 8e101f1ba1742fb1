// A transaction of writes and condition checks over tables, as TransactWriteItems carries it out: all of them or none,
// with a reason for each that was in the way. A token makes sure that it happens once: it is left in every table of the
// transaction, in the same commit (table/request_token.h).
//
// Threads: its call's loop. It lives until `done` has run.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "crypto/digest.h"
#include "engine/engine.h"
#include "expression/expression.h"
#include "model/value.h"
#include "operations/dynamodb/charge.h"
#include "operations/dynamodb/consumed_capacity.h"
#include "operations/dynamodb/item_collections.h"
#include "operations/dynamodb/request.h"
#include "operations/operation.h"
#include "table/item_write.h"
#include "table/request_token.h"

namespace basalt::operations::dynamodb {

// One of its entries, as the request says.
struct TransactWrite {
  enum class Kind : uint8_t { kPut, kUpdate, kDelete, kCheck };

  Kind kind = Kind::kPut;
  TableReference table;
  model::Item item;       // of a put the item, else its key
  size_t size_bytes = 0;  // of a put
  const expression::Condition* condition = nullptr;
  const expression::Update* update = nullptr;
  bool item_on_condition_failure = false;
};

// What somebody must be allowed to do for such an entry; with the other actions in the registry.
std::string_view ActionOf(TransactWrite::Kind kind);

class WriteTransaction {
 public:
  struct Wanted {
    ReturnedCapacity capacity = ReturnedCapacity::kNone;
    bool metrics = false;
  };

  WriteTransaction(Call& call, const Wanted& wanted) : call_(call), wanted_(wanted) {}

  void Add(TransactWrite entry);
  const TransactWrite& entry(size_t number) const { return entries_[number].asked; }  // in the order of Add
  // `request`: of what is asked; the same for requests that mean the same.
  void UseToken(std::string_view token, const crypto::Sha256Digest& request);

  // kTransactionCanceled, kTransactionInProgress, kIdempotentMismatch, kValidation, kResourceNotFound, or a fault.
  void Run(engine::Done<void> done);

  // After success.
  void AppendConsumed(std::string& body, bool first) const;
  void AppendMetrics(std::string& body, bool first) const;

 private:
  struct TableWrites {
    TableReference table;
    std::shared_ptr<const table::Table> found;
    std::shared_ptr<const table::TableRecord> newer;  // than that of `found`, if the last run met one
    std::shared_ptr<engine::Keyspace> keyspace;
    std::vector<engine::Key> keys;
    table::AskedEntries asked;
    TouchedCollections collections;  // of a table with local indexes
    Charge charge;
    ConsumedUnits units;
    uint64_t read_units = 0;
  };
  struct Entry {
    TransactWrite asked;
    size_t table = 0;  // of tables_
    table::ItemWrite write;
    size_t key = 0;  // of its table's keys
    std::optional<size_t> collection;
    std::optional<Error> defect;  // it does not fit its table, or that has no units, and so is in no key
    std::optional<Error> error;   // of the last run
  };
  struct Token {
    std::string text;
    crypto::Sha256Digest request = {};
    std::optional<table::UsedToken> used = {};  // as the last run left it, but for the units
  };
  using Decision = std::variant<std::vector<engine::Plan>, engine::Reject>;

  Status Plan();
  Status BeginToken();
  void PlanEntry(Entry& entry);
  Status CheckDuplicatesAndSize() const;
  void Open();
  void OpenOne(TableWrites& writes, Result<std::shared_ptr<engine::Keyspace>> keyspace);
  void Transact();
  Decision Decide(std::span<const engine::Values> values);
  // Whether the token was used; error_ if for something else.
  bool FindToken(std::span<const engine::Values> values);
  Status Apply(std::span<const engine::Values> values, std::vector<engine::Plan>& plans);
  void LeaveToken(std::vector<engine::Plan>& plans);
  void Take(TableWrites& writes, const table::WriteEffect& effect) const;
  // What it costs in the end; nothing if it was cancelled.
  void ChargeTables(bool is_committed);
  void Conclude(Result<engine::Outcome> outcome);
  void ReadMetrics();
  bool AnyFailed() const;
  Error Canceled();
  Error Failure(Error error);
  std::string TokenName() const;
  // Counts down what was begun of this step; then goes on with the next, or fails with what failed.
  void StepDone(void (WriteTransaction::*next)());
  void Finish(Status status);

  Call& call_;
  const Wanted wanted_;
  std::vector<Entry> entries_;
  std::vector<TableWrites> tables_;
  std::optional<Token> token_;
  bool token_is_under_way_ = false;
  bool was_done_before_ = false;
  bool was_committed_ = false;
  size_t under_way_ = 0;
  std::optional<Error> error_;  // of the whole
  engine::Done<void> done_;
};

}  // namespace basalt::operations::dynamodb
