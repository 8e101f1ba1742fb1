// What the tests of TLS share: certificates made on the spot, and a client that is OpenSSL itself, fed by hand.
#pragma once

#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <memory>
#include <string>
#include <string_view>

#include "http/tls_context.h"

namespace basalt::http {

struct TestCertificate {
  std::string certificate_pem;
  std::string key_pem;
};

inline std::string TextOf(BIO* bio) {
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(bio, &bytes);
  std::string text(bytes, static_cast<size_t>(size));
  BIO_free(bio);
  return text;
}

// Signed by itself, for an hour; `passphrase` empty for none.
inline TestCertificate MakeCertificate(EVP_PKEY* key, const std::string& name, const std::string& passphrase = "") {
  X509* certificate = X509_new();
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -60);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
  X509_set_pubkey(certificate, key);
  X509_NAME* subject = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1,
                             0);
  X509_set_issuer_name(certificate, subject);
  EXPECT_GT(X509_sign(certificate, key, EVP_sha256()), 0);
  TestCertificate made;
  BIO* out = BIO_new(BIO_s_mem());
  EXPECT_EQ(PEM_write_bio_X509(out, certificate), 1);
  made.certificate_pem = TextOf(out);
  out = BIO_new(BIO_s_mem());
  EXPECT_EQ(PEM_write_bio_PKCS8PrivateKey(out, key, passphrase.empty() ? nullptr : EVP_aes_256_cbc(),
                                          passphrase.empty() ? nullptr : passphrase.data(),
                                          static_cast<int>(passphrase.size()), nullptr, nullptr),
            1);
  made.key_pem = TextOf(out);
  X509_free(certificate);
  EVP_PKEY_free(key);
  return made;
}
inline TestCertificate MakeCertificate(const std::string& name = "localhost", const std::string& passphrase = "") {
  return MakeCertificate(EVP_EC_gen("P-256"), name, passphrase);
}

inline std::shared_ptr<const TlsContext> MakeContext(const TestCertificate& from) {
  auto context = TlsContext::Make(from.certificate_pem, SecretBytes(from.key_pem));
  EXPECT_TRUE(context.ok()) << context.error().text;
  return *context;
}

// A client whose bytes are carried by the test: what it wants to send is taken with Sent, what arrives is given to
// Receive. Trusts anybody.
class TlsClient {
 public:
  explicit TlsClient(int version = 0, const std::string& protocols = "") : context_(SSL_CTX_new(TLS_client_method())) {
    if (version != 0) {
      SSL_CTX_set_min_proto_version(context_, version);
      SSL_CTX_set_max_proto_version(context_, version);
    }
    SSL_CTX_set_security_level(context_, 0);
    if (!protocols.empty()) {
      SSL_CTX_set_alpn_protos(context_, reinterpret_cast<const unsigned char*>(protocols.data()),
                              static_cast<unsigned int>(protocols.size()));
    }
    ssl_ = SSL_new(context_);
    SSL_set_bio(ssl_, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    SSL_set_connect_state(ssl_);
  }
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;
  ~TlsClient() {
    SSL_free(ssl_);
    SSL_CTX_free(context_);
  }

  SSL* ssl() { return ssl_; }
  // Goes on with the handshake and reads what can be read.
  void Advance() {
    char bytes[4096];
    size_t count = 0;
    while (SSL_read_ex(ssl_, bytes, sizeof(bytes), &count) == 1) {
      received_.append(bytes, count);
    }
  }
  void Say(std::string_view bytes) {
    size_t count = 0;
    EXPECT_EQ(SSL_write_ex(ssl_, bytes.data(), bytes.size(), &count), 1);
    EXPECT_EQ(count, bytes.size());
  }
  void Receive(std::string_view bytes) {
    if (!bytes.empty()) {
      EXPECT_EQ(BIO_write(SSL_get_rbio(ssl_), bytes.data(), static_cast<int>(bytes.size())),
                static_cast<int>(bytes.size()));
    }
    Advance();
  }
  std::string Sent() {
    std::string bytes;
    char part[4096];
    for (int count = 0; (count = BIO_read(SSL_get_wbio(ssl_), part, sizeof(part))) > 0;) {
      bytes.append(part, static_cast<size_t>(count));
    }
    return bytes;
  }
  bool established() const { return SSL_is_init_finished(ssl_) == 1; }
  bool was_told_the_end() const { return (SSL_get_shutdown(ssl_) & SSL_RECEIVED_SHUTDOWN) != 0; }
  const std::string& received() const { return received_; }

 private:
  SSL_CTX* context_;
  SSL* ssl_;
  std::string received_;
};

}  // namespace basalt::http
