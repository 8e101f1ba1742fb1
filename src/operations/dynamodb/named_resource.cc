// From a ResourceArn to what it names.
#include "operations/dynamodb/named_resource.h"

#include <fmt/format.h>

#include "model/validation_error.h"

namespace basalt::operations::dynamodb {

using model::InvalidParameter;

Result<NamedResource> ReadNamedResource(const Call& call,
                                        Error (*invalid)(model::TableArnDefect defect, std::string_view arn)) {
  const std::string_view given = *GetString(call.input, "ResourceArn");
  if (!model::LooksLikeArn(given)) {
    return InvalidParameter(fmt::format("ARNs must start with 'arn:': {}", given));
  }
  const model::ParsedTableArn parsed = model::ParseTableArn(given);
  if (parsed.defect != model::TableArnDefect::kNone) {
    return invalid(parsed.defect, given);
  }
  const model::TableArn& arn = *parsed.arn;
  if (arn.kind == model::TableArnKind::kIndex) {
    return InvalidParameter(fmt::format(
        "Invalid resource arn provided, only table or stream is accepted. Provided resource arn: {}", given));
  }
  if (arn.kind != model::TableArnKind::kTable && arn.kind != model::TableArnKind::kStream) {
    return invalid(model::TableArnDefect::kResourceType, given);
  }
  if (arn.region != call.region) {
    return invalid(model::TableArnDefect::kRegion, given);
  }
  return NamedResource{std::string(given), {arn.account, arn.region, std::string(arn.name.text())}, arn.part};
}

Error NotADynamoDbArn(std::string_view arn) {
  return InvalidParameter(fmt::format("Provided Arn is not a DynamoDB resource arn: {}", arn));
}

}  // namespace basalt::operations::dynamodb
