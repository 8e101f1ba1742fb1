// Tokens of transactions that must not be carried out twice. A transaction leaves its token in each of its tables, in
// the same commit, so that it is there exactly if the transaction is; for ten minutes the same token means the same
// transaction again. That tables of another request hold nothing of it is made up for by what the process remembers.
// Source: API reference, TransactWriteItems, "ClientRequestToken".
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "base/mutex.h"
#include "base/result.h"
#include "crypto/digest.h"
#include "engine/engine.h"

namespace basalt::table {

// Where an account's token lies in a table's keyspace.
engine::Key RequestTokenKey(std::string_view account, std::string_view token);

struct UsedToken {
  int64_t expires_ms = 0;
  crypto::Sha256Digest request = {};  // digest of what was asked
  uint64_t read_units = 0;            // of this table, if it is asked again
};
std::string EncodeUsedToken(const UsedToken& token);
Result<UsedToken> DecodeUsedToken(std::string_view stored);  // kCorruption
// The token that lies there, unless its time is over.
Result<std::optional<UsedToken>> FindUsedToken(std::optional<std::string_view> stored, int64_t now_ms);

// Tokens of this process: those of transactions under way, and of those carried out, the newest. Any thread.
class RequestTokens {
 public:
  explicit RequestTokens(size_t used_max = size_t{1} << 17) : used_max_(used_max) {}

  enum class Begun : uint8_t {
    kYes,       // End follows
    kUnderWay,  // another request with this token
    kUsed,      // was carried out with it, and was another one
  };
  Begun Begin(const std::string& token, const crypto::Sha256Digest& request, int64_t now_ms) EXCLUDES(mutex_);
  // `used`: it was carried out now.
  void End(const std::string& token, const std::optional<UsedToken>& used) EXCLUDES(mutex_);

 private:
  // The first bytes of digests stand for tokens and requests: who could find two alike has no use for them.
  struct Used {
    uint64_t request = 0;
    int64_t expires_ms = 0;
  };
  void Forget(int64_t now_ms) REQUIRES(mutex_);

  const size_t used_max_;
  Mutex mutex_;
  std::unordered_set<uint64_t> under_way_ GUARDED_BY(mutex_);
  std::unordered_map<uint64_t, Used> used_ GUARDED_BY(mutex_);
  std::deque<uint64_t> by_age_ GUARDED_BY(mutex_);  // the keys of used_, oldest first
};

}  // namespace basalt::table
