// Service-owned keys and the table keys under them.
//
// A record: key = account, '/', region; value = format u8, key version u32, made at u64 (wall ms), wrapped key (length
// prefix). A wrapped table key: format u8, version u32 of the key it is under, nonce, ciphertext, tag.
#include "keys/service_keys.h"

#include "base/bytes.h"
#include "crypto/aead.h"
#include "crypto/random.h"

namespace basalt::keys {
namespace {

constexpr uint8_t kRecordFormat = 1;
constexpr uint8_t kWrappedFormat = 1;
constexpr uint32_t kFirstVersion = 1;
constexpr size_t kServiceKeyBytes = 32;

std::string RecordKey(std::string_view account, std::string_view region) {
  std::string key(account);
  key.append("/").append(region);
  return key;
}

std::string ServiceKeyAssociatedData(std::string_view account, std::string_view region, uint32_t version) {
  std::string bytes;
  AppendLengthPrefixed(bytes, "basalt service key");
  AppendLengthPrefixed(bytes, account);
  AppendLengthPrefixed(bytes, region);
  AppendBigEndian32(bytes, version);
  return bytes;
}

std::string TableKeyAssociatedData(const TableKeyContext& context, uint32_t version) {
  std::string bytes;
  AppendLengthPrefixed(bytes, "basalt table key");
  AppendLengthPrefixed(bytes, context.account);
  AppendLengthPrefixed(bytes, context.region);
  AppendLengthPrefixed(bytes, context.table_name);
  AppendLengthPrefixed(bytes, context.table_id);
  AppendBigEndian32(bytes, version);
  return bytes;
}

}  // namespace

ServiceKeys::ServiceKeys(std::shared_ptr<engine::Keyspace> keyspace, const RootKey& root_key, os::Clock* clock)
    : keyspace_(std::move(keyspace)), root_key_(root_key), clock_(clock) {}

void ServiceKeys::Load(std::shared_ptr<engine::Keyspace> keyspace, const RootKey& root_key, os::Clock& clock,
                       Executor& home, engine::Done<std::unique_ptr<ServiceKeys>> done) {
  std::unique_ptr<ServiceKeys> keys(new ServiceKeys(std::move(keyspace), root_key, &clock));
  LoadFrom(std::move(keys), std::string(), home, std::move(done));
}

void ServiceKeys::LoadFrom(std::unique_ptr<ServiceKeys> keys, std::string begin, Executor& home,
                           engine::Done<std::unique_ptr<ServiceKeys>> done) {
  engine::Keyspace& keyspace = *keys->keyspace_;
  keyspace.Scan(engine::Range{0, std::move(begin), {}}, engine::Direction::kForward, engine::ScanLimits{},
                engine::Consistency::kStrong, home,
                [keys = std::move(keys), &home, done = std::move(done)](Result<engine::Page> page) mutable {
                  if (!page.ok()) {
                    return done(page.TakeError());
                  }
                  for (const engine::Entry& entry : page->entries) {
                    if (Status added = keys->Add(entry); !added.ok()) {
                      return done(added.TakeError());
                    }
                  }
                  if (!page->more || page->entries.empty()) {
                    return done(std::move(keys));
                  }
                  LoadFrom(std::move(keys), page->entries.back().key + '\0', home, std::move(done));
                });
}

Result<std::unique_ptr<ServiceKeys>> ServiceKeys::FromEntries(std::span<const engine::Entry> entries,
                                                              const RootKey& root_key) {
  std::unique_ptr<ServiceKeys> keys(new ServiceKeys(nullptr, root_key, nullptr));
  for (const engine::Entry& entry : entries) {
    TRY(keys->Add(entry));
  }
  return keys;
}

Status ServiceKeys::Add(const engine::Entry& entry) {
  const size_t slash = entry.key.find('/');
  ByteReader reader(entry.value);
  const auto format = reader.Read8();
  const auto version = reader.Read32();
  const auto made_ms = reader.Read64();
  const auto wrapped = reader.ReadLengthPrefixed();
  if (slash == std::string::npos || !format || *format != kRecordFormat || !version || *version != kFirstVersion ||
      !made_ms || !wrapped || !reader.empty()) {
    return Error(Reason::kCorruption, std::string(kKmsKeyspace) + " holds a record that cannot be understood");
  }
  std::string account = entry.key.substr(0, slash);
  std::string region = entry.key.substr(slash + 1);
  TRY_ASSIGN(SecretBytes key, root_key_.Unwrap(ServiceKeyAssociatedData(account, region, *version), *wrapped));
  if (key.size() != kServiceKeyBytes) {
    return Error(Reason::kCorruption, std::string(kKmsKeyspace) + " holds a key of the wrong size");
  }
  MutexLock lock(mutex_);
  // An existing one stays: two calls that made the same key have both read it back.
  keys_.try_emplace(Address(std::move(account), std::move(region)),
                    std::make_shared<const SecretBytes>(std::move(key)));
  return {};
}

std::shared_ptr<const SecretBytes> ServiceKeys::Find(std::string_view account, std::string_view region) const {
  const Address address(account, region);
  MutexLock lock(mutex_);
  const auto found = keys_.find(address);
  return found == keys_.end() ? nullptr : found->second;
}

bool ServiceKeys::Has(std::string_view account, std::string_view region) const {
  return Find(account, region) != nullptr;
}

void ServiceKeys::Ensure(std::string account, std::string region, Executor& home, engine::Done<void> done) {
  if (Has(account, region)) {
    return home.Post([done = std::move(done)]() mutable { done(Status()); });
  }
  if (keyspace_ == nullptr) {
    return home.Post(
        [done = std::move(done)]() mutable { done(Error(Reason::kUnavailable, "these keys are read-only")); });
  }
  if (account.empty() || account.find('/') != std::string::npos || region.empty()) {
    return home.Post([done = std::move(done)]() mutable {
      done(Error(Reason::kInvalidArgument, "a service-owned key needs an account and a region"));
    });
  }
  Result<std::string> wrapped =
      root_key_.Wrap(ServiceKeyAssociatedData(account, region, kFirstVersion), crypto::RandomSecret(kServiceKeyBytes));
  if (!wrapped.ok()) {
    return home.Post([error = wrapped.TakeError(), done = std::move(done)]() mutable { done(std::move(error)); });
  }
  std::string value;
  value += static_cast<char>(kRecordFormat);
  AppendBigEndian32(value, kFirstVersion);
  AppendBigEndian64(value, static_cast<uint64_t>(clock_->WallMs()));
  AppendLengthPrefixed(value, *wrapped);

  // Whoever comes first writes; everybody takes what is there afterwards.
  const engine::Key key{0, RecordKey(account, region)};
  struct Kept {
    std::string value;
  };
  auto kept = std::make_shared<Kept>();
  keyspace_->Transact(
      {key},
      [key, value = std::move(value), kept](engine::Values values) -> std::variant<engine::Plan, engine::Reject> {
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

Result<TableKey> ServiceKeys::NewTableKey(const TableKeyContext& context) const {
  const auto service_key = Find(context.account, context.region);
  if (service_key == nullptr) {
    return Error(Reason::kNotFound, "the account has no service-owned key in this region yet");
  }
  TableKey table_key;
  table_key.key = crypto::RandomSecret(kTableKeyBytes);
  table_key.wrapped += static_cast<char>(kWrappedFormat);
  AppendBigEndian32(table_key.wrapped, kFirstVersion);
  table_key.wrapped +=
      crypto::WrapKey(service_key->view(), TableKeyAssociatedData(context, kFirstVersion), table_key.key);
  return table_key;
}

Result<SecretBytes> ServiceKeys::UnwrapTableKey(const TableKeyContext& context, std::string_view wrapped) const {
  const auto service_key = Find(context.account, context.region);
  if (service_key == nullptr) {
    return Error(Reason::kNotFound, "the service-owned key of the table's account and region is not there");
  }
  ByteReader reader(wrapped);
  const auto format = reader.Read8();
  const auto version = reader.Read32();
  if (!format || *format != kWrappedFormat || !version || *version != kFirstVersion) {
    return Error(Reason::kWrongKey, "a wrapped table key is not in a form this program knows");
  }
  TRY_ASSIGN(SecretBytes key,
             crypto::UnwrapKey(service_key->view(), TableKeyAssociatedData(context, *version), reader.rest()));
  if (key.size() != kTableKeyBytes) {
    return Error(Reason::kWrongKey, "a wrapped table key has the wrong size");
  }
  return key;
}

}  // namespace basalt::keys
