// ARNs and table names.
#include "model/arn.h"

#include <gtest/gtest.h>

#include <string>

#include "model/table_name.h"

namespace basalt::model {
namespace {

TableArnDefect DefectOf(std::string_view text) {
  const ParsedTableArn parsed = ParseTableArn(text);
  EXPECT_EQ(parsed.arn.has_value(), parsed.defect == TableArnDefect::kNone);
  return parsed.defect;
}

TEST(Arn, TakesPartsApart) {
  const Result<Arn> arn = Arn::Parse("arn:aws:kms:eu-west-1:123456789012:key/a:b/c");
  ASSERT_TRUE(arn.ok());
  EXPECT_EQ(arn->partition(), "aws");
  EXPECT_EQ(arn->service(), "kms");
  EXPECT_EQ(arn->region(), "eu-west-1");
  EXPECT_EQ(arn->account(), "123456789012");
  EXPECT_EQ(arn->resource(), "key/a:b/c");
  EXPECT_EQ(arn->ToString(), "arn:aws:kms:eu-west-1:123456789012:key/a:b/c");
}

TEST(Arn, AllowsEmptyRegionAndAccount) {
  EXPECT_EQ(Arn::Parse("arn:aws:iam::123456789012:role/R")->region(), "");
  EXPECT_EQ(Arn::Parse("arn:aws:s3:::bucket")->resource(), "bucket");
}

TEST(Arn, RefusesWhatIsNone) {
  for (const std::string_view text :
       {"", "arn", "arn:", "arn:aws:dynamodb:us-east-1:123456789012", "arn:aws:s3:::", "arn::s3:::x", "arn:aws::::x",
        "ARN:aws:s3:::x", "xarn:aws:s3:::x", "Music", ":::::", "arn:::::"}) {
    const Result<Arn> arn = Arn::Parse(text);
    ASSERT_FALSE(arn.ok()) << text;
    EXPECT_EQ(arn.error().reason, Reason::kValidation);
  }
}

TEST(TableArn, ReadsWhatItMakes) {
  const TableName name = TableName::Parse("Music.v2_x-y").value();
  const auto kind_of = [](const std::string& text) {
    const ParsedTableArn parsed = ParseTableArn(text);
    EXPECT_EQ(parsed.defect, TableArnDefect::kNone) << text;
    EXPECT_EQ(parsed.arn->ToString(), text);
    EXPECT_EQ(parsed.arn->name.text(), "Music.v2_x-y");
    EXPECT_EQ(parsed.arn->region, "us-east-1");
    EXPECT_EQ(parsed.arn->account, "123456789012");
    return std::pair(parsed.arn->kind, parsed.arn->part);
  };
  const std::string table = MakeTableArn("us-east-1", "123456789012", name);
  EXPECT_EQ(table, "arn:aws:dynamodb:us-east-1:123456789012:table/Music.v2_x-y");
  EXPECT_EQ(kind_of(table), std::pair(TableArnKind::kTable, std::string()));
  EXPECT_EQ(MakeIndexArn("us-east-1", "123456789012", name, "by-year"), table + "/index/by-year");
  EXPECT_EQ(kind_of(table + "/index/by-year"), std::pair(TableArnKind::kIndex, std::string("by-year")));
  EXPECT_EQ(MakeStreamArn("us-east-1", "123456789012", name, "2026-01-02T03:04:05.678"),
            table + "/stream/2026-01-02T03:04:05.678");
  EXPECT_EQ(kind_of(table + "/stream/2026-01-02T03:04:05.678"),
            std::pair(TableArnKind::kStream, std::string("2026-01-02T03:04:05.678")));
  EXPECT_EQ(kind_of(MakeBackupArn("us-east-1", "123456789012", name, "0123-ab")),
            std::pair(TableArnKind::kBackup, std::string("0123-ab")));
  EXPECT_EQ(kind_of(table + "/export/0123-ab"), std::pair(TableArnKind::kExport, std::string("0123-ab")));
  EXPECT_EQ(kind_of(table + "/import/0123-ab"), std::pair(TableArnKind::kImport, std::string("0123-ab")));
}

TEST(TableArn, NamesTheDefect) {
  EXPECT_EQ(DefectOf("Music"), TableArnDefect::kMalformed);
  EXPECT_EQ(DefectOf("arn:aws:dynamodb:us-east-1:table/Music"), TableArnDefect::kMalformed);
  EXPECT_EQ(DefectOf("arn:aws-cn:dynamodb:us-east-1:123456789012:table/Music"), TableArnDefect::kPartition);
  EXPECT_EQ(DefectOf("arn:aws:s3:us-east-1:123456789012:table/Music"), TableArnDefect::kService);
  EXPECT_EQ(DefectOf("arn:aws:dynamodb::123456789012:table/Music"), TableArnDefect::kRegion);
  EXPECT_EQ(DefectOf("arn:aws:dynamodb:US-EAST-1:123456789012:table/Music"), TableArnDefect::kRegion);
  EXPECT_EQ(DefectOf("arn:aws:dynamodb:us-east-1::table/Music"), TableArnDefect::kAccount);
  EXPECT_EQ(DefectOf("arn:aws:dynamodb:us-east-1:12345678901:table/Music"), TableArnDefect::kAccount);
  EXPECT_EQ(DefectOf("arn:aws:dynamodb:us-east-1:12345678901x:table/Music"), TableArnDefect::kAccount);
  EXPECT_EQ(DefectOf("arn:aws:dynamodb:us-east-1:123456789012:tables/Music"), TableArnDefect::kResourceType);
  EXPECT_EQ(DefectOf("arn:aws:dynamodb:us-east-1:123456789012:global-table/Music"), TableArnDefect::kResourceType);
  EXPECT_EQ(DefectOf("arn:aws:dynamodb:us-east-1:123456789012:table"), TableArnDefect::kResourceType);
  EXPECT_EQ(DefectOf("arn:aws:dynamodb:us-east-1:123456789012:table/Music/other/x"), TableArnDefect::kResourceType);
  EXPECT_EQ(DefectOf("arn:aws:dynamodb:us-east-1:123456789012:table/Music/index"), TableArnDefect::kResourceType);
  EXPECT_EQ(DefectOf("arn:aws:dynamodb:us-east-1:123456789012:table/"), TableArnDefect::kName);
  EXPECT_EQ(DefectOf("arn:aws:dynamodb:us-east-1:123456789012:table/Mu"), TableArnDefect::kName);
  EXPECT_EQ(DefectOf("arn:aws:dynamodb:us-east-1:123456789012:table/Mu sic"), TableArnDefect::kName);
  EXPECT_EQ(DefectOf("arn:aws:dynamodb:us-east-1:123456789012:table/Music/index/"), TableArnDefect::kName);
  EXPECT_EQ(DefectOf("arn:aws:dynamodb:us-east-1:123456789012:table/Music/index/a b c"), TableArnDefect::kName);
  EXPECT_EQ(DefectOf("arn:aws:dynamodb:us-east-1:123456789012:table/Music/stream/"), TableArnDefect::kName);
  EXPECT_EQ(DefectOf("arn:aws:dynamodb:us-east-1:123456789012:table/Music/stream/a/b"), TableArnDefect::kName);
}

TEST(TableArn, IsLookedForInNamesThatBeginLikeOne) {
  EXPECT_TRUE(LooksLikeArn("arn:nonsense"));
  EXPECT_FALSE(LooksLikeArn("arn.table"));
  EXPECT_FALSE(IsTableName("arn:nonsense"));
}

TEST(TableName, AcceptsTheRule) {
  EXPECT_EQ(TableName::Parse("Music_.-09")->text(), "Music_.-09");
  EXPECT_TRUE(TableName::Parse("abc"));
  EXPECT_TRUE(TableName::Parse(std::string(255, 'a')));
  EXPECT_TRUE(TableName::Parse("..."));
  EXPECT_EQ(TableName::Parse("Music").value(), TableName::Parse("Music").value());
  EXPECT_NE(TableName::Parse("Music").value(), TableName::Parse("music").value());
  EXPECT_LT(TableName::Parse("Abc").value(), TableName::Parse("abc").value());
}

TEST(TableName, RefusesEachDefect) {
  for (const std::string_view text : {"ab", "a b", "", "abc ", "a/b", "caf\xc3\xa9"}) {
    EXPECT_FALSE(TableName::Parse(text)) << text;
  }
  EXPECT_FALSE(TableName::Parse(std::string(256, 'a')));
}

}  // namespace
}  // namespace basalt::model
