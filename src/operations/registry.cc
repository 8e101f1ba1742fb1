// The services and how each is spoken to.
#include <array>

#include "operations/operation.h"

namespace basalt::operations {

const Operation* Service::Find(std::string_view operation) const {
  for (const Operation& row : operations) {
    if (row.name == operation) {
      return &row;
    }
  }
  return nullptr;
}

std::span<const Service> AllServices() {
  static const std::array<Service, 6> kServices = {{
      {"dynamodb", Protocol::kJson, "DynamoDB_20120810", "application/x-amz-json-1.0", "", ErrorStyle::kDynamoDb,
       dynamodb::Denial, dynamodb::Operations()},
      {"dynamodb", Protocol::kJson, "DynamoDBStreams_20120810", "application/x-amz-json-1.0", "", ErrorStyle::kDynamoDb,
       dynamodb::Denial, streams::Operations()},
      {"kms", Protocol::kJson, "TrentService", "application/x-amz-json-1.1", "", ErrorStyle::kKms, kms::Denial,
       kms::Operations()},
      {"iam", Protocol::kQuery, "", "text/xml", "2010-05-08", ErrorStyle::kDynamoDb, nullptr, iam::Operations(), true},
      {"sts", Protocol::kQuery, "", "text/xml", "2011-06-15", ErrorStyle::kDynamoDb, nullptr, sts::Operations(), true},
      {"organizations", Protocol::kJson, "AWSOrganizationsV20161128", "application/x-amz-json-1.1", "",
       ErrorStyle::kOrganizations, nullptr, organizations::Operations(), true},
  }};
  return kServices;
}

}  // namespace basalt::operations
