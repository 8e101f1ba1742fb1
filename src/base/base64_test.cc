// Base64: the vectors of RFC 4648 and each defect by name.
#include "base/base64.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace basalt {
namespace {

std::pair<Base64Defect, std::string> Decode(std::string_view text) {
  std::string out(text.size(), '\0');
  size_t size = 0;
  const Base64Defect defect = Base64Decode(text, out.data(), size);
  out.resize(size);
  return {defect, out};
}

TEST(Base64, EncodesAndDecodesTheVectorsOfTheRfc) {
  const std::pair<std::string_view, std::string_view> vectors[] = {{"", ""},
                                                                   {"f", "Zg=="},
                                                                   {"fo", "Zm8="},
                                                                   {"foo", "Zm9v"},
                                                                   {"foob", "Zm9vYg=="},
                                                                   {"fooba", "Zm9vYmE="},
                                                                   {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : vectors) {
    EXPECT_EQ(Base64Encode(bytes), text);
    EXPECT_EQ(Decode(text).first, Base64Defect::kNone);
    EXPECT_EQ(Decode(text).second, bytes);
  }
}

TEST(Base64, EveryByteSurvives) {
  std::string all;
  for (int i = 0; i < 256; ++i) {
    all.push_back(static_cast<char>(i));
    EXPECT_EQ(Decode(Base64Encode(all)).second, all);
  }
}

TEST(Base64, DefectsAreToldApart) {
  EXPECT_EQ(Decode("Zg=").first, Base64Defect::kLength);
  EXPECT_EQ(Decode("Zg!=").first, Base64Defect::kCharacter);
  EXPECT_EQ(Decode("Z===").first, Base64Defect::kCharacter);
  EXPECT_EQ(Decode("====").first, Base64Defect::kCharacter);
  EXPECT_EQ(Decode("Zg==Zg==").first, Base64Defect::kCharacter);
  EXPECT_EQ(Decode("Zh==").first, Base64Defect::kTrailingBits);
  EXPECT_EQ(Decode("Zm9=").first, Base64Defect::kTrailingBits);
}

}  // namespace
}  // namespace basalt
