#include "engine/contract.h"

#include <algorithm>

#include "base/bytes.h"

namespace basalt::engine {

Status CheckKeyspaceName(std::string_view name) {
  size_t parts = 1;
  bool part_is_empty = true;
  bool ok = name.size() <= 512;
  for (const char c : name) {
    if (c == '/') {
      ok = ok && !part_is_empty;
      part_is_empty = true;
      ++parts;
      continue;
    }
    ok = ok && ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'));
    part_is_empty = false;
  }
  if (!ok || part_is_empty || parts < 2) {
    return Error(Reason::kInvalidArgument, "not the name of a keyspace: " + std::string(name.substr(0, 512)));
  }
  return {};
}

Status CheckSpace(uint16_t space) {
  if (space > kSpaceMax) {
    return Error(Reason::kInternal, "a call names a space that belongs to the engine");
  }
  return {};
}

Status CheckSpaces(std::span<const Key> keys) {
  for (const Key& key : keys) {
    TRY(CheckSpace(key.space));
  }
  return {};
}

bool PlanKeepsToKeys(const Plan& plan, std::span<const Key> keys) {
  const auto keeps = [keys](const Key& key) {
    return key.space <= kSpaceMax && (key.space != 0 || std::find(keys.begin(), keys.end(), key) != keys.end());
  };
  return std::all_of(plan.puts.begin(), plan.puts.end(), [&](const PutEntry& put) { return keeps(put.key); }) &&
         std::all_of(plan.deletes.begin(), plan.deletes.end(), keeps) &&
         std::all_of(plan.sum_deltas.begin(), plan.sum_deltas.end(),
                     [](const SumDelta& sum) { return sum.key.space != 0 && sum.key.space <= kSpaceMax; });
}

void StampFeedRecords(Plan& plan, int64_t now_ms) {
  for (NewFeedRecord& record : plan.feed_records) {
    if (record.committed_ms == 0) {
      record.committed_ms = now_ms;
    }
  }
}

std::string EncodeSum(int64_t sum) {
  std::string value;
  AppendBigEndian64(value, static_cast<uint64_t>(sum));
  return value;
}

Result<int64_t> DecodeSum(std::string_view value) {
  if (value.size() != sizeof(uint64_t)) {
    return Error(Reason::kCorruption, "a stored sum has " + std::to_string(value.size()) + " bytes");
  }
  return static_cast<int64_t>(ReadBigEndian64(value.data()));
}

int64_t AddWrapping(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
}

bool PageBudget::Take(size_t entry_bytes) {
  if (count_ > 0 && (count_ >= limits_.count_max || bytes_ + entry_bytes > limits_.bytes_max)) {
    return false;
  }
  ++count_;
  bytes_ += entry_bytes;
  return true;
}

}  // namespace basalt::engine
