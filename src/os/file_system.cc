#include "os/file_system.h"

#include <algorithm>

namespace basalt::os {

Result<std::string> FileSystem::ReadFile(const std::string& path) {
  TRY_ASSIGN(const auto file, NewRandomFile(path));
  TRY_ASSIGN(const uint64_t size, file->Size());
  std::string content(static_cast<size_t>(size), '\0');
  TRY_ASSIGN(const size_t read, file->Read(0, content.size(), content.data()));
  content.resize(read);
  return content;
}

Status FileSystem::WriteFileAtomically(const std::string& path, std::string_view content) {
  const std::string temporary = path + ".tmp";
  const auto write = [&]() -> Status {
    TRY_ASSIGN(const auto file, NewWritableFile(temporary));
    TRY(file->Append(content));
    TRY(file->Sync());
    return file->Close();
  };
  Status written = write();
  if (written.ok()) {
    written = Rename(temporary, path);
  }
  if (!written.ok()) {
    const Status ignored = RemoveFile(temporary);  // what matters is why writing failed
    static_cast<void>(ignored);
    return written;
  }
  return SyncDirectory(ParentDirectory(path));
}

Status FileSystem::CreateDirectories(const std::string& path) {
  // The missing ones, deepest first; made from the other end.
  std::vector<std::string> missing;
  for (std::string at = path;; at = ParentDirectory(at)) {
    TRY_ASSIGN(const bool exists, FileExists(at));
    if (exists) {
      break;
    }
    missing.push_back(at);
    if (ParentDirectory(at) == at) {
      break;
    }
  }
  std::reverse(missing.begin(), missing.end());
  for (const std::string& directory : missing) {
    Status created = CreateDirectory(directory);
    if (!created.ok() && created.error().reason != Reason::kAlreadyExists) {
      return created;
    }
    TRY(SyncDirectory(ParentDirectory(directory)));
  }
  // Also when the last name was there already: a file of that name is a failure, not a directory.
  TRY_ASSIGN(const auto entries, ListDirectory(path));
  static_cast<void>(entries);
  return {};
}

Status FileSystem::RemoveTree(const std::string& path) {
  TRY_ASSIGN(const bool exists, FileExists(path));
  if (!exists) {
    return {};
  }
  TRY_ASSIGN(const auto entries, ListDirectory(path));
  for (const DirectoryEntry& entry : entries) {
    const std::string child = JoinPath(path, entry.name);
    if (entry.is_directory) {
      TRY(RemoveTree(child));
    } else {
      TRY(RemoveFile(child));
    }
  }
  return RemoveDirectory(path);
}

std::string ParentDirectory(const std::string& path) {
  const size_t last = path.find_last_not_of('/');
  if (last == std::string::npos) {
    return path.empty() ? "." : "/";
  }
  const size_t slash = path.find_last_of('/', last);
  if (slash == std::string::npos) {
    return ".";
  }
  const size_t end = path.find_last_not_of('/', slash);
  return end == std::string::npos ? "/" : path.substr(0, end + 1);
}

std::string JoinPath(std::string_view directory, std::string_view name) {
  std::string path(directory);
  if (!path.empty() && path.back() != '/') {
    path.push_back('/');
  }
  path.append(name);
  return path;
}

}  // namespace basalt::os
