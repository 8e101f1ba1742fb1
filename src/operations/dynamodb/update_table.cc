// UpdateTable. What the request may hold together is checked before the table is looked for; what the table's state
// and settings allow, twice: at once, so that a table under way is reported as such and not waited for, and in its turn
// on the catalogue's thread.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "model/validation_error.h"
#include "operations/dynamodb/handlers.h"
#include "operations/dynamodb/index_settings.h"
#include "operations/dynamodb/request.h"
#include "operations/dynamodb/table_description.h"
#include "operations/dynamodb/table_settings.h"
#include "table/table_update.h"

namespace basalt::operations::dynamodb {
namespace {

constexpr StreamTexts kStreamTexts = {"If stream is being enabled then UpdateViewType is required",
                                      "If stream is being disabled, then UpdateViewType must not be specified"};

// Members of which at least one must ask for something, as the service lists them. Three have no member in the
// published model.
struct Listed {
  std::string_view name;
  std::string_view member;
};
constexpr std::array<Listed, 13> kListed = {{
    {"ProvisionedThroughput", "ProvisionedThroughput"},
    {"BillingMode", "BillingMode"},
    {"UpdateStreamEnabled", "StreamSpecification"},
    {"GlobalSecondaryIndexUpdates", "GlobalSecondaryIndexUpdates"},
    {"SSESpecification", "SSESpecification"},
    {"ReplicaUpdates", "ReplicaUpdates"},
    {"MultiAccountReplicaReady", ""},
    {"ReplicaTransitRoleArn", ""},
    {"MultiRegionConsistency", "MultiRegionConsistency"},
    {"DeletionProtectionEnabled", "DeletionProtectionEnabled"},
    {"OnDemandThroughput", "OnDemandThroughput"},
    {"WarmThroughput", "WarmThroughput"},
    {"TableClass", "TableClass"},
}};

// Members that ask for what does not exist yet.
constexpr std::array<std::string_view, 4> kUnbuilt = {
    "ReplicaUpdates", "MultiRegionConsistency", "GlobalTableWitnessUpdates", "GlobalTableSettingsReplicationMode"};

// Whether a member is there and holds anything: {} and [] do not, nor does {"x":null}.
bool HoldsSomething(const json::Node* member) {
  if (member == nullptr || member->IsNull()) {
    return false;
  }
  if (member->kind == json::Kind::kArray) {
    return !member->elements.empty();
  }
  return member->kind != json::Kind::kObject ||
         std::any_of(member->members.begin(), member->members.end(),
                     [](const json::Member& inner) { return !inner.value.IsNull(); });
}

// The members of a request that ask for something.
class Asked {
 public:
  explicit Asked(const json::Node& input) : input_(input) {
    for (const Listed& listed : kListed) {
      Count(listed.member);
    }
    Count("GlobalTableWitnessUpdates");
    Count("GlobalTableSettingsReplicationMode");
  }

  bool Has(std::string_view member) const { return HoldsSomething(input_.Find(member)); }
  bool HasOnly(std::string_view member) const { return Has(member) && count_ == 1; }
  bool HasBeside(std::string_view member) const { return Has(member) && count_ > 1; }
  int count() const { return count_; }

 private:
  void Count(std::string_view member) { count_ += !member.empty() && Has(member) ? 1 : 0; }

