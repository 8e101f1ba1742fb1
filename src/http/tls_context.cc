// Choices: no renegotiation, no early data (it can be replayed), no compression. Sessions resume by tickets alone,
// whose keys OpenSSL makes with each context; nothing is kept for a session here. Buffers exist only while bytes are in
// them.
#include "http/tls_context.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <array>
#include <ctime>
#include <limits>
#include <string>

#include "base/check.h"
#include "crypto/openssl_memory.h"

namespace basalt::http {
namespace {

constexpr const char* kCiphersOfTls12 = "ECDHE+AESGCM:ECDHE+CHACHA20";
constexpr std::string_view kProtocol("\x08http/1.1", 9);  // as ALPN writes it
constexpr std::string_view kSessionScope = "basalt";

struct Free {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

Error Unusable(std::string what) { return Error(Reason::kInvalidArgument, std::move(what)); }

// With OpenSSL's words for it, which are static and hold nothing of the files.
Error Unusable(std::string what, unsigned long code) {
  const char* reason = ERR_reason_error_string(code);
  return Unusable(what + (reason == nullptr ? "" : std::string(" (") + reason + ")"));
}

// OpenSSL would ask at the terminal otherwise.
int NoPassphrase(char* /*out*/, int /*size_bytes*/, int /*writing*/, void* asked) {
  *static_cast<bool*>(asked) = true;
  return -1;
}

Result<Owned<BIO>> Source(std::string_view bytes) {
  if (bytes.size() > static_cast<size_t>(std::numeric_limits<int>::max())) {
    return Unusable("the file is too large");
  }
  Owned<BIO> source(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
  BASALT_CHECK(source != nullptr);
  return source;
}

Result<Owned<EVP_PKEY>> ReadKey(const SecretBytes& pem) {
  const crypto::KeyScope scope;
  TRY_ASSIGN(const Owned<BIO> source, Source(pem.view()));
  ERR_clear_error();
  bool passphrase_asked = false;
  Owned<EVP_PKEY> key(PEM_read_bio_PrivateKey(source.get(), nullptr, &NoPassphrase, &passphrase_asked));
  if (key == nullptr) {
    return passphrase_asked ? Unusable("the key has a passphrase")
                            : Unusable("the key file holds no usable key", ERR_peek_last_error());
  }
  return key;
}

// The next certificate, null after the last.
Result<Owned<X509>> ReadCertificate(BIO* source) {
  ERR_clear_error();
  bool passphrase_asked = false;
  Owned<X509> certificate(PEM_read_bio_X509(source, nullptr, &NoPassphrase, &passphrase_asked));
  const unsigned long code = ERR_peek_last_error();
  if (certificate == nullptr && !(ERR_GET_LIB(code) == ERR_LIB_PEM && ERR_GET_REASON(code) == PEM_R_NO_START_LINE)) {
    return Unusable("the certificate file holds a broken certificate", code);
  }
  return certificate;
}

int64_t EndOf(const X509* certificate) {
  tm end{};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &end) != 1) {
    return 0;
  }
  return int64_t{timegm(&end)} * 1000;
}

int ChooseProtocol(SSL* /*ssl*/, const unsigned char** chosen, unsigned char* chosen_size, const unsigned char* offered,
                   unsigned int offered_size, void* /*unused*/) {
  unsigned char* found = nullptr;
  const auto* ours = reinterpret_cast<const unsigned char*>(kProtocol.data());
  if (SSL_select_next_proto(&found, chosen_size, ours, static_cast<unsigned int>(kProtocol.size()), offered,
                            offered_size) != OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_ALERT_FATAL;  // RFC 7301 3.2
  }
  *chosen = found;
  return SSL_TLSEXT_ERR_OK;
}

void Configure(SSL_CTX* context) {
  BASALT_CHECK(SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1);
  BASALT_CHECK(SSL_CTX_set_cipher_list(context, kCiphersOfTls12) == 1);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                   SSL_OP_PRIORITIZE_CHACHA);
  // A write that waits is offered again from wherever its bytes lie then.
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_read_ahead(context, 1);  // a record in one system call instead of two
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  BASALT_CHECK(SSL_CTX_set_session_id_context(context, reinterpret_cast<const unsigned char*>(kSessionScope.data()),
                                              static_cast<unsigned int>(kSessionScope.size())) == 1);
  SSL_CTX_set_alpn_select_cb(context, &ChooseProtocol, nullptr);
}

}  // namespace

Result<std::shared_ptr<const TlsContext>> TlsContext::Make(std::string_view certificates_pem,
                                                           const SecretBytes& key_pem) {
  SSL_CTX* handle = SSL_CTX_new(TLS_server_method());
  if (handle == nullptr) {
    return Error(Reason::kInternal, "OpenSSL could not be set up");
  }
  const std::shared_ptr<TlsContext> context(new TlsContext(handle));
  Configure(handle);
  TRY_ASSIGN(const Owned<BIO> certificates, Source(certificates_pem));
  TRY_ASSIGN(const Owned<X509> own, ReadCertificate(certificates.get()));
  if (own == nullptr) {
    return Unusable("the certificate file holds no certificate in PEM");
  }
  TRY_ASSIGN(const Owned<EVP_PKEY> key, ReadKey(key_pem));
  if (X509_check_private_key(own.get(), key.get()) != 1) {
    return Unusable("the key is not that of the certificate");
  }
  ERR_clear_error();
  if (SSL_CTX_use_certificate(handle, own.get()) != 1 || SSL_CTX_use_PrivateKey(handle, key.get()) != 1) {
    return Unusable("the certificate cannot be used", ERR_peek_last_error());
  }
  for (;;) {
    TRY_ASSIGN(Owned<X509> next, ReadCertificate(certificates.get()));
    if (next == nullptr) {
      break;
    }
    if (SSL_CTX_add0_chain_cert(handle, next.get()) != 1) {
      return Unusable("a certificate of the chain cannot be used", ERR_peek_last_error());
    }
    static_cast<void>(next.release());  // the context owns it now
  }
  context->valid_until_ms_ = EndOf(own.get());
  ERR_clear_error();
  return std::shared_ptr<const TlsContext>(context);
}

TlsContext::~TlsContext() { SSL_CTX_free(handle_); }

}  // namespace basalt::http
