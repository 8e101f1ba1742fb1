// BatchGetItem: up to 100 items of several tables by their keys, each read on its own.
#include <algorithm>
#include <array>
#include <string>
#include <unordered_set>

#include "json/writer.h"
#include "model/item_json.h"
#include "model/limits.h"
#include "operations/dynamodb/charge.h"
#include "operations/dynamodb/consumed_capacity.h"
#include "operations/dynamodb/handlers.h"
#include "operations/dynamodb/item_facts.h"
#include "operations/dynamodb/legacy_parameters.h"
#include "operations/dynamodb/request.h"
#include "table/capacity.h"
#include "table/item_key.h"
#include "table/stored_item.h"

namespace basalt::operations::dynamodb {
namespace {

Error Invalid(std::string text) { return Error(Reason::kValidation, std::move(text)); }

// What is asked of one table, and what came of it.
struct TableReads {
  TableReference table;
  const json::Node* request = nullptr;
  bool consistent = false;
  std::vector<model::Item> keys;
  const expression::Projection* projection = nullptr;
  std::shared_ptr<const table::Table> found;
  Charge charge;
  std::vector<std::string> encoded_keys;
  std::vector<std::optional<std::string>> values;
  std::optional<Error> error;
};

class BatchGetItem final : public PreparedCall {
 public:
  explicit BatchGetItem(Call& call) : call_(call) {}

  Status Prepare() {
    const json::Node& input = call_.input;
    returned_capacity_ = ReadReturnedCapacity(input);
    size_t total = 0;
    for (const json::Member& member : input.Find("RequestItems")->members) {
      TRY(ReadTable(member.name, member.value));
      total += tables_.back().keys.size();
      if (total > model::kBatchGetItemsMax) {
        return Invalid("Too many items requested for the BatchGetItem call");
      }
    }
    return {};
  }

  AccessFacts FactsOf(size_t access, const table::TableRecord* record) const override {
    const TableReads& reads = tables_[access];
    AccessFacts facts;
    for (const model::Item key : reads.keys) {
      AddItem(facts, record, key, call_.arena);
    }
    AddAttributes(facts, reads.projection);
    facts.select = SelectOf(reads.projection);
    facts.returned_capacity = NameOf(returned_capacity_);
    return facts;
  }

  void Execute(AnswerDone done) override {
    if (Status planned = Plan(); !planned.ok()) {
      return done(planned.TakeError());
    }
    done_ = std::move(done);
    under_way_ = tables_.size() + 1;  // one for this loop, so that nothing finishes before every read was asked for
    for (TableReads& reads : tables_) {
      if (Status admitted = reads.charge.Admit(*reads.found, table::UnitKind::kRead); !admitted.ok()) {
        reads.error = admitted.TakeError();
        FinishOne();
        continue;
      }
      WithKeyspace(call_, reads.found, [this, &reads](Result<std::shared_ptr<engine::Keyspace>> keyspace) {
        if (keyspace.ok()) {
          Read(reads, *std::move(keyspace));
        } else {
          reads.error = FailureOn(call_, *reads.found, keyspace.TakeError());
          FinishOne();
        }
      });
    }
    FinishOne();
  }

