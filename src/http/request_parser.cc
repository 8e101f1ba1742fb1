// The parser works line by line: find the line feed, then check and cut the line. A line is looked at only when it is
// whole, so where the bytes were split cannot matter.
#include "http/request_parser.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace basalt::http {
namespace {

constexpr size_t kMethodBytesMax = 32;
constexpr size_t kContentLengthDigitsMax = 18;
constexpr uint32_t kChunkSizeDigitsMax = 16;

enum CharacterClass : uint8_t {
  kToken = 1,   // of a method or a field name
  kTarget = 2,  // of a request target: visible ASCII but '#'
  kHost = 4,    // of a Host value: host, port, IP literal
};

constexpr std::array<uint8_t, 256> MakeClasses() {
  std::array<uint8_t, 256> classes{};
  for (size_t c = 0x21; c <= 0x7e; ++c) {
    if (c != '#') {
      classes[c] |= kTarget;
    }
  }
  constexpr std::string_view kAlphanumeric = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  for (const char c : kAlphanumeric) {
    classes[static_cast<unsigned char>(c)] |= kToken | kHost;
  }
  for (const char c : std::string_view("!#$%&'*+-.^_`|~")) {
    classes[static_cast<unsigned char>(c)] |= kToken;
  }
  for (const char c : std::string_view("-._~!$&'()*+;=:[]%")) {
    classes[static_cast<unsigned char>(c)] |= kHost;
  }
  return classes;
}
constexpr std::array<uint8_t, 256> kClasses = MakeClasses();

bool Is(char c, CharacterClass wanted) { return (kClasses[static_cast<unsigned char>(c)] & wanted) != 0; }

bool AllAre(std::string_view text, CharacterClass wanted) {
  uint8_t all = wanted;
  for (const char c : text) {
    all &= kClasses[static_cast<unsigned char>(c)];
  }
  return all != 0;
}

bool IsControl(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && byte != '\t') || byte == 0x7f;
}

// A control character other than a tab is in the text. Eight bytes at a time: values are most of a head.
bool HasControl(std::string_view text) {
  constexpr uint64_t kOnes = 0x0101010101010101;
  constexpr uint64_t kHighs = 0x8080808080808080;
  size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    uint64_t word = 0;
    std::memcpy(&word, text.data() + i, 8);
    const uint64_t below_space = (word - kOnes * 0x20) & ~word;
    const uint64_t delete_cleared = word ^ (kOnes * 0x7f);
    const uint64_t is_delete = (delete_cleared - kOnes) & ~delete_cleared;
    if (((below_space | is_delete) & kHighs) != 0 &&
        std::any_of(text.begin() + static_cast<ptrdiff_t>(i), text.begin() + static_cast<ptrdiff_t>(i + 8),
                    IsControl)) {
      return true;
    }
  }
  return std::any_of(text.begin() + static_cast<ptrdiff_t>(i), text.end(), IsControl);
}

bool IsBlank(char c) { return c == ' ' || c == '\t'; }

int HexDigit(char c) {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  if (c >= 'a' && c <= 'f') {
    return c - 'a' + 10;
  }
  if (c >= 'A' && c <= 'F') {
    return c - 'A' + 10;
  }
  return -1;
}

}  // namespace

bool RequestParser::Refuse(int status, std::string_view text) {
  refusal_ = {status, text};
  progress_ = Progress::kRefused;
  return false;
}

Progress RequestParser::Parse(std::string_view bytes) {
  if (progress_ != Progress::kNeedsMore) {
    return progress_;
  }
  const std::string_view allowed = bytes.substr(0, head_bytes_max_);
  if (scanned_ == 0 && !allowed.empty() && allowed[0] != '\r' && allowed[0] != '\n' && !Is(allowed[0], kToken)) {
    Refuse(400, "The request does not begin with an HTTP method.");  // TLS on a plain port, mostly
    return progress_;
  }
  while (scanned_ < allowed.size()) {
    const void* found = std::memchr(allowed.data() + scanned_, '\n', allowed.size() - scanned_);
    if (found == nullptr) {
      scanned_ = allowed.size();
      break;
    }
    const auto line_feed = static_cast<size_t>(static_cast<const char*>(found) - allowed.data());
    const size_t begin = line_begin_;
    if (line_feed == begin || allowed[line_feed - 1] != '\r') {
      Refuse(400, "A line of the request head does not end with CR LF.");
      return progress_;
    }
    const size_t end = line_feed - 1;
    scanned_ = line_begin_ = line_feed + 1;
    if (!request_line_read_) {
      if (begin == end && !empty_line_skipped_) {
        empty_line_skipped_ = true;  // RFC 9112 2.2: some clients end a body with one CR LF too many
        continue;
      }
      if (!ParseRequestLine(allowed.data(), begin, end)) {
        return progress_;
      }
      request_line_read_ = true;
    } else if (begin == end) {
      if (CheckWholeHead(allowed.data())) {
        progress_ = Progress::kComplete;
      }
      return progress_;
    } else if (!ParseHeaderLine(allowed.data(), begin, end)) {
      return progress_;
    }
  }
  if (bytes.size() >= head_bytes_max_) {
    Refuse(431, "The request head is too large.");
  }
  return progress_;
}

