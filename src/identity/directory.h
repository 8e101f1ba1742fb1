// Directory: accounts, what IAM keeps of each, and access keys. Stored in the keyspace system/identity (sealed on
// disk), held whole in memory as an immutable snapshot. Ids of keys are remembered after the keys are deleted.
//
// Threads: any. Changes run one after another and publish a new snapshot once they are durable; each loop looks things
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
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <vector>

#include "base/executor.h"
#include "base/mutex.h"
#include "base/published.h"
#include "base/result.h"
#include "base/secret_bytes.h"
#include "engine/engine.h"
#include "identity/entity.h"
#include "identity/key_use.h"
#include "identity/organization.h"
#include "identity/session_token.h"
#include "os/clock.h"

namespace basalt::identity {

inline constexpr char kIdentityKeyspace[] = "system/identity";
inline constexpr size_t kAccountIdLength = 12;

std::string RootArn(std::string_view account_id);

enum class KeyStatus : uint8_t { kActive = 1, kInactive = 2, kDeleted = 3 };

struct AccessKey {
  std::string id;  // AKIA and 16 characters of A-Z2-7
  std::string account_id;
  SecretBytes secret;           // 40 characters of the base64 alphabet; empty once deleted
  uint64_t secret_version = 1;  // changes when the secret behind the id does
  KeyStatus status = KeyStatus::kActive;
  std::string owner_id;  // of the user whose key it is; empty: the account's root user
  int64_t created_ms = 0;
  std::shared_ptr<KeyUse> use = std::make_shared<KeyUse>();  // the same as long as there is the key
};

struct Account {
  std::string id;
  int64_t created_ms = 0;
  uint64_t version = 0;  // grows with every change of what the account keeps
};

// What IAM keeps of one account.
struct Members {
  Account account;
  Entities<User> users;
  Entities<Group> groups;
  Entities<Role> roles;
  Entities<ManagedPolicy> policies;
  Entities<OidcProvider> oidc_providers;
  std::shared_ptr<const Organization> organization;  // whose management account this is; null: of none

  template <class T>
  const Entities<T>& All() const {
    if constexpr (std::is_same_v<T, User>) {
      return users;
    } else if constexpr (std::is_same_v<T, Group>) {
      return groups;
    } else if constexpr (std::is_same_v<T, Role>) {
      return roles;
    } else if constexpr (std::is_same_v<T, OidcProvider>) {
      return oidc_providers;
    } else {
      static_assert(std::is_same_v<T, ManagedPolicy>);
      return policies;
    }
  }
  template <class T>
  Entities<T>& All() {
    return const_cast<Entities<T>&>(std::as_const(*this).All<T>());
  }
};

// Everything the directory knows at one moment. Immutable once published.
class Snapshot {
 public:
  // Null if never issued or deleted; an inactive key is found and says so.
  const AccessKey* FindAccessKey(std::string_view id) const;
  bool WasIssued(std::string_view id) const;               // now or ever
  const AccessKey* FindIssued(std::string_view id) const;  // the same, deleted ones too
  // Of a user or, if `owner_id` is empty, the root user; not deleted, as made.
  std::vector<const AccessKey*> KeysOf(std::string_view account_id, std::string_view owner_id) const;
  size_t UsableKeys(std::string_view account_id) const;  // of the account, not deleted
  bool HasAccount(std::string_view id) const;
  std::vector<Account> ListAccounts() const;  // by id
  // Null if there is no such account. The same pointer as long as nothing of the account has changed.
  std::shared_ptr<const Members> Find(std::string_view account_id) const;
  std::span<const SessionKey> session_keys() const { return *session_keys_; }  // the newest is the last
  // What an organization means to the account; null: it is in none. Another pointer after every change of it.
  std::shared_ptr<const Placement> FindPlacement(std::string_view account_id) const;
  bool IsPlaced(std::string_view account_id, const Placement* placement) const;  // whether that is what is found

 private:
  friend class Directory;
  friend class Draft;

  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  using Keys = std::unordered_map<std::string, std::shared_ptr<const AccessKey>, Hash, std::equal_to<>>;

  using Placements = std::map<std::string, std::shared_ptr<const Placement>, std::less<>>;

  std::shared_ptr<const Placements> PlaceAccounts() const;

  std::shared_ptr<const Keys> keys_ = std::make_shared<const Keys>();
  std::map<std::string, std::shared_ptr<const Members>, std::less<>> accounts_;
  std::shared_ptr<const std::vector<SessionKey>> session_keys_ = std::make_shared<const std::vector<SessionKey>>();
  std::shared_ptr<const Placements> placements_;  // null: there is no organization
};

// A key as its owner gets to see it, once.
struct IssuedKey {
  std::string account_id;
  std::string access_key_id;
  SecretBytes secret;
};

// A change of one account while it is made. What was put or removed is seen by what is asked afterwards.
class Draft {
 public:
  const Members& members() const { return members_; }
  const Snapshot& before() const { return *before_; }
  int64_t now_ms() const { return now_ms_; }
  std::vector<const AccessKey*> KeysOf(std::string_view owner_id) const;

