// The directory: its snapshot, what a change does to it, and the queue of changes. Records are record.h's.
#include "identity/directory.h"

#include <algorithm>
#include <utility>

#include "base/bytes.h"
#include "crypto/random.h"
#include "identity/record.h"
#include "model/arn.h"

namespace basalt::identity {
namespace {

constexpr std::string_view kKeyIdPrefix = "AKIA";
constexpr size_t kKeyIdRandomLength = 16;
constexpr size_t kSecretLength = 40;
constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr int kAttemptsMax = 3;

std::shared_ptr<AccessKey> NewAccessKey(std::string_view account_id, std::string_view owner_id, int64_t now_ms) {
  auto key = std::make_shared<AccessKey>();
  key->id = std::string(kKeyIdPrefix) + crypto::RandomText(kKeyIdRandomLength, kIdAlphabet);
  key->account_id = account_id;
  std::string secret = crypto::RandomText(kSecretLength, kBase64);
  key->secret = SecretBytes(secret);
  WipeMemory(secret.data(), secret.size());
  key->owner_id = owner_id;
  key->created_ms = now_ms;
  return key;
}

std::vector<const AccessKey*> AsMade(std::vector<const AccessKey*> keys) {
  std::sort(keys.begin(), keys.end(), [](const AccessKey* a, const AccessKey* b) {
    return std::tie(a->created_ms, a->id) < std::tie(b->created_ms, b->id);
  });
  return keys;
}

bool IsUsableKeyOf(const AccessKey& key, std::string_view account_id, std::string_view owner_id) {
  return key.account_id == account_id && key.owner_id == owner_id && key.status != KeyStatus::kDeleted;
}

Error NoAccount(std::string_view id) {
  return Error(Reason::kNotFound, "account " + std::string(id) + " does not exist");
}

}  // namespace

std::string RootArn(std::string_view account_id) { return "arn:aws:iam::" + std::string(account_id) + ":root"; }

// ---- the snapshot

const AccessKey* Snapshot::FindIssued(std::string_view id) const {
  const auto found = keys_->find(id);
  return found == keys_->end() ? nullptr : found->second.get();
}

const AccessKey* Snapshot::FindAccessKey(std::string_view id) const {
  const AccessKey* key = FindIssued(id);
  return key == nullptr || key->status == KeyStatus::kDeleted ? nullptr : key;
}

bool Snapshot::WasIssued(std::string_view id) const { return FindIssued(id) != nullptr; }

std::vector<const AccessKey*> Snapshot::KeysOf(std::string_view account_id, std::string_view owner_id) const {
  std::vector<const AccessKey*> keys;
  for (const auto& [id, key] : *keys_) {
    if (IsUsableKeyOf(*key, account_id, owner_id)) {
      keys.push_back(key.get());
    }
  }
  return AsMade(std::move(keys));
}

size_t Snapshot::UsableKeys(std::string_view account_id) const {
  return static_cast<size_t>(std::count_if(keys_->begin(), keys_->end(), [account_id](const auto& entry) {
    return entry.second->account_id == account_id && entry.second->status != KeyStatus::kDeleted;
  }));
}

bool Snapshot::HasAccount(std::string_view id) const { return accounts_.find(id) != accounts_.end(); }

std::vector<Account> Snapshot::ListAccounts() const {
  std::vector<Account> accounts;
  accounts.reserve(accounts_.size());
  for (const auto& [id, members] : accounts_) {
    accounts.push_back(members->account);
  }
  return accounts;
}

std::shared_ptr<const Members> Snapshot::Find(std::string_view account_id) const {
  const auto found = accounts_.find(account_id);
  return found == accounts_.end() ? nullptr : found->second;
}

std::shared_ptr<const Placement> Snapshot::FindPlacement(std::string_view account_id) const {
  if (placements_ == nullptr) {
    return nullptr;
  }
  const auto found = placements_->find(account_id);
  return found == placements_->end() ? nullptr : found->second;
}

bool Snapshot::IsPlaced(std::string_view account_id, const Placement* placement) const {
  if (placements_ == nullptr) {
    return placement == nullptr;
  }
  const auto found = placements_->find(account_id);
  return placement == (found == placements_->end() ? nullptr : found->second.get());
}

std::shared_ptr<const Snapshot::Placements> Snapshot::PlaceAccounts() const {
  auto placements = std::make_shared<Placements>();
  for (const auto& [id, members] : accounts_) {
    if (members->organization != nullptr) {
      for (const Organization::Account& account : members->organization->accounts) {
        placements->insert_or_assign(account.id, std::make_shared<const Placement>(members->organization, account));
      }
    }
  }
  return placements->empty() ? nullptr : placements;
}

// ---- a change

std::vector<const AccessKey*> Draft::KeysOf(std::string_view owner_id) const {
  std::vector<const AccessKey*> keys;
  for (const AccessKey* key : before_->KeysOf(members_.account.id, owner_id)) {
    if (keys_.find(key->id) == keys_.end()) {
      keys.push_back(key);
    }
  }
  for (const auto& [id, key] : keys_) {
    if (IsUsableKeyOf(*key, members_.account.id, owner_id)) {
      keys.push_back(key.get());
    }
  }
  return AsMade(std::move(keys));
}

template <class T>
void Draft::Put(T entity) {
  engine::Key key = RecordKey(kRecordKindOf<T>, members_.account.id, entity.id);
  deletes_.erase(key);
  puts_.insert_or_assign(std::move(key), EncodeRecord(entity));
  members_.All<T>().Put(std::make_shared<const T>(std::move(entity)));
}

template <class T>
void Draft::Remove(const std::string& id) {
  engine::Key key = RecordKey(kRecordKindOf<T>, members_.account.id, id);
  puts_.erase(key);
  deletes_.insert_or_assign(std::move(key), true);
  members_.All<T>().Remove(id);
}

template void Draft::Put(User);
template void Draft::Put(Group);
template void Draft::Put(Role);
template void Draft::Put(ManagedPolicy);
template void Draft::Put(OidcProvider);
template void Draft::Remove<User>(const std::string&);
template void Draft::Remove<Group>(const std::string&);
template void Draft::Remove<Role>(const std::string&);
template void Draft::Remove<ManagedPolicy>(const std::string&);
template void Draft::Remove<OidcProvider>(const std::string&);

void Draft::PutKey(std::shared_ptr<const AccessKey> key) {
  puts_.insert_or_assign(RecordKey(RecordKind::kAccessKey, key->id), EncodeRecord(*key));
  std::string id = key->id;
  keys_.insert_or_assign(std::move(id), std::move(key));
}

const AccessKey& Draft::AddKey(std::string_view owner_id) {
  std::shared_ptr<const AccessKey> key = NewAccessKey(members_.account.id, owner_id, now_ms_);
  PutKey(key);
  return *key;
}

void Draft::SetKeyStatus(const AccessKey& key, KeyStatus status) {
  auto changed = std::make_shared<AccessKey>();
  changed->id = key.id;
  changed->account_id = key.account_id;
  changed->secret = status == KeyStatus::kDeleted ? SecretBytes() : key.secret.Clone();
  changed->secret_version = key.secret_version;
  changed->status = status;
  changed->owner_id = key.owner_id;
  changed->created_ms = key.created_ms;
  changed->use = key.use;
  PutKey(std::move(changed));
}

void Draft::AddSessionKey() {
  auto keys = std::make_shared<std::vector<SessionKey>>();
  const std::span<const SessionKey> before = before_->session_keys();
  for (size_t i = 0; i < before.size(); ++i) {
    // Sessions were begun with it until the next one was made.
    const int64_t last_used_ms = i + 1 < before.size() ? before[i + 1].created_ms : now_ms_;
    if (last_used_ms + kSessionSecondsMax * 1000 < now_ms_) {
      std::string number;
      AppendBigEndian32(number, before[i].number);
      deletes_.insert_or_assign(RecordKey(RecordKind::kSessionKey, number), true);
    } else {
      keys->push_back({before[i].number, before[i].created_ms, before[i].secret.Clone()});
    }
  }
  keys->push_back({before.empty() ? 1 : before.back().number + 1, now_ms_, crypto::RandomSecret(kSessionKeyBytes)});
  std::string number;
  AppendBigEndian32(number, keys->back().number);
  puts_.insert_or_assign(RecordKey(RecordKind::kSessionKey, number), EncodeRecord(keys->back()));
  session_keys_ = std::move(keys);
}

void Draft::PutOrganization(Organization organization) {
  engine::Key key = RecordKey(RecordKind::kOrganization, members_.account.id);
  deletes_.erase(key);
  puts_.insert_or_assign(std::move(key), EncodeRecord(organization));
  members_.organization = std::make_shared<const Organization>(std::move(organization));
  organization_changed_ = true;
}

void Draft::RemoveOrganization() {
  engine::Key key = RecordKey(RecordKind::kOrganization, members_.account.id);
  puts_.erase(key);
  deletes_.insert_or_assign(std::move(key), true);
  members_.organization = nullptr;
  organization_changed_ = true;
}

void Draft::AddAccount(std::string id, Role role) {
  auto members = std::make_shared<Members>();
  members->account = {id, now_ms_, 1};
  puts_.insert_or_assign(RecordKey(RecordKind::kAccount, id), EncodeRecord(members->account));
  puts_.insert_or_assign(RecordKey(RecordKind::kRole, id, role.id), EncodeRecord(role));
  members->roles.Put(std::make_shared<const Role>(std::move(role)));
  new_accounts_.insert_or_assign(std::move(id), std::move(members));
}

std::shared_ptr<const Snapshot> Draft::Apply() const {
  auto after = std::make_shared<Snapshot>(*before_);
  after->accounts_.insert(new_accounts_.begin(), new_accounts_.end());
  after->accounts_.insert_or_assign(members_.account.id, std::make_shared<const Members>(members_));
  if (!keys_.empty()) {
    auto keys = std::make_shared<Snapshot::Keys>(*after->keys_);
    for (const auto& [id, key] : keys_) {
      keys->insert_or_assign(id, key);
    }
    after->keys_ = std::move(keys);
  }
  if (session_keys_ != nullptr) {
    after->session_keys_ = session_keys_;
  }
  if (organization_changed_) {
    after->placements_ = after->PlaceAccounts();
  }
  return after;
}

// ---- loading

struct Directory::Loading {
  const policy::ActionCatalogue* actions = nullptr;
  Snapshot::Keys keys;
  std::map<std::string, std::shared_ptr<Members>, std::less<>> accounts;
  std::vector<SessionKey> session_keys;

