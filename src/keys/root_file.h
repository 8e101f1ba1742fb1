// D/ROOT: the system key of a data directory, wrapped by the root key. Written last when a directory is made, so its
// presence says that the directory is complete; always written whole.
//
// Layout (big-endian): magic "BASALTRT", format version u16, directory id (16 random bytes), provider name (length
// prefix), wrapped system key (length prefix), XXH3 of all before u64. The wrap's associated data is everything before
// it. A wrong checksum is damage (kCorruption, names the file); a right one with a failing unwrap is another root key
// (kWrongKey). Blocking calls: never on a loop.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret_bytes.h"
#include "keys/root_key.h"
#include "os/file_system.h"

namespace basalt::keys {

inline constexpr char kRootFileName[] = "ROOT";
inline constexpr uint16_t kRootFileVersion = 1;
inline constexpr size_t kRootFileBytesMax = 4096;
inline constexpr size_t kSystemKeyBytes = 32;

// A ROOT file whose form is right. Views into the bytes it was parsed from.
struct RootFileView {
  uint16_t version = 0;
  std::string_view directory_id;
  std::string_view provider_name;
  std::string_view wrapped_system_key;
  std::string_view associated_data;

  // `path` is for the text of the error.
  static Result<RootFileView> Parse(std::string_view bytes, std::string_view path);
};

Status WriteRootFile(os::FileSystem& files, const std::string& directory, const RootKey& root_key,
                     const SecretBytes& system_key);
// kNotFound if there is none.
Result<SecretBytes> ReadRootFile(os::FileSystem& files, const std::string& directory, const RootKey& root_key);

}  // namespace basalt::keys
