// Verification of a stopped data directory: every byte of every file, and that each keyspace opens. Writes nothing.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "keys/root_key.h"
#include "os/file_system.h"

namespace basalt::main {

struct FileReport {
  std::string table;  // ARN, or the system keyspace's name; empty for files of the directory itself
  std::string path;   // with the data directory
  bool ok = true;
  std::string reason;  // why not; or a remark on a file that is
};

struct VerifyReport {
  std::vector<FileReport> files;  // by path

  size_t DamagedCount() const;
  std::string Json() const;  // one array of {table, path, ok, reason}
  std::string Text() const;  // a line for each file with something to say, then the sum
};

// Errors are refusals: the wrong root key, a directory that is none of ours.
Result<VerifyReport> VerifyDirectory(os::FileSystem& files, const std::string& data_dir, const keys::RootKey& root_key);

}  // namespace basalt::main
