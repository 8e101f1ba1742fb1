// The canonical request: the one text that client and server both derive from a request, and sign. Pure; appends to a
// buffer that the caller reuses. For signature/ only.
// Source: AWS IAM User Guide, "Create a signed AWS API request".
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "http/message.h"

namespace basalt::signature {

struct CanonicalInput {
  std::string_view method;
  std::string_view path;   // as received
  std::string_view query;  // as received
  std::span<const http::Header> headers;
  std::span<const std::string_view> signed_headers;  // lower case, sorted, each once
  std::string_view payload_hash;                     // hex
  bool drop_signature = false;                       // X-Amz-Signature of the query does not sign itself
};

// False if a signed header is not among the headers (`out` is then of no use).
bool AppendCanonicalRequest(std::string& out, const CanonicalInput& input);

// Calls `visit(name, value)` for each parameter of a query, still encoded, in order; empty pieces are passed over.
template <class Visit>
void ForEachQueryParameter(std::string_view query, Visit visit) {
  while (!query.empty()) {
    const size_t end = query.find('&');
    const std::string_view piece = query.substr(0, end);
    query = end == std::string_view::npos ? std::string_view() : query.substr(end + 1);
    if (piece.empty()) {
      continue;
    }
    const size_t equal = piece.find('=');
    visit(piece.substr(0, equal), equal == std::string_view::npos ? std::string_view() : piece.substr(equal + 1));
  }
}

// One percent-decoded byte from the front of `text`, which is not empty. '+' is a space; a '%' that two hex digits do
// not follow stands for itself.
char TakeDecodedByte(std::string_view& text);

// Whether an encoded text decodes to `wanted`.
bool DecodesTo(std::string_view encoded, std::string_view wanted);

inline constexpr std::string_view kSignatureParameter = "X-Amz-Signature";

}  // namespace basalt::signature
