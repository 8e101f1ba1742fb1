// What the record of a call that changes something holds of its answer: the same members, first letters in lower case,
// without secrets. Pure; any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace basalt::operations {

inline constexpr size_t kLoggedBytesMax = 100'000;  // of a request or an answer; what is larger is left out

// As JSON; nullopt if there is nothing that can be written down. Of a JSON service, its times as text; of a query
// service, what stands inside <OpResult>, all of it as text.
std::optional<std::string> LoggedJsonAnswer(std::string_view answer);
std::optional<std::string> LoggedXmlAnswer(std::string_view answer);

std::string InLowerCase(std::string_view name);  // its first letter

}  // namespace basalt::operations
