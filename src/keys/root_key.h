// RootKey: the 256-bit key that wraps every other one and never lies with the data. Where it comes from is said by a
// provider:
//   file:PATH         a regular file of exactly 32 bytes, ours, closed to group and others
//   env-fd:N          32 bytes read from the open descriptor N, which is then closed
//   credential:NAME   the file $CREDENTIALS_DIRECTORY/NAME, as a service manager passes it
// Threads: Wrap and Unwrap from any. May block: never call on a loop. Errors of opening are kInvalidArgument with
// one line `WHAT; WHAT TO DO`.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret_bytes.h"

namespace basalt::keys {

inline constexpr size_t kRootKeyBytes = 32;

// What a provider's text says, its form checked but nothing opened.
struct RootKeyProvider {
  enum class Kind { kFile, kDescriptor, kCredential };

  Kind kind = Kind::kFile;
  std::string path;     // kFile; kCredential: the name
  int descriptor = -1;  // kDescriptor

  static Result<RootKeyProvider> Parse(std::string_view text);
};

class RootKey {
 public:
  static Result<std::unique_ptr<RootKey>> Open(const RootKeyProvider& provider);
  // Makes PATH with 32 random bytes, 0600, durable, unless something is there already. True if it was made.
  static Result<bool> CreateFileIfAbsent(const std::string& path);
  // A random key that lives as long as this object: for data that lives in memory.
  static std::unique_ptr<RootKey> Ephemeral();
  // Of given bytes (kRootKeyBytes of them).
  static std::unique_ptr<RootKey> FromBytes(std::string provider_name, SecretBytes bytes);

  const std::string& provider_name() const { return provider_name_; }  // "file", "env-fd", "credential", "memory"

  Result<std::string> Wrap(std::string_view associated_data, const SecretBytes& secret) const;
  Result<SecretBytes> Unwrap(std::string_view associated_data, std::string_view wrapped) const;  // kWrongKey

 private:
  RootKey(std::string provider_name, SecretBytes bytes)
      : provider_name_(std::move(provider_name)), bytes_(std::move(bytes)) {}

  std::string provider_name_;
  SecretBytes bytes_;
};

}  // namespace basalt::keys