 private:
  Status ReadTable(std::string_view name, const json::Node& request) {
    TableReads& reads = tables_.emplace_back();
    reads.request = &request;
    TRY_ASSIGN(reads.table, ResolveTable(call_, name));
    accesses.push_back({reads.table.Arn(), reads.table.address.account});
    for (const TableReads& other : tables_) {
      if (&other != &reads && other.table.address == reads.table.address) {
        return DuplicateKeys();
      }
    }
    reads.consistent = GetBool(request, "ConsistentRead").value_or(false);
    const std::array<ExpressionMember, 1> expressions = {
        {{"ProjectionExpression", GetString(request, "ProjectionExpression")}}};
    // All tables up to here must use the same form.
    if (expressions[0].text) {
      projection_expression_ = expressions[0];
    }
    attributes_to_get_.given = attributes_to_get_.given || request.Find(attributes_to_get_.member) != nullptr;
    TRY(CheckNotMixed(std::array{attributes_to_get_}, std::array{projection_expression_}));
    TRY(ExpressionInputs::CheckNeeded(request, expressions, {}));
    TRY_ASSIGN(reads.projection, ReadAttributesToGet(request, call_.arena));
    TRY_ASSIGN(std::unique_ptr<ExpressionInputs> inputs, ExpressionInputs::Read(request, false, call_.arena));
    if (expressions[0].text) {
      TRY_ASSIGN(reads.projection,
                 expression::ParseProjection(*expressions[0].text, inputs->placeholders(), call_.arena));
    }
    TRY(inputs->placeholders().CheckAllUsed());
    inputs_.push_back(std::move(inputs));
    for (const json::Node& key : request.Find("Keys")->elements) {
      TRY_ASSIGN(const model::Item item, model::ParseItem(key, call_.arena));
      reads.keys.push_back(item);
    }
    // Equal keys have one canonical text; whether they are keys of the table is not asked yet.
    std::unordered_set<std::string> seen;
    for (const model::Item key : reads.keys) {
      std::string text;
      model::AppendJson(text, key);
      if (!seen.insert(std::move(text)).second) {
        return DuplicateKeys();
      }
    }
    return {};
  }

  // What needs the tables: that all are there, then every key.
  Status Plan() {
    for (TableReads& reads : tables_) {
      reads.found = FindUsableTable(call_, reads.table);
      if (reads.found == nullptr) {
        return TableNotFound();
      }
    }
    for (TableReads& reads : tables_) {
      const table::TableRecord& record = reads.found->record();
      for (const model::Item key : reads.keys) {
        TRY_ASSIGN(std::string encoded, table::KeyOf(record, key, table::KeyPosition::kKey));
        reads.encoded_keys.push_back(std::move(encoded));
      }
      if (reads.projection != nullptr) {
        TRY(CheckKeyAttributesAreScalars(record, expression::PathsOf(*reads.projection)));
      }
    }
    return {};
  }

  void Read(TableReads& reads, std::shared_ptr<engine::Keyspace> keyspace) {
    std::vector<engine::Key> keys;
    keys.reserve(reads.encoded_keys.size());
    for (const std::string& key : reads.encoded_keys) {
      keys.push_back({0, key});
    }
    engine::Keyspace& used = *keyspace;
    call_.tables.ReadValues(
        used, std::move(keys), reads.consistent ? engine::Consistency::kStrong : engine::Consistency::kEventual,
        call_.loop,
        [this, &reads, keyspace = std::move(keyspace)](Result<std::vector<std::optional<std::string>>> values) {
          if (values.ok()) {
            reads.values = *std::move(values);
          } else {
            reads.error = FailureOn(call_, *reads.found, values.TakeError());
          }
          FinishOne();
        });
  }

  // One part is done; the last one answers.
  void FinishOne() {
    if (--under_way_ > 0) {
      return;
    }
    AnswerDone finished = std::move(done_);
    const auto failed = [](const TableReads& reads) { return reads.error.has_value(); };
    // A table that failed is left to the client if another one did not.
    if (std::all_of(tables_.begin(), tables_.end(), failed)) {
      finished(*std::move(tables_.front().error));
    } else {
      finished(MakeAnswer());
    }
  }

