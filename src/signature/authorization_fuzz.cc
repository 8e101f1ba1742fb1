// Any Authorization header, date, query and path: reading a claim and verifying it never fails otherwise than by an
// Error, and never accepts. One input is lines: header, date, query, path, then more headers and the body.
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "signature/sigv4.h"

namespace {

std::string_view TakeLine(std::string_view& input) {
  const size_t end = input.find('\n');
  const std::string_view line = input.substr(0, end);
  input = end == std::string_view::npos ? std::string_view() : input.substr(end + 1);
  return line;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using basalt::http::Header;
  namespace signature = basalt::signature;
  std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::string_view authorization = TakeLine(input);
  const std::string_view date = TakeLine(input);
  basalt::http::Request request;
  request.head.method = "POST";
  request.head.query = TakeLine(input);
  request.head.path = TakeLine(input);
  std::vector<Header> headers = {{"Host", "localhost:8000"}, {"X-Amz-Target", TakeLine(input)}};
  headers.push_back({TakeLine(input), TakeLine(input)});
  headers.push_back({"X-Amz-Security-Token", TakeLine(input)});
  if (!authorization.empty()) {
    headers.push_back({"Authorization", authorization});
  }
  if (!date.empty()) {
    headers.push_back({"X-Amz-Date", date});
  }
  request.head.headers = headers;
  request.body = input;

  signature::Expectations expectations;
  expectations.now_ms = 1440938160000;  // 20150830T123600Z
  expectations.service_accepted = [](std::string_view service) { return service == "dynamodb"; };
  expectations.service_wanted = "dynamodb";
  basalt::Arena arena;
  basalt::Result<signature::Claim> claim = signature::ParseClaim(request, expectations, arena);
  signature::ServiceOfScope(request.head);
  if (!claim.ok()) {
    return 0;
  }
  const basalt::crypto::HmacSha256Key key("a key that the input cannot know");
  BASALT_CHECK(!signature::Verify(*claim, request, key, arena).ok());
  return 0;
}
