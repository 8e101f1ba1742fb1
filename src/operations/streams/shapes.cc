// Data only: what each request may hold.
#include "operations/streams/shapes.h"

#include <array>

#include "model/limits.h"

namespace basalt::operations::streams {
namespace {

constexpr bool kRequired = true;

constexpr Shape kTableNameOrArn{
    .kind = ShapeKind::kString, .minimum = 3, .maximum = 255, .pattern = Pattern::kNameOrArn};
constexpr Shape kStreamArn{.kind = ShapeKind::kString, .minimum = 37, .maximum = 1024};
constexpr Shape kShardId{.kind = ShapeKind::kString, .minimum = 28, .maximum = 65};
constexpr Shape kSequenceNumber{.kind = ShapeKind::kString, .minimum = 21, .maximum = 40};
constexpr Shape kShardIterator{.kind = ShapeKind::kString, .minimum = 1, .maximum = 2048};
constexpr std::array<std::string_view, 4> kShardIteratorTypeValues = {"AFTER_SEQUENCE_NUMBER", "LATEST",
                                                                      "AT_SEQUENCE_NUMBER", "TRIM_HORIZON"};
constexpr Shape kShardIteratorType{.kind = ShapeKind::kString, .values = kShardIteratorTypeValues};
constexpr std::array<std::string_view, 1> kShardFilterTypeValues = {"CHILD_SHARDS"};
constexpr Shape kShardFilterType{.kind = ShapeKind::kString, .values = kShardFilterTypeValues};
constexpr std::array<Field, 2> kShardFilterFields = {{{"Type", &kShardFilterType}, {"ShardId", &kShardId}}};
constexpr Shape kShardFilter{.kind = ShapeKind::kStructure, .name = "ShardFilter", .fields = kShardFilterFields};

constexpr Shape kStreamsLimit{.kind = ShapeKind::kInteger, .minimum = 1, .maximum = model::kStreamsPerPageMax};
constexpr std::array<Field, 3> kListStreamsFields = {
    {{"TableName", &kTableNameOrArn}, {"Limit", &kStreamsLimit}, {"ExclusiveStartStreamArn", &kStreamArn}}};

constexpr Shape kShardsLimit{.kind = ShapeKind::kInteger, .minimum = 1, .maximum = model::kShardsPerPageMax};
constexpr std::array<Field, 4> kDescribeStreamFields = {{{"StreamArn", &kStreamArn, kRequired},
                                                         {"Limit", &kShardsLimit},
                                                         {"ExclusiveStartShardId", &kShardId},
                                                         {"ShardFilter", &kShardFilter}}};

constexpr std::array<Field, 4> kGetShardIteratorFields = {{{"StreamArn", &kStreamArn, kRequired},
                                                           {"ShardId", &kShardId, kRequired},
                                                           {"ShardIteratorType", &kShardIteratorType, kRequired},
                                                           {"SequenceNumber", &kSequenceNumber}}};

constexpr Shape kRecordsLimit{.kind = ShapeKind::kInteger, .minimum = 1, .maximum = model::kStreamRecordsPerPageMax};
constexpr std::array<Field, 2> kGetRecordsFields = {
    {{"ShardIterator", &kShardIterator, kRequired}, {"Limit", &kRecordsLimit}}};

}  // namespace

constexpr Shape kListStreamsInput{
    .kind = ShapeKind::kStructure, .name = "ListStreamsInput", .fields = kListStreamsFields};
constexpr Shape kDescribeStreamInput{
    .kind = ShapeKind::kStructure, .name = "DescribeStreamInput", .fields = kDescribeStreamFields};
constexpr Shape kGetShardIteratorInput{
    .kind = ShapeKind::kStructure, .name = "GetShardIteratorInput", .fields = kGetShardIteratorFields};
constexpr Shape kGetRecordsInput{.kind = ShapeKind::kStructure, .name = "GetRecordsInput", .fields = kGetRecordsFields};

}  // namespace basalt::operations::streams
