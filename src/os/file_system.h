// Files as the house needs them: append-only writers, random and sequential readers, and the few directory
// operations. RealFileSystem is POSIX; SimulatedFileSystem keeps everything in memory, can lose what was not
// synced and tear the last write, and stops at a chosen operation, so that power loss is a unit test.
//
// Every method may block (never call one on a loop) and is safe from several threads on different files.
// Errors: kNotFound, kAlreadyExists, else kIo; the text holds operation, path and errno's words.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace basalt::os {

class WritableFile {
 public:
  WritableFile() = default;
  WritableFile(const WritableFile&) = delete;
  WritableFile& operator=(const WritableFile&) = delete;
  virtual ~WritableFile() = default;  // closes; unsynced bytes may or may not survive a power loss

  virtual Status Append(std::string_view bytes) = 0;
  virtual Status Sync() = 0;  // fdatasync: bytes and size are durable when it returns ok. Never retried after a failure
  virtual Status Close() = 0;
  virtual uint64_t size_bytes() const = 0;
};

class RandomFile {
 public:
  RandomFile() = default;
  RandomFile(const RandomFile&) = delete;
  RandomFile& operator=(const RandomFile&) = delete;
  virtual ~RandomFile() = default;

  // Reads up to `count` bytes at `offset` into `out`; fewer only at the end of the file. Thread-safe.
  virtual Result<size_t> Read(uint64_t offset, size_t count, char* out) const = 0;
  virtual Result<uint64_t> Size() const = 0;
};

struct DirectoryEntry {
  std::string name;
  bool is_directory = false;
};

class FileLock {
 public:
  FileLock() = default;
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;
  virtual ~FileLock() = default;  // releases
};

class FileSystem {
 public:
  FileSystem() = default;
  FileSystem(const FileSystem&) = delete;
  FileSystem& operator=(const FileSystem&) = delete;
  virtual ~FileSystem() = default;

  // Creates or truncates.
  virtual Result<std::unique_ptr<WritableFile>> NewWritableFile(const std::string& path) = 0;
  virtual Result<std::unique_ptr<RandomFile>> NewRandomFile(const std::string& path) = 0;
  virtual Result<bool> FileExists(const std::string& path) = 0;  // files and directories
  virtual Result<uint64_t> FileSize(const std::string& path) = 0;
  virtual Result<int64_t> ModificationTimeMs(const std::string& path) = 0;
  virtual Result<std::vector<DirectoryEntry>> ListDirectory(const std::string& path) = 0;  // sorted by name
  virtual Status CreateDirectory(const std::string& path) = 0;  // 0700; kAlreadyExists if there
  virtual Status RemoveFile(const std::string& path) = 0;
  virtual Status RemoveDirectory(const std::string& path) = 0;                // must be empty
  virtual Status Rename(const std::string& from, const std::string& to) = 0;  // replaces; atomic
  virtual Status HardLink(const std::string& from, const std::string& to) = 0;
  virtual Status SyncDirectory(const std::string& path) = 0;  // names created, renamed and removed in it are durable
  virtual Result<std::unique_ptr<FileLock>> LockFile(const std::string& path) = 0;  // kAlreadyExists: held elsewhere

  // Built from the above.
  Result<std::string> ReadFile(const std::string& path);
  // Temp file beside it, sync, rename, sync of the directory: afterwards the old or the new content is there, whole.
  Status WriteFileAtomically(const std::string& path, std::string_view content);
  Status CreateDirectories(const std::string& path);  // with parents, each synced into its parent
  Status RemoveTree(const std::string& path);         // ok if absent
};

std::string ParentDirectory(const std::string& path);
std::string JoinPath(std::string_view directory, std::string_view name);

FileSystem& RealFileSystem();

}  // namespace basalt::os
