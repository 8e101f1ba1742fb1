// Settings of tables.
#include "operations/dynamodb/table_settings.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.h"
#include "crypto/random.h"
#include "model/limits.h"
#include "model/validation_error.h"
#include "operations/shape.h"
#include "table/stream_state.h"
#include "table/table_update.h"

namespace basalt::operations::dynamodb {
namespace {

Result<int64_t> ReadUnits(const json::Node& throughput, std::string_view member, std::string_view index) {
  const int64_t units = *GetInteger(throughput, member);
  if (units > model::kCapacityUnitsBound) {
    return Error(Reason::kValidation, fmt::format("Given value {} for {} is out of bounds{}", units, member,
                                                  index.empty() ? "" : fmt::format(" for index {}", index)));
  }
  return units;
}

GivenUnits ReadGivenUnits(const json::Node& input, std::string_view member, std::string_view read,
                          std::string_view write) {
  const json::Node* units = input.Find(member);
  return units == nullptr ? GivenUnits() : GivenUnits{GetInteger(*units, read), GetInteger(*units, write)};
}

}  // namespace

Result<std::optional<table::ProvisionedUnits>> ReadProvisionedUnits(const json::Node& input, std::string_view index) {
  const json::Node* throughput = input.Find("ProvisionedThroughput");
  if (throughput == nullptr) {
    return std::optional<table::ProvisionedUnits>();
  }
  table::ProvisionedUnits units;
  TRY_ASSIGN(units.read, ReadUnits(*throughput, "ReadCapacityUnits", index));
  TRY_ASSIGN(units.write, ReadUnits(*throughput, "WriteCapacityUnits", index));
  return std::optional(units);
}

Result<std::optional<table::TableClass>> ReadTableClass(const json::Node& input) {
  const auto given = GetString(input, "TableClass");
  if (!given) {
    return std::optional<table::TableClass>();
  }
  for (const table::TableClass known : {table::TableClass::kStandard, table::TableClass::kStandardInfrequentAccess}) {
    if (*given == table::TableClassName(known)) {
      return std::optional(known);
    }
  }
  return Error(Reason::kValidation,
               "Invalid table-class parameter provided. Please try again with a valid table-class value: "
               "[STANDARD, STANDARD_INFREQUENT_ACCESS].");
}

Result<GivenUnits> ReadOnDemandMaxima(const json::Node& input, bool may_clear, std::string_view index) {
  const GivenUnits maxima = ReadGivenUnits(input, "OnDemandThroughput", "MaxReadRequestUnits", "MaxWriteRequestUnits");
  const std::string what = index.empty() ? "table" : fmt::format("index : {}", index);
  const auto check = [may_clear, &what](std::string_view member, std::optional<int64_t> units) -> Status {
    if (!units || *units > 0 || (may_clear && *units == table::kClearsMaximum)) {
      return {};
    }
    return model::InvalidParameter(
        fmt::format("Requested {} for OnDemandThroughput for {} is outside of valid range", member, what));
  };
  TRY(check("MaxReadRequestUnits", maxima.read));
  TRY(check("MaxWriteRequestUnits", maxima.write));
  return maxima;
}

GivenUnits ReadWarmUnits(const json::Node& input) {
  return ReadGivenUnits(input, "WarmThroughput", "ReadUnitsPerSecond", "WriteUnitsPerSecond");
}

std::string NewTableKeyspace() { return "tables/" + HexEncode(crypto::RandomBytes(16)); }

Result<std::optional<GivenStream>> ReadStream(const json::Node& input, const StreamTexts& texts) {
  const json::Node* stream = input.Find("StreamSpecification");
  if (stream == nullptr) {
    return std::optional<GivenStream>();
  }
  GivenStream given{.enabled = *GetBool(*stream, "StreamEnabled")};
  const auto view = GetString(*stream, "StreamViewType");
  if (given.enabled != view.has_value()) {
    return model::InvalidParameter(given.enabled ? texts.view_missing : texts.view_too_much);
  }
  if (view) {
    given.view = *table::StreamViewOf(*view);
  }
  return std::optional(given);
}

int64_t NewStreamMs(Call& call, const table::TableRecord& record) {
  int64_t not_before_ms = 0;
  const table::ArchiveMap& archives = call.tables.Archives();
  for (auto at = archives.lower_bound({record.address, ""}); at != archives.end() && at->first.first == record.address;
       ++at) {
    for (const table::StreamRecord& stream : at->second->record().streams) {
      not_before_ms = std::max(not_before_ms, stream.created_ms + 1);
    }
  }
  return table::NewStreamMs(record, call.services.clock.WallMs(), not_before_ms);
}

Result<std::optional<bool>> ReadKmsEncryption(const json::Node& input) {
  const json::Node* sse = input.Find("SSESpecification");
  if (sse == nullptr) {
    return std::optional<bool>();
  }
  const auto enabled = GetBool(*sse, "Enabled");
  const auto type = GetString(*sse, "SSEType");
  const bool names_key = GetString(*sse, "KMSMasterKeyId").has_value();
  if (enabled == false) {
    if (type) {
      return model::InvalidParameter("SSEType can not be specified if Enabled is false");
    }
    if (names_key) {
      return model::InvalidParameter("KMSMasterKeyId can not be specified if Enabled is false");
    }
    return std::optional(false);
  }
  if (type == "AES256") {
    return model::InvalidParameter("SSEType AES256 is not supported");
  }
  if (names_key && !type) {
    return model::InvalidParameter("SSEType KMS is required if KMSMasterKeyId is specified");
  }
  return enabled || type ? std::optional(true) : std::nullopt;
}

}  // namespace basalt::operations::dynamodb
