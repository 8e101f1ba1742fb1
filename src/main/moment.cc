#include "main/moment.h"

#include <string>

#include "main/duration.h"
#include "os/clock.h"

namespace basalt::main {

std::optional<Moment> ParseMoment(std::string_view text) {
  if (const std::optional<int64_t> ago_ms = ParseDuration(text)) {
    return Moment{*ago_ms, true};
  }
  constexpr std::string_view kForm = "0000-00-00T00:00:00Z";
  constexpr size_t kDateLength = 10;
  std::string whole(text);
  if (whole.size() == kDateLength) {
    whole += kForm.substr(kDateLength);
  }
  if (whole.size() != kForm.size()) {
    return std::nullopt;
  }
  std::string basic;
  for (size_t i = 0; i < kForm.size(); ++i) {
    if (kForm[i] != '-' && kForm[i] != ':') {
      basic += whole[i];
    } else if (whole[i] != kForm[i]) {
      return std::nullopt;
    }
  }
  const int64_t ms = os::ParseBasicIso8601(basic);
  return ms < 0 ? std::nullopt : std::optional(Moment{ms, false});
}

}  // namespace basalt::main
