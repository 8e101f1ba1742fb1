// What the record of a call, in the audit log, holds of its request: the members that its shape knows, first letters in
// lower case, but of attribute values only those of keys, plain. Made only for calls that are recorded.
// Source: DynamoDB Developer Guide, "Logging DynamoDB operations by using AWS CloudTrail".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "operations/operation.h"

namespace basalt::operations {

inline constexpr size_t kLoggedErrorBytesMax = 1'000;

// As JSON; nullopt if there is nothing that can be written down. With `owner`, what names tables of other accounts than
// that one is left out: it is nothing of the owner's.
std::optional<std::string> LoggedParameters(Call& call, const Operation& operation,
                                            std::optional<std::string_view> owner = {});

// The text of an error of this call, without any attribute value that it may quote, cut to what a record holds.
std::string LoggedErrorText(Call& call, const Operation& operation, std::string_view text);

// Whether a call of it changes nothing.
bool IsReadOnly(const Operation& operation);

}  // namespace basalt::operations
