// DynamoDB's expressions: condition, filter, key condition, update and projection. Pure: text, placeholders and items
// in, values out. Parsed forms and results live in the Arena given; views into the inputs are kept, so these must
// outlive them. Every error is kValidation with the service's text.
//
//   Arena arena;
//   expression::Placeholders placeholders(names, values);            // ExpressionAttributeNames / -Values
//   TRY_ASSIGN(auto condition, expression::ParseCondition(Kind::kCondition, "#a = :v", placeholders, arena));
//   TRY(placeholders.CheckAllUsed());
//   bool holds = expression::Evaluate(*condition, item);
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "base/result.h"
#include "model/value.h"

namespace basalt::expression {

enum class Kind : uint8_t { kCondition, kFilter, kKeyCondition, kUpdate, kProjection };
std::string_view KindName(Kind kind);  // "ConditionExpression", …

// ExpressionAttributeNames and ExpressionAttributeValues of a request, and which of them were used.
struct NameEntry {
  std::string_view placeholder;  // with its '#'
  std::string_view name;
};
class Placeholders {
 public:
  // Keys are checked by Check(), in the order given. `values`: names with their ':'; sorted, as every Item is.
  Placeholders(std::span<const NameEntry> names, model::Item values);

  Status Check() const;         // keys' syntax and length, the names, the size of it all
  Status CheckAllUsed() const;  // after every expression of the request was parsed

  const std::string_view* FindName(std::string_view placeholder);  // marks it used; null if undefined
  const model::Value* FindValue(std::string_view placeholder);     // marks it used; null if undefined

 private:
  std::span<const NameEntry> names_;
  model::Item values_;
  std::vector<uint32_t> name_order_;  // of names_, sorted by placeholder
  std::vector<bool> name_used_;
  std::vector<bool> value_used_;
};

// A document path after substitution: `a.b[2]`.
struct PathElement {
  bool is_index = false;
  uint32_t index = 0;
  std::string_view name;
};
using Path = std::span<const PathElement>;  // the first element is a name

struct Condition;   // opaque: condition.h
struct Update;      // opaque: update.h
struct Projection;  // opaque: projection.h

// kCondition or kFilter.
Result<const Condition*> ParseCondition(Kind kind, std::string_view text, Placeholders& placeholders, Arena& arena);
Result<const Update*> ParseUpdate(std::string_view text, Placeholders& placeholders, Arena& arena);
Result<const Projection*> ParseProjection(std::string_view text, Placeholders& placeholders, Arena& arena);

// Every path that occurs, in order of the text (for checks against the key schema and for authorization).
std::span<const Path> PathsOf(const Condition& condition);
std::span<const Path> PathsOf(const Update& update);    // targets and operands
std::span<const Path> TargetsOf(const Update& update);  // what it writes
// The literal that the update sets a whole attribute to, whatever the item holds; null if it does not.
const model::Value* AssignedLiteral(const Update& update, std::string_view attribute);
std::span<const Path> PathsOf(const Projection& projection);

bool Evaluate(const Condition& condition, model::Item item);

// The item after the update; right-hand sides see `old_item`. Values added by the update are not copied: they point
// into the request. Errors are those found only at evaluation (data plane, "Applying updates").
// `deletes_only`: the update has no SET and no ADD, so that on a missing item it creates nothing.
Result<model::Item> Apply(const Update& update, model::Item old_item, Arena& arena);
bool DeletesOnly(const Update& update);

// How many of its actions assign or take away, and how the assigning ones do it.
struct ActionCounts {
  size_t assigning = 0;    // SET and ADD
  size_t taking_away = 0;  // REMOVE and DELETE
  size_t into_lists = 0;   // SET whose target leads through a list index
  size_t arithmetic = 0;   // SET to a sum or difference
};
ActionCounts CountActions(const Update& update);

model::Item Project(const Projection& projection, model::Item item, Arena& arena);
// Only the targeted paths, as UPDATED_OLD and UPDATED_NEW return them.
model::Item ProjectTargets(const Update& update, model::Item item, Arena& arena);

// Key conditions.
enum class SortOperator : uint8_t {
  kNone,
  kEqual,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  kBetween,
  kBeginsWith
};
struct KeyAttribute {
  std::string_view name;
  model::Type type = model::Type::kS;
};
// A table's key has one partition and at most one sort attribute, a global index's up to four of each.
struct KeyRange {
  model::Value partition;
  std::span<const model::Value> more_partition = {};  // of the partition attributes after the first
  std::span<const model::Value> sort_equal = {};  // of the sort attributes before the one that `sort_operator` is for
  SortOperator sort_operator = SortOperator::kNone;
  model::Value sort_low;   // the operand; for BETWEEN the lower bound
  model::Value sort_high;  // BETWEEN only
};
struct KeyCondition;  // opaque
// What can be refused without the table: `for_index` if it may be meant for an index, whose keys have more parts …
Result<const KeyCondition*> ParseKeyCondition(std::string_view text, Placeholders& placeholders, Arena& arena,
                                              bool for_index = false);
// … and what needs the key schema.
Result<KeyRange> BindKeyCondition(const KeyCondition& condition, std::span<const KeyAttribute> partition,
                                  std::span<const KeyAttribute> sort, Arena& arena);

}  // namespace basalt::expression
