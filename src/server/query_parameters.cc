// Form decoding.
#include "server/query_parameters.h"

#include <optional>
#include <vector>

#include "base/bytes.h"

namespace basalt::server {
namespace {

constexpr size_t kParametersMax = 10'000;

std::optional<std::string_view> Decode(std::string_view encoded, Arena& arena) {
  char* decoded = static_cast<char*>(arena.Allocate(encoded.size() + 1, 1));
  size_t size = 0;
  for (size_t i = 0; i < encoded.size(); ++i) {
    if (encoded[i] == '+') {
      decoded[size++] = ' ';
    } else if (encoded[i] == '%') {
      const auto byte = encoded.size() - i > 2 ? HexDecode(encoded.substr(i + 1, 2)) : std::nullopt;
      if (!byte) {
        return std::nullopt;
      }
      decoded[size++] = (*byte)[0];
      i += 2;
    } else {
      decoded[size++] = encoded[i];
    }
  }
  return std::string_view(decoded, size);
}

}  // namespace

Result<std::span<const operations::Parameter>> ParseParameters(std::string_view encoded, Arena& arena) {
  std::vector<operations::Parameter> parameters;
  while (!encoded.empty()) {
    const size_t end = std::min(encoded.find('&'), encoded.size());
    const std::string_view pair = encoded.substr(0, end);
    encoded.remove_prefix(std::min(end + 1, encoded.size()));
    if (pair.empty()) {
      continue;
    }
    const size_t equals = std::min(pair.find('='), pair.size());
    const auto name = Decode(pair.substr(0, equals), arena);
    const auto value = Decode(pair.substr(std::min(equals + 1, pair.size())), arena);
    if (!name || !value || parameters.size() == kParametersMax) {
      return Error(Reason::kSerialization, "The request's parameters are malformed");
    }
    parameters.push_back({*name, *value});
  }
  return arena.CopyArray(std::span<const operations::Parameter>(parameters));
}

std::string_view FindParameter(std::span<const operations::Parameter> parameters, std::string_view name) {
  for (const operations::Parameter& parameter : parameters) {
    if (parameter.name == name) {
      return parameter.value;
    }
  }
  return {};
}

}  // namespace basalt::server
