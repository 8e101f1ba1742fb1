#include "crypto/digest.h"

#include <gtest/gtest.h>

#include <string>

#include "base/bytes.h"

namespace basalt::crypto {
namespace {

std::string Bytes(std::string_view hex) { return HexDecode(hex).value(); }

// FIPS 180-2, appendix B, and NIST's example of the empty message.
TEST(Sha256, AgreesWithPublishedVectors) {
  EXPECT_EQ(HexOf(Sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(HexOf(Sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(HexOf(Sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(HexOf(Sha256(std::string(1000000, 'a'))),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

// RFC 4231, test cases 1 to 7 (5 is about truncation).
TEST(HmacSha256, AgreesWithPublishedVectors) {
  EXPECT_EQ(HexOf(HmacSha256(std::string(20, '\x0b'), "Hi There")),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(HexOf(HmacSha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(HexOf(HmacSha256(std::string(20, '\xaa'), std::string(50, '\xdd'))),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
  EXPECT_EQ(HexOf(HmacSha256(Bytes("0102030405060708090a0b0c0d0e0f10111213141516171819"), std::string(50, '\xcd'))),
            "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b");
  EXPECT_EQ(HexOf(HmacSha256(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
  EXPECT_EQ(HexOf(HmacSha256(std::string(131, '\xaa'),
                             "This is a test using a larger than block-size key and a larger than block-size data. The "
                             "key needs to be hashed before being used by the HMAC algorithm.")),
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2");
}

// The definition of RFC 2104, written out, for every length around the block's.
TEST(HmacSha256, AgreesWithItsDefinitionForAllKeyAndTextLengths) {
  for (size_t key_bytes = 0; key_bytes <= 130; key_bytes += key_bytes < 60 || key_bytes > 66 ? 7 : 1) {
    const std::string key(key_bytes, 'k');
    std::string block = key_bytes > 64 ? std::string(AsView(Sha256(key))) : key;
    block.resize(64, '\0');
    std::string inner;
    std::string outer;
    for (const char c : block) {
      inner.push_back(static_cast<char>(c ^ 0x36));
      outer.push_back(static_cast<char>(c ^ 0x5c));
    }
    const HmacSha256Key prepared(key);
    for (size_t text_bytes = 0; text_bytes <= 130; ++text_bytes) {
      const std::string text(text_bytes, 't');
      const Sha256Digest expected = Sha256(outer + std::string(AsView(Sha256(inner + text))));
      EXPECT_EQ(prepared.Sign(text), expected) << key_bytes << " " << text_bytes;
      EXPECT_EQ(HmacSha256(key, text), expected);
    }
  }
}

}  // namespace
}  // namespace basalt::crypto
