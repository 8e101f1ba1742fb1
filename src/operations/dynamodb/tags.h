// What the calls for tags have in common: lists of tags and of their keys as requests give them, the resource they are
// of. Each check has the service's text and stands in the service's order.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "json/node.h"
#include "operations/dynamodb/named_resource.h"
#include "operations/operation.h"
#include "table/table_record.h"

namespace basalt::operations::dynamodb {

// kValidation.
Result<table::Tags> ReadTags(const json::Node& list);
Result<std::vector<std::string>> ReadTagKeys(const json::Node& list);
Status CheckTagCount(size_t count);

inline constexpr std::string_view kTagAction = "dynamodb:TagResource";

// What a request that sets these tags says to policies; `tags` outlive it.
AccessFacts FactsOfTags(const table::Tags& tags);

// kValidation for an ARN that cannot be meant.
Result<NamedResource> ReadTaggedResource(const Call& call);

// The tags that the resource has now; they are of `record`, its table's, which is null if there is none.
Result<const table::Tags*> FindTags(const NamedResource& resource, const table::TableRecord* record);

// Replaces the resource's tags by what `change` makes of them, durably, and answers with an empty body.
void ChangeTags(Call& call, const NamedResource& resource, UniqueFunction<Status(table::Tags&)> change,
                AnswerDone done);

}  // namespace basalt::operations::dynamodb
