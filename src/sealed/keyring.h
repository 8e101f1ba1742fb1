// Keyring: the file-key roots of one directory, kept in its KEYS file under the directory's wrapping key (a table
// key, or the system key). Data files name a root by number and are never changed; changing the wrapping key
// rewrites KEYS alone.
//
// KEYS: format version, key version it is sealed under, roots {number, 256 bits}, all sealed with AES-256-GCM under
// the wrapping key (AAD: the directory's id and purpose); written whole (temp file, sync, rename, sync of the
// directory), with a plain checksum so that damage can be told from a wrong key.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "base/result.h"
#include "base/secret_bytes.h"
#include "os/file_system.h"

namespace basalt::sealed {

inline constexpr char kKeysFileName[] = "KEYS";

// Immutable once made; shared by every open file of the directory. Wiped with its last user.
class Keyring {
 public:
  // `directory_id` (a table incarnation's or keyspace's id) is bound into KEYS and into every file header.
  static Result<std::shared_ptr<const Keyring>> Create(os::FileSystem& files, const std::string& directory,
                                                       std::string directory_id, const SecretBytes& wrapping_key);
  // kCorruption (names the file) if damaged, kWrongKey if intact but sealed under another key, kNotFound if absent.
  static Result<std::shared_ptr<const Keyring>> Load(os::FileSystem& files, const std::string& directory,
                                                     std::string directory_id, const SecretBytes& wrapping_key);

  const std::string& directory_id() const { return directory_id_; }
  uint32_t newest_root() const { return newest_root_; }
  const SecretBytes* FindRoot(uint32_t number) const;

 private:
  Keyring() = default;

  std::string directory_id_;
  uint32_t newest_root_ = 0;
  std::map<uint32_t, SecretBytes> roots_;
};

}  // namespace basalt::sealed
