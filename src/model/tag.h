// Tags of resources: which texts may be a tag's key or its value. Lengths count UTF-16 units, as the service's do.
// Source: DynamoDB Developer Guide, "Tagging restrictions in DynamoDB"; API Reference, Tag.
#pragma once

#include <string_view>

namespace basalt::model {

bool IsTagKey(std::string_view text);          // 1 to 128; letters, numbers, separators and + - = . _ : / @
bool IsTagValue(std::string_view text);        // 0 to 256 of the same
bool IsReservedTagKey(std::string_view text);  // begins with "aws:", in any case

}  // namespace basalt::model
