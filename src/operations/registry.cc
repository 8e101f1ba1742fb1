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
  static const std::array<Service, 2> kServices = {{
      {"dynamodb", Protocol::kJson, "DynamoDB_20120810", "", dynamodb::Operations()},
      {"sts", Protocol::kQuery, "", "2011-06-15", sts::Operations()},
  }};
  return kServices;
}

}  // namespace basalt::operations
