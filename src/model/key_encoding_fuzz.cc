// Any bytes as a key: kCorruption, or values that encode to the same bytes; any bytes as two values: their encodings
// sort as they do.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/arena.h"
#include "base/check.h"
#include "model/key_encoding.h"

namespace {

using namespace basalt::model;

int Sign(int order) { return order < 0 ? -1 : (order > 0 ? 1 : 0); }

std::string Encoded(const Value& value) {
  std::string bytes;
  AppendOrdered(bytes, value);
  return bytes;
}

void TryDecode(std::string_view bytes, Type type) {
  basalt::Arena arena;
  while (!bytes.empty()) {
    const std::string_view before = bytes;
    const auto decoded = DecodeOrdered(bytes, type, arena);
    if (!decoded.ok()) {
      BASALT_CHECK(decoded.error().reason == basalt::Reason::kCorruption);
      BASALT_CHECK(bytes.size() == before.size());
      return;
    }
    BASALT_CHECK(Encoded(*decoded) == before.substr(0, before.size() - bytes.size()));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) {
    return 0;
  }
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  for (const Type type : {Type::kS, Type::kN, Type::kB}) {
    TryDecode(bytes, type);
  }
  const size_t middle = data[0] % (bytes.size() + 1);
  const Value a = Value::Binary(bytes.substr(0, middle));
  const Value b = Value::Binary(bytes.substr(middle));
  BASALT_CHECK(Sign(Encoded(a).compare(Encoded(b))) == Sign(Compare(a, b)));
  TryDecode(Encoded(a) + Encoded(b), Type::kB);
  return 0;
}