  const json::Node& input_;
  int count_ = 0;
};

Error NothingAsked(const json::Node& input) {
  std::vector<std::string_view> names;
  for (const Listed& listed : kListed) {
    // An empty list of index updates counts as absent, an empty structure as given.
    const json::Node* member = listed.member.empty() ? nullptr : input.Find(listed.member);
    if (member == nullptr || member->kind != json::Kind::kObject) {
      names.push_back(listed.name);
    }
  }
  const std::string_view last = names.back();
  names.pop_back();
  return Error(Reason::kValidation, fmt::format("At least one of {} or {} is required", fmt::join(names, ", "), last));
}

// Whether an entry of GlobalSecondaryIndexUpdates makes or removes an index.
bool CreatesOrDeletesIndex(const json::Node& input) {
  const json::Node* updates = input.Find("GlobalSecondaryIndexUpdates");
  return updates != nullptr &&
         std::any_of(updates->elements.begin(), updates->elements.end(), [](const json::Node& update) {
           return HoldsSomething(update.Find("Create")) || HoldsSomething(update.Find("Delete"));
         });
}

// What may stand in one request.
Status CheckCombination(const json::Node& input, const Asked& asked) {
  struct Lonely {
    std::string_view member;
    std::string_view text;
  };
  constexpr std::array<Lonely, 5> kLonely = {{
      {"SSESpecification", "Server-Side Encryption modification must be the only operation in the request"},
      {"TableClass", "TableClass modification must be the only operation in the request"},
      {"DeletionProtectionEnabled", "DeletionProtection modification must be the only operation in the request"},
      {"WarmThroughput", "WarmThroughput must be the only operation in the request"},
      {"ReplicaUpdates", "Replica modification must be the only operation in the request"},
  }};
  for (const Lonely& lonely : kLonely) {
    if (asked.HasBeside(lonely.member)) {
      return model::InvalidParameter(lonely.text);
    }
  }
  if (asked.Has("OnDemandThroughput") && asked.count() > (asked.Has("BillingMode") ? 2 : 1)) {
    return model::InvalidParameter(
        "OnDemandThroughput can only be combined with BillingMode in an UpdateTable request");
  }
  const bool changes_units = asked.Has("ProvisionedThroughput");
  const bool changes_stream = asked.Has("StreamSpecification");
  if (changes_stream && (changes_units || GetString(input, "BillingMode") == "PROVISIONED")) {
    return model::InvalidParameter("You cannot modify stream status while updating table IOPS");
  }
  if (CreatesOrDeletesIndex(input)) {
    if (changes_units) {
      return model::InvalidParameter("You cannot create or delete index while updating table IOPS");
    }
    if (changes_stream) {
      return model::InvalidParameter("You cannot create or delete index while changing stream status");
    }
  }
  const json::Node* index_updates = input.Find("GlobalSecondaryIndexUpdates");
  if (index_updates != nullptr && index_updates->elements.empty()) {
    return model::InvalidParameter("List of GlobalSecondaryIndexUpdates is empty");
  }
  return {};
}

class UpdateTable final : public PreparedCall {
 public:
  explicit UpdateTable(Call& call) : call_(call) {}

  Status Prepare() {
    TRY(ReadRequest(call_.input));
    TRY_ASSIGN(table_, ReadTableReference(call_));
    accesses.push_back({table_.Arn(), table_.address.account});
    return {};
  }

  void Execute(AnswerDone done) override {
    const std::shared_ptr<const table::Table> found = call_.tables.Find(table_.address);
    Result<table::TableRecord> allowed = Change(found == nullptr ? nullptr : &found->record());
    if (!allowed.ok()) {
      return done(allowed.TakeError());
    }
    done_ = std::move(done);
    if (update_.enables_stream) {
      new_stream_ms_ = NewStreamMs(call_, found->record());
    }
    call_.services.catalogue.Update(
        table_.address, [this](const table::TableRecord* current) { return Change(current); }, call_.loop,
        [this](Result<table::ChangedRecord> changed) {
          if (!changed.ok()) {
            AnswerDone finished = std::move(done_);
            return finished(changed.TakeError());
          }
          changed_ = *std::move(changed);
          AnswerChanged();
        });
  }

 private:
  Status ReadRequest(const json::Node& input) {
    const Asked asked(input);
    if (asked.count() == 0) {
      // Alone these two, when empty, are looked at after the table.
      if (input.Find("WarmThroughput") == nullptr && input.Find("OnDemandThroughput") == nullptr) {
        return NothingAsked(input);
      }
      asks_nothing_ = true;
      return {};
    }
    TRY(CheckCombination(input, asked));
    TRY_ASSIGN(update_.indexes, ReadIndexUpdates(input));
    TRY(ReadCapacity(input));
    TRY_ASSIGN(update_.table_class, ReadTableClass(input));
    update_.deletion_protection = GetBool(input, "DeletionProtectionEnabled");
    const GivenUnits warm = ReadWarmUnits(input);
    update_.warm_read_units = warm.read;
    update_.warm_write_units = warm.write;
    TRY_ASSIGN(const std::optional<GivenStream> stream, ReadStream(input, kStreamTexts));
    if (stream && stream->enabled) {
      update_.enables_stream = stream->view;
    }
    update_.disables_stream = stream && !stream->enabled;
    TRY_ASSIGN(const std::optional<bool> uses_kms, ReadKmsEncryption(input));
    update_.chooses_owned_key = uses_kms == false;
    for (const std::string_view member : kUnbuilt) {
      if (asked.Has(member)) {
        return NotSupportedYet(member);
      }
    }
    return uses_kms.value_or(false) ? Status(NotSupportedYet("SSESpecification")) : Status();
  }

