// ServiceKeys: the 256-bit keys the service owns, one an account and region, that wrap the table keys of tables without
// a customer's key.
//
// Threads: any. Ensure touches storage and completes on `home`; the rest answers from memory at once.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/executor.h"
#include "base/result.h"
#include "base/secret_bytes.h"
#include "engine/engine.h"
#include "keys/kept_keys.h"
#include "keys/root_key.h"
#include "os/clock.h"

namespace basalt::keys {

inline constexpr KeyKind kServiceKeyKind = {.space = 0, .purpose = "basalt service key", .has_id = false};
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
  // As KeptKeys.
  static void Load(std::shared_ptr<engine::Keyspace> keyspace, const RootKey& root_key, os::Clock& clock,
                   Executor& home, engine::Done<std::unique_ptr<ServiceKeys>> done);
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
  explicit ServiceKeys(std::unique_ptr<KeptKeys> keys) : keys_(std::move(keys)) {}

  std::unique_ptr<KeptKeys> keys_;
};

}  // namespace basalt::keys
