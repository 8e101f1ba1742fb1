#include "policy/condition_value.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cstring>

#include "policy/condition_key.h"

namespace basalt::policy {
namespace {

constexpr int64_t kMicrosPerSecond = 1'000'000;
constexpr int64_t kSecondsMax = 253'402'300'799;  // the end of the year 9999
constexpr int64_t kSecondsMin = -62'135'596'800;  // the beginning of the year 1
constexpr size_t kAddressLengthMax = 45;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Takes exactly `digits` digits.
bool TakeNumber(std::string_view& text, size_t digits, int64_t& value) {
  if (text.size() < digits || !std::all_of(text.begin(), text.begin() + static_cast<ptrdiff_t>(digits), IsDigit)) {
    return false;
  }
  value = 0;
  for (size_t i = 0; i < digits; ++i) {
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(digits);
  return true;
}
bool TakeCharacter(std::string_view& text, char c) {
  if (!text.starts_with(c)) {
    return false;
  }
  text.remove_prefix(1);
  return true;
}

// At least one digit; the first six count.
bool TakeFraction(std::string_view& text, int64_t& micros) {
  micros = 0;
  int64_t unit = kMicrosPerSecond / 10;
  if (text.empty() || !IsDigit(text.front())) {
    return false;
  }
  for (; !text.empty() && IsDigit(text.front()); text.remove_prefix(1)) {
    micros += unit * (text.front() - '0');
    unit /= 10;
  }
  return true;
}

bool IsLeapYear(int64_t year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

int64_t DaysOfMonth(int64_t year, int64_t month) {
  constexpr std::array<int64_t, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && IsLeapYear(year) ? 29 : kDays[static_cast<size_t>(month - 1)];
}

// Of the proleptic Gregorian calendar, from 1970-01-01.
int64_t DaysBefore(int64_t year, int64_t month, int64_t day) {
  const int64_t past = year - 1;
  int64_t days = past * 365 + past / 4 - past / 100 + past / 400 - 719'162;
  for (int64_t m = 1; m < month; ++m) {
    days += DaysOfMonth(year, m);
  }
  return days + day - 1;
}

std::optional<int64_t> ParseEpochSeconds(std::string_view text) {
  const bool negative = TakeCharacter(text, '-');
  int64_t seconds = 0;
  if (text.empty() || !IsDigit(text.front())) {
    return std::nullopt;
  }
  for (; !text.empty() && IsDigit(text.front()); text.remove_prefix(1)) {
    seconds = seconds * 10 + (text.front() - '0');
    if (seconds > kSecondsMax) {
      return std::nullopt;
    }
  }
  int64_t micros = 0;
  if (TakeCharacter(text, '.') && !TakeFraction(text, micros)) {
    return std::nullopt;
  }
  if (!text.empty() || (negative && -seconds < kSecondsMin)) {
    return std::nullopt;
  }
  const int64_t magnitude = seconds * kMicrosPerSecond + micros;
  return negative ? -magnitude : magnitude;
}

}  // namespace

std::optional<int64_t> ParseInstant(std::string_view text) {
  if (text.size() != 4 && (text.size() < 5 || text[4] != '-')) {
    return ParseEpochSeconds(text);
  }
  std::string_view rest = text;
  int64_t year = 0;
  int64_t month = 1;
  int64_t day = 1;
  if (!TakeNumber(rest, 4, year) || year < 1) {
    return ParseEpochSeconds(text);
  }
  if (!rest.empty() && (!TakeCharacter(rest, '-') || !TakeNumber(rest, 2, month) || month < 1 || month > 12)) {
    return std::nullopt;
  }
  if (!rest.empty() &&
      (!TakeCharacter(rest, '-') || !TakeNumber(rest, 2, day) || day < 1 || day > DaysOfMonth(year, month))) {
    return std::nullopt;
  }
  int64_t seconds = DaysBefore(year, month, day) * 86'400;
  if (rest.empty()) {
    return seconds * kMicrosPerSecond;
  }
  int64_t hour = 0;
  int64_t minute = 0;
  int64_t second = 0;
  int64_t micros = 0;
  if (!TakeCharacter(rest, 'T') || !TakeNumber(rest, 2, hour) || hour > 23 || !TakeCharacter(rest, ':') ||
      !TakeNumber(rest, 2, minute) || minute > 59) {
    return std::nullopt;
  }
  if (TakeCharacter(rest, ':')) {
    if (!TakeNumber(rest, 2, second) || second > 60 || (TakeCharacter(rest, '.') && !TakeFraction(rest, micros))) {
      return std::nullopt;
    }
  }
  seconds += hour * 3600 + minute * 60 + second;
  if (TakeCharacter(rest, 'Z')) {
    return rest.empty() ? std::optional(seconds * kMicrosPerSecond + micros) : std::nullopt;
  }
  const bool east = TakeCharacter(rest, '+');
  int64_t zone_hour = 0;
  int64_t zone_minute = 0;
  if ((!east && !TakeCharacter(rest, '-')) || !TakeNumber(rest, 2, zone_hour) || zone_hour > 23 ||
      !TakeCharacter(rest, ':') || !TakeNumber(rest, 2, zone_minute) || zone_minute > 59 || !rest.empty()) {
    return std::nullopt;
  }
  const int64_t offset = zone_hour * 3600 + zone_minute * 60;
  return (east ? seconds - offset : seconds + offset) * kMicrosPerSecond + micros;
}

bool Network::Contains(const Network& other) const {
  if (is_v6 != other.is_v6 || prefix_bits > other.prefix_bits) {
    return false;
  }
  const size_t whole = prefix_bits / 8;
  if (!std::equal(address.begin(), address.begin() + static_cast<ptrdiff_t>(whole), other.address.begin())) {
    return false;
  }
  const unsigned rest = prefix_bits % 8U;
  return rest == 0 || ((address[whole] ^ other.address[whole]) >> (8U - rest)) == 0;
}

std::optional<Network> ParseNetwork(std::string_view text) {
  const size_t slash = text.find('/');
  const std::string_view address = text.substr(0, slash);
  if (address.size() > kAddressLengthMax) {
    return std::nullopt;
  }
  std::array<char, kAddressLengthMax + 1> terminated = {};
  std::copy(address.begin(), address.end(), terminated.begin());
  if (std::strlen(terminated.data()) != address.size()) {
    return std::nullopt;
  }
  Network network;
  network.is_v6 = address.find(':') != std::string_view::npos;
  if (inet_pton(network.is_v6 ? AF_INET6 : AF_INET, terminated.data(), network.address.data()) != 1) {
    return std::nullopt;
  }
  int64_t bits = network.is_v6 ? 128 : 32;
  if (slash != std::string_view::npos) {
    std::string_view prefix = text.substr(slash + 1);
    const int64_t bits_max = bits;
    const bool padded = prefix.size() > 1 && prefix.front() == '0';
    if (prefix.empty() || prefix.size() > 3 || padded || !TakeNumber(prefix, prefix.size(), bits) || bits > bits_max) {
      return std::nullopt;
    }
  }
  constexpr std::array<uint8_t, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
  if (network.is_v6 && bits >= 96 && std::equal(kMapped.begin(), kMapped.end(), network.address.begin())) {
    std::copy(network.address.begin() + 12, network.address.end(), network.address.begin());
    std::fill(network.address.begin() + 4, network.address.end(), uint8_t{0});
    network.is_v6 = false;
    bits -= 96;
  }
  network.prefix_bits = static_cast<uint8_t>(bits);
  return network;
}

std::optional<bool> ParseBool(std::string_view text) {
  if (EqualsIgnoringCase(text, "true")) {
    return true;
  }
  return EqualsIgnoringCase(text, "false") ? std::optional(false) : std::nullopt;
}

}  // namespace basalt::policy
