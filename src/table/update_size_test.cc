// Tests of both measures of an updated item, at the exact byte.
#include "table/update_size.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "model/limits.h"

namespace basalt::table {
namespace {

// The largest item that passes.
size_t LargestBytes(model::Item key, const expression::Update* update, UpdateMeasure measure) {
  size_t size_bytes = model::kItemSizeBytesMax + 1000;
  while (!CheckUpdatedSize(size_bytes, key, update, measure).ok()) {
    --size_bytes;
  }
  return size_bytes;
}

class UpdateSizeTest : public ::testing::Test {
 protected:
  // Beyond what the item alone may have: negative if the actions take something of it.
  std::ptrdiff_t Room(std::string_view text, UpdateMeasure measure = UpdateMeasure::kItemAndActions) {
    std::array<model::Attribute, 2> values = {
        {{":n", model::Value::Number("1")}, {":s", model::Value::Set(model::Type::kSs, kMembers)}}};
    expression::Placeholders placeholders({}, values);
    const auto update = expression::ParseUpdate(text, placeholders, arena_);
    EXPECT_TRUE(update.ok()) << text;
    return static_cast<std::ptrdiff_t>(LargestBytes(key_, *update, measure)) -
           static_cast<std::ptrdiff_t>(model::kItemSizeBytesMax);
  }

  static constexpr std::array<std::string_view, 1> kMembers = {"a"};
  Arena arena_;
  std::array<model::Attribute, 1> key_ = {{{"pk", model::Value::String("abc")}}};  // 5 bytes
};

TEST_F(UpdateSizeTest, TheItemAloneIsMeasuredByDefault) {
  EXPECT_EQ(kUpdateMeasure, UpdateMeasure::kItem);
  for (const std::string_view text : {"SET a = :n, b = b + :n, c[0] = :n", "REMOVE a, b", "ADD a :n DELETE b :s"}) {
    EXPECT_EQ(Room(text, UpdateMeasure::kItem), 0) << text;
  }
  EXPECT_EQ(LargestBytes(key_, nullptr, UpdateMeasure::kItem), model::kItemSizeBytesMax);
  const Status refused = CheckUpdatedSize(model::kItemSizeBytesMax + 1, key_, nullptr, UpdateMeasure::kItem);
  EXPECT_EQ(refused.error().reason, Reason::kValidation);
  EXPECT_EQ(refused.error().text, "Item size to update has exceeded the maximum allowed size");
}

TEST_F(UpdateSizeTest, TheSecondMeasureCountsActionsInPlaceOfTheKey) {
  const std::ptrdiff_t without_actions = 5 - 3;
  EXPECT_EQ(Room("SET a = :n"), without_actions - 19);
  EXPECT_EQ(Room("ADD a :n"), without_actions - 19);
  EXPECT_EQ(Room("SET a = :n, b = c"), without_actions - 2 * 19);
  EXPECT_EQ(Room("SET a[1] = :n"), without_actions - 19 - 1);
  EXPECT_EQ(Room("SET a[1].b[2] = :n, c.d = :n"), without_actions - 2 * 19 - 1);
  EXPECT_EQ(Room("SET a = b + :n"), without_actions - 19 - 50);
  EXPECT_EQ(Room("SET a[0] = if_not_exists(b, :n) - :n"), without_actions - 19 - 1 - 50);
  EXPECT_EQ(Room("REMOVE a"), without_actions - 2);
  EXPECT_EQ(Room("REMOVE a[3] DELETE b :s"), without_actions - 2 * 2);
  EXPECT_EQ(Room("SET a = :n REMOVE b ADD c :n DELETE d :s"), without_actions - 2 * 19 - 2 * 2);
  // The limit on the item itself stays.
  EXPECT_EQ(LargestBytes(key_, nullptr, UpdateMeasure::kItemAndActions), model::kItemSizeBytesMax);
  // Without a key to leave out and without an action, the three bytes are what is left.
  EXPECT_EQ(LargestBytes({}, nullptr, UpdateMeasure::kItemAndActions), model::kItemSizeBytesMax - 3);
}

}  // namespace
}  // namespace basalt::table
