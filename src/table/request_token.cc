// The stored form: when it expires (8 bytes, as the engine's kExpiringSpace wants it) | format version (1) | digest of
// the request (32) | read units (varint). Integers are big-endian.
#include "table/request_token.h"

#include <algorithm>

#include "base/bytes.h"

namespace basalt::table {
namespace {

constexpr uint8_t kFormatVersion = 1;

}  // namespace

engine::Key RequestTokenKey(std::string_view account, std::string_view token) {
  engine::Key key{engine::kExpiringSpace, {}};
  AppendLengthPrefixed(key.bytes, account);
  key.bytes.append(token);
  return key;
}

std::string EncodeUsedToken(const UsedToken& token) {
  std::string stored;
  AppendBigEndian64(stored, static_cast<uint64_t>(token.expires_ms));
  stored.push_back(static_cast<char>(kFormatVersion));
  stored.append(crypto::AsView(token.request));
  AppendVarint(stored, token.read_units);
  return stored;
}

Result<UsedToken> DecodeUsedToken(std::string_view stored) {
  ByteReader reader(stored);
  const auto expires_ms = reader.Read64();
  const auto version = reader.Read8();
  const auto request = reader.ReadBytes(crypto::Sha256Digest().size());
  const auto read_units = reader.ReadVarint();
  if (!expires_ms || version != kFormatVersion || !request || !read_units || !reader.empty()) {
    return Error(Reason::kCorruption, "a stored request token has an unknown format");
  }
  UsedToken token;
  token.expires_ms = static_cast<int64_t>(*expires_ms);
  std::copy(request->begin(), request->end(), token.request.begin());
  token.read_units = *read_units;
  return token;
}

Result<std::optional<UsedToken>> FindUsedToken(std::optional<std::string_view> stored, int64_t now_ms) {
  if (!stored) {
    return std::optional<UsedToken>();
  }
  TRY_ASSIGN(const UsedToken token, DecodeUsedToken(*stored));
  return token.expires_ms > now_ms ? std::optional(token) : std::nullopt;
}

}  // namespace basalt::table
