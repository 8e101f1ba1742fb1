// Almost every request has the path "/", no query and values without runs of spaces: those cost a copy.
#include "signature/canonical_request.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

namespace basalt::signature {
namespace {

constexpr std::string_view kHexDigits = "0123456789ABCDEF";

constexpr bool IsUnreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

void AppendEncodedByte(std::string& out, char c) {
  if (IsUnreserved(c)) {
    out.push_back(c);
    return;
  }
  const auto byte = static_cast<unsigned char>(c);
  out.push_back('%');
  out.push_back(kHexDigits[byte >> 4]);
  out.push_back(kHexDigits[byte & 15]);
}

int HexValue(char c) {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  if (c >= 'A' && c <= 'F') {
    return c - 'A' + 10;
  }
  if (c >= 'a' && c <= 'f') {
    return c - 'a' + 10;
  }
  return -1;
}

// Dot segments and empty segments go; what remains is encoded once more, as every service but S3 does.
void AppendCanonicalPath(std::string& out, std::string_view path) {
  if (path.empty() || path == "/") {
    out.push_back('/');
    return;
  }
  const size_t begin = out.size();
  std::string_view rest = path;
  while (!rest.empty()) {
    const size_t slash = rest.find('/');
    const std::string_view segment = rest.substr(0, slash);
    rest = slash == std::string_view::npos ? std::string_view() : rest.substr(slash + 1);
    if (segment.empty() || segment == ".") {
      continue;
    }
    if (segment == "..") {
      const size_t parent = out.rfind('/');
      out.resize(parent == std::string::npos || parent < begin ? begin : parent);
      continue;
    }
    out.push_back('/');
    for (const char c : segment) {
      AppendEncodedByte(out, c);
    }
  }
  if (out.size() == begin || path.back() == '/') {
    out.push_back('/');
  }
}

struct EncodedParameter {
  uint32_t name_begin = 0;
  uint32_t value_begin = 0;
  uint32_t end = 0;
};

void AppendCanonicalQuery(std::string& out, std::string_view query, bool drop_signature) {
  if (query.empty()) {
    return;
  }
  thread_local std::string encoded;
  thread_local std::vector<EncodedParameter> parameters;
  encoded.clear();
  parameters.clear();
  const auto append = [](std::string_view text) {
    while (!text.empty()) {
      AppendEncodedByte(encoded, TakeDecodedByte(text));
    }
  };
  ForEachQueryParameter(query, [&](std::string_view name, std::string_view value) {
    if (drop_signature && DecodesTo(name, kSignatureParameter)) {
      return;
    }
    EncodedParameter parameter;
    parameter.name_begin = static_cast<uint32_t>(encoded.size());
    append(name);
    parameter.value_begin = static_cast<uint32_t>(encoded.size());
    append(value);
    parameter.end = static_cast<uint32_t>(encoded.size());
    parameters.push_back(parameter);
  });
  const auto name_of = [](const EncodedParameter& p) {
    return std::string_view(encoded).substr(p.name_begin, p.value_begin - p.name_begin);
  };
  const auto value_of = [](const EncodedParameter& p) {
    return std::string_view(encoded).substr(p.value_begin, p.end - p.value_begin);
  };
  std::sort(parameters.begin(), parameters.end(), [&](const EncodedParameter& a, const EncodedParameter& b) {
    const int order = name_of(a).compare(name_of(b));
    return order != 0 ? order < 0 : value_of(a) < value_of(b);
  });
  for (size_t i = 0; i < parameters.size(); ++i) {
    if (i > 0) {
      out.push_back('&');
    }
    out.append(name_of(parameters[i]));
    out.push_back('=');
    out.append(value_of(parameters[i]));
  }
}

void AppendTrimmedValue(std::string& out, std::string_view value) {
  while (!value.empty() && value.front() == ' ') {
    value.remove_prefix(1);
  }
  while (!value.empty() && value.back() == ' ') {
    value.remove_suffix(1);
  }
  for (size_t run = value.find("  "); run != std::string_view::npos; run = value.find("  ")) {
    out.append(value.substr(0, run + 1));
    value.remove_prefix(std::min(value.find_first_not_of(' ', run), value.size()));
  }
  out.append(value);
}

bool AppendCanonicalHeader(std::string& out, std::span<const http::Header> headers, std::string_view name) {
  bool found = false;
  for (const http::Header& header : headers) {
    if (!http::EqualIgnoringCase(header.name, name)) {
      continue;
    }
    if (found) {
      out.push_back(',');
    } else {
      out.append(name);
      out.push_back(':');
    }
    found = true;
    AppendTrimmedValue(out, header.value);
  }
  out.push_back('\n');
  return found;
}

}  // namespace

char TakeDecodedByte(std::string_view& text) {
  const char c = text.front();
  if (c == '%' && text.size() >= 3) {
    const int high = HexValue(text[1]);
    const int low = HexValue(text[2]);
    if (high >= 0 && low >= 0) {
      text.remove_prefix(3);
      return static_cast<char>(high << 4 | low);
    }
  }
  text.remove_prefix(1);
  return c == '+' ? ' ' : c;
}

bool DecodesTo(std::string_view encoded, std::string_view wanted) {
  if (encoded.size() < wanted.size()) {
    return false;
  }
  while (!encoded.empty() && !wanted.empty()) {
    if (TakeDecodedByte(encoded) != wanted.front()) {
      return false;
    }
    wanted.remove_prefix(1);
  }
  return encoded.empty() && wanted.empty();
}

bool AppendCanonicalRequest(std::string& out, const CanonicalInput& input) {
  out.append(input.method);
  out.push_back('\n');
  AppendCanonicalPath(out, input.path);
  out.push_back('\n');
  AppendCanonicalQuery(out, input.query, input.drop_signature);
  out.push_back('\n');
  for (const std::string_view name : input.signed_headers) {
    if (!AppendCanonicalHeader(out, input.headers, name)) {
      return false;
    }
  }
  out.push_back('\n');
  for (size_t i = 0; i < input.signed_headers.size(); ++i) {
    if (i > 0) {
      out.push_back(';');
    }
    out.append(input.signed_headers[i]);
  }
  out.push_back('\n');
  out.append(input.payload_hash);
  return true;
}

}  // namespace basalt::signature
