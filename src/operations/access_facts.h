// What a call says of one of its accesses, as the condition keys of DynamoDB name it. Put together only when a policy
// reads one of them; views are of the call. Source: service authorization reference, "Condition keys for Amazon
// DynamoDB".
#pragma once

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace basalt::operations {

struct AccessFacts {
  // Of each attribute of the partition key the values that are touched, in the form that policies are written in.
  // Empty: not said.
  std::vector<std::vector<std::string_view>> partition_values = {};
  std::optional<std::vector<std::string_view>> attributes = {};  // top-level names, any number of times
  std::string_view select = {};                                  // this one and the next: empty if not said
  std::string_view return_values = {};
  std::string_view returned_capacity = {};
  std::string_view enclosing_operation = {};
  std::optional<bool> full_table_scan = {};
  std::vector<std::pair<std::string_view, std::string_view>> request_tags = {};
  std::optional<std::vector<std::string_view>> tag_keys = {};
};

}  // namespace basalt::operations
