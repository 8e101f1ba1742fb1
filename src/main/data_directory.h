// The data directory D as files: what stands in it, in which state it is, and whether its system files are whole.
//
//   D/LOCK            empty; locked while a server runs
//   D/ROOT            the system key under the root key; written last, so with it the directory is complete
//   D/INITIALISING    there while a directory is being made and not yet complete
//   D/system/NAME/    catalogue, identity, journal, kms: keyspaces under the system key
//   D/audit/          the audit log, under the system key
//   D/tables/ID/      one keyspace a table incarnation
//   D/lost/ID/        directories of tables that no record names
//   D/admin.sock      the operator's socket
// Blocking calls. Errors of kInvalidArgument are whole lines, `WHAT; WHAT TO DO`.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret_bytes.h"
#include "os/file_system.h"

namespace basalt::main {

inline constexpr char kLockFileName[] = "LOCK";
inline constexpr char kInitialisingFileName[] = "INITIALISING";
inline constexpr char kAdminSocketName[] = "admin.sock";
inline constexpr char kSystemDirectory[] = "system";
inline constexpr char kAuditDirectory[] = "audit";
inline constexpr char kTablesDirectory[] = "tables";
inline constexpr char kLostDirectory[] = "lost";
inline constexpr std::array<const char*, 4> kSystemKeyspaces = {"catalogue", "identity", "journal", "kms"};

enum class DirectoryState {
  kEmpty,       // nothing in it: may become a data directory
  kUnfinished,  // a first start or an init was interrupted; nothing in it can be used
  kComplete,
};

// kInvalidArgument if files stand there that are not Basalt's, or Basalt's without ROOT.
Result<DirectoryState> ExamineDirectory(os::FileSystem& files, const std::string& path);

// kInvalidArgument if a server runs on it.
Result<std::unique_ptr<os::FileLock>> LockDirectory(os::FileSystem& files, const std::string& path);

// Removes what an interrupted first start left; marks the directory as being made.
Status BeginInitialising(os::FileSystem& files, const std::string& path);
// After ROOT has been written.
Status EndInitialising(os::FileSystem& files, const std::string& path);

// Checks every byte of every file under D/system. kCorruption names the first that is damaged.
Status VerifySystemFiles(os::FileSystem& files, const std::string& path, const SecretBytes& system_key);

// Moves the keyspace directory `keyspace` ("tables/ID") to D/lost, durably.
Status MoveToLost(os::FileSystem& files, const std::string& path, const std::string& keyspace);

// The file that holds a development directory's root key: D.root-key.
std::string RootKeyBeside(const std::string& path);

}  // namespace basalt::main
