// Files of the audit log, found and read.
#include "audit/log_files.h"

#include <algorithm>
#include <charconv>

#include "sealed/sealed_blob.h"
#include "sealed/sealed_file.h"

namespace basalt::audit {
namespace {

constexpr std::string_view kDirectoryId = "audit";
constexpr std::string_view kListPurpose = "audit files";
constexpr std::string_view kSuffix = ".log";
constexpr size_t kNumberDigits = 20;

}  // namespace

std::string FileNameOf(const Place& first) {
  const std::string digits = std::to_string(first.number);
  return std::string(kNumberDigits - digits.size(), '0').append(digits).append(kSuffix);
}

std::optional<uint64_t> NumberOfFile(std::string_view name) {
  if (name.size() != kNumberDigits + kSuffix.size() || !name.ends_with(kSuffix)) {
    return std::nullopt;
  }
  uint64_t number = 0;
  const char* const end = name.data() + kNumberDigits;
  const auto [stopped, error] = std::from_chars(name.data(), end, number);
  return error == std::errc() && stopped == end && number > 0 ? std::optional(number) : std::nullopt;
}

Result<LogFiles> LogFiles::Open(os::FileSystem& files, const std::string& directory, const SecretBytes& key) {
  Result<LogFiles> existing = OpenExisting(files, directory, key);
  if (existing.ok() || existing.error().reason != Reason::kNotFound) {
    return existing;
  }
  TRY(files.CreateDirectories(directory));
  TRY_ASSIGN(const auto entries, files.ListDirectory(directory));
  for (const os::DirectoryEntry& entry : entries) {
    if (entry.name == kFileListName || NumberOfFile(entry.name)) {
      return Error(Reason::kCorruption, os::JoinPath(directory, sealed::kKeysFileName) + " is missing");
    }
  }
  TRY_ASSIGN(auto keyring, sealed::Keyring::Create(files, directory, std::string(kDirectoryId), key));
  return LogFiles(files, directory, std::move(keyring));
}

Result<LogFiles> LogFiles::OpenExisting(os::FileSystem& files, const std::string& directory, const SecretBytes& key) {
  Result<std::shared_ptr<const sealed::Keyring>> keyring =
      sealed::Keyring::Load(files, directory, std::string(kDirectoryId), key);
  if (!keyring.ok() && keyring.error().reason == Reason::kWrongKey) {
    return Error(Reason::kCorruption,
                 os::JoinPath(directory, sealed::kKeysFileName) + " was made under another system key");
  }
  if (!keyring.ok()) {
    return keyring.TakeError();
  }
  return LogFiles(files, directory, *std::move(keyring));
}

Error LogFiles::Damage(const Place& first, const std::string& what) const {
  return Error(Reason::kCorruption, PathOf(first) + ": " + what);
}

Result<FileList> LogFiles::LoadList() const {
  const std::string path = os::JoinPath(directory_, kFileListName);
  Result<std::string> blob = files_->ReadFile(path);
  if (!blob.ok() && blob.error().reason == Reason::kNotFound) {
    return FileList{};
  }
  if (!blob.ok()) {
    return blob.TakeError();
  }
  const Result<std::string> bytes = sealed::OpenBlob(*keyring_, kListPurpose, *blob);
  if (!bytes.ok()) {
    return Error(Reason::kCorruption, path + " is not what was written");
  }
  Result<FileList> list = DecodeFileList(*bytes);
  if (!list.ok()) {
    return Error(Reason::kCorruption, path + ": " + list.error().text);
  }
  return list;
}

Status LogFiles::StoreList(const FileList& list) const {
  return files_->WriteFileAtomically(os::JoinPath(directory_, kFileListName),
                                     sealed::SealBlob(*keyring_, kListPurpose, EncodeFileList(list)));
}

Result<std::vector<uint64_t>> LogFiles::ListNumbers() const {
  TRY_ASSIGN(const auto entries, files_->ListDirectory(directory_));
  std::vector<uint64_t> numbers;
  for (const os::DirectoryEntry& entry : entries) {
    if (const std::optional<uint64_t> number = NumberOfFile(entry.name); number && !entry.is_directory) {
      numbers.push_back(*number);
    }
  }
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

Result<bool> LogFiles::IsEmpty(uint64_t number) const {
  Place first;
  first.number = number;
  TRY_ASSIGN(const uint64_t size_bytes, sealed::LogicalSize(*files_, PathOf(first), *keyring_));
  return size_bytes <= EncodeFileHead(first).size();
}

Result<std::string> LogFiles::ReadContent(const Place& first) const {
  TRY_ASSIGN(const auto reader, sealed::NewSealedReader(*files_, PathOf(first), keyring_));
  std::string content(reader->logical_size(), '\0');
  TRY_ASSIGN(const size_t read, reader->Read(0, content.size(), content.data()));
  content.resize(read);
  return content;
}

Status LogFiles::Renew(const Place& first) const {
  TRY_ASSIGN(const std::string content, ReadContent(first));
  const std::string renewed = os::JoinPath(directory_, kRenewedFileName);
  TRY_ASSIGN(const auto writer, sealed::NewSealedWriter(*files_, renewed, sealed::Layout::kFramed, keyring_));
  TRY(writer->Append(content));
  TRY(writer->Finish());
  TRY(writer->Close());
  TRY(files_->Rename(renewed, PathOf(first)));
  return files_->SyncDirectory(directory_);
}

Result<Place> LogFiles::Walk(const Place& first, const Visit& visit) const {
  TRY_ASSIGN(const std::string content, ReadContent(first));
  ByteReader bytes(content);
  if (bytes.empty()) {
    return first;  // a crash came before its head was there
  }
  const Result<Place> head = ReadFileHead(bytes);
  if (!head.ok()) {
    return Damage(first, head.error().text);
  }
  if (!(*head == first)) {
    return Damage(first, "it does not begin where the list of files says");
  }
  Place at = first;
  while (!bytes.empty()) {
    const Result<StoredRecord> record = ReadRecord(bytes, at);
    if (!record.ok()) {
      return Damage(first, record.error().text);
    }
    TRY_ASSIGN(const bool go_on, visit(*record));
    if (!go_on) {
      break;
    }
  }
  return at;
}

Status LogFiles::CheckEnd(const Place& first, const Place& at, const Place& end) const {
  if (at.number < end.number) {
    return Damage(first, "the records from " + std::to_string(at.number) + " on are missing");
  }
  if (at.number > end.number) {
    return Damage(first, "there should be no record " + std::to_string(end.number));
  }
  if (at.hash != end.hash) {
    return Damage(first, "the records behind it do not follow from its last");
  }
  return {};
}

}  // namespace basalt::audit
