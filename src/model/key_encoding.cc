// Order-preserving bytes of scalars. Strings and binaries are copied run by run between their zero bytes.
#include "model/key_encoding.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/checksum.h"
#include "json/utf8.h"
#include "model/number.h"

namespace basalt::model {
namespace {

constexpr char kZero = '\0';
constexpr std::string_view kEscapedZero("\x00\xff", 2);
constexpr std::string_view kEnd("\x00\x00", 2);

void AppendEscaped(std::string& out, std::string_view bytes) {
  while (true) {
    const size_t zero = bytes.find(kZero);
    out += bytes.substr(0, zero);
    if (zero == std::string_view::npos) {
      return;
    }
    out += kEscapedZero;
    bytes.remove_prefix(zero + 1);
  }
}

Error BrokenKey() { return {Reason::kCorruption, "a string or binary in a key is not encoded as one"}; }

// Finds the end mark and copies what stands before it into the arena, zero bytes restored.
Result<std::string_view> DecodeEscaped(std::string_view& bytes, Arena& arena) {
  size_t end = 0;
  size_t escapes = 0;
  while (true) {
    end = bytes.find(kZero, end);
    if (end == std::string_view::npos || end + 1 == bytes.size()) {
      return BrokenKey();
    }
    if (bytes[end + 1] == kEnd[1]) {
      break;
    }
    if (bytes[end + 1] != kEscapedZero[1]) {
      return BrokenKey();
    }
    ++escapes;
    end += kEscapedZero.size();
  }
  std::string_view encoded = bytes.substr(0, end);
  bytes.remove_prefix(end + kEnd.size());
  if (escapes == 0) {
    return arena.Copy(encoded);
  }
  const size_t size_bytes = encoded.size() - escapes;
  char* const decoded = static_cast<char*>(arena.Allocate(size_bytes, 1));
  char* out = decoded;
  for (size_t i = 0; i < encoded.size(); ++i) {
    *out++ = encoded[i];
    if (encoded[i] == kZero) {
      ++i;
    }
  }
  return std::string_view(decoded, size_bytes);
}

}  // namespace

void AppendOrdered(std::string& out, const Value& scalar) {
  if (scalar.type == Type::kN) {
    Number::FromCanonical(scalar.text).AppendOrdered(out);
    return;
  }
  AppendOrderedPrefix(out, scalar);
  out += kEnd;
}

void AppendOrderedPrefix(std::string& out, const Value& scalar) {
  BASALT_CHECK(scalar.type == Type::kS || scalar.type == Type::kB);
  AppendEscaped(out, scalar.text);
}

Result<Value> DecodeOrdered(std::string_view& bytes, Type type, Arena& arena) {
  BASALT_CHECK(type == Type::kS || type == Type::kN || type == Type::kB);
  std::string_view rest = bytes;
  if (type == Type::kN) {
    TRY_ASSIGN(const Number number, Number::DecodeOrdered(rest));
    bytes = rest;
    return Value::Number(number.ToCanonical(arena));
  }
  TRY_ASSIGN(const std::string_view decoded, DecodeEscaped(rest, arena));
  if (type == Type::kS && !json::IsUtf8(decoded)) {
    return BrokenKey();
  }
  bytes = rest;
  return type == Type::kS ? Value::String(decoded) : Value::Binary(decoded);
}

uint32_t PartitionHash(uint64_t seed, const Value& partition) {
  return ReadBigEndian32(PartitionPrefix(seed, partition).data());
}

std::string PartitionPrefix(uint64_t seed, const Value& partition) {
  return PartitionPrefix(seed, std::span(&partition, 1));
}

std::string PartitionPrefix(uint64_t seed, std::span<const Value> partition) {
  std::string prefix;
  AppendBigEndian32(prefix, 0);  // room for the hash
  for (const Value& value : partition) {
    AppendOrdered(prefix, value);
  }
  const uint64_t hash = Xxh3(std::string_view(prefix).substr(kPartitionHashBytes), seed);
  std::string hash_bytes;
  AppendBigEndian32(hash_bytes, static_cast<uint32_t>(hash >> 32));
  prefix.replace(0, kPartitionHashBytes, hash_bytes);
  return prefix;
}

}  // namespace basalt::model
