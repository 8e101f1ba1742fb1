// Settings of a table that CreateTable and UpdateTable both take, read from a body that has passed its shape, with the
// checks that need the request alone. kValidation, the service's texts.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "json/node.h"
#include "operations/operation.h"
#include "table/table_record.h"

namespace basalt::operations::dynamodb {

// Throughput is a table's, or that of the index of the given name.

// ProvisionedThroughput; nullopt without one.
Result<std::optional<table::ProvisionedUnits>> ReadProvisionedUnits(const json::Node& input,
                                                                    std::string_view index = {});

// TableClass.
Result<std::optional<table::TableClass>> ReadTableClass(const json::Node& input);

// Units of OnDemandThroughput or WarmThroughput, each if it is given.
struct GivenUnits {
  std::optional<int64_t> read;
  std::optional<int64_t> write;

  bool any() const { return read || write; }
};
// `may_clear`: -1 says that there shall be no maximum any more.
Result<GivenUnits> ReadOnDemandMaxima(const json::Node& input, bool may_clear, std::string_view index = {});
GivenUnits ReadWarmUnits(const json::Node& input);

// Where the bytes of a new table go: "tables/" and a random name.
std::string NewTableKeyspace();

// How the operations word a view type that is missing or too much.
struct StreamTexts {
  std::string_view view_missing;
  std::string_view view_too_much;
};
// StreamSpecification: whether a stream is wanted, and then which images it shall have; nullopt without one.
struct GivenStream {
  bool enabled = false;
  table::StreamView view = table::StreamView::kKeysOnly;
};
Result<std::optional<GivenStream>> ReadStream(const json::Node& input, const StreamTexts& texts);

// When a stream that is enabled now is from, so that no other of a table of this name has its label.
int64_t NewStreamMs(Call& call, const table::TableRecord& record);

// SSESpecification: whether a key of KMS is wanted; nullopt without one, or with an empty one.
Result<std::optional<bool>> ReadKmsEncryption(const json::Node& input);

}  // namespace basalt::operations::dynamodb
