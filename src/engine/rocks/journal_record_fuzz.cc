// Arbitrary bytes as plans and records of the journal: decoding never crashes, and what it takes is what encodes to the
// same meaning.
#include <cstdint>
#include <string>

#include "base/check.h"
#include "engine/rocks/journal_record.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace basalt::engine::rocks;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (const auto plan = DecodePlan(bytes); plan.ok()) {
    const std::string again = EncodePlan(*plan);
    BASALT_CHECK(EncodePlan(*DecodePlan(again)) == again);
  }
  if (const auto record = DecodeJournalRecord(bytes); record.ok()) {
    const std::string again = EncodeJournalRecord(*record);
    BASALT_CHECK(EncodeJournalRecord(*DecodeJournalRecord(again)) == again);
  }
  return 0;
}
