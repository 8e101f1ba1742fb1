// AWS Signature Version 4, header and query form. Pure: request, clock reading and keys come in as parameters.
// Source: AWS IAM User Guide, "Signing AWS API requests"; error texts as DynamoDB words them.
//
//   TRY_ASSIGN(auto claim, signature::ParseClaim(request, expectations, arena));   // rows 1 to 10: before any key
//   ... find the access key claim.credential.access_key_id names ...
//   TRY(signature::Verify(claim, request, signing_key, arena));                    // the last row
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/arena.h"
#include "base/result.h"
#include "crypto/digest.h"
#include "http/message.h"

namespace basalt::signature {

enum class Form : uint8_t { kHeader, kQuery };

struct Credential {
  std::string_view access_key_id;
  std::string_view date;  // yyyymmdd
  std::string_view region;
  std::string_view service;
};

// What a request says of its signer; views into the request or the arena.
struct Claim {
  Form form = Form::kHeader;
  Credential credential;
  std::string_view amz_date;  // as received
  std::span<const std::string_view> signed_headers;
  std::string_view signature;       // hex
  std::string_view security_token;  // empty if none
};

struct Expectations {
  int64_t now_ms = 0;
  int64_t skew_s = 300;
  std::function<bool(std::string_view service)> service_accepted;
  std::string_view service_wanted;  // for the text when it is not
  std::function<bool(std::string_view region)> region_accepted;
};

// Errors: kMissingAuthentication, kInvalidSignature, kIncompleteSignature with the service's texts and in its order.
Result<Claim> ParseClaim(const http::Request& request, const Expectations& expectations, Arena& arena);

// Which service a request is signed for, or empty; never fails (for routing only, before authentication).
std::string_view ServiceOfScope(const http::RequestHead& head);

// The key of one (secret, date, region, service), derived by four HMACs.
crypto::Sha256Digest DeriveSigningKey(std::string_view secret, const Credential& credential);

// kInvalidSignature if the signature is not that of `signing_key` over the request as received.
Status Verify(const Claim& claim, const http::Request& request, const crypto::HmacSha256Key& signing_key, Arena& arena);

// For one loop; not thread-safe. Bounded; the oldest entries go first.
class SigningKeyCache {
 public:
  explicit SigningKeyCache(size_t entries_max = 1024);
  ~SigningKeyCache();
  // `secret_version` changes when the secret behind an access key id does. The result lives until the next call.
  const crypto::HmacSha256Key& Get(const Credential& credential, uint64_t secret_version, std::string_view secret);

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

// The client's side, for tests and load: the Authorization header of a request whose headers (host and x-amz-date
// among them) are all to be signed.
struct UnsignedRequest {
  std::string_view method;
  std::string_view path;
  std::string_view query;
  std::span<const http::Header> headers;
  std::string_view body;
};
std::string MakeAuthorization(const UnsignedRequest& request, std::string_view access_key_id, std::string_view secret,
                              std::string_view region, std::string_view service, std::string_view amz_date);

}  // namespace basalt::signature
