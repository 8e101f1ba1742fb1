// What the journal says of a transaction over several keyspaces: for each of them its plan, sealed under that
// keyspace's own keys. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/engine.h"

namespace basalt::engine::rocks {

inline constexpr size_t kTransactionIdBytes = 16;  // random

// A plan as bytes; kCorruption if they are not one.
std::string EncodePlan(const Plan& plan);
Result<Plan> DecodePlan(std::string_view bytes);

struct JournalPart {
  std::string keyspace;  // its name
  std::string sealed;    // sealed::SealBlob(its keyring, PartPurpose, EncodePlan)
};
std::string EncodeJournalRecord(const std::vector<JournalPart>& parts);
Result<std::vector<JournalPart>> DecodeJournalRecord(std::string_view bytes);  // kCorruption

// Binds a sealed plan to its transaction.
std::string PartPurpose(std::string_view transaction_id);

}  // namespace basalt::engine::rocks
