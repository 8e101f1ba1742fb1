// Records read out of the log, page by page: those of a time, or of an account, from a number that a reader remembers.
// The chain is checked over every file that is touched, and from file to file. Blocks; any thread, beside a writer too.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "audit/log_files.h"
#include "base/result.h"

namespace basalt::audit {

struct PageQuery {
  uint64_t from = 1;     // the number of the first record wanted; what was removed meanwhile is passed over
  int64_t since_ms = 0;  // the first time wanted
  int64_t until_ms = std::numeric_limits<int64_t>::max();  // the first time not wanted
  std::string account = {};                                // empty: any
  size_t bytes_max = size_t{1} << 20;                      // of their JSON, but for the last one
};

struct PageRecord {
  uint64_t number = 0;
  int64_t time_ms = 0;
  RecordKind kind = RecordKind::kManagement;
  std::string account;
  std::string json;
};

struct Page {
  std::vector<PageRecord> records;
  uint64_t next = 1;     // where the next page begins
  bool is_last = false;  // nothing more of this time was there
};

// kCorruption names the file and the record.
Result<Page> ReadPage(const LogFiles& log, const PageQuery& query);

// Checks every file of the log, from the first to the last, and says of each whether it is whole.
struct FileFinding {
  std::string name;
  bool ok = true;
  std::string reason;  // of a damaged one; of a whole one what there is to know
};
std::vector<FileFinding> CheckLog(const LogFiles& log);

}  // namespace basalt::audit
