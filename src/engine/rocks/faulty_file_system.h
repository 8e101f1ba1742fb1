// For tests: a file system whose log syncs can be held back or made to fail, over another one.
#pragma once

#include <condition_variable>
#include <memory>
#include <utility>

#include "base/mutex.h"
#include "os/file_system.h"

namespace basalt::engine::rocks {

class FaultyFileSystem final : public os::FileSystem {
 public:
  explicit FaultyFileSystem(os::FileSystem& under) : under_(under) {}

  // From the `skip`-th log sync on, so many fail.
  void FailLogSyncs(int skip, int count) {
    MutexLock lock(mutex_);
    skip_ = skip;
    fail_ = count;
  }
  void FailNewFiles(bool fail) {
    MutexLock lock(mutex_);
    fail_new_files_ = fail;
  }
  void HoldLogSyncs() {
    MutexLock lock(mutex_);
    held_ = true;
  }
  void ReleaseLogSyncs() {
    MutexLock lock(mutex_);
    held_ = false;
    changed_.notify_all();
  }
  void AwaitHeldLogSync() {
    MutexLock lock(mutex_);
    while (waiting_ == 0) {
      changed_.wait(mutex_);
    }
  }

  Result<std::unique_ptr<os::WritableFile>> NewWritableFile(const std::string& path) override {
    {
      MutexLock lock(mutex_);
      if (fail_new_files_) {
        return Error(Reason::kIo, "no new files: " + path);
      }
    }
    TRY_ASSIGN(auto file, under_.NewWritableFile(path));
    return std::unique_ptr<os::WritableFile>(std::make_unique<File>(*this, path.ends_with(".log"), std::move(file)));
  }
  Result<std::unique_ptr<os::RandomFile>> NewRandomFile(const std::string& path) override {
    return under_.NewRandomFile(path);
  }
  Result<bool> FileExists(const std::string& path) override { return under_.FileExists(path); }
  Result<uint64_t> FileSize(const std::string& path) override { return under_.FileSize(path); }
  Result<int64_t> ModificationTimeMs(const std::string& path) override { return under_.ModificationTimeMs(path); }
  Result<std::vector<os::DirectoryEntry>> ListDirectory(const std::string& path) override {
    return under_.ListDirectory(path);
  }
  Status CreateDirectory(const std::string& path) override { return under_.CreateDirectory(path); }
  Status RemoveFile(const std::string& path) override { return under_.RemoveFile(path); }
  Status RemoveDirectory(const std::string& path) override { return under_.RemoveDirectory(path); }
  Status Rename(const std::string& from, const std::string& to) override { return under_.Rename(from, to); }
  Status HardLink(const std::string& from, const std::string& to) override { return under_.HardLink(from, to); }
  Status SyncDirectory(const std::string& path) override { return under_.SyncDirectory(path); }
  Result<std::unique_ptr<os::FileLock>> LockFile(const std::string& path) override { return under_.LockFile(path); }

 private:
  class File final : public os::WritableFile {
   public:
    File(FaultyFileSystem& files, bool is_log, std::unique_ptr<os::WritableFile> under)
        : files_(files), is_log_(is_log), under_(std::move(under)) {}
    Status Append(std::string_view bytes) override { return under_->Append(bytes); }
    Status Sync() override {
      TRY(is_log_ ? files_.BeforeLogSync() : Status());
      return under_->Sync();
    }
    Status Close() override { return under_->Close(); }
    uint64_t size_bytes() const override { return under_->size_bytes(); }

   private:
    FaultyFileSystem& files_;
    const bool is_log_;
    const std::unique_ptr<os::WritableFile> under_;
  };

  Status BeforeLogSync() {
    MutexLock lock(mutex_);
    ++waiting_;
    changed_.notify_all();
    while (held_) {
      changed_.wait(mutex_);
    }
    --waiting_;
    if (skip_-- > 0 || fail_ == 0) {
      return {};
    }
    --fail_;
    return Error(Reason::kIo, "sync failed as the test asked");
  }

  os::FileSystem& under_;
  Mutex mutex_;
  std::condition_variable_any changed_;
  int skip_ GUARDED_BY(mutex_) = 0;
  int fail_ GUARDED_BY(mutex_) = 0;
  bool fail_new_files_ GUARDED_BY(mutex_) = false;
  bool held_ GUARDED_BY(mutex_) = false;
  int waiting_ GUARDED_BY(mutex_) = 0;
};

}  // namespace basalt::engine::rocks
