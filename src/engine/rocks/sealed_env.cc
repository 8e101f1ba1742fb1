#include "engine/rocks/sealed_env.h"

#include <rocksdb/system_clock.h>

#include <algorithm>
#include <utility>

#include "engine/rocks/rocks_status.h"
#include "sealed/sealed_file.h"

namespace basalt::engine::rocks {
namespace {

using rocksdb::FileOptions;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

constexpr std::string_view kLockFileName = "LOCK";

bool IsLock(const std::string& path) {
  const size_t slash = path.rfind('/');
  return std::string_view(path).substr(slash == std::string::npos ? 0 : slash + 1) == kLockFileName;
}

bool IsLog(const std::string& path) { return path.ends_with(".log"); }

sealed::Layout LayoutOf(const std::string& path) {
  return path.ends_with(".sst") || path.ends_with(".blob") ? sealed::Layout::kChunked : sealed::Layout::kFramed;
}

class SilentLogger final : public rocksdb::Logger {
 public:
  SilentLogger() : rocksdb::Logger(rocksdb::InfoLogLevel::FATAL_LEVEL) {}
  using rocksdb::Logger::Logv;
  void Logv(const char* /*format*/, va_list /*arguments*/) override {}
  void Logv(const rocksdb::InfoLogLevel /*level*/, const char* /*format*/, va_list /*arguments*/) override {}
  void LogHeader(const char* /*format*/, va_list /*arguments*/) override {}
};

class WritableFile final : public rocksdb::FSWritableFile {
 public:
  WritableFile(std::string path, std::unique_ptr<sealed::SealedWriter> writer)
      : path_(std::move(path)), writer_(std::move(writer)) {}

  using rocksdb::FSWritableFile::Append;
  using rocksdb::FSWritableFile::PositionedAppend;

  IOStatus Append(const Slice& bytes, const IOOptions& /*options*/, IODebugContext* /*dbg*/) override {
    return Run([&] { return writer_->Append({bytes.data(), bytes.size()}); });
  }
  IOStatus PositionedAppend(const Slice& /*bytes*/, uint64_t /*offset*/, const IOOptions& /*options*/,
                            IODebugContext* /*dbg*/) override {
    return IOStatus::NotSupported(path_);
  }
  IOStatus Truncate(uint64_t /*size*/, const IOOptions& /*options*/, IODebugContext* /*dbg*/) override {
    return IOStatus::NotSupported(path_);
  }
  IOStatus Flush(const IOOptions& /*options*/, IODebugContext* /*dbg*/) override {
    return Run([&] { return writer_->Flush(); });
  }
  IOStatus Sync(const IOOptions& /*options*/, IODebugContext* /*dbg*/) override {
    return Run([&] { return writer_->Sync(); });
  }
  IOStatus Close(const IOOptions& /*options*/, IODebugContext* /*dbg*/) override {
    if (failed_) {
      // No final frame: the file ends as a crash would have left it.
      writer_.reset();
      return IOStatus::OK();
    }
    // A log's end is made durable, so that a later loss of its tail is seen and a clean close is known as one.
    IOStatus status = IsLog(path_) ? Run([&] { return writer_->Finish(); }) : IOStatus::OK();
    if (status.ok()) {
      status = Run([&] { return writer_->Close(); });
    }
    closed_ = true;
    return status;
  }
  uint64_t GetFileSize(const IOOptions& /*options*/, IODebugContext* /*dbg*/) override {
    return writer_ == nullptr ? 0 : writer_->logical_size();
  }

 private:
  // After one failure the file is left alone: a sync that failed once may lie the second time.
  template <class Step>
  IOStatus Run(Step step) {
    if (failed_ || closed_) {
      return IOStatus::IOError("an earlier write or sync failed", path_);
    }
    const Status status = step();
    failed_ = !status.ok();
    return IoStatusOf(status);
  }

  const std::string path_;
  std::unique_ptr<sealed::SealedWriter> writer_;
  bool failed_ = false;
  bool closed_ = false;
};

class SequentialFile final : public rocksdb::FSSequentialFile {
 public:
  explicit SequentialFile(std::unique_ptr<sealed::SealedReader> reader) : reader_(std::move(reader)) {}

