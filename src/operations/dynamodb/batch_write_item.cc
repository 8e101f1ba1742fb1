// BatchWriteItem: up to 25 puts and deletes of several tables, without conditions. Writes of one table commit together,
// which nobody is promised.
#include <algorithm>
#include <iterator>
#include <string_view>
#include <unordered_set>

#include "json/writer.h"
#include "model/item_json.h"
#include "model/limits.h"
#include "model/validation_error.h"
#include "operations/dynamodb/charge.h"
#include "operations/dynamodb/consumed_capacity.h"
#include "operations/dynamodb/handlers.h"
#include "operations/dynamodb/item_collections.h"
#include "operations/dynamodb/item_facts.h"
#include "operations/dynamodb/request.h"
#include "table/capacity.h"
#include "table/index_key.h"
#include "table/item_key.h"
#include "table/item_write.h"
#include "table/stored_item.h"

namespace basalt::operations::dynamodb {
namespace {

Error Invalid(std::string text) { return Error(Reason::kValidation, std::move(text)); }

// What is asked of one table, and what came of it.
struct TableWrites {
  TableReference table;
  std::vector<model::Item> items;  // of a put the item, of a delete the key
  std::vector<table::ItemWrite> writes;
  std::shared_ptr<const table::Table> found;
  std::shared_ptr<const table::TableRecord> newer;  // than that of `found`, if the last run met one
  table::AskedEntries asked;
  std::optional<Error> error;
  Charge charge;
  ConsumedUnits units;
  std::vector<size_t> left;        // writes for which there was no room in the table's units, in their order
  TouchedCollections collections;  // of a table with local indexes

  bool IsLeft(size_t write) const { return error || std::binary_search(left.begin(), left.end(), write); }
};

class BatchWriteItem final : public PreparedCall {
 public:
  explicit BatchWriteItem(Call& call) : call_(call) {}

  Status Prepare() {
    const json::Node& requests = *call_.input.Find("RequestItems");
    returned_capacity_ = ReadReturnedCapacity(call_.input);
    wants_metrics_ = ReadWantsMetrics(call_.input);
    size_t total = 0;
    for (const json::Member& member : requests.members) {
      total += member.value.elements.size();
    }
    if (total > model::kBatchWriteItemsMax) {
      return Invalid("Too many items requested for the BatchWriteItem call");
    }
    for (const json::Member& member : requests.members) {
      TRY(ReadTable(member.name, member.value));
    }
    return {};
  }

  AccessFacts FactsOf(size_t access, const table::TableRecord* record) const override {
    AccessFacts facts;
    for (const model::Item item : tables_[access].items) {
      AddItem(facts, record, item, call_.arena);
    }
    facts.returned_capacity = NameOf(returned_capacity_);
    return facts;
  }

  void Execute(AnswerDone done) override {
    if (Status planned = Plan(); !planned.ok()) {
      return done(planned.TakeError());
    }
    done_ = std::move(done);
    under_way_ = tables_.size() + 1;  // one for this loop, so that nothing finishes before every write was asked for
    for (TableWrites& writes : tables_) {
      if (Status admitted = writes.charge.Admit(*writes.found, table::UnitKind::kWrite); !admitted.ok()) {
        writes.error = admitted.TakeError();
        FinishOne();
        continue;
      }
      WithKeyspace(call_, writes.found, [this, &writes](Result<std::shared_ptr<engine::Keyspace>> keyspace) {
        if (!keyspace.ok()) {
          Fail(writes, keyspace.TakeError());
        } else if (table::HasItemCollections(writes.found->record())) {
          FindRoom(writes, *std::move(keyspace));
        } else {
          Run(writes, *std::move(keyspace));
        }
      });
    }
    FinishOne();
  }

 private:
  Status ReadTable(std::string_view name, const json::Node& requests) {
    TableWrites& writes = tables_.emplace_back();
    TRY_ASSIGN(writes.table, ResolveTable(call_, name));
    accesses.push_back({writes.table.Arn(), writes.table.address.account});
    for (const TableWrites& other : tables_) {
      if (&other != &writes && other.table.address == writes.table.address) {
        return DuplicateKeys();
      }
    }
    for (const json::Node& request : requests.elements) {
      const json::Node* put = request.Find("PutRequest");
      const json::Node* deletion = request.Find("DeleteRequest");
      if ((put == nullptr) == (deletion == nullptr)) {
        return model::SeveralTypes();
      }
      TRY_ASSIGN(const model::Item item,
                 model::ParseItem(put != nullptr ? *put->Find("Item") : *deletion->Find("Key"), call_.arena));
      table::ItemWrite& write = writes.writes.emplace_back();
      writes.items.push_back(item);
      if (put == nullptr) {
        write.key_attributes = item;
        write.action = table::DeleteWrite{};
        continue;
      }
      const size_t size_bytes = model::SizeBytes(item);
      if (size_bytes > model::kItemSizeBytesMax) {
        return model::ItemTooLarge();
      }
      write.action = table::PutWrite{item, table::EncodeStoredItem(item), size_bytes};
    }
    return {};
  }

