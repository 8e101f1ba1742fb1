// KeyChoice: which parts of a WHERE select by key. The condition is taken apart at its ANDs; a part that fixes or
// bounds a key attribute may be taken as a key condition, and those that nobody took are left for a filter.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "expression/key_condition.h"
#include "expression/syntax.h"
#include "model/value.h"

namespace basalt::expression::partiql {

class KeyChoice {
 public:
  explicit KeyChoice(const Node* where);  // null: no condition

  // Each takes the first part that fits, once.
  const model::Value* TakeEquality(std::string_view attribute);                 // null: none
  const KeyComparison* TakeComparison(std::string_view attribute);              // any that a key may have; null: none
  std::span<const model::Value* const> TakeValues(std::string_view attribute);  // IN, or ORed equalities; empty: none

  void PutBack();  // all that was taken

  // The parts that were not taken, in their order.
  std::vector<const Node*> Rest() const;

 private:
  // What a part says of one attribute.
  struct Part {
    const Node* node = nullptr;
    std::string_view attribute;  // empty: nothing of use
    KeyComparison comparison;    // if `values` is empty
    std::vector<const model::Value*> values;
    bool taken = false;
  };

  void AddParts(const Node& node);
  static bool AddValues(const Node& node, Part& part);

  std::vector<Part> parts_;
};

}  // namespace basalt::expression::partiql
