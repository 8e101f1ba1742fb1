// Data only: what each request may hold.
#include "operations/dynamodb/shapes.h"

#include <array>

#include "model/limits.h"

namespace basalt::operations::dynamodb {
namespace {

using Enum = std::string_view;

// ---- leaves

constexpr Shape kString{.kind = ShapeKind::kString};
constexpr Shape kBoolean{.kind = ShapeKind::kBoolean};
constexpr Shape kAttributeValue{.kind = ShapeKind::kAttributeValue};
constexpr Shape kPositiveInteger{.kind = ShapeKind::kInteger, .minimum = 1};
constexpr Shape kLong{.kind = ShapeKind::kLong};
constexpr Shape kPositiveLong{.kind = ShapeKind::kLong, .minimum = 1};

constexpr std::array<Enum, 3> kReturnConsumedCapacityValues = {"INDEXES", "TOTAL", "NONE"};
constexpr Shape kReturnConsumedCapacity{.kind = ShapeKind::kString, .values = kReturnConsumedCapacityValues};
constexpr std::array<Enum, 5> kReturnValuesValues = {"ALL_NEW", "UPDATED_OLD", "ALL_OLD", "NONE", "UPDATED_NEW"};
constexpr Shape kReturnValues{.kind = ShapeKind::kString, .values = kReturnValuesValues};
constexpr std::array<Enum, 2> kReturnItemCollectionMetricsValues = {"SIZE", "NONE"};
constexpr Shape kReturnItemCollectionMetrics{.kind = ShapeKind::kString, .values = kReturnItemCollectionMetricsValues};
constexpr std::array<Enum, 2> kReturnOnFailureValues = {"ALL_OLD", "NONE"};
constexpr Shape kReturnOnFailure{.kind = ShapeKind::kString, .values = kReturnOnFailureValues};
constexpr std::array<Enum, 4> kSelectValues = {"SPECIFIC_ATTRIBUTES", "COUNT", "ALL_ATTRIBUTES",
                                               "ALL_PROJECTED_ATTRIBUTES"};
constexpr Shape kSelect{.kind = ShapeKind::kString, .values = kSelectValues};
constexpr std::array<Enum, 2> kConditionalOperatorValues = {"OR", "AND"};
constexpr Shape kConditionalOperator{.kind = ShapeKind::kString, .values = kConditionalOperatorValues};
constexpr std::array<Enum, 13> kComparisonOperatorValues = {
    "IN", "NULL", "BETWEEN", "LT", "NOT_CONTAINS", "EQ", "GT", "NOT_NULL", "NE", "LE", "BEGINS_WITH", "GE", "CONTAINS"};
constexpr Shape kComparisonOperator{.kind = ShapeKind::kString, .values = kComparisonOperatorValues};
constexpr std::array<Enum, 3> kAttributeActionValues = {"ADD", "PUT", "DELETE"};
constexpr Shape kAttributeAction{.kind = ShapeKind::kString, .values = kAttributeActionValues};
constexpr std::array<Enum, 2> kKeyTypeValues = {"HASH", "RANGE"};
constexpr Shape kKeyType{.kind = ShapeKind::kString, .values = kKeyTypeValues};
constexpr std::array<Enum, 3> kScalarTypeValues = {"B", "N", "S"};
constexpr Shape kScalarType{.kind = ShapeKind::kString, .values = kScalarTypeValues};
constexpr std::array<Enum, 2> kBillingModeValues = {"PROVISIONED", "PAY_PER_REQUEST"};
constexpr Shape kBillingMode{.kind = ShapeKind::kString, .values = kBillingModeValues};

// Names and ARNs of tables and indexes.
constexpr Shape kNewTableName{.kind = ShapeKind::kString, .minimum = 3, .maximum = 255, .pattern = Pattern::kName};
constexpr Shape kTableNameOrArn{
    .kind = ShapeKind::kString, .minimum = 3, .maximum = 255, .pattern = Pattern::kNameOrArn};
constexpr Shape kIndexName{.kind = ShapeKind::kString, .minimum = 3, .maximum = 255, .pattern = Pattern::kName};
constexpr Shape kKeyAttributeName{.kind = ShapeKind::kString, .minimum = 1, .maximum = 255};

// ---- maps and lists of attribute values

constexpr Shape kAttributeMap{.kind = ShapeKind::kMap, .element = &kAttributeValue};
constexpr Shape kKeyMap{.kind = ShapeKind::kMap, .element = &kAttributeValue, .logged = Logged::kKey};
constexpr Shape kItemMap{.kind = ShapeKind::kMap, .element = &kAttributeValue, .logged = Logged::kItem};
constexpr Shape kEntryItemMap{
    .kind = ShapeKind::kMap, .element = &kAttributeValue, .logged = Logged::kItem, .logged_name = "items"};
constexpr Shape kNameMap{.kind = ShapeKind::kMap, .element = &kString};
constexpr Shape kAttributeValueList{.kind = ShapeKind::kList, .element = &kAttributeValue};
constexpr Shape kAttributesToGet{.kind = ShapeKind::kList, .element = &kString, .minimum = 1, .maximum = 255};
constexpr Shape kBatchAttributesToGet{.kind = ShapeKind::kList, .element = &kString, .minimum = 1};

// ---- legacy conditions and updates

constexpr std::array<Field, 4> kExpectedFields = {{{"Value", &kAttributeValue},
                                                   {"Exists", &kBoolean},
                                                   {"ComparisonOperator", &kComparisonOperator},
                                                   {"AttributeValueList", &kAttributeValueList}}};
constexpr Shape kExpectedValue{
    .kind = ShapeKind::kStructure, .name = "ExpectedAttributeValue", .fields = kExpectedFields};
constexpr Shape kExpected{.kind = ShapeKind::kMap, .element = &kExpectedValue};

constexpr std::array<Field, 2> kConditionFields = {
    {{"ComparisonOperator", &kComparisonOperator, true}, {"AttributeValueList", &kAttributeValueList}}};
constexpr Shape kCondition{.kind = ShapeKind::kStructure, .name = "Condition", .fields = kConditionFields};
constexpr Shape kConditionMap{.kind = ShapeKind::kMap, .element = &kCondition};

constexpr std::array<Field, 2> kAttributeUpdateFields = {{{"Value", &kAttributeValue}, {"Action", &kAttributeAction}}};
constexpr Shape kAttributeUpdate{
    .kind = ShapeKind::kStructure, .name = "AttributeValueUpdate", .fields = kAttributeUpdateFields};
constexpr Shape kAttributeUpdates{.kind = ShapeKind::kMap, .element = &kAttributeUpdate};

// ---- tables

constexpr std::array<Field, 2> kKeySchemaElementFields = {
    {{"AttributeName", &kKeyAttributeName, true}, {"KeyType", &kKeyType, true}}};
constexpr Shape kKeySchemaElement{
    .kind = ShapeKind::kStructure, .name = "KeySchemaElement", .fields = kKeySchemaElementFields};
constexpr Shape kKeySchema{.kind = ShapeKind::kList, .element = &kKeySchemaElement, .minimum = 1, .maximum = 2};

constexpr std::array<Field, 2> kAttributeDefinitionFields = {
    {{"AttributeName", &kKeyAttributeName, true}, {"AttributeType", &kScalarType, true}}};
constexpr Shape kAttributeDefinition{
    .kind = ShapeKind::kStructure, .name = "AttributeDefinition", .fields = kAttributeDefinitionFields};
constexpr Shape kAttributeDefinitions{.kind = ShapeKind::kList, .element = &kAttributeDefinition};

constexpr std::array<Field, 2> kProvisionedThroughputFields = {
    {{"WriteCapacityUnits", &kPositiveLong, true}, {"ReadCapacityUnits", &kPositiveLong, true}}};
constexpr Shape kProvisionedThroughput{
    .kind = ShapeKind::kStructure, .name = "ProvisionedThroughput", .fields = kProvisionedThroughputFields};

constexpr std::array<Enum, 4> kStreamViewTypeValues = {"OLD_IMAGE", "KEYS_ONLY", "NEW_AND_OLD_IMAGES", "NEW_IMAGE"};
constexpr Shape kStreamViewType{.kind = ShapeKind::kString, .values = kStreamViewTypeValues};
constexpr std::array<Field, 2> kStreamSpecificationFields = {
    {{"StreamEnabled", &kBoolean, true}, {"StreamViewType", &kStreamViewType}}};
constexpr Shape kStreamSpecification{
    .kind = ShapeKind::kStructure, .name = "StreamSpecification", .fields = kStreamSpecificationFields};

constexpr std::array<Enum, 2> kSseTypeValues = {"AES256", "KMS"};
constexpr Shape kSseType{.kind = ShapeKind::kString, .values = kSseTypeValues};
constexpr std::array<Field, 3> kSseSpecificationFields = {
    {{"Enabled", &kBoolean}, {"SSEType", &kSseType}, {"KMSMasterKeyId", &kString}}};
constexpr Shape kSseSpecification{
    .kind = ShapeKind::kStructure, .name = "SSESpecification", .fields = kSseSpecificationFields};

constexpr std::array<Field, 2> kWarmThroughputFields = {
    {{"ReadUnitsPerSecond", &kLong}, {"WriteUnitsPerSecond", &kLong}}};
constexpr Shape kWarmThroughput{
    .kind = ShapeKind::kStructure, .name = "WarmThroughput", .fields = kWarmThroughputFields};
constexpr std::array<Field, 2> kOnDemandThroughputFields = {
    {{"MaxReadRequestUnits", &kLong}, {"MaxWriteRequestUnits", &kLong}}};
constexpr Shape kOnDemandThroughput{
    .kind = ShapeKind::kStructure, .name = "OnDemandThroughput", .fields = kOnDemandThroughputFields};
// What a tag may hold has texts of its own.
constexpr std::array<Field, 2> kTagFields = {{{"Key", &kString}, {"Value", &kString}}};
constexpr Shape kTag{.kind = ShapeKind::kStructure, .name = "Tag", .fields = kTagFields};
constexpr Shape kTags{.kind = ShapeKind::kList, .element = &kTag};

// ---- indexes

constexpr std::array<Enum, 3> kProjectionTypeValues = {"ALL", "INCLUDE", "KEYS_ONLY"};
constexpr Shape kProjectionType{.kind = ShapeKind::kString, .values = kProjectionTypeValues};
constexpr Shape kNonKeyAttributes{.kind = ShapeKind::kList, .element = &kKeyAttributeName, .minimum = 1, .maximum = 20};
constexpr std::array<Field, 2> kProjectionFields = {
    {{"ProjectionType", &kProjectionType}, {"NonKeyAttributes", &kNonKeyAttributes}}};
constexpr Shape kProjection{.kind = ShapeKind::kStructure, .name = "Projection", .fields = kProjectionFields};
// How many attributes of each kind has texts of its own.
constexpr Shape kGlobalKeySchema{.kind = ShapeKind::kList, .element = &kKeySchemaElement, .minimum = 1};

constexpr std::array<Field, 3> kLocalSecondaryIndexFields = {
    {{"IndexName", &kIndexName, true}, {"KeySchema", &kKeySchema, true}, {"Projection", &kProjection, true}}};
constexpr Shape kLocalSecondaryIndex{
    .kind = ShapeKind::kStructure, .name = "LocalSecondaryIndex", .fields = kLocalSecondaryIndexFields};
constexpr Shape kLocalSecondaryIndexes{.kind = ShapeKind::kList, .element = &kLocalSecondaryIndex};
constexpr std::array<Field, 6> kGlobalSecondaryIndexFields = {{
    {"IndexName", &kIndexName, true},
    {"KeySchema", &kGlobalKeySchema, true},
    {"Projection", &kProjection, true},
    {"ProvisionedThroughput", &kProvisionedThroughput},
    {"OnDemandThroughput", &kOnDemandThroughput},
    {"WarmThroughput", &kWarmThroughput},
}};
constexpr Shape kGlobalSecondaryIndex{
    .kind = ShapeKind::kStructure, .name = "GlobalSecondaryIndex", .fields = kGlobalSecondaryIndexFields};
constexpr Shape kGlobalSecondaryIndexes{.kind = ShapeKind::kList, .element = &kGlobalSecondaryIndex};
constexpr std::array<Field, 4> kUpdateIndexFields = {{
    {"IndexName", &kIndexName, true},
    {"ProvisionedThroughput", &kProvisionedThroughput},
    {"OnDemandThroughput", &kOnDemandThroughput},
    {"WarmThroughput", &kWarmThroughput},
}};
constexpr Shape kUpdateIndex{
    .kind = ShapeKind::kStructure, .name = "UpdateGlobalSecondaryIndexAction", .fields = kUpdateIndexFields};
constexpr Shape kCreateIndex{
    .kind = ShapeKind::kStructure, .name = "CreateGlobalSecondaryIndexAction", .fields = kGlobalSecondaryIndexFields};
constexpr std::array<Field, 1> kDeleteIndexFields = {{{"IndexName", &kIndexName, true}}};
constexpr Shape kDeleteIndex{
    .kind = ShapeKind::kStructure, .name = "DeleteGlobalSecondaryIndexAction", .fields = kDeleteIndexFields};
constexpr std::array<Field, 3> kGlobalSecondaryIndexUpdateFields = {
    {{"Update", &kUpdateIndex}, {"Create", &kCreateIndex}, {"Delete", &kDeleteIndex}}};
constexpr Shape kGlobalSecondaryIndexUpdate{
    .kind = ShapeKind::kStructure, .name = "GlobalSecondaryIndexUpdate", .fields = kGlobalSecondaryIndexUpdateFields};
constexpr Shape kGlobalSecondaryIndexUpdates{.kind = ShapeKind::kList, .element = &kGlobalSecondaryIndexUpdate};

// Members whose features do not exist yet: only their JSON type is known.
constexpr Shape kReplicaUpdate{.kind = ShapeKind::kStructure, .name = "ReplicationGroupUpdate"};
constexpr Shape kReplicaUpdates{.kind = ShapeKind::kList, .element = &kReplicaUpdate, .minimum = 1};
constexpr Shape kWitnessUpdate{.kind = ShapeKind::kStructure, .name = "GlobalTableWitnessGroupUpdate"};
constexpr Shape kWitnessUpdates{.kind = ShapeKind::kList, .element = &kWitnessUpdate, .minimum = 1, .maximum = 1};

constexpr bool kOptional = false;
constexpr bool kRequired = true;
constexpr bool kUnsupported = false;

constexpr std::array<Field, 17> kCreateTableFields = {{
    {"AttributeDefinitions", &kAttributeDefinitions, kRequired},
    {"TableName", &kNewTableName, kRequired},
    {"BillingMode", &kBillingMode},
    {"ProvisionedThroughput", &kProvisionedThroughput},
    {"KeySchema", &kKeySchema, kRequired},
    {"DeletionProtectionEnabled", &kBoolean},
    {"TableClass", &kString},  // an unknown one has a text of its own
    {"LocalSecondaryIndexes", &kLocalSecondaryIndexes},
    {"GlobalSecondaryIndexes", &kGlobalSecondaryIndexes},
    {"StreamSpecification", &kStreamSpecification},
    {"SSESpecification", &kSseSpecification},
    {"Tags", &kTags},
    {"WarmThroughput", &kWarmThroughput},
    {"OnDemandThroughput", &kOnDemandThroughput},
    {"ResourcePolicy", &kString},
    {"GlobalTableSourceArn", &kString, kOptional, kUnsupported},
    {"GlobalTableSettingsReplicationMode", &kString, kOptional, kUnsupported},
}};

// The operation refuses what does not exist yet itself: after it has looked at what may stand together.
constexpr std::array<Field, 15> kUpdateTableFields = {{
    {"AttributeDefinitions", &kAttributeDefinitions},
    {"TableName", &kTableNameOrArn, kRequired},
    {"BillingMode", &kBillingMode},
    {"ProvisionedThroughput", &kProvisionedThroughput},
    {"GlobalSecondaryIndexUpdates", &kGlobalSecondaryIndexUpdates},
    {"StreamSpecification", &kStreamSpecification},
    {"SSESpecification", &kSseSpecification},
    {"ReplicaUpdates", &kReplicaUpdates},
    {"TableClass", &kString},
    {"DeletionProtectionEnabled", &kBoolean},
    {"MultiRegionConsistency", &kString},
    {"GlobalTableWitnessUpdates", &kWitnessUpdates},
    {"OnDemandThroughput", &kOnDemandThroughput},
    {"WarmThroughput", &kWarmThroughput},
    {"GlobalTableSettingsReplicationMode", &kString},
}};

constexpr std::array<Field, 1> kTableFields = {{{"TableName", &kTableNameOrArn, kRequired}}};

constexpr Shape kTimeToLiveAttributeName{.kind = ShapeKind::kString, .minimum = 1, .maximum = 255};
constexpr std::array<Field, 2> kTimeToLiveSpecificationFields = {
    {{"Enabled", &kBoolean, kRequired}, {"AttributeName", &kTimeToLiveAttributeName, kRequired}}};
constexpr Shape kTimeToLiveSpecification{
    .kind = ShapeKind::kStructure, .name = "TimeToLiveSpecification", .fields = kTimeToLiveSpecificationFields};
constexpr std::array<Field, 2> kUpdateTimeToLiveFields = {
    {{"TableName", &kTableNameOrArn, kRequired}, {"TimeToLiveSpecification", &kTimeToLiveSpecification, kRequired}}};

constexpr Shape kListTablesLimit{.kind = ShapeKind::kInteger, .minimum = 1, .maximum = 100};
constexpr std::array<Field, 2> kListTablesFields = {
    {{"Limit", &kListTablesLimit}, {"ExclusiveStartTableName", &kNewTableName}}};

// ---- tags, endpoints

constexpr Shape kResourceArn{.kind = ShapeKind::kString, .minimum = 1, .maximum = model::kResourceArnLengthMax};
constexpr std::array<Field, 2> kTagResourceFields = {
    {{"ResourceArn", &kResourceArn, kRequired}, {"Tags", &kTags, kRequired}}};
constexpr Shape kTagKeys{.kind = ShapeKind::kList, .element = &kString};
constexpr std::array<Field, 2> kUntagResourceFields = {
    {{"ResourceArn", &kResourceArn, kRequired}, {"TagKeys", &kTagKeys, kRequired}}};
constexpr std::array<Field, 2> kListTagsOfResourceFields = {
    {{"ResourceArn", &kResourceArn, kRequired}, {"NextToken", &kString}}};

// ---- resource policies

constexpr Shape kRevisionId{.kind = ShapeKind::kString, .minimum = 1, .maximum = 255};
constexpr std::array<Field, 4> kPutResourcePolicyFields = {{{"ResourceArn", &kResourceArn, kRequired},
                                                            {"Policy", &kString, kRequired},
                                                            {"ExpectedRevisionId", &kRevisionId},
                                                            {"ConfirmRemoveSelfResourceAccess", &kBoolean}}};
constexpr std::array<Field, 1> kGetResourcePolicyFields = {{{"ResourceArn", &kResourceArn, kRequired}}};
constexpr std::array<Field, 2> kDeleteResourcePolicyFields = {
    {{"ResourceArn", &kResourceArn, kRequired}, {"ExpectedRevisionId", &kRevisionId}}};

// ---- items

constexpr std::array<Field, 11> kPutItemFields = {{
    {"ReturnConsumedCapacity", &kReturnConsumedCapacity},
    {"TableName", &kTableNameOrArn, kRequired},
    {"Item", &kItemMap, kRequired},
    {"ConditionalOperator", &kConditionalOperator},
    {"Expected", &kExpected},
    {"ReturnValues", &kReturnValues},
    {"ReturnItemCollectionMetrics", &kReturnItemCollectionMetrics},
    {"ReturnValuesOnConditionCheckFailure", &kReturnOnFailure},
    {"ConditionExpression", &kString},
    {"ExpressionAttributeNames", &kNameMap},
    {"ExpressionAttributeValues", &kAttributeMap},
}};

constexpr std::array<Field, 7> kGetItemFields = {{
    {"ReturnConsumedCapacity", &kReturnConsumedCapacity},
    {"AttributesToGet", &kAttributesToGet},
    {"TableName", &kTableNameOrArn, kRequired},
    {"Key", &kKeyMap, kRequired},
    {"ConsistentRead", &kBoolean},
    {"ProjectionExpression", &kString},
    {"ExpressionAttributeNames", &kNameMap},
}};

constexpr std::array<Field, 13> kUpdateItemFields = {{
    {"ReturnConsumedCapacity", &kReturnConsumedCapacity},
    {"TableName", &kTableNameOrArn, kRequired},
    {"ReturnItemCollectionMetrics", &kReturnItemCollectionMetrics},
    {"ReturnValues", &kReturnValues},
    {"Key", &kKeyMap, kRequired},
    {"ConditionalOperator", &kConditionalOperator},
    {"Expected", &kExpected},
    {"AttributeUpdates", &kAttributeUpdates},
    {"ReturnValuesOnConditionCheckFailure", &kReturnOnFailure},
    {"UpdateExpression", &kString},
    {"ConditionExpression", &kString},
    {"ExpressionAttributeNames", &kNameMap},
    {"ExpressionAttributeValues", &kAttributeMap},
}};

constexpr std::array<Field, 11> kDeleteItemFields = {{
    {"ReturnConsumedCapacity", &kReturnConsumedCapacity},
    {"TableName", &kTableNameOrArn, kRequired},
    {"ReturnValues", &kReturnValues},
    {"ReturnItemCollectionMetrics", &kReturnItemCollectionMetrics},
    {"Key", &kKeyMap, kRequired},
    {"ConditionalOperator", &kConditionalOperator},
    {"Expected", &kExpected},
    {"ReturnValuesOnConditionCheckFailure", &kReturnOnFailure},
    {"ConditionExpression", &kString},
    {"ExpressionAttributeNames", &kNameMap},
    {"ExpressionAttributeValues", &kAttributeMap},
}};

constexpr std::array<Field, 17> kQueryFields = {{
    {"Select", &kSelect},
    {"IndexName", &kIndexName},
    {"ReturnConsumedCapacity", &kReturnConsumedCapacity},
    {"QueryFilter", &kConditionMap},
    {"TableName", &kTableNameOrArn, kRequired},
    {"ConditionalOperator", &kConditionalOperator},
    {"AttributesToGet", &kAttributesToGet},
    {"Limit", &kPositiveInteger},
    {"KeyConditions", &kConditionMap},
    {"ConsistentRead", &kBoolean},
    {"ScanIndexForward", &kBoolean},
    {"ExclusiveStartKey", &kKeyMap},
    {"KeyConditionExpression", &kString},
    {"FilterExpression", &kString},
    {"ProjectionExpression", &kString},
    {"ExpressionAttributeNames", &kNameMap},
    {"ExpressionAttributeValues", &kAttributeMap},
}};

constexpr Shape kTotalSegments{.kind = ShapeKind::kInteger, .minimum = 1, .maximum = 1'000'000};
constexpr Shape kSegment{.kind = ShapeKind::kInteger, .minimum = 0, .maximum = 999'999};

constexpr std::array<Field, 16> kScanFields = {{
    {"Select", &kSelect},
    {"IndexName", &kIndexName},
    {"TotalSegments", &kTotalSegments},
    {"ReturnConsumedCapacity", &kReturnConsumedCapacity},
    {"TableName", &kTableNameOrArn, kRequired},
    {"ConditionalOperator", &kConditionalOperator},
    {"ScanFilter", &kConditionMap},
    {"Segment", &kSegment},
    {"Limit", &kPositiveInteger},
    {"AttributesToGet", &kAttributesToGet},
    {"ConsistentRead", &kBoolean},
    {"ExclusiveStartKey", &kKeyMap},
    {"FilterExpression", &kString},
    {"ProjectionExpression", &kString},
    {"ExpressionAttributeNames", &kNameMap},
    {"ExpressionAttributeValues", &kAttributeMap},
}};

// ---- batches

constexpr Shape kKeys{.kind = ShapeKind::kList, .element = &kKeyMap, .minimum = 1, .maximum = 100};
constexpr std::array<Field, 5> kKeysAndAttributesFields = {{
    {"Keys", &kKeys, kRequired},
    {"AttributesToGet", &kBatchAttributesToGet},
    {"ConsistentRead", &kBoolean},
    {"ProjectionExpression", &kString},
    {"ExpressionAttributeNames", &kNameMap},
}};
constexpr Shape kKeysAndAttributes{
    .kind = ShapeKind::kStructure, .name = "KeysAndAttributes", .fields = kKeysAndAttributesFields};
constexpr Shape kBatchGetRequests{
    .kind = ShapeKind::kMap, .element = &kKeysAndAttributes, .key = &kTableNameOrArn, .minimum = 1, .maximum = 100};
constexpr std::array<Field, 2> kBatchGetItemFields = {{
    {"ReturnConsumedCapacity", &kReturnConsumedCapacity},
    {"RequestItems", &kBatchGetRequests, kRequired},
}};

constexpr std::array<Field, 1> kPutRequestFields = {{{"Item", &kItemMap, kRequired}}};
constexpr Shape kPutRequest{.kind = ShapeKind::kStructure, .name = "PutRequest", .fields = kPutRequestFields};
constexpr std::array<Field, 1> kDeleteRequestFields = {{{"Key", &kKeyMap, kRequired}}};
constexpr Shape kDeleteRequest{.kind = ShapeKind::kStructure, .name = "DeleteRequest", .fields = kDeleteRequestFields};
constexpr std::array<Field, 2> kWriteRequestFields = {{
    {"PutRequest", &kPutRequest},
    {"DeleteRequest", &kDeleteRequest},
}};
constexpr Shape kWriteRequest{.kind = ShapeKind::kStructure, .name = "WriteRequest", .fields = kWriteRequestFields};
constexpr Shape kWriteRequests{.kind = ShapeKind::kList, .element = &kWriteRequest, .minimum = 1, .maximum = 25};
constexpr Shape kBatchWriteRequests{
    .kind = ShapeKind::kMap, .element = &kWriteRequests, .key = &kTableNameOrArn, .minimum = 1, .maximum = 25};
constexpr std::array<Field, 3> kBatchWriteItemFields = {{
    {"ReturnConsumedCapacity", &kReturnConsumedCapacity},
    {"ReturnItemCollectionMetrics", &kReturnItemCollectionMetrics},
    {"RequestItems", &kBatchWriteRequests, kRequired},
}};

// ---- transactions

constexpr std::array<Field, 4> kTransactGetFields = {{
    {"Key", &kKeyMap, kRequired},
    {"TableName", &kTableNameOrArn, kRequired},
    {"ProjectionExpression", &kString},
    {"ExpressionAttributeNames", &kNameMap},
}};
constexpr Shape kTransactGet{.kind = ShapeKind::kStructure, .name = "Get", .fields = kTransactGetFields};
constexpr std::array<Field, 1> kTransactGetItemFields = {{{"Get", &kTransactGet, kRequired}}};
constexpr std::string_view kLoggedEntries = "requestItems";  // of transactions and batches of statements
constexpr Shape kTransactGetItem{.kind = ShapeKind::kStructure,
                                 .name = "TransactGetItem",
                                 .fields = kTransactGetItemFields,
                                 .logged = Logged::kEntry};
constexpr Shape kTransactGetItemList{.kind = ShapeKind::kList,
                                     .element = &kTransactGetItem,
                                     .minimum = 1,
                                     .maximum = model::kTransactItemsMax,
                                     .logged_name = kLoggedEntries};
constexpr std::array<Field, 2> kTransactGetItemsFields = {{
    {"ReturnConsumedCapacity", &kReturnConsumedCapacity},
    {"TransactItems", &kTransactGetItemList, kRequired},
}};

constexpr std::array<Field, 6> kTransactPutFields = {{
    {"Item", &kEntryItemMap, kRequired},
    {"TableName", &kTableNameOrArn, kRequired},
    {"ConditionExpression", &kString},
    {"ExpressionAttributeNames", &kNameMap},
    {"ExpressionAttributeValues", &kAttributeMap},
    {"ReturnValuesOnConditionCheckFailure", &kReturnOnFailure},
}};
constexpr Shape kTransactPut{.kind = ShapeKind::kStructure, .name = "Put", .fields = kTransactPutFields};
constexpr std::array<Field, 7> kTransactUpdateFields = {{
    {"Key", &kKeyMap, kRequired},
    {"UpdateExpression", &kString, kRequired},
    {"TableName", &kTableNameOrArn, kRequired},
    {"ConditionExpression", &kString},
    {"ExpressionAttributeNames", &kNameMap},
    {"ExpressionAttributeValues", &kAttributeMap},
    {"ReturnValuesOnConditionCheckFailure", &kReturnOnFailure},
}};
constexpr Shape kTransactUpdate{.kind = ShapeKind::kStructure, .name = "Update", .fields = kTransactUpdateFields};
constexpr std::array<Field, 6> kTransactDeleteFields = {{
    {"Key", &kKeyMap, kRequired},
    {"TableName", &kTableNameOrArn, kRequired},
    {"ConditionExpression", &kString},
    {"ExpressionAttributeNames", &kNameMap},
    {"ExpressionAttributeValues", &kAttributeMap},
    {"ReturnValuesOnConditionCheckFailure", &kReturnOnFailure},
}};
constexpr Shape kTransactDelete{.kind = ShapeKind::kStructure, .name = "Delete", .fields = kTransactDeleteFields};
constexpr std::array<Field, 6> kConditionCheckFields = {{
    {"Key", &kKeyMap, kRequired},
    {"ConditionExpression", &kString, kRequired},
    {"TableName", &kTableNameOrArn, kRequired},
    {"ExpressionAttributeNames", &kNameMap},
    {"ExpressionAttributeValues", &kAttributeMap},
    {"ReturnValuesOnConditionCheckFailure", &kReturnOnFailure},
}};
constexpr Shape kConditionCheck{
    .kind = ShapeKind::kStructure, .name = "ConditionCheck", .fields = kConditionCheckFields};
constexpr std::array<Field, 4> kTransactWriteItemFields = {{
    {"Put", &kTransactPut},
    {"Update", &kTransactUpdate},
    {"Delete", &kTransactDelete},
    {"ConditionCheck", &kConditionCheck},
}};
constexpr Shape kTransactWriteItem{.kind = ShapeKind::kStructure,
                                   .name = "TransactWriteItem",
                                   .fields = kTransactWriteItemFields,
                                   .logged = Logged::kEntry};
constexpr Shape kTransactWriteItemList{.kind = ShapeKind::kList,
                                       .element = &kTransactWriteItem,
                                       .minimum = 1,
                                       .maximum = model::kTransactItemsMax,
                                       .logged_name = kLoggedEntries};
constexpr Shape kClientRequestToken{
    .kind = ShapeKind::kString, .minimum = 1, .maximum = model::kClientRequestTokenLengthMax};
constexpr std::array<Field, 4> kTransactWriteItemsFields = {{
    {"ReturnConsumedCapacity", &kReturnConsumedCapacity},
    {"ReturnItemCollectionMetrics", &kReturnItemCollectionMetrics},
    {"ClientRequestToken", &kClientRequestToken},
    {"TransactItems", &kTransactWriteItemList, kRequired},
}};

// ---- statements

constexpr Shape kStatement{
    .kind = ShapeKind::kString, .minimum = 1, .maximum = model::kStatementLengthMax, .logged = Logged::kStatement};
constexpr Shape kStatementParameters{.kind = ShapeKind::kList, .element = &kAttributeValue, .minimum = 1};
// It holds a key, of an index too.
constexpr Shape kNextToken{
    .kind = ShapeKind::kString, .minimum = 1, .maximum = model::kNextTokenLengthMax, .logged = Logged::kNever};
constexpr std::array<Field, 7> kExecuteStatementFields = {{
    {"Statement", &kStatement, kRequired},
    {"Parameters", &kStatementParameters},
    {"ConsistentRead", &kBoolean},
    {"NextToken", &kNextToken},
    {"ReturnConsumedCapacity", &kReturnConsumedCapacity},
    {"Limit", &kPositiveInteger},
    {"ReturnValuesOnConditionCheckFailure", &kReturnOnFailure},
}};
constexpr std::array<Field, 4> kBatchStatementFields = {{
    {"Statement", &kStatement, kRequired},
    {"Parameters", &kStatementParameters},
    {"ConsistentRead", &kBoolean},
    {"ReturnValuesOnConditionCheckFailure", &kReturnOnFailure},
}};
constexpr Shape kBatchStatement{
    .kind = ShapeKind::kStructure, .name = "BatchStatementRequest", .fields = kBatchStatementFields};
constexpr Shape kBatchStatements{.kind = ShapeKind::kList,
                                 .element = &kBatchStatement,
                                 .minimum = 1,
                                 .maximum = model::kBatchStatementsMax,
                                 .logged_name = kLoggedEntries};
constexpr std::array<Field, 2> kBatchExecuteStatementFields = {{
    {"Statements", &kBatchStatements, kRequired},
    {"ReturnConsumedCapacity", &kReturnConsumedCapacity},
}};

constexpr std::array<Field, 3> kParameterizedStatementFields = {{
    {"Statement", &kStatement, kRequired},
    {"Parameters", &kStatementParameters},
    {"ReturnValuesOnConditionCheckFailure", &kReturnOnFailure},
}};
constexpr Shape kParameterizedStatement{
    .kind = ShapeKind::kStructure, .name = "ParameterizedStatement", .fields = kParameterizedStatementFields};
constexpr Shape kParameterizedStatements{.kind = ShapeKind::kList,
                                         .element = &kParameterizedStatement,
                                         .minimum = 1,
                                         .maximum = model::kTransactItemsMax,
                                         .logged_name = kLoggedEntries};
constexpr std::array<Field, 3> kExecuteTransactionFields = {{
    {"TransactStatements", &kParameterizedStatements, kRequired},
    {"ClientRequestToken", &kClientRequestToken},
    {"ReturnConsumedCapacity", &kReturnConsumedCapacity},
}};

constexpr Shape Input(std::string_view name, std::span<const Field> fields) {
  return {.kind = ShapeKind::kStructure, .name = name, .fields = fields};
}

}  // namespace

constexpr Shape kBatchExecuteStatementInput = Input("BatchExecuteStatementInput", kBatchExecuteStatementFields);
constexpr Shape kBatchGetItemInput = Input("BatchGetItemInput", kBatchGetItemFields);
constexpr Shape kBatchWriteItemInput = Input("BatchWriteItemInput", kBatchWriteItemFields);
constexpr Shape kCreateTableInput = Input("CreateTableInput", kCreateTableFields);
constexpr Shape kDeleteTableInput = Input("DeleteTableInput", kTableFields);
constexpr Shape kDescribeContinuousBackupsInput = Input("DescribeContinuousBackupsInput", kTableFields);
constexpr Shape kDescribeEndpointsInput = Input("DescribeEndpointsRequest", {});
constexpr Shape kDescribeTableInput = Input("DescribeTableInput", kTableFields);
constexpr Shape kDescribeLimitsInput = Input("DescribeLimitsInput", {});
constexpr Shape kUpdateTableInput = Input("UpdateTableInput", kUpdateTableFields);
constexpr Shape kUpdateTimeToLiveInput = Input("UpdateTimeToLiveInput", kUpdateTimeToLiveFields);
constexpr Shape kDescribeTimeToLiveInput = Input("DescribeTimeToLiveInput", kTableFields);
constexpr Shape kExecuteStatementInput = Input("ExecuteStatementInput", kExecuteStatementFields);
constexpr Shape kExecuteTransactionInput = Input("ExecuteTransactionInput", kExecuteTransactionFields);
constexpr Shape kListTablesInput = Input("ListTablesInput", kListTablesFields);
constexpr Shape kListTagsOfResourceInput = Input("ListTagsOfResourceInput", kListTagsOfResourceFields);
constexpr Shape kPutResourcePolicyInput = Input("PutResourcePolicyInput", kPutResourcePolicyFields);
constexpr Shape kGetResourcePolicyInput = Input("GetResourcePolicyInput", kGetResourcePolicyFields);
constexpr Shape kDeleteResourcePolicyInput = Input("DeleteResourcePolicyInput", kDeleteResourcePolicyFields);
constexpr Shape kPutItemInput = Input("PutItemInput", kPutItemFields);
constexpr Shape kGetItemInput = Input("GetItemInput", kGetItemFields);
constexpr Shape kUpdateItemInput = Input("UpdateItemInput", kUpdateItemFields);
constexpr Shape kDeleteItemInput = Input("DeleteItemInput", kDeleteItemFields);
constexpr Shape kQueryInput = Input("QueryInput", kQueryFields);
constexpr Shape kScanInput = Input("ScanInput", kScanFields);
constexpr Shape kTagResourceInput = Input("TagResourceInput", kTagResourceFields);
constexpr Shape kTransactGetItemsInput = Input("TransactGetItemsInput", kTransactGetItemsFields);
constexpr Shape kTransactWriteItemsInput = Input("TransactWriteItemsInput", kTransactWriteItemsFields);
constexpr Shape kUntagResourceInput = Input("UntagResourceInput", kUntagResourceFields);

}  // namespace basalt::operations::dynamodb
