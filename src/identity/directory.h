// Directory: accounts and their root access keys. Stored in the keyspace system/identity (sealed on disk), held whole
// in memory as an immutable snapshot. Ids of keys are remembered after the keys are deleted.
//
// Threads: any. Changes run one after another and publish a new snapshot once they are durable; each loop looks keys
// up through a Subscriber of its own, which takes no lock unless something changed. Secrets are never logged.
// Source: AWS IAM, "IAM identifiers" (forms of access key ids).
//
//   Subscriber<identity::Snapshot> identities(directory.snapshots());   // one a loop
//   const identity::AccessKey* key = identities.Get().FindAccessKey(claim.credential.access_key_id);
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/executor.h"
#include "base/mutex.h"
#include "base/published.h"
#include "base/result.h"
#include "base/secret_bytes.h"
#include "engine/engine.h"
#include "os/clock.h"

namespace basalt::identity {

inline constexpr char kIdentityKeyspace[] = "system/identity";
inline constexpr size_t kAccountIdLength = 12;

bool IsAccountId(std::string_view text);  // twelve digits
std::string RootArn(std::string_view account_id);

enum class KeyStatus : uint8_t { kActive = 1, kInactive = 2, kDeleted = 3 };

struct AccessKey {
  std::string id;  // AKIA and 16 characters of A-Z2-7
  std::string account_id;
  SecretBytes secret;           // 40 characters of the base64 alphabet; empty once deleted
  uint64_t secret_version = 1;  // changes when the secret behind the id does
  KeyStatus status = KeyStatus::kActive;
  std::string principal_arn;  // arn:aws:iam::<account>:root
  std::string user_id;        // of the account's root user: the account id
  int64_t created_ms = 0;
};

struct Account {
  std::string id;
  int64_t created_ms = 0;
};

// Everything the directory knows at one moment. Immutable once published.
class Snapshot {
 public:
  // Null if never issued or deleted; an inactive key is found and says so.
  const AccessKey* FindAccessKey(std::string_view id) const;
  bool WasIssued(std::string_view id) const;  // now or ever
  bool HasAccount(std::string_view id) const;
  size_t UsableKeys(std::string_view account_id) const;  // of the account, not deleted
  std::vector<Account> ListAccounts() const;             // by id

 private:
  friend class Directory;

  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };

  std::unordered_map<std::string, std::shared_ptr<const AccessKey>, Hash, std::equal_to<>> keys_;
  std::map<std::string, Account, std::less<>> accounts_;
};

// A key as its owner gets to see it, once.
struct IssuedKey {
  std::string account_id;
  std::string access_key_id;
  SecretBytes secret;
};

class Directory {
 public:
  // Reads every record. kCorruption if one cannot be understood. `clock` outlives the directory.
  static void Load(std::shared_ptr<engine::Keyspace> keyspace, os::Clock& clock, Executor& home,
                   engine::Done<std::unique_ptr<Directory>> done);
  // Changes under way must have completed.
  ~Directory();
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;

  const Published<Snapshot>& snapshots() const { return published_; }
  bool WasIssued(std::string_view id) const {
    return published_.Load()->WasIssued(id);
  }  // takes a lock: not per request
  std::vector<Account> ListAccounts() const { return published_.Load()->ListAccounts(); }

  // Makes the account and its first root access key. kAlreadyExists, kInvalidArgument (not a 12-digit id).
  void CreateAccount(std::string account_id, Executor& home, engine::Done<IssuedKey> done);
  // Deletes all root access keys of the account and makes a new one. kNotFound, kInvalidArgument.
  void ResetRoot(std::string account_id, Executor& home, engine::Done<IssuedKey> done);

 private:
  // One change: what to write under which keys, made from the snapshot when its turn comes.
  struct Change;

  Directory(std::shared_ptr<engine::Keyspace> keyspace, os::Clock& clock);

  static void ReadRecords(std::shared_ptr<engine::Keyspace> keyspace, std::shared_ptr<Snapshot> snapshot,
                          std::string begin, Executor& home, engine::Done<std::shared_ptr<Snapshot>> done);
  void Enqueue(std::string account_id, bool create, Executor& home, engine::Done<IssuedKey> done);
  void Run(std::unique_ptr<Change> change);
  void Refresh(Executor& home, engine::Done<void> done);
  void Finish();  // of one change: starts the next

  std::shared_ptr<engine::Keyspace> keyspace_;
  os::Clock& clock_;
  Published<Snapshot> published_;
  bool stale_ = false;  // a write's outcome is unknown: read again before the next; only the change under way looks
  Mutex mutex_;
  bool busy_ GUARDED_BY(mutex_) = false;
  std::deque<std::unique_ptr<Change>> waiting_ GUARDED_BY(mutex_);
};

}  // namespace basalt::identity
