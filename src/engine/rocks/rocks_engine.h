// The embedded default engine: one RocksDB per keyspace, in a directory of its own under a root, every file sealed
// under that directory's keys. Keyspace "tables/3f" lives in ROOT/tables/3f.
//
// Threads: as engine.h says. The engine has pools of its own for reads that miss the cache, for synced writes and for
// opening and closing. Its destructor closes what is still open and waits for it; homes must be running until then.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "engine/engine.h"
#include "os/clock.h"
#include "os/file_system.h"

namespace basalt::engine {

inline constexpr size_t kKeyspaceFilesMin = 32;  // what one open keyspace may hold open at the least

struct RocksOptions {
  os::FileSystem* files = &os::RealFileSystem();
  os::Clock* clock = &os::SystemClock();
  std::string root;
  size_t read_threads = 4;
  size_t commit_threads = 4;   // they sleep in fdatasync: more than cores
  size_t control_threads = 2;  // opens and closes
  size_t block_cache_bytes = size_t{256} << 20;
  size_t write_buffer_budget_bytes = size_t{256} << 20;  // of all memtables together
  // What to expect; both only divide: open files among keyspaces.
  size_t open_keyspaces_max = 256;
  size_t open_files_max = 16384;
};

std::unique_ptr<Engine> NewRocksEngine(RocksOptions options);

}  // namespace basalt::engine
