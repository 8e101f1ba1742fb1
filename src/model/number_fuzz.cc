// Any text as a number, two of them as operands: canonical text is a fixpoint, sums undo themselves, bytes keep the
// order.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "model/limits.h"
#include "model/number.h"

namespace {

using basalt::model::Number;

int Sign(int order) { return order < 0 ? -1 : (order > 0 ? 1 : 0); }

std::string Ordered(const Number& number) {
  std::string bytes;
  number.AppendOrdered(bytes);
  return bytes;
}

void TryOne(const Number& number, std::string_view text) {
  const std::string canonical = number.ToCanonical();
  BASALT_CHECK(Number::IsCanonical(canonical));
  BASALT_CHECK(Number::IsCanonical(text) == (text == canonical));
  BASALT_CHECK(Number::Compare(Number::FromCanonical(canonical), number) == 0);
  BASALT_CHECK(Number::FromCanonical(canonical).ToCanonical() == canonical);
  const std::string bytes = Ordered(number);
  BASALT_CHECK(bytes.size() <= basalt::model::kNumberOrderedBytesMax);
  std::string_view rest = bytes;
  const auto decoded = Number::DecodeOrdered(rest);
  BASALT_CHECK(decoded.ok() && rest.empty());
  BASALT_CHECK(decoded->ToCanonical() == canonical);
  BASALT_CHECK(number.SizeBytes() >= 1 && number.SizeBytes() <= 22);
}

void TryTwo(const Number& a, const Number& b) {
  BASALT_CHECK(Sign(Ordered(a).compare(Ordered(b))) == Number::Compare(a, b));
  BASALT_CHECK(Number::Compare(b, a) == -Number::Compare(a, b));
  const auto sum = Number::Add(a, b);
  const auto swapped = Number::Add(b, a);
  BASALT_CHECK(sum.ok() == swapped.ok());
  if (!sum.ok()) {
    BASALT_CHECK(sum.error().text == swapped.error().text);
    return;
  }
  BASALT_CHECK(Number::Compare(*sum, *swapped) == 0);
  const auto back = Number::Subtract(*sum, b);
  BASALT_CHECK(back.ok());
  BASALT_CHECK(Number::Compare(*back, a) == 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::string_view bytes = text;
  while (!bytes.empty()) {
    const std::string_view before = bytes;
    const auto decoded = Number::DecodeOrdered(bytes);
    if (!decoded.ok()) {
      break;
    }
    BASALT_CHECK(Ordered(*decoded) == before.substr(0, before.size() - bytes.size()));
  }
  const size_t space = text.find(' ');
  const std::string_view first = text.substr(0, space);
  const auto a = Number::Parse(first);
  BASALT_CHECK(a.ok() || !Number::IsCanonical(first));
  if (!a.ok()) {
    return 0;
  }
  TryOne(*a, first);
  if (space != std::string_view::npos) {
    const auto b = Number::Parse(text.substr(space + 1));
    if (b.ok()) {
      TryTwo(*a, *b);
    }
  }
  return 0;
}