  // False if it is no record of ours. Records of accounts come first.
  bool Take(const engine::Entry& entry) {
    const std::string_view name = std::string_view(entry.key).substr(std::min<size_t>(1, entry.key.size()));
    switch (static_cast<RecordKind>(entry.key.empty() ? '\0' : entry.key[0])) {
      case RecordKind::kAccount: {
        auto account = DecodeAccount(name, entry.value);
        if (!account) {
          return false;
        }
        auto members = std::make_shared<Members>();
        members->account = *std::move(account);
        accounts.insert_or_assign(std::string(name), std::move(members));
        return true;
      }
      case RecordKind::kAccessKey: {
        std::shared_ptr<AccessKey> key = DecodeAccessKey(name, entry.value);
        if (key == nullptr) {
          return false;
        }
        keys.insert_or_assign(std::string(name), std::move(key));
        return true;
      }
      case RecordKind::kSessionKey: {
        auto key = DecodeSessionKey(name, entry.value);
        if (!key) {
          return false;
        }
        session_keys.push_back(*std::move(key));
        return true;
      }
      case RecordKind::kOrganization: {
        std::shared_ptr<Organization> organization = DecodeOrganization(name, entry.value, actions);
        const auto owner = accounts.find(name);
        if (organization == nullptr || owner == accounts.end()) {
          return false;
        }
        owner->second->organization = std::move(organization);
        return true;
      }
      case RecordKind::kUser:
        return TakeEntity<User>(name, entry.value);
      case RecordKind::kGroup:
        return TakeEntity<Group>(name, entry.value);
      case RecordKind::kRole:
        return TakeEntity<Role>(name, entry.value);
      case RecordKind::kManagedPolicy:
        return TakeEntity<ManagedPolicy>(name, entry.value);
      case RecordKind::kOidcProvider:
        return TakeEntity<OidcProvider>(name, entry.value);
    }
    return false;
  }

