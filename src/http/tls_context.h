// TlsContext: what the TLS connections of a listener have in common: its certificate chain, its key and what is spoken
// (TLS 1.2 and 1.3, forward secrecy and authenticated encryption only, http/1.1). Immutable: another certificate is
// another context, and a connection keeps the one it began with. OpenSSL stays behind this header. Thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "base/result.h"
#include "base/secret_bytes.h"

struct ssl_ctx_st;

namespace basalt::http {

class TlsContext {
 public:
  // Both in PEM: the listener's own certificate followed by those between it and a root, and its key without a
  // passphrase. kInvalidArgument says what is wrong with them.
  static Result<std::shared_ptr<const TlsContext>> Make(std::string_view certificates_pem, const SecretBytes& key_pem);

  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;
  ~TlsContext();

  int64_t valid_until_ms() const { return valid_until_ms_; }  // the listener's own certificate
  ssl_ctx_st* handle() const { return handle_; }              // for http/ only

 private:
  explicit TlsContext(ssl_ctx_st* handle) : handle_(handle) {}

  ssl_ctx_st* const handle_;
  int64_t valid_until_ms_ = 0;
};

}  // namespace basalt::http
