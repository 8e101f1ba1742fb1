// Tags of requests and of tables.
#include "operations/dynamodb/tags.h"

#include <fmt/format.h>

#include <utility>

#include "model/arn.h"
#include "model/limits.h"
#include "model/tag.h"
#include "table/stream_state.h"

namespace basalt::operations::dynamodb {
namespace {

Error Invalid(std::string text) { return Error(Reason::kValidation, std::move(text)); }

Status CheckKey(std::optional<std::string_view> key) {
  if (key && model::IsReservedTagKey(*key)) {
    return Invalid(fmt::format("Tag Key cannot be prefixed with aws:, Key: {}", *key));
  }
  if (!key || !model::IsTagKey(*key)) {
    return Invalid(fmt::format("The Tag Key provided is invalid, Key: {}", key.value_or("null")));
  }
  return {};
}

Status CheckValue(std::optional<std::string_view> value) {
  if (!value || !model::IsTagValue(*value)) {
    return Invalid(fmt::format("The Tag Value provided is invalid, Value: {}", value.value_or("null")));
  }
  return {};
}

Error InvalidArn(model::TableArnDefect defect, std::string_view arn) {
  switch (defect) {
    case model::TableArnDefect::kRegion:
    case model::TableArnDefect::kAccount:
    case model::TableArnDefect::kName:
      return Invalid(fmt::format("Invalid TableArn: Invalid ResourceArn provided as input {}", arn));
    case model::TableArnDefect::kNone:
    case model::TableArnDefect::kMalformed:
    case model::TableArnDefect::kPartition:
    case model::TableArnDefect::kService:
    case model::TableArnDefect::kResourceType:
      break;
  }
  return NotADynamoDbArn(arn);
}

}  // namespace

Result<table::Tags> ReadTags(const json::Node& list) {
  table::Tags tags;
  std::optional<std::string_view> repeated;
  for (const json::Node& tag : list.elements) {
    const auto key = GetString(tag, "Key");
    const auto value = GetString(tag, "Value");
    TRY(CheckKey(key));
    TRY(CheckValue(value));
    if (!tags.emplace(*key, *value).second && !repeated) {
      repeated = key;
    }
  }
  if (repeated) {
    return Invalid(fmt::format("Duplicate Tag Keys provided as input: Duplicate Tag Key found {}", *repeated));
  }
  TRY(CheckTagCount(tags.size()));
  return tags;
}

AccessFacts FactsOfTags(const table::Tags& tags) {
  AccessFacts facts;
  facts.tag_keys.emplace();
  for (const auto& [key, value] : tags) {
    facts.request_tags.emplace_back(key, value);
    facts.tag_keys->push_back(key);
  }
  return facts;
}

Result<std::vector<std::string>> ReadTagKeys(const json::Node& list) {
  std::vector<std::string> keys;
  for (const json::Node& node : list.elements) {
    const auto key = node.IsNull() ? std::nullopt : std::optional(node.string);
    TRY(CheckKey(key));
    keys.emplace_back(*key);
  }
  TRY(CheckTagCount(keys.size()));
  return keys;
}

Status CheckTagCount(size_t count) {
  if (count > model::kTagsPerResourceMax) {
    return Invalid("Number of Tags exceed the current limit for the provided ResourceArn");
  }
  return {};
}

Result<NamedResource> ReadTaggedResource(const Call& call) { return ReadNamedResource(call, InvalidArn); }

Result<const table::Tags*> FindTags(const NamedResource& resource, const table::TableRecord* record) {
  const table::StreamRecord* const stream =
      record == nullptr || resource.stream.empty() ? nullptr : table::FindStream(*record, resource.stream);
  // A table being created has none yet.
  if (record == nullptr || record->status == table::TableStatus::kCreating ||
      (stream == nullptr && !resource.stream.empty())) {
    return Error(Reason::kResourceNotFound,
                 fmt::format("Requested resource not found: ResourceArn: {} not found", resource.arn));
  }
  TRY(table::CheckChangeable(record, record->address));
  return stream == nullptr ? &record->tags : &stream->tags;
}

void ChangeTags(Call& call, const NamedResource& resource, UniqueFunction<Status(table::Tags&)> change,
                AnswerDone done) {
  // At once, so that a table under way is reported as such and not waited for; and in its turn.
  const table::Table* const table = call.tables.Look(resource.table.view());
  if (auto tags = FindTags(resource, table == nullptr ? nullptr : &table->record()); !tags.ok()) {
    return done(tags.TakeError());
  }
  call.services.catalogue.Update(
      resource.table,
      [resource, change = std::move(change)](const table::TableRecord* current) mutable -> Result<table::TableRecord> {
        TRY_ASSIGN(const table::Tags* const tags, FindTags(resource, current));
        table::Tags next = *tags;
        TRY(change(next));
        table::TableRecord changed = *current;
        table::Tags* to = &changed.tags;
        for (table::StreamRecord& stream : changed.streams) {
          to = stream.label == resource.stream ? &stream.tags : to;
        }
        *to = std::move(next);
        return changed;
      },
      call.loop,
      [done = std::move(done)](Result<table::ChangedRecord> changed) mutable {
        done(changed.ok() ? Result<Answer>(Answer()) : Result<Answer>(changed.TakeError()));
      });
}

}  // namespace basalt::operations::dynamodb
