// Walks a data directory from ROOT over the system keyspaces to the tables, as far as each step gives the keys for the
// next one.
#include "main/verify.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "audit/log_reader.h"
#include "engine/rocks/rocks_reader.h"
#include "json/writer.h"
#include "keys/managed_keys.h"
#include "keys/root_file.h"
#include "keys/service_keys.h"
#include "main/commands.h"
#include "main/data_directory.h"
#include "main/keyspace_file.h"
#include "sealed/keyring.h"
#include "table/catalogue.h"

namespace basalt::main {
namespace {

std::string TemporaryOf(std::string_view name) { return std::string(name) + ".tmp"; }

class Verification {
 public:
  Verification(os::FileSystem& files, const std::string& data_dir, const keys::RootKey& root_key)
      : files_(files), data_dir_(data_dir), root_key_(root_key) {}

  Result<VerifyReport> Run() {
    TRY_ASSIGN(const auto entries, files_.ListDirectory(data_dir_));
    TRY(CheckTopLevel(entries));
    if (!system_key_) {
      ReportUncheckable(kSystemDirectory, "ROOT cannot be used");
      ReportUncheckable(kTablesDirectory, "ROOT cannot be used");
      ReportUncheckable(kAuditDirectory, "ROOT cannot be used");
    } else {
      CheckSystemKeyspaces();
      CheckAuditLog();
      if (whole_.count("kms") != 0) {
        CheckManagedKeys();
      }
      CheckTables();
    }
    ReportLost();
    for (FileReport& file : report_.files) {
      file.path = Absolute(file.path);
    }
    std::stable_sort(report_.files.begin(), report_.files.end(),
                     [](const FileReport& a, const FileReport& b) { return a.path < b.path; });
    return std::move(report_);
  }

 private:
  void Ok(std::string_view table, std::string path, std::string remark = {}) {
    report_.files.push_back({std::string(table), std::move(path), true, std::move(remark)});
  }
  void Damaged(std::string_view table, std::string path, std::string reason) {
    report_.files.push_back({std::string(table), std::move(path), false, std::move(reason)});
  }
  // Inside this class paths are below the data directory; the report names them in full.
  std::string Absolute(const std::string& path) const { return os::JoinPath(data_dir_, path); }

  Status CheckTopLevel(const std::vector<os::DirectoryEntry>& entries) {
    bool has_root = false;
    bool initialising = false;
    bool ours = false;
    for (const os::DirectoryEntry& entry : entries) {
      initialising = initialising || entry.name == kInitialisingFileName;
      has_root = has_root || entry.name == keys::kRootFileName;
      ours = ours || entry.name == kSystemDirectory || entry.name == kTablesDirectory;
    }
    if (!has_root && !ours) {
      return Error(Reason::kInvalidArgument, data_dir_ + " is not a data directory; name one with --data-dir D");
    }
    if (!has_root && initialising) {
      return Error(Reason::kInvalidArgument, "the making of the data directory " + data_dir_ +
                                                 " was interrupted, it holds nothing yet; remove it");
    }
    if (!has_root) {
      Damaged("", keys::kRootFileName, "is missing");
    }
    for (const os::DirectoryEntry& entry : entries) {
      if (entry.name == keys::kRootFileName) {
        TRY(CheckRoot());
      } else if (entry.name == kLockFileName) {
        CheckEmpty("", entry.name);
      } else if (entry.name == TemporaryOf(keys::kRootFileName) || entry.name == kInitialisingFileName ||
                 entry.name == TemporaryOf(kInitialisingFileName)) {
        Ok("", entry.name, "left by an interrupted start; holds no data");
      } else if (entry.name == kAdminSocketName) {
        Ok("", entry.name, "a socket; holds no data");
      } else if (entry.name != kSystemDirectory && entry.name != kTablesDirectory && entry.name != kLostDirectory &&
                 entry.name != kAuditDirectory) {
        Ok("", entry.name, "unknown: not of Basalt's making, not checked");
      }
    }
    return {};
  }

  Status CheckRoot() {
    Result<SecretBytes> system_key = keys::ReadRootFile(files_, data_dir_, root_key_);
    if (system_key.ok()) {
      system_key_ = std::move(*system_key);
      Ok("", keys::kRootFileName);
      return {};
    }
    switch (system_key.error().reason) {
      case Reason::kWrongKey:
        return Error(Reason::kWrongKey, system_key.error().text + "; give the right one with --root-key PROVIDER");
      case Reason::kInvalidArgument:
        return system_key.TakeError();  // of a newer format
      default:
        Damaged("", keys::kRootFileName, system_key.error().text);
        return {};
    }
  }

