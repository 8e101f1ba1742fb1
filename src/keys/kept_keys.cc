// Keys of an account and region, and their records.
//
// A record: key = account, '/', region; value = format u8, key version u32, made at u64 (wall ms), in format 2 the
// key's id (length prefix), wrapped key (length prefix). Kinds without ids have format 1, those with ids format 2.
#include "keys/kept_keys.h"

#include "base/bytes.h"
#include "crypto/random.h"

namespace basalt::keys {
namespace {

constexpr uint8_t kFormatWithoutId = 1;
constexpr uint8_t kFormatWithId = 2;
constexpr uint32_t kFirstVersion = 1;
constexpr size_t kKeptKeyBytes = 32;

std::string AssociatedData(const KeyKind& kind, std::string_view account, std::string_view region, uint32_t version,
                           std::string_view id) {
  std::string bytes;
  AppendLengthPrefixed(bytes, kind.purpose);
  AppendLengthPrefixed(bytes, account);
  AppendLengthPrefixed(bytes, region);
  AppendBigEndian32(bytes, version);
  if (kind.has_id) {
    AppendLengthPrefixed(bytes, id);
  }
  return bytes;
}

Error CorruptRecord() {
  return Error(Reason::kCorruption, std::string(kKmsKeyspace) + " holds a record that cannot be understood");
}

using KeyDone = engine::Done<std::shared_ptr<const KeptKey>>;

void AnswerOn(Executor& home, KeyDone done, Result<std::shared_ptr<const KeptKey>> result) {
  home.Post([done = std::move(done), result = std::move(result)]() mutable { done(std::move(result)); });
}

}  // namespace

KeptKeys::KeptKeys(const KeyKind& kind, std::shared_ptr<engine::Keyspace> keyspace, const RootKey& root_key,
                   os::Clock* clock)
    : kind_(kind), keyspace_(std::move(keyspace)), root_key_(root_key), clock_(clock) {}

void KeptKeys::Load(const KeyKind& kind, std::shared_ptr<engine::Keyspace> keyspace, const RootKey& root_key,
                    os::Clock& clock, Executor& home, engine::Done<std::unique_ptr<KeptKeys>> done) {
  std::unique_ptr<KeptKeys> keys(new KeptKeys(kind, std::move(keyspace), root_key, &clock));
  LoadFrom(std::move(keys), std::string(), home, std::move(done));
}

void KeptKeys::LoadFrom(std::unique_ptr<KeptKeys> keys, std::string begin, Executor& home,
                        engine::Done<std::unique_ptr<KeptKeys>> done) {
  engine::Keyspace& keyspace = *keys->keyspace_;
  const uint16_t space = keys->kind_.space;
  keyspace.Scan(engine::Range{space, std::move(begin), {}}, engine::Direction::kForward, engine::ScanLimits{},
                engine::Consistency::kStrong, home,
                [keys = std::move(keys), &home, done = std::move(done)](Result<engine::Page> page) mutable {
                  if (!page.ok()) {
                    return done(page.TakeError());
                  }
                  for (const engine::Entry& entry : page->entries) {
                    if (auto added = keys->Add(entry); !added.ok()) {
                      return done(added.TakeError());
                    }
                  }
                  if (!page->more || page->entries.empty()) {
                    return done(std::move(keys));
                  }
                  LoadFrom(std::move(keys), page->entries.back().key + '\0', home, std::move(done));
                });
}

Result<std::unique_ptr<KeptKeys>> KeptKeys::FromEntries(const KeyKind& kind, std::span<const engine::Entry> entries,
                                                        const RootKey& root_key) {
  std::unique_ptr<KeptKeys> keys(new KeptKeys(kind, nullptr, root_key, nullptr));
  for (const engine::Entry& entry : entries) {
    TRY(keys->Add(entry));
  }
  return keys;
}

Result<std::string> KeptKeys::MakeRecord(std::string_view account, std::string_view region) const {
  const std::string id = kind_.has_id ? crypto::RandomUuid() : std::string();
  TRY_ASSIGN(const std::string wrapped, root_key_.Wrap(AssociatedData(kind_, account, region, kFirstVersion, id),
                                                       crypto::RandomSecret(kKeptKeyBytes)));
  std::string value;
  value += static_cast<char>(kind_.has_id ? kFormatWithId : kFormatWithoutId);
  AppendBigEndian32(value, kFirstVersion);
  AppendBigEndian64(value, static_cast<uint64_t>(clock_->WallMs()));
  if (kind_.has_id) {
    AppendLengthPrefixed(value, id);
  }
  AppendLengthPrefixed(value, wrapped);
  return value;
}

Result<std::shared_ptr<const KeptKey>> KeptKeys::Add(const engine::Entry& entry) {
  const size_t slash = entry.key.find('/');
  ByteReader reader(entry.value);
  const auto format = reader.Read8();
  const auto version = reader.Read32();
  const auto made_ms = reader.Read64();
  const auto id = kind_.has_id ? reader.ReadLengthPrefixed() : std::string_view();
  const auto wrapped = reader.ReadLengthPrefixed();
  if (slash == std::string::npos || !format || *format != (kind_.has_id ? kFormatWithId : kFormatWithoutId) ||
      !version || *version != kFirstVersion || !made_ms || !id || id->empty() == kind_.has_id || !wrapped ||
      !reader.empty()) {
    return CorruptRecord();
  }
  std::string account = entry.key.substr(0, slash);
  std::string region = entry.key.substr(slash + 1);
  TRY_ASSIGN(SecretBytes secret, root_key_.Unwrap(AssociatedData(kind_, account, region, *version, *id), *wrapped));
  if (secret.size() != kKeptKeyBytes) {
    return Error(Reason::kCorruption, std::string(kKmsKeyspace) + " holds a key of the wrong size");
  }
  auto key = std::make_shared<KeptKey>();
  key->id = *id;
  key->created_ms = static_cast<int64_t>(*made_ms);
  key->secret = std::move(secret);
  MutexLock lock(mutex_);
  // An existing one stays: two calls that made the same key have both read it back.
  return keys_.try_emplace(Address(std::move(account), std::move(region)), std::move(key)).first->second;
}

std::shared_ptr<const KeptKey> KeptKeys::Find(std::string_view account, std::string_view region) const {
  const Address address(account, region);
  MutexLock lock(mutex_);
  const auto found = keys_.find(address);
  return found == keys_.end() ? nullptr : found->second;
}

void KeptKeys::Ensure(std::string account, std::string region, Executor& home, KeyDone done) {
  if (std::shared_ptr<const KeptKey> found = Find(account, region)) {
    return AnswerOn(home, std::move(done), std::move(found));
  }
  if (keyspace_ == nullptr) {
    return AnswerOn(home, std::move(done), Error(Reason::kUnavailable, "these keys are read-only"));
  }
  if (account.empty() || account.find('/') != std::string::npos || region.empty()) {
    return AnswerOn(home, std::move(done),
                    Error(Reason::kInvalidArgument, "a key of system/kms needs an account and a region"));
  }
  Result<std::string> record = MakeRecord(account, region);
  if (!record.ok()) {
    return AnswerOn(home, std::move(done), record.TakeError());
  }

  // Whoever comes first writes; everybody takes what is there afterwards.
  const engine::Key key{kind_.space, account + "/" + region};
  struct Kept {
    std::string value;
  };
  auto kept = std::make_shared<Kept>();
  keyspace_->Transact(
      {key},
      [key, value = std::move(*record), kept](engine::Values values) -> std::variant<engine::Plan, engine::Reject> {
        if (values[0]) {
          kept->value = *values[0];
          return engine::Reject{};
        }
        kept->value = value;
        engine::Plan plan;
        plan.puts.push_back({key, value});
        return plan;
      },
      home,
      [this, key, kept, done = std::move(done)](Result<engine::Outcome> outcome) mutable {
        if (!outcome.ok()) {
          return done(outcome.TakeError());
        }
        done(Add(engine::Entry{key.bytes, std::move(kept->value)}));
      });
}

}  // namespace basalt::keys
