// The directory of accounts and access keys.
//
// Records (big-endian): "a" + account id -> format u8, created u64 (wall ms).
// "k" + access key id -> format u8, status u8, created u64, secret version u64, account id and secret (length prefix).
#include "identity/directory.h"

#include <algorithm>

#include "base/bytes.h"
#include "crypto/random.h"

namespace basalt::identity {
namespace {

constexpr uint8_t kRecordFormat = 1;
constexpr char kAccountPrefix = 'a';
constexpr char kKeyPrefix = 'k';
constexpr std::string_view kKeyIdPrefix = "AKIA";
constexpr size_t kKeyIdRandomLength = 16;
constexpr size_t kSecretLength = 40;
constexpr std::string_view kBase32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

engine::Key RecordKey(char prefix, std::string_view id) {
  engine::Key key;
  key.bytes += prefix;
  key.bytes += id;
  return key;
}

std::string EncodeAccount(const Account& account) {
  std::string value;
  value += static_cast<char>(kRecordFormat);
  AppendBigEndian64(value, static_cast<uint64_t>(account.created_ms));
  return value;
}

std::string EncodeAccessKey(const AccessKey& key) {
  std::string value;
  value += static_cast<char>(kRecordFormat);
  value += static_cast<char>(key.status);
  AppendBigEndian64(value, static_cast<uint64_t>(key.created_ms));
  AppendBigEndian64(value, key.secret_version);
  AppendLengthPrefixed(value, key.account_id);
  AppendLengthPrefixed(value, key.secret.view());
  return value;
}

std::optional<Account> DecodeAccount(std::string_view id, std::string_view value) {
  ByteReader reader(value);
  const auto format = reader.Read8();
  const auto created_ms = reader.Read64();
  if (!IsAccountId(id) || !format || *format != kRecordFormat || !created_ms || !reader.empty()) {
    return std::nullopt;
  }
  return Account{std::string(id), static_cast<int64_t>(*created_ms)};
}

std::shared_ptr<const AccessKey> DecodeAccessKey(std::string_view id, std::string_view value) {
  ByteReader reader(value);
  const auto format = reader.Read8();
  const auto status = reader.Read8();
  const auto created_ms = reader.Read64();
  const auto secret_version = reader.Read64();
  const auto account_id = reader.ReadLengthPrefixed();
  const auto secret = reader.ReadLengthPrefixed();
  if (id.empty() || !format || *format != kRecordFormat || !status || *status < 1 || *status > 3 || !created_ms ||
      !secret_version || !account_id || !IsAccountId(*account_id) || !secret || !reader.empty()) {
    return nullptr;
  }
  auto key = std::make_shared<AccessKey>();
  key->id = id;
  key->account_id = *account_id;
  key->secret = SecretBytes(*secret);
  key->secret_version = *secret_version;
  key->status = static_cast<KeyStatus>(*status);
  key->principal_arn = RootArn(*account_id);
  key->user_id = *account_id;
  key->created_ms = static_cast<int64_t>(*created_ms);
  return key;
}

std::shared_ptr<AccessKey> NewRootKey(const std::string& account_id, int64_t now_ms) {
  auto key = std::make_shared<AccessKey>();
  key->id = std::string(kKeyIdPrefix) + crypto::RandomText(kKeyIdRandomLength, kBase32);
  key->account_id = account_id;
  std::string secret = crypto::RandomText(kSecretLength, kBase64);
  key->secret = SecretBytes(secret);
  WipeMemory(secret.data(), secret.size());
  key->principal_arn = RootArn(account_id);
  key->user_id = account_id;
  key->created_ms = now_ms;
  return key;
}

// What stays of a key: its id, and whose it was.
std::shared_ptr<AccessKey> Remains(const AccessKey& key) {
  auto remains = std::make_shared<AccessKey>();
  remains->id = key.id;
  remains->account_id = key.account_id;
  remains->secret_version = key.secret_version;
  remains->status = KeyStatus::kDeleted;
  remains->principal_arn = key.principal_arn;
  remains->user_id = key.user_id;
  remains->created_ms = key.created_ms;
  return remains;
}

}  // namespace

bool IsAccountId(std::string_view text) {
  return text.size() == kAccountIdLength &&
         std::all_of(text.begin(), text.end(), [](char character) { return character >= '0' && character <= '9'; });
}

std::string RootArn(std::string_view account_id) { return "arn:aws:iam::" + std::string(account_id) + ":root"; }

const AccessKey* Snapshot::FindAccessKey(std::string_view id) const {
  const auto found = keys_.find(id);
  return found == keys_.end() || found->second->status == KeyStatus::kDeleted ? nullptr : found->second.get();
}

bool Snapshot::WasIssued(std::string_view id) const { return keys_.find(id) != keys_.end(); }

size_t Snapshot::UsableKeys(std::string_view account_id) const {
  size_t count = 0;
  for (const auto& [id, key] : keys_) {
    count += key->account_id == account_id && key->status != KeyStatus::kDeleted ? size_t{1} : size_t{0};
  }
  return count;
}

bool Snapshot::HasAccount(std::string_view id) const { return accounts_.find(id) != accounts_.end(); }

std::vector<Account> Snapshot::ListAccounts() const {
  std::vector<Account> accounts;
  accounts.reserve(accounts_.size());
  for (const auto& [id, account] : accounts_) {
    accounts.push_back(account);
  }
  return accounts;
}

struct Directory::Change {
  std::string account_id;
  bool create = false;
  Executor* home = nullptr;
  engine::Done<IssuedKey> done;
};

Directory::Directory(std::shared_ptr<engine::Keyspace> keyspace, os::Clock& clock)
    : keyspace_(std::move(keyspace)), clock_(clock), published_(std::make_shared<const Snapshot>()) {}

Directory::~Directory() = default;

void Directory::Load(std::shared_ptr<engine::Keyspace> keyspace, os::Clock& clock, Executor& home,
                     engine::Done<std::unique_ptr<Directory>> done) {
  std::unique_ptr<Directory> directory(new Directory(std::move(keyspace), clock));
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
  ReadRecords(keyspace_, std::make_shared<Snapshot>(), std::string(), home,
              [this, done = std::move(done)](Result<std::shared_ptr<Snapshot>> snapshot) mutable {
                if (!snapshot.ok()) {
                  return done(snapshot.TakeError());
                }
                published_.Publish(*std::move(snapshot));
                stale_ = false;
                done({});
              });
}

void Directory::ReadRecords(std::shared_ptr<engine::Keyspace> keyspace, std::shared_ptr<Snapshot> snapshot,
                            std::string begin, Executor& home, engine::Done<std::shared_ptr<Snapshot>> done) {
  engine::Keyspace& read = *keyspace;
  read.Scan(engine::Range{0, std::move(begin), {}}, engine::Direction::kForward, engine::ScanLimits{},
            engine::Consistency::kStrong, home,
            [keyspace = std::move(keyspace), snapshot = std::move(snapshot), &home,
             done = std::move(done)](Result<engine::Page> page) mutable {
              if (!page.ok()) {
                return done(page.TakeError());
              }
              for (const engine::Entry& entry : page->entries) {
                const char prefix = entry.key.empty() ? '\0' : entry.key[0];
                const std::string_view id = std::string_view(entry.key).substr(entry.key.empty() ? 0 : 1);
                bool understood = false;
                if (prefix == kAccountPrefix) {
                  if (auto account = DecodeAccount(id, entry.value)) {
                    snapshot->accounts_.insert_or_assign(account->id, *account);
                    understood = true;
                  }
                } else if (prefix == kKeyPrefix) {
                  if (auto key = DecodeAccessKey(id, entry.value)) {
                    snapshot->keys_.insert_or_assign(key->id, key);
                    understood = true;
                  }
                }
                if (!understood) {
                  return done(Error(Reason::kCorruption,
                                    std::string(kIdentityKeyspace) + " holds a record that cannot be understood"));
                }
              }
              if (page->more && !page->entries.empty()) {
                return ReadRecords(std::move(keyspace), std::move(snapshot), page->entries.back().key + '\0', home,
                                   std::move(done));
              }
              done(std::move(snapshot));
            });
}

void Directory::CreateAccount(std::string account_id, Executor& home, engine::Done<IssuedKey> done) {
  Enqueue(std::move(account_id), true, home, std::move(done));
}

void Directory::ResetRoot(std::string account_id, Executor& home, engine::Done<IssuedKey> done) {
  Enqueue(std::move(account_id), false, home, std::move(done));
}

void Directory::Enqueue(std::string account_id, bool create, Executor& home, engine::Done<IssuedKey> done) {
  if (!IsAccountId(account_id)) {
    return home.Post([done = std::move(done)]() mutable {
      done(Error(Reason::kInvalidArgument, "an account id is twelve digits"));
    });
  }
  auto change = std::make_unique<Change>();
  change->account_id = std::move(account_id);
  change->create = create;
  change->home = &home;
  change->done = std::move(done);
  {
    MutexLock lock(mutex_);
    if (busy_) {
      waiting_.push_back(std::move(change));
      return;
    }
    busy_ = true;
  }
  Run(std::move(change));
}

void Directory::Run(std::unique_ptr<Change> change) {
  if (stale_) {
    Executor& home = *change->home;
    return Refresh(home, [this, change = std::move(change)](Status read) mutable {
      if (read.ok()) {
        return Run(std::move(change));
      }
      engine::Done<IssuedKey> done = std::move(change->done);
      Finish();
      done(read.TakeError());
    });
  }
  const std::shared_ptr<const Snapshot> before = published_.Load();
  const int64_t now_ms = clock_.WallMs();
  std::shared_ptr<AccessKey> new_key = NewRootKey(change->account_id, now_ms);
  std::vector<std::shared_ptr<AccessKey>> remains;
  if (!change->create) {
    for (const auto& [id, key] : before->keys_) {
      if (key->account_id == change->account_id && key->status != KeyStatus::kDeleted) {
        remains.push_back(Remains(*key));
      }
    }
  }

  const engine::Key account_key = RecordKey(kAccountPrefix, change->account_id);
  std::vector<engine::Key> keys{account_key, RecordKey(kKeyPrefix, new_key->id)};
  engine::Plan plan;
  if (change->create) {
    plan.puts.push_back({account_key, EncodeAccount({change->account_id, now_ms})});
  }
  plan.puts.push_back({keys[1], EncodeAccessKey(*new_key)});
  for (const auto& key : remains) {
    keys.push_back(RecordKey(kKeyPrefix, key->id));
    plan.puts.push_back({keys.back(), EncodeAccessKey(*key)});
  }

  // Read before the completion below takes the change: arguments are evaluated in any order.
  Executor& home = *change->home;
  const bool create = change->create;
  keyspace_->Transact(
      std::move(keys),
      [plan = std::move(plan), create](engine::Values values) -> std::variant<engine::Plan, engine::Reject> {
        const bool account_exists = values[0].has_value();
        const bool id_taken = values[1].has_value();
        if (account_exists == create || id_taken) {
          return engine::Reject{};
        }
        return plan;
      },
      home,
      [this, before, now_ms, create, new_key = std::move(new_key), remains = std::move(remains),
       change = std::move(change)](Result<engine::Outcome> outcome) mutable {
        engine::Done<IssuedKey> done = std::move(change->done);
        if (!outcome.ok()) {
          Error error = outcome.TakeError();
          stale_ = error.reason == Reason::kUnknownOutcome;
          if (!stale_) {
            Finish();
            return done(std::move(error));
          }
          // Whatever was made durable is to be seen at once; if that fails, the next change tries again.
          return Refresh(*change->home, [this, done = std::move(done), error = std::move(error)](Status) mutable {
            Finish();
            done(std::move(error));
          });
        }
        if (*outcome == engine::Outcome::kRejected) {
          Finish();
          return done(create ? Error(Reason::kAlreadyExists, "account " + change->account_id + " exists already")
                             : Error(Reason::kNotFound, "account " + change->account_id + " does not exist"));
        }
        auto after = std::make_shared<Snapshot>(*before);
        if (create) {
          after->accounts_.insert_or_assign(change->account_id, Account{change->account_id, now_ms});
        }
        for (auto& key : remains) {
          after->keys_.insert_or_assign(key->id, std::move(key));
        }
        IssuedKey issued{new_key->account_id, new_key->id, new_key->secret.Clone()};
        std::string id = new_key->id;
        after->keys_.insert_or_assign(std::move(id), std::move(new_key));
        published_.Publish(std::move(after));
        Finish();
        done(std::move(issued));
      });
}

void Directory::Finish() {
  std::unique_ptr<Change> next;
  {
    MutexLock lock(mutex_);
    if (waiting_.empty()) {
      busy_ = false;
      return;
    }
    next = std::move(waiting_.front());
    waiting_.pop_front();
  }
  Run(std::move(next));
}

}  // namespace basalt::identity
