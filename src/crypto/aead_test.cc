#include "crypto/aead.h"

#include <gtest/gtest.h>
#include <openssl/err.h>

#include <atomic>
#include <thread>
#include <vector>

#include "base/bytes.h"
#include "crypto/random.h"

namespace basalt::crypto {
namespace {

std::string Bytes(std::string_view hex) { return HexDecode(hex).value(); }

std::string Seal(const Aes256Gcm& gcm, std::string_view nonce, std::string_view data, std::string_view plaintext) {
  std::string sealed(plaintext.size() + kGcmTagBytes, '\0');
  gcm.Seal(nonce, data, plaintext, sealed.data());
  return sealed;
}

TEST(Aes256Gcm, SelfTestPasses) { EXPECT_TRUE(SelfTest().ok()); }

struct Vector {
  const char* key;
  const char* nonce;
  const char* data;
  const char* plaintext;
  const char* sealed;
};

// The GCM specification (McGrew and Viega), test cases 13 to 16.
constexpr Vector kVectors[] = {
    {"0000000000000000000000000000000000000000000000000000000000000000", "000000000000000000000000", "", "",
     "530f8afbc74536b9a963b4f1c4cb738b"},
    {"0000000000000000000000000000000000000000000000000000000000000000", "000000000000000000000000", "",
     "00000000000000000000000000000000", "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"},
    {"feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888", "",
     "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657"
     "ba637b391aafd255",
     "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0a"
     "bcc9f662898015adb094dac5d93471bdec1a502270e3cc6c"},
    {"feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888",
     "feedfacedeadbeeffeedfacedeadbeefabaddad2",
     "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657"
     "ba637b39",
     "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0a"
     "bcc9f66276fc6ece0f4e1768cddf8853bb2d551b"},
};

TEST(Aes256Gcm, AgreesWithPublishedVectors) {
  for (const Vector& vector : kVectors) {
    const Aes256Gcm gcm(Bytes(vector.key));
    const std::string plaintext = Bytes(vector.plaintext);
    // Twice: the second use takes the context that the first one left.
    for (int round = 0; round < 2; ++round) {
      const std::string sealed = Seal(gcm, Bytes(vector.nonce), Bytes(vector.data), plaintext);
      EXPECT_EQ(HexEncode(sealed), vector.sealed);
      std::string opened(plaintext.size(), '\0');
      EXPECT_TRUE(gcm.Open(Bytes(vector.nonce), Bytes(vector.data), sealed, opened.data()));
      EXPECT_EQ(opened, plaintext);
    }
  }
}

TEST(Aes256Gcm, RefusesAnyChangedBitAndWipesWhatItWrote) {
  const Aes256Gcm gcm(RandomBytes(32));
  const std::string nonce = RandomBytes(12);
  const std::string sealed = Seal(gcm, nonce, "data", "plaintext!");
  std::string out(10, 'x');
  for (size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    std::string changed = sealed;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
    out.assign(10, 'x');
    EXPECT_FALSE(gcm.Open(nonce, "data", changed, out.data()));
    EXPECT_EQ(out, std::string(10, '\0'));
  }
  EXPECT_FALSE(gcm.Open(nonce, "Data", sealed, out.data()));
  EXPECT_FALSE(gcm.Open(RandomBytes(12), "data", sealed, out.data()));
  EXPECT_FALSE(Aes256Gcm(RandomBytes(32)).Open(nonce, "data", sealed, out.data()));
  for (size_t length = 0; length < sealed.size(); ++length) {
    EXPECT_FALSE(gcm.Open(nonce, "data", std::string_view(sealed).substr(0, length), out.data()));
  }
  EXPECT_EQ(ERR_peek_error(), 0U) << "a refusal stays in the thread's error queue";
  EXPECT_TRUE(gcm.Open(nonce, "data", sealed, out.data()));
  EXPECT_EQ(out, "plaintext!");
}

TEST(Aes256Gcm, ServesMoreThreadsThanItKeepsContexts) {
  const Aes256Gcm gcm(RandomBytes(32));
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 24; ++t) {
    threads.emplace_back([&gcm, &wrong, t] {
      const std::string plaintext(static_cast<size_t>(100 + t), static_cast<char>('a' + t));
      std::string opened(plaintext.size(), '\0');
      for (int i = 0; i < 200; ++i) {
        const std::string nonce = RandomBytes(12);
        const std::string sealed = Seal(gcm, nonce, plaintext, plaintext);
        if (!gcm.Open(nonce, plaintext, sealed, opened.data()) || opened != plaintext ||
            gcm.Open(nonce, "other", sealed, opened.data())) {
          ++wrong;
        }
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(wrong.load(), 0);
}

TEST(WrapKey, OpensOnlyUnderTheSameKeyAndData) {
  const std::string key = RandomBytes(32);
  const SecretBytes secret = RandomSecret(32);
  const std::string wrapped = WrapKey(key, "table", secret);
  EXPECT_EQ(wrapped.size(), kGcmNonceBytes + 32 + kGcmTagBytes);
  EXPECT_NE(WrapKey(key, "table", secret), wrapped) << "the nonce is fresh each time";

  const auto opened = UnwrapKey(key, "table", wrapped);
  ASSERT_TRUE(opened.ok());
  EXPECT_EQ(opened.value().view(), secret.view());

  EXPECT_EQ(UnwrapKey(key, "other", wrapped).error().reason, Reason::kWrongKey);
  EXPECT_EQ(UnwrapKey(RandomBytes(32), "table", wrapped).error().reason, Reason::kWrongKey);
  for (size_t length = 0; length < wrapped.size(); ++length) {
    EXPECT_FALSE(UnwrapKey(key, "table", wrapped.substr(0, length)).ok());
  }
  for (size_t i = 0; i < wrapped.size(); ++i) {
    std::string changed = wrapped;
    changed[i] = static_cast<char>(changed[i] ^ 0x40);
    EXPECT_FALSE(UnwrapKey(key, "table", changed).ok());
  }
}

}  // namespace
}  // namespace basalt::crypto
