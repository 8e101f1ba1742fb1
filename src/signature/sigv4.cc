// Reading a claim follows the service's order of checks, so that a request with several faults gets the same answer.
// Verifying builds canonical request and string to sign in buffers of the thread: no allocation, three hashes.
#include "signature/sigv4.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>
#include <vector>

#include "base/secret_bytes.h"
#include "os/clock.h"
#include "signature/canonical_request.h"

namespace basalt::signature {
namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";
constexpr std::string_view kAnyAlgorithmPrefix = "AWS4-";
constexpr std::string_view kTerminator = "aws4_request";
constexpr size_t kHexDigestSize = 64;
constexpr int64_t kExpiresSMax = 604'800;
constexpr size_t kBufferBytesKept = size_t{256} << 10;

constexpr std::string_view kMismatch =
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key "
    "and signing method. Consult the service documentation for details.";

Error Incomplete(std::string text) { return Error(Reason::kIncompleteSignature, std::move(text)); }
Error Invalid(std::string text) { return Error(Reason::kInvalidSignature, std::move(text)); }
Error Mismatch() { return Invalid(std::string(kMismatch)); }

template <class... Parts>
std::string Join(const Parts&... parts) {
  std::string text;
  text.reserve((std::string_view(parts).size() + ...));
  (text.append(std::string_view(parts)), ...);
  return text;
}

std::string_view TrimSpaces(std::string_view text) {
  while (!text.empty() && text.front() == ' ') {
    text.remove_prefix(1);
  }
  while (!text.empty() && text.back() == ' ') {
    text.remove_suffix(1);
  }
  return text;
}

// What is read from the headers, whichever form the request has; null if absent.
struct KnownHeaders {
  const http::Header* authorization = nullptr;
  const http::Header* amz_date = nullptr;
  const http::Header* date = nullptr;
  const http::Header* target = nullptr;
  const http::Header* security_token = nullptr;
};

KnownHeaders FindKnownHeaders(const http::RequestHead& head) {
  KnownHeaders known;
  const auto note = [](const http::Header*& place, const http::Header& header, std::string_view name) {
    if (place == nullptr && http::EqualIgnoringCase(header.name, name)) {
      place = &header;
    }
  };
  for (const http::Header& header : head.headers) {
    switch (header.name.size()) {
      case 4:
        note(known.date, header, "date");
        break;
      case 10:
        note(known.amz_date, header, "x-amz-date");
        break;
      case 12:
        note(known.target, header, "x-amz-target");
        break;
      case 13:
        note(known.authorization, header, "authorization");
        break;
      case 20:
        note(known.security_token, header, "x-amz-security-token");
        break;
      default:
        break;
    }
  }
  return known;
}

// A value that may be missing; an empty one is there.
struct Part {
  std::string_view text;
  bool present = false;

