// Managed keys: kept keys, and what is shown of them.
#include "keys/managed_keys.h"

#include <utility>

#include "base/bytes.h"
#include "crypto/digest.h"

namespace basalt::keys {
namespace {

ManagedKey Shown(const KeptKey& key) {
  std::string committed;
  AppendLengthPrefixed(committed, "basalt key material");
  AppendLengthPrefixed(committed, key.id);
  const crypto::Sha256Digest commitment = crypto::HmacSha256(key.secret.view(), committed);
  return {key.id, key.created_ms, crypto::HexOf(crypto::Sha256(crypto::AsView(commitment)))};
}

}  // namespace

void ManagedKeys::Load(std::shared_ptr<engine::Keyspace> keyspace, const RootKey& root_key, os::Clock& clock,
                       Executor& home, engine::Done<std::unique_ptr<ManagedKeys>> done) {
  KeptKeys::Load(kManagedKeyKind, std::move(keyspace), root_key, clock, home,
                 [done = std::move(done)](Result<std::unique_ptr<KeptKeys>> keys) mutable {
                   if (!keys.ok()) {
                     return done(keys.TakeError());
                   }
                   done(std::unique_ptr<ManagedKeys>(new ManagedKeys(*std::move(keys))));
                 });
}

Result<std::unique_ptr<ManagedKeys>> ManagedKeys::FromEntries(std::span<const engine::Entry> entries,
                                                              const RootKey& root_key) {
  TRY_ASSIGN(auto keys, KeptKeys::FromEntries(kManagedKeyKind, entries, root_key));
  return std::unique_ptr<ManagedKeys>(new ManagedKeys(std::move(keys)));
}

std::optional<ManagedKey> ManagedKeys::Find(std::string_view account, std::string_view region) const {
  const std::shared_ptr<const KeptKey> key = keys_->Find(account, region);
  return key == nullptr ? std::nullopt : std::optional(Shown(*key));
}

void ManagedKeys::Ensure(std::string account, std::string region, Executor& home, engine::Done<ManagedKey> done) {
  keys_->Ensure(std::move(account), std::move(region), home,
                [done = std::move(done)](Result<std::shared_ptr<const KeptKey>> key) mutable {
                  if (!key.ok()) {
                    return done(key.TakeError());
                  }
                  done(Shown(**key));
                });
}

}  // namespace basalt::keys