  Status Plan() {
    for (TableWrites& writes : tables_) {
      writes.found = FindUsableTable(call_, writes.table);
      if (writes.found == nullptr) {
        return TableNotFound();
      }
    }
    for (TableWrites& writes : tables_) {
      for (size_t i = 0; i < writes.writes.size(); ++i) {
        table::ItemWrite& write = writes.writes[i];
        const bool is_put = std::holds_alternative<table::PutWrite>(write.action);
        TRY_ASSIGN(write.key, table::KeyOf(writes.found->record(), writes.items[i],
                                           is_put ? table::KeyPosition::kBatchItem : table::KeyPosition::kKey));
        if (is_put) {
          TRY(table::CheckIndexKeys(writes.found->record(), writes.items[i]));
        }
      }
    }
    for (const TableWrites& writes : tables_) {
      std::unordered_set<std::string_view> seen;
      for (const table::ItemWrite& write : writes.writes) {
        if (!seen.insert(write.key).second) {
          return DuplicateKeys();
        }
      }
    }
    return {};
  }

  void Fail(TableWrites& writes, Error error) {
    writes.error = FailureOn(call_, *writes.found, std::move(error));
    FinishOne();
  }

  void FindRoom(TableWrites& writes, std::shared_ptr<engine::Keyspace> keyspace) {
    std::vector<size_t> collection_of;
    for (const model::Item item : writes.items) {
      collection_of.push_back(writes.collections.Add(writes.found->record(), item));
    }
    writes.collections.ReadSizes(
        call_, keyspace, [this, &writes, keyspace, collection_of = std::move(collection_of)](Status read) {
          if (!read.ok()) {
            return Fail(writes, read.TakeError());
          }
          for (size_t i = 0; i < writes.writes.size(); ++i) {
            writes.writes[i].collection_room_bytes =
                call_.services.item_collection_bytes_max - writes.collections.sizes_bytes[collection_of[i]];
          }
          writes.collections.sizes_bytes.clear();
          Run(writes, keyspace);
        });
  }

  // What was left over touched none.
  static void KeepWrittenCollections(TableWrites& writes) {
    if (writes.left.empty()) {
      return;
    }
    writes.collections = {};
    for (size_t i = 0; i < writes.items.size(); ++i) {
      if (!writes.IsLeft(i)) {
        writes.collections.Add(writes.found->record(), writes.items[i]);
      }
    }
  }

  void ReadMetrics(TableWrites& writes, std::shared_ptr<engine::Keyspace> keyspace) {
    writes.collections.ReadSizes(call_, std::move(keyspace), [this, &writes](Status read) {
      if (!read.ok()) {
        return Fail(writes, read.TakeError());
      }
      FinishOne();
    });
  }

  void Run(TableWrites& writes, std::shared_ptr<engine::Keyspace> keyspace) {
    std::vector<engine::Key> keys;
    keys.reserve(writes.writes.size());
    for (const table::ItemWrite& write : writes.writes) {
      keys.push_back({0, write.key});
    }
    engine::Keyspace& used = *keyspace;
    call_.tables.Transact(
        used, std::move(keys),
        [this, &writes](engine::Values values) -> std::variant<engine::Plan, engine::Reject> {
          engine::Plan plan;
          if (Status planned = PlanWrites(writes, values, plan); !planned.ok()) {
            writes.error = planned.TakeError();
            return engine::Reject{};
          }
          return plan;
        },
        call_.loop,
        [this, &writes, keyspace = std::move(keyspace)](Result<engine::Outcome> outcome) {
          if (!outcome.ok()) {
            writes.charge.SetTo({});
            return Fail(writes, outcome.TakeError());
          }
          if (writes.error) {
            writes.charge.SetTo({});
          }
          if (wants_metrics_ && !writes.error && !writes.collections.keys.empty()) {
            KeepWrittenCollections(writes);
            return ReadMetrics(writes, keyspace);
          }
          FinishOne();
        });
  }

