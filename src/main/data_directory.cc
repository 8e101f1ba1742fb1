// States and files of a data directory.
#include "main/data_directory.h"

#include "keys/root_file.h"
#include "main/keyspace_file.h"
#include "sealed/keyring.h"

namespace basalt::main {
namespace {

Error Refused(std::string what, std::string_view what_to_do) {
  what.append("; ").append(what_to_do);
  return Error(Reason::kInvalidArgument, std::move(what));
}

// What may lie in a directory that is not one of ours yet.
bool IsHarmless(const std::string& name) {
  return name == kLockFileName || name == kAdminSocketName || name == "lost+found";
}

Status VerifySystemKeyspace(os::FileSystem& files, const std::string& directory, const std::string& name,
                            const SecretBytes& system_key) {
  const std::string keys_path = os::JoinPath(directory, sealed::kKeysFileName);
  Result<std::shared_ptr<const sealed::Keyring>> keyring = sealed::Keyring::Load(files, directory, name, system_key);
  if (!keyring.ok()) {
    switch (keyring.error().reason) {
      case Reason::kNotFound:
        return Error(Reason::kCorruption, keys_path + " is missing");
      case Reason::kWrongKey:
        return Error(Reason::kCorruption, keys_path + " was made under another system key");
      default:
        return keyring.TakeError();
    }
  }
  TRY_ASSIGN(const auto entries, files.ListDirectory(directory));
  for (const os::DirectoryEntry& entry : entries) {
    if (entry.is_directory || entry.name == sealed::kKeysFileName ||
        entry.name == std::string(sealed::kKeysFileName) + ".tmp") {
      continue;
    }
    const std::string path = os::JoinPath(directory, entry.name);
    const sealed::FileVerdict verdict = VerifyKeyspaceFile(files, path, **keyring);
    if (!verdict.ok) {
      return Error(Reason::kCorruption, verdict.reason.find(path) == std::string::npos
                                            ? path + " is damaged: " + verdict.reason
                                            : verdict.reason);
    }
  }
  return {};
}

}  // namespace

Result<DirectoryState> ExamineDirectory(os::FileSystem& files, const std::string& path) {
  TRY_ASSIGN(const auto entries, files.ListDirectory(path));
  bool root = false;
  bool initialising = false;
  bool ours = false;
  bool other = false;
  for (const os::DirectoryEntry& entry : entries) {
    if (entry.name == keys::kRootFileName) {
      root = true;
    } else if (entry.name == kInitialisingFileName) {
      initialising = true;
    } else if (entry.is_directory &&
               (entry.name == kSystemDirectory || entry.name == kTablesDirectory || entry.name == kAuditDirectory)) {
      ours = true;
    } else if (!IsHarmless(entry.name)) {
      other = true;
    }
  }
  if (root) {
    return DirectoryState::kComplete;
  }
  if (initialising) {
    return DirectoryState::kUnfinished;
  }
  if (ours) {
    return Refused(os::JoinPath(path, keys::kRootFileName) + " is missing, without which the data cannot be read",
                   "put it back from a copy of the directory");
  }
  if (other) {
    return Refused(path + " holds files that are not Basalt's", "name an empty directory with --data-dir D");
  }
  return DirectoryState::kEmpty;
}

Result<std::unique_ptr<os::FileLock>> LockDirectory(os::FileSystem& files, const std::string& path) {
  auto lock = files.LockFile(os::JoinPath(path, kLockFileName));
  if (!lock.ok() && lock.error().reason == Reason::kAlreadyExists) {
    return Refused("the data directory " + path + " is in use by another basalt",
                   "stop that one, or name another directory with --data-dir D");
  }
  if (!lock.ok()) {
    return Refused("the data directory " + path + " cannot be locked: " + lock.error().text,
                   "make it writable for the user that runs basalt");
  }
  return lock;
}

Status BeginInitialising(os::FileSystem& files, const std::string& path) {
  TRY(files.WriteFileAtomically(os::JoinPath(path, kInitialisingFileName), ""));
  for (const char* directory : {kSystemDirectory, kTablesDirectory}) {
    TRY(files.RemoveTree(os::JoinPath(path, directory)));
  }
  return files.SyncDirectory(path);
}

Status EndInitialising(os::FileSystem& files, const std::string& path) {
  const std::string marker = os::JoinPath(path, kInitialisingFileName);
  TRY_ASSIGN(const bool exists, files.FileExists(marker));
  if (!exists) {
    return {};
  }
  TRY(files.RemoveFile(marker));
  return files.SyncDirectory(path);
}

Status VerifySystemFiles(os::FileSystem& files, const std::string& path, const SecretBytes& system_key) {
  const std::string system = os::JoinPath(path, kSystemDirectory);
  for (const char* name : kSystemKeyspaces) {
    TRY(VerifySystemKeyspace(files, os::JoinPath(system, name), name, system_key));
  }
  return {};
}

Status MoveToLost(os::FileSystem& files, const std::string& path, const std::string& keyspace) {
  const std::string lost = os::JoinPath(path, kLostDirectory);
  const std::string from = os::JoinPath(path, keyspace);
  const size_t slash = keyspace.rfind('/');
  const std::string to = os::JoinPath(lost, slash == std::string::npos ? keyspace : keyspace.substr(slash + 1));
  TRY(files.CreateDirectories(lost));
  TRY(files.Rename(from, to));
  TRY(files.SyncDirectory(lost));
  return files.SyncDirectory(os::ParentDirectory(from));
}

std::string RootKeyBeside(const std::string& path) { return path + ".root-key"; }

}  // namespace basalt::main
