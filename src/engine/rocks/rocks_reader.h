// Reads the keyspace of a stopped server without changing a byte of its directory: nothing is written and no lock is
// taken. For verification offline.
//
// Threads: one at a time; every call may wait for the disk.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret_bytes.h"
#include "base/unique_function.h"
#include "os/file_system.h"

namespace basalt::engine {

class RocksReader {
 public:
  // `directory_id` is the last part of the keyspace's name. kNotFound, kWrongKey, kCorruption (names the file).
  static Result<std::unique_ptr<RocksReader>> Open(os::FileSystem& files, const std::string& directory,
                                                   const std::string& directory_id, const SecretBytes& wrapping_key);

  RocksReader() = default;
  RocksReader(const RocksReader&) = delete;
  RocksReader& operator=(const RocksReader&) = delete;
  virtual ~RocksReader() = default;

  // Every entry of a space in key order; stops with the first error `visit` returns.
  virtual Status ForEach(uint16_t space,
                         UniqueFunction<Status(std::string_view key, std::string_view value)> visit) = 0;
};

}  // namespace basalt::engine
