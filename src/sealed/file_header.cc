#include "sealed/file_header.h"

#include "base/bytes.h"
#include "base/check.h"
#include "crypto/random.h"

namespace basalt::sealed {
namespace {

constexpr std::string_view kMagic("BSF\x1a", 4);
constexpr char kFormatVersion = 1;
constexpr char kSuiteAes256Gcm = 1;
constexpr size_t kClearBytes = 36;
constexpr std::string_view kPurpose = "basalt: data key of a file";

static_assert(kHeaderBytes == kClearBytes + crypto::kGcmNonceBytes + crypto::kAes256KeyBytes + crypto::kGcmTagBytes);

std::string AssociatedData(std::string_view clear, const Keyring& keyring) {
  std::string data(clear);
  data.append(kPurpose);
  data.append(keyring.directory_id());
  return data;
}

struct ParsedHeader {
  std::optional<FileKey> key;
  std::string defect;  // why there is no key
};

ParsedHeader ParseHeader(std::string_view header, const Keyring& keyring) {
  const std::string_view clear = header.substr(0, kClearBytes);
  if (clear.substr(0, kMagic.size()) != kMagic) {
    return {std::nullopt, "header has no magic number"};
  }
  if (clear[4] != kFormatVersion) {
    return {std::nullopt, "header of an unknown format version"};
  }
  if (clear[5] != kSuiteAes256Gcm) {
    return {std::nullopt, "header names an unknown cipher suite"};
  }
  const bool chunked = clear[6] == static_cast<char>(Layout::kChunked);
  if ((!chunked && clear[6] != static_cast<char>(Layout::kFramed)) || clear[7] != 0 ||
      ReadBigEndian32(clear.data() + 24) != (chunked ? kChunkBytes : 0)) {
    return {std::nullopt, "header names an unknown layout"};
  }
  FileKey key;
  key.layout = chunked ? Layout::kChunked : Layout::kFramed;
  key.file_id = clear.substr(8, kFileIdBytes);
  key.salt = ReadBigEndian32(clear.data() + 28);
  key.root = ReadBigEndian32(clear.data() + 32);
  const SecretBytes* root = keyring.FindRoot(key.root);
  if (root == nullptr) {
    return {std::nullopt, "header names a root that KEYS does not hold"};
  }
  const auto data_key = crypto::UnwrapKey(root->view(), AssociatedData(clear, keyring), header.substr(kClearBytes));
  if (!data_key.ok()) {
    return {std::nullopt, "header fails authentication"};
  }
  key.cipher = std::make_unique<crypto::Aes256Gcm>(data_key.value().view());
  return {std::move(key), ""};
}

}  // namespace

FileKey NewFileKey(Layout layout, const Keyring& keyring, std::string& header) {
  FileKey key;
  key.layout = layout;
  key.file_id = crypto::RandomBytes(kFileIdBytes);
  key.salt = static_cast<uint32_t>(crypto::RandomUint64());
  key.root = keyring.newest_root();
  const SecretBytes data_key = crypto::RandomSecret(crypto::kAes256KeyBytes);
  key.cipher = std::make_unique<crypto::Aes256Gcm>(data_key.view());

  header.assign(kMagic);
  header.push_back(kFormatVersion);
  header.push_back(kSuiteAes256Gcm);
  header.push_back(static_cast<char>(layout));
  header.push_back(0);
  header.append(key.file_id);
  AppendBigEndian32(header, layout == Layout::kChunked ? kChunkBytes : 0);
  AppendBigEndian32(header, key.salt);
  AppendBigEndian32(header, key.root);
  const SecretBytes* root = keyring.FindRoot(key.root);
  BASALT_CHECK(root != nullptr && header.size() == kClearBytes);
  header.append(crypto::WrapKey(root->view(), AssociatedData(header, keyring), data_key));
  return key;
}

Result<FileStart> ReadFileStart(const os::RandomFile& file, const std::string& path, const Keyring& keyring) {
  FileStart start;
  TRY_ASSIGN(start.physical_bytes, file.Size());
  if (start.physical_bytes < kHeaderBytes) {
    return start;
  }
  std::array<char, kHeaderBytes> header;
  TRY_ASSIGN(const size_t read, file.Read(0, header.size(), header.data()));
  if (read < header.size()) {
    return Damage(path, "became shorter while it was opened");
  }
  ParsedHeader parsed = ParseHeader({header.data(), header.size()}, keyring);
  if (!parsed.key && start.physical_bytes > kHeaderBytes) {
    return Damage(path, parsed.defect);
  }
  start.key = std::move(parsed.key);
  return start;
}

std::array<char, crypto::kGcmNonceBytes> MakeNonce(uint32_t salt, uint64_t index) {
  std::array<char, crypto::kGcmNonceBytes> nonce;
  PutBigEndian32(nonce.data(), salt);
  PutBigEndian64(nonce.data() + 4, index);
  return nonce;
}

// Byte by byte without a loop: compilers make one store of that.
void PutBigEndian32(char* at, uint32_t value) {
  at[0] = static_cast<char>(value >> 24);
  at[1] = static_cast<char>(value >> 16);
  at[2] = static_cast<char>(value >> 8);
  at[3] = static_cast<char>(value);
}

void PutBigEndian64(char* at, uint64_t value) {
  PutBigEndian32(at, static_cast<uint32_t>(value >> 32));
  PutBigEndian32(at + 4, static_cast<uint32_t>(value));
}

Error Damage(const std::string& path, const std::string& what) { return {Reason::kCorruption, path + ": " + what}; }

}  // namespace basalt::sealed