bool RequestParser::ParseRequestLine(const char* bytes, size_t begin, size_t end) {
  const std::string_view line(bytes + begin, end - begin);
  const size_t method_size = line.find(' ');
  if (method_size == std::string_view::npos || method_size == 0 || !AllAre(line.substr(0, method_size), kToken)) {
    return Refuse(400, "The request line has no method.");
  }
  const size_t target_begin = method_size + 1;
  const size_t target_end = line.find(' ', target_begin);
  if (target_end == std::string_view::npos || target_end == target_begin) {
    return Refuse(400, "The request line is not a method, a target and a version.");
  }
  const std::string_view target = line.substr(target_begin, target_end - target_begin);
  if (!AllAre(target, kTarget)) {
    return Refuse(400, "The request target holds a character that must be percent-encoded.");
  }
  const std::string_view version = line.substr(target_end + 1);
  if (version == "HTTP/1.1") {
    minor_version_ = 1;
  } else if (version == "HTTP/1.0") {
    minor_version_ = 0;
  } else if (version.size() == 8 && version.starts_with("HTTP/") && version[5] >= '0' && version[5] <= '9' &&
             version[6] == '.' && version[7] >= '0' && version[7] <= '9') {
    return Refuse(505, "Only HTTP/1.1 and HTTP/1.0 are spoken here.");
  } else {
    return Refuse(400, "The request line does not end with an HTTP version.");
  }
  if (method_size > kMethodBytesMax) {
    return Refuse(501, "The method is not known.");
  }
  method_ = {static_cast<uint32_t>(begin), static_cast<uint32_t>(method_size)};
  target_ = {static_cast<uint32_t>(begin + target_begin), static_cast<uint32_t>(target.size())};
  return ParseTarget(bytes, target_);
}

bool RequestParser::ParseTarget(const char* bytes, Range target) {
  const std::string_view text = target.Of(bytes);
  size_t path_begin = 0;
  if (text == "*") {
    if (method_.Of(bytes) != "OPTIONS") {
      return Refuse(400, "The target '*' belongs to OPTIONS.");
    }
  } else if (text[0] != '/') {
    // RFC 9112 3.2.2: a server accepts the absolute form too; CheckWholeHead compares its authority with Host.
    const size_t scheme_size = text.find("://");
    const std::string_view scheme = text.substr(0, scheme_size == std::string_view::npos ? 0 : scheme_size);
    if (!EqualIgnoringCase(scheme, "http") && !EqualIgnoringCase(scheme, "https")) {
      return Refuse(400, "The request target is not a path.");
    }
    const size_t authority_begin = scheme_size + 3;
    path_begin = std::min(text.find_first_of("/?", authority_begin), text.size());
    authority_ = {target.begin + static_cast<uint32_t>(authority_begin),
                  static_cast<uint32_t>(path_begin - authority_begin)};
    has_authority_ = true;
    if (authority_.size == 0) {
      return Refuse(400, "The request target names no host.");
    }
    path_is_root_ = path_begin == text.size() || text[path_begin] == '?';
  }
  const size_t question = std::min(text.find('?', path_begin), text.size());
  path_ = {target.begin + static_cast<uint32_t>(path_begin), static_cast<uint32_t>(question - path_begin)};
  const size_t query_begin = std::min(question + 1, text.size());
  query_ = {target.begin + static_cast<uint32_t>(query_begin), static_cast<uint32_t>(text.size() - query_begin)};
  return true;
}

bool RequestParser::ParseHeaderLine(const char* bytes, size_t begin, size_t end) {
  if (IsBlank(bytes[begin])) {
    return Refuse(400, "A header line begins with white space.");
  }
  size_t name_end = begin;
  while (name_end < end && Is(bytes[name_end], kToken)) {
    ++name_end;
  }
  if (name_end == begin || name_end == end || bytes[name_end] != ':') {
    return Refuse(400, "A header line does not begin with a name and a colon.");
  }
  size_t value_begin = name_end + 1;
  size_t value_end = end;
  while (value_begin < value_end && IsBlank(bytes[value_begin])) {
    ++value_begin;
  }
  while (value_end > value_begin && IsBlank(bytes[value_end - 1])) {
    --value_end;
  }
  if (HasControl({bytes + value_begin, value_end - value_begin})) {
    return Refuse(400, "A header value holds a control character.");
  }
  if (ranges_.size() == headers_max_) {
    return Refuse(431, "The request has too many headers.");
  }
  const HeaderRange header{{static_cast<uint32_t>(begin), static_cast<uint32_t>(name_end - begin)},
                           {static_cast<uint32_t>(value_begin), static_cast<uint32_t>(value_end - value_begin)}};
  ranges_.push_back(header);
  return ReadKnownHeader(bytes, header);
}

