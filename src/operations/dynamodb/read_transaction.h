// A transaction of reads over tables, as TransactGetItems carries it out: all items as they were at one time.
//
// Threads: its call's loop. It lives until `done` has run.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "expression/expression.h"
#include "model/value.h"
#include "operations/dynamodb/charge.h"
#include "operations/dynamodb/consumed_capacity.h"
#include "operations/dynamodb/request.h"
#include "operations/operation.h"

namespace basalt::operations::dynamodb {

// One of its entries, as the request says.
struct TransactRead {
  TableReference table;
  model::Item key;
  const expression::Condition* filter = nullptr;       // an item that fails it is not shown; null: none
  const expression::Projection* projection = nullptr;  // null: the whole item
};

inline constexpr std::string_view kTransactReadAction = "dynamodb:GetItem";  // what each entry needs

class ReadTransaction {
 public:
  explicit ReadTransaction(Call& call) : call_(call) {}

  void Add(TransactRead entry);
  const TransactRead& entry(size_t number) const { return entries_[number].asked; }  // in the order of Add

  // kTransactionCanceled, kValidation, kResourceNotFound, or a fault.
  void Run(engine::Done<void> done);

  // After success.
  void AppendResponses(std::string& body) const { body += responses_json_; }  // [{"Item":…},{},…], in order
  void AppendConsumed(std::string& body, bool first, ReturnedCapacity returned) const;

 private:
  struct TableReads {
    TableReference table;
    std::shared_ptr<const table::Table> found;
    std::shared_ptr<engine::Keyspace> keyspace;
    std::vector<engine::Key> keys;
    std::vector<std::optional<std::string>> values;
    Charge charge;
    double units = 0;
  };
  struct Entry {
    TransactRead asked;
    size_t table = 0;  // of tables_
    size_t key = 0;    // of its table's keys
  };

  Status Plan();
  Status PlanEntry(Entry& entry);
  Status CheckDuplicates() const;
  void OpenedOne();
  void Read();
  Status MakeResponses();
  Status AppendItem(const Entry& entry, std::string_view body_json);
  void Finish(Status status);

  Call& call_;
  std::vector<TableReads> tables_;
  std::vector<Entry> entries_;
  size_t under_way_ = 0;
  std::optional<Error> error_;
  std::string responses_json_;
  engine::Done<void> done_;
};

}  // namespace basalt::operations::dynamodb
