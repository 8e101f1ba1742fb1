// Who sent a request: Signature Version 4 against the directory's access keys, and against
// secrets of sessions, whose tokens say who they are. One a loop; not thread-safe.
#pragma once

#include <cstdint>
#include <string>

#include "base/arena.h"
#include "base/published.h"
#include "base/result.h"
#include "http/message.h"
#include "identity/principal.h"
#include "operations/operation.h"
#include "signature/sigv4.h"

namespace basalt::server {

struct Authenticated {
  operations::Caller caller;
  std::string region;  // of the credential scope
};

class Authenticator {
 public:
  Authenticator(const operations::Services& services, int64_t skew_s);

  // Errors: the service's, in its order, with its texts.
  Result<Authenticated> Authenticate(const http::Request& request, const operations::Service& service, Arena& arena);
  // Whether the head names a key that may call, and does so in time. Proves nothing: the signature covers the body too.
  bool KnowsSigner(const http::RequestHead& head);

 private:
  Result<operations::Caller> IdentifyCaller(const signature::Claim& claim, const http::Request& request, int64_t now_ms,
                                            Arena& arena);
  Result<operations::Caller> IdentifySession(const identity::Principals::Session& session,
                                             const signature::Claim& claim, const http::Request& request, Arena& arena);

  const operations::Services& services_;
  Subscriber<identity::Snapshot> identities_;
  identity::Principals principals_;
  signature::SigningKeyCache signing_keys_;
  int64_t skew_s_;
  std::string last_named_;  // dev: the account that the last key named
};

}  // namespace basalt::server
