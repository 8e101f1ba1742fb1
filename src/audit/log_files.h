// The directory of the audit log: its key, the list of its files, and those files read record by record.
//
//   KEYS              the directory's keyring, under the key that it is given
//   FILES             the list, sealed
//   NUMBER.log        records from that number on: a framed sealed file of bounded size
//   RENEWED           one of those while it is written anew
//
// A file is on the list before a record is in it, and off the list before it is removed. All but the last were finished
// when their successor was made; what a crash has left of one is written anew before. So a file that is missing or not
// as long as its successor says is damage, and so is a last one that ends before a clean end; without one, its end is
// what a crash has left. Blocking calls; any thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "audit/log_format.h"
#include "base/result.h"
#include "base/secret_bytes.h"
#include "os/file_system.h"
#include "sealed/keyring.h"

namespace basalt::audit {

inline constexpr char kFileListName[] = "FILES";
inline constexpr char kRenewedFileName[] = "RENEWED";

std::string FileNameOf(const Place& first);
// The number in it; nullopt if it is no file of records.
std::optional<uint64_t> NumberOfFile(std::string_view name);

class LogFiles {
 public:
  // Makes what is missing of a directory without files. kCorruption names the file.
  static Result<LogFiles> Open(os::FileSystem& files, const std::string& directory, const SecretBytes& key);
  // For reading alone: changes nothing. kNotFound if there is no log.
  static Result<LogFiles> OpenExisting(os::FileSystem& files, const std::string& directory, const SecretBytes& key);

  os::FileSystem& files() const { return *files_; }
  const std::string& directory() const { return directory_; }
  const std::shared_ptr<const sealed::Keyring>& keyring() const { return keyring_; }
  std::string PathOf(const Place& first) const { return os::JoinPath(directory_, FileNameOf(first)); }

  Result<FileList> LoadList() const;
  Status StoreList(const FileList& list) const;
  // The numbers of the files of records that are there, in order.
  Result<std::vector<uint64_t>> ListNumbers() const;

  // Whether a file that begins with that number holds no record: what a crash leaves of one that was being made.
  Result<bool> IsEmpty(uint64_t number) const;

  // Every record of the file that begins at `first`, in order, until `visit` says false; its error is handed on. The
  // place behind the last one visited. Bytes that a crash left behind the last record are passed over. kCorruption,
  // kNotFound.
  using Visit = std::function<Result<bool>(const StoredRecord&)>;
  Result<Place> Walk(const Place& first, const Visit& visit) const;
  // The same records in a file that is finished and durable, in the place of one that may be neither.
  Status Renew(const Place& first) const;
  // `at` is where the file that begins at `first` ended; `end` is where it has to. kCorruption.
  Status CheckEnd(const Place& first, const Place& at, const Place& end) const;

 private:
  LogFiles(os::FileSystem& files, std::string directory, std::shared_ptr<const sealed::Keyring> keyring)
      : files_(&files), directory_(std::move(directory)), keyring_(std::move(keyring)) {}

  Error Damage(const Place& first, const std::string& what) const;
  Result<std::string> ReadContent(const Place& first) const;

  os::FileSystem* files_;
  std::string directory_;
  std::shared_ptr<const sealed::Keyring> keyring_;
};

}  // namespace basalt::audit