  template <class T>
  bool TakeEntity(std::string_view name, std::string_view value) {
    std::string account;
    std::shared_ptr<T> entity = DecodeEntity<T>(name, value, actions, account);
    const auto owner = accounts.find(account);
    if (entity == nullptr || owner == accounts.end()) {
      return false;
    }
    owner->second->All<T>().Put(std::move(entity));
    return true;
  }
};

Directory::Directory(std::shared_ptr<engine::Keyspace> keyspace, os::Clock& clock,
                     const policy::ActionCatalogue* actions)
    : keyspace_(std::move(keyspace)),
      clock_(clock),
      actions_(actions),
      published_(std::make_shared<const Snapshot>()) {}

Directory::~Directory() = default;

void Directory::Load(std::shared_ptr<engine::Keyspace> keyspace, os::Clock& clock, Executor& home,
                     engine::Done<std::unique_ptr<Directory>> done, const policy::ActionCatalogue* actions) {
  std::unique_ptr<Directory> directory(new Directory(std::move(keyspace), clock, actions));
  Directory& loaded = *directory;
  loaded.Refresh(home, [directory = std::move(directory), done = std::move(done)](Status read) mutable {
    if (read.ok()) {
      done(std::move(directory));
    } else {
      done(read.TakeError());
    }
  });
}

void Directory::Refresh(Executor& home, engine::Done<void> done) {
  auto loading = std::make_shared<Loading>();
  loading->actions = actions_;
  ReadRecords(keyspace_, std::move(loading), std::string(), home,
              [this, done = std::move(done)](Result<std::shared_ptr<Snapshot>> snapshot) mutable {
                if (!snapshot.ok()) {
                  return done(snapshot.TakeError());
                }
                published_.Publish(*std::move(snapshot));
                stale_ = false;
                done({});
              });
}

void Directory::ReadRecords(std::shared_ptr<engine::Keyspace> keyspace, std::shared_ptr<Loading> loading,
                            std::string begin, Executor& home, engine::Done<std::shared_ptr<Snapshot>> done) {
  engine::Keyspace& read = *keyspace;
  read.Scan(engine::Range{0, std::move(begin), {}}, engine::Direction::kForward, engine::ScanLimits{},
            engine::Consistency::kStrong, home,
            [keyspace = std::move(keyspace), loading = std::move(loading), &home,
             done = std::move(done)](Result<engine::Page> page) mutable {
              if (!page.ok()) {
                return done(page.TakeError());
              }
              for (const engine::Entry& entry : page->entries) {
                if (!loading->Take(entry)) {
                  return done(Error(Reason::kCorruption,
                                    std::string(kIdentityKeyspace) + " holds a record that cannot be understood"));
                }
              }
              if (page->more && !page->entries.empty()) {
                return ReadRecords(std::move(keyspace), std::move(loading), page->entries.back().key + '\0', home,
                                   std::move(done));
              }
              auto snapshot = std::make_shared<Snapshot>();
              snapshot->keys_ = std::make_shared<const Snapshot::Keys>(std::move(loading->keys));
              snapshot->accounts_.insert(loading->accounts.begin(), loading->accounts.end());
              snapshot->session_keys_ =
                  std::make_shared<const std::vector<SessionKey>>(std::move(loading->session_keys));
              snapshot->placements_ = snapshot->PlaceAccounts();
              done(std::move(snapshot));
            });
}

// ---- changes, one after another

struct Directory::Turn {
  std::string account_id;
  bool may_create = false;
  bool must_create = false;
  bool existed = false;
  ChangeFunction function;
  Executor* home = nullptr;
  engine::Done<void> done;
  int attempts = 0;
};

void Directory::CreateAccount(std::string account_id, Executor& home, engine::Done<IssuedKey> done) {
  IssueRootKey(std::move(account_id), true, home, std::move(done));
}

void Directory::ResetRoot(std::string account_id, Executor& home, engine::Done<IssuedKey> done) {
  IssueRootKey(std::move(account_id), false, home, std::move(done));
}

void Directory::IssueRootKey(std::string account_id, bool create, Executor& home, engine::Done<IssuedKey> done) {
  if (!model::IsAccountId(account_id)) {
    return home.Post([done = std::move(done)]() mutable {
      done(Error(Reason::kInvalidArgument, "an account id is twelve digits"));
    });
  }
  auto issued = std::make_shared<IssuedKey>();
  auto turn = std::make_unique<Turn>();
  turn->account_id = std::move(account_id);
  turn->may_create = turn->must_create = create;
  turn->function = [issued](Draft& draft) -> Status {
    for (const AccessKey* key : draft.KeysOf({})) {
      draft.SetKeyStatus(*key, KeyStatus::kDeleted);
    }
    const AccessKey& key = draft.AddKey({});
    *issued = {key.account_id, key.id, key.secret.Clone()};
    return {};
  };
  turn->home = &home;
  turn->done = [issued, done = std::move(done)](Status changed) mutable {
    done(changed.ok() ? Result<IssuedKey>(std::move(*issued)) : Result<IssuedKey>(changed.TakeError()));
  };
  Enqueue(std::move(turn));
}

void Directory::Change(std::string account_id, ChangeFunction function, Executor& home, engine::Done<void> done,
                       IfAbsent if_absent) {
  auto turn = std::make_unique<Turn>();
  turn->account_id = std::move(account_id);
  turn->may_create = if_absent == IfAbsent::kMake;
  turn->function = std::move(function);
  turn->home = &home;
  turn->done = std::move(done);
  Enqueue(std::move(turn));
}

void Directory::Enqueue(std::unique_ptr<Turn> turn) {
  {
    MutexLock lock(mutex_);
    if (busy_) {
      waiting_.push_back(std::move(turn));
      return;
    }
    busy_ = true;
  }
  // Not from within the caller's call, like every completion.
  Executor& home = *turn->home;
  home.Post([this, turn = std::move(turn)]() mutable { Run(std::move(turn)); });
}

void Directory::Run(std::unique_ptr<Turn> turn) {
  ++turn->attempts;
  if (stale_) {
    Executor& home = *turn->home;
    return Refresh(home, [this, turn = std::move(turn)](Status read) mutable {
      if (!read.ok()) {
        return Finish(std::move(turn), std::move(read));
      }
      Run(std::move(turn));
    });
  }
  const std::shared_ptr<const Snapshot> before = published_.Load();
  const std::shared_ptr<const Members> members = before->Find(turn->account_id);
  if (turn->must_create && members != nullptr) {
    Error error(Reason::kAlreadyExists, "account " + turn->account_id + " exists already");
    return Finish(std::move(turn), std::move(error));
  }
  if (!turn->may_create && members == nullptr) {
    Error error = NoAccount(turn->account_id);
    return Finish(std::move(turn), std::move(error));
  }
  turn->existed = members != nullptr;
  const int64_t now_ms = clock_.WallMs();
  Members changed = members == nullptr ? Members() : *members;
  if (members == nullptr) {
    changed.account = {turn->account_id, now_ms, 0};
  }
  std::shared_ptr<Draft> draft(new Draft(before, std::move(changed), now_ms));
  if (Status status = turn->function(*draft); !status.ok()) {
    return Finish(std::move(turn), std::move(status));
  }
  if (draft->puts_.empty() && draft->deletes_.empty()) {
    return Finish(std::move(turn), {});
  }
  ++draft->members_.account.version;
  draft->puts_.insert_or_assign(RecordKey(RecordKind::kAccount, turn->account_id),
                                EncodeRecord(draft->members_.account));
  Commit(std::move(turn), std::move(draft));
}

void Directory::Commit(std::unique_ptr<Turn> turn, std::shared_ptr<const Draft> draft) {
  std::vector<engine::Key> keys{RecordKey(RecordKind::kAccount, turn->account_id)};
  for (const auto& [id, members] : draft->new_accounts_) {
    keys.push_back(RecordKey(RecordKind::kAccount, id));
  }
  const size_t account_keys = keys.size();
  engine::Plan plan;
  for (const auto& [key, value] : draft->puts_) {
    plan.puts.push_back({key, value});
    if (std::find(keys.begin(), keys.begin() + static_cast<ptrdiff_t>(account_keys), key) ==
        keys.begin() + static_cast<ptrdiff_t>(account_keys)) {
      keys.push_back(key);
    }
  }
  for (const auto& [key, present] : draft->deletes_) {
    plan.deletes.push_back(key);
    keys.push_back(key);
  }
  // What the change was made from must still be so: the account's version tells, and that new ones are not there.
  const std::optional<uint64_t> version_before =
      turn->existed ? std::optional(draft->members_.account.version - 1) : std::nullopt;
  // Read before the completion below takes the turn: arguments are evaluated in any order.
  Executor& home = *turn->home;
  std::string account_id = turn->account_id;
  keyspace_->Transact(
      std::move(keys),
      [plan = std::move(plan), version_before, account_keys,
       account_id = std::move(account_id)](engine::Values values) -> std::variant<engine::Plan, engine::Reject> {
        const auto found = values[0] ? DecodeAccount(account_id, *values[0]) : std::nullopt;
        if ((found ? std::optional(found->version) : std::nullopt) != version_before) {
          return engine::Reject{};
        }
        for (size_t i = 1; i < account_keys; ++i) {
          if (values[i]) {
            return engine::Reject{};
          }
        }
        return plan;
      },
      home,
      [this, turn = std::move(turn), draft = std::move(draft)](Result<engine::Outcome> outcome) mutable {
        if (!outcome.ok()) {
          Error error = outcome.TakeError();
          stale_ = error.reason == Reason::kUnknownOutcome;
          if (!stale_) {
            return Finish(std::move(turn), std::move(error));
          }
          // Whatever was made durable is to be seen at once; if that fails, the next change tries again.
          Executor& reader = *turn->home;
          return Refresh(reader, [this, turn = std::move(turn), error = std::move(error)](Status) mutable {
            Finish(std::move(turn), std::move(error));
          });
        }
        if (*outcome == engine::Outcome::kRejected) {
          stale_ = true;
          if (turn->attempts == kAttemptsMax) {
            return Finish(std::move(turn), Error(Reason::kConflict, "the account was changed by somebody else"));
          }
          return Run(std::move(turn));
        }
        published_.Publish(draft->Apply());
        Finish(std::move(turn), {});
      });
}

void Directory::Finish(std::unique_ptr<Turn> turn, Status status) {
  std::unique_ptr<Turn> next;
  {
    MutexLock lock(mutex_);
    if (waiting_.empty()) {
      busy_ = false;
    } else {
      next = std::move(waiting_.front());
      waiting_.pop_front();
    }
  }
  // Each completion runs on its own caller's loop.
  if (next != nullptr) {
    Executor& home = *next->home;
    home.Post([this, next = std::move(next)]() mutable { Run(std::move(next)); });
  }
  engine::Done<void> done = std::move(turn->done);
  turn.reset();
  done(std::move(status));
}

}  // namespace basalt::identity
