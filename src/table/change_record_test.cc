#include "table/change_record.h"

#include <gtest/gtest.h>

namespace basalt::table {
namespace {

TEST(ChangeRecord, ComesBackAsItWas) {
  for (const ChangeKind kind : {ChangeKind::kInsert, ChangeKind::kModify, ChangeKind::kRemove, ChangeKind::kNone}) {
    for (const bool by_service : {false, true}) {
      const std::string long_json(100'000, 'x');
      const std::string bytes = EncodeChangeRecord({kind, by_service, 409'600, "{keys}", long_json, ""});
      const auto change = DecodeChangeRecord(bytes);
      ASSERT_TRUE(change.ok());
      EXPECT_EQ(change->kind, kind);
      EXPECT_EQ(change->by_service, by_service);
      EXPECT_EQ(change->size_bytes, 409'600U);
      EXPECT_EQ(change->keys_json, "{keys}");
      EXPECT_EQ(change->new_json, long_json);
      EXPECT_EQ(change->old_json, "");
    }
  }
}

TEST(ChangeRecord, RefusesWhatIsCutOrLongerOrOfAnotherVersion) {
  const std::string bytes = EncodeChangeRecord({ChangeKind::kModify, true, 300, "keys", "new", "old"});
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(DecodeChangeRecord(bytes.substr(0, size)).ok()) << size;
  }
  EXPECT_FALSE(DecodeChangeRecord(bytes + "x").ok());
  EXPECT_FALSE(DecodeChangeRecord("\2" + bytes.substr(1)).ok());
  EXPECT_FALSE(DecodeChangeRecord("\1\x08" + bytes.substr(2)).ok());
}

}  // namespace
}  // namespace basalt::table
