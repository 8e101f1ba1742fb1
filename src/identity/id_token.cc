#include "identity/id_token.h"

#include <algorithm>
#include <cmath>

#include "base/base64.h"
#include "json/node.h"

namespace basalt::identity {
namespace {

constexpr std::string_view kRsa = "RS256";
constexpr std::string_view kEcdsa = "ES256";

// Base64 for URLs, without padding.
std::optional<std::string> DecodeUrl(std::string_view text) {
  std::string padded(text);
  std::replace(padded.begin(), padded.end(), '-', '+');
  std::replace(padded.begin(), padded.end(), '_', '/');
  if (text.find_first_of("+/=") != std::string_view::npos || text.size() % 4 == 1) {
    return std::nullopt;
  }
  padded.append((4 - padded.size() % 4) % 4, '=');
  std::string bytes(padded.size() / 4 * 3, '\0');
  size_t size = 0;
  if (Base64Decode(padded, bytes.data(), size) != Base64Defect::kNone) {
    return std::nullopt;
  }
  bytes.resize(size);
  return bytes;
}

std::string TextOf(const json::Node& object, std::string_view member) {
  const json::Node* node = object.Find(member);
  return node != nullptr && node->kind == json::Kind::kString ? std::string(node->string) : std::string();
}

// One text, or a list of them.
std::vector<std::string> TextsOf(const json::Node& object, std::string_view member) {
  std::vector<std::string> texts;
  const json::Node* node = object.Find(member);
  if (node != nullptr && node->kind == json::Kind::kString) {
    texts.emplace_back(node->string);
  } else if (node != nullptr && node->kind == json::Kind::kArray) {
    for (const json::Node& element : node->elements) {
      if (element.kind == json::Kind::kString) {
        texts.emplace_back(element.string);
      }
    }
  }
  return texts;
}

std::optional<int64_t> SecondsOf(const json::Node& object, std::string_view member) {
  constexpr double kMost = 1e15;
  const json::Node* node = object.Find(member);
  if (node != nullptr && node->kind == json::Kind::kInteger) {
    return node->integer;
  }
  if (node != nullptr && node->kind == json::Kind::kDouble && std::abs(node->real) < kMost) {
    return static_cast<int64_t>(node->real);
  }
  return std::nullopt;
}

std::optional<crypto::PublicKey> ReadKey(const json::Node& jwk) {
  const std::string use = TextOf(jwk, "use");
  const std::string algorithm = TextOf(jwk, "alg");
  const std::string type = TextOf(jwk, "kty");
  const auto number = [&jwk](std::string_view member) { return DecodeUrl(TextOf(jwk, member)).value_or(""); };
  if (!use.empty() && use != "sig") {
    return std::nullopt;
  }
  if (type == "RSA" && (algorithm.empty() || algorithm == kRsa)) {
    return crypto::PublicKey::OfRsa(number("n"), number("e"));
  }
  if (type == "EC" && TextOf(jwk, "crv") == "P-256" && (algorithm.empty() || algorithm == kEcdsa)) {
    return crypto::PublicKey::OfP256(number("x"), number("y"));
  }
  return std::nullopt;
}

}  // namespace

std::optional<IdToken> ReadIdToken(std::string_view text) {
  const size_t first = text.find('.');
  const size_t second = text.find('.', first + 1);
  if (text.size() > kIdTokenCharactersMax || first == std::string_view::npos || second == std::string_view::npos ||
      text.find('.', second + 1) != std::string_view::npos) {
    return std::nullopt;
  }
  const std::optional<std::string> head = DecodeUrl(text.substr(0, first));
  const std::optional<std::string> body = DecodeUrl(text.substr(first + 1, second - first - 1));
  std::optional<std::string> signature = DecodeUrl(text.substr(second + 1));
  if (!head || !body || !signature) {
    return std::nullopt;
  }
  Arena arena;
  const Result<json::Node> header = json::Parse(*head, arena);
  const Result<json::Node> claims = json::Parse(*body, arena);
  // What must be understood (RFC 7515, "crit") is not.
  if (!header.ok() || !claims.ok() || !header->IsObject() || !claims->IsObject() || header->Find("crit") != nullptr) {
    return std::nullopt;
  }
  IdToken token;
  token.algorithm = TextOf(*header, "alg");
  token.key_id = TextOf(*header, "kid");
  token.issuer = TextOf(*claims, "iss");
  token.subject = TextOf(*claims, "sub");
  token.audiences = TextsOf(*claims, "aud");
  token.authorized_party = TextOf(*claims, "azp");
  token.methods = TextsOf(*claims, "amr");
  token.expires_s = SecondsOf(*claims, "exp");
  token.issued_s = SecondsOf(*claims, "iat");
  token.not_before_s = SecondsOf(*claims, "nbf");
  token.signed_text = text.substr(0, second);
  token.signature = *std::move(signature);
  return token;
}

Status ProviderKeys::Add(std::string_view issuer, std::string_view jwks) {
  Arena arena;
  const Result<json::Node> document = json::Parse(jwks, arena);
  const json::Node* list = document.ok() && document->IsObject() ? document->Find("keys") : nullptr;
  if (jwks.size() > kProviderKeysBytesMax || list == nullptr || list->kind != json::Kind::kArray) {
    return Error(Reason::kInvalidArgument, "it is no set of keys (JWKS)");
  }
  std::vector<Key> keys;
  for (const json::Node& jwk : list->elements) {
    std::optional<crypto::PublicKey> key = jwk.IsObject() ? ReadKey(jwk) : std::nullopt;
    if (key && keys.size() < kKeysOfProviderMax) {
      keys.push_back({TextOf(jwk, "kid"), *std::move(key)});
    }
  }
  if (keys.empty()) {
    return Error(Reason::kInvalidArgument, "it has no key for RS256 or ES256");
  }
  by_issuer_.insert_or_assign(std::string(issuer), std::move(keys));
  return {};
}

bool ProviderKeys::Verifies(std::string_view issuer, const IdToken& token) const {
  const auto found = by_issuer_.find(issuer);
  if (found == by_issuer_.end() || (token.algorithm != kRsa && token.algorithm != kEcdsa)) {
    return false;
  }
  const bool is_rsa = token.algorithm == kRsa;
  return std::any_of(found->second.begin(), found->second.end(), [&](const Key& key) {
    return key.key.is_rsa() == is_rsa && (token.key_id.empty() || key.id == token.key_id) &&
           key.key.Verifies(token.signed_text, token.signature);
  });
}

}  // namespace basalt::identity