bool RequestParser::ReadKnownHeader(const char* bytes, const HeaderRange& header) {
  const std::string_view name = header.name.Of(bytes);
  const std::string_view value = header.value.Of(bytes);
  switch (name.size()) {
    case 4:
      if (EqualIgnoringCase(name, "host")) {
        if (has_host_) {
          return Refuse(400, "The request has more than one Host header.");
        }
        if (!AllAre(value, kHost)) {
          return Refuse(400, "The Host header is not a host.");
        }
        has_host_ = true;
        host_ = header.value;
      }
      return true;
    case 6:
      if (EqualIgnoringCase(name, "expect")) {
        if (!EqualIgnoringCase(value, "100-continue")) {
          return Refuse(417, "The only expectation known here is 100-continue.");
        }
        expect_continue_ = true;
      }
      return true;
    case 10:
      if (EqualIgnoringCase(name, "connection")) {
        ReadConnectionOptions(value);
      }
      return true;
    case 14:
      if (EqualIgnoringCase(name, "content-length")) {
        if (has_content_length_) {
          return Refuse(400, "The request has more than one Content-Length header.");
        }
        has_content_length_ = true;
        if (value.empty() || !std::all_of(value.begin(), value.end(), [](char c) { return c >= '0' && c <= '9'; })) {
          return Refuse(400, "The Content-Length header is not a number.");
        }
        if (value.size() > kContentLengthDigitsMax) {
          return Refuse(413, "The request body is too large.");
        }
        for (const char c : value) {
          content_length_ = content_length_ * 10 + static_cast<uint64_t>(c - '0');
        }
      }
      return true;
    case 17:
      if (EqualIgnoringCase(name, "transfer-encoding")) {
        if (chunked_) {
          return Refuse(400, "The request has more than one Transfer-Encoding header.");
        }
        if (!EqualIgnoringCase(value, "chunked")) {
          return Refuse(501, "The only transfer coding known here is chunked.");
        }
        chunked_ = true;
      }
      return true;
    default:
      return true;
  }
}

void RequestParser::ReadConnectionOptions(std::string_view value) {
  while (!value.empty()) {
    const size_t comma = std::min(value.find(','), value.size());
    std::string_view option = value.substr(0, comma);
    value.remove_prefix(std::min(comma + 1, value.size()));
    while (!option.empty() && IsBlank(option.front())) {
      option.remove_prefix(1);
    }
    while (!option.empty() && IsBlank(option.back())) {
      option.remove_suffix(1);
    }
    says_close_ = says_close_ || EqualIgnoringCase(option, "close");
    says_keep_alive_ = says_keep_alive_ || EqualIgnoringCase(option, "keep-alive");
  }
}

bool RequestParser::CheckWholeHead(const char* bytes) {
  if (minor_version_ == 1 && !has_host_) {
    return Refuse(400, "The request has no Host header.");
  }
  if (has_authority_ && has_host_ && !EqualIgnoringCase(authority_.Of(bytes), host_.Of(bytes))) {
    return Refuse(400, "The request target and the Host header name different hosts.");
  }
  if (chunked_ && has_content_length_) {
    return Refuse(400, "The request has both Content-Length and Transfer-Encoding.");
  }
  if (chunked_ && minor_version_ == 0) {
    return Refuse(400, "HTTP/1.0 has no transfer codings.");
  }
  return true;
}

const RequestHead& RequestParser::HeadAt(const char* bytes) {
  headers_.clear();
  headers_.reserve(ranges_.size());
  for (const HeaderRange& range : ranges_) {
    headers_.push_back({range.name.Of(bytes), range.value.Of(bytes)});
  }
  head_.method = method_.Of(bytes);
  head_.target = target_.Of(bytes);
  head_.path = path_is_root_ ? std::string_view("/") : path_.Of(bytes);
  head_.query = query_.Of(bytes);
  head_.minor_version = minor_version_;
  head_.headers = headers_;
  head_.content_length = content_length_;
  head_.chunked = chunked_;
  head_.keep_alive = !says_close_ && (minor_version_ == 1 || says_keep_alive_);
  head_.expect_continue = expect_continue_ && minor_version_ == 1;
  return head_;
}

