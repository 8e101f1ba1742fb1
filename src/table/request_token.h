// Tokens of transactions that must not be carried out twice. A transaction leaves its token in each of its tables, in
// the same commit, so that it is there exactly if the transaction is; for ten minutes the same token means the same
// transaction again. Source: API reference, TransactWriteItems, "ClientRequestToken".
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

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

// Tokens of transactions under way, in the whole process. Any thread.
class TokensUnderWay {
 public:
  // False if there is one with this token.
  bool Begin(const std::string& token) {
    MutexLock lock(mutex_);
    return tokens_.insert(token).second;
  }
  void End(const std::string& token) {
    MutexLock lock(mutex_);
    tokens_.erase(token);
  }

 private:
  Mutex mutex_;
  std::set<std::string> tokens_ GUARDED_BY(mutex_);
};

}  // namespace basalt::table