  void CheckEmpty(std::string_view table, const std::string& path) {
    const Result<uint64_t> size_bytes = files_.FileSize(Absolute(path));
    if (!size_bytes.ok()) {
      Damaged(table, path, size_bytes.error().text);
    } else if (*size_bytes != 0) {
      Damaged(table, path, "should be empty and is not");
    } else {
      Ok(table, path);
    }
  }

  // Every file below `path`, with one reason.
  void ReportAll(std::string_view table, const std::string& path, bool ok, const std::string& reason) {
    const auto entries = files_.ListDirectory(Absolute(path));
    if (!entries.ok()) {
      return;  // not there: nothing to report
    }
    for (const os::DirectoryEntry& entry : *entries) {
      const std::string child = os::JoinPath(path, entry.name);
      if (entry.is_directory) {
        ReportAll(table, child, ok, reason);
      } else {
        report_.files.push_back({std::string(table), child, ok, reason});
      }
    }
  }
  void ReportUncheckable(const std::string& path, const std::string& why) {
    ReportAll("", path, false, "not checkable: " + why);
  }

  // Every file of one keyspace, then whether it opens. False if anything is wrong.
  bool CheckKeyspace(std::string_view table, const std::string& path, const SecretBytes& key) {
    const size_t first = report_.files.size();
    const std::string id = path.substr(path.rfind('/') + 1);
    const std::string keys_path = os::JoinPath(path, sealed::kKeysFileName);
    const auto keyring = sealed::Keyring::Load(files_, Absolute(path), id, key);
    if (!keyring.ok()) {
      const bool wrong = keyring.error().reason == Reason::kWrongKey;
      const bool missing = keyring.error().reason == Reason::kNotFound;
      Damaged(table, keys_path, missing ? "is missing" : wrong ? "was made under another key" : keyring.error().text);
      ReportOthers(table, path);
      return false;
    }
    Ok(table, keys_path);
    const auto entries = files_.ListDirectory(Absolute(path));
    if (!entries.ok()) {
      Damaged(table, path, entries.error().text);
      return false;
    }
    for (const os::DirectoryEntry& entry : *entries) {
      CheckFile(table, path, entry, **keyring);
    }
    if (AnyDamagedSince(first)) {
      return false;
    }
    // All bytes are authentic; now whether they are all there.
    const auto reader = engine::RocksReader::Open(files_, Absolute(path), id, key);
    if (!reader.ok()) {
      BlameFile(table, path, *entries, reader.error().text);
      return false;
    }
    return true;
  }

  void CheckFile(std::string_view table, const std::string& directory, const os::DirectoryEntry& entry,
                 const sealed::Keyring& keyring) {
    const std::string path = os::JoinPath(directory, entry.name);
    if (entry.name == sealed::kKeysFileName) {
      return;
    }
    if (entry.is_directory) {
      ReportAll(table, path, true, "unknown: not of Basalt's making, not checked");
    } else if (entry.name == TemporaryOf(sealed::kKeysFileName)) {
      Ok(table, path, "left by an interrupted write; not used");
    } else {
      sealed::FileVerdict verdict = VerifyKeyspaceFile(files_, Absolute(path), keyring);
      if (!verdict.ok) {
        Damaged(table, path, std::move(verdict.reason));
      } else if (verdict.torn_bytes > 0) {
        Ok(table, path,
           "not closed: its last " + std::to_string(verdict.torn_bytes) +
               " bytes are no whole frame, as a crash leaves");
      } else {
        Ok(table, path);
      }
    }
  }

  // The files of a directory whose KEYS is no use.
  void ReportOthers(std::string_view table, const std::string& path) {
    const auto entries = files_.ListDirectory(Absolute(path));
    if (!entries.ok()) {
      return;
    }
    for (const os::DirectoryEntry& entry : *entries) {
      if (!entry.is_directory && entry.name != sealed::kKeysFileName) {
        Damaged(table, os::JoinPath(path, entry.name), "not checkable: KEYS of this directory cannot be used");
      }
    }
  }

  bool AnyDamagedSince(size_t first) const {
    return std::any_of(report_.files.begin() + static_cast<std::ptrdiff_t>(first), report_.files.end(),
                       [](const FileReport& file) { return !file.ok; });
  }

