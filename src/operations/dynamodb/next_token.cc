// The text of positions.
#include "operations/dynamodb/next_token.h"

#include <cstdint>

#include "base/base64.h"
#include "base/bytes.h"
#include "base/check.h"
#include "crypto/digest.h"
#include "model/limits.h"

namespace basalt::operations::dynamodb {
namespace {

constexpr char kFormatVersion = 1;
constexpr size_t kDigestBytes = sizeof(crypto::Sha256Digest);
constexpr size_t kHeadBytes = 1 + kDigestBytes + 1;

crypto::Sha256Digest DigestOf(std::string_view position, std::string_view purpose) {
  std::string bytes = "NextToken";
  AppendLengthPrefixed(bytes, position);
  AppendLengthPrefixed(bytes, purpose);
  return crypto::Sha256(bytes);
}

}  // namespace

std::string EncodeNextToken(const ReadPosition& position, std::string_view purpose) {
  BASALT_CHECK(position.partition <= UINT8_MAX);
  std::string rest(1, static_cast<char>(static_cast<uint8_t>(position.partition)));
  rest += position.key;
  std::string bytes(1, kFormatVersion);
  bytes += crypto::AsView(DigestOf(rest, purpose));
  bytes += rest;
  std::string token = Base64Encode(bytes);
  BASALT_CHECK(token.size() <= model::kNextTokenLengthMax);
  return token;
}

Result<ReadPosition> DecodeNextToken(std::string_view token, std::string_view purpose) {
  std::string bytes(token.size() / 4 * 3, '\0');
  size_t size = 0;
  if (token.size() > model::kNextTokenLengthMax || Base64Decode(token, bytes.data(), size) != Base64Defect::kNone ||
      size < kHeadBytes) {
    return NextTokenMismatch();
  }
  bytes.resize(size);
  const std::string_view rest = std::string_view(bytes).substr(1 + kDigestBytes);
  if (bytes.front() != kFormatVersion ||
      std::string_view(bytes).substr(1, kDigestBytes) != crypto::AsView(DigestOf(rest, purpose))) {
    return NextTokenMismatch();
  }
  return ReadPosition{static_cast<uint8_t>(rest.front()), std::string(rest.substr(1))};
}

Error NextTokenMismatch() { return Error(Reason::kValidation, "NextToken does not match request"); }

}  // namespace basalt::operations::dynamodb
