#include "operations/logged_answer.h"

#include <gtest/gtest.h>

#include <string>

namespace basalt::operations {
namespace {

TEST(LoggedAnswer, MembersAreInLowerCaseAndTimesAreText) {
  EXPECT_EQ(
      LoggedJsonAnswer(R"({"TableDescription":{"CreationDateTime":1430696054.5,"ItemCount":3,"Tags":[{"Key":"a"}],)"
                       R"("Enabled":true,"Nothing":null,"Share":0.5}})"),
      R"({"tableDescription":{"creationDateTime":"May 3, 2015 11:34:14 PM","itemCount":3,"tags":[{"key":"a"}],)"
      R"("enabled":true,"nothing":null,"share":0.5}})");
}

TEST(LoggedAnswer, TimesBeyondAllDatesAreNumbers) {
  for (const char* time : {"1415348827415348827.5", "9223372036854775807", "253402300800", "-1"}) {
    EXPECT_EQ(LoggedJsonAnswer(std::string(R"({"StartDateTime":)") + time + "}").value_or("").find('"', 18),
              std::string::npos)
        << time;
  }
  EXPECT_EQ(LoggedJsonAnswer(R"({"StartDateTime":253402300799})"), R"({"startDateTime":"Dec 31, 9999 11:59:59 PM"})");
}

TEST(LoggedAnswer, AnEmptyOneIsNothing) {
  EXPECT_EQ(LoggedJsonAnswer("{}"), std::nullopt);
  EXPECT_EQ(LoggedJsonAnswer("nonsense"), std::nullopt);
  EXPECT_EQ(LoggedXmlAnswer(""), std::nullopt);
  EXPECT_EQ(LoggedJsonAnswer("{\"A\":\"" + std::string(kLoggedBytesMax, 'x') + "\"}"), std::nullopt);
}

TEST(LoggedAnswer, ElementsAreMembersAndMembersAreLists) {
  EXPECT_EQ(LoggedXmlAnswer("<User>\n  <UserName>a&amp;b &lt;c&gt;</UserName>\n  <Path>/</Path></User>\n"
                            "<Tags><member><Key>k</Key><Value></Value></member><member><Key>l</Key></member></Tags>"
                            "<IsTruncated>false</IsTruncated><Nothing/>"),
            R"({"user":{"userName":"a&b <c>","path":"/"},"tags":[{"key":"k","value":""},{"key":"l"}],)"
            R"("isTruncated":"false","nothing":""})");
}

TEST(LoggedAnswer, SecretsAreLeftOut) {
  EXPECT_EQ(LoggedXmlAnswer("<Credentials><AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>s</SecretAccessKey>"
                            "<SessionToken>t</SessionToken><Expiration>2026</Expiration></Credentials>"),
            R"({"credentials":{"accessKeyId":"ASIA","expiration":"2026"}})");
  EXPECT_EQ(LoggedJsonAnswer(R"({"A":{"SecretAccessKey":"s","SessionToken":"t","B":1}})"), R"({"a":{"b":1}})");
}

TEST(LoggedAnswer, WhatIsNotOfThatFormIsNothing) {
  for (const char* text : {"text", "<a>", "<a><b></a></b>", "<a></b>", "<>x</>", "</a>", "<a>x</a>y"}) {
    EXPECT_EQ(LoggedXmlAnswer(text), std::nullopt) << text;
  }
  std::string deep;
  for (int i = 0; i < 100; ++i) {
    deep += "<a>";
  }
  EXPECT_EQ(LoggedXmlAnswer(deep), std::nullopt);
}

}  // namespace
}  // namespace basalt::operations