  void Set(std::string_view value) {
    if (!present) {  // the first of that name counts
      text = value;
      present = true;
    }
  }
};

// The parts of either form.
struct Parts {
  Part algorithm;
  Part credential;
  Part signed_headers;
  Part signature;
  Part date;
  Part expires;  // query form only
  Part security_token;
};

std::string_view DecodeIntoArena(std::string_view encoded, Arena& arena) {
  if (encoded.find_first_of("%+") == std::string_view::npos) {
    return encoded;
  }
  const std::span<char> decoded = arena.NewArray<char>(encoded.size());
  size_t size = 0;
  while (!encoded.empty()) {
    decoded[size++] = TakeDecodedByte(encoded);
  }
  return {decoded.data(), size};
}

Parts ReadQuery(std::string_view query, Arena& arena) {
  Parts parts;
  const std::array<std::pair<std::string_view, Part*>, 7> names{{{"X-Amz-Algorithm", &parts.algorithm},
                                                                 {"X-Amz-Credential", &parts.credential},
                                                                 {"X-Amz-SignedHeaders", &parts.signed_headers},
                                                                 {kSignatureParameter, &parts.signature},
                                                                 {"X-Amz-Date", &parts.date},
                                                                 {"X-Amz-Expires", &parts.expires},
                                                                 {"X-Amz-Security-Token", &parts.security_token}}};
  ForEachQueryParameter(query, [&](std::string_view name, std::string_view value) {
    for (const auto& [wanted, part] : names) {
      if (!part->present && DecodesTo(name, wanted)) {
        part->Set(DecodeIntoArena(value, arena));
        return;
      }
    }
  });
  return parts;
}

Status ReadAuthorization(std::string_view header, Parts& parts) {
  const size_t space = header.find(' ');
  parts.algorithm.Set(header.substr(0, space));
  std::string_view rest = space == std::string_view::npos ? std::string_view() : TrimSpaces(header.substr(space));
  while (!rest.empty()) {
    const size_t comma = rest.find(',');
    const std::string_view element = TrimSpaces(rest.substr(0, comma));
    rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
    const size_t equal = element.find('=');
    if (equal == std::string_view::npos) {
      return Incomplete(Join(
          "'", element, "' not a valid key=value pair (missing equal-sign) in Authorization header: '", header, "'."));
    }
    const std::string_view key = element.substr(0, equal);
    const std::string_view value = element.substr(equal + 1);
    if (key == "Credential") {
      parts.credential.Set(value);
    } else if (key == "SignedHeaders") {
      parts.signed_headers.Set(value);
    } else if (key == "Signature") {
      parts.signature.Set(value);
    }
  }
  return {};
}

Status CheckHeaderPartsPresent(const Parts& parts, std::string_view header) {
  std::string text;
  if (!parts.credential.present) {
    text += "Authorization header requires 'Credential' parameter. ";
  }
  if (!parts.signature.present) {
    text += "Authorization header requires 'Signature' parameter. ";
  }
  if (!parts.signed_headers.present) {
    text += "Authorization header requires 'SignedHeaders' parameter. ";
  }
  if (!parts.date.present) {
    text += "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ";
  }
  if (text.empty()) {
    return {};
  }
  return Incomplete(Join(text, "Authorization=", header));
}

Status CheckQueryPartsPresent(const Parts& parts) {
  std::string text;
  const auto require = [&text](const Part& part, std::string_view name) {
    if (!part.present) {
      text += Join("AWS query-string parameters must include '", name, "'. ");
    }
  };
  require(parts.algorithm, "X-Amz-Algorithm");
  require(parts.credential, "X-Amz-Credential");
  require(parts.signature, kSignatureParameter);
  require(parts.signed_headers, "X-Amz-SignedHeaders");
  require(parts.date, "X-Amz-Date");
  if (text.empty()) {
    return {};
  }
  return Incomplete(std::move(text));
}

std::string DescribeDuration(int64_t duration_s) {
  return duration_s % 60 == 0 ? std::to_string(duration_s / 60) + " min." : std::to_string(duration_s) + " sec.";
}

Result<int64_t> ParseExpires(std::string_view text) {
  int64_t expires_s = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), expires_s);
  if (failure == std::errc::invalid_argument || end != text.data() + text.size()) {
    return Incomplete("X-Amz-Expires should be a number");
  }
  if (failure == std::errc() && expires_s < 1) {
    return Incomplete("X-Amz-Expires must be positive");
  }
  if (failure != std::errc() || expires_s > kExpiresSMax) {
    return Incomplete("X-Amz-Expires must be less than a week (in seconds) that is 604800");
  }
  return expires_s;
}

// A signature is good from skew before its date to `valid_s` after it.
Status CheckDate(std::string_view date, int64_t valid_s, const Expectations& expectations) {
  const int64_t date_ms = os::ParseBasicIso8601(date);
  if (date_ms < 0) {
    return Incomplete(
        Join("Date must be in ISO-8601 'basic format'. Got '", date, "'. See http://en.wikipedia.org/wiki/ISO_8601"));
  }
  const int64_t now_ms = expectations.now_ms;
  const int64_t earliest_ms = now_ms - valid_s * 1000;
  const int64_t latest_ms = now_ms + expectations.skew_s * 1000;
  if (date_ms < earliest_ms) {
    return Invalid(Join("Signature expired: ", date, " is now earlier than ", os::FormatBasicIso8601(earliest_ms), " (",
                        os::FormatBasicIso8601(now_ms), " - ", DescribeDuration(valid_s), ")"));
  }
  if (date_ms > latest_ms) {
    return Invalid(Join("Signature not yet current: ", date, " is still later than ", os::FormatBasicIso8601(latest_ms),
                        " (", os::FormatBasicIso8601(now_ms), " + ", DescribeDuration(expectations.skew_s), ")"));
  }
  return {};
}

