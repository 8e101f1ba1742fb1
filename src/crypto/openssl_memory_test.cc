// Where OpenSSL's allocations lie, inside of a scope and outside.
#include "crypto/openssl_memory.h"

#include <gtest/gtest.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "base/locked_memory.h"
#include "crypto/aead.h"

namespace basalt::crypto {
namespace {

const bool taken_over = TakeOverOpensslMemory();  // before any test of this program uses OpenSSL

TEST(OpensslMemory, LiesInLockedMemoryWithinAScopeOnly) {
  ASSERT_TRUE(taken_over);
  void* const outside = OPENSSL_malloc(100);
  EXPECT_FALSE(IsLocked(outside));
  {
    const KeyScope outer;
    { const KeyScope inner; }
    void* const inside = OPENSSL_zalloc(100);
    EXPECT_TRUE(IsLocked(inside));
    OPENSSL_free(inside);
  }
  void* const after = OPENSSL_malloc(100);
  EXPECT_FALSE(IsLocked(after));
  OPENSSL_free(after);
  OPENSSL_free(outside);
}

TEST(OpensslMemory, WhatGrowsStaysASecretAndKeepsItsBytes) {
  void* block = nullptr;
  {
    const KeyScope scope;
    block = OPENSSL_malloc(32);
  }
  std::memset(block, 0x5a, 32);
  auto* const larger = static_cast<char*>(OPENSSL_realloc(block, 5000));
  EXPECT_TRUE(IsLocked(larger));
  EXPECT_EQ(std::string(larger, 32), std::string(32, 0x5a));
  auto* const far_too_large = static_cast<char*>(OPENSSL_realloc(larger, 1 << 20));
  EXPECT_FALSE(IsLocked(far_too_large));
  EXPECT_EQ(std::string(far_too_large, 32), std::string(32, 0x5a));
  OPENSSL_free(far_too_large);
}

TEST(OpensslMemory, ExpandedKeysOfCiphersAreThere) {
  const uint64_t before = GetLockedMemoryUse().bytes;
  std::vector<std::unique_ptr<Aes256Gcm>> keys;
  for (int i = 0; i < 200; ++i) {  // more than one region has room for
    keys.push_back(std::make_unique<Aes256Gcm>(std::string(kAes256KeyBytes, 'k')));
    char sealed[kGcmTagBytes];
    keys.back()->Seal(std::string(kGcmNonceBytes, 'n'), "", "", sealed);
  }
  EXPECT_GE(GetLockedMemoryUse().bytes - before, 200 * 512U);
}

}  // namespace
}  // namespace basalt::crypto
