// What a ResourceArn names, in calls that are about a table or a stream of one: their policies, their tags.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "model/arn.h"
#include "operations/operation.h"
#include "table/table_record.h"

namespace basalt::operations::dynamodb {

struct NamedResource {
  std::string arn;
  table::TableAddress table;
  std::string stream;  // its label; empty: the table itself
};

// kValidation for an ARN that cannot be meant, in the service's order; calls word differently what `invalid` is asked
// for.
Result<NamedResource> ReadNamedResource(const Call& call,
                                        Error (*invalid)(model::TableArnDefect defect, std::string_view arn));

// Of an ARN that is none of DynamoDB's.
Error NotADynamoDbArn(std::string_view arn);

}  // namespace basalt::operations::dynamodb