void RequestParser::Reset() {
  std::vector<HeaderRange> ranges = std::move(ranges_);
  std::vector<Header> headers = std::move(headers_);
  *this = RequestParser(head_bytes_max_, headers_max_);
  // A head of usual size costs no allocation the next time; an unusual one is not kept while the connection idles.
  constexpr size_t kHeadersKept = 32;
  if (ranges.capacity() <= kHeadersKept) {
    ranges.clear();
    headers.clear();
    ranges_ = std::move(ranges);
    headers_ = std::move(headers);
  }
}

void ChunkedDecoder::Refuse(int status, std::string_view text) {
  refusal_ = {status, text};
  state_ = State::kFailed;
}

ChunkedDecoder::Step ChunkedDecoder::Decode(std::string_view raw, char* out) {
  Step step;
  while (step.consumed < raw.size() && state_ != State::kDone && state_ != State::kFailed) {
    if (state_ == State::kData) {
      const size_t count = static_cast<size_t>(std::min<uint64_t>(chunk_left_, raw.size() - step.consumed));
      std::memmove(out + step.written, raw.data() + step.consumed, count);
      step.written += count;
      step.consumed += count;
      body_bytes_ += count;
      chunk_left_ -= count;
      if (chunk_left_ == 0) {
        state_ = State::kDataReturn;
      }
    } else {
      Read(raw[step.consumed]);
      ++step.consumed;
    }
  }
  if (state_ == State::kDone) {
    step.progress = Progress::kComplete;
  } else if (state_ == State::kFailed) {
    step.progress = Progress::kRefused;
  }
  return step;
}

void ChunkedDecoder::Read(char c) {
  if (state_ == State::kExtension || state_ == State::kTrailerName || state_ == State::kTrailerValue) {
    if (++overhead_bytes_ > overhead_bytes_max_) {
      return Refuse(431, "The chunk extensions or trailers are too large.");
    }
  }
  switch (state_) {
    case State::kSize:
      if (const int digit = HexDigit(c); digit >= 0) {
        if (++size_digits_ > kChunkSizeDigitsMax) {
          return Refuse(400, "A chunk size has too many digits.");
        }
        chunk_left_ = chunk_left_ << 4 | static_cast<uint64_t>(digit);
        if (chunk_left_ > body_bytes_max_ - body_bytes_) {
          return Refuse(413, "The request body is too large.");
        }
      } else if (size_digits_ > 0 && c == '\r') {
        state_ = State::kSizeLineFeed;
      } else if (size_digits_ > 0 && c == ';') {
        state_ = State::kExtension;
      } else {
        return Refuse(400, "A chunk does not begin with its size.");
      }
      return;
    case State::kExtension:
      if (c == '\r') {
        state_ = State::kSizeLineFeed;
      } else if (IsControl(c)) {
        return Refuse(400, "A chunk extension holds a control character.");
      }
      return;
    case State::kSizeLineFeed:
      if (c != '\n') {
        return Refuse(400, "A chunk size does not end with CR LF.");
      }
      state_ = chunk_left_ == 0 ? State::kTrailerBegin : State::kData;
      size_digits_ = 0;
      return;
    case State::kDataReturn:
      if (c != '\r') {
        return Refuse(400, "A chunk does not end where its size says.");
      }
      state_ = State::kDataLineFeed;
      return;
    case State::kDataLineFeed:
      if (c != '\n') {
        return Refuse(400, "A chunk does not end with CR LF.");
      }
      state_ = State::kSize;
      return;
    case State::kTrailerBegin:
      if (c == '\r') {
        state_ = State::kLastLineFeed;
      } else if (Is(c, kToken)) {
        state_ = State::kTrailerName;
      } else {
        return Refuse(400, "A trailer line does not begin with a name.");
      }
      return;
    case State::kTrailerName:
      if (c == ':') {
        state_ = State::kTrailerValue;
      } else if (!Is(c, kToken)) {
        return Refuse(400, "A trailer line does not begin with a name and a colon.");
      }
      return;
    case State::kTrailerValue:
      if (c == '\r') {
        state_ = State::kTrailerLineFeed;
      } else if (IsControl(c)) {
        return Refuse(400, "A trailer holds a control character.");
      }
      return;
    case State::kTrailerLineFeed:
      if (c != '\n') {
        return Refuse(400, "A trailer line does not end with CR LF.");
      }
      state_ = State::kTrailerBegin;
      return;
    case State::kLastLineFeed:
      if (c != '\n') {
        return Refuse(400, "The body does not end with CR LF.");
      }
      state_ = State::kDone;
      return;
    case State::kData:
    case State::kDone:
    case State::kFailed:
      return;
  }
}

}  // namespace basalt::http
