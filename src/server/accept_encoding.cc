// Reads `coding [;q=weight]` separated by commas, over all headers of that name.
#include "server/accept_encoding.h"

#include <algorithm>
#include <optional>

namespace basalt::server {
namespace {

std::string_view Trim(std::string_view text) {
  const size_t begin = std::min(text.find_first_not_of(" \t"), text.size());
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

// Up to the separator, which goes too.
std::string_view TakeUpTo(std::string_view& text, char separator) {
  const size_t end = std::min(text.find(separator), text.size());
  const std::string_view taken = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return Trim(taken);
}

// Thousandths; RFC 9110, 12.4.2: 0 or 1 with at most three decimals.
std::optional<int> ParseWeight(std::string_view text) {
  if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1') || (text.size() > 1 && text[1] != '.')) {
    return std::nullopt;
  }
  int weight = text[0] - '0';
  for (size_t i = 2; i < 5; ++i) {
    const char digit = i < text.size() ? text[i] : '0';
    if (digit < '0' || digit > '9') {
      return std::nullopt;
    }
    weight = weight * 10 + (digit - '0');
  }
  return weight <= 1000 ? std::optional(weight) : std::nullopt;
}

// The weight of one element after its coding; 0 if it cannot be understood.
int WeightOf(std::string_view parameters) {
  if (parameters.empty()) {
    return 1000;
  }
  const std::string_view name = TakeUpTo(parameters, '=');
  return http::EqualIgnoringCase(name, "q") ? ParseWeight(Trim(parameters)).value_or(0) : 0;
}

}  // namespace

bool AcceptsGzip(std::span<const http::Header> headers) {
  int gzip = -1;  // not named
  int identity = -1;
  for (const http::Header& header : headers) {
    if (!http::EqualIgnoringCase(header.name, "accept-encoding")) {
      continue;
    }
    for (std::string_view rest = header.value; !rest.empty();) {
      std::string_view element = TakeUpTo(rest, ',');
      const std::string_view coding = TakeUpTo(element, ';');
      // Named twice, the lesser weight counts.
      if (http::EqualIgnoringCase(coding, "gzip")) {
        gzip = gzip < 0 ? WeightOf(element) : std::min(gzip, WeightOf(element));
      } else if (http::EqualIgnoringCase(coding, "identity")) {
        identity = std::max(identity, WeightOf(element));
      }
    }
  }
  return gzip > 0 && gzip >= identity;
}

}  // namespace basalt::server
