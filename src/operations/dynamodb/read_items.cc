// The common course of Query and Scan.
#include "operations/dynamodb/read_items.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "model/item_json.h"
#include "model/validation_error.h"
#include "operations/dynamodb/item_facts.h"
#include "operations/dynamodb/legacy_parameters.h"
#include "table/capacity.h"
#include "table/index_entry.h"
#include "table/item_key.h"

namespace basalt::operations::dynamodb {
namespace {

Error Invalid(std::string text) { return Error(Reason::kValidation, std::move(text)); }

// Defects of numbers and sets keep their bare text inside ExclusiveStartKey; others are introduced by it.
bool StaysBare(const Error& error) {
  const std::optional<model::ValueDefect::Kind> defect = model::DefectOf(error);
  return defect == model::ValueDefect::Kind::kNumber || defect == model::ValueDefect::Kind::kEmptyNumberSet ||
         defect == model::ValueDefect::Kind::kDuplicates;
}

Select ReadSelect(const json::Node& input) {
  const auto text = GetString(input, "Select");
  if (!text) {
    return Select::kAbsent;
  }
  if (*text == "COUNT") {
    return Select::kCount;
  }
  if (*text == "ALL_ATTRIBUTES") {
    return Select::kAllAttributes;
  }
  return *text == "SPECIFIC_ATTRIBUTES" ? Select::kSpecificAttributes : Select::kAllProjectedAttributes;
}

}  // namespace

Error InvalidStartKey(std::string_view why) {
  return Invalid(fmt::format("The provided starting key is invalid{}{}", why.empty() ? "" : ": ", why));
}

Result<const table::IndexRecord*> FindReadableIndex(const table::TableRecord& record, std::string_view name,
                                                    bool consistent) {
  const table::IndexRecord* index = record.FindIndex(name);
  if (index == nullptr || !table::IsMaintained(*index)) {
    return Invalid(fmt::format("The table does not have the specified index: {}", name));
  }
  if (index->kind == table::IndexKind::kLocal) {
    return index;
  }
  if (consistent) {
    return Invalid("Consistent reads are not supported on global secondary indexes");
  }
  if (index->status == table::IndexStatus::kCreating) {
    return Invalid("Cannot read from backfilling global secondary index");
  }
  return index;
}

void AddUnprojected(const table::TableRecord& record, const table::IndexRecord& index,
                    std::span<const expression::Path> paths, std::vector<std::string_view>& missing) {
  for (const expression::Path path : paths) {
    if (!table::Projects(record, index, path[0].name) &&
        std::find(missing.begin(), missing.end(), path[0].name) == missing.end()) {
      missing.push_back(path[0].name);
    }
  }
}

ConsumedUnits UnitsOf(const table::ReadResult& result, const table::IndexRecord* index, bool consistent) {
  const double units = table::ReadUnits(result.evaluated_bytes, consistent);
  if (index == nullptr) {
    return {units};
  }
  return {consistent ? result.fetched_units : result.fetched_units / 2, {{index->name, index->kind, units}}};
}

Status ReadCall::ReadTable() {
  TRY_ASSIGN(table_, ReadTableReference(call_));
  accesses.push_back({table_.Arn(), table_.address.account});
  index_name_ = GetString(call_.input, "IndexName");
  if (index_name_) {
    accesses.back().resource_arn += "/index/" + *index_name_;
  }
  return {};
}

Status ReadCall::ReadCommon(std::string_view filter_member) {
  const json::Node& input = call_.input;
  returned_capacity_ = ReadReturnedCapacity(input);
  select_ = ReadSelect(input);
  consistent_ = GetBool(input, "ConsistentRead").value_or(false);
  if (const auto limit = GetInteger(input, "Limit")) {
    limit_ = static_cast<uint64_t>(*limit);
  }
  TRY_ASSIGN(filter_, ReadLegacyFilter(input, filter_member, call_.arena));
  TRY_ASSIGN(projection_, ReadAttributesToGet(input, call_.arena));
  if (const json::Node* start = input.Find("ExclusiveStartKey")) {
    Result<model::Item> key = model::ParseItem(*start, call_.arena);
    if (!key.ok()) {
      Error error = key.TakeError();
      return StaysBare(error) ? std::move(error) : InvalidStartKey(error.text);
    }
    exclusive_start_key_ = *key;
  }
  return {};
}

Status ReadCall::ParseFilter() {
  if (const auto text = GetString(call_.input, "FilterExpression")) {
    TRY_ASSIGN(filter_,
               expression::ParseCondition(expression::Kind::kFilter, *text, inputs_->placeholders(), call_.arena));
  }
  return {};
}

Status ReadCall::ParseProjection() {
  if (const auto text = GetString(call_.input, "ProjectionExpression")) {
    TRY_ASSIGN(projection_, expression::ParseProjection(*text, inputs_->placeholders(), call_.arena));
  }
  return {};
}

Status ReadCall::CheckSelect() const {
  const std::string_view projection =
      call_.input.Find("AttributesToGet") != nullptr ? "AttributesToGet" : "ProjectionExpression";
  const auto refuse = [&](std::string_view what) {
    return projection_ == nullptr
               ? Status()
               : Invalid(fmt::format("Cannot specify the {} when choosing to get {}", projection, what));
  };
  switch (select_) {
    case Select::kAbsent:
      return {};
    case Select::kSpecificAttributes:
      return projection_ != nullptr ? Status()
                                    : Invalid(
                                          "Must specify the AttributesToGet or ProjectionExpression when choosing "
                                          "to get SPECIFIC_ATTRIBUTES");
    case Select::kAllProjectedAttributes:
      if (!index_name_) {
        return Invalid("ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName");
      }
      return refuse("ALL_PROJECTED_ATTRIBUTES");
    case Select::kAllAttributes:
      return refuse("ALL_ATTRIBUTES");
    case Select::kCount:
      return refuse("only the Count");
  }
  BASALT_CHECK(false);
}

AccessFacts ReadCall::FactsOf(size_t, const table::TableRecord*) const {
  AccessFacts facts;
  AddAttributes(facts, filter_);
  AddAttributes(facts, projection_);
  facts.select = select_ == Select::kAbsent ? SelectOf(projection_, on_index())
                                            : GetString(call_.input, "Select").value_or(std::string_view());
  facts.returned_capacity = NameOf(returned_capacity_);
  return facts;
}

void ReadCall::Execute(AnswerDone done) {
  found_ = FindUsableTable(call_, table_);
  if (found_ == nullptr) {
    return done(TableNotFound());
  }
  if (Status planned = Plan(); !planned.ok()) {
    return done(planned.TakeError());
  }
  if (Status admitted = charge_.Admit(*found_, table::UnitKind::kRead, index_); !admitted.ok()) {
    return done(admitted.TakeError());
  }
  done_ = std::move(done);
  WithKeyspace(call_, found_, [this](Result<std::shared_ptr<engine::Keyspace>> keyspace) {
    if (keyspace.ok()) {
      Run(*std::move(keyspace));
    } else {
      AnswerDone finished = std::move(done_);
      finished(FailureOn(call_, *found_, keyspace.TakeError()));
    }
  });
}

Status ReadCall::CheckStartKeyShape(const table::KeySchema& schema) const {
  const model::Item key = *exclusive_start_key_;
  const table::TableRecord& record = found_->record();
  const auto is_missing = [key](const table::KeyAttribute* attribute) {
    return model::Find(key, attribute->name) == nullptr;
  };
  if (key.size() != schema.attributes().size() ||
      std::any_of(schema.attributes().begin(), schema.attributes().end(), is_missing)) {
    return StartKeyMismatch();
  }
  if (index_ != nullptr) {
    for (const table::KeyAttribute* attribute : schema.attributes()) {
      if (schema.Orders(attribute->name) && !table::IsKeyAttribute(record, attribute->name) &&
          model::Find(key, attribute->name)->type != attribute->type) {
        return model::KeySchemaMismatch();
      }
    }
  }
  if (Result<std::string> checked =
          table::KeyOf(record, table::KeyAttributesOf(record, key, call_.arena), table::KeyPosition::kKey);
      !checked.ok()) {
    return InvalidStartKey(checked.error().text);
  }
  // No entry has a key that is empty or too long.
  return index_ == nullptr || table::IsMember(*index_, key) ? Status() : Status(InvalidStartKey(""));
}

Status ReadCall::CheckFilterAttributes(const table::KeySchema& schema) const {
  if (filter_ == nullptr || filter_may_use_keys_) {
    return {};
  }
  for (const expression::Path path : expression::PathsOf(*filter_)) {
    if (schema.Orders(path[0].name)) {
      return Invalid(fmt::format("{} can only contain non-primary key attributes: Primary key attribute: {}",
                                 call_.input.Find("FilterExpression") != nullptr ? "Filter Expression" : "QueryFilter",
                                 path[0].name));
    }
  }
  return {};
}

Status ReadCall::PlanFetching() {
  if (index_ == nullptr || index_->projection == table::ProjectionType::kAll) {
    return {};
  }
  const bool is_global = index_->kind == table::IndexKind::kGlobal;
  if (select_ == Select::kAllAttributes && is_global) {
    return model::InvalidParameter(
        fmt::format("Select type ALL_ATTRIBUTES is not supported for global secondary index {} because its projection "
                    "type is not ALL",
                    index_->name));
  }
  std::vector<std::string_view> missing;
  if (projection_ != nullptr) {
    AddUnprojected(found_->record(), *index_, expression::PathsOf(*projection_), missing);
  }
  if (is_global) {
    return missing.empty() ? Status()
                           : Status(model::InvalidParameter(fmt::format("Global secondary index {} does not project "
                                                                        "[{}]",
                                                                        index_->name, fmt::join(missing, ", "))));
  }
  if (filter_ != nullptr) {
    AddUnprojected(found_->record(), *index_, expression::PathsOf(*filter_), missing);
  }
  request_.fetch = select_ == Select::kAllAttributes || !missing.empty();
  return {};
}

Status ReadCall::Plan() {
  const table::TableRecord& record = found_->record();
  if (index_name_) {
    TRY_ASSIGN(index_, FindReadableIndex(record, *index_name_, consistent_));
  }
  const table::KeySchema schema(record, index_);
  if (exclusive_start_key_) {
    TRY(CheckStartKeyShape(schema));
  }
  TRY_ASSIGN(request_.range, PlanRange(schema));
  if (exclusive_start_key_) {
    const std::string start_key = schema.Encode(*exclusive_start_key_);
    TRY(CheckStartKey(schema, request_.range, start_key));
    request_.range = table::After(std::move(request_.range), direction_, start_key);
  }
  if (filter_ != nullptr) {
    TRY(CheckKeyAttributesAreScalars(record, expression::PathsOf(*filter_)));
  }
  if (projection_ != nullptr) {
    TRY(CheckKeyAttributesAreScalars(record, expression::PathsOf(*projection_)));
  }
  TRY(CheckFilterAttributes(schema));
  TRY(PlanFetching());
  request_.index = index_;
  request_.direction = direction_;
  request_.consistency = consistent_ ? engine::Consistency::kStrong : engine::Consistency::kEventual;
  request_.limit = limit_;
  request_.filter = filter_;
  request_.projection = projection_;
  request_.count_only = select_ == Select::kCount;
  return {};
}

void ReadCall::Run(std::shared_ptr<engine::Keyspace> keyspace) {
  table::ReadItems(std::move(keyspace), found_->record(), std::move(request_), call_.loop,
                   [this](Result<table::ReadResult> result) {
                     AnswerDone finished = std::move(done_);
                     finished(result.ok() ? Result<Answer>(MakeAnswer(*result))
                                          : Result<Answer>(FailureOn(call_, *found_, result.TakeError())));
                   });
}

std::string ReadCall::MakeAnswer(const table::ReadResult& result) {
  std::string body;
  body.reserve(result.items_json.size() + 256);
  body += '{';
  if (select_ != Select::kCount) {
    body += "\"Items\":[";
    body += result.items_json;
    body += "],";
  }
  body += fmt::format("\"Count\":{},\"ScannedCount\":{}", result.count, result.scanned_count);
  if (!result.last_evaluated_key_json.empty()) {
    body += ",\"LastEvaluatedKey\":";
    body += result.last_evaluated_key_json;
  }
  const ConsumedUnits units = UnitsOf(result, index_, consistent_);
  charge_.SetTo(units);
  AppendConsumedCapacity(body, false, returned_capacity_, table_, units);
  body += '}';
  return body;
}

}  // namespace basalt::operations::dynamodb
