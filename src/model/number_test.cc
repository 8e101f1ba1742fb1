// Numbers: the rows of the rules, and random ones against a slow fixed-point oracle.
#include "model/number.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "model/limits.h"

namespace basalt::model {
namespace {

constexpr std::string_view kOverflow =
    "Number overflow. Attempting to store a number with magnitude larger than supported range";
constexpr std::string_view kUnderflow =
    "Number underflow. Attempting to store a number with magnitude smaller than supported range";
constexpr std::string_view kTooPrecise = "Attempting to store more than 38 significant digits in a Number";

std::string Repeat(char digit, size_t count) { return std::string(count, digit); }

// The canonical text, or the text of the error.
std::string Outcome(const Result<Number>& number) {
  if (!number.ok()) {
    EXPECT_EQ(number.error().reason, Reason::kValidation);
    return number.error().text;
  }
  return number->ToCanonical();
}
std::string Parsed(std::string_view text) { return Outcome(Number::Parse(text)); }
Number Of(std::string_view text) { return Number::Parse(text).value(); }

// --- the oracle: 500 decimal digits, the last of them 10^-250 ---

constexpr size_t kOracleDigits = 500;
constexpr int kOracleScale = 250;

struct Decimal {
  bool negative = false;
  std::vector<int> digits = std::vector<int>(kOracleDigits, 0);  // most significant first
};

size_t PlaceOf(int exponent) { return kOracleDigits - 1 - static_cast<size_t>(exponent + kOracleScale); }

Decimal MakeDecimal(bool negative, const std::string& digits, int exponent) {
  Decimal decimal;
  decimal.negative = negative;
  for (size_t i = 0; i < digits.size(); ++i) {
    decimal.digits[PlaceOf(exponent + static_cast<int>(digits.size() - 1 - i))] = digits[i] - '0';
  }
  return decimal;
}

std::vector<int> AddDigits(const std::vector<int>& a, const std::vector<int>& b) {
  std::vector<int> sum(kOracleDigits, 0);
  int carry = 0;
  for (size_t i = kOracleDigits; i-- > 0;) {
    const int digit = a[i] + b[i] + carry;
    sum[i] = digit % 10;
    carry = digit / 10;
  }
  return sum;
}

std::vector<int> SubtractDigits(const std::vector<int>& a, const std::vector<int>& b) {
  std::vector<int> difference(kOracleDigits, 0);
  int borrow = 0;
  for (size_t i = kOracleDigits; i-- > 0;) {
    int digit = a[i] - b[i] - borrow;
    borrow = digit < 0 ? 1 : 0;
    digit += borrow * 10;
    difference[i] = digit;
  }
  return difference;
}

Decimal OracleAdd(const Decimal& a, const Decimal& b) {
  Decimal sum;
  if (a.negative == b.negative) {
    sum.negative = a.negative;
    sum.digits = AddDigits(a.digits, b.digits);
  } else if (a.digits >= b.digits) {
    sum.negative = a.negative;
    sum.digits = SubtractDigits(a.digits, b.digits);
  } else {
    sum.negative = b.negative;
    sum.digits = SubtractDigits(b.digits, a.digits);
  }
  return sum;
}

int OracleCompare(const Decimal& a, const Decimal& b) {
  const std::vector<int> zero(kOracleDigits, 0);
  const bool negative_a = a.negative && a.digits != zero;
  const bool negative_b = b.negative && b.digits != zero;
  if (negative_a != negative_b) {
    return negative_a ? -1 : 1;
  }
  const int order = a.digits < b.digits ? -1 : (a.digits == b.digits ? 0 : 1);
  return negative_a ? -order : order;
}

std::string OracleOutcome(const Decimal& decimal) {
  size_t first = 0;
  while (first < kOracleDigits && decimal.digits[first] == 0) {
    ++first;
  }
  if (first == kOracleDigits) {
    return "0";
  }
  size_t last = kOracleDigits - 1;
  while (decimal.digits[last] == 0) {
    --last;
  }
  if (first < PlaceOf(125)) {
    return std::string(kOverflow);
  }
  if (first > PlaceOf(-130)) {
    return std::string(kUnderflow);
  }
  if (last - first + 1 > 38) {
    return std::string(kTooPrecise);
  }
  std::string text = decimal.negative ? "-" : "";
  const size_t units = PlaceOf(0);
  for (size_t i = std::min(first, units); i <= std::max(last, units); ++i) {
    if (i == units + 1) {
      text += ".";
    }
    text += static_cast<char>('0' + decimal.digits[i]);
  }
  return text;
}

size_t OracleSize(const Decimal& decimal) {
  const std::string text = OracleOutcome(decimal);
  size_t first = 0;
  while (first < kOracleDigits && decimal.digits[first] == 0) {
    ++first;
  }
  if (first == kOracleDigits) {
    return 1;
  }
  size_t last = kOracleDigits - 1;
  while (decimal.digits[last] == 0) {
    --last;
  }
  const size_t units = PlaceOf(0);
  size_t left = 0;
  size_t right = 0;
  for (size_t i = first; i <= last; ++i) {
    (i <= units ? left : right) += 1;
  }
  return 1 + (left + 1) / 2 + (right + 1) / 2 + (decimal.negative ? 1 : 0);
}

struct Sample {
  std::string text;
  Decimal decimal;
};

class Generator {
 public:
  explicit Generator(uint64_t seed) : random_(seed) {}

