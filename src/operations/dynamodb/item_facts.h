// What calls on items say to policies that ask: which keys and attributes they touch, and what they want back.
// Source: Developer Guide, "Using IAM policy conditions for fine-grained access control".
#pragma once

#include <span>
#include <string_view>

#include "expression/expression.h"
#include "model/value.h"
#include "operations/access_facts.h"
#include "operations/dynamodb/consumed_capacity.h"
#include "operations/dynamodb/statement_request.h"
#include "operations/dynamodb/write_item.h"
#include "operations/dynamodb/write_transaction.h"
#include "table/key_attribute.h"

namespace basalt::operations::dynamodb {

// Names of the top level, those of keys included. Null: nothing.
void AddAttributes(AccessFacts& facts, std::span<const expression::Path> paths);
void AddAttributes(AccessFacts& facts, const expression::Condition* condition);
void AddAttributes(AccessFacts& facts, const expression::Update* update);
void AddAttributes(AccessFacts& facts, const expression::Projection* projection);

// An item, or the key of one, of the record's table (null: unknown). Without `record` its names alone are said.
void AddItem(AccessFacts& facts, const table::TableRecord* record, model::Item item, Arena& arena);
// Values of a partition key, one an attribute.
void AddPartition(AccessFacts& facts, std::span<const model::Value> values, Arena& arena);

// What is returned of items, by what the call asks for.
std::string_view SelectOf(const expression::Projection* projection, bool on_index = false);
std::string_view NameOf(ReturnedCapacity returned);
std::string_view NameOf(ReturnValues return_values);

// An entry of a transaction; a statement.
AccessFacts FactsOf(const TransactWrite& entry, const table::TableRecord* record, Arena& arena);
AccessFacts FactsOf(const StatementRequest& request, const table::TableRecord* record, Arena& arena);

}  // namespace basalt::operations::dynamodb