  // A keyspace that does not open although its files are authentic: the file the engine names, else the directory.
  void BlameFile(std::string_view table, const std::string& directory, const std::vector<os::DirectoryEntry>& entries,
                 const std::string& text) {
    std::string blamed;
    for (const os::DirectoryEntry& entry : entries) {
      if (text.find(entry.name) != std::string::npos && entry.name.size() > blamed.size()) {
        blamed = entry.name;
      }
    }
    const std::string reason = "the directory does not open: " + text;
    const std::string path = os::JoinPath(directory, blamed);
    for (FileReport& file : report_.files) {
      if (!blamed.empty() && file.path == path) {
        file.ok = false;
        file.reason = reason;
        return;
      }
    }
    Damaged(table, directory, reason);
  }

  void CheckSystemKeyspaces() {
    for (const char* name : kSystemKeyspaces) {
      const std::string path = os::JoinPath(kSystemDirectory, name);
      if (CheckKeyspace(path, path, *system_key_)) {
        whole_.insert(name);
      }
    }
    const auto entries = files_.ListDirectory(Absolute(kSystemDirectory));
    if (!entries.ok()) {
      return;  // each of them is reported missing
    }
    for (const os::DirectoryEntry& entry : *entries) {
      const bool known =
          std::find(kSystemKeyspaces.begin(), kSystemKeyspaces.end(), entry.name) != kSystemKeyspaces.end();
      const std::string path = os::JoinPath(kSystemDirectory, entry.name);
      if (!known && entry.is_directory) {
        ReportAll("", path, true, "unknown: not of Basalt's making, not checked");
      } else if (!known) {
        Ok("", path, "unknown: not of Basalt's making, not checked");
      }
    }
  }

  // Every record, and that none is missing between the first and the last.
  void CheckAuditLog() {
    const auto entries = files_.ListDirectory(Absolute(kAuditDirectory));
    if (!entries.ok() || entries->empty()) {
      return;  // no server has run yet
    }
    const std::string keys_path = os::JoinPath(kAuditDirectory, sealed::kKeysFileName);
    const auto log = audit::LogFiles::OpenExisting(files_, Absolute(kAuditDirectory), *system_key_);
    if (!log.ok()) {
      Damaged(kAuditDirectory, keys_path, log.error().reason == Reason::kNotFound ? "is missing" : log.error().text);
      return ReportOthers(kAuditDirectory, kAuditDirectory);
    }
    Ok(kAuditDirectory, keys_path);
    for (const os::DirectoryEntry& entry : *entries) {
      const bool known = entry.name == sealed::kKeysFileName || entry.name == audit::kFileListName ||
                         audit::NumberOfFile(entry.name).has_value();
      const bool temporary = entry.name == TemporaryOf(sealed::kKeysFileName) ||
                             entry.name == TemporaryOf(audit::kFileListName) || entry.name == audit::kRenewedFileName;
      if (!known) {
        Ok(kAuditDirectory, os::JoinPath(kAuditDirectory, entry.name),
           temporary ? "left by an interrupted write; not used" : "unknown: not of Basalt's making, not checked");
      }
    }
    for (const audit::FileFinding& finding : audit::CheckLog(*log)) {
      report_.files.push_back(
          {kAuditDirectory, os::JoinPath(kAuditDirectory, finding.name), finding.ok, finding.reason});
    }
  }

  Result<std::vector<engine::Entry>> ReadSystemKeyspace(const char* name, uint16_t space = 0) {
    const std::string path = os::JoinPath(kSystemDirectory, name);
    TRY_ASSIGN(const auto reader, engine::RocksReader::Open(files_, Absolute(path), name, *system_key_));
    std::vector<engine::Entry> entries;
    TRY(reader->ForEach(space, [&entries](std::string_view key, std::string_view value) -> Status {
      entries.push_back({std::string(key), std::string(value)});
      return {};
    }));
    return entries;
  }

  Result<std::vector<table::TableRecord>> ReadCatalogue() {
    std::vector<table::TableRecord> records;
    for (const uint16_t space : {table::kTableSpace, table::kArchiveSpace}) {
      TRY_ASSIGN(const auto entries, ReadSystemKeyspace("catalogue", space));
      for (const engine::Entry& entry : entries) {
        TRY_ASSIGN(table::TableRecord record, table::DecodeTableRecord(entry.value));
        records.push_back(std::move(record));
      }
    }
    return records;
  }

  Result<std::unique_ptr<keys::ServiceKeys>> ReadServiceKeys() {
    TRY_ASSIGN(const auto entries, ReadSystemKeyspace("kms", keys::kServiceKeyKind.space));
    return keys::ServiceKeys::FromEntries(entries, root_key_);
  }