  // All that there is room for. Fails if that is none, or one of them cannot be done.
  Status PlanWrites(TableWrites& writes, engine::Values values, engine::Plan& plan) {
    writes.units = {};
    writes.left.clear();
    writes.error.reset();
    const table::TableRecord& record = writes.found->Current(writes.newer);
    writes.asked.values = values.subspan(writes.writes.size());
    table::Allowance allowance = writes.charge.allowance();
    std::optional<Error> no_room;
    for (size_t i = 0; i < writes.writes.size(); ++i) {
      const auto plan_into = [&](engine::Plan& into) {
        return table::ApplyWrite(writes.writes[i], record, values[i], false, writes.asked, call_.arena, into);
      };
      if (!allowance.HasRoom()) {
        writes.left.push_back(i);
        continue;
      }
      if (allowance.limits_indexes()) {
        // Which indexes it touches is known once it is planned; what is left must leave nothing in the plan.
        engine::Plan trial;
        TRY_ASSIGN(const table::WriteEffect effect, plan_into(trial));
        if (!trial.asks.empty()) {
          std::move(trial.asks.begin(), trial.asks.end(), std::back_inserter(plan.asks));
          continue;
        }
        if (Status admitted = writes.charge.AdmitIndexes(allowance, effect.index_units); !admitted.ok()) {
          writes.left.push_back(i);
          no_room = admitted.TakeError();
          continue;
        }
      }
      TRY_ASSIGN(const table::WriteEffect effect, plan_into(plan));
      const double units = table::WriteUnits(effect.old_size_bytes, effect.new_size_bytes);
      allowance.Take(units, effect.index_units);
      writes.units.table += units;
      if (returned_capacity_ != ReturnedCapacity::kNone || writes.charge.is_limited()) {
        writes.units.Add(effect.index_units);
      }
    }
    if (no_room && writes.left.size() == writes.writes.size()) {
      return *std::move(no_room);
    }
    if (plan.asks.empty()) {
      writes.charge.SetTo(writes.units);
    }
    return {};
  }

  void FinishOne() {
    if (--under_way_ > 0) {
      return;
    }
    AnswerDone finished = std::move(done_);
    const auto failed = [](const TableWrites& writes) { return writes.error.has_value(); };
    // Puts and deletes may be sent again, so a table that failed is left to the client if another one did not.
    if (std::all_of(tables_.begin(), tables_.end(), failed)) {
      finished(*std::move(tables_.front().error));
    } else {
      finished(MakeAnswer());
    }
  }

  std::string MakeAnswer() const {
    std::string body = "{\"UnprocessedItems\":{";
    std::vector<TableUnits> consumed;
    for (const TableWrites& writes : tables_) {
      if (!writes.error) {
        consumed.push_back({&writes.table, writes.units});
      }
      if (!writes.error && writes.left.empty()) {
        continue;
      }
      if (body.back() != '{') {
        body += ',';
      }
      json::AppendString(body, writes.table.as_given);
      body += ":[";
      for (size_t i = 0; i < writes.items.size(); ++i) {
        if (!writes.IsLeft(i)) {
          continue;
        }
        const bool is_put = std::holds_alternative<table::PutWrite>(writes.writes[i].action);
        body += body.back() == '[' ? "" : ",";
        body += is_put ? "{\"PutRequest\":{\"Item\":" : "{\"DeleteRequest\":{\"Key\":";
        model::AppendJson(body, writes.items[i]);
        body += "}}";
      }
      body += ']';
    }
    body += '}';
    AppendMetrics(body);
    AppendConsumedCapacities(body, false, returned_capacity_, std::move(consumed));
    body += '}';
    return body;
  }

  void AppendMetrics(std::string& body) const {
    std::vector<TableCollections> tables;
    for (const TableWrites& writes : tables_) {
      tables.push_back({writes.table.as_given, &writes.found->record(), &writes.collections});
    }
    AppendCollectionMetrics(body, /*first=*/false, tables);
  }

  Call& call_;
  ReturnedCapacity returned_capacity_ = ReturnedCapacity::kNone;
  bool wants_metrics_ = false;
  std::vector<TableWrites> tables_;
  size_t under_way_ = 0;
  AnswerDone done_;
};

}  // namespace

Prepared PrepareBatchWriteItem(Call& call) {
  auto batch = std::make_unique<BatchWriteItem>(call);
  TRY(batch->Prepare());
  return batch;
}

}  // namespace basalt::operations::dynamodb
