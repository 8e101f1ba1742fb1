// Data only: what each request may hold.
#include "operations/kms/shapes.h"

#include <array>

namespace basalt::operations::kms {
namespace {

constexpr bool kRequired = true;

constexpr Shape kKeyId{.kind = ShapeKind::kString, .minimum = 1, .maximum = 2048};
constexpr Shape kGrantToken{.kind = ShapeKind::kString, .minimum = 1, .maximum = 8192};
constexpr Shape kGrantTokens{.kind = ShapeKind::kList, .element = &kGrantToken, .minimum = 0, .maximum = 10};

constexpr std::array<Field, 2> kDescribeKeyFields = {{{"KeyId", &kKeyId, kRequired}, {"GrantTokens", &kGrantTokens}}};

}  // namespace

constexpr Shape kDescribeKeyInput{
    .kind = ShapeKind::kStructure, .name = "DescribeKeyRequest", .fields = kDescribeKeyFields};

}  // namespace basalt::operations::kms
