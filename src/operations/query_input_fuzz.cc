// Arbitrary parameters as the input of an operation: refused, or nodes that both walks over its shape can read. Lines
// are parameters, "name=value".
#include "operations/query_input.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace basalt::operations;
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  std::vector<Parameter> parameters;
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    const size_t equals = std::min(line.find('='), line.size());
    parameters.push_back({line.substr(0, equals), line.substr(std::min(equals + 1, line.size()))});
  }
  for (const Service& service : AllServices()) {
    if (service.protocol != Protocol::kQuery) {
      continue;
    }
    for (const Operation& operation : service.operations) {
      basalt::Arena arena;
      const auto input = ReadParameters(*operation.input, parameters, arena);
      if (input.ok()) {
        BASALT_CHECK(input->IsObject());
        BASALT_CHECK(CheckTypes(*operation.input, *input).ok());
        static_cast<void>(FindViolations(*operation.input, *input));
      }
    }
  }
  return 0;
}
