// RequestParser: reads one HTTP/1.1 request head, strictly. It is fed the bytes of a connection's buffer as they
// arrive, never looks at a byte of a finished line twice, and its result does not depend on how the bytes were
// split. What two servers could understand differently (and so could carry a smuggled request) is refused, never
// repaired. ChunkedDecoder does the same for a chunked body.
//
// Both keep positions, not pointers, so the buffer may move between calls. Not thread-safe. Errors are a status and
// a static text; the connection answers with them and closes.
// Source: RFC 9110, RFC 9112.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "http/message.h"

namespace basalt::http {

enum class Progress : uint8_t { kNeedsMore, kComplete, kRefused };

struct Refusal {
  int status = 0;
  std::string_view text;  // static
};

class RequestParser {
 public:
  RequestParser(size_t head_bytes_max, size_t headers_max)
      : head_bytes_max_(head_bytes_max), headers_max_(headers_max) {}

  // `bytes` is everything that arrived since the head began: what the last call saw, plus what came since. Bytes
  // after the end of the head are left alone.
  Progress Parse(std::string_view bytes);

  // After kComplete: the head, as views of the buffer that now begins at `bytes` (the same bytes that were parsed).
  // Valid until the buffer moves, the next call of HeadAt, or Reset.
  const RequestHead& HeadAt(const char* bytes);
  size_t head_size_bytes() const { return line_begin_; }  // after kComplete
  const Refusal& refusal() const { return refusal_; }     // after kRefused

  void Reset();  // for the next request

 private:
  struct Range {
    uint32_t begin = 0;
    uint32_t size = 0;
    std::string_view Of(const char* bytes) const { return {bytes + begin, size}; }
  };
  struct HeaderRange {
    Range name;
    Range value;
  };

  bool Refuse(int status, std::string_view text);
  bool ParseRequestLine(const char* bytes, size_t begin, size_t end);
  bool ParseTarget(const char* bytes, Range target);
  bool ParseHeaderLine(const char* bytes, size_t begin, size_t end);
  bool ReadKnownHeader(const char* bytes, const HeaderRange& header);
  void ReadConnectionOptions(std::string_view value);
  bool CheckWholeHead(const char* bytes);

  size_t head_bytes_max_;
  size_t headers_max_;

  size_t line_begin_ = 0;  // of the line being waited for
  size_t scanned_ = 0;     // no line end before here
  bool request_line_read_ = false;
  bool empty_line_skipped_ = false;
  Progress progress_ = Progress::kNeedsMore;
  Refusal refusal_;

  Range method_;
  Range target_;
  Range authority_;  // of an absolute target
  Range path_;
  Range query_;
  Range host_;
  int minor_version_ = 1;
  uint64_t content_length_ = 0;
  bool path_is_root_ = false;  // an absolute target without a path
  bool has_authority_ = false;
  bool has_host_ = false;
  bool has_content_length_ = false;
  bool chunked_ = false;
  bool says_close_ = false;
  bool says_keep_alive_ = false;
  bool expect_continue_ = false;
  std::vector<HeaderRange> ranges_;

  std::vector<Header> headers_;
  RequestHead head_;
};

// Undoes the chunked transfer coding. Extensions and trailers are checked, bounded and dropped.
class ChunkedDecoder {
 public:
  ChunkedDecoder() = default;
  explicit ChunkedDecoder(uint64_t body_bytes_max, size_t overhead_bytes_max)
      : body_bytes_max_(body_bytes_max), overhead_bytes_max_(overhead_bytes_max) {}

  struct Step {
    Progress progress = Progress::kNeedsMore;
    size_t consumed = 0;  // of `raw`: all of it unless complete or refused
    size_t written = 0;   // to `out`
  };
  // `out` may be `raw` itself or lie before it in the same buffer.
  Step Decode(std::string_view raw, char* out);

  uint64_t body_bytes() const { return body_bytes_; }  // decoded so far
  const Refusal& refusal() const { return refusal_; }

 private:
  enum class State : uint8_t {
    kSize,
    kExtension,
    kSizeLineFeed,
    kData,
    kDataReturn,
    kDataLineFeed,
    kTrailerBegin,
    kTrailerName,
    kTrailerValue,
    kTrailerLineFeed,
    kLastLineFeed,
    kDone,
    kFailed,
  };
  void Read(char c);
  void Refuse(int status, std::string_view text);

  uint64_t body_bytes_max_ = 0;
  size_t overhead_bytes_max_ = 0;  // of extensions and trailers, over the whole body
  uint64_t body_bytes_ = 0;
  uint64_t chunk_left_ = 0;
  size_t overhead_bytes_ = 0;
  uint32_t size_digits_ = 0;
  State state_ = State::kSize;
  Refusal refusal_;
};

}  // namespace basalt::http
