// Which of OpenSSL's ways to SHA-256 and HMAC is fastest for messages of a request's size: the block functions used
// in digest.cc, a fetched EVP_MD with a reused context, and a fetched EVP_MAC with a reused context.
#include <benchmark/benchmark.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <string>

#include "base/check.h"
#include "crypto/digest.h"

namespace basalt::crypto {
namespace {

void BlockFunctionsSha256(benchmark::State& state) {
  const std::string text(static_cast<size_t>(state.range(0)), 'x');
  for (auto _ : state) {
    benchmark::DoNotOptimize(Sha256(text));
  }
}
BENCHMARK(BlockFunctionsSha256)->Arg(32)->Arg(64)->Arg(256)->Arg(1024)->Arg(16384);

void ReusedEvpSha256(benchmark::State& state) {
  const std::string text(static_cast<size_t>(state.range(0)), 'x');
  EVP_MD* const digest = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  EVP_MD_CTX* const context = EVP_MD_CTX_new();
  unsigned char out[32];
  unsigned length = 0;
  BASALT_CHECK(EVP_DigestInit_ex2(context, digest, nullptr) == 1);
  for (auto _ : state) {
    BASALT_CHECK(EVP_DigestInit_ex2(context, nullptr, nullptr) == 1);
    BASALT_CHECK(EVP_DigestUpdate(context, text.data(), text.size()) == 1);
    BASALT_CHECK(EVP_DigestFinal_ex(context, out, &length) == 1);
    benchmark::DoNotOptimize(out);
  }
  EVP_MD_CTX_free(context);
  EVP_MD_free(digest);
}
BENCHMARK(ReusedEvpSha256)->Arg(32)->Arg(64)->Arg(256)->Arg(1024)->Arg(16384);

void PreparedHmac(benchmark::State& state) {
  const std::string text(static_cast<size_t>(state.range(0)), 'x');
  const HmacSha256Key key("a key of thirty-two bytes, about");
  for (auto _ : state) {
    benchmark::DoNotOptimize(key.Sign(text));
  }
}
BENCHMARK(PreparedHmac)->Arg(32)->Arg(256)->Arg(1024);

void UnpreparedHmac(benchmark::State& state) {
  const std::string text(static_cast<size_t>(state.range(0)), 'x');
  for (auto _ : state) {
    benchmark::DoNotOptimize(HmacSha256("a key of thirty-two bytes, about", text));
  }
}
BENCHMARK(UnpreparedHmac)->Arg(32)->Arg(256)->Arg(1024);

void ReusedEvpHmac(benchmark::State& state) {
  const std::string text(static_cast<size_t>(state.range(0)), 'x');
  EVP_MAC* const mac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  EVP_MAC_CTX* const context = EVP_MAC_CTX_new(mac);
  char name[] = "SHA256";
  const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0),
                                   OSSL_PARAM_construct_end()};
  const std::string key = "a key of thirty-two bytes, about";
  BASALT_CHECK(EVP_MAC_init(context, reinterpret_cast<const unsigned char*>(key.data()), key.size(), parameters) == 1);
  unsigned char out[32];
  size_t length = 0;
  for (auto _ : state) {
    BASALT_CHECK(EVP_MAC_init(context, nullptr, 0, nullptr) == 1);
    BASALT_CHECK(EVP_MAC_update(context, reinterpret_cast<const unsigned char*>(text.data()), text.size()) == 1);
    BASALT_CHECK(EVP_MAC_final(context, out, &length, sizeof(out)) == 1);
    benchmark::DoNotOptimize(out);
  }
  EVP_MAC_CTX_free(context);
  EVP_MAC_free(mac);
}
BENCHMARK(ReusedEvpHmac)->Arg(32)->Arg(256)->Arg(1024);

}  // namespace
}  // namespace basalt::crypto
