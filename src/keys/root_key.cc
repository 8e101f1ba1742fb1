// Opens root keys. Uses system calls directly: what a file is and who may read it is checked on the open descriptor,
// so that nothing can be exchanged between check and read.
#include "keys/root_key.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>

#include "crypto/aead.h"
#include "crypto/random.h"
#include "os/file_system.h"

namespace basalt::keys {
namespace {

constexpr int kDescriptorTimeoutMs = 10'000;  // a descriptor that never gives its bytes must not hang a start

Error Refused(std::string what, std::string_view what_to_do) {
  what.append("; ").append(what_to_do);
  return Error(Reason::kInvalidArgument, std::move(what));
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) {
      close(number_);
    }
  }
  int number() const { return number_; }

 private:
  int number_;
};

std::string ErrnoText(int error) {
  char buffer[128];
  return strerror_r(error, buffer, sizeof(buffer));  // the GNU one
}

// Reads up to kRootKeyBytes + 1 bytes, so that a longer source is noticed. -1: failed, errno says how.
ssize_t ReadSome(int descriptor, char (&buffer)[kRootKeyBytes + 1]) {
  size_t count = 0;
  while (count < sizeof(buffer)) {
    const ssize_t got = read(descriptor, buffer + count, sizeof(buffer) - count);
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got < 0) {
      return -1;
    }
    if (got == 0) {
      break;
    }
    count += static_cast<size_t>(got);
  }
  return static_cast<ssize_t>(count);
}

// As ReadSome, for descriptors that may be pipes whose writer stays open: waits for the key's bytes, not for the end.
ssize_t ReadSomeFromPipe(int descriptor, char (&buffer)[kRootKeyBytes + 1]) {
  size_t count = 0;
  while (count < sizeof(buffer)) {
    pollfd waiting{descriptor, POLLIN, 0};
    const int ready = poll(&waiting, 1, count < kRootKeyBytes ? kDescriptorTimeoutMs : 0);
    if (ready < 0 && errno == EINTR) {
      continue;
    }
    if (ready < 0) {
      return -1;
    }
    if (ready == 0) {
      break;
    }
    const ssize_t got = read(descriptor, buffer + count, sizeof(buffer) - count);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) {
      continue;
    }
    if (got < 0) {
      return -1;
    }
    if (got == 0) {
      break;
    }
    count += static_cast<size_t>(got);
  }
  return static_cast<ssize_t>(count);
}

Result<SecretBytes> ExactlyOneKey(char (&buffer)[kRootKeyBytes + 1], ssize_t count, const std::string& source) {
  if (count != static_cast<ssize_t>(kRootKeyBytes)) {
    WipeMemory(buffer, sizeof(buffer));
    const std::string size = count > static_cast<ssize_t>(kRootKeyBytes) ? "more than 32" : std::to_string(count);
    return Refused("the root key " + source + " holds " + size + " bytes instead of 32",
                   "give the 32 raw bytes the data was made with");
  }
  SecretBytes key(std::string_view(buffer, kRootKeyBytes));
  WipeMemory(buffer, sizeof(buffer));
  return key;
}

// `ours_only`: a file of the operator's. Otherwise one that a service manager put there: it may belong to root, and
// root's may show a group bit, which is how an access list for our user looks.
Result<SecretBytes> ReadKeyFile(const std::string& path, bool ours_only) {
  // O_NONBLOCK: opening a pipe must not wait for its writer.
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (file.number() < 0) {
    const int error = errno;
    return Refused("the root key file " + path + " cannot be opened: " + ErrnoText(error),
                   error == ENOENT ? "put the key back, or name its file with --root-key file:PATH"
                                   : "make it readable for the user that runs basalt");
  }
  struct stat status {};
  if (fstat(file.number(), &status) != 0) {
    return Refused("the root key file " + path + " cannot be examined: " + ErrnoText(errno), "check its file system");
  }
  if (!S_ISREG(status.st_mode)) {
    return Refused("the root key " + path + " is not a regular file", "use a file of 32 bytes, or env-fd:N for a pipe");
  }
  const uid_t user = geteuid();
  if (status.st_uid != user && (ours_only || status.st_uid != 0)) {
    return Refused("the root key file " + path + " belongs to user " + std::to_string(status.st_uid),
                   "make the user that runs basalt (" + std::to_string(user) + ") its owner");
  }
  const mode_t forbidden = !ours_only && status.st_uid == 0 ? mode_t{S_IWGRP | S_IRWXO} : mode_t{S_IRWXG | S_IRWXO};
  if ((status.st_mode & forbidden) != 0) {
    return Refused("the root key file " + path + " is open to group or others", "run chmod 600 " + path);
  }
  char buffer[kRootKeyBytes + 1];
  const ssize_t count = ReadSome(file.number(), buffer);
  if (count < 0) {
    return Refused("the root key file " + path + " cannot be read: " + ErrnoText(errno), "check its file system");
  }
  return ExactlyOneKey(buffer, count, "file " + path);
}

Result<SecretBytes> ReadDescriptor(int number) {
  const Descriptor descriptor(number);
  char buffer[kRootKeyBytes + 1];
  const ssize_t count = ReadSomeFromPipe(number, buffer);
  const std::string source = "on descriptor " + std::to_string(number);
  if (count < 0) {
    return Refused("the root key " + source + " cannot be read: " + ErrnoText(errno),
                   "start basalt with that descriptor open for reading");
  }
  return ExactlyOneKey(buffer, count, source);
}

}  // namespace

