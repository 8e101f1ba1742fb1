// RealFileSystem: POSIX. Descriptors are never inherited, files are private to the user, and a call that was
// interrupted or did less than asked goes on.
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "os/file_system.h"

namespace basalt::os {
namespace {

constexpr mode_t kFileMode = 0600;
constexpr mode_t kDirectoryMode = 0700;

Error SystemError(const char* operation, const std::string& path, int code) {
  const Reason reason = code == ENOENT ? Reason::kNotFound : code == EEXIST ? Reason::kAlreadyExists : Reason::kIo;
  return {reason, std::string(operation) + " " + path + ": " + std::generic_category().message(code)};
}

// Repeats a call that was interrupted by a signal.
template <class Call>
auto Uninterrupted(Call call) {
  auto result = call();
  while (result == -1 && errno == EINTR) {
    result = call();
  }
  return result;
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { Close(); }

  int number() const { return number_; }
  // Linux frees the number even when close reports a failure, so it is never called twice.
  int Close() { return number_ == -1 ? 0 : ::close(std::exchange(number_, -1)); }

 private:
  int number_;
};

Result<Descriptor> Open(const char* operation, const std::string& path, int flags) {
  const int number = Uninterrupted([&] { return ::open(path.c_str(), flags | O_CLOEXEC, kFileMode); });
  if (number == -1) {
    return SystemError(operation, path, errno);
  }
  return Descriptor(number);
}

Result<struct stat> Stat(const char* operation, const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    return SystemError(operation, path, errno);
  }
  return status;
}

class RealWritableFile final : public WritableFile {
 public:
  RealWritableFile(std::string path, Descriptor descriptor)
      : path_(std::move(path)), descriptor_(std::move(descriptor)) {}

  Status Append(std::string_view bytes) override {
    TRY(CheckUsable("write"));
    while (!bytes.empty()) {
      const ssize_t written = Uninterrupted([&] { return ::write(descriptor_.number(), bytes.data(), bytes.size()); });
      if (written < 0) {
        failed_ = true;
        return SystemError("write", path_, errno);
      }
      size_bytes_ += static_cast<uint64_t>(written);
      bytes.remove_prefix(static_cast<size_t>(written));
    }
    return {};
  }

  Status Sync() override {
    TRY(CheckUsable("sync"));
    // After a failed sync the kernel may have dropped the bytes and would call the next one a success.
    if (Uninterrupted([&] { return ::fdatasync(descriptor_.number()); }) != 0) {
      failed_ = true;
      return SystemError("sync", path_, errno);
    }
    return {};
  }

  Status Close() override {
    if (descriptor_.Close() != 0 && errno != EINTR) {
      return SystemError("close", path_, errno);
    }
    return {};
  }

  uint64_t size_bytes() const override { return size_bytes_; }

 private:
  Status CheckUsable(const char* operation) const {
    if (descriptor_.number() == -1) {
      return SystemError(operation, path_, EBADF);
    }
    if (failed_) {
      return Error(Reason::kIo, std::string(operation) + " " + path_ + ": refused after an earlier failure");
    }
    return {};
  }

  const std::string path_;
  Descriptor descriptor_;
  uint64_t size_bytes_ = 0;
  bool failed_ = false;
};

class RealRandomFile final : public RandomFile {
 public:
  RealRandomFile(std::string path, Descriptor descriptor)
      : path_(std::move(path)), descriptor_(std::move(descriptor)) {}

  Result<size_t> Read(uint64_t offset, size_t count, char* out) const override {
    size_t done = 0;
    while (done < count) {
      const auto at = static_cast<off_t>(offset + done);
      if (at < 0) {
        return SystemError("read", path_, EINVAL);
      }
      const ssize_t got = Uninterrupted([&] { return ::pread(descriptor_.number(), out + done, count - done, at); });
      if (got < 0) {
        return SystemError("read", path_, errno);
      }
      if (got == 0) {
        break;
      }
      done += static_cast<size_t>(got);
    }
    return done;
  }

  Result<uint64_t> Size() const override {
    struct stat status {};
    if (::fstat(descriptor_.number(), &status) != 0) {
      return SystemError("stat", path_, errno);
    }
    return static_cast<uint64_t>(status.st_size);
  }

 private:
  const std::string path_;
  Descriptor descriptor_;
};

class RealFileLock final : public FileLock {
 public:
  explicit RealFileLock(Descriptor descriptor) : descriptor_(std::move(descriptor)) {}

 private:
  Descriptor descriptor_;  // the lock belongs to this open file and goes with it
};

class PosixFileSystem final : public FileSystem {
 public:
  Result<std::unique_ptr<WritableFile>> NewWritableFile(const std::string& path) override {
    TRY_ASSIGN(Descriptor descriptor, Open("create", path, O_WRONLY | O_CREAT | O_TRUNC));
    return std::unique_ptr<WritableFile>(std::make_unique<RealWritableFile>(path, std::move(descriptor)));
  }

