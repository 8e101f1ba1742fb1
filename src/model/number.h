// Number: DynamoDB's decimal of up to 38 significant digits, magnitude zero or 1E-130 to 9.99…E+125. Exact: an
// operation whose result does not fit fails, it never rounds.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/arena.h"
#include "base/result.h"

namespace basalt::model {

class Number {
 public:
  Number() = default;  // zero
  explicit Number(int64_t value);

  // Errors are kValidation with the service's texts (data plane, "Numbers").
  static Result<Number> Parse(std::string_view text);
  // For text this process wrote itself: what is not canonical stops the process.
  static Number FromCanonical(std::string_view text);
  static bool IsCanonical(std::string_view text);

  // Plain decimal, no exponent, no superfluous zeros or signs: "42", "-0.00001".
  void AppendCanonical(std::string& out) const;
  std::string ToCanonical() const;
  std::string_view ToCanonical(Arena& arena) const;

  static Result<Number> Add(const Number& a, const Number& b);
  static Result<Number> Subtract(const Number& a, const Number& b);
  Number Negated() const;
  static int Compare(const Number& a, const Number& b);  // <0, 0, >0

  size_t SizeBytes() const;  // as the service counts it

  // The greatest whole number that is not above this one; nullopt if 64 bits do not hold it.
  std::optional<int64_t> Floor() const;

  bool IsZero() const { return coefficient_ == 0; }
  bool negative() const { return negative_; }

  // Bytes that sort as the numbers do, self-delimiting, at most 21; DecodeOrdered is its inverse.
  void AppendOrdered(std::string& out) const;
  static Result<Number> DecodeOrdered(std::string_view& bytes);  // consumes from the front; kCorruption

 private:
  // value = (-1)^negative_ * coefficient_ * 10^exponent_; coefficient_ has no trailing decimal zero, zero is {0, 0}.
  __extension__ using Coefficient = unsigned __int128;
  static Result<Number> Make(bool negative, Coefficient coefficient, int exponent);

  bool negative_ = false;
  int16_t exponent_ = 0;
  Coefficient coefficient_ = 0;
};

}  // namespace basalt::model