Result<RootKeyProvider> RootKeyProvider::Parse(std::string_view text) {
  constexpr std::string_view kFile = "file:";
  constexpr std::string_view kDescriptor = "env-fd:";
  constexpr std::string_view kCredential = "credential:";
  const std::string_view kForms = "use file:PATH, env-fd:N or credential:NAME";
  RootKeyProvider provider;
  if (text.find('\0') != std::string_view::npos) {
    return Refused("the root key provider holds a zero byte", kForms);
  }
  if (text.starts_with(kFile)) {
    provider.kind = Kind::kFile;
    provider.path = text.substr(kFile.size());
    if (provider.path.empty()) {
      return Refused("the root key provider file: names no file", "use file:PATH");
    }
    return provider;
  }
  if (text.starts_with(kDescriptor)) {
    provider.kind = Kind::kDescriptor;
    const std::string_view number = text.substr(kDescriptor.size());
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), provider.descriptor);
    const bool is_number = error == std::errc() && end == number.data() + number.size() && number[0] != '-';
    if (!is_number || provider.descriptor == STDOUT_FILENO || provider.descriptor == STDERR_FILENO) {
      return Refused("the root key provider " + std::string(text) + " names no descriptor to read from",
                     "use env-fd:N with the number of an open descriptor");
    }
    return provider;
  }
  if (text.starts_with(kCredential)) {
    provider.kind = Kind::kCredential;
    provider.path = text.substr(kCredential.size());
    if (provider.path.empty() || provider.path == "." || provider.path == ".." ||
        provider.path.find('/') != std::string::npos) {
      return Refused("the root key provider " + std::string(text) + " names no credential",
                     "use credential:NAME with the name of a file in $CREDENTIALS_DIRECTORY");
    }
    return provider;
  }
  return Refused("the root key provider " + std::string(text) + " is not known", kForms);
}

Result<std::unique_ptr<RootKey>> RootKey::Open(const RootKeyProvider& provider) {
  switch (provider.kind) {
    case RootKeyProvider::Kind::kFile: {
      TRY_ASSIGN(SecretBytes bytes, ReadKeyFile(provider.path, true));
      return FromBytes("file", std::move(bytes));
    }
    case RootKeyProvider::Kind::kDescriptor: {
      TRY_ASSIGN(SecretBytes bytes, ReadDescriptor(provider.descriptor));
      return FromBytes("env-fd", std::move(bytes));
    }
    case RootKeyProvider::Kind::kCredential: {
      const char* directory = std::getenv("CREDENTIALS_DIRECTORY");  // NOLINT(concurrency-mt-unsafe): at start only
      if (directory == nullptr || *directory == '\0') {
        return Refused("CREDENTIALS_DIRECTORY is not set",
                       "start basalt from a service manager that passes credentials, or use file:PATH");
      }
      TRY_ASSIGN(SecretBytes bytes, ReadKeyFile(os::JoinPath(directory, provider.path), false));
      return FromBytes("credential", std::move(bytes));
    }
  }
  return Error(Reason::kInternal, "a root key provider of no kind");
}

Result<bool> RootKey::CreateFileIfAbsent(const std::string& path) {
  const int number = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (number < 0) {
    const int error = errno;
    if (error == EEXIST) {
      return false;
    }
    return Refused("the root key file " + path + " cannot be created: " + ErrnoText(error),
                   "name a file in a directory where the user that runs basalt may write");
  }
  Status written;
  {
    const Descriptor file(number);
    const SecretBytes key = crypto::RandomSecret(kRootKeyBytes);
    // Thirty-two bytes go into a new file whole or not at all.
    if (write(number, key.view().data(), key.size()) != static_cast<ssize_t>(key.size()) || fsync(number) != 0) {
      written = Refused("the root key file " + path + " cannot be written: " + ErrnoText(errno),
                        "make room on its file system");
    }
  }
  if (written.ok()) {
    if (Status synced = os::RealFileSystem().SyncDirectory(os::ParentDirectory(path)); !synced.ok()) {
      written = Refused("the directory of the root key file " + path + " cannot be synced", "check its file system");
    }
  }
  if (!written.ok()) {
    unlink(path.c_str());
    return written.TakeError();
  }
  return true;
}

std::unique_ptr<RootKey> RootKey::Ephemeral() { return FromBytes("memory", crypto::RandomSecret(kRootKeyBytes)); }

std::unique_ptr<RootKey> RootKey::FromBytes(std::string provider_name, SecretBytes bytes) {
  BASALT_CHECK(bytes.size() == kRootKeyBytes);
  return std::unique_ptr<RootKey>(new RootKey(std::move(provider_name), std::move(bytes)));
}

Result<std::string> RootKey::Wrap(std::string_view associated_data, const SecretBytes& secret) const {
  return crypto::WrapKey(bytes_.view(), associated_data, secret);
}

Result<SecretBytes> RootKey::Unwrap(std::string_view associated_data, std::string_view wrapped) const {
  return crypto::UnwrapKey(bytes_.view(), associated_data, wrapped);
}

}  // namespace basalt::keys
