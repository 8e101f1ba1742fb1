// LiteralParser: values as a statement writes them, with parameters in the place of some. Numbers become canonical,
// sets and maps sorted; what a parameter holds is not copied.
#pragma once

#include <span>

#include "base/arena.h"
#include "base/result.h"
#include "expression/partiql/token_reader.h"
#include "model/value.h"

namespace basalt::expression::partiql {

class LiteralParser {
 public:
  LiteralParser(TokenReader& reader, std::span<const model::Value> parameters, Arena& arena)
      : reader_(reader), parameters_(parameters), arena_(arena) {}

  bool AtLiteral() const;
  // Nested as deep as an attribute's value may be.
  Result<model::Value> ParseValue() { return Parse(1); }
  // A tuple of attributes, or a parameter that holds one.
  Result<model::Item> ParseItem();

  // After the whole statement: parameters it had no place for.
  Status CheckAllUsed() const;

 private:
  bool AtSetMember() const;
  Result<model::Value> Parse(int level);
  Result<model::Value> ParseNumber();
  Result<model::Value> ParseParameter(int level);
  Result<model::Value> ParseList(int level);
  Result<model::Value> ParseMap(int level);
  Result<model::Value> ParseSet(int level);

  TokenReader& reader_;
  std::span<const model::Value> parameters_;
  size_t used_ = 0;
  Arena& arena_;
};

}  // namespace basalt::expression::partiql
