// What RocksDB takes for its file system: every file of one directory sealed under that directory's keyring. SST and
// blob files are chunked, the rest framed, LOCK alone is a plain empty file. All sizes RocksDB sees are logical.
// Nothing is reopened for append, reused, truncated or mapped; no log is written.
//
// Thread-safe, as RocksDB demands. A failed seal is IOStatus::Corruption and names the file.
#pragma once

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <memory>

#include "os/file_system.h"
#include "sealed/keyring.h"

namespace basalt::engine::rocks {

enum class Access : uint8_t { kReadWrite, kReadOnly };  // kReadOnly: every change answers NotSupported

// The file system in the form the options want it.
std::unique_ptr<rocksdb::Env> NewSealedEnv(os::FileSystem& files, std::shared_ptr<const sealed::Keyring> keyring,
                                           Access access);

// RocksDB's own log lines may hold keys, so nothing of them is kept.
std::shared_ptr<rocksdb::Logger> NewSilentLogger();

}  // namespace basalt::engine::rocks
