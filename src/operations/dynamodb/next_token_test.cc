// Tests of the text of positions.
#include "operations/dynamodb/next_token.h"

#include <gtest/gtest.h>

#include <set>

#include "model/limits.h"

namespace basalt::operations::dynamodb {
namespace {

TEST(NextToken, BringsItsPositionBackToTheSamePurpose) {
  for (const ReadPosition& position :
       {ReadPosition{}, ReadPosition{255, "key"}, ReadPosition{7, std::string(20'000, '\xff')}}) {
    const Result<ReadPosition> read = DecodeNextToken(EncodeNextToken(position, "purpose"), "purpose");
    ASSERT_TRUE(read.ok());
    EXPECT_EQ(*read, position);
  }
}

TEST(NextToken, IsRefusedForAnotherPurpose) {
  const std::string token = EncodeNextToken({1, "key"}, "purpose");
  for (const char* other : {"", "purpos", "purpose ", "Purpose"}) {
    const Result<ReadPosition> read = DecodeNextToken(token, other);
    ASSERT_FALSE(read.ok()) << other;
    EXPECT_EQ(read.error().text, "NextToken does not match request");
    EXPECT_EQ(read.error().reason, Reason::kValidation);
  }
  // What the position gains, the purpose does not lose.
  EXPECT_FALSE(DecodeNextToken(EncodeNextToken({1, "ab"}, "c"), "bc").ok());
}

TEST(NextToken, HasOneTextForEachPosition) {
  std::set<std::string> tokens;
  for (size_t partition = 0; partition < 3; ++partition) {
    for (const char* key : {"", "a", "b", "ab"}) {
      tokens.insert(EncodeNextToken({partition, key}, ""));
    }
  }
  EXPECT_EQ(tokens.size(), 12U);
  EXPECT_TRUE(tokens.contains(EncodeNextToken({2, "ab"}, "")));
}

TEST(NextToken, IsRefusedWhenItIsNoneAtAll) {
  for (const std::string& text :
       {std::string(), std::string("A"), std::string("AAAA"), std::string(45, 'A'), std::string(48, 'A'),
        std::string(48, '='), std::string("\0\0\0\0", 4), std::string(model::kNextTokenLengthMax + 4, 'A')}) {
    EXPECT_FALSE(DecodeNextToken(text, "purpose").ok()) << text.size();
  }
}

}  // namespace
}  // namespace basalt::operations::dynamodb