  IOStatus Read(size_t count, const IOOptions& /*options*/, Slice* result, char* scratch,
                IODebugContext* /*dbg*/) override {
    Result<size_t> read = reader_->Read(offset_, count, scratch);
    if (!read.ok()) {
      *result = Slice();
      return IoStatusOf(read.error());
    }
    offset_ += *read;
    *result = Slice(scratch, *read);
    return IOStatus::OK();
  }
  IOStatus Skip(uint64_t count) override {
    offset_ += std::min(count, reader_->logical_size() - std::min(offset_, reader_->logical_size()));
    return IOStatus::OK();
  }

 private:
  const std::unique_ptr<sealed::SealedReader> reader_;
  uint64_t offset_ = 0;
};

class RandomAccessFile final : public rocksdb::FSRandomAccessFile {
 public:
  explicit RandomAccessFile(std::unique_ptr<sealed::SealedReader> reader) : reader_(std::move(reader)) {}

  IOStatus Read(uint64_t offset, size_t count, const IOOptions& /*options*/, Slice* result, char* scratch,
                IODebugContext* /*dbg*/) const override {
    Result<size_t> read = reader_->Read(offset, count, scratch);
    if (!read.ok()) {
      *result = Slice();
      return IoStatusOf(read.error());
    }
    *result = Slice(scratch, *read);
    return IOStatus::OK();
  }

 private:
  const std::unique_ptr<sealed::SealedReader> reader_;
};

class Directory final : public rocksdb::FSDirectory {
 public:
  Directory(os::FileSystem& files, std::string path, Access access)
      : files_(files), path_(std::move(path)), access_(access) {}
  IOStatus Fsync(const IOOptions& /*options*/, IODebugContext* /*dbg*/) override {
    if (access_ == Access::kReadOnly) {
      return IOStatus::NotSupported(path_);
    }
    return IoStatusOf(files_.SyncDirectory(path_));
  }
  IOStatus Close(const IOOptions& /*options*/, IODebugContext* /*dbg*/) override { return IOStatus::OK(); }

 private:
  os::FileSystem& files_;
  const std::string path_;
  const Access access_;
};

class HeldLock final : public rocksdb::FileLock {
 public:
  explicit HeldLock(std::unique_ptr<os::FileLock> lock) : lock_(std::move(lock)) {}

 private:
  const std::unique_ptr<os::FileLock> lock_;
};

class SealedFileSystem final : public rocksdb::FileSystem {
 public:
  SealedFileSystem(os::FileSystem& files, std::shared_ptr<const sealed::Keyring> keyring, Access access)
      : files_(files), keyring_(std::move(keyring)), access_(access) {}

  const char* Name() const override { return "BasaltSealedFileSystem"; }

  IOStatus NewSequentialFile(const std::string& path, const FileOptions& /*options*/,
                             std::unique_ptr<rocksdb::FSSequentialFile>* result, IODebugContext* /*dbg*/) override {
    auto reader = sealed::NewSealedReader(files_, path, keyring_);
    if (!reader.ok()) {
      return IoStatusOf(reader.error());
    }
    *result = std::make_unique<SequentialFile>(std::move(*reader));
    return IOStatus::OK();
  }

  IOStatus NewRandomAccessFile(const std::string& path, const FileOptions& /*options*/,
                               std::unique_ptr<rocksdb::FSRandomAccessFile>* result, IODebugContext* /*dbg*/) override {
    auto reader = sealed::NewSealedReader(files_, path, keyring_);
    if (!reader.ok()) {
      return IoStatusOf(reader.error());
    }
    *result = std::make_unique<RandomAccessFile>(std::move(*reader));
    return IOStatus::OK();
  }

  IOStatus NewWritableFile(const std::string& path, const FileOptions& /*options*/,
                           std::unique_ptr<rocksdb::FSWritableFile>* result, IODebugContext* /*dbg*/) override {
    if (access_ == Access::kReadOnly) {
      return IOStatus::NotSupported(path);
    }
    auto writer = sealed::NewSealedWriter(files_, path, LayoutOf(path), keyring_);
    if (!writer.ok()) {
      return IoStatusOf(writer.error());
    }
    *result = std::make_unique<WritableFile>(path, std::move(*writer));
    return IOStatus::OK();
  }

