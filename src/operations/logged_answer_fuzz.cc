// Arbitrary bytes as an answer: what is written down is JSON and never names a secret.
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "json/node.h"
#include "json/utf8.h"
#include "operations/logged_answer.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (!basalt::json::IsUtf8(text)) {
    return 0;
  }
  for (const auto& logged : {basalt::operations::LoggedJsonAnswer(text), basalt::operations::LoggedXmlAnswer(text)}) {
    if (logged) {
      basalt::Arena arena;
      BASALT_CHECK(basalt::json::Parse(*logged, arena).ok());
      BASALT_CHECK(logged->find("\"secretAccessKey\":") == std::string::npos);
    }
  }
  return 0;
}
