// Names of keys.
#include "operations/kms/key_reference.h"

#include <fmt/format.h>

#include <algorithm>

#include "model/arn.h"

namespace basalt::operations::kms {
namespace {

constexpr std::string_view kService = "kms";
constexpr std::string_view kAliasPrefix = "alias/";
constexpr std::string_view kKeyPrefix = "key/";
constexpr std::string_view kMultiRegionPrefix = "mrk-";
constexpr std::string_view kUuidForm = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
constexpr size_t kMultiRegionDigits = 32;

bool IsHexDigit(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

bool IsKeyId(std::string_view text) {
  if (text.starts_with(kMultiRegionPrefix)) {
    text.remove_prefix(kMultiRegionPrefix.size());
    return text.size() == kMultiRegionDigits && std::all_of(text.begin(), text.end(), IsHexDigit);
  }
  return text.size() == kUuidForm.size() &&
         std::equal(text.begin(), text.end(), kUuidForm.begin(),
                    [](char c, char form) { return form == '-' ? c == '-' : IsHexDigit(c); });
}

Error NotFound(std::string text) { return Error(Reason::kResourceNotFound, std::move(text)); }

}  // namespace

std::string KeyReference::Arn() const {
  if (kind == KeyReferenceKind::kId) {
    return KeyArn(account, region, name);
  }
  return model::Arn::Make(kService, region, account, name).ToString();
}

std::string KeyArn(std::string_view account, std::string_view region, std::string_view id) {
  return model::Arn::Make(kService, region, account, std::string(kKeyPrefix) + std::string(id)).ToString();
}

Result<KeyReference> ParseKeyReference(std::string_view given, std::string_view account, std::string_view region) {
  KeyReference key;
  key.account = account;
  key.region = region;
  key.name = given;
  bool is_key = true;
  if (model::LooksLikeArn(given)) {
    const Result<model::Arn> arn = model::Arn::Parse(given);
    if (!arn.ok() || arn->partition() != model::kArnPartition || arn->service() != kService ||
        !model::IsRegionName(arn->region()) || !model::IsAccountId(arn->account())) {
      return NotFound(fmt::format("Invalid keyId '{}'", given));
    }
    if (arn->region() != region) {
      return NotFound(fmt::format("Invalid arn {}", arn->region()));
    }
    key.account = arn->account();
    key.name = arn->resource();
    is_key = key.name.starts_with(kKeyPrefix);
    if (is_key) {
      key.name.erase(0, kKeyPrefix.size());
    }
  }
  if (is_key && IsKeyId(key.name)) {
    return key;
  }
  // An ARN says whether it is a key's; without one, the prefix does.
  if (key.name.starts_with(kAliasPrefix) && key.name.size() > kAliasPrefix.size() && (!is_key || key.name == given)) {
    key.kind = KeyReferenceKind::kAlias;
    return key;
  }
  return NotFound(fmt::format("Invalid keyId '{}'", given));
}

}  // namespace basalt::operations::kms
