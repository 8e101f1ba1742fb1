// Typed values of conditions as text: instants, networks. Numbers are model::Number. Pure.
// Source: IAM User Guide, "IAM JSON policy elements: Condition operators"; W3C note on date and time formats.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace basalt::policy {

// YYYY, YYYY-MM, YYYY-MM-DD, YYYY-MM-DDThh:mmTZD, …:ssTZD, …:ss.fTZD with TZD Z, +hh:mm or -hh:mm; or seconds since
// 1970 in decimal. Four digits are a year. Microseconds since 1970; digits beyond are cut off. Years 1 to 9999, or as
// many seconds.
std::optional<int64_t> ParseInstant(std::string_view text);

// An address with the length of its prefix; a bare one is a network of itself. An IPv4 address written as an IPv6 one
// (::ffff:192.0.2.1) is the IPv4 address.
struct Network {
  std::array<uint8_t, 16> address = {};  // IPv4: the first four
  bool is_v6 = false;
  uint8_t prefix_bits = 0;

  bool Contains(const Network& other) const;  // families never overlap
};
std::optional<Network> ParseNetwork(std::string_view text);

std::optional<bool> ParseBool(std::string_view text);  // any case

}  // namespace basalt::policy