  // They wrap no table's key, so tables can be checked without them.
  void CheckManagedKeys() {
    const auto entries = ReadSystemKeyspace("kms", keys::kManagedKeyKind.space);
    if (!entries.ok()) {
      return Damaged("system/kms", "system/kms", entries.error().text);
    }
    const auto managed_keys = keys::ManagedKeys::FromEntries(*entries, root_key_);
    if (!managed_keys.ok()) {
      Damaged("system/kms", "system/kms", managed_keys.error().text);
    }
  }

  void CheckTables() {
    for (const char* name : {"catalogue", "kms"}) {
      if (whole_.count(name) == 0) {
        ReportUncheckable(kTablesDirectory, "system/" + std::string(name) + " is damaged");
        return;
      }
    }
    const auto records = ReadCatalogue();
    if (!records.ok()) {
      Damaged("system/catalogue", "system/catalogue", records.error().text);
      ReportUncheckable(kTablesDirectory, "the catalogue cannot be read");
      return;
    }
    const auto service_keys = ReadServiceKeys();
    if (!service_keys.ok()) {
      Damaged("system/kms", "system/kms", service_keys.error().text);
      ReportUncheckable(kTablesDirectory, "the service-owned keys cannot be read");
      return;
    }
    std::set<std::string> recorded;
    for (const table::TableRecord& record : *records) {
      if (!record.keyspace.empty()) {
        recorded.insert(record.keyspace);
        CheckTable(record, **service_keys);
      }
      if (record.archive) {
        recorded.insert(record.archive->keyspace);
        ReportAll(record.Arn(), record.archive->keyspace, true, "being made: holds nothing that its table does not");
      }
    }
    ReportUnrecorded(recorded);
  }

  void CheckTable(const table::TableRecord& record, const keys::ServiceKeys& service_keys) {
    const std::string arn = record.Arn();
    if (record.wrapped_table_key.empty()) {
      ReportAll(arn, record.keyspace, true, "being deleted: its key is gone, not checkable");
      return;
    }
    const Result<bool> exists = files_.FileExists(Absolute(record.keyspace));
    const bool creating = record.status == table::TableStatus::kCreating;
    if (creating && exists.ok()) {
      // A crash may have stopped its making anywhere; the next start makes it anew if it has to.
      const Result<bool> has_keys = files_.FileExists(os::JoinPath(Absolute(record.keyspace), sealed::kKeysFileName));
      if (!*exists || !has_keys.ok() || !*has_keys) {
        ReportAll(arn, record.keyspace, true, "being created: holds no data yet");
        return;
      }
    }
    const Result<SecretBytes> key = service_keys.UnwrapTableKey(
        {record.address.account, record.address.region, record.address.name, record.table_id},
        record.wrapped_table_key);
    if (!key.ok()) {
      Damaged(arn, record.keyspace, "not checkable: its table key does not open: " + key.error().text);
      return;
    }
    CheckKeyspace(arn, record.keyspace, *key);
  }

  void ReportUnrecorded(const std::set<std::string>& recorded) {
    const auto entries = files_.ListDirectory(Absolute(kTablesDirectory));
    if (!entries.ok()) {
      return;  // no table was ever made, or each is reported missing
    }
    for (const os::DirectoryEntry& entry : *entries) {
      const std::string path = os::JoinPath(kTablesDirectory, entry.name);
      if (recorded.count(path) != 0) {
        continue;
      }
      if (entry.is_directory) {
        ReportAll("", path, true, "of no table in the catalogue, not checkable; the next start moves it to lost/");
      } else {
        Ok("", path, "unknown: not of Basalt's making, not checked");
      }
    }
  }

  void ReportLost() { ReportAll("", kLostDirectory, true, "of no table in the catalogue, not checkable"); }