  // One data key a file, and no nonce twice: a file once written is never written again.
  IOStatus ReopenWritableFile(const std::string& path, const FileOptions& /*options*/,
                              std::unique_ptr<rocksdb::FSWritableFile>* /*result*/, IODebugContext* /*dbg*/) override {
    return IOStatus::NotSupported(path);
  }
  IOStatus ReuseWritableFile(const std::string& path, const std::string& /*old_path*/, const FileOptions& /*options*/,
                             std::unique_ptr<rocksdb::FSWritableFile>* /*result*/, IODebugContext* /*dbg*/) override {
    return IOStatus::NotSupported(path);
  }
  IOStatus NewRandomRWFile(const std::string& path, const FileOptions& /*options*/,
                           std::unique_ptr<rocksdb::FSRandomRWFile>* /*result*/, IODebugContext* /*dbg*/) override {
    return IOStatus::NotSupported(path);
  }
  IOStatus NewMemoryMappedFileBuffer(const std::string& path,
                                     std::unique_ptr<rocksdb::MemoryMappedFileBuffer>* /*result*/) override {
    return IOStatus::NotSupported(path);
  }
  IOStatus Truncate(const std::string& path, size_t /*size*/, const IOOptions& /*options*/,
                    IODebugContext* /*dbg*/) override {
    return IOStatus::NotSupported(path);
  }

  IOStatus NewDirectory(const std::string& path, const IOOptions& /*options*/,
                        std::unique_ptr<rocksdb::FSDirectory>* result, IODebugContext* /*dbg*/) override {
    *result = std::make_unique<Directory>(files_, path, access_);
    return IOStatus::OK();
  }

  IOStatus FileExists(const std::string& path, const IOOptions& /*options*/, IODebugContext* /*dbg*/) override {
    const Result<bool> exists = files_.FileExists(path);
    if (!exists.ok()) {
      return IoStatusOf(exists.error());
    }
    return *exists ? IOStatus::OK() : IOStatus::NotFound(path);
  }

  IOStatus GetChildren(const std::string& path, const IOOptions& /*options*/, std::vector<std::string>* result,
                       IODebugContext* /*dbg*/) override {
    result->clear();
    auto entries = files_.ListDirectory(path);
    if (!entries.ok()) {
      return entries.error().reason == Reason::kNotFound ? IOStatus::NotFound(path) : IoStatusOf(entries.error());
    }
    for (os::DirectoryEntry& entry : *entries) {
      if (entry.name != sealed::kKeysFileName) {  // not one of RocksDB's, and not sealed as a file of theirs
        result->push_back(std::move(entry.name));
      }
    }
    return IOStatus::OK();
  }

  IOStatus DeleteFile(const std::string& path, const IOOptions& /*options*/, IODebugContext* /*dbg*/) override {
    return Change(path, [&] { return files_.RemoveFile(path); });
  }
  IOStatus CreateDir(const std::string& path, const IOOptions& /*options*/, IODebugContext* /*dbg*/) override {
    return Change(path, [&] { return files_.CreateDirectory(path); });
  }
  IOStatus CreateDirIfMissing(const std::string& path, const IOOptions& /*options*/, IODebugContext* /*dbg*/) override {
    const Result<bool> exists = files_.FileExists(path);
    if (exists.ok() && *exists) {
      return IOStatus::OK();
    }
    return Change(path, [&] { return files_.CreateDirectory(path); });
  }
  IOStatus DeleteDir(const std::string& path, const IOOptions& /*options*/, IODebugContext* /*dbg*/) override {
    return Change(path, [&] { return files_.RemoveDirectory(path); });
  }
  IOStatus RenameFile(const std::string& from, const std::string& to, const IOOptions& /*options*/,
                      IODebugContext* /*dbg*/) override {
    return Change(from, [&] { return files_.Rename(from, to); });
  }
  IOStatus LinkFile(const std::string& from, const std::string& to, const IOOptions& /*options*/,
                    IODebugContext* /*dbg*/) override {
    return Change(from, [&] { return files_.HardLink(from, to); });
  }

  IOStatus GetFileSize(const std::string& path, const IOOptions& /*options*/, uint64_t* size,
                       IODebugContext* /*dbg*/) override {
    *size = 0;
    if (IsLock(path)) {
      return IOStatus::OK();
    }
    const Result<uint64_t> logical_size = sealed::LogicalSize(files_, path, *keyring_);
    if (!logical_size.ok()) {
      return IoStatusOf(logical_size.error());
    }
    *size = *logical_size;
    return IOStatus::OK();
  }

