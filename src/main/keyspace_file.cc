// What is damage in which kind of file.
#include "main/keyspace_file.h"

#include <string_view>

#include "main/data_directory.h"

namespace basalt::main {
namespace {

std::string_view NameOf(std::string_view path) { return path.substr(path.rfind('/') + 1); }

// Logs and manifests are appended to while in use; a temporary file may be the one that was being written.
bool MayEndTorn(std::string_view name) {
  return name.ends_with(".log") || name.starts_with("MANIFEST-") || name.ends_with(".dbtmp");
}

bool MayBeEmpty(std::string_view name) { return MayEndTorn(name) || name.ends_with(".sst") || name.ends_with(".blob"); }

sealed::FileVerdict Damaged(std::string reason) {
  sealed::FileVerdict verdict;
  verdict.ok = false;
  verdict.reason = std::move(reason);
  return verdict;
}

}  // namespace

sealed::FileVerdict VerifyKeyspaceFile(os::FileSystem& files, const std::string& path, const sealed::Keyring& keyring) {
  const std::string_view name = NameOf(path);
  if (name == kLockFileName) {
    const Result<uint64_t> size_bytes = files.FileSize(path);
    if (!size_bytes.ok()) {
      return Damaged(size_bytes.error().text);
    }
    return *size_bytes == 0 ? sealed::FileVerdict{} : Damaged(path + " should be empty and is not");
  }
  sealed::FileVerdict verdict = sealed::VerifySealedFile(files, path, keyring);
  if (!verdict.ok) {
    return verdict;
  }
  if (verdict.torn_bytes > 0 && !MayEndTorn(name)) {
    return Damaged(path + " ends in " + std::to_string(verdict.torn_bytes) + " bytes that are not what was written");
  }
  if (!MayBeEmpty(name)) {
    const Result<uint64_t> size_bytes = sealed::LogicalSize(files, path, keyring);
    if (!size_bytes.ok()) {
      return Damaged(size_bytes.error().text);
    }
    if (*size_bytes == 0) {
      return Damaged(path + " has lost what was written to it");
    }
  }
  return verdict;
}

}  // namespace basalt::main
