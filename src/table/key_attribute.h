// An attribute that is part of a primary key or of an index's key.
#pragma once

#include <string>

#include "model/value.h"

namespace basalt::table {

struct KeyAttribute {
  std::string name;
  model::Type type = model::Type::kS;  // S, N or B

  friend bool operator==(const KeyAttribute&, const KeyAttribute&) = default;
};

}  // namespace basalt::table