bool HasUpperCase(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

void MakeLowerCase(char* text, size_t size) {
  for (size_t i = 0; i < size; ++i) {
    if (text[i] >= 'A' && text[i] <= 'Z') {
      text[i] = static_cast<char>(text[i] + ('a' - 'A'));
    }
  }
}

// Lower case and sorted, whatever the client wrote.
std::span<const std::string_view> SplitSignedHeaders(std::string_view text, Arena& arena) {
  if (HasUpperCase(text)) {
    const std::span<char> lower = arena.NewArray<char>(text.size());
    std::copy(text.begin(), text.end(), lower.begin());
    MakeLowerCase(lower.data(), lower.size());
    text = {lower.data(), lower.size()};
  }
  const auto count = static_cast<size_t>(std::count(text.begin(), text.end(), ';')) + 1;
  const std::span<std::string_view> names = arena.NewArray<std::string_view>(count);
  for (std::string_view& name : names) {
    const size_t end = text.find(';');
    name = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  }
  if (!std::is_sorted(names.begin(), names.end())) {
    std::sort(names.begin(), names.end());
  }
  return names;
}

bool Signs(std::span<const std::string_view> signed_headers, std::string_view name) {
  return std::binary_search(signed_headers.begin(), signed_headers.end(), name);
}

Status CheckSignedHeaders(std::span<const std::string_view> signed_headers, const KnownHeaders& known, Form form) {
  if (!Signs(signed_headers, "host")) {
    return Invalid("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
  }
  // What decides the meaning of a request must be covered; other x-amz-* headers may be left out.
  if (known.target != nullptr && !Signs(signed_headers, "x-amz-target")) {
    return Invalid("'X-Amz-Target' must be a 'SignedHeader' in the AWS Authorization.");
  }
  if (form == Form::kHeader && known.amz_date != nullptr && !Signs(signed_headers, "x-amz-date")) {
    return Invalid("'X-Amz-Date' must be a 'SignedHeader' in the AWS Authorization.");
  }
  return {};
}

Result<Credential> ParseCredential(std::string_view text, std::string_view amz_date, const Expectations& expectations) {
  std::array<std::string_view, 5> elements;
  size_t count = 0;
  std::string_view rest = text;
  for (bool more = true; more; ++count) {
    const size_t slash = rest.find('/');
    if (count < elements.size()) {
      elements[count] = rest.substr(0, slash);
    }
    more = slash != std::string_view::npos;
    rest = more ? rest.substr(slash + 1) : std::string_view();
  }
  if (count != elements.size()) {
    return Incomplete(
        Join("Credential must have exactly 5 slash-delimited elements, e.g. "
             "keyid/date/region/service/term, got '",
             text, "'"));
  }
  const Credential credential{elements[0], elements[1], elements[2], elements[3]};
  const std::string_view terminator = elements[4];
  const std::string_view day = amz_date.substr(0, 8);

  // The service puts a blank behind each of the first three, the last of an answer included.
  std::string faults;
  if (expectations.region_accepted && !expectations.region_accepted(credential.region)) {
    faults += Join("Credential should be scoped to a valid region, not '", credential.region, "'. ");
  }
  if (expectations.service_accepted && !expectations.service_accepted(credential.service)) {
    faults += Join("Credential should be scoped to correct service: '", expectations.service_wanted, "'. ");
  }
  if (terminator != kTerminator) {
    faults += Join("Credential should be scoped with a valid terminator: 'aws4_request', not '", terminator, "'. ");
  }
  if (credential.date != day) {
    faults += Join("Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '",
                   credential.date, "' != '", day, "', from '", amz_date, "'.");
  }
  if (!faults.empty()) {
    return Invalid(std::move(faults));
  }
  return credential;
}

// The service within `akid/date/region/service/terminator`, whose slashes may be percent-encoded.
std::string_view ServiceOfCredential(std::string_view credential) {
  const auto next_slash = [](std::string_view text, size_t& size) {
    for (size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '/') {
        size = 1;
        return i;
      }
      if (text[i] == '%' && text.size() - i >= 3 && text[i + 1] == '2' && (text[i + 2] == 'F' || text[i + 2] == 'f')) {
        size = 3;
        return i;
      }
    }
    return std::string_view::npos;
  };
  for (int element = 0; element < 5; ++element) {
    size_t size = 0;
    const size_t slash = next_slash(credential, size);
    if (slash == std::string_view::npos) {
      return {};
    }
    if (element == 3) {
      return credential.substr(0, slash);
    }
    credential.remove_prefix(slash + size);
  }
  return {};
}

void AppendStringToSign(std::string& out, std::string_view amz_date, const Credential& credential,
                        std::string_view canonical_request) {
  const crypto::Sha256Digest digest = crypto::Sha256(canonical_request);
  std::array<char, kHexDigestSize> hex;
  crypto::HexOf(digest, hex.data());
  out.append(kAlgorithm).append("\n");
  out.append(amz_date).append("\n");
  out.append(credential.date).append("/").append(credential.region).append("/").append(credential.service);
  out.append("/").append(kTerminator).append("\n");
  out.append(hex.data(), hex.size());
}

// The thread's buffers, emptied; an unusually large one is given back.
struct Buffers {
  std::string canonical_request;
  std::string string_to_sign;
};

Buffers& EmptyBuffers() {
  thread_local Buffers buffers;
  if (buffers.canonical_request.capacity() > kBufferBytesKept) {
    buffers.canonical_request = {};
  }
  buffers.canonical_request.clear();
  buffers.string_to_sign.clear();
  return buffers;
}

}  // namespace

