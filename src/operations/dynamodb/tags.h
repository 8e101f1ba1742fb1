// What the calls for tags have in common: lists of tags and of their keys as requests give them, the resource they are
// of. Each check has the service's text and stands in the service's order.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "json/node.h"
#include "operations/operation.h"
#include "table/table_record.h"

namespace basalt::operations::dynamodb {

// kValidation.
Result<table::Tags> ReadTags(const json::Node& list);
Result<std::vector<std::string>> ReadTagKeys(const json::Node& list);
Status CheckTagCount(size_t count);

// What a request that sets these tags says to policies; `tags` outlive it.
AccessFacts FactsOfTags(const table::Tags& tags);

// What a ResourceArn names: a table, or a stream of one.
struct TaggedResource {
  std::string arn;
  std::string account;
  std::optional<table::TableAddress> table;  // unset: a stream, of which there are none
};
// kValidation for an ARN that cannot be meant.
Result<TaggedResource> ReadTaggedResource(const Call& call);

// Whether the resource has tags now; `record` is its table's, null if there is no such table.
Status CheckTaggable(const TaggedResource& resource, const table::TableRecord* record);
// The same for the table as this loop sees it.
Result<std::shared_ptr<const table::Table>> FindTaggable(Call& call, const TaggedResource& resource);

// Replaces a table's tags by what `change` makes of them, durably, and answers with an empty body.
void ChangeTags(Call& call, const TaggedResource& resource, UniqueFunction<Status(table::Tags&)> change,
                AnswerDone done);

}  // namespace basalt::operations::dynamodb
