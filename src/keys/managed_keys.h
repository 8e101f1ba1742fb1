// ManagedKeys: the KMS keys that are made for customers and not by them, one an account and region: those behind
// alias/aws/dynamodb. Source: AWS KMS Developer Guide, "AWS managed keys".
//
// Threads: any. Ensure touches storage and completes on `home`; the rest answers from memory at once.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/executor.h"
#include "base/result.h"
#include "engine/engine.h"
#include "keys/kept_keys.h"
#include "keys/root_key.h"
#include "os/clock.h"

namespace basalt::keys {

inline constexpr KeyKind kManagedKeyKind = {.space = 1, .purpose = "basalt managed key", .has_id = true};

// What anybody who may see the key may know of it.
struct ManagedKey {
  std::string id;  // a UUID
  int64_t created_ms = 0;
  std::string material_id;  // 64 hex digits: the hash of what commits to the material and tells nothing of it
};

class ManagedKeys {
 public:
  // As KeptKeys.
  static void Load(std::shared_ptr<engine::Keyspace> keyspace, const RootKey& root_key, os::Clock& clock,
                   Executor& home, engine::Done<std::unique_ptr<ManagedKeys>> done);
  static Result<std::unique_ptr<ManagedKeys>> FromEntries(std::span<const engine::Entry> entries,
                                                          const RootKey& root_key);
  ManagedKeys(const ManagedKeys&) = delete;
  ManagedKeys& operator=(const ManagedKeys&) = delete;
  ~ManagedKeys() = default;

  // The account's key in this region, if it was ever made.
  std::optional<ManagedKey> Find(std::string_view account, std::string_view region) const;
  // Makes it, durably, if it is not there.
  void Ensure(std::string account, std::string region, Executor& home, engine::Done<ManagedKey> done);

 private:
  explicit ManagedKeys(std::unique_ptr<KeptKeys> keys) : keys_(std::move(keys)) {}

  std::unique_ptr<KeptKeys> keys_;
};

}  // namespace basalt::keys
