// ARNs. Arn is any of them, taken apart at its colons; TableArn is one that names a DynamoDB table or something that
// belongs to a table. A defect is named, not worded: who asked knows the text for it.
//
//   Result<Arn> arn = Arn::Parse("arn:aws:dynamodb:us-east-1:123456789012:table/Music");
//   arn->resource()                                          // "table/Music"
//   ParsedTableArn parsed = ParseTableArn(text);
//   if (parsed.defect == TableArnDefect::kNone) { use(parsed.arn->name); }
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "model/table_name.h"

namespace basalt::model {

inline constexpr std::string_view kArnPartition = "aws";  // the only partition we serve

// Whether a caller meant an ARN, right or wrong. No table name begins so.
bool LooksLikeArn(std::string_view text);

class Arn {
 public:
  // arn:<partition>:<service>:<region>:<account>:<resource>; region and account may be empty, the others not.
  // Error: kValidation with a text that quotes the ARN.
  static Result<Arn> Parse(std::string_view text);
  static Arn Make(std::string_view service, std::string_view region, std::string_view account,
                  std::string_view resource);

  const std::string& partition() const { return partition_; }
  const std::string& service() const { return service_; }
  const std::string& region() const { return region_; }
  const std::string& account() const { return account_; }
  const std::string& resource() const { return resource_; }  // all after the fifth colon
  std::string ToString() const;

  bool operator==(const Arn& other) const = default;

 private:
  Arn() = default;

  std::string partition_;
  std::string service_;
  std::string region_;
  std::string account_;
  std::string resource_;
};

enum class TableArnKind : uint8_t { kTable, kIndex, kStream, kBackup, kExport, kImport };

struct TableArn {
  TableArnKind kind;
  std::string region;
  std::string account;
  TableName name;
  std::string part;  // index name, stream label, id of backup, export or import; empty for a table

  std::string ToString() const;
};

// In the order in which they are looked for.
enum class TableArnDefect : uint8_t {
  kNone,
  kMalformed,     // not six parts, no "arn:" in front, or an empty part
  kPartition,     // not "aws"
  kService,       // not "dynamodb"
  kRegion,        // not of the form of a region's name
  kAccount,       // not twelve digits
  kResourceType,  // not "table/", or something under a table that we do not know
  kName,          // a table or index name that can be none, or an empty label
};

struct ParsedTableArn {
  std::optional<TableArn> arn;  // set exactly if there is no defect
  TableArnDefect defect = TableArnDefect::kNone;
};

ParsedTableArn ParseTableArn(std::string_view text);

std::string MakeTableArn(std::string_view region, std::string_view account, const TableName& name);
std::string MakeIndexArn(std::string_view region, std::string_view account, const TableName& name,
                         std::string_view index);
std::string MakeStreamArn(std::string_view region, std::string_view account, const TableName& name,
                          std::string_view label);
std::string MakeBackupArn(std::string_view region, std::string_view account, const TableName& name,
                          std::string_view id);

bool IsAccountId(std::string_view text);   // twelve digits
bool IsRegionName(std::string_view text);  // 1 to 64 of a-z 0-9 -, a letter first

}  // namespace basalt::model