  size_t Below(size_t bound) { return random_() % bound; }

  // A number that Parse accepts, often at a border: few digits, 38 of them, nines, powers of ten, ends of the range.
  Sample Next() {
    const size_t count = Below(3) == 0 ? 38 : 1 + Below(38);
    std::string digits;
    const size_t style = Below(4);
    for (size_t i = 0; i < count; ++i) {
      digits += style == 0 ? '9' : style == 1 ? (i == 0 ? '1' : '0') : static_cast<char>('0' + Below(10));
    }
    digits.front() = digits.front() == '0' ? '1' : digits.front();
    int first_exponent = 0;
    switch (Below(5)) {
      case 0:
        first_exponent = 125 - static_cast<int>(Below(3));
        break;
      case 1:
        first_exponent = -130 + static_cast<int>(Below(3));
        break;
      case 2:
        first_exponent = static_cast<int>(Below(256)) - 130;
        break;
      default:
        first_exponent = static_cast<int>(Below(44)) - 4;
    }
    const int exponent = first_exponent - static_cast<int>(count) + 1;
    const bool negative = Below(2) == 0;
    return {(negative ? "-" : "") + digits + "E" + std::to_string(exponent), MakeDecimal(negative, digits, exponent)};
  }

 private:
  std::mt19937_64 random_;
};

// --- syntax and text ---

TEST(Number, ParsesTheWholeSyntax) {
  const std::vector<std::pair<std::string_view, std::string_view>> rows = {{"0", "0"},
                                                                           {"-0", "0"},
                                                                           {"+0", "0"},
                                                                           {"0.0", "0"},
                                                                           {"00.00e7", "0"},
                                                                           {"0e999999999999999999999", "0"},
                                                                           {".0", "0"},
                                                                           {"00042", "42"},
                                                                           {"42", "42"},
                                                                           {"+42", "42"},
                                                                           {"-42", "-42"},
                                                                           {"1.5E2", "150"},
                                                                           {"1.5e+2", "150"},
                                                                           {"1.0", "1"},
                                                                           {"1E-5", "0.00001"},
                                                                           {"5.", "5"},
                                                                           {".5", "0.5"},
                                                                           {"-.5", "-0.5"},
                                                                           {"5.e1", "50"},
                                                                           {".5e1", "5"},
                                                                           {"1e0", "1"},
                                                                           {"1e00000003", "1000"},
                                                                           {"0.1200", "0.12"},
                                                                           {"-1.23e-2", "-0.0123"},
                                                                           {"100", "100"},
                                                                           {"12.340", "12.34"},
                                                                           {"0010.0100", "10.01"},
                                                                           {"120000e-4", "12"},
                                                                           {"0.00012e4", "1.2"}};
  for (const auto& [text, canonical] : rows) {
    EXPECT_EQ(Parsed(text), canonical) << text;
  }
}

TEST(Number, FloorIsTheWholeNumberBelow) {
  const auto floor = [](std::string_view text) { return Number::Parse(text)->Floor(); };
  EXPECT_EQ(floor("0"), 0);
  EXPECT_EQ(floor("7"), 7);
  EXPECT_EQ(floor("-7"), -7);
  EXPECT_EQ(floor("7.999"), 7);
  EXPECT_EQ(floor("-7.001"), -8);
  EXPECT_EQ(floor("1e-130"), 0);
  EXPECT_EQ(floor("-1e-130"), -1);
  EXPECT_EQ(floor("0." + Repeat('9', 38)), 0);
  EXPECT_EQ(floor("1.2e3"), 1200);
  EXPECT_EQ(floor("9223372036854775807"), INT64_MAX);
  EXPECT_EQ(floor("9223372036854775807.5"), INT64_MAX);
  EXPECT_EQ(floor("-9223372036854775807"), -INT64_MAX);
  for (const std::string& text :
       {std::string("9223372036854775808"), std::string("-9223372036854775807.5"), std::string("1e19"),
        std::string("9e125"), "1" + Repeat('0', 37), Repeat('9', 38), "-" + Repeat('9', 38)}) {
    EXPECT_EQ(floor(text), std::nullopt) << text;
  }
}

TEST(Number, RefusesWhatIsNotANumber) {
  EXPECT_EQ(Parsed(""), "The parameter cannot be converted to a numeric value");
  for (const std::string_view text : {" 1",    "1 ",  "1_0", "NaN", "Infinity", "-Infinity", "0x10", ".",     "+",
                                      "-",     "+-1", "--1", "1e",  "1e+",      "e5",        ".e5",  "1.2.3", "1e2.5",
                                      "1e2e3", "1,5", "abc", "1a",  "\xd9\xa3", "1\n",       "-.",   "1e 5",  "++1"}) {
    EXPECT_EQ(Parsed(text), "The parameter cannot be converted to a numeric value: " + std::string(text));
  }
}

TEST(Number, KeepsTheRange) {
  const std::string nines = Repeat('9', 38);
  EXPECT_EQ(Parsed("1E125"), "1" + Repeat('0', 125));
  EXPECT_EQ(Parsed("9." + Repeat('9', 37) + "E125"), nines + Repeat('0', 88));
  EXPECT_EQ(Parsed("-9." + Repeat('9', 37) + "E+125"), "-" + nines + Repeat('0', 88));
  EXPECT_EQ(Parsed("1E126"), kOverflow);
  EXPECT_EQ(Parsed("-1E126"), kOverflow);
  EXPECT_EQ(Parsed("10E125"), kOverflow);
  EXPECT_EQ(Parsed("1" + Repeat('0', 126)), kOverflow);
  EXPECT_EQ(Parsed("1E-130"), "0." + Repeat('0', 129) + "1");
  EXPECT_EQ(Parsed("1.5E-130"), "0." + Repeat('0', 129) + "15");
  EXPECT_EQ(Parsed("9.9E-131"), kUnderflow);
  EXPECT_EQ(Parsed("-1E-131"), kUnderflow);
  EXPECT_EQ(Parsed("0.1E-129"), "0." + Repeat('0', 129) + "1");
  EXPECT_EQ(Parsed("1E999999999999999999999999"), kOverflow);
  EXPECT_EQ(Parsed("1E-999999999999999999999999"), kUnderflow);
  EXPECT_EQ(Parsed("1E9223372036854775807"), kOverflow);
  EXPECT_EQ(Parsed("1E-9223372036854775808"), kUnderflow);
}

TEST(Number, CountsSignificantDigitsBetweenTheZeros) {
  const std::string digits38 = "12345678901234567890123456789012345678";
  EXPECT_EQ(Parsed(digits38), digits38);
  EXPECT_EQ(Parsed("000" + digits38 + ".000"), digits38);
  EXPECT_EQ(Parsed(digits38 + "000"), digits38 + "000");
  EXPECT_EQ(Parsed("0.000" + digits38), "0.000" + digits38);
  EXPECT_EQ(Parsed(digits38 + "9"), kTooPrecise);
  EXPECT_EQ(Parsed(digits38 + ".1"), kTooPrecise);
  EXPECT_EQ(Parsed("1" + Repeat('0', 37) + "1"), kTooPrecise);
  EXPECT_EQ(Parsed("1.1" + Repeat('0', 36) + "1"), kTooPrecise);
}

TEST(Number, ChecksRangeBeforePrecision) {
  EXPECT_EQ(Parsed(Repeat('1', 39) + "E125"), kOverflow);
  EXPECT_EQ(Parsed(Repeat('1', 39) + "E-200"), kUnderflow);
  EXPECT_EQ(Parsed(Repeat('1', 39) + "x"),
            "The parameter cannot be converted to a numeric value: " + Repeat('1', 39) + "x");
}

TEST(Number, IsLinearInHostileText) {
  const std::string zeros = Repeat('0', 4'000'000);
  EXPECT_EQ(Parsed(zeros + "7"), "7");
  EXPECT_EQ(Parsed("0." + zeros), "0");
  EXPECT_EQ(Parsed("7." + zeros), "7");
  EXPECT_EQ(Parsed("0." + zeros + "1E4000001"), "1");
  EXPECT_EQ(Parsed("1" + zeros + "E-4000000"), "1");
  EXPECT_EQ(Parsed("1" + zeros), kOverflow);
  EXPECT_EQ(Parsed("1E" + zeros + "5"), "100000");
  EXPECT_EQ(Parsed(Repeat('1', 4'000'000)), kOverflow);
}

TEST(Number, MakesIntegers) {
  for (const int64_t value :
       {int64_t{0}, int64_t{1}, int64_t{-1}, int64_t{100}, int64_t{-1200}, INT64_MAX, INT64_MIN}) {
    EXPECT_EQ(Number(value).ToCanonical(), std::to_string(value));
    EXPECT_EQ(Number::Compare(Number(value), Of(std::to_string(value))), 0);
  }
}

TEST(Number, KnowsCanonicalText) {
  for (const std::string_view text : {"0", "1", "-1", "10", "0.1", "-0.05", "12.34", "100.001", "120"}) {
    EXPECT_TRUE(Number::IsCanonical(text)) << text;
    EXPECT_EQ(Number::FromCanonical(text).ToCanonical(), text);
  }
  EXPECT_TRUE(Number::IsCanonical("1" + Repeat('0', 125)));
  EXPECT_FALSE(Number::IsCanonical("1" + Repeat('0', 126)));
  EXPECT_TRUE(Number::IsCanonical("0." + Repeat('0', 129) + "1"));
  EXPECT_FALSE(Number::IsCanonical("0." + Repeat('0', 130) + "1"));
  EXPECT_FALSE(Number::IsCanonical(Repeat('1', 39)));
  EXPECT_FALSE(Number::IsCanonical("0." + Repeat('1', 39)));
  EXPECT_FALSE(Number::IsCanonical("1." + Repeat('1', 38)));
  for (const std::string_view text : {"",    "-",  "-0",    "+1", "01", "1.", "1.0",   "1.10", ".5", "0.0", "1e5",
                                      "1E5", "00", "-00.1", "0x", "1 ", " 1", "1.2.3", "-01",  "0.", "--1"}) {
    EXPECT_FALSE(Number::IsCanonical(text)) << text;
  }
}

TEST(NumberDeathTest, StopsOnTextThatIsNotCanonical) {
  EXPECT_DEATH((void)Number::FromCanonical("1.0"), "");
  EXPECT_DEATH((void)Number::FromCanonical("x"), "");
}

TEST(Number, AgreesWithTheOracleOnText) {
  Generator generator(1);
  for (int i = 0; i < 20'000; ++i) {
    const Sample sample = generator.Next();
    const std::string canonical = OracleOutcome(sample.decimal);
    ASSERT_EQ(Parsed(sample.text), canonical) << sample.text;
    ASSERT_TRUE(Number::IsCanonical(canonical)) << canonical;
    ASSERT_EQ(Number::FromCanonical(canonical).ToCanonical(), canonical);
    ASSERT_EQ(Of(sample.text).SizeBytes(), OracleSize(sample.decimal)) << canonical;
  }
}

TEST(Number, IsCanonicalExactlyIfParsingKeepsTheText) {
  std::mt19937_64 random(3);
  constexpr std::string_view kAlphabet = "0123456789000.--eE+";
  int canonical_count = 0;
  for (int i = 0; i < 200'000; ++i) {
    std::string text;
    const size_t length = 1 + random() % 6;
    while (text.size() < length) {
      text += kAlphabet[random() % kAlphabet.size()];
    }
    const Result<Number> number = Number::Parse(text);
    const bool canonical = number.ok() && number->ToCanonical() == text;
    canonical_count += canonical ? 1 : 0;
    ASSERT_EQ(Number::IsCanonical(text), canonical) << text;
  }
  EXPECT_GT(canonical_count, 1000);
}

// --- arithmetic ---

TEST(Number, AddsExactly) {
  const auto sum = [](std::string_view a, std::string_view b) { return Outcome(Number::Add(Of(a), Of(b))); };
  const std::string nines = Repeat('9', 38);
  EXPECT_EQ(sum("1", "2"), "3");
  EXPECT_EQ(sum("0.1", "0.2"), "0.3");
  EXPECT_EQ(sum("1", "-1"), "0");
  EXPECT_EQ(sum("0", "-5"), "-5");
  EXPECT_EQ(sum("-5", "0"), "-5");
  EXPECT_EQ(sum("99", "1"), "100");
  EXPECT_EQ(sum(nines, "1"), "1" + Repeat('0', 38));
  EXPECT_EQ(sum(nines, "2"), kTooPrecise);
  EXPECT_EQ(sum("1E38", "-1"), nines);
  EXPECT_EQ(sum("1E38", "1"), kTooPrecise);
  EXPECT_EQ(sum("1E39", "-1"), kTooPrecise);
  EXPECT_EQ(sum("1E37", "1"), "1" + Repeat('0', 36) + "1");
  EXPECT_EQ(sum("1E125", "1E-130"), kTooPrecise);
  EXPECT_EQ(sum("9E125", "1E125"), kOverflow);
  EXPECT_EQ(sum(nines + "E88", "1E88"), kOverflow);
  EXPECT_EQ(sum(nines + "E88", nines + "E85"), kOverflow);  // 41 digits too
  EXPECT_EQ(sum(nines + "E88", "1E87"), kTooPrecise);
  EXPECT_EQ(sum("1.5E-130", "-1E-130"), kUnderflow);
  EXPECT_EQ(sum("2E-130", "-1E-130"), "0." + Repeat('0', 129) + "1");
}

TEST(Number, SubtractsExactly) {
  const auto difference = [](std::string_view a, std::string_view b) {
    return Outcome(Number::Subtract(Of(a), Of(b)));
  };
  EXPECT_EQ(difference("1", "2"), "-1");
  EXPECT_EQ(difference("0.3", "0.1"), "0.2");
  EXPECT_EQ(difference("0", "0"), "0");
  EXPECT_EQ(difference("0", "7"), "-7");
  EXPECT_EQ(difference("-9E125", "1E125"), kOverflow);
}

TEST(Number, AgreesWithTheOracleOnSums) {
  Generator generator(2);
  int fitting = 0;
  for (int i = 0; i < 40'000; ++i) {
    const Sample a = generator.Next();
    const Sample b = generator.Next();
    const std::string expected = OracleOutcome(OracleAdd(a.decimal, b.decimal));
    const Result<Number> sum = Number::Add(Of(a.text), Of(b.text));
    fitting += sum.ok() ? 1 : 0;
    ASSERT_EQ(Outcome(sum), expected) << a.text << " + " << b.text;
    Decimal opposite = b.decimal;
    opposite.negative = !opposite.negative;
    ASSERT_EQ(Outcome(Number::Subtract(Of(a.text), Of(b.text))), OracleOutcome(OracleAdd(a.decimal, opposite)))
        << a.text << " - " << b.text;
  }
  EXPECT_GT(fitting, 4000);
}

// --- order ---

TEST(Number, ComparesByValue) {
  const std::vector<std::string> ascending = {"-9.9E125", "-1E125",  "-100", "-99.5",  "-10",      "-1.01", "-1",
                                              "-0.5",     "-1E-130", "0",    "1E-130", "1.1E-130", "0.01",  "0.1",
                                              "0.11",     "0.2",     "1",    "1.5",    "2",        "9",     "10",
                                              "10.5",     "11",      "99",   "100",    "1E125"};
  for (size_t i = 0; i < ascending.size(); ++i) {
    for (size_t j = 0; j < ascending.size(); ++j) {
      const int order = Number::Compare(Of(ascending[i]), Of(ascending[j]));
      EXPECT_EQ(order, i < j ? -1 : (i == j ? 0 : 1)) << ascending[i] << " " << ascending[j];
    }
  }
  EXPECT_EQ(Number::Compare(Of("1.0"), Of("1")), 0);
  EXPECT_EQ(Number::Compare(Of("-0"), Of("0")), 0);
}

TEST(Number, OrderedBytesSortAsTheNumbersDo) {
  Generator generator(4);
  for (int i = 0; i < 40'000; ++i) {
    const Sample a = generator.Next();
    const Sample b = i % 50 == 0 ? Sample{"0", Decimal()} : generator.Next();
    std::string bytes_a;
    std::string bytes_b;
    Of(a.text).AppendOrdered(bytes_a);
    Of(b.text).AppendOrdered(bytes_b);
    const int expected = OracleCompare(a.decimal, b.decimal);
    ASSERT_EQ(Number::Compare(Of(a.text), Of(b.text)), expected) << a.text << " " << b.text;
    const int order = bytes_a.compare(bytes_b);
    ASSERT_EQ(order < 0 ? -1 : (order > 0 ? 1 : 0), expected) << a.text << " " << b.text;
    ASSERT_LE(bytes_a.size(), kNumberOrderedBytesMax);
    if (expected != 0) {
      ASSERT_FALSE(bytes_a.starts_with(bytes_b));  // what follows in a key never matters
      ASSERT_FALSE(bytes_b.starts_with(bytes_a));
    }
  }
}

TEST(Number, OrderedBytesDecodeToTheNumber) {
  Generator generator(5);
  for (int i = 0; i < 20'000; ++i) {
    const Number number = i == 0 ? Number() : Of(generator.Next().text);
    std::string bytes;
    number.AppendOrdered(bytes);
    const size_t size = bytes.size();
    bytes += "tail";
    std::string_view rest = bytes;
    const Result<Number> decoded = Number::DecodeOrdered(rest);
    ASSERT_TRUE(decoded.ok());
    ASSERT_EQ(rest, "tail");
    ASSERT_EQ(Number::Compare(*decoded, number), 0);
    ASSERT_EQ(decoded->ToCanonical(), number.ToCanonical());
    for (size_t cut = 0; cut < size; ++cut) {
      std::string_view part = std::string_view(bytes).substr(0, cut);
      const Result<Number> broken = Number::DecodeOrdered(part);
      ASSERT_FALSE(broken.ok());
      ASSERT_EQ(broken.error().reason, Reason::kCorruption);
      ASSERT_EQ(part.size(), cut);
    }
  }
}

TEST(Number, RefusesBytesThatNoNumberHas) {
  using namespace std::string_view_literals;
  for (const std::string_view bytes : {"\x00"sv, "\x04\x80\x14"sv, "\x03\x82\xc8"sv, "\x03\x82\x00"sv, "\x03\x82\x02"sv,
                                       "\x03\x82\x15\x00"sv, "\x03\x82\x15"sv, "\x03\x82\xff\x14"sv}) {
    std::string_view rest = bytes;
    EXPECT_FALSE(Number::DecodeOrdered(rest).ok());
  }
  const std::string endless = "\x03\x82" + std::string(20, '\x15') + "\x14";  // forty-two digits
  std::string_view rest = endless;
  EXPECT_FALSE(Number::DecodeOrdered(rest).ok());
}

TEST(Number, CountsBytesAsTheServiceDoes) {
  const std::vector<std::pair<std::string, size_t>> rows = {{"0", 1},
                                                            {"1", 2},
                                                            {"42", 2},
                                                            {"-42", 3},
                                                            {"1.2", 3},
                                                            {"12.34", 3},
                                                            {"100", 2},
                                                            {"0.01", 2},
                                                            {"120", 2},
                                                            {"0.012", 2},
                                                            {"-0.5", 3},
                                                            {"123", 3},
                                                            {"10.01", 3},
                                                            {"1E125", 2},
                                                            {"1E-130", 2},
                                                            {std::string(38, '9'), 20},
                                                            {"-" + std::string(38, '9'), 21},
                                                            {"9." + std::string(37, '9'), 21}};
  for (const auto& [text, size] : rows) {
    EXPECT_EQ(Of(text).SizeBytes(), size) << text;
  }
}

}  // namespace
}  // namespace basalt::model
