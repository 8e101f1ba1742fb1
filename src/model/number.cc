// Decimal arithmetic in one unsigned 128-bit coefficient: 38 nines are below 2^127.
#include "model/number.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>

#include "base/check.h"
#include "model/limits.h"

namespace basalt::model {
namespace {

__extension__ using Uint128 = unsigned __int128;

constexpr auto MakePowersOfTen() {
  std::array<Uint128, 39> powers{};
  powers[0] = 1;
  for (size_t i = 1; i < powers.size(); ++i) {
    powers[i] = powers[i - 1] * 10;
  }
  return powers;
}
constexpr std::array<Uint128, 39> kPowersOfTen = MakePowersOfTen();
static_assert(kPowersOfTen[kNumberDigitsMax] - 1 < (Uint128{1} << 127));

constexpr Uint128 PowerOfTen(int exponent) { return kPowersOfTen[static_cast<size_t>(exponent)]; }

constexpr bool IsDigit(char c) { return c >= '0' && c <= '9'; }
constexpr unsigned DigitValue(char c) { return static_cast<unsigned>(c - '0'); }

// Decimal digits of a coefficient of at most 39 digits; 0 for zero.
int DigitCount(Uint128 coefficient) {
  const auto high = static_cast<uint64_t>(coefficient >> 64);
  const auto low = static_cast<uint64_t>(coefficient);
  if (coefficient == 0) {
    return 0;
  }
  const int bits = high != 0 ? 128 - __builtin_clzll(high) : 64 - __builtin_clzll(low);
  const int guess = bits * 1233 >> 12;  // log10(2) = 1233/4096, rounded down
  return guess + (coefficient >= PowerOfTen(guess) ? 1 : 0);
}

// Writes exactly `count` digits.
void WriteDigits64(uint64_t value, char* out, int count) {
  for (int i = count - 1; i >= 0; --i) {
    out[i] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
}

constexpr uint64_t kTenToThe19 = 10'000'000'000'000'000'000U;

// The decimal digits of a coefficient, without leading zeros.
struct Digits {
  explicit Digits(Uint128 coefficient) : count(DigitCount(coefficient)) {
    BASALT_CHECK(count <= kNumberDigitsMax);
    if (count <= 19) {
      WriteDigits64(static_cast<uint64_t>(coefficient), text.data(), count);
    } else {
      WriteDigits64(static_cast<uint64_t>(coefficient / kTenToThe19), text.data(), count - 19);
      WriteDigits64(static_cast<uint64_t>(coefficient % kTenToThe19), text.data() + (count - 19), 19);
    }
  }

  std::string_view view() const { return {text.data(), static_cast<size_t>(count)}; }

  std::array<char, 40> text;
  int count;
};

Error NotANumber(std::string_view text) {
  std::string message = "The parameter cannot be converted to a numeric value";
  if (!text.empty()) {
    message += ": ";
    message += text;
  }
  return {Reason::kValidation, std::move(message)};
}

Error Overflow() {
  return {Reason::kValidation,
          "Number overflow. Attempting to store a number with magnitude larger than supported range"};
}

Error Underflow() {
  return {Reason::kValidation,
          "Number underflow. Attempting to store a number with magnitude smaller than supported range"};
}

Error TooPrecise() { return {Reason::kValidation, "Attempting to store more than 38 significant digits in a Number"}; }

// What the syntax of a number says, whatever its range. Exponents are far below the limits of int64_t: that of the
// text is cut at kExponentCut, and no text is that long.
struct Scanned {
  bool negative = false;
  std::string_view whole;     // digits before the point
  std::string_view fraction;  // digits after it
  int64_t exponent = 0;
};

constexpr int64_t kExponentCut = int64_t{1} << 60;

size_t DigitRun(std::string_view text) {
  size_t count = 0;
  while (count < text.size() && IsDigit(text[count])) {
    ++count;
  }
  return count;
}

bool TakeSign(std::string_view& text) {
  const bool negative = !text.empty() && text.front() == '-';
  if (negative || (!text.empty() && text.front() == '+')) {
    text.remove_prefix(1);
  }
  return negative;
}

std::string_view TakeDigits(std::string_view& text) {
  const std::string_view digits = text.substr(0, DigitRun(text));
  text.remove_prefix(digits.size());
  return digits;
}

std::optional<Scanned> Scan(std::string_view text) {
  Scanned scanned;
  scanned.negative = TakeSign(text);
  scanned.whole = TakeDigits(text);
  if (!text.empty() && text.front() == '.') {
    text.remove_prefix(1);
    scanned.fraction = TakeDigits(text);
  }
  if (scanned.whole.empty() && scanned.fraction.empty()) {
    return std::nullopt;
  }
  if (text.empty()) {
    return scanned;
  }
  if (text.front() != 'e' && text.front() != 'E') {
    return std::nullopt;
  }
  text.remove_prefix(1);
  const bool exponent_negative = TakeSign(text);
  const std::string_view digits = TakeDigits(text);
  if (digits.empty() || !text.empty()) {
    return std::nullopt;
  }
  for (const char c : digits) {
    if (scanned.exponent < kExponentCut / 16) {
      scanned.exponent = scanned.exponent * 10 + static_cast<int64_t>(DigitValue(c));
    }
  }
  if (exponent_negative) {
    scanned.exponent = -scanned.exponent;
  }
  return scanned;
}

Uint128 AccumulateDigits(Uint128 coefficient, std::string_view digits) {
  for (size_t i = 0; i < digits.size();) {
    const size_t count = std::min<size_t>(digits.size() - i, 19);
    uint64_t part = 0;
    for (const char c : digits.substr(i, count)) {
      part = part * 10 + DigitValue(c);
    }
    coefficient = coefficient == 0 ? part : coefficient * PowerOfTen(static_cast<int>(count)) + part;
    i += count;
  }
  return coefficient;
}

// Removes trailing decimal zeros and counts them.
int StripZeros(Uint128& coefficient) {
  int stripped = 0;
  if (coefficient == 0) {
    return 0;
  }
  while (coefficient > std::numeric_limits<uint64_t>::max()) {
    const Uint128 quotient = coefficient / 10;
    if (quotient * 10 != coefficient) {
      return stripped;
    }
    coefficient = quotient;
    ++stripped;
  }
  auto small = static_cast<uint64_t>(coefficient);
  while (small % 10 == 0) {
    small /= 10;
    ++stripped;
  }
  coefficient = small;
  return stripped;
}

// Orders: 1 = negative, 2 = zero, 3 = positive. Then, for all but zero, the exponent of the first digit in one byte
// and the digits in pairs, a pair p as 2p if it is the last and 2p + 1 if not; all these complemented for negative
// numbers.
constexpr uint8_t kNegativeMark = 1;
constexpr uint8_t kZeroMark = 2;
constexpr uint8_t kPositiveMark = 3;

Error BrokenKey() { return {Reason::kCorruption, "a number in a key is not encoded as one"}; }

}  // namespace

Number::Number(int64_t value) : negative_(value < 0) {
  auto magnitude = static_cast<uint64_t>(value);
  if (negative_) {
    magnitude = ~magnitude + 1;
  }
  coefficient_ = magnitude;
  exponent_ = static_cast<int16_t>(StripZeros(coefficient_));
}

Result<Number> Number::Make(bool negative, Coefficient coefficient, int exponent) {
  Number number;
  if (coefficient == 0) {
    return number;
  }
  exponent += StripZeros(coefficient);
  const int digits = DigitCount(coefficient);
  const int first_digit_exponent = exponent + digits - 1;
  if (first_digit_exponent > kNumberExponentMax) {
    return Overflow();
  }
  if (first_digit_exponent < kNumberExponentMin) {
    return Underflow();
  }
  if (digits > kNumberDigitsMax) {
    return TooPrecise();
  }
  number.negative_ = negative;
  number.exponent_ = static_cast<int16_t>(exponent);
  number.coefficient_ = coefficient;
  return number;
}

Result<Number> Number::Parse(std::string_view text) {
  const std::optional<Scanned> scanned = Scan(text);
  if (!scanned) {
    return NotANumber(text);
  }
  std::string_view whole = scanned->whole;
  std::string_view fraction = scanned->fraction;
  while (!fraction.empty() && fraction.back() == '0') {
    fraction.remove_suffix(1);
  }
  while (!whole.empty() && whole.front() == '0') {
    whole.remove_prefix(1);
  }
  // Exponent of the last digit that is kept.
  int64_t exponent = scanned->exponent - static_cast<int64_t>(fraction.size());
  if (fraction.empty()) {
    const size_t length = whole.size();
    while (!whole.empty() && whole.back() == '0') {
      whole.remove_suffix(1);
    }
    exponent += static_cast<int64_t>(length - whole.size());
  }
  if (whole.empty()) {
    while (!fraction.empty() && fraction.front() == '0') {
      fraction.remove_prefix(1);
    }
  }
  const size_t digits = whole.size() + fraction.size();
  if (digits == 0) {
    return Number();
  }
  const int64_t first_digit_exponent = exponent + static_cast<int64_t>(digits) - 1;
  if (first_digit_exponent > kNumberExponentMax) {
    return Overflow();
  }
  if (first_digit_exponent < kNumberExponentMin) {
    return Underflow();
  }
  if (digits > static_cast<size_t>(kNumberDigitsMax)) {
    return TooPrecise();
  }
  Number number;
  number.negative_ = scanned->negative;
  number.exponent_ = static_cast<int16_t>(exponent);
  number.coefficient_ = AccumulateDigits(AccumulateDigits(0, whole), fraction);
  return number;
}

bool Number::IsCanonical(std::string_view text) {
  if (text == "0") {
    return true;
  }
  if (!text.empty() && text.front() == '-') {
    text.remove_prefix(1);
  }
  const std::string_view whole = TakeDigits(text);
  std::string_view fraction;
  if (!text.empty()) {
    if (text.front() != '.') {
      return false;
    }
    text.remove_prefix(1);
    fraction = TakeDigits(text);
    if (!text.empty() || fraction.empty() || fraction.back() == '0') {
      return false;
    }
  }
  if (whole.empty()) {
    return false;
  }
  if (whole.front() == '0') {
    if (whole.size() > 1 || fraction.empty()) {
      return false;
    }
    const size_t zeros = fraction.find_first_not_of('0');  // the last digit is none
    return zeros < static_cast<size_t>(-kNumberExponentMin) &&
           fraction.size() - zeros <= static_cast<size_t>(kNumberDigitsMax);
  }
  const size_t significant = fraction.empty() ? whole.find_last_not_of('0') + 1 : whole.size() + fraction.size();
  return whole.size() <= static_cast<size_t>(kNumberExponentMax) + 1 &&
         significant <= static_cast<size_t>(kNumberDigitsMax);
}

Number Number::FromCanonical(std::string_view text) {
  BASALT_CHECK(IsCanonical(text));
  return Parse(text).value();
}

void Number::AppendCanonical(std::string& out) const {
  if (IsZero()) {
    out.push_back('0');
    return;
  }
  if (negative_) {
    out.push_back('-');
  }
  const Digits digits(coefficient_);
  const int whole_digits = digits.count + exponent_;
  if (exponent_ >= 0) {
    out += digits.view();
    out.append(static_cast<size_t>(exponent_), '0');
  } else if (whole_digits > 0) {
    out += digits.view().substr(0, static_cast<size_t>(whole_digits));
    out.push_back('.');
    out += digits.view().substr(static_cast<size_t>(whole_digits));
  } else {
    out += "0.";
    out.append(static_cast<size_t>(-whole_digits), '0');
    out += digits.view();
  }
}

std::string Number::ToCanonical() const {
  std::string text;
  AppendCanonical(text);
  return text;
}

std::string_view Number::ToCanonical(Arena& arena) const { return arena.Copy(ToCanonical()); }

Result<Number> Number::Add(const Number& a, const Number& b) {
  if (a.IsZero()) {
    return b;
  }
  if (b.IsZero()) {
    return a;
  }
  // `high` has the larger exponent. In units of the other's last digit it is a multiple of 10^shift, so that the sum
  // ends in the other's last digit, which is not zero, whenever shift > 0.
  const Number& high = a.exponent_ >= b.exponent_ ? a : b;
  const Number& low = a.exponent_ >= b.exponent_ ? b : a;
  const int shift = high.exponent_ - low.exponent_;
  const bool same_sign = high.negative_ == low.negative_;
  const int aligned_digits = DigitCount(high.coefficient_) + shift;
  // Too many digits for certain if `high` has 40 or is at least 2 * 10^38 of those units: less than 10^38 cannot
  // bring it below 10^38. Below that both it and the sum fit 128 bits.
  const bool fits =
      aligned_digits <= kNumberDigitsMax || (aligned_digits == kNumberDigitsMax + 1 && shift <= kNumberDigitsMax &&
                                             high.coefficient_ < 2 * PowerOfTen(kNumberDigitsMax - shift));
  if (!fits) {
    // Overflow goes first: |high| + |low| >= 10^126, counted in units of the last digit of `high`.
    const Coefficient low_part = shift > kNumberDigitsMax ? 0 : low.coefficient_ / PowerOfTen(shift);
    const int limit_digits = kNumberExponentMax + 1 - high.exponent_;
    if (same_sign && limit_digits <= kNumberDigitsMax && high.coefficient_ + low_part >= PowerOfTen(limit_digits)) {
      return Overflow();
    }
    return TooPrecise();
  }
  const Coefficient aligned = high.coefficient_ * PowerOfTen(shift);
  if (same_sign) {
    return Make(high.negative_, aligned + low.coefficient_, low.exponent_);
  }
  if (aligned >= low.coefficient_) {
    return Make(high.negative_, aligned - low.coefficient_, low.exponent_);
  }
  return Make(low.negative_, low.coefficient_ - aligned, low.exponent_);
}

Result<Number> Number::Subtract(const Number& a, const Number& b) { return Add(a, b.Negated()); }

Number Number::Negated() const {
  Number negated = *this;
  negated.negative_ = !negative_ && !IsZero();
  return negated;
}

int Number::Compare(const Number& a, const Number& b) {
  const int sign_a = a.IsZero() ? 0 : (a.negative_ ? -1 : 1);
  const int sign_b = b.IsZero() ? 0 : (b.negative_ ? -1 : 1);
  if (sign_a != sign_b) {
    return sign_a < sign_b ? -1 : 1;
  }
  if (sign_a == 0) {
    return 0;
  }
  const int digits_a = DigitCount(a.coefficient_);
  const int digits_b = DigitCount(b.coefficient_);
  const int first_a = a.exponent_ + digits_a;
  const int first_b = b.exponent_ + digits_b;
  if (first_a != first_b) {
    return first_a < first_b ? -sign_a : sign_a;
  }
  const Coefficient aligned_a = a.coefficient_ * PowerOfTen(std::max(digits_b - digits_a, 0));
  const Coefficient aligned_b = b.coefficient_ * PowerOfTen(std::max(digits_a - digits_b, 0));
  if (aligned_a == aligned_b) {
    return 0;
  }
  return aligned_a < aligned_b ? -sign_a : sign_a;
}

std::optional<int64_t> Number::Floor() const {
  constexpr auto kMagnitudeMax = static_cast<Coefficient>(std::numeric_limits<int64_t>::max());
  Coefficient magnitude = coefficient_;
  if (exponent_ < 0) {
    magnitude = exponent_ < -kNumberDigitsMax ? 0 : magnitude / PowerOfTen(-exponent_);
    magnitude += negative_ ? 1 : 0;  // something is lost, or there would be no negative exponent
  } else if (exponent_ > 0) {
    if (exponent_ > kNumberDigitsMax || magnitude > kMagnitudeMax / PowerOfTen(exponent_)) {
      return std::nullopt;
    }
    magnitude *= PowerOfTen(exponent_);
  }
  if (magnitude > kMagnitudeMax) {
    return std::nullopt;
  }
  const auto whole = static_cast<int64_t>(magnitude);
  return negative_ ? -whole : whole;
}

size_t Number::SizeBytes() const {
  if (IsZero()) {
    return 1;
  }
  const int digits = DigitCount(coefficient_);
  const int fraction_digits = std::clamp(-static_cast<int>(exponent_), 0, digits);
  const int whole_digits = digits - fraction_digits;
  return static_cast<size_t>(1 + (whole_digits + 1) / 2 + (fraction_digits + 1) / 2 + (negative_ ? 1 : 0));
}

void Number::AppendOrdered(std::string& out) const {
  if (IsZero()) {
    out.push_back(static_cast<char>(kZeroMark));
    return;
  }
  Digits digits(coefficient_);
  const int first_digit_exponent = exponent_ + digits.count - 1;
  if (digits.count % 2 != 0) {
    digits.text[static_cast<size_t>(digits.count++)] = '0';
  }
  const auto pairs = static_cast<size_t>(digits.count / 2);
  const unsigned flip = negative_ ? 0xff : 0;
  std::array<char, kNumberOrderedBytesMax> bytes;
  size_t size = 0;
  const auto push = [&](unsigned byte) { bytes[size++] = static_cast<char>(static_cast<uint8_t>(byte ^ flip)); };
  bytes[size++] = static_cast<char>(negative_ ? kNegativeMark : kPositiveMark);
  push(static_cast<unsigned>(first_digit_exponent - kNumberExponentMin));
  for (size_t i = 0; i < pairs; ++i) {
    const unsigned pair = DigitValue(digits.text[2 * i]) * 10 + DigitValue(digits.text[2 * i + 1]);
    push(pair * 2 + (i + 1 < pairs ? 1 : 0));
  }
  out.append(bytes.data(), size);
}

Result<Number> Number::DecodeOrdered(std::string_view& bytes) {
  if (bytes.empty()) {
    return BrokenKey();
  }
  const auto mark = static_cast<uint8_t>(bytes[0]);
  if (mark == kZeroMark) {
    bytes.remove_prefix(1);
    return Number();
  }
  if ((mark != kNegativeMark && mark != kPositiveMark) || bytes.size() < 3) {
    return BrokenKey();
  }
  const unsigned flip = mark == kNegativeMark ? 0xff : 0;
  const auto at = [&](size_t i) { return static_cast<uint8_t>(bytes[i]) ^ flip; };
  const int first_digit_exponent = static_cast<int>(at(1)) + kNumberExponentMin;
  Coefficient coefficient = 0;
  int digits = 0;
  for (size_t i = 2; i < std::min(bytes.size(), kNumberOrderedBytesMax); ++i) {
    const unsigned byte = at(i);
    const unsigned pair = byte / 2;
    const bool last = byte % 2 == 0;
    if (pair > 99 || (i == 2 && pair < 10) || (last && pair == 0)) {
      return BrokenKey();
    }
    coefficient = coefficient * 100 + pair;
    digits += 2;
    if (last) {
      bytes.remove_prefix(i + 1);
      Result<Number> number = Make(mark == kNegativeMark, coefficient, first_digit_exponent - digits + 1);
      return number.ok() ? std::move(number) : BrokenKey();
    }
  }
  return BrokenKey();
}

}  // namespace basalt::model
