#include "sealed/keyring.h"

#include "base/bytes.h"
#include "base/checksum.h"
#include "crypto/aead.h"
#include "crypto/random.h"

namespace basalt::sealed {
namespace {

constexpr std::string_view kMagic = "BSLTKEYS";
constexpr uint16_t kFormatVersion = 1;
constexpr std::string_view kPurpose = "basalt: roots of a directory";
constexpr size_t kHeadBytes = 8 + 2 + 4;  // magic, format version, key version
constexpr size_t kChecksumBytes = 8;
constexpr size_t kRootBytes = crypto::kAes256KeyBytes;
constexpr size_t kRootsMax = 65536;
constexpr size_t kFileBytesMax = 4U << 20;

Error Damaged(const std::string& path, const char* what) { return {Reason::kCorruption, path + ": " + what}; }

std::string AssociatedData(std::string_view head, std::string_view directory_id) {
  std::string data(head);
  data.append(kPurpose);
  data.append(directory_id);
  return data;
}

struct KeysFile {
  std::string head;
  uint32_t key_version = 0;
  std::string sealed_roots;
};

// Everything that can be checked without the wrapping key.
Result<KeysFile> ReadKeysFile(os::FileSystem& files, const std::string& path) {
  TRY_ASSIGN(const uint64_t size, files.FileSize(path));
  if (size > kFileBytesMax) {
    return Damaged(path, "too long for a key file");
  }
  TRY_ASSIGN(const std::string content, files.ReadFile(path));
  if (content.size() < kHeadBytes + crypto::kGcmNonceBytes + crypto::kGcmTagBytes + kChecksumBytes) {
    return Damaged(path, "too short for a key file");
  }
  const std::string_view body = std::string_view(content).substr(0, content.size() - kChecksumBytes);
  if (ReadBigEndian64(content.data() + body.size()) != Xxh3(body, 0)) {
    return Damaged(path, "checksum of the key file does not fit");
  }
  ByteReader reader(body);
  if (reader.ReadBytes(kMagic.size()) != kMagic) {
    return Damaged(path, "not a key file");
  }
  if (reader.Read16() != kFormatVersion) {
    return Damaged(path, "key file of an unknown format version");
  }
  KeysFile file;
  file.key_version = reader.Read32().value_or(0);
  file.head = body.substr(0, kHeadBytes);
  file.sealed_roots = reader.rest();
  return file;
}

}  // namespace

Result<std::shared_ptr<const Keyring>> Keyring::Create(os::FileSystem& files, const std::string& directory,
                                                       std::string directory_id, const SecretBytes& wrapping_key,
                                                       uint32_t key_version) {
  const std::string path = os::JoinPath(directory, kKeysFileName);
  TRY_ASSIGN(const bool exists, files.FileExists(path));
  if (exists) {
    return Error(Reason::kAlreadyExists, path + ": this directory has its keys already");
  }
  const std::shared_ptr<Keyring> keyring(new Keyring());
  keyring->directory_id_ = std::move(directory_id);
  keyring->key_version_ = key_version;
  keyring->newest_root_ = 1;
  keyring->roots_.emplace(1, crypto::RandomSecret(kRootBytes));
  TRY(keyring->WriteTo(files, directory, wrapping_key, key_version));
  return std::shared_ptr<const Keyring>(keyring);
}

Result<std::shared_ptr<const Keyring>> Keyring::Load(os::FileSystem& files, const std::string& directory,
                                                     std::string directory_id, const SecretBytes& wrapping_key) {
  const std::string path = os::JoinPath(directory, kKeysFileName);
  TRY_ASSIGN(const KeysFile file, ReadKeysFile(files, path));
  auto opened = crypto::UnwrapKey(wrapping_key.view(), AssociatedData(file.head, directory_id), file.sealed_roots);
  if (!opened.ok()) {
    return Error(Reason::kWrongKey, path + ": intact, but sealed under another key or for another directory");
  }
  const SecretBytes roots = std::move(opened).value();

  const std::shared_ptr<Keyring> keyring(new Keyring());
  keyring->directory_id_ = std::move(directory_id);
  keyring->key_version_ = file.key_version;
  ByteReader reader(roots.view());
  const auto newest = reader.Read32();
  while (!reader.empty()) {
    const auto number = reader.Read32();
    const auto root = reader.ReadBytes(kRootBytes);
    if (!number || !root || keyring->roots_.size() >= kRootsMax ||
        !keyring->roots_.emplace(*number, SecretBytes(*root)).second) {
      return Damaged(path, "roots of an unknown form");
    }
  }
  if (!newest || !keyring->roots_.contains(*newest)) {
    return Damaged(path, "the newest root is not among the roots");
  }
  keyring->newest_root_ = *newest;
  return std::shared_ptr<const Keyring>(keyring);
}

Result<uint32_t> Keyring::ReadKeyVersion(os::FileSystem& files, const std::string& directory) {
  TRY_ASSIGN(const KeysFile file, ReadKeysFile(files, os::JoinPath(directory, kKeysFileName)));
  return file.key_version;
}

Result<std::shared_ptr<const Keyring>> Keyring::WithFreshRoot(os::FileSystem& files, const std::string& directory,
                                                              const SecretBytes& wrapping_key, uint32_t key_version,
                                                              const std::set<uint32_t>& keep_roots) const {
  const std::shared_ptr<Keyring> keyring(new Keyring());
  keyring->directory_id_ = directory_id_;
  keyring->key_version_ = key_version;
  for (const auto& [number, root] : roots_) {
    if (keep_roots.contains(number)) {
      keyring->roots_.emplace(number, root.Clone());
    }
  }
  if (keyring->roots_.size() >= kRootsMax || newest_root_ == UINT32_MAX) {
    return Error(Reason::kInternal, os::JoinPath(directory, kKeysFileName) + ": too many roots");
  }
  // Numbers only grow: a file that names a dropped root must never find another one under its number.
  keyring->newest_root_ = newest_root_ + 1;
  keyring->roots_.emplace(keyring->newest_root_, crypto::RandomSecret(kRootBytes));
  TRY(keyring->WriteTo(files, directory, wrapping_key, key_version));
  return std::shared_ptr<const Keyring>(keyring);
}

Status Keyring::WriteTo(os::FileSystem& files, const std::string& directory, const SecretBytes& wrapping_key,
                        uint32_t key_version) const {
  // Sized once, so that no growing buffer leaves roots behind in freed memory.
  std::string roots;
  roots.reserve(4 + roots_.size() * (4 + kRootBytes));
  AppendBigEndian32(roots, newest_root_);
  for (const auto& [number, root] : roots_) {
    AppendBigEndian32(roots, number);
    roots.append(root.view());
  }
  const SecretBytes secret_roots(roots);
  WipeMemory(roots.data(), roots.size());

  std::string content(kMagic);
  AppendBigEndian16(content, kFormatVersion);
  AppendBigEndian32(content, key_version);
  content.append(crypto::WrapKey(wrapping_key.view(), AssociatedData(content, directory_id_), secret_roots));
  AppendBigEndian64(content, Xxh3(content, 0));
  return files.WriteFileAtomically(os::JoinPath(directory, kKeysFileName), content);
}

const SecretBytes* Keyring::FindRoot(uint32_t number) const {
  const auto found = roots_.find(number);
  return found == roots_.end() ? nullptr : &found->second;
}

std::set<uint32_t> Keyring::root_numbers() const {
  std::set<uint32_t> numbers;
  for (const auto& [number, root] : roots_) {
    numbers.insert(number);
  }
  return numbers;
}

}  // namespace basalt::sealed
