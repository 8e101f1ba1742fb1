#include "policy/principal_name.h"

#include <algorithm>

#include "model/arn.h"
#include "policy/text_pattern.h"

namespace basalt::policy {
namespace {

bool TakePrefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) {
    return false;
  }
  text.remove_prefix(prefix.size());
  return true;
}
bool IsUpperOrDigit(char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); }

}  // namespace

bool IsPrincipalArn(std::string_view text) {
  const ArnFields arn = SplitArn(text);
  if (arn.count != ArnFields::kCount || text.find_first_of("*?") != std::string_view::npos || arn.field[0] != "arn" ||
      arn.field[1] != model::kArnPartition || !arn.field[3].empty() || !model::IsAccountId(arn.field[4])) {
    return false;
  }
  std::string_view entity = arn.field[5];
  if (arn.field[2] == "iam") {
    return (TakePrefix(entity, "user/") || TakePrefix(entity, "role/")) && !entity.empty() && !entity.ends_with('/');
  }
  if (arn.field[2] != "sts") {
    return false;
  }
  if (TakePrefix(entity, "federated-user/")) {
    return !entity.empty();
  }
  const size_t slash = TakePrefix(entity, "assumed-role/") ? entity.find('/') : std::string_view::npos;
  return slash != std::string_view::npos && slash > 0 && slash + 1 < entity.size() &&
         entity.find('/', slash + 1) == std::string_view::npos;
}

bool IsUniqueId(std::string_view text) {
  constexpr size_t kLengthMin = 16;
  constexpr size_t kLengthMax = 128;
  return (text.starts_with("AIDA") || text.starts_with("AROA")) && text.size() >= kLengthMin &&
         text.size() <= kLengthMax && std::all_of(text.begin(), text.end(), IsUpperOrDigit);
}

std::optional<std::string_view> AccountOfRoot(std::string_view text) {
  if (model::IsAccountId(text)) {
    return text;
  }
  const ArnFields arn = SplitArn(text);
  if (arn.count == ArnFields::kCount && arn.field[0] == "arn" && arn.field[1] == model::kArnPartition &&
      arn.field[2] == "iam" && arn.field[3].empty() && model::IsAccountId(arn.field[4]) && arn.field[5] == "root") {
    return arn.field[4];
  }
  return std::nullopt;
}

}  // namespace basalt::policy
