// Taking ARNs apart and putting them together.
#include "model/arn.h"

#include <algorithm>
#include <array>
#include <utility>

namespace basalt::model {
namespace {

constexpr std::string_view kArnPrefix = "arn:";
constexpr std::string_view kService = "dynamodb";
constexpr std::string_view kTableType = "table";
constexpr size_t kRegionNameLengthMax = 64;
constexpr size_t kAccountIdLength = 12;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLower(char c) { return c >= 'a' && c <= 'z'; }

// Takes what stands before `separator`; nullopt, having taken nothing, if it is not there.
std::optional<std::string_view> TakeUntil(std::string_view& text, char separator) {
  const size_t at = text.find(separator);
  if (at == std::string_view::npos) {
    return std::nullopt;
  }
  const std::string_view part = text.substr(0, at);
  text.remove_prefix(at + 1);
  return part;
}

struct KindWord {
  TableArnKind kind;
  std::string_view word;
};
constexpr std::array<KindWord, 5> kKindWords = {{
    {TableArnKind::kIndex, "index"},
    {TableArnKind::kStream, "stream"},
    {TableArnKind::kBackup, "backup"},
    {TableArnKind::kExport, "export"},
    {TableArnKind::kImport, "import"},
}};

std::string MakeArn(std::string_view region, std::string_view account, const TableName& name, TableArnKind kind,
                    std::string_view part) {
  return TableArn{kind, std::string(region), std::string(account), name, std::string(part)}.ToString();
}

ParsedTableArn Defective(TableArnDefect defect) { return {std::nullopt, defect}; }

}  // namespace

bool LooksLikeArn(std::string_view text) { return text.starts_with(kArnPrefix); }

Result<Arn> Arn::Parse(std::string_view text) {
  std::string_view rest = text;
  Arn arn;
  const std::array<std::string*, 4> parts = {&arn.partition_, &arn.service_, &arn.region_, &arn.account_};
  bool complete = LooksLikeArn(text);
  rest.remove_prefix(complete ? kArnPrefix.size() : 0);
  for (std::string* part : parts) {
    const std::optional<std::string_view> taken = complete ? TakeUntil(rest, ':') : std::nullopt;
    complete = taken.has_value();
    *part = taken.value_or(std::string_view());
  }
  arn.resource_ = rest;
  if (!complete || arn.partition_.empty() || arn.service_.empty() || arn.resource_.empty()) {
    return Error(Reason::kValidation, "Invalid ARN: '" + std::string(text) + "'");
  }
  return arn;
}

Arn Arn::Make(std::string_view service, std::string_view region, std::string_view account, std::string_view resource) {
  Arn arn;
  arn.partition_ = kArnPartition;
  arn.service_ = service;
  arn.region_ = region;
  arn.account_ = account;
  arn.resource_ = resource;
  return arn;
}

std::string Arn::ToString() const {
  std::string text(kArnPrefix);
  for (const std::string* part : {&partition_, &service_, &region_, &account_}) {
    text += *part;
    text.push_back(':');
  }
  text += resource_;
  return text;
}

std::string TableArn::ToString() const {
  std::string resource(kTableType);
  resource.push_back('/');
  resource += name.text();
  for (const KindWord& word : kKindWords) {
    if (word.kind == kind) {
      resource.push_back('/');
      resource += word.word;
      resource.push_back('/');
      resource += part;
    }
  }
  return Arn::Make(kService, region, account, resource).ToString();
}

ParsedTableArn ParseTableArn(std::string_view text) {
  const Result<Arn> arn = Arn::Parse(text);
  if (!arn.ok()) {
    return Defective(TableArnDefect::kMalformed);
  }
  if (arn->partition() != kArnPartition) {
    return Defective(TableArnDefect::kPartition);
  }
  if (arn->service() != kService) {
    return Defective(TableArnDefect::kService);
  }
  if (!IsRegionName(arn->region())) {
    return Defective(TableArnDefect::kRegion);
  }
  if (!IsAccountId(arn->account())) {
    return Defective(TableArnDefect::kAccount);
  }
  std::string_view rest = arn->resource();
  if (TakeUntil(rest, '/') != kTableType) {
    return Defective(TableArnDefect::kResourceType);
  }
  const std::optional<std::string_view> before_part = TakeUntil(rest, '/');
  std::optional<TableName> name = TableName::Parse(before_part.value_or(rest));
  if (!name) {
    return Defective(TableArnDefect::kName);
  }
  TableArn table{TableArnKind::kTable, arn->region(), arn->account(), *std::move(name), {}};
  if (before_part) {
    const std::optional<std::string_view> word = TakeUntil(rest, '/');
    const auto known = std::find_if(kKindWords.begin(), kKindWords.end(),
                                    [&](const KindWord& candidate) { return candidate.word == word; });
    if (known == kKindWords.end()) {
      return Defective(TableArnDefect::kResourceType);
    }
    table.kind = known->kind;
    table.part = rest;
    if (rest.empty() || rest.find('/') != std::string_view::npos ||
        (table.kind == TableArnKind::kIndex && !IsTableName(rest))) {
      return Defective(TableArnDefect::kName);
    }
  }
  return {std::move(table), TableArnDefect::kNone};
}

std::string MakeTableArn(std::string_view region, std::string_view account, const TableName& name) {
  return MakeArn(region, account, name, TableArnKind::kTable, {});
}
std::string MakeIndexArn(std::string_view region, std::string_view account, const TableName& name,
                         std::string_view index) {
  return MakeArn(region, account, name, TableArnKind::kIndex, index);
}
std::string MakeStreamArn(std::string_view region, std::string_view account, const TableName& name,
                          std::string_view label) {
  return MakeArn(region, account, name, TableArnKind::kStream, label);
}
std::string MakeBackupArn(std::string_view region, std::string_view account, const TableName& name,
                          std::string_view id) {
  return MakeArn(region, account, name, TableArnKind::kBackup, id);
}

bool IsAccountId(std::string_view text) {
  return text.size() == kAccountIdLength && std::all_of(text.begin(), text.end(), IsDigit);
}

bool IsRegionName(std::string_view text) {
  return !text.empty() && text.size() <= kRegionNameLengthMax && IsLower(text.front()) &&
         std::all_of(text.begin(), text.end(), [](char c) { return IsLower(c) || IsDigit(c) || c == '-'; });
}

}  // namespace basalt::model
