// Tests of the limits of key values.
#include "model/key_value.h"

#include <gtest/gtest.h>

#include <string>

#include "model/limits.h"

namespace basalt::model {
namespace {

std::string TextOf(const Value& value, KeyRole role) {
  const Status status = CheckKeyValue("k", value, role);
  return status.ok() ? "" : status.error().text;
}

TEST(KeyValue, MayNotBeEmpty) {
  for (const KeyRole role : {KeyRole::kPartition, KeyRole::kSort}) {
    EXPECT_EQ(TextOf(Value::String(""), role),
              "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an "
              "empty string value. Key: k");
    EXPECT_EQ(TextOf(Value::Binary(""), role),
              "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an "
              "empty binary value. Key: k");
    EXPECT_EQ(TextOf(Value::String(std::string(1, '\0')), role), "");
    EXPECT_EQ(TextOf(Value::Number("0"), role), "");
  }
}

TEST(KeyValue, HasAnotherLimitInEachRole) {
  for (const auto make : {&Value::String, &Value::Binary}) {
    const std::string partition(kPartitionKeyBytesMax, 'x');
    const std::string sort(kSortKeyBytesMax, 'x');
    EXPECT_EQ(TextOf(make(partition), KeyRole::kPartition), "");
    EXPECT_EQ(TextOf(make(partition + "x"), KeyRole::kPartition),
              "One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit of2048 "
              "bytes");
    EXPECT_EQ(TextOf(make(sort), KeyRole::kSort), "");
    EXPECT_EQ(TextOf(make(sort + "x"), KeyRole::kSort),
              "One or more parameter values were invalid: Aggregated size of all range keys has exceeded the size "
              "limit of 1024 bytes");
  }
}

}  // namespace
}  // namespace basalt::model