  template <class T>
  void Put(T entity);
  template <class T>
  void Remove(const std::string& id);

  const AccessKey& AddKey(std::string_view owner_id);
  void SetKeyStatus(const AccessKey& key, KeyStatus status);  // kDeleted: its secret is forgotten
  void AddSessionKey();                                       // and forgets those that no session can be of

  // Of the organization whose management account this is.
  void PutOrganization(Organization organization);
  void RemoveOrganization();
  // Another account, with this role in it. `id` is of none that there is.
  void AddAccount(std::string id, Role role);

 private:
  friend class Directory;
  Draft(std::shared_ptr<const Snapshot> before, Members members, int64_t now_ms)
      : before_(std::move(before)), members_(std::move(members)), now_ms_(now_ms) {}

  void PutKey(std::shared_ptr<const AccessKey> key);
  std::shared_ptr<const Snapshot> Apply() const;

  std::shared_ptr<const Snapshot> before_;
  Members members_;
  int64_t now_ms_;
  std::map<std::string, std::shared_ptr<const AccessKey>, std::less<>> keys_;
  std::shared_ptr<const std::vector<SessionKey>> session_keys_;  // null: as before
  std::map<std::string, std::shared_ptr<const Members>, std::less<>> new_accounts_;
  bool organization_changed_ = false;
  std::map<engine::Key, std::string> puts_;
  std::map<engine::Key, bool> deletes_;
};

class Directory {
 public:
  // Reads every record. kCorruption if one cannot be understood. `clock` outlives the directory; so does `actions`,
  // which documents are compiled for.
  static void Load(std::shared_ptr<engine::Keyspace> keyspace, os::Clock& clock, Executor& home,
                   engine::Done<std::unique_ptr<Directory>> done, const policy::ActionCatalogue* actions = nullptr);
  // Changes under way must have completed.
  ~Directory();
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;

  const Published<Snapshot>& snapshots() const { return published_; }
  const policy::ActionCatalogue* actions() const { return actions_; }
  bool WasIssued(std::string_view id) const {
    return published_.Load()->WasIssued(id);
  }  // takes a lock: not per request
  std::vector<Account> ListAccounts() const { return published_.Load()->ListAccounts(); }

  // Makes the account and its first root access key. kAlreadyExists, kInvalidArgument (not a 12-digit id).
  void CreateAccount(std::string account_id, Executor& home, engine::Done<IssuedKey> done);
  // Deletes all root access keys of the account and makes a new one. kNotFound, kInvalidArgument.
  void ResetRoot(std::string account_id, Executor& home, engine::Done<IssuedKey> done);

  enum class IfAbsent : uint8_t {
    kRefuse,
    kMake,  // the account comes to be with the change, without a key: where keys may name accounts of their own
  };
  // Looks at an account when the change's turn has come, and says what is to become of it; its error is the change's,
  // and then nothing is changed. May run again, on any thread; must not block. kNotFound if there is no such account.
  using ChangeFunction = std::function<Status(Draft&)>;
  void Change(std::string account_id, ChangeFunction function, Executor& home, engine::Done<void> done,
              IfAbsent if_absent = IfAbsent::kRefuse);

 private:
  struct Turn;
  struct Loading;

  Directory(std::shared_ptr<engine::Keyspace> keyspace, os::Clock& clock, const policy::ActionCatalogue* actions);

  static void ReadRecords(std::shared_ptr<engine::Keyspace> keyspace, std::shared_ptr<Loading> loading,
                          std::string begin, Executor& home, engine::Done<std::shared_ptr<Snapshot>> done);
  void IssueRootKey(std::string account_id, bool create, Executor& home, engine::Done<IssuedKey> done);
  void Enqueue(std::unique_ptr<Turn> turn);
  void Run(std::unique_ptr<Turn> turn);
  void Commit(std::unique_ptr<Turn> turn, std::shared_ptr<const Draft> draft);
  void Refresh(Executor& home, engine::Done<void> done);
  void Finish(std::unique_ptr<Turn> turn, Status status);  // starts the next

  std::shared_ptr<engine::Keyspace> keyspace_;
  os::Clock& clock_;
  const policy::ActionCatalogue* actions_;
  Published<Snapshot> published_;
  bool stale_ = false;  // a write's outcome is unknown: read again before the next; only the change under way looks
  Mutex mutex_;
  bool busy_ GUARDED_BY(mutex_) = false;
  std::deque<std::unique_ptr<Turn>> waiting_ GUARDED_BY(mutex_);
};

}  // namespace basalt::identity
