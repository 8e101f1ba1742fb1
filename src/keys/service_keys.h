// ServiceKeys: the 256-bit keys the service owns, one an account and region, that wrap the table keys of tables without
// a customer's key. Stored in the keyspace system/kms, each wrapped by the root key; held in memory once loaded.
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
inline constexpr size_t kTableKeyBytes = 32;

// What a wrapped table key is bound to: it opens under no other.
struct TableKeyContext {
  std::string_view account;
  std::string_view region;
  std::string_view table_name;
  std::string_view table_id;
};

struct TableKey {
  SecretBytes key;
  std::string wrapped;  // for the table's record
};

class ServiceKeys {
 public:
  // Reads and unwraps every key. kWrongKey or kCorruption if one cannot be. `root_key` and `clock` outlive it.
  static void Load(std::shared_ptr<engine::Keyspace> keyspace, const RootKey& root_key, os::Clock& clock,
                   Executor& home, engine::Done<std::unique_ptr<ServiceKeys>> done);
  // The same from entries read elsewhere, for looking only: Ensure answers kUnavailable for a key that is not there.
  static Result<std::unique_ptr<ServiceKeys>> FromEntries(std::span<const engine::Entry> entries,
                                                          const RootKey& root_key);
  ServiceKeys(const ServiceKeys&) = delete;
  ServiceKeys& operator=(const ServiceKeys&) = delete;
  ~ServiceKeys() = default;

  // Whether NewTableKey would find the account's key in this region.
  bool Has(std::string_view account, std::string_view region) const;
  // Makes it, durably, if it is not there.
  void Ensure(std::string account, std::string region, Executor& home, engine::Done<void> done);

  // A new random table key. kNotFound unless the account's key was ensured.
  Result<TableKey> NewTableKey(const TableKeyContext& context) const;
  // kWrongKey if `wrapped` was made for another context or under another key, kNotFound if its key is gone.
  Result<SecretBytes> UnwrapTableKey(const TableKeyContext& context, std::string_view wrapped) const;

 private:
  using Address = std::pair<std::string, std::string>;  // account, region

  ServiceKeys(std::shared_ptr<engine::Keyspace> keyspace, const RootKey& root_key, os::Clock* clock);

  static void LoadFrom(std::unique_ptr<ServiceKeys> keys, std::string begin, Executor& home,
                       engine::Done<std::unique_ptr<ServiceKeys>> done);
  Status Add(const engine::Entry& entry);
  std::shared_ptr<const SecretBytes> Find(std::string_view account, std::string_view region) const;

  std::shared_ptr<engine::Keyspace> keyspace_;  // null when made from entries
  const RootKey& root_key_;
  os::Clock* clock_;
  mutable Mutex mutex_;
  std::map<Address, std::shared_ptr<const SecretBytes>> keys_ GUARDED_BY(mutex_);
};

}  // namespace basalt::keys
