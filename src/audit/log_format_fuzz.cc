// Arbitrary bytes in place of a file of the audit log or of the list of its files: reading never crashes, what is read
// is written back to the same bytes, and a good chain that was changed is never taken for a longer or another one.
#include <cstdint>
#include <string>
#include <vector>

#include "audit/log_format.h"
#include "base/check.h"

namespace basalt::audit {
namespace {

const std::vector<Entry>& Entries() {
  static const std::vector<Entry> entries = {{10, RecordKind::kManagement, "111122223333", "{\"eventName\":\"A\"}"},
                                             {9, RecordKind::kData, "", "{}"},
                                             {20, RecordKind::kData, "444455556666", "{\"eventName\":\"C\"}"}};
  return entries;
}

// How many records can be read from the front.
size_t Walk(std::string_view file) {
  ByteReader bytes(file);
  Result<Place> place = ReadFileHead(bytes);
  if (!place.ok()) {
    BASALT_CHECK(place.error().reason == Reason::kCorruption);
    return 0;
  }
  const Place first = *place;
  std::string again = EncodeFileHead(first);
  Place written = first;
  size_t count = 0;
  for (; !bytes.empty(); ++count) {
    const Result<StoredRecord> record = ReadRecord(bytes, *place);
    if (!record.ok()) {
      BASALT_CHECK(record.error().reason == Reason::kCorruption);
      break;
    }
    AppendRecord(again, written,
                 {record->time_ms, record->kind, std::string(record->account), std::string(record->json)});
    BASALT_CHECK(written == *place);
  }
  BASALT_CHECK(count == 0 || file.starts_with(again));
  return count;
}

void WalkChanged(const uint8_t* data, size_t size) {
  Place place;
  std::string file = EncodeFileHead(place);
  for (const Entry& entry : Entries()) {
    AppendRecord(file, place, entry);
  }
  const std::string good = file;
  for (size_t i = 0; i + 1 < size; i += 2) {
    file[data[i] % file.size()] = static_cast<char>(data[i + 1]);
  }
  // Where a file begins is told by the list of files.
  const bool begins_well = file.starts_with(EncodeFileHead(Place()));
  BASALT_CHECK(!begins_well || Walk(file) < Entries().size() || file == good);
}

}  // namespace
}  // namespace basalt::audit

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  basalt::audit::Walk(bytes);
  basalt::audit::WalkChanged(data, size);
  if (const auto list = basalt::audit::DecodeFileList(bytes); list.ok()) {
    BASALT_CHECK(basalt::audit::EncodeFileList(*list) == bytes);
  }
  return 0;
}
