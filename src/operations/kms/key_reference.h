// How a request names a key: by its id, by an alias, or by the ARN of either.
//
//   TRY_ASSIGN(KeyReference key, ParseKeyReference("alias/aws/dynamodb", "111122223333", "eu-west-1"));
//   key.Arn()                          // "arn:aws:kms:eu-west-1:111122223333:alias/aws/dynamodb"
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace basalt::operations::kms {

enum class KeyReferenceKind : uint8_t { kId, kAlias };

struct KeyReference {
  KeyReferenceKind kind = KeyReferenceKind::kId;
  std::string account;
  std::string region;
  std::string name;  // the id; of an alias, all of it: "alias/…"

  std::string Arn() const;
};

// What stands without an ARN is of the caller's account. kResourceNotFound, with KMS's texts, for what names no key and
// for an ARN of another region than the caller's.
Result<KeyReference> ParseKeyReference(std::string_view given, std::string_view account, std::string_view region);

std::string KeyArn(std::string_view account, std::string_view region, std::string_view id);

}  // namespace basalt::operations::kms
