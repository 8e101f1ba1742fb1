// The stored form: when it expires (8 bytes, as the engine's kExpiringSpace wants it) | format version (1) | digest of
// the request (32) | read units (varint). Integers are big-endian.
#include "table/request_token.h"

#include <algorithm>

#include "base/bytes.h"

namespace basalt::table {
namespace {

constexpr uint8_t kFormatVersion = 1;

uint64_t FirstBytes(const crypto::Sha256Digest& digest) { return ReadBigEndian64(crypto::AsView(digest).data()); }

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

RequestTokens::Begun RequestTokens::Begin(const std::string& token, const crypto::Sha256Digest& request,
                                          int64_t now_ms) {
  const uint64_t key = FirstBytes(crypto::Sha256(token));
  MutexLock lock(mutex_);
  Forget(now_ms);
  const auto used = used_.find(key);
  if (used != used_.end() && used->second.request != FirstBytes(request)) {
    return Begun::kUsed;
  }
  return under_way_.insert(key).second ? Begun::kYes : Begun::kUnderWay;
}

void RequestTokens::End(const std::string& token, const std::optional<UsedToken>& used) {
  const uint64_t key = FirstBytes(crypto::Sha256(token));
  MutexLock lock(mutex_);
  under_way_.erase(key);
  if (used && used_.try_emplace(key, Used{FirstBytes(used->request), used->expires_ms}).second) {
    by_age_.push_back(key);
  }
}

// All live equally long, so they expire in the order of their age, but for steps of the clock.
void RequestTokens::Forget(int64_t now_ms) {
  while (!by_age_.empty()) {
    const auto oldest = used_.find(by_age_.front());
    if (oldest->second.expires_ms > now_ms && by_age_.size() <= used_max_) {
      return;
    }
    used_.erase(oldest);
    by_age_.pop_front();
  }
}

}  // namespace basalt::table