  Status ReadCapacity(const json::Node& input) {
    const bool has_units = input.Find("ProvisionedThroughput") != nullptr;
    if (const auto mode = GetString(input, "BillingMode")) {
      if (*mode == "PAY_PER_REQUEST") {
        update_.billing_mode = table::BillingMode::kPayPerRequest;
        if (has_units) {
          return model::InvalidParameter(
              "ProvisionedThroughput cannot be specified when BillingMode is PAY_PER_REQUEST");
        }
      } else {
        update_.billing_mode = table::BillingMode::kProvisioned;
        if (!has_units) {
          return model::InvalidParameter("ProvisionedThroughput must be specified when BillingMode is PROVISIONED");
        }
      }
    }
    TRY_ASSIGN(update_.provisioned, ReadProvisionedUnits(input));
    TRY_ASSIGN(const GivenUnits maxima, ReadOnDemandMaxima(input, true));
    update_.read_request_units_max = maxima.read;
    update_.write_request_units_max = maxima.write;
    return {};
  }

  Result<table::TableRecord> Change(const table::TableRecord* current) const {
    if (asks_nothing_) {
      TRY(table::CheckChangeable(current, table_.address));
      return NothingAsked(call_.input);
    }
    return table::UpdatedRecord(current, table_.address, update_,
                                {call_.services.clock.WallMs(), call_.services.protection_cooldown_ms, new_stream_ms_});
  }

  void AnswerChanged() {
    const std::shared_ptr<const table::Table> found = FindUsableTable(call_, table_);
    if (found == nullptr) {
      return Finish({});  // deleted meanwhile
    }
    // A table whose counters cannot be read was changed all the same.
    ReadTotals(call_, found, [this](Result<TableTotals> totals) { Finish(std::move(totals).ValueOr({})); });
  }

  void Finish(const TableTotals& totals) {
    table::TableRecord shown = *changed_.after;
    if (update_.billing_mode || update_.table_class || update_.indexes.any()) {
      shown.status = table::TableStatus::kUpdating;  // also where nothing changed
    }
    // A maximum that was cleared is shown as it was asked for, this once.
    if (!shown.pending && update_.SetsMaxima()) {
      const auto echo = [](std::optional<int64_t>& maximum, std::optional<int64_t> asked) {
        maximum = asked == table::kClearsMaximum ? asked : maximum;
      };
      echo(shown.read_request_units_max, update_.read_request_units_max);
      echo(shown.write_request_units_max, update_.write_request_units_max);
    }
    const bool warms = (update_.warm_read_units || update_.warm_write_units) && changed_.before != changed_.after;
    std::vector<std::string_view> warmed;
    for (const table::IndexChange& change : update_.indexes.changes) {
      if (change.throughput.SetsWarmth()) {
        warmed.push_back(change.name);
      }
    }
    AnswerDone finished = std::move(done_);
    finished("{\"TableDescription\":" +
             TableDescriptionJson(shown, totals, warms ? DescriptionUse::kUpdateWarm : DescriptionUse::kUpdate,
                                  call_.services.clock.WallMs(), warmed) +
             "}");
  }

  Call& call_;
  table::TableUpdate update_;
  bool asks_nothing_ = false;
  TableReference table_;
  int64_t new_stream_ms_ = 0;
  table::ChangedRecord changed_;
  AnswerDone done_;
};

}  // namespace

Prepared PrepareUpdateTable(Call& call) {
  auto update = std::make_unique<UpdateTable>(call);
  TRY(update->Prepare());
  return update;
}

}  // namespace basalt::operations::dynamodb
