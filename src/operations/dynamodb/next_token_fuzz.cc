// Any bytes as a NextToken, which is then one of ours or refused; and as a position, whose token comes back whole and
// is refused once a character of it has changed.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "model/limits.h"
#include "operations/dynamodb/next_token.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace basalt::operations::dynamodb;
  constexpr std::string_view kPurpose = "purpose";
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto read = DecodeNextToken(input, kPurpose);
  if (read.ok()) {
    BASALT_CHECK(EncodeNextToken(*read, kPurpose) == input);
  } else {
    BASALT_CHECK(read.error().reason == basalt::Reason::kValidation);
  }
  if (input.size() < 2 || input.size() > basalt::model::kNextTokenLengthMax / 2) {
    return 0;
  }
  const ReadPosition position{data[0], std::string(input.substr(2))};
  std::string token = EncodeNextToken(position, kPurpose);
  const auto again = DecodeNextToken(token, kPurpose);
  BASALT_CHECK(again.ok() && *again == position);
  char& changed = token[data[1] % token.size()];
  changed = changed == 'A' ? 'B' : 'A';
  BASALT_CHECK(!DecodeNextToken(token, kPurpose).ok());
  return 0;
}
