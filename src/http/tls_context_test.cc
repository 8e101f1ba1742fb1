// Certificates and keys that fit, and all the ways in which they do not.
#include "http/tls_context.h"

#include <gtest/gtest.h>

#include "http/tls_fixture.h"
#include "os/clock.h"

namespace basalt::http {
namespace {

void ExpectRefused(std::string_view certificates, std::string_view key, const std::string& text) {
  const auto context = TlsContext::Make(certificates, SecretBytes(key));
  ASSERT_FALSE(context.ok()) << text;
  EXPECT_EQ(context.error().reason, Reason::kInvalidArgument);
  EXPECT_EQ(context.error().text.substr(0, text.size()), text) << context.error().text;
  EXPECT_EQ(context.error().text.find('\n'), std::string::npos) << context.error().text;
}

TEST(TlsContext, TakesKeysOfEveryUsualKindAndKnowsWhenTheCertificateEnds) {
  for (EVP_PKEY* key : {EVP_EC_gen("P-256"), EVP_EC_gen("P-384"), EVP_RSA_gen(2048),
                        EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", size_t{3072})}) {
    const auto context = MakeContext(MakeCertificate(key, "localhost"));
    const int64_t left_ms = context->valid_until_ms() - os::SystemClock().WallMs();
    EXPECT_GT(left_ms, 3'500'000);
    EXPECT_LE(left_ms, 3'600'000);
  }
}

TEST(TlsContext, TakesAChainWithWordsAroundIt) {
  const TestCertificate own = MakeCertificate("own");
  const TestCertificate above = MakeCertificate("above");
  const auto context = TlsContext::Make("subject=own\n" + own.certificate_pem + "\n# above\n" + above.certificate_pem,
                                        SecretBytes(own.key_pem));
  ASSERT_TRUE(context.ok()) << context.error().text;
  STACK_OF(X509)* chain = nullptr;
  SSL_CTX_get0_chain_certs((*context)->handle(), &chain);
  EXPECT_EQ(sk_X509_num(chain), 1);
}

TEST(TlsContext, RefusesWhatIsNoCertificate) {
  const TestCertificate good = MakeCertificate();
  for (const std::string& text : {std::string(), std::string("nonsense"), good.key_pem, std::string(10, '\0')}) {
    ExpectRefused(text, good.key_pem, "the certificate file holds no certificate in PEM");
  }
  const std::string& pem = good.certificate_pem;
  ExpectRefused(pem.substr(0, pem.size() / 2), good.key_pem, "the certificate file holds a broken certificate (");
  std::string flipped = pem;
  flipped[60] = '!';
  ExpectRefused(flipped, good.key_pem, "the certificate file holds a broken certificate (");
  ExpectRefused(pem + pem.substr(0, pem.size() / 2), good.key_pem, "the certificate file holds a broken certificate (");
}

TEST(TlsContext, RefusesWhatIsNoKey) {
  const TestCertificate good = MakeCertificate();
  for (const std::string& text : {std::string(), std::string("nonsense"), good.certificate_pem,
                                  good.key_pem.substr(0, good.key_pem.size() / 2)}) {
    ExpectRefused(good.certificate_pem, text, "the key file holds no usable key");
  }
  ExpectRefused(good.certificate_pem, MakeCertificate("localhost", "sesame").key_pem, "the key has a passphrase");
}

TEST(TlsContext, RefusesTheKeyOfAnotherCertificate) {
  const TestCertificate good = MakeCertificate();
  ExpectRefused(good.certificate_pem, MakeCertificate().key_pem, "the key is not that of the certificate");
  ExpectRefused(good.certificate_pem, MakeCertificate(EVP_RSA_gen(2048), "x").key_pem,
                "the key is not that of the certificate");
}

TEST(TlsContext, RefusesAKeyThatIsTooShort) {
  const TestCertificate weak = MakeCertificate(EVP_RSA_gen(512), "weak");
  ExpectRefused(weak.certificate_pem, weak.key_pem, "the certificate cannot be used (ee key too small)");
}

}  // namespace
}  // namespace basalt::http