  IOStatus GetFileModificationTime(const std::string& path, const IOOptions& /*options*/, uint64_t* time_s,
                                   IODebugContext* /*dbg*/) override {
    *time_s = 0;
    const Result<int64_t> time_ms = files_.ModificationTimeMs(path);
    if (!time_ms.ok()) {
      return IoStatusOf(time_ms.error());
    }
    *time_s = static_cast<uint64_t>(std::max<int64_t>(*time_ms, 0)) / 1000;
    return IOStatus::OK();
  }

  IOStatus LockFile(const std::string& path, const IOOptions& /*options*/, rocksdb::FileLock** lock,
                    IODebugContext* /*dbg*/) override {
    *lock = nullptr;
    if (access_ == Access::kReadOnly) {
      return IOStatus::NotSupported(path);
    }
    auto held = files_.LockFile(path);
    if (!held.ok()) {
      return IOStatus::IOError(held.error().text);
    }
    *lock = std::make_unique<HeldLock>(std::move(*held)).release();
    return IOStatus::OK();
  }
  IOStatus UnlockFile(rocksdb::FileLock* lock, const IOOptions& /*options*/, IODebugContext* /*dbg*/) override {
    const std::unique_ptr<rocksdb::FileLock> released(lock);
    return IOStatus::OK();
  }

  IOStatus GetTestDirectory(const IOOptions& /*options*/, std::string* /*path*/, IODebugContext* /*dbg*/) override {
    return IOStatus::NotSupported("test directory");
  }
  IOStatus NewLogger(const std::string& /*path*/, const IOOptions& /*options*/,
                     std::shared_ptr<rocksdb::Logger>* result, IODebugContext* /*dbg*/) override {
    *result = NewSilentLogger();
    return IOStatus::OK();
  }
  IOStatus GetAbsolutePath(const std::string& path, const IOOptions& /*options*/, std::string* absolute,
                           IODebugContext* /*dbg*/) override {
    *absolute = path;  // equal paths are all RocksDB wants to know, and the engine gives it only one
    return IOStatus::OK();
  }
  IOStatus IsDirectory(const std::string& path, const IOOptions& /*options*/, bool* is_directory,
                       IODebugContext* /*dbg*/) override {
    *is_directory = files_.ListDirectory(path).ok();
    return IOStatus::OK();
  }

 private:
  template <class Step>
  IOStatus Change(const std::string& path, Step step) {
    return access_ == Access::kReadOnly ? IOStatus::NotSupported(path) : IoStatusOf(step());
  }

  os::FileSystem& files_;
  const std::shared_ptr<const sealed::Keyring> keyring_;
  const Access access_;
};

// After a failed flush RocksDB sleeps a second before it tries again. We do not let it try again, and the close that
// waits for that second is the first step of getting the keyspace back.
class ShortSleepClock final : public rocksdb::SystemClockWrapper {
 public:
  ShortSleepClock() : rocksdb::SystemClockWrapper(rocksdb::SystemClock::Default()) {}
  const char* Name() const override { return "BasaltShortSleepClock"; }
  void SleepForMicroseconds(int time_us) override { target_->SleepForMicroseconds(std::min(time_us, kSleepMaxUs)); }

 private:
  static constexpr int kSleepMaxUs = 10'000;
};

class SealedEnv final : public rocksdb::EnvWrapper {
 public:
  explicit SealedEnv(std::shared_ptr<rocksdb::FileSystem> files)
      : rocksdb::EnvWrapper(rocksdb::NewCompositeEnv(files)) {
    file_system_ = std::move(files);
    system_clock_ = std::make_shared<ShortSleepClock>();
  }
  const char* Name() const override { return "BasaltSealedEnv"; }
};

}  // namespace

std::unique_ptr<rocksdb::Env> NewSealedEnv(os::FileSystem& files, std::shared_ptr<const sealed::Keyring> keyring,
                                           Access access) {
  return std::make_unique<SealedEnv>(std::make_shared<SealedFileSystem>(files, std::move(keyring), access));
}

std::shared_ptr<rocksdb::Logger> NewSilentLogger() { return std::make_shared<SilentLogger>(); }

}  // namespace basalt::engine::rocks
