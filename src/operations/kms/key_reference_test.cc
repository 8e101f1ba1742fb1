// Tests of how keys are named.
#include "operations/kms/key_reference.h"

#include <gtest/gtest.h>

namespace basalt::operations::kms {
namespace {

constexpr std::string_view kAccount = "111122223333";
constexpr std::string_view kId = "1234abcd-12ab-34cd-56ef-1234567890ab";

TEST(KeyReference, IdsAndAliasesAreOfTheCaller) {
  const auto id = ParseKeyReference(kId, kAccount, "us-east-1");
  ASSERT_TRUE(id.ok());
  EXPECT_EQ(id->kind, KeyReferenceKind::kId);
  EXPECT_EQ(id->Arn(), "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab");
  const auto alias = ParseKeyReference("alias/a/b_c-1", kAccount, "eu-west-1");
  ASSERT_TRUE(alias.ok());
  EXPECT_EQ(alias->kind, KeyReferenceKind::kAlias);
  EXPECT_EQ(alias->Arn(), "arn:aws:kms:eu-west-1:111122223333:alias/a/b_c-1");
}

TEST(KeyReference, ArnsSayWhoseTheyAre) {
  for (const std::string resource : {"key/1234abcd-12ab-34cd-56ef-1234567890ab", "alias/x"}) {
    const std::string arn = "arn:aws:kms:us-east-1:444455556666:" + resource;
    const auto key = ParseKeyReference(arn, kAccount, "us-east-1");
    ASSERT_TRUE(key.ok());
    EXPECT_EQ(key->account, "444455556666");
    EXPECT_EQ(key->Arn(), arn);
  }
}

TEST(KeyReference, WhatNamesNoKeyIsNotFound) {
  const auto text = [](std::string_view given) { return ParseKeyReference(given, kAccount, "us-east-1").error().text; };
  EXPECT_EQ(text(""), "Invalid keyId ''");
  EXPECT_EQ(text("alias/"), "Invalid keyId 'alias/'");
  EXPECT_EQ(text("1234abcd-12ab-34cd-56ef-1234567890aB"), "Invalid keyId '1234abcd-12ab-34cd-56ef-1234567890aB'");
  EXPECT_EQ(text("1234abcd-12ab-34cd-56ef+1234567890ab"), "Invalid keyId '1234abcd-12ab-34cd-56ef+1234567890ab'");
  EXPECT_EQ(text("arn:aws:kms:us-east-1:111122223333:alias/"),
            "Invalid keyId 'arn:aws:kms:us-east-1:111122223333:alias/'");
  EXPECT_EQ(text("arn:aws:kms:us-east-1:111122223333:key/x"),
            "Invalid keyId 'arn:aws:kms:us-east-1:111122223333:key/x'");
  EXPECT_EQ(text("arn:aws:kms:us-west-2:111122223333:key/x"), "Invalid arn us-west-2");
}

}  // namespace
}  // namespace basalt::operations::kms
