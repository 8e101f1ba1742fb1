// Every limit of DynamoDB that the data plane enforces, with the page of AWS's documentation that states it.
// Pages: [Quotas] ServiceQuotas.html and [Naming] HowItWorks.NamingRulesDataTypes.html of the DynamoDB Developer
// Guide; [Api] the operation's page in the API Reference.
#pragma once

#include <cstddef>
#include <cstdint>

namespace basalt::model {

// Items and their attributes.
inline constexpr size_t kItemSizeBytesMax = 409'600;  // [Quotas] "Items", with attribute names
inline constexpr int kNestingLevelsMax = 32;          // [Quotas] "Attributes": nested attribute depth; a scalar is 1
inline constexpr size_t kAttributeNameBytesMax = 65'535;  // [Naming]
inline constexpr size_t kKeyAttributeNameBytesMax = 255;  // [Naming] keys, index keys, projected attributes
inline constexpr size_t kPartitionKeyBytesMax = 2048;     // [Quotas] "Partition keys and sort keys"
inline constexpr size_t kSortKeyBytesMax = 1024;          // [Quotas] "Partition keys and sort keys"
inline constexpr int64_t kItemCollectionBytesMax = int64_t{10} << 30;  // [Quotas] tables with local secondary indexes

// Numbers. [Naming] "Number"
inline constexpr int kNumberDigitsMax = 38;
inline constexpr int kNumberExponentMin = -130;  // of the first digit: 1E-130
inline constexpr int kNumberExponentMax = 125;   // of the first digit: 9.99...E+125
inline constexpr size_t kNumberOrderedBytesMax = 21;

// Names. [Naming]
inline constexpr size_t kTableNameLengthMin = 3;
inline constexpr size_t kTableNameLengthMax = 255;
inline constexpr size_t kTableArnLengthMax = 1024;  // [Api] PutItem: TableName may be an ARN

// Tags and the resources that carry them. [Api] Tag, TagResource; lengths in UTF-16 units
inline constexpr size_t kTagsPerResourceMax = 50;
inline constexpr size_t kTagKeyLengthMax = 128;
inline constexpr size_t kTagValueLengthMax = 256;
inline constexpr size_t kResourceArnLengthMax = 1283;

// Expressions. [Quotas] "Expression parameters"
inline constexpr size_t kExpressionBytesMax = 4096;
inline constexpr int kExpressionOperatorsMax = 300;
inline constexpr int kInOperandsMax = 100;
inline constexpr size_t kLegacyOperandsMax = 1300;  // ours: what an expression of 4 KB has room for
inline constexpr int kPathDepthMax = 32;            // [Quotas] "Nested attribute depth" of a document path
inline constexpr size_t kPlaceholderBytesMax = 255;
inline constexpr size_t kSubstitutionBytesMax = size_t{2} << 20;  // all names and values of one request

// Statements of PartiQL. ql-operators.html
inline constexpr size_t kStatementLengthMax = 8192;      // [Api] ExecuteStatement
inline constexpr size_t kNextTokenLengthMax = 32'768;    // [Api] ExecuteStatement
inline constexpr size_t kBatchStatementsMax = 25;        // [Api] BatchExecuteStatement
inline constexpr size_t kPartitionValuesMax = 50;        // IN or OR on the partition key
inline constexpr uint64_t kPartitionsPageItemsMax = 10;  // a page of several partitions
inline constexpr int kStatementNestingMax = 32;          // ours: parentheses, NOTs and functions around each other

// Requests, pages, batches, transactions.
inline constexpr size_t kRequestBytesMax = size_t{16} << 20;              // [Quotas] "API-specific limits"
inline constexpr size_t kPageBytesMax = size_t{1} << 20;                  // [Api] Query, Scan: 1 MB before filtering
inline constexpr size_t kBatchGetItemsMax = 100;                          // [Api] BatchGetItem
inline constexpr size_t kBatchGetBytesMax = size_t{16} << 20;             // [Api] BatchGetItem
inline constexpr size_t kBatchWriteItemsMax = 25;                         // [Api] BatchWriteItem
inline constexpr size_t kTransactItemsMax = 100;                          // [Api] TransactWriteItems, TransactGetItems
inline constexpr size_t kTransactBytesMax = size_t{4} << 20;              // [Api] TransactWriteItems, TransactGetItems
inline constexpr size_t kClientRequestTokenLengthMax = 36;                // [Api] TransactWriteItems
inline constexpr int64_t kClientRequestTokenLifetimeMs = 10 * 60 * 1000;  // [Api] TransactWriteItems
inline constexpr int kScanSegmentsMax = 1'000'000;                        // [Api] Scan: TotalSegments

// Tables and indexes as items meet them.
inline constexpr size_t kLocalIndexesMax = 5;           // [Quotas] "Secondary indexes"
inline constexpr size_t kGlobalIndexesMax = 20;         // [Quotas] "Secondary indexes"
inline constexpr size_t kProjectedAttributesMax = 100;  // [Quotas] "Secondary indexes": over all indexes of a table
inline constexpr size_t kKeyAttributesPerRoleMax = 4;   // [Api] CreateTable: hash or range parts of a global index key

// Streams. [Api] GetRecords; Streams.html, "Data retention limit"
inline constexpr int64_t kStreamRecordsPerPageMax = 1000;
inline constexpr int64_t kShardsPerPageMax = 100;                    // [Api] DescribeStream
inline constexpr int64_t kStreamsPerPageMax = 100;                   // [Api] ListStreams
inline constexpr int64_t kShardIteratorLifetimeMs = 15 * 60 * 1000;  // [Api] GetShardIterator
inline constexpr size_t kStreamsOfTableMax = 100;                    // ours: enabled or still kept

// Capacity units. [Quotas] "Throughput"; HowItWorks.ReadWriteCapacityMode.html
inline constexpr size_t kReadUnitBytes = 4096;
inline constexpr size_t kWriteUnitBytes = 1024;
inline constexpr int64_t kCapacityUnitsBound = 1'000'000'000'000;  // no table may ask for more
inline constexpr int64_t kOnDemandReadUnits = 12'000;              // on-demand-capacity-mode.html, "Initial throughput"
inline constexpr int64_t kOnDemandWriteUnits = 4'000;

// Default quotas of an account in a region; an operator may set others.
inline constexpr int64_t kTableUnitsMax = 40'000;    // [Quotas] "Throughput default quotas", reads and writes each
inline constexpr int64_t kAccountUnitsMax = 80'000;  // [Quotas] the same, over all provisioned tables
inline constexpr int64_t kTablesMax = 2'500;         // [Quotas] "Tables"
inline constexpr int64_t kTablesChangingMax = 500;   // [Api] CreateTable: simultaneous table operations
inline constexpr int64_t kTablesWithIndexesChangingMax = 250;  // [Api] the same, of tables with secondary indexes

// Changes of a table's settings.
inline constexpr int64_t kFreeDecreasesPerDay = 4;                    // [Quotas] "Decreasing provisioned throughput"
inline constexpr int64_t kDecreaseIntervalMs = int64_t{3600} * 1000;  // [Quotas] the same, after these
inline constexpr int kTableClassChangesMax = 2;                       // [Api] UpdateTable
inline constexpr int64_t kTableClassChangesDays = 30;

}  // namespace basalt::model
