// Scan: every item of a table, or one segment of it.
#include <fmt/format.h>

#include <array>

#include "model/validation_error.h"
#include "operations/dynamodb/handlers.h"
#include "operations/dynamodb/read_items.h"

namespace basalt::operations::dynamodb {
namespace {

class Scan final : public ReadCall {
 public:
  using ReadCall::ReadCall;

  Status Prepare() {
    const json::Node& input = call_.input;
    TRY(ReadTable());
    const ExpressionMember filter{"FilterExpression", GetString(input, "FilterExpression")};
    const ExpressionMember projection{"ProjectionExpression", GetString(input, "ProjectionExpression")};
    TRY(CheckNotMixed(std::array{ReadLegacyMember(input, "AttributesToGet"), ReadLegacyMember(input, "ScanFilter"),
                                 ReadLegacyMember(input, "ConditionalOperator")},
                      std::array{projection, filter}));
    TRY(ExpressionInputs::CheckNeeded(input, std::array{filter, projection}, std::array{filter}));
    TRY(ReadCommon("ScanFilter"));
    TRY(ReadSegment());
    TRY_ASSIGN(inputs_, ExpressionInputs::Read(input, true, call_.arena));
    TRY(ParseFilter());
    TRY(ParseProjection());
    TRY(inputs_->placeholders().CheckAllUsed());
    return CheckSelect();
  }

 private:
  Status ReadSegment() {
    const auto segment = GetInteger(call_.input, "Segment");
    const auto total_segments = GetInteger(call_.input, "TotalSegments");
    if (segment && !total_segments) {
      return Error(Reason::kValidation,
                   "The TotalSegments parameter is required but was not present in the request when Segment parameter "
                   "is present");
    }
    if (total_segments && !segment) {
      return Error(Reason::kValidation,
                   "The Segment parameter is required but was not present in the request when parameter TotalSegments "
                   "is present");
    }
    if (!segment) {
      return {};
    }
    if (*segment >= *total_segments) {
      return Error(Reason::kValidation,
                   fmt::format("The Segment parameter is zero-based and must be less than parameter TotalSegments: "
                               "Segment: {} is not less than TotalSegments: {}",
                               *segment, *total_segments));
    }
    segment_ = static_cast<uint32_t>(*segment);
    total_segments_ = static_cast<uint32_t>(*total_segments);
    return {};
  }

  Result<engine::Range> PlanRange(const table::KeySchema& schema) override {
    return table::SegmentRange(segment_, total_segments_, schema.space());
  }

  Status CheckStartKey(const table::KeySchema& /*schema*/, const engine::Range& range,
                       std::string_view start_key) override {
    if (table::Contains(range, start_key)) {
      return {};
    }
    return InvalidStartKey(
        fmt::format("Invalid ExclusiveStartKey. Please use ExclusiveStartKey with correct Segment. TotalSegments: {} "
                    "Segment: {}",
                    total_segments_, segment_));
  }

  Error StartKeyMismatch() const override { return InvalidStartKey(on_index() ? "" : model::KeySchemaMismatch().text); }

  uint32_t segment_ = 0;
  uint32_t total_segments_ = 1;
};

}  // namespace

Prepared PrepareScan(Call& call) {
  auto scan = std::make_unique<Scan>(call);
  TRY(scan->Prepare());
  return scan;
}

}  // namespace basalt::operations::dynamodb
