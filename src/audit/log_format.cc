// Bytes of the audit log, written and read.
#include "audit/log_format.h"

#include <algorithm>
#include <cstring>

namespace basalt::audit {
namespace {

constexpr uint8_t kFormatVersion = 1;
constexpr size_t kPlaceBytes = 8 + 8 + sizeof(crypto::Sha256Digest);

Error Damage(std::string text) { return Error(Reason::kCorruption, std::move(text)); }

void AppendPlace(std::string& out, const Place& place) {
  AppendBigEndian64(out, place.number);
  AppendBigEndian64(out, static_cast<uint64_t>(place.time_ms));
  out.append(crypto::AsView(place.hash));
}

std::optional<Place> ReadPlace(ByteReader& bytes) {
  const std::optional<std::string_view> fields = bytes.ReadBytes(kPlaceBytes);
  if (!fields) {
    return std::nullopt;
  }
  Place place;
  place.number = ReadBigEndian64(fields->data());
  place.time_ms = static_cast<int64_t>(ReadBigEndian64(fields->data() + 8));
  std::memcpy(place.hash.data(), fields->data() + 16, place.hash.size());
  if (place.number == 0 || place.time_ms < 0) {
    return std::nullopt;
  }
  return place;
}

Status ReadVersion(ByteReader& bytes, std::string_view of) {
  const std::optional<uint8_t> version = bytes.Read8();
  if (!version) {
    return Damage(std::string(of) + " is cut short");
  }
  if (*version != kFormatVersion) {
    return Damage(std::string(of) + " is of format " + std::to_string(*version) + ", which this version cannot read");
  }
  return {};
}

// `record` without its hash.
crypto::Sha256Digest HashOf(const Place& place, std::string_view record) {
  std::string bytes;
  bytes.reserve(sizeof(crypto::Sha256Digest) + 8 + record.size());
  bytes.append(crypto::AsView(place.hash));
  AppendBigEndian64(bytes, place.number);
  bytes.append(record);
  return crypto::Sha256(bytes);
}

}  // namespace

std::string EncodeFileHead(const Place& first) {
  std::string out(1, static_cast<char>(kFormatVersion));
  AppendPlace(out, first);
  return out;
}

Result<Place> ReadFileHead(ByteReader& bytes) {
  TRY(ReadVersion(bytes, "its head"));
  const std::optional<Place> place = ReadPlace(bytes);
  if (!place) {
    return Damage("its head is cut short");
  }
  return *place;
}

void AppendRecord(std::string& out, Place& place, const Entry& entry) {
  BASALT_CHECK(entry.json.size() <= kRecordBytesMax && entry.account.size() <= kAccountBytesMax);
  const size_t begin = out.size();
  place.time_ms = std::max(place.time_ms, entry.time_ms);
  AppendBigEndian64(out, static_cast<uint64_t>(place.time_ms));
  out += static_cast<char>(entry.kind);
  AppendLengthPrefixed(out, entry.account);
  AppendLengthPrefixed(out, entry.json);
  place.hash = HashOf(place, std::string_view(out).substr(begin));
  out.append(crypto::AsView(place.hash));
  ++place.number;
}

Result<StoredRecord> ReadRecord(ByteReader& bytes, Place& place) {
  const std::string_view begin = bytes.rest();
  const auto time_ms = bytes.Read64();
  const auto kind = bytes.Read8();
  const auto account = kind ? bytes.ReadLengthPrefixed() : std::nullopt;
  const auto json = account ? bytes.ReadLengthPrefixed() : std::nullopt;
  const std::string_view record = begin.substr(0, begin.size() - bytes.rest().size());
  const auto hash = json ? bytes.ReadBytes(sizeof(crypto::Sha256Digest)) : std::nullopt;
  if (!hash) {
    return Damage("record " + std::to_string(place.number) + " is cut short");
  }
  const crypto::Sha256Digest expected = HashOf(place, record);
  if (*hash != crypto::AsView(expected)) {
    return Damage("record " + std::to_string(place.number) + " does not follow from the one before it");
  }
  const bool sensible =
      (*kind == static_cast<uint8_t>(RecordKind::kManagement) || *kind == static_cast<uint8_t>(RecordKind::kData)) &&
      account->size() <= kAccountBytesMax && json->size() <= kRecordBytesMax &&
      static_cast<int64_t>(*time_ms) >= place.time_ms;
  if (!sensible) {
    return Damage("record " + std::to_string(place.number) + " cannot be understood");
  }
  const StoredRecord stored = {place.number, static_cast<int64_t>(*time_ms), static_cast<RecordKind>(*kind), *account,
                               *json};
  place = {place.number + 1, stored.time_ms, expected};
  return stored;
}

bool FileList::Has(uint64_t number) const {
  return std::any_of(files.begin(), files.end(), [number](const Place& first) { return first.number == number; });
}

std::string EncodeFileList(const FileList& list) {
  std::string out(1, static_cast<char>(kFormatVersion));
  AppendBigEndian32(out, static_cast<uint32_t>(list.files.size()));
  for (const Place& place : list.files) {
    AppendPlace(out, place);
  }
  out += static_cast<char>(list.end.has_value());
  if (list.end) {
    AppendPlace(out, *list.end);
  }
  return out;
}

Result<FileList> DecodeFileList(std::string_view bytes) {
  ByteReader reader(bytes);
  TRY(ReadVersion(reader, "the list of files"));
  const std::optional<uint32_t> count = reader.Read32();
  const auto cannot_be_understood = [] { return Damage("the list of files cannot be understood"); };
  if (!count || *count > reader.rest().size() / kPlaceBytes) {
    return cannot_be_understood();
  }
  FileList list;
  list.files.reserve(*count);
  const auto follows = [&list](const Place& place) {
    return list.files.empty() ||
           (place.number >= list.files.back().number && place.time_ms >= list.files.back().time_ms);
  };
  for (uint32_t i = 0; i < *count; ++i) {
    const std::optional<Place> place = ReadPlace(reader);
    if (!place || !follows(*place) || (i > 0 && place->number == list.files.back().number)) {
      return cannot_be_understood();
    }
    list.files.push_back(*place);
  }
  const std::optional<uint8_t> closed = reader.Read8();
  if (closed == 1) {
    list.end = ReadPlace(reader);
  }
  const bool whole = closed && (*closed == 0 || (list.end && follows(*list.end))) && *closed <= 1 && reader.empty();
  if (!whole) {
    return cannot_be_understood();
  }
  return list;
}

}  // namespace basalt::audit