  Result<std::unique_ptr<RandomFile>> NewRandomFile(const std::string& path) override {
    TRY_ASSIGN(Descriptor descriptor, Open("open", path, O_RDONLY));
    struct stat status {};
    if (::fstat(descriptor.number(), &status) != 0) {
      return SystemError("stat", path, errno);
    }
    if (S_ISDIR(status.st_mode)) {
      return SystemError("open", path, EISDIR);
    }
    return std::unique_ptr<RandomFile>(std::make_unique<RealRandomFile>(path, std::move(descriptor)));
  }

  Result<bool> FileExists(const std::string& path) override {
    struct stat status {};
    if (::stat(path.c_str(), &status) == 0) {
      return true;
    }
    if (errno == ENOENT || errno == ENOTDIR) {
      return false;
    }
    return SystemError("stat", path, errno);
  }

  Result<uint64_t> FileSize(const std::string& path) override {
    TRY_ASSIGN(const auto status, Stat("stat", path));
    return static_cast<uint64_t>(status.st_size);
  }

  Result<int64_t> ModificationTimeMs(const std::string& path) override {
    TRY_ASSIGN(const auto status, Stat("stat", path));
    return int64_t{status.st_mtim.tv_sec} * 1000 + int64_t{status.st_mtim.tv_nsec} / 1000000;
  }

  Result<std::vector<DirectoryEntry>> ListDirectory(const std::string& path) override {
    const std::unique_ptr<DIR, int (*)(DIR*)> directory(::opendir(path.c_str()), ::closedir);
    if (directory == nullptr) {
      return SystemError("list", path, errno);
    }
    std::vector<DirectoryEntry> entries;
    for (;;) {
      errno = 0;
      const dirent* const found = ::readdir(directory.get());  // safe: the stream is this call's own
      if (found == nullptr) {
        if (errno != 0) {
          return SystemError("list", path, errno);
        }
        break;
      }
      DirectoryEntry entry{found->d_name, found->d_type == DT_DIR};
      if (entry.name == "." || entry.name == "..") {
        continue;
      }
      if (found->d_type == DT_UNKNOWN) {
        struct stat status {};
        if (::fstatat(::dirfd(directory.get()), found->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0) {
          if (errno == ENOENT) {
            continue;  // removed meanwhile
          }
          return SystemError("stat", JoinPath(path, entry.name), errno);
        }
        entry.is_directory = S_ISDIR(status.st_mode);
      }
      entries.push_back(std::move(entry));
    }
    std::sort(entries.begin(), entries.end(),
              [](const DirectoryEntry& a, const DirectoryEntry& b) { return a.name < b.name; });
    return entries;
  }

  Status CreateDirectory(const std::string& path) override {
    return Call("create directory", path, [&] { return ::mkdir(path.c_str(), kDirectoryMode); });
  }
  Status RemoveFile(const std::string& path) override {
    return Call("remove", path, [&] { return ::unlink(path.c_str()); });
  }
  Status RemoveDirectory(const std::string& path) override {
    return Call("remove directory", path, [&] { return ::rmdir(path.c_str()); });
  }
  Status Rename(const std::string& from, const std::string& to) override {
    return Call("rename", from + " to " + to, [&] { return ::rename(from.c_str(), to.c_str()); });
  }
  Status HardLink(const std::string& from, const std::string& to) override {
    return Call("link", from + " to " + to, [&] { return ::link(from.c_str(), to.c_str()); });
  }

  Status SyncDirectory(const std::string& path) override {
    TRY_ASSIGN(const Descriptor descriptor, Open("sync directory", path, O_RDONLY | O_DIRECTORY));
    if (Uninterrupted([&] { return ::fsync(descriptor.number()); }) != 0) {
      return SystemError("sync directory", path, errno);
    }
    return {};
  }

  Result<std::unique_ptr<FileLock>> LockFile(const std::string& path) override {
    TRY_ASSIGN(Descriptor descriptor, Open("lock", path, O_RDWR | O_CREAT));
    // A lock of the open file, not of the process: a second opener inside this process is refused too.
    flock whole_file{};
    whole_file.l_type = F_WRLCK;
    whole_file.l_whence = SEEK_SET;
    if (Uninterrupted([&] { return ::fcntl(descriptor.number(), F_OFD_SETLK, &whole_file); }) != 0) {
      if (errno == EAGAIN || errno == EACCES) {
        return Error(Reason::kAlreadyExists, "lock " + path + ": held by another process or opener");
      }
      return SystemError("lock", path, errno);
    }
    return std::unique_ptr<FileLock>(std::make_unique<RealFileLock>(std::move(descriptor)));
  }

 private:
  template <class Function>
  static Status Call(const char* operation, const std::string& path, Function function) {
    if (Uninterrupted(function) != 0) {
      return SystemError(operation, path, errno);
    }
    return {};
  }
};

}  // namespace

FileSystem& RealFileSystem() {
  static PosixFileSystem file_system;
  return file_system;
}

}  // namespace basalt::os
