// The two measures of an updated item.
#include "table/update_size.h"

#include "model/limits.h"
#include "model/validation_error.h"

namespace basalt::table {
namespace {

// What the second measure counts beside the attributes that are no key.
constexpr size_t kBaseBytes = 3;
constexpr size_t kAssigningBytes = 19;
constexpr size_t kTakingAwayBytes = 2;
constexpr size_t kIntoListBytes = 1;
constexpr size_t kArithmeticBytes = 50;

size_t SizeWithActions(size_t item_size_bytes, model::Item key, const expression::Update* update) {
  const expression::ActionCounts counts =
      update == nullptr ? expression::ActionCounts() : expression::CountActions(*update);
  return item_size_bytes - model::SizeBytes(key) + kBaseBytes + kAssigningBytes * counts.assigning +
         kTakingAwayBytes * counts.taking_away + kIntoListBytes * counts.into_lists +
         kArithmeticBytes * counts.arithmetic;
}

}  // namespace

Status CheckUpdatedSize(size_t item_size_bytes, model::Item key, const expression::Update* update,
                        UpdateMeasure measure) {
  if (item_size_bytes > model::kItemSizeBytesMax ||
      (measure == UpdateMeasure::kItemAndActions &&
       SizeWithActions(item_size_bytes, key, update) > model::kItemSizeBytesMax)) {
    return model::UpdatedItemTooLarge();
  }
  return {};
}

}  // namespace basalt::table
