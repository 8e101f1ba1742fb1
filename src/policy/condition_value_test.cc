#include "policy/condition_value.h"

#include <gtest/gtest.h>

#include <string>

namespace basalt::policy {
namespace {

constexpr int64_t kSecond = 1'000'000;

TEST(ConditionValue, ReadsInstants) {
  const struct {
    std::string_view text;
    int64_t micros;
  } rows[] = {
      {"1970", 0},
      {"2026", 1767225600 * kSecond},
      {"2026-02", 1769904000 * kSecond},
      {"2024-02-29", 1709164800 * kSecond},
      {"2026-01-01T00:00Z", 1767225600 * kSecond},
      {"2026-01-01T00:00:01Z", 1767225601 * kSecond},
      {"2026-01-01T00:00:01.5Z", 1767225601 * kSecond + 500'000},
      {"2026-01-01T00:00:01.1234567Z", 1767225601 * kSecond + 123'456},
      {"2026-01-01T02:30:00+02:30", 1767225600 * kSecond},
      {"2025-12-31T16:00:00-08:00", 1767225600 * kSecond},
      {"0001-01-01", -62135596800 * kSecond},
      {"9999-12-31T23:59:59Z", 253402300799 * kSecond},
      {"1767225600", 1767225600 * kSecond},
      {"1767225600.25", 1767225600 * kSecond + 250'000},
      {"0", 0},
      {"-1", -kSecond},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(ParseInstant(row.text), row.micros) << row.text;
  }
}

TEST(ConditionValue, RefusesWhatIsNoInstant) {
  for (const std::string_view text : {"",
                                      "now",
                                      "2026-",
                                      "2026-13",
                                      "2026-00",
                                      "2026-02-29",
                                      "2026-1-1",
                                      "2026-01-01T",
                                      "2026-01-01T00:00",
                                      "2026-01-01T24:00Z",
                                      "2026-01-01T00:60Z",
                                      "2026-01-01T00:00:00",
                                      "2026-01-01T00:00:00.Z",
                                      "2026-01-01T00:00:00z",
                                      "2026-01-01 00:00:00Z",
                                      "2026-01-01T00:00:00+0230",
                                      "2026-01-01T00:00:00+24:00",
                                      "2026-01-01Z",
                                      "0000-01-01",
                                      "253402300800",
                                      "99999999999999999999",
                                      "1.",
                                      ".5",
                                      "1e3",
                                      "-",
                                      "1767225600 "}) {
    EXPECT_EQ(ParseInstant(text), std::nullopt) << text;
  }
}

TEST(ConditionValue, KnowsWhichAddressesANetworkHolds) {
  const struct {
    std::string_view network, address;
    bool contains;
  } rows[] = {
      {"10.0.0.0/8", "10.255.0.1", true},
      {"10.0.0.0/8", "11.0.0.1", false},
      {"10.1.2.3", "10.1.2.3", true},
      {"10.1.2.3", "10.1.2.4", false},
      {"10.1.2.3/31", "10.1.2.2", true},
      {"10.1.2.3/31", "10.1.2.4", false},
      {"0.0.0.0/0", "8.8.8.8", true},
      {"0.0.0.0/0", "::1", false},
      {"::/0", "8.8.8.8", false},
      {"::/0", "2001:db8::1", true},
      {"2001:db8::/33", "2001:db8:7fff::1", true},
      {"2001:db8::/33", "2001:db8:8000::1", false},
      {"2001:DB8::1", "2001:db8:0:0:0:0:0:1", true},
      {"10.0.0.0/8", "::ffff:10.1.2.3", true},
      {"::ffff:10.0.0.0/104", "10.1.2.3", true},
      {"10.0.0.0/16", "10.0.0.0/8", false},
      {"10.0.0.0/8", "10.0.0.0/16", true},
  };
  for (const auto& row : rows) {
    const std::optional<Network> network = ParseNetwork(row.network);
    const std::optional<Network> address = ParseNetwork(row.address);
    ASSERT_TRUE(network && address) << row.network << ' ' << row.address;
    EXPECT_EQ(network->Contains(*address), row.contains) << row.network << " holds " << row.address;
  }
}

TEST(ConditionValue, RefusesWhatIsNoNetwork) {
  for (const std::string_view text :
       {"", "10", "10.0.0", "10.0.0.256", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/08", "10.0.0.0/8/8",
        "10.0.0.0/a", "10.*", "::1/129", ":::", "2001:db8", "localhost", " 10.0.0.1", "10.0.0.1 ",
        "10.0.0.1000000000000000000000000000000000000000000000000000000000000"}) {
    EXPECT_FALSE(ParseNetwork(text).has_value()) << text;
  }
  EXPECT_FALSE(ParseNetwork(std::string_view("10.0.0.1\0x", 10)).has_value());
}

TEST(ConditionValue, ReadsTruthInAnyCase) {
  EXPECT_EQ(ParseBool("true"), true);
  EXPECT_EQ(ParseBool("FALSE"), false);
  EXPECT_EQ(ParseBool("yes"), std::nullopt);
  EXPECT_EQ(ParseBool(""), std::nullopt);
}

}  // namespace
}  // namespace basalt::policy
