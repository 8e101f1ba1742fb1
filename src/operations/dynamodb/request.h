// What DynamoDB's requests have in common: the table they name, their expressions and placeholders, what they want
// back. Each check has the service's text and stands in the service's order.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "expression/expression.h"
#include "model/value.h"
#include "operations/operation.h"
#include "table/table_record.h"

namespace basalt::operations::dynamodb {

// A table as the request names it: by name, or by ARN.
struct TableReference {
  table::TableAddress address;
  std::string as_given;  // echoed in ConsumedCapacity

  std::string Arn() const;
};
// A table by the name or ARN given. kValidation for an ARN that cannot be meant.
Result<TableReference> ResolveTable(const Call& call, std::string_view given);
// The TableName member.
Result<TableReference> ReadTableReference(const Call& call);

// An expression member and the name it has in error texts.
struct ExpressionMember {
  std::string_view member;
  std::optional<std::string_view> text;
};

// A member that an expression replaced.
struct LegacyMember {
  std::string_view member;
  bool given = false;
};
LegacyMember ReadLegacyMember(const json::Node& input, std::string_view member);

// Refuses a request that has of both; the text lists what it has in the order given here.
Status CheckNotMixed(std::span<const LegacyMember> legacy, std::span<const ExpressionMember> expressions);

// ExpressionAttributeNames and -Values of a request.
class ExpressionInputs {
 public:
  // Before anything else is looked at: maps that no expression of the request could use.
  // `value_users` = those that may hold values, in the order in which the service lists them; empty if the operation
  // has no ExpressionAttributeValues.
  static Status CheckNeeded(const json::Node& input, std::span<const ExpressionMember> all,
                            std::span<const ExpressionMember> value_users);
  // Keys and values of both maps; `with_values` is false for operations that have no ExpressionAttributeValues.
  static Result<std::unique_ptr<ExpressionInputs>> Read(const json::Node& input, bool with_values, Arena& arena);

  expression::Placeholders& placeholders() { return *placeholders_; }

 private:
  std::optional<expression::Placeholders> placeholders_;
};

// The paths of an expression against the table's key and those of its indexes: none may reach into a key attribute.
Status CheckKeyAttributesAreScalars(const table::TableRecord& record, std::span<const expression::Path> paths);

// A batch that names an item twice, or a table in two ways.
Error DuplicateKeys();

// Transactions: two entries for one item; items of more than 4 MB in all.
Error SeveralOperationsOnOneItem();
Error TransactionTooLarge();
// Tables of several accounts; `accesses` are those of the entries, in their order. kTransactionCanceled.
Status CheckOneAccount(std::span<const Access> accesses, std::string_view operation);

// Why a table named in a data-plane call cannot be used.
Error TableNotFound();

// The table if it takes items now, else null.
std::shared_ptr<const table::Table> FindUsableTable(Call& call, const TableReference& table);

// Runs `use` with the table's open keyspace, or why it cannot be opened; at once if this loop has it open.
void WithKeyspace(Call& call, std::shared_ptr<const table::Table> table,
                  UniqueFunction<void(Result<std::shared_ptr<engine::Keyspace>>)> use);

// What a data-plane call answers when its work on a table failed: the error, unless the table was deleted meanwhile.
Error FailureOn(Call& call, const table::Table& table, Error error);

// expression/ wants key attributes in its own terms; their names stay where they are.
std::span<const expression::KeyAttribute> SchemaAttributes(std::span<const table::KeyAttribute> attributes,
                                                           Arena& arena);

}  // namespace basalt::operations::dynamodb
