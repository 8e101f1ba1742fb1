// Shares, relief, and that everything is given back.
#include "server/admission.h"

#include <gtest/gtest.h>

#include <vector>

namespace basalt::server {
namespace {

using Signer = Admission::Signer;

constexpr uint64_t kMebibyte = uint64_t{1} << 20;

// Gives up a part at a time, the first first.
class Stalled final : public http::Relief {
 public:
  bool EndSlowest() override {
    if (held.empty()) {
      return false;
    }
    held.erase(held.begin());
    return true;
  }
  std::vector<std::unique_ptr<http::Ticket>> held;
};

std::shared_ptr<Admission> MakeAdmission(uint64_t requests_max = 1000, uint64_t bytes_max = 64 * kMebibyte) {
  return std::make_shared<Admission>(requests_max, bytes_max);
}

TEST(Admission, EveryRequestCountsWithItsBuffer) {
  const auto admission = MakeAdmission(2);
  Stalled nobody;
  auto first = admission->Admit(Signer::kKnown, nobody);
  const auto second = admission->Admit(Signer::kKnown, nobody);
  EXPECT_EQ(admission->bytes(), 2 * Admission::kRequestBytesMin);
  EXPECT_EQ(admission->Admit(Signer::kKnown, nobody), nullptr);
  EXPECT_EQ(admission->requests(), 2U);
  first.reset();
  EXPECT_EQ(admission->bytes(), Admission::kRequestBytesMin);
  EXPECT_NE(admission->Admit(Signer::kKnown, nobody), nullptr);
}

TEST(Admission, GrowsAndShrinksAndForgetsNothing) {
  const auto admission = MakeAdmission();
  Stalled nobody;
  {
    const auto ticket = admission->Admit(Signer::kKnown, nobody);
    EXPECT_TRUE(ticket->Hold(10 * kMebibyte));
    EXPECT_EQ(admission->bytes(), 10 * kMebibyte);
    EXPECT_FALSE(ticket->Hold(49 * kMebibyte));
    EXPECT_EQ(admission->bytes(), 10 * kMebibyte);  // a refusal changes nothing
    EXPECT_TRUE(ticket->Hold(0));
    EXPECT_EQ(admission->bytes(), Admission::kRequestBytesMin);
    Admission::Part part(admission);
    EXPECT_TRUE(part.Resize(kMebibyte, nullptr));
    EXPECT_EQ(admission->bytes(), kMebibyte + Admission::kRequestBytesMin);
  }
  EXPECT_EQ(admission->bytes(), 0U);
  EXPECT_EQ(admission->requests(), 0U);
}

TEST(Admission, LargeRequestsLeaveAQuarterToSmallOnesAndStrangersAQuarterToTheKnown) {
  const auto admission = MakeAdmission();
  Stalled nobody;
  const auto stranger = admission->Admit(Signer::kStranger, nobody);
  EXPECT_FALSE(stranger->Hold(32 * kMebibyte + 1));
  EXPECT_TRUE(stranger->Hold(32 * kMebibyte));
  const auto known = admission->Admit(Signer::kKnown, nobody);
  EXPECT_FALSE(known->Hold(16 * kMebibyte + 1));
  EXPECT_TRUE(known->Hold(16 * kMebibyte));
  const auto other = admission->Admit(Signer::kKnown, nobody);
  EXPECT_FALSE(other->Hold(Admission::kSmallBytesMax + 1));
  std::vector<std::unique_ptr<http::Ticket>> small;
  for (uint64_t i = 0; i < 63; ++i) {
    small.push_back(admission->Admit(Signer::kStranger, nobody));
    ASSERT_NE(small.back(), nullptr);
    EXPECT_TRUE(small.back()->Hold(Admission::kSmallBytesMax)) << i;
  }
  EXPECT_LE(admission->bytes(), 64 * kMebibyte);
}

TEST(Admission, WhatStalledGoesUntilThereIsRoomAndNoFurther) {
  const auto admission = MakeAdmission(4);
  Stalled stalled;
  for (int i = 0; i < 3; ++i) {
    stalled.held.push_back(admission->Admit(Signer::kKnown, stalled));
    ASSERT_TRUE(stalled.held.back()->Hold(16 * kMebibyte));
  }
  const auto moving = admission->Admit(Signer::kKnown, stalled);
  EXPECT_TRUE(moving->Hold(20 * kMebibyte));
  EXPECT_EQ(stalled.held.size(), 1U);
  const auto small = admission->Admit(Signer::kKnown, stalled);
  EXPECT_EQ(stalled.held.size(), 1U);
  // What can never be granted ends nobody.
  EXPECT_FALSE(moving->Hold(49 * kMebibyte));
  EXPECT_EQ(stalled.held.size(), 1U);
  // Nor does a part that may ask nobody.
  Admission::Part part(admission);
  EXPECT_FALSE(part.Resize(20 * kMebibyte, nullptr));
  EXPECT_EQ(stalled.held.size(), 1U);
}

TEST(Admission, TooManyRequestsMakeRoomToo) {
  const auto admission = MakeAdmission(2);
  Stalled stalled;
  stalled.held.push_back(admission->Admit(Signer::kKnown, stalled));
  stalled.held.push_back(admission->Admit(Signer::kKnown, stalled));
  const auto third = admission->Admit(Signer::kKnown, stalled);
  EXPECT_NE(third, nullptr);
  EXPECT_EQ(stalled.held.size(), 1U);
}

TEST(Admission, APartKnowsHowFarItMayGrow) {
  for (const uint64_t taken : {uint64_t{0}, 10 * kMebibyte, 48 * kMebibyte - 100, 63 * kMebibyte + 900'000}) {
    const auto admission = MakeAdmission();
    Stalled nobody;
    std::vector<std::unique_ptr<Admission::Part>> others;
    for (uint64_t left = taken; left > 0;) {
      const uint64_t bytes = std::min(left, Admission::kSmallBytesMax);
      others.push_back(std::make_unique<Admission::Part>(admission));
      ASSERT_TRUE(others.back()->Resize(bytes, nullptr));
      left -= bytes;
    }
    Admission::Part part(admission);
    const uint64_t most = part.SizeMax();
    EXPECT_TRUE(part.Resize(most, nullptr)) << taken;
    EXPECT_EQ(part.SizeMax(), most);
    EXPECT_FALSE(part.Resize(most + 1, nullptr)) << taken;
  }
}

TEST(Admission, APartMayOutliveWhoMadeTheAdmission) {
  auto admission = MakeAdmission();
  Admission::Part part(admission);
  admission.reset();
  EXPECT_TRUE(part.Resize(kMebibyte, nullptr));
}

}  // namespace
}  // namespace basalt::server
