// KeptKeys: 256-bit keys, at most one an account and region, that are made on first use and the same ever after. Each
// kind lies in a space of its own of the keyspace system/kms, every key wrapped by the root key; all are held in memory
// once loaded.
//
// Threads: any. Ensure touches storage and completes on `home`; the rest answers from memory at once.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/executor.h"
#include "base/mutex.h"
#include "base/result.h"
#include "base/secret_bytes.h"
#include "engine/engine.h"
#include "keys/root_key.h"
#include "os/clock.h"

namespace basalt::keys {

inline constexpr char kKmsKeyspace[] = "system/kms";

// What keys are for, where they lie, and whether they have names.
struct KeyKind {
  uint16_t space;
  std::string_view purpose;  // bound into every wrap: a key of one kind opens as none of another
  bool has_id;
};

struct KeptKey {
  std::string id;  // a UUID; empty if the kind has none
  int64_t created_ms = 0;
  SecretBytes secret;
};

class KeptKeys {
 public:
  // Reads and unwraps every key of the kind. kWrongKey or kCorruption if one cannot be. `root_key` and `clock` outlive
  // it, and what `kind` views does.
  static void Load(const KeyKind& kind, std::shared_ptr<engine::Keyspace> keyspace, const RootKey& root_key,
                   os::Clock& clock, Executor& home, engine::Done<std::unique_ptr<KeptKeys>> done);
  // The same from entries of that space read elsewhere, for looking only: Ensure answers kUnavailable for a key that is
  // not there.
  static Result<std::unique_ptr<KeptKeys>> FromEntries(const KeyKind& kind, std::span<const engine::Entry> entries,
                                                       const RootKey& root_key);
  KeptKeys(const KeptKeys&) = delete;
  KeptKeys& operator=(const KeptKeys&) = delete;
  ~KeptKeys() = default;

  // Null if it was never made.
  std::shared_ptr<const KeptKey> Find(std::string_view account, std::string_view region) const;
  // Makes it, durably, if it is not there.
  void Ensure(std::string account, std::string region, Executor& home,
              engine::Done<std::shared_ptr<const KeptKey>> done);

 private:
  using Address = std::pair<std::string, std::string>;  // account, region

  KeptKeys(const KeyKind& kind, std::shared_ptr<engine::Keyspace> keyspace, const RootKey& root_key, os::Clock* clock);

  static void LoadFrom(std::unique_ptr<KeptKeys> keys, std::string begin, Executor& home,
                       engine::Done<std::unique_ptr<KeptKeys>> done);
  // The value of a new key's record.
  Result<std::string> MakeRecord(std::string_view account, std::string_view region) const;
  // Unwraps and keeps what a record holds; answers what is kept under its account and region.
  Result<std::shared_ptr<const KeptKey>> Add(const engine::Entry& entry);

  const KeyKind kind_;
  std::shared_ptr<engine::Keyspace> keyspace_;  // null when made from entries
  const RootKey& root_key_;
  os::Clock* clock_;
  mutable Mutex mutex_;
  std::map<Address, std::shared_ptr<const KeptKey>> keys_ GUARDED_BY(mutex_);
};

}  // namespace basalt::keys
