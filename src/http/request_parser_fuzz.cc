// Any bytes, split anywhere: the parser gives the same answer as for the whole, its views stay inside the input, and
// the chunked decoder does likewise. The first byte of the input chooses the splits.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "http/request_parser.h"

namespace {

using basalt::http::ChunkedDecoder;
using basalt::http::Header;
using basalt::http::Progress;
using basalt::http::RequestHead;
using basalt::http::RequestParser;

constexpr size_t kHeadBytesMax = 512;
constexpr size_t kHeadersMax = 8;

void CheckInside(std::string_view part, std::string_view whole) {
  BASALT_CHECK(part.empty() ||
               (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size()));
}

void CheckHead(const RequestHead& head, std::string_view input) {
  for (const std::string_view part : {head.method, head.target, head.query}) {
    CheckInside(part, input);
  }
  BASALT_CHECK(!head.method.empty() && !head.target.empty() && !head.path.empty());
  BASALT_CHECK(!head.chunked || head.content_length == 0);
  BASALT_CHECK(head.headers.size() <= kHeadersMax);
  for (const Header& header : head.headers) {
    CheckInside(header.name, input);
    CheckInside(header.value, input);
    BASALT_CHECK(!header.name.empty());
    BASALT_CHECK(header.value.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos);
  }
}

struct Body {
  Progress progress = Progress::kNeedsMore;
  int status = 0;
  std::string bytes;
  size_t consumed = 0;
  bool operator==(const Body&) const = default;
};

Body DecodeChunks(std::string_view input, size_t piece) {
  ChunkedDecoder decoder(1024, 64);
  Body body;
  while (body.consumed < input.size() && body.progress == Progress::kNeedsMore) {
    std::string buffer(input.substr(body.consumed, piece));
    const ChunkedDecoder::Step step = decoder.Decode(buffer, buffer.data());
    BASALT_CHECK(step.consumed <= buffer.size() && step.written <= step.consumed);
    BASALT_CHECK(step.progress != Progress::kNeedsMore || step.consumed == buffer.size());
    body.bytes.append(buffer, 0, step.written);
    body.consumed += step.consumed;
    body.progress = step.progress;
  }
  body.status = decoder.refusal().status;
  BASALT_CHECK(decoder.body_bytes() == body.bytes.size() && body.bytes.size() <= 1024);
  return body;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) {
    return 0;
  }
  const size_t piece = 1 + data[0] % 16;
  const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);

  RequestParser whole(kHeadBytesMax, kHeadersMax);
  const Progress progress = whole.Parse(input);
  if (progress == Progress::kComplete) {
    BASALT_CHECK(whole.head_size_bytes() <= kHeadBytesMax);
    CheckHead(whole.HeadAt(input.data()), input.substr(0, whole.head_size_bytes()));
  }
  RequestParser split(kHeadBytesMax, kHeadersMax);
  Progress split_progress = Progress::kNeedsMore;
  for (size_t fed = 0; split_progress == Progress::kNeedsMore && fed < input.size();) {
    fed = std::min(input.size(), fed + piece);
    split_progress = split.Parse(input.substr(0, fed));
  }
  BASALT_CHECK(progress == split_progress || input.empty());
  BASALT_CHECK(whole.refusal().status == split.refusal().status && whole.refusal().text == split.refusal().text);
  if (progress == Progress::kComplete) {
    BASALT_CHECK(whole.head_size_bytes() == split.head_size_bytes());
    const RequestHead& a = whole.HeadAt(input.data());
    const RequestHead& b = split.HeadAt(input.data());
    BASALT_CHECK(a.method == b.method && a.target == b.target && a.path == b.path && a.query == b.query);
    BASALT_CHECK(a.headers.size() == b.headers.size() && a.content_length == b.content_length);
    BASALT_CHECK(a.chunked == b.chunked && a.keep_alive == b.keep_alive && a.expect_continue == b.expect_continue);
  }
  BASALT_CHECK(DecodeChunks(input, std::string_view::npos) == DecodeChunks(input, piece));
  return 0;
}
