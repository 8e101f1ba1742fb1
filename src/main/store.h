// Store: a data directory (or memory) opened for work: locked, its root key and system key at hand, its system files
// checked, engine running, identities, service-owned and managed keys loaded. Tables are the catalogue's, on top of it.
//
// Threads: opened, completed and destroyed on one thread that is not a loop (all three block); what it gives out is
// safe from any.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "audit/log.h"
#include "base/result.h"
#include "base/secret_bytes.h"
#include "base/thread_pool.h"
#include "engine/engine.h"
#include "identity/directory.h"
#include "keys/managed_keys.h"
#include "keys/root_key.h"
#include "keys/service_keys.h"
#include "os/clock.h"
#include "os/file_system.h"

namespace basalt::main {

enum class FirstStart : uint8_t {
  kRefuse,  // the directory must be complete
  kMake,    // make one if it is absent, empty or unfinished; the root key file too if it is absent
};

struct StoreOptions {
  std::string data_dir;  // unused in memory
  keys::RootKeyProvider root_key;
  FirstStart first_start = FirstStart::kRefuse;
  std::optional<int64_t> block_cache_bytes;
  std::optional<int64_t> write_buffer_bytes;
  std::optional<size_t> open_tables_max;
  std::optional<size_t> table_files_max;  // that they may hold open together
};

class Store {
 public:
  // Errors are whole lines, `WHAT; WHAT TO DO`, of whatever reason. The clock says when things are made and committed.
  static Result<std::unique_ptr<Store>> Open(const StoreOptions& options, os::FileSystem& files, os::Clock& clock);
  static Result<std::unique_ptr<Store>> OpenInMemory(os::Clock& clock);
  ~Store();  // keyspaces of tables must be closed before
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  // Whether this call to Open made the directory; it is complete only after Complete.
  bool is_new() const { return is_new_; }
  Status Complete();

  engine::Engine& engine() { return *engine_; }
  engine::KeySource system_key_source() const;
  identity::Directory& directory() { return *directory_; }
  keys::ServiceKeys& service_keys() { return *service_keys_; }
  keys::ManagedKeys& managed_keys() { return *managed_keys_; }
  // The audit log of the directory, or in memory. The store outlives it.
  Result<std::unique_ptr<audit::Log>> OpenAuditLog(audit::LogOptions options, os::Clock& clock);
  // Where completions of this thread's calls run.
  Executor& home() { return *home_; }

 private:
  Store() = default;

  Status LoadSystemKeyspaces(os::Clock& clock);
  Result<std::shared_ptr<engine::Keyspace>> OpenKeyspace(const std::string& name);

  os::FileSystem* files_ = nullptr;
  std::string data_dir_;                          // empty in memory
  std::unique_ptr<os::FileSystem> memory_files_;  // in memory, of the audit log
  bool is_new_ = false;
  std::unique_ptr<os::FileLock> lock_;
  std::unique_ptr<keys::RootKey> root_key_;
  std::shared_ptr<const SecretBytes> system_key_;
  std::unique_ptr<ThreadPool> home_;
  std::unique_ptr<engine::Engine> engine_;
  std::unique_ptr<keys::ServiceKeys> service_keys_;
  std::unique_ptr<keys::ManagedKeys> managed_keys_;
  std::unique_ptr<identity::Directory> directory_;
};

}  // namespace basalt::main