  os::FileSystem& files_;
  const std::string& data_dir_;
  const keys::RootKey& root_key_;
  std::optional<SecretBytes> system_key_;
  std::set<std::string> whole_;  // system keyspaces without damage
  VerifyReport report_;
};

// Keeps a server from starting on the directory without writing there: a shared lock on the file that servers lock.
class SharedLock {
 public:
  // kAlreadyExists if a server runs. A directory without a LOCK has none running.
  static Result<SharedLock> Take(const std::string& data_dir) {
    const std::string path = os::JoinPath(data_dir, kLockFileName);
    const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (file < 0) {
      if (errno == ENOENT) {
        return SharedLock(-1);
      }
      return Error(Reason::kIo, path + " cannot be opened; make the directory readable for this user");
    }
    SharedLock lock(file);
    flock whole_file{};
    whole_file.l_type = F_RDLCK;
    whole_file.l_whence = SEEK_SET;
    if (fcntl(file, F_OFD_SETLK, &whole_file) != 0 && (errno == EAGAIN || errno == EACCES)) {
      return Error(Reason::kAlreadyExists,
                   "the data directory " + data_dir + " is in use; stop its server, or verify a copy");
    }
    return lock;
  }

  SharedLock(SharedLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}
  SharedLock& operator=(SharedLock&&) = delete;
  ~SharedLock() {
    if (file_ >= 0) {
      close(file_);
    }
  }

 private:
  explicit SharedLock(int file) : file_(file) {}

  int file_;
};

Result<std::unique_ptr<keys::RootKey>> OpenRootKey(const VerifyCommand& command) {
  keys::RootKeyProvider provider;
  if (!command.root_key.empty()) {
    TRY_ASSIGN(provider, keys::RootKeyProvider::Parse(command.root_key));
    return keys::RootKey::Open(provider);
  }
  provider.path = RootKeyBeside(command.data_dir);
  const Result<bool> exists = os::RealFileSystem().FileExists(provider.path);
  if (!exists.ok() || !*exists) {
    return Error(Reason::kInvalidArgument, "verify needs the root key and there is no " + provider.path +
                                               "; give --root-key file:PATH, env-fd:N or credential:NAME");
  }
  return keys::RootKey::Open(provider);
}

}  // namespace

size_t VerifyReport::DamagedCount() const {
  return static_cast<size_t>(
      std::count_if(files.begin(), files.end(), [](const FileReport& file) { return !file.ok; }));
}

std::string VerifyReport::Json() const {
  std::string out;
  json::Writer writer(out);
  writer.BeginArray();
  for (const FileReport& file : files) {
    writer.BeginObject();
    writer.Key("table");
    writer.String(file.table);
    writer.Key("path");
    writer.String(file.path);
    writer.Key("ok");
    writer.Bool(file.ok);
    writer.Key("reason");
    writer.String(file.reason);
    writer.EndObject();
  }
  writer.EndArray();
  return out + "\n";
}

std::string VerifyReport::Text() const {
  std::string out;
  for (const FileReport& file : files) {
    if (!file.ok || !file.reason.empty()) {
      out += (file.ok ? "ok       " : "DAMAGED  ") + OneLine(file.path) + ": " + OneLine(file.reason);
      out += file.table.empty() ? "\n" : " (" + file.table + ")\n";
    }
  }
  return out + std::to_string(files.size()) + " files, " + std::to_string(DamagedCount()) + " damaged\n";
}

Result<VerifyReport> VerifyDirectory(os::FileSystem& files, const std::string& data_dir,
                                     const keys::RootKey& root_key) {
  return Verification(files, data_dir, root_key).Run();
}

int RunVerify(const VerifyCommand& command) {
  os::FileSystem& files = os::RealFileSystem();
  const auto entries = files.ListDirectory(command.data_dir);
  if (!entries.ok()) {
    return Fail(Error(Reason::kInvalidArgument,
                      entries.error().reason == Reason::kNotFound
                          ? "the data directory " + command.data_dir + " does not exist; name one with --data-dir D"
                          : entries.error().text + "; name a data directory with --data-dir D"),
                kExitRefused);
  }
  const Result<std::unique_ptr<keys::RootKey>> root_key = OpenRootKey(command);
  if (!root_key.ok()) {
    return Fail(root_key.error(), kExitRefused);
  }
  const Result<SharedLock> lock = SharedLock::Take(command.data_dir);
  if (!lock.ok()) {
    return Fail(lock.error(), kExitRefused);
  }
  const Result<VerifyReport> report = VerifyDirectory(files, command.data_dir, **root_key);
  if (!report.ok()) {
    return Fail(report.error(), kExitRefused);
  }
  const std::string out = command.json ? report->Json() : report->Text();
  if (std::fwrite(out.data(), 1, out.size(), stdout) != out.size() || std::fflush(stdout) != 0) {
    return Fail(Error(Reason::kIo, "the report cannot be written; give basalt a stdout"), kExitFailed);
  }
  return report->DamagedCount() == 0 ? kExitDone : kExitFailed;
}

}  // namespace basalt::main
