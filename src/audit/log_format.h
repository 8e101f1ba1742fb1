// What stands in the files of the audit log, as bytes: records of a chain, and which files there are.
//
//   file    format version (1) | place of its first record | records
//   record  time (8, ms) | kind (1) | account (varint length, bytes) | JSON (varint length, bytes) | hash (32)
//   place   number of the next record (8) | time that it has at least (8, ms) | hash before it (32)
//   FILES   format version (1) | count (4) | place where each file begins | 0 or 1 | place of the end, if 1
//
// A record's hash is SHA-256 over the hash before it, its number and its other bytes, so that no record can be taken
// out, put in or exchanged without those behind it. Times never go back. Integers are big-endian. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/digest.h"

namespace basalt::audit {

enum class RecordKind : uint8_t { kManagement = 1, kData = 2 };

inline constexpr size_t kRecordBytesMax = size_t{512} << 10;  // of its JSON
inline constexpr size_t kAccountBytesMax = 12;

struct Entry {
  int64_t time_ms = 0;  // when the request was completed
  RecordKind kind = RecordKind::kManagement;
  std::string account;  // whose record it is
  std::string json;
};

// Between two records of the chain.
struct Place {
  uint64_t number = 1;
  int64_t time_ms = 0;
  crypto::Sha256Digest hash = {};

  friend bool operator==(const Place&, const Place&) = default;
};

// A record as it stands in a file; views of its bytes.
struct StoredRecord {
  uint64_t number = 0;
  int64_t time_ms = 0;
  RecordKind kind = RecordKind::kManagement;
  std::string_view account;
  std::string_view json;
};

std::string EncodeFileHead(const Place& first);
// kCorruption, here and below: a text without the path.
Result<Place> ReadFileHead(ByteReader& bytes);

// Puts `entry` at `place`, which becomes the one behind it. An entry older than the one before it gets that one's time.
void AppendRecord(std::string& out, Place& place, const Entry& entry);
// The record at `place`, which becomes the one behind it.
Result<StoredRecord> ReadRecord(ByteReader& bytes, Place& place);

// The files there are, by the places where they begin. With `end` the log was closed there.
struct FileList {
  std::vector<Place> files;
  std::optional<Place> end;

  // Whether a file begins with the record of that number.
  bool Has(uint64_t number) const;

  friend bool operator==(const FileList&, const FileList&) = default;
};
std::string EncodeFileList(const FileList& list);
Result<FileList> DecodeFileList(std::string_view bytes);

}  // namespace basalt::audit
