// Sealing and opening.
#include "identity/session_token.h"

#include <algorithm>

#include "base/base64.h"
#include "base/bytes.h"
#include "base/gzip.h"
#include "crypto/aead.h"
#include "crypto/digest.h"
#include "crypto/random.h"

namespace basalt::identity {
namespace {

constexpr uint8_t kTokenFormat = 1;
constexpr uint8_t kClaimsFormat = 1;
constexpr std::string_view kKeyIdPrefix = "ASIA";
constexpr size_t kKeyIdRandomLength = 16;
constexpr size_t kHeadBytes = 5 + crypto::kGcmNonceBytes;
constexpr size_t kClaimBytesMax = 64 << 10;
constexpr size_t kSecretBytes = 30;  // 40 characters

std::string AssociatedData(std::string_view head, std::string_view access_key_id) {
  std::string bytes;
  AppendLengthPrefixed(bytes, "basalt session");
  AppendLengthPrefixed(bytes, head);
  AppendLengthPrefixed(bytes, access_key_id);
  return bytes;
}

SecretBytes DeriveSecret(const SessionKey& key, std::string_view nonce, std::string_view access_key_id) {
  std::string bytes;
  AppendLengthPrefixed(bytes, "basalt session secret");
  AppendLengthPrefixed(bytes, nonce);
  AppendLengthPrefixed(bytes, access_key_id);
  const crypto::Sha256Digest digest = crypto::HmacSha256(key.secret.view(), bytes);
  std::string text = Base64Encode(crypto::AsView(digest).substr(0, kSecretBytes));
  SecretBytes secret(text);
  WipeMemory(text.data(), text.size());
  return secret;
}

void AppendTexts(std::string& out, const std::vector<std::string>& texts) {
  AppendVarint(out, texts.size());
  for (const std::string& text : texts) {
    AppendLengthPrefixed(out, text);
  }
}

bool ReadText(ByteReader& reader, std::string& text) {
  const auto bytes = reader.ReadLengthPrefixed();
  text = bytes.value_or("");
  return bytes.has_value();
}

bool ReadTexts(ByteReader& reader, std::vector<std::string>& texts) {
  const auto count = reader.ReadVarint();
  if (!count) {
    return false;
  }
  for (uint64_t i = 0; i < *count; ++i) {
    if (!ReadText(reader, texts.emplace_back())) {
      return false;
    }
  }
  return true;
}

}  // namespace

std::string EncodeClaims(const SessionClaims& claims) {
  std::string bytes;
  bytes += static_cast<char>(kClaimsFormat);
  bytes += static_cast<char>(claims.kind);
  bytes += static_cast<char>((claims.is_chained ? 1 : 0) | (claims.has_policy ? 2 : 0));
  AppendBigEndian64(bytes, static_cast<uint64_t>(claims.issued_ms));
  AppendBigEndian64(bytes, static_cast<uint64_t>(claims.expires_ms));
  for (const std::string* text : {&claims.account, &claims.issuer_id, &claims.name, &claims.policy,
                                  &claims.source_identity, &claims.provider_arn, &claims.subject, &claims.audience}) {
    AppendLengthPrefixed(bytes, *text);
  }
  AppendTexts(bytes, claims.policy_arns);
  AppendTexts(bytes, claims.transitive_tag_keys);
  AppendTexts(bytes, claims.methods);
  for (const Tag& tag : claims.tags) {
    AppendLengthPrefixed(bytes, tag.key);
    AppendLengthPrefixed(bytes, tag.value);
  }
  return bytes;
}

std::optional<SessionClaims> DecodeClaims(std::string_view bytes) {
  constexpr uint8_t kFlags = 3;
  SessionClaims claims;
  ByteReader reader(bytes);
  const auto format = reader.Read8();
  const auto kind = reader.Read8();
  const auto flags = reader.Read8();
  const auto issued_ms = reader.Read64();
  const auto expires_ms = reader.Read64();
  if (!format || *format != kClaimsFormat || !kind || *kind < 1 || *kind > 3 || !flags || *flags > kFlags ||
      !issued_ms || !expires_ms) {
    return std::nullopt;
  }
  claims.kind = static_cast<SessionKind>(*kind);
  claims.is_chained = (*flags & 1) != 0;
  claims.has_policy = (*flags & 2) != 0;
  claims.issued_ms = static_cast<int64_t>(*issued_ms);
  claims.expires_ms = static_cast<int64_t>(*expires_ms);
  for (std::string* text : {&claims.account, &claims.issuer_id, &claims.name, &claims.policy, &claims.source_identity,
                            &claims.provider_arn, &claims.subject, &claims.audience}) {
    if (!ReadText(reader, *text)) {
      return std::nullopt;
    }
  }
  if (!ReadTexts(reader, claims.policy_arns) || !ReadTexts(reader, claims.transitive_tag_keys) ||
      !ReadTexts(reader, claims.methods)) {
    return std::nullopt;
  }
  while (!reader.empty()) {
    Tag& tag = claims.tags.emplace_back();
    if (!ReadText(reader, tag.key) || !ReadText(reader, tag.value)) {
      return std::nullopt;
    }
  }
  return claims;
}

SessionCredentials SealSession(const SessionKey& key, const SessionClaims& claims) {
  SessionCredentials credentials;
  credentials.access_key_id = std::string(kKeyIdPrefix) + crypto::RandomText(kKeyIdRandomLength, kIdAlphabet);
  const std::string nonce = crypto::RandomBytes(crypto::kGcmNonceBytes);
  std::string head;
  head += static_cast<char>(kTokenFormat);
  AppendBigEndian32(head, key.number);
  head += nonce;
  const std::string encoded = EncodeClaims(claims);
  Result<std::string> packed = Gzip(encoded);
  BASALT_CHECK(packed.ok());  // it fails for want of memory only
  std::string sealed(packed->size() + crypto::kGcmTagBytes, '\0');
  crypto::Aes256Gcm(key.secret.view())
      .Seal(nonce, AssociatedData(head, credentials.access_key_id), *packed, sealed.data());
  credentials.token = Base64Encode(head + sealed);
  credentials.secret = DeriveSecret(key, nonce, credentials.access_key_id);
  return credentials;
}

std::optional<OpenedSession> OpenSession(std::span<const SessionKey> keys, std::string_view access_key_id,
                                         std::string_view token) {
  if (token.size() > kSessionTokenCharactersMax || !access_key_id.starts_with(kKeyIdPrefix)) {
    return std::nullopt;
  }
  std::string bytes(token.size() / 4 * 3, '\0');
  size_t size = 0;
  if (Base64Decode(token, bytes.data(), size) != Base64Defect::kNone || size < kHeadBytes + crypto::kGcmTagBytes) {
    return std::nullopt;
  }
  bytes.resize(size);
  const std::string_view head = std::string_view(bytes).substr(0, kHeadBytes);
  const uint32_t number = ReadBigEndian32(head.data() + 1);
  const auto key = std::find_if(keys.begin(), keys.end(),
                                [number](const SessionKey& candidate) { return candidate.number == number; });
  if (static_cast<uint8_t>(head[0]) != kTokenFormat || key == keys.end()) {
    return std::nullopt;
  }
  const std::string_view nonce = head.substr(5);
  const std::string_view sealed = std::string_view(bytes).substr(kHeadBytes);
  std::string packed(sealed.size() - crypto::kGcmTagBytes, '\0');
  if (!crypto::Aes256Gcm(key->secret.view()).Open(nonce, AssociatedData(head, access_key_id), sealed, packed.data())) {
    return std::nullopt;
  }
  const Result<std::string> unpacked = Gunzip(packed, kClaimBytesMax);
  std::optional<SessionClaims> claims = unpacked.ok() ? DecodeClaims(*unpacked) : std::nullopt;
  if (!claims) {
    return std::nullopt;
  }
  return OpenedSession{*std::move(claims), DeriveSecret(*key, nonce, access_key_id)};
}

}  // namespace basalt::identity
