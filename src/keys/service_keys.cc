// Service-owned keys and the table keys under them. A wrapped table key: format u8, version u32 of the key it is under,
// nonce, ciphertext, tag.
#include "keys/service_keys.h"

#include <utility>

#include "base/bytes.h"
#include "crypto/aead.h"
#include "crypto/random.h"

namespace basalt::keys {
namespace {

constexpr uint8_t kWrappedFormat = 1;
constexpr uint32_t kFirstVersion = 1;

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

void ServiceKeys::Load(std::shared_ptr<engine::Keyspace> keyspace, const RootKey& root_key, os::Clock& clock,
                       Executor& home, engine::Done<std::unique_ptr<ServiceKeys>> done) {
  KeptKeys::Load(kServiceKeyKind, std::move(keyspace), root_key, clock, home,
                 [done = std::move(done)](Result<std::unique_ptr<KeptKeys>> keys) mutable {
                   if (!keys.ok()) {
                     return done(keys.TakeError());
                   }
                   done(std::unique_ptr<ServiceKeys>(new ServiceKeys(*std::move(keys))));
                 });
}

Result<std::unique_ptr<ServiceKeys>> ServiceKeys::FromEntries(std::span<const engine::Entry> entries,
                                                              const RootKey& root_key) {
  TRY_ASSIGN(auto keys, KeptKeys::FromEntries(kServiceKeyKind, entries, root_key));
  return std::unique_ptr<ServiceKeys>(new ServiceKeys(std::move(keys)));
}

bool ServiceKeys::Has(std::string_view account, std::string_view region) const {
  return keys_->Find(account, region) != nullptr;
}

void ServiceKeys::Ensure(std::string account, std::string region, Executor& home, engine::Done<void> done) {
  keys_->Ensure(std::move(account), std::move(region), home,
                [done = std::move(done)](Result<std::shared_ptr<const KeptKey>> key) mutable {
                  done(key.ok() ? Status() : Status(key.TakeError()));
                });
}

Result<TableKey> ServiceKeys::NewTableKey(const TableKeyContext& context) const {
  const auto service_key = keys_->Find(context.account, context.region);
  if (service_key == nullptr) {
    return Error(Reason::kNotFound, "the account has no service-owned key in this region yet");
  }
  TableKey table_key;
  table_key.key = crypto::RandomSecret(kTableKeyBytes);
  table_key.wrapped += static_cast<char>(kWrappedFormat);
  AppendBigEndian32(table_key.wrapped, kFirstVersion);
  table_key.wrapped +=
      crypto::WrapKey(service_key->secret.view(), TableKeyAssociatedData(context, kFirstVersion), table_key.key);
  return table_key;
}

Result<SecretBytes> ServiceKeys::UnwrapTableKey(const TableKeyContext& context, std::string_view wrapped) const {
  const auto service_key = keys_->Find(context.account, context.region);
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
             crypto::UnwrapKey(service_key->secret.view(), TableKeyAssociatedData(context, *version), reader.rest()));
  if (key.size() != kTableKeyBytes) {
    return Error(Reason::kWrongKey, "a wrapped table key has the wrong size");
  }
  return key;
}

}  // namespace basalt::keys
