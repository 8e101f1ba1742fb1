// The header every sealed file begins with, and what chunks and frames share: nonces and fixed-width integers.
//
//   offset  bytes
//        0      4  magic
//        4      1  format version (1)
//        5      1  suite (1 = AES-256-GCM)
//        6      1  layout (1 = chunked, 2 = framed)
//        7      1  zero
//        8     16  file id, random
//       24      4  plaintext bytes a chunk; 0 if framed
//       28      4  nonce salt, random
//       32      4  number of the root
//       36     60  data key wrapped under that root: nonce, ciphertext, tag; AAD: bytes 0 to 35, purpose, directory id
//
// Integers are big-endian. No byte is unauthenticated. Internal to sealed/; errors are texts without the path.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "crypto/aead.h"
#include "os/file_system.h"
#include "sealed/keyring.h"
#include "sealed/sealed_file.h"

namespace basalt::sealed {

inline constexpr size_t kHeaderBytes = 96;
inline constexpr size_t kFileIdBytes = 16;
inline constexpr uint32_t kChunkBytes = 4096;
inline constexpr uint64_t kLogicalBytesMax = uint64_t{64} << 30;  // of one data key
inline constexpr uint64_t kSealsMax = uint64_t{1} << 32;          // chunks or frames of one data key

// What a header says, its data key expanded and ready.
struct FileKey {
  Layout layout = Layout::kFramed;
  std::string file_id;
  uint32_t salt = 0;
  uint32_t root = 0;
  std::unique_ptr<crypto::Aes256Gcm> cipher;
};

// A fresh file id, salt and data key; `header` becomes the bytes to write.
FileKey NewFileKey(Layout layout, const Keyring& keyring, std::string& header);

// The front of an existing file. No key: the file is empty, a header that a crash left unfinished included.
struct FileStart {
  std::optional<FileKey> key;
  uint64_t physical_bytes = 0;
};
Result<FileStart> ReadFileStart(const os::RandomFile& file, const std::string& path, const Keyring& keyring);

// 12 bytes: the file's salt, then which chunk or frame.
std::array<char, crypto::kGcmNonceBytes> MakeNonce(uint32_t salt, uint64_t index);

void PutBigEndian32(char* at, uint32_t value);
void PutBigEndian64(char* at, uint64_t value);

Error Damage(const std::string& path, const std::string& what);  // kCorruption

}  // namespace basalt::sealed
