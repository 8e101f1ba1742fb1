// Deriving a signing key costs as much as verifying a request; keys are good for a day, so they are kept.
#include <algorithm>
#include <string>
#include <unordered_map>
#include <vector>

#include "signature/sigv4.h"

namespace basalt::signature {

struct SigningKeyCache::Implementation {
  struct Entry {
    uint64_t secret_version;
    crypto::HmacSha256Key key;
  };
  size_t entries_max;
  std::unordered_map<std::string, Entry> entries;
  std::vector<const std::string*> by_age;  // a ring of keys of `entries`
  size_t oldest = 0;
  std::string scratch;
};

SigningKeyCache::SigningKeyCache(size_t entries_max) : implementation_(std::make_unique<Implementation>()) {
  implementation_->entries_max = std::max<size_t>(entries_max, 1);
}

SigningKeyCache::~SigningKeyCache() = default;

const crypto::HmacSha256Key& SigningKeyCache::Get(const Credential& credential, uint64_t secret_version,
                                                  std::string_view secret) {
  Implementation& cache = *implementation_;
  // No element holds a slash: a credential is what was between slashes.
  std::string& name = cache.scratch;
  name.clear();
  name.append(credential.access_key_id).append("/").append(credential.date).append("/");
  name.append(credential.region).append("/").append(credential.service);

  const auto found = cache.entries.find(name);
  if (found != cache.entries.end()) {
    if (found->second.secret_version != secret_version) {
      found->second = {secret_version, crypto::HmacSha256Key(crypto::AsView(DeriveSigningKey(secret, credential)))};
    }
    return found->second.key;
  }
  const crypto::Sha256Digest derived = DeriveSigningKey(secret, credential);
  const auto inserted =
      cache.entries.emplace(name, Implementation::Entry{secret_version, crypto::HmacSha256Key(crypto::AsView(derived))})
          .first;
  if (cache.by_age.size() < cache.entries_max) {
    cache.by_age.push_back(&inserted->first);
  } else {
    const std::string leaving = *cache.by_age[cache.oldest];
    cache.entries.erase(leaving);
    cache.by_age[cache.oldest] = &inserted->first;
    cache.oldest = (cache.oldest + 1) % cache.entries_max;
  }
  return inserted->second.key;
}

}  // namespace basalt::signature
