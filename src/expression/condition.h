// Condition: a condition or filter made ready for evaluation: a flat list of tests, each of which names the test that
// follows when it holds and when it does not. AND, OR and NOT have become jumps, so evaluation neither recurses nor
// allocates.
#pragma once

#include <cstdint>
#include <span>

#include "expression/expression.h"
#include "expression/syntax.h"
#include "model/value.h"

namespace basalt::expression {

struct Operand {
  bool is_size = false;                   // size() of what follows
  const model::Value* literal = nullptr;  // null: a path
  Path path;
};

enum class Test : uint8_t {
  kEqual,
  kNotEqual,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  kBetween,
  kIn,
  kAttributeExists,
  kAttributeNotExists,
  kAttributeType,
  kBeginsWith,
  kContains,
};

struct ConditionStep {
  static constexpr uint16_t kHolds = 0xFFFF;
  static constexpr uint16_t kFails = 0xFFFE;

  Test test = Test::kEqual;
  model::Type type = model::Type::kNull;  // kAttributeType: the type asked for
  uint16_t if_true = kHolds;              // the next step, always a later one, or one of the two ends
  uint16_t if_false = kFails;
  std::span<const Operand> operands;
};

struct Condition {
  std::span<const ConditionStep> steps;
  std::span<const Path> paths;
};

// From a tree that has passed its checks.
const Condition* CompileCondition(const Syntax& syntax, Arena& arena);

}  // namespace basalt::expression