Result<Claim> ParseClaim(const http::Request& request, const Expectations& expectations, Arena& arena) {
  const http::RequestHead& head = request.head;
  const KnownHeaders known = FindKnownHeaders(head);
  Parts parts;
  if (!head.query.empty()) {
    parts = ReadQuery(head.query, arena);
  }
  const bool has_query_form = parts.algorithm.present || parts.credential.present || parts.signature.present;
  const bool has_header_form =
      known.authorization != nullptr && known.authorization->value.starts_with(kAnyAlgorithmPrefix);

  if (!has_header_form && !has_query_form) {
    return Error(Reason::kMissingAuthentication, "Request is missing Authentication Token");
  }
  if (known.authorization != nullptr && parts.algorithm.present) {
    return Invalid("Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.");
  }
  Claim claim;
  claim.form = has_header_form ? Form::kHeader : Form::kQuery;
  int64_t valid_s = expectations.skew_s;
  if (claim.form == Form::kHeader) {
    const std::string_view header = known.authorization->value;
    parts = Parts();
    TRY(ReadAuthorization(header, parts));
    if (known.amz_date != nullptr || known.date != nullptr) {
      parts.date.Set((known.amz_date != nullptr ? known.amz_date : known.date)->value);
    }
    TRY(CheckHeaderPartsPresent(parts, header));
  } else {
    TRY(CheckQueryPartsPresent(parts));
    if (parts.expires.present) {
      TRY_ASSIGN(valid_s, ParseExpires(parts.expires.text));
    }
  }
  TRY(CheckDate(parts.date.text, valid_s, expectations));
  claim.amz_date = parts.date.text;
  claim.signed_headers = SplitSignedHeaders(parts.signed_headers.text, arena);
  TRY(CheckSignedHeaders(claim.signed_headers, known, claim.form));
  if (parts.algorithm.text != kAlgorithm) {
    return Incomplete(
        Join("Unsupported AWS 'algorithm': '", parts.algorithm.text, "' (only AWS4-HMAC-SHA256 for now). "));
  }
  TRY_ASSIGN(claim.credential, ParseCredential(parts.credential.text, claim.amz_date, expectations));
  claim.signature = parts.signature.text;
  if (parts.security_token.present) {
    claim.security_token = parts.security_token.text;
  } else if (known.security_token != nullptr) {
    claim.security_token = known.security_token->value;
  }
  return claim;
}

