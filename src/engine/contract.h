// What every engine checks in the same way: names of keyspaces, keys a caller may use, and that a plan keeps to the
// keys of its transaction. Pure; any thread.
#pragma once

#include <span>
#include <string_view>

#include "base/result.h"
#include "engine/engine.h"

namespace basalt::engine {

// At least two parts of lower-case letters and digits, separated by '/'; so that a name is a safe path.
Status CheckKeyspaceName(std::string_view name);  // kInvalidArgument

// kInternal for a space of the engine's own.
Status CheckSpaces(std::span<const Key> keys);
Status CheckSpace(uint16_t space);

// Every put and delete of space 0 is among `keys`, no sum is in space 0, and none of them in a space of the engine's
// own.
bool PlanKeepsToKeys(const Plan& plan, std::span<const Key> keys);

// Gives a time to the feed records of a plan that have none.
void StampFeedRecords(Plan& plan, int64_t now_ms);

// Counters and sums wrap rather than overflow.
int64_t AddWrapping(int64_t a, int64_t b);

// The keys a page counts against its limits: an entry is taken if it is the first one or still fits.
class PageBudget {
 public:
  explicit PageBudget(const ScanLimits& limits) : limits_(limits) {}
  // True, having counted it, if an entry of this size belongs on the page.
  bool Take(size_t entry_bytes);

 private:
  ScanLimits limits_;
  size_t bytes_ = 0;
  size_t count_ = 0;
};

}  // namespace basalt::engine