  Result<Answer> MakeAnswer() {
    std::string body = "{\"Responses\":{";
    std::string unprocessed;
    std::vector<TableUnits> consumed;
    uint64_t total_bytes = 0;
    bool full = false;
    for (TableReads& reads : tables_) {
      if (body.back() != '{') {
        body += ',';
      }
      json::AppendString(body, reads.table.as_given);
      body += ":[";
      double units = 0;
      table::Allowance allowance = reads.charge.allowance();
      std::vector<size_t> left;
      for (size_t i = 0; i < reads.keys.size(); ++i) {
        if (reads.error || !allowance.HasRoom()) {
          left.push_back(i);
          continue;
        }
        table::StoredItem stored;
        if (reads.values[i] && !full) {
          TRY_ASSIGN(stored, table::DecodeStoredItem(*reads.values[i]));
          full = total_bytes > 0 && total_bytes + stored.size_bytes > model::kBatchGetBytesMax;
        }
        if (full) {
          left.push_back(i);
          continue;
        }
        total_bytes += stored.size_bytes;
        const double cost = table::ReadUnits(stored.size_bytes, reads.consistent);
        units += cost;
        allowance.Take(cost);
        if (reads.values[i]) {
          TRY(AppendItem(body, reads, stored));
        }
      }
      body += ']';
      reads.charge.SetTo({units});
      if (!reads.error) {
        consumed.push_back({&reads.table, {units}});
      }
      if (!left.empty()) {
        AppendUnprocessed(unprocessed, reads, left);
      }
    }
    body += "},\"UnprocessedKeys\":{" + unprocessed + "}";
    AppendConsumedCapacities(body, false, returned_capacity_, std::move(consumed));
    body += '}';
    return body;
  }

  Status AppendItem(std::string& body, const TableReads& reads, const table::StoredItem& stored) {
    if (body.back() != '[') {
      body += ',';
    }
    if (reads.projection == nullptr) {
      body += stored.body_json;
      return {};
    }
    TRY_ASSIGN(const model::Item item, model::ParseStoredItem(stored.body_json, call_.arena));
    model::AppendJson(body, expression::Project(*reads.projection, item, call_.arena));
    return {};
  }

  // The part of the request that is to be sent again.
  static void AppendUnprocessed(std::string& out, const TableReads& reads, const std::vector<size_t>& left) {
    if (!out.empty()) {
      out += ',';
    }
    json::AppendString(out, reads.table.as_given);
    out += ':';
    json::Writer writer(out);
    writer.BeginObject();
    writer.Key("Keys");
    writer.BeginArray();
    for (const size_t index : left) {
      std::string key;
      model::AppendJson(key, reads.keys[index]);
      writer.Raw(key);
    }
    writer.EndArray();
    if (reads.request->Find("ConsistentRead") != nullptr) {
      writer.Key("ConsistentRead");
      writer.Bool(reads.consistent);
    }
    if (const json::Node* names = reads.request->Find("AttributesToGet")) {
      writer.Key("AttributesToGet");
      writer.BeginArray();
      for (const json::Node& name : names->elements) {
        if (!name.IsNull()) {
          writer.String(name.string);
        }
      }
      writer.EndArray();
    }
    if (const auto projection = GetString(*reads.request, "ProjectionExpression")) {
      writer.Key("ProjectionExpression");
      writer.String(*projection);
    }
    if (const json::Node* names = reads.request->Find("ExpressionAttributeNames")) {
      writer.Key("ExpressionAttributeNames");
      writer.BeginObject();
      for (const json::Member& name : names->members) {
        if (name.value.kind == json::Kind::kString) {
          writer.Key(name.name);
          writer.String(name.value.string);
        }
      }
      writer.EndObject();
    }
    writer.EndObject();
  }

  Call& call_;
  ReturnedCapacity returned_capacity_ = ReturnedCapacity::kNone;
  std::vector<TableReads> tables_;
  std::vector<std::unique_ptr<ExpressionInputs>> inputs_;
  LegacyMember attributes_to_get_{"AttributesToGet"};  // of any table
  ExpressionMember projection_expression_{"ProjectionExpression", {}};
  size_t under_way_ = 0;
  AnswerDone done_;
};

}  // namespace

Prepared PrepareBatchGetItem(Call& call) {
  auto batch = std::make_unique<BatchGetItem>(call);
  TRY(batch->Prepare());
  return batch;
}

}  // namespace basalt::operations::dynamodb