std::string_view ServiceOfScope(const http::RequestHead& head) {
  const http::Header* authorization = head.Find("authorization");
  if (authorization != nullptr && authorization->value.starts_with(kAnyAlgorithmPrefix)) {
    constexpr std::string_view kKey = "Credential=";
    const size_t begin = authorization->value.find(kKey);
    if (begin == std::string_view::npos) {
      return {};
    }
    const std::string_view rest = authorization->value.substr(begin + kKey.size());
    return ServiceOfCredential(rest.substr(0, rest.find(',')));
  }
  std::string_view service;
  ForEachQueryParameter(head.query, [&service](std::string_view name, std::string_view value) {
    if (service.empty() && DecodesTo(name, "X-Amz-Credential")) {
      service = ServiceOfCredential(value);
    }
  });
  return service;
}

crypto::Sha256Digest DeriveSigningKey(std::string_view secret, const Credential& credential) {
  std::string first = Join("AWS4", secret);
  crypto::Sha256Digest key = crypto::HmacSha256(first, credential.date);
  WipeMemory(first.data(), first.size());
  for (const std::string_view step : {credential.region, credential.service, kTerminator}) {
    key = crypto::HmacSha256(crypto::AsView(key), step);
  }
  return key;
}

Status Verify(const Claim& claim, const http::Request& request, const crypto::HmacSha256Key& signing_key,
              Arena& /*arena*/) {
  const crypto::Sha256Digest payload = crypto::Sha256(request.body);
  std::array<char, kHexDigestSize> payload_hash;
  crypto::HexOf(payload, payload_hash.data());
  const std::string_view payload_hash_view(payload_hash.data(), payload_hash.size());
  // Anything but the hash of the body (UNSIGNED-PAYLOAD, a streaming form) belongs to S3.
  const http::Header* said_hash = request.head.Find("x-amz-content-sha256");
  if (said_hash != nullptr && !http::EqualIgnoringCase(said_hash->value, payload_hash_view)) {
    return Mismatch();
  }
  // A name listed twice would sign its value twice over; no client does, and it would let a small request grow.
  if (std::adjacent_find(claim.signed_headers.begin(), claim.signed_headers.end()) != claim.signed_headers.end()) {
    return Mismatch();
  }
  Buffers& buffers = EmptyBuffers();
  const CanonicalInput input{request.head.method,  request.head.path, request.head.query,        request.head.headers,
                             claim.signed_headers, payload_hash_view, claim.form == Form::kQuery};
  if (!AppendCanonicalRequest(buffers.canonical_request, input)) {
    return Mismatch();
  }
  AppendStringToSign(buffers.string_to_sign, claim.amz_date, claim.credential, buffers.canonical_request);
  std::array<char, kHexDigestSize> signature;
  crypto::HexOf(signing_key.Sign(buffers.string_to_sign), signature.data());
  if (!EqualInConstantTime(claim.signature, {signature.data(), signature.size()})) {
    return Mismatch();
  }
  return {};
}

std::string MakeAuthorization(const UnsignedRequest& request, std::string_view access_key_id, std::string_view secret,
                              std::string_view region, std::string_view service, std::string_view amz_date) {
  std::vector<std::string> names;
  for (const http::Header& header : request.headers) {
    names.emplace_back(header.name);
    MakeLowerCase(names.back().data(), names.back().size());
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  const std::vector<std::string_view> signed_headers(names.begin(), names.end());

  const std::string payload_hash = crypto::HexOf(crypto::Sha256(request.body));
  const CanonicalInput input{request.method, request.path, request.query, request.headers,
                             signed_headers, payload_hash, false};
  const Credential credential{access_key_id, amz_date.substr(0, 8), region, service};
  Buffers& buffers = EmptyBuffers();
  AppendCanonicalRequest(buffers.canonical_request, input);
  AppendStringToSign(buffers.string_to_sign, amz_date, credential, buffers.canonical_request);
  const crypto::Sha256Digest key = DeriveSigningKey(secret, credential);
  const std::string signature = crypto::HexOf(crypto::HmacSha256(crypto::AsView(key), buffers.string_to_sign));

  std::string authorization = Join(kAlgorithm, " Credential=", access_key_id, "/", credential.date, "/", region, "/",
                                   service, "/", kTerminator, ", SignedHeaders=");
  for (size_t i = 0; i < names.size(); ++i) {
    authorization.append(i > 0 ? ";" : "").append(names[i]);
  }
  return authorization.append(", Signature=").append(signature);
}

}  // namespace basalt::signature
