// The limits of a record, and the buckets that hold to them.
#include "table/throughput.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

namespace basalt::table {
namespace {

constexpr int64_t kProvisionedBurstS = 300;  // Developer Guide, "Burst capacity"
constexpr int64_t kMaximumBurstS = 1;

int64_t Milliunits(double units) { return std::llround(units * static_cast<double>(kMilliunitsPerUnit)); }

// What flows to a table or to an index of it, if that is limited.
template <class Record>
std::optional<TokenBucket::Flow> FlowOf(BillingMode billing_mode, const Record& record, UnitKind kind) {
  const bool reads = kind == UnitKind::kRead;
  if (billing_mode == BillingMode::kProvisioned) {
    const int64_t units = reads ? record.read_capacity_units : record.write_capacity_units;
    return units > 0 ? std::optional(TokenBucket::Flow{units, kProvisionedBurstS}) : std::nullopt;
  }
  const std::optional<int64_t> maximum = reads ? record.read_request_units_max : record.write_request_units_max;
  return maximum ? std::optional(TokenBucket::Flow{*maximum, kMaximumBurstS}) : std::nullopt;
}

std::string ReasonText(BillingMode billing_mode, bool is_index) {
  if (billing_mode == BillingMode::kPayPerRequest) {
    return "Throughput exceeds the maximum OnDemandThroughput configured on table or index";
  }
  return is_index ? "The level of configured provisioned throughput for one or more global secondary indexes of the "
                    "table was exceeded. Consider increasing your provisioning level for the under-provisioned global "
                    "secondary indexes with the UpdateTable API"
                  : "The level of configured provisioned throughput for the table was exceeded. Consider increasing "
                    "your provisioning level with the UpdateTable API.";
}

}  // namespace

bool Allowance::HasRoom(std::string_view index) const {
  return std::none_of(balances_.begin(), balances_.end(),
                      [index](const Balance& balance) { return balance.index == index && balance.milliunits <= 0; });
}

std::vector<std::string_view> Allowance::WithoutRoom(std::span<const IndexUnits> touched) const {
  std::vector<std::string_view> indexes;
  for (const IndexUnits& units : touched) {
    if (!HasRoom(units.index->name)) {
      indexes.push_back(units.index->name);
    }
  }
  return indexes;
}

void Allowance::Take(double units, std::span<const IndexUnits> touched) {
  TakeOf({}, units);
  for (const IndexUnits& index_units : touched) {
    const bool is_global = index_units.index->kind == IndexKind::kGlobal;
    TakeOf(is_global ? std::string_view(index_units.index->name) : std::string_view(), index_units.units);
  }
}

void Allowance::TakeOf(std::string_view index, double units) {
  for (Balance& balance : balances_) {
    if (balance.index == index) {
      balance.milliunits -= Milliunits(units);
    }
  }
}

std::shared_ptr<const Throughput> Throughput::Of(const TableRecord& record, os::Clock& clock) {
  return After(TableRecord(), nullptr, record, clock);
}

std::shared_ptr<const Throughput> Throughput::After(const TableRecord& former, const Throughput* former_throughput,
                                                    const TableRecord& record, os::Clock& clock) {
  std::shared_ptr<Throughput> throughput(new Throughput(clock));
  const int64_t now_ms = clock.MonotonicMs();
  const auto limit = [&](const std::string& index, bool is_new, UnitKind kind, std::optional<TokenBucket::Flow> flow) {
    if (!flow) {
      return;
    }
    const Limited* known = former_throughput == nullptr ? nullptr : former_throughput->Find(kind, index);
    if (known != nullptr) {
      known->bucket->Change(*flow, now_ms);
      throughput->limited_.push_back(*known);
      return;
    }
    const int64_t second_milliunits = flow->units_per_s * kMilliunitsPerUnit;
    throughput->limited_.push_back(
        {index, kind,
         std::make_shared<TokenBucket>(*flow, is_new ? TokenBucket::CapacityMilliunits(*flow) : second_milliunits,
                                       now_ms)});
  };
  for (const UnitKind kind : {UnitKind::kRead, UnitKind::kWrite}) {
    limit("", former.table_id.empty(), kind, FlowOf(record.billing_mode, record, kind));
    for (const IndexRecord& index : record.indexes) {
      if (index.kind == IndexKind::kGlobal) {
        limit(index.name, former.FindIndex(index.name) == nullptr, kind, FlowOf(record.billing_mode, index, kind));
      }
    }
  }
  return throughput->limited_.empty() ? nullptr : std::move(throughput);
}

const Throughput::Limited* Throughput::Find(UnitKind kind, std::string_view index) const {
  const auto found = std::find_if(limited_.begin(), limited_.end(), [&](const Limited& limited) {
    return limited.kind == kind && limited.index == index;
  });
  return found == limited_.end() ? nullptr : &*found;
}

bool Throughput::HasRoom(UnitKind kind, std::string_view index) const {
  const Limited* limited = Find(kind, index);
  return limited == nullptr || limited->bucket->BalanceMilliunits(clock_.MonotonicMs()) > 0;
}

Allowance Throughput::Balances(UnitKind kind) const {
  Allowance allowance;
  const int64_t now_ms = clock_.MonotonicMs();
  for (const Limited& limited : limited_) {
    if (limited.kind == kind) {
      allowance.balances_.push_back({limited.index, limited.bucket->BalanceMilliunits(now_ms)});
      allowance.limits_indexes_ = allowance.limits_indexes_ || !limited.index.empty();
    }
  }
  return allowance;
}

void Throughput::Take(UnitKind kind, double units, std::string_view index) const {
  if (const Limited* limited = Find(kind, index); limited != nullptr) {
    limited->bucket->Take(Milliunits(units), clock_.MonotonicMs());
  }
}

Error Throttled(const TableRecord& record, UnitKind kind, std::span<const std::string_view> indexes) {
  const bool is_provisioned = record.billing_mode == BillingMode::kProvisioned;
  Error error(is_provisioned ? Reason::kProvisionedThroughput : Reason::kThrottling,
              ReasonText(record.billing_mode, !indexes.empty()));
  auto detail = std::make_unique<Throttling>();
  if (indexes.empty()) {
    detail->resources.push_back({false, kind, record.Arn()});
  }
  for (const std::string_view index : indexes) {
    detail->resources.push_back({true, kind, record.Arn() + "/index/" + std::string(index)});
  }
  error.detail = std::move(detail);
  return error;
}

}  // namespace basalt::table
