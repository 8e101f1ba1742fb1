// Keyring: the file-key roots of one directory, kept in its KEYS file under the directory's wrapping key (a table
// key, or the system key). Data files name a root by number and are never changed; changing the wrapping key
// rewrites KEYS alone.
//
// KEYS: magic, format version, key version it is sealed under, then the roots {number, 256 bits} sealed with
// AES-256-GCM under the wrapping key (AAD: all of that head, the purpose and the directory's id), then a plain
// checksum so that damage can be told from a wrong key. Written whole: temp file, sync, rename, sync of the directory.
//
// Every method may block on a disk. A Keyring is immutable and safe from any thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
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
  // One fresh root, number 1. kAlreadyExists if the directory has a KEYS: replacing it would lose what it opens.
  // `key_version` says which version of the wrapping key KEYS is sealed under; it is the caller's to interpret.
  static Result<std::shared_ptr<const Keyring>> Create(os::FileSystem& files, const std::string& directory,
                                                       std::string directory_id, const SecretBytes& wrapping_key,
                                                       uint32_t key_version = 1);
  // kCorruption (names the file) if damaged, kWrongKey if intact but sealed under another key, kNotFound if absent.
  static Result<std::shared_ptr<const Keyring>> Load(os::FileSystem& files, const std::string& directory,
                                                     std::string directory_id, const SecretBytes& wrapping_key);

  // The key version KEYS says it is sealed under, read without the key (and so not yet authenticated).
  static Result<uint32_t> ReadKeyVersion(os::FileSystem& files, const std::string& directory);

  // A key change: replaces KEYS by one under `wrapping_key` with a fresh root for files written from then on and
  // only those old roots that `keep_roots` names (every root that a file still names). Returns the new keyring; this
  // one stays as it is. After a power loss the old or the new KEYS is there.
  Result<std::shared_ptr<const Keyring>> WithFreshRoot(os::FileSystem& files, const std::string& directory,
                                                       const SecretBytes& wrapping_key, uint32_t key_version,
                                                       const std::set<uint32_t>& keep_roots) const;
  // Writes these roots into `directory` under another wrapping key: a backup or a restored table, whose files are
  // hard links and so keep the directory id they were sealed with. Replaces a KEYS that is there.
  Status WriteTo(os::FileSystem& files, const std::string& directory, const SecretBytes& wrapping_key,
                 uint32_t key_version) const;

  const std::string& directory_id() const { return directory_id_; }
  uint32_t key_version() const { return key_version_; }
  uint32_t newest_root() const { return newest_root_; }
  const SecretBytes* FindRoot(uint32_t number) const;  // null if there is none; lives as long as the keyring
  std::set<uint32_t> root_numbers() const;

 private:
  Keyring() = default;

  std::string directory_id_;
  uint32_t key_version_ = 1;
  uint32_t newest_root_ = 0;
  std::map<uint32_t, SecretBytes> roots_;
};

}  // namespace basalt::sealed
