// The choice of key conditions. See key_choice.h.
#include "expression/partiql/key_choice.h"

namespace basalt::expression::partiql {

KeyChoice::KeyChoice(const Node* where) {
  if (where != nullptr) {
    AddParts(*where);
  }
}

// Recursion: at most model::kStatementNestingMax and a level that translation adds.
void KeyChoice::AddParts(const Node& node) {
  if (node.operation == Operation::kAnd) {
    for (const Node* operand = node.first; operand != nullptr; operand = operand->next) {
      AddParts(*operand);
    }
    return;
  }
  Part& part = parts_.emplace_back();
  part.node = &node;
  if (node.operation == Operation::kIn || node.operation == Operation::kOr) {
    if (!AddValues(node, part)) {
      part.attribute = {};
    }
  } else if (const Result<KeyComparison> comparison = KeyComparisonOf(node); comparison.ok()) {
    part.comparison = *comparison;
    part.attribute = comparison->attribute;
  }
}

// False if the part says something else than that one attribute has one of the values.
bool KeyChoice::AddValues(const Node& node, Part& part) {
  const auto about = [&](std::string_view attribute) {
    if (part.attribute.empty()) {
      part.attribute = attribute;
    }
    return part.attribute == attribute;
  };
  if (node.operation == Operation::kOr) {
    for (const Node* operand = node.first; operand != nullptr; operand = operand->next) {
      if (!AddValues(*operand, part)) {
        return false;
      }
    }
    return true;
  }
  if (node.operation == Operation::kIn) {
    if (node.first->operation != Operation::kPath || node.first->path.size() > 1 ||
        !about(node.first->path.front().name)) {
      return false;
    }
    for (const Node* candidate = node.first->next; candidate != nullptr; candidate = candidate->next) {
      if (candidate->operation != Operation::kValue) {
        return false;
      }
      part.values.push_back(candidate->value);
    }
    return true;
  }
  const Result<KeyComparison> comparison = KeyComparisonOf(node);
  if (!comparison.ok() || comparison->comparison != SortOperator::kEqual || !about(comparison->attribute)) {
    return false;
  }
  part.values.push_back(comparison->low);
  return true;
}

const model::Value* KeyChoice::TakeEquality(std::string_view attribute) {
  for (Part& part : parts_) {
    if (part.attribute == attribute && part.values.empty() && !part.taken &&
        part.comparison.comparison == SortOperator::kEqual) {
      part.taken = true;
      return part.comparison.low;
    }
  }
  return nullptr;
}

const KeyComparison* KeyChoice::TakeComparison(std::string_view attribute) {
  for (Part& part : parts_) {
    if (part.attribute == attribute && part.values.empty() && !part.taken) {
      part.taken = true;
      return &part.comparison;
    }
  }
  return nullptr;
}

std::span<const model::Value* const> KeyChoice::TakeValues(std::string_view attribute) {
  for (Part& part : parts_) {
    if (part.attribute == attribute && !part.values.empty() && !part.taken) {
      part.taken = true;
      return part.values;
    }
  }
  return {};
}

void KeyChoice::PutBack() {
  for (Part& part : parts_) {
    part.taken = false;
  }
}

std::vector<const Node*> KeyChoice::Rest() const {
  std::vector<const Node*> rest;
  for (const Part& part : parts_) {
    if (!part.taken) {
      rest.push_back(part.node);
    }
  }
  return rest;
}

}  // namespace basalt::expression::partiql
