// Reads and writes D/ROOT.
#include "keys/root_file.h"

#include "base/bytes.h"
#include "base/checksum.h"
#include "crypto/random.h"

namespace basalt::keys {
namespace {

constexpr std::string_view kMagic = "BASALTRT";
constexpr size_t kDirectoryIdBytes = 16;
constexpr size_t kChecksumBytes = 8;

Error Damaged(std::string_view path, std::string_view how) {
  return Error(Reason::kCorruption, std::string(path) + " is damaged: " + std::string(how));
}

}  // namespace

Result<RootFileView> RootFileView::Parse(std::string_view bytes, std::string_view path) {
  if (bytes.size() < kMagic.size() + kChecksumBytes || bytes.size() > kRootFileBytesMax) {
    return Damaged(path, "its size cannot be right");
  }
  const std::string_view content = bytes.substr(0, bytes.size() - kChecksumBytes);
  if (ReadBigEndian64(bytes.data() + content.size()) != Xxh3(content, 0)) {
    return Damaged(path, "its checksum does not match");
  }
  if (!content.starts_with(kMagic)) {
    return Damaged(path, "it does not begin as such a file does");
  }
  RootFileView file;
  ByteReader reader(content.substr(kMagic.size()));
  const auto version = reader.Read16();
  if (version && *version != kRootFileVersion) {
    return Error(Reason::kInvalidArgument, std::string(path) + " has format version " + std::to_string(*version) +
                                               ", which this program does not know; use a newer basalt");
  }
  const auto directory_id = reader.ReadBytes(kDirectoryIdBytes);
  const auto provider_name = reader.ReadLengthPrefixed();
  const size_t associated_bytes = content.size() - reader.rest().size();
  const auto wrapped = reader.ReadLengthPrefixed();
  if (!version || !directory_id || !provider_name || !wrapped || !reader.empty()) {
    return Damaged(path, "its parts do not fit its size");
  }
  file.version = *version;
  file.directory_id = *directory_id;
  file.provider_name = *provider_name;
  file.wrapped_system_key = *wrapped;
  file.associated_data = content.substr(0, associated_bytes);
  return file;
}

Status WriteRootFile(os::FileSystem& files, const std::string& directory, const RootKey& root_key,
                     const SecretBytes& system_key) {
  std::string content(kMagic);
  AppendBigEndian16(content, kRootFileVersion);
  content += crypto::RandomBytes(kDirectoryIdBytes);
  AppendLengthPrefixed(content, root_key.provider_name());
  TRY_ASSIGN(const std::string wrapped, root_key.Wrap(content, system_key));
  AppendLengthPrefixed(content, wrapped);
  AppendBigEndian64(content, Xxh3(content, 0));
  const std::string path = os::JoinPath(directory, kRootFileName);
  BASALT_CHECK(RootFileView::Parse(content, path).ok());
  return files.WriteFileAtomically(path, content);
}

Result<SecretBytes> ReadRootFile(os::FileSystem& files, const std::string& directory, const RootKey& root_key) {
  const std::string path = os::JoinPath(directory, kRootFileName);
  TRY_ASSIGN(const uint64_t size_bytes, files.FileSize(path));
  if (size_bytes > kRootFileBytesMax) {
    return Damaged(path, "its size cannot be right");
  }
  TRY_ASSIGN(const std::string bytes, files.ReadFile(path));
  TRY_ASSIGN(const RootFileView file, RootFileView::Parse(bytes, path));
  Result<SecretBytes> system_key = root_key.Unwrap(file.associated_data, file.wrapped_system_key);
  if (!system_key.ok()) {
    if (system_key.error().reason == Reason::kWrongKey) {
      return Error(Reason::kWrongKey, "wrong root key: " + path + " was made with another one");
    }
    return system_key;
  }
  if (system_key->size() != kSystemKeyBytes) {
    return Damaged(path, "the key in it has the wrong size");
  }
  return system_key;
}

}  // namespace basalt::keys
