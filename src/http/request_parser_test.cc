// The parser against a table of heads and bodies. Each case is fed in one piece, byte by byte, and from a buffer that
// moves between any two bytes; the results must be the same.
#include "http/request_parser.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace basalt::http {
namespace {

constexpr size_t kHeadBytesMax = 1024;
constexpr size_t kHeadersMax = 8;

std::string Describe(RequestParser& parser, Progress progress, const char* bytes) {
  switch (progress) {
    case Progress::kNeedsMore:
      return "more";
    case Progress::kRefused:
      return std::to_string(parser.refusal().status);
    case Progress::kComplete:
      break;
  }
  const RequestHead& head = parser.HeadAt(bytes);
  std::string text = "method=" + std::string(head.method) + " path=" + std::string(head.path) +
                     " query=" + std::string(head.query) + " 1." + std::to_string(head.minor_version) +
                     " length=" + std::to_string(head.content_length) + (head.chunked ? " chunked" : "") +
                     (head.keep_alive ? " keep" : " close") + (head.expect_continue ? " continue" : "") +
                     " head=" + std::to_string(parser.head_size_bytes());
  for (const Header& header : head.headers) {
    text += " [" + std::string(header.name) + "|" + std::string(header.value) + "]";
  }
  return text;
}

std::string FeedAtOnce(std::string_view input) {
  RequestParser parser(kHeadBytesMax, kHeadersMax);
  const Progress progress = parser.Parse(input);
  return Describe(parser, progress, input.data());
}

std::string FeedByteByByte(std::string_view input) {
  RequestParser parser(kHeadBytesMax, kHeadersMax);
  Progress progress = Progress::kNeedsMore;
  std::string moved;
  for (size_t size = 0; size <= input.size() && progress == Progress::kNeedsMore; ++size) {
    moved = std::string(input.substr(0, size));  // another address each time
    moved.shrink_to_fit();
    progress = parser.Parse(moved);
  }
  return Describe(parser, progress, moved.data());
}

struct Case {
  std::string input;
  std::string expected;
};

const std::string kGet = "GET / HTTP/1.1\r\nHost: h\r\n";

std::vector<Case> Cases() {
  const std::string accepted = "method=GET path=/ query= 1.1 length=0 keep head=";
  const auto with = [](const std::string& lines) { return kGet + lines + "\r\n"; };
  std::vector<Case> cases = {
      {"", "more"},
      {"GET", "more"},
      {kGet, "more"},
      {kGet + "\r", "more"},
      {kGet + "\r\n", accepted + "27 [Host|h]"},
      {kGet + "\r\nrest of the connection", accepted + "27 [Host|h]"},
      {"\r\n" + kGet + "\r\n", accepted + "29 [Host|h]"},
      {"\r\n\r\n" + kGet + "\r\n", "400"},
      {with("Content-Length: 12\r\n"),
       "method=GET path=/ query= 1.1 length=12 keep head=47 [Host|h] [Content-Length|12]"},
      {with("A:b\r\nC: \t d e\t \r\nEmpty:\r\n"), accepted + "52 [Host|h] [A|b] [C|d e] [Empty|]"},
      {with("X: caf\xc3\xa9\r\n"), accepted + "37 [Host|h] [X|caf\xc3\xa9]"},
      {with("Connection: close\r\n"),
       "method=GET path=/ query= 1.1 length=0 close head=46 [Host|h] [Connection|close]"},
      {with("Connection: te, Close\r\n"),
       "method=GET path=/ query= 1.1 length=0 close head=50 [Host|h] [Connection|te, Close]"},
      {with("Expect: 100-Continue\r\n"),
       "method=GET path=/ query= 1.1 length=0 keep continue head=49 [Host|h] [Expect|100-Continue]"},
      {with("Transfer-Encoding: Chunked\r\n"),
       "method=GET path=/ query= 1.1 length=0 chunked keep head=55 [Host|h] [Transfer-Encoding|Chunked]"},
      {"GET / HTTP/1.0\r\n\r\n", "method=GET path=/ query= 1.0 length=0 close head=18"},
      {"GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n",
       "method=GET path=/ query= 1.0 length=0 keep head=42 [Connection|Keep-Alive]"},
      {"GET /a/b?c=d?e HTTP/1.1\r\nHost: h\r\n\r\n",
       "method=GET path=/a/b query=c=d?e 1.1 length=0 keep head=36 [Host|h]"},
      {"GET /? HTTP/1.1\r\nHost: h\r\n\r\n", "method=GET path=/ query= 1.1 length=0 keep head=28 [Host|h]"},
      {"OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", "method=OPTIONS path=* query= 1.1 length=0 keep head=31 [Host|h]"},
      {"GET http://h/a?b HTTP/1.1\r\nHost: h\r\n\r\n", "method=GET path=/a query=b 1.1 length=0 keep head=38 [Host|h]"},
      {"GET HTTP://h:80?b HTTP/1.1\r\nHost: H:80\r\n\r\n",
       "method=GET path=/ query=b 1.1 length=0 keep head=42 [Host|H:80]"},
      {"GET https://h HTTP/1.1\r\nHost: h\r\n\r\n", "method=GET path=/ query= 1.1 length=0 keep head=35 [Host|h]"},
      {"GET / HTTP/1.1\r\nHost: [::1]:8000\r\n\r\n",
       "method=GET path=/ query= 1.1 length=0 keep head=36 [Host|[::1]:8000]"},
      {"GET / HTTP/1.1\r\nHost:\r\n\r\n", "method=GET path=/ query= 1.1 length=0 keep head=25 [Host|]"},

      // Request line.
      {"\x16\x03\x01\x02", "400"},
      {" GET / HTTP/1.1\r\n", "400"},
      {"GET  / HTTP/1.1\r\n", "400"},
      {"GET /  HTTP/1.1\r\n", "400"},
      {"GET / HTTP/1.1 \r\n", "400"},
      {"GET\t/ HTTP/1.1\r\n", "400"},
      {"GET /\r\n", "400"},
      {"GET / HTTP/1.1\n", "400"},
      {"GET / HTTP/1.1\nHost: h\n\n", "400"},
      {"GET / HTTP/1.1\rHost: h\r\n", "400"},
      {"\n", "400"},
      {"G(T / HTTP/1.1\r\n", "400"},
      {"GET / HTTP/2.0\r\n", "505"},
      {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "505"},
      {"GET / HTTP/1.2\r\n", "505"},
      {"GET / http/1.1\r\n", "400"},
      {"GET / HTTP/1.11\r\n", "400"},
      {"GET / HTTP/11\r\n", "400"},
      {"GET a HTTP/1.1\r\n", "400"},
      {"GET * HTTP/1.1\r\n", "400"},
      {"CONNECT h:80 HTTP/1.1\r\n", "400"},
      {"GET ftp://h/ HTTP/1.1\r\n", "400"},
      {"GET http:///a HTTP/1.1\r\n", "400"},
      {"GET http://other/ HTTP/1.1\r\nHost: h\r\n\r\n", "400"},
      {"GET http://user@h/ HTTP/1.1\r\nHost: h\r\n\r\n", "400"},
      {"GET /#a HTTP/1.1\r\n", "400"},
      {"GET /caf\xc3\xa9 HTTP/1.1\r\n", "400"},
      {"GET /\x7f HTTP/1.1\r\n", "400"},
      {std::string(32, 'M') + " / HTTP/1.1\r\nHost: h\r\n\r\n",
       "method=" + std::string(32, 'M') + " path=/ query= 1.1 length=0 keep head=56 [Host|h]"},
      {std::string(33, 'M') + " / HTTP/1.1\r\n", "501"},

      // Headers.
      {with(" folded\r\n"), "400"},
      {with("A: b\r\n folded\r\n"), "400"},
      {with("A: b\r\n\tfolded\r\n"), "400"},
      {with("A : b\r\n"), "400"},
      {with("A\t: b\r\n"), "400"},
      {with(": b\r\n"), "400"},
      {with("A\r\n"), "400"},
      {with("A(: b\r\n"), "400"},
      {with("\xc3\xa9: b\r\n"), "400"},
      {with("A: b\n"), "400"},
      {with("A: b\rc\r\n"), "400"},
      {with("A: b\r\r\n"), "400"},
      {with("A: \x01\r\n"), "400"},
      {with("A: 12345678\x7f\r\n"), "400"},
      {with("A: " + std::string(20, 'x') + "\x1f" + std::string(20, 'y') + "\r\n"), "400"},
      {with(std::string("A: b\0c\r\n", 8)), "400"},
      {with(std::string("A\0: b\r\n", 7)), "400"},

      // What frames the body.
      {with("Content-Length: 1\r\nContent-Length: 1\r\n"), "400"},
      {with("Content-Length: 1\r\nContent-Length: 2\r\n"), "400"},
      {with("Content-Length: 1, 1\r\n"), "400"},
      {with("Content-Length: +1\r\n"), "400"},
      {with("Content-Length: -1\r\n"), "400"},
      {with("Content-Length: 0x1\r\n"), "400"},
      {with("Content-Length: 1 2\r\n"), "400"},
      {with("Content-Length:\r\n"), "400"},
      {with("Content-Length: 999999999999999999999999999\r\n"), "413"},
      {with("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n"), "400"},
      {with("Transfer-Encoding: chunked\r\nContent-Length: 1\r\n"), "400"},
      {with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), "400"},
      {with("Transfer-Encoding: identity\r\n"), "501"},
      {with("Transfer-Encoding: gzip, chunked\r\n"), "501"},
      {with("Transfer-Encoding: xchunked\r\n"), "501"},
      {with("Transfer-Encoding:\r\n"), "501"},
      {"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", "400"},
      {with("Expect: something\r\n"), "417"},

      // Host.
      {"GET / HTTP/1.1\r\n\r\n", "400"},
      {with("Host: h\r\n"), "400"},
      {"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", "400"},
      {"GET / HTTP/1.1\r\nHost: a,b\r\n\r\n", "400"},
      {"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", "400"},
      {"GET / HTTP/1.1\r\nHost: a@b\r\n\r\n", "400"},
  };
  // Bounds, each at its edge.
  std::string many;
  for (size_t i = 1; i < kHeadersMax; ++i) {
    many += "A:\r\n";
  }
  cases.push_back({with(many), accepted + std::to_string(27 + many.size()) + " [Host|h]" + [] {
                     std::string text;
                     for (size_t i = 1; i < kHeadersMax; ++i) {
                       text += " [A|]";
                     }
                     return text;
                   }()});
  cases.push_back({with(many + "A:\r\n"), "431"});
  const size_t filler = kHeadBytesMax - with("A:\r\n").size();
  cases.push_back({with("A:" + std::string(filler, 'x') + "\r\n"),
                   accepted + std::to_string(kHeadBytesMax) + " [Host|h] [A|" + std::string(filler, 'x') + "]"});
  cases.push_back({with("A:" + std::string(filler + 1, 'x') + "\r\n"), "431"});
  cases.push_back({"GET /" + std::string(2 * kHeadBytesMax, 'a'), "431"});
  cases.push_back({std::string(2 * kHeadBytesMax, 'a'), "431"});
  return cases;
}

TEST(RequestParser, ReadsAndRefuses) {
  for (const Case& example : Cases()) {
    EXPECT_EQ(FeedAtOnce(example.input), example.expected) << testing::PrintToString(example.input);
  }
}

TEST(RequestParser, DoesNotDependOnHowBytesAreSplit) {
  for (const Case& example : Cases()) {
    EXPECT_EQ(FeedByteByByte(example.input), FeedAtOnce(example.input)) << testing::PrintToString(example.input);
  }
}

TEST(RequestParser, RefusesEveryControlCharacterInAValue) {
  for (int c = 0; c < 256; ++c) {
    for (const size_t offset : {0U, 3U, 7U, 8U, 13U}) {
      std::string value = "aaaaaaaaaaaaaaaa";
      value[offset] = static_cast<char>(c);
      const bool refused = (c < 0x20 && c != '\t') || c == 0x7f;
      const bool parsed = FeedAtOnce(kGet + "A: x" + value + "x\r\n\r\n").starts_with("method=");
      EXPECT_EQ(parsed, !refused) << c << " at " << offset;
    }
  }
}

TEST(RequestParser, ServesOneRequestAfterAnother) {
  RequestParser parser(kHeadBytesMax, kHeadersMax);
  const std::string first =
      "POST /a?b HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nConnection: close\r\nExpect: "
      "100-continue\r\n\r\n";
  ASSERT_EQ(parser.Parse(first), Progress::kComplete);
  EXPECT_EQ(parser.Parse(first), Progress::kComplete);  // the answer stays until Reset
  parser.HeadAt(first.data());
  parser.Reset();
  const std::string second = kGet + "\r\n";
  const Progress progress = parser.Parse(second);
  EXPECT_EQ(Describe(parser, progress, second.data()), "method=GET path=/ query= 1.1 length=0 keep head=27 [Host|h]");
}

TEST(RequestHead, FindsHeadersWithoutRegardToCase) {
  RequestParser parser(kHeadBytesMax, kHeadersMax);
  const std::string input = kGet + "X-Amz-Target: first\r\nx-amz-target: second\r\n\r\n";
  ASSERT_EQ(parser.Parse(input), Progress::kComplete);
  const RequestHead& head = parser.HeadAt(input.data());
  ASSERT_NE(head.Find("X-AMZ-TARGET"), nullptr);
  EXPECT_EQ(head.Find("X-AMZ-TARGET")->value, "first");
  EXPECT_EQ(head.Find("x-amz-targe"), nullptr);
}

struct Decoded {
  std::string outcome;  // "more", "done" or a status
  std::string body;
  size_t consumed = 0;

  bool operator==(const Decoded&) const = default;
};

constexpr uint64_t kBodyBytesMax = 32;
constexpr size_t kOverheadBytesMax = 16;

// Decodes in place, as the connection does, `piece` bytes at a time.
Decoded Decode(std::string_view input, size_t piece) {
  ChunkedDecoder decoder(kBodyBytesMax, kOverheadBytesMax);
  Decoded decoded{"more", "", 0};
  while (decoded.consumed < input.size() && decoded.outcome == "more") {
    std::string buffer(input.substr(decoded.consumed, piece));
    const ChunkedDecoder::Step step = decoder.Decode(buffer, buffer.data());
    decoded.body.append(buffer, 0, step.written);
    decoded.consumed += step.consumed;
    if (step.progress == Progress::kComplete) {
      decoded.outcome = "done";
    } else if (step.progress == Progress::kRefused) {
      decoded.outcome = std::to_string(decoder.refusal().status);
    }
  }
  EXPECT_EQ(decoder.body_bytes(), decoded.body.size());
  return decoded;
}

TEST(ChunkedDecoder, DecodesAndRefuses) {
  const std::vector<Case> cases = {
      {"0\r\n\r\n", "done"},
      {"5\r\nhello\r\n0\r\n\r\n", "done hello"},
      {"5\r\nhello\r\n6\r\n world\r\n0\r\n\r\nGET", "done hello world"},
      {"0005;a=\"b\"\r\nhello\r\n0\r\n\r\n", "done hello"},
      {"A\r\n0123456789\r\na\r\n0123456789\r\n00\r\n\r\n", "done 01234567890123456789"},
      {"1\r\n\n\r\n0\r\nA: b\r\nC:\r\n\r\n", "done \n"},
      {"20\r\n" + std::string(32, 'x') + "\r\n0\r\n\r\n", "done " + std::string(32, 'x')},
      {"5\r\nhel", "more hel"},
      {"", "more"},
      {"\r\n", "400"},
      {";a\r\n", "400"},
      {"g\r\n", "400"},
      {"-1\r\n", "400"},
      {"0x5\r\n", "400"},
      {" 5\r\n", "400"},
      {"5 \r\n", "400"},
      {"5\n", "400"},
      {"5\rhello", "400"},
      {"5\r\nhello0\r\n", "400 hello"},
      {"5\r\nhello\n0\r\n", "400 hello"},
      {"5\r\nhello\r0\r\n", "400 hello"},
      {"00000000000000000\r\n", "400"},
      {"21\r\n", "413"},
      {"ffffffffffffffff\r\n", "413"},
      {"11\r\n" + std::string(17, 'x') + "\r\n10\r\n", "413 " + std::string(17, 'x')},
      {"1;" + std::string(16, 'e') + "\r\n", "431"},
      {"1;aaaaaaa\r\nx\r\n1;bbbbbbb\r\nx\r\n1;c\r\n", "431 xx"},
      {"1;a\nb\r\n", "400"},
      {"0\r\n\rX", "400"},
      {"0\r\n: b\r\n\r\n", "400"},
      {"0\r\nA b\r\n\r\n", "400"},
      {"0\r\n A: b\r\n\r\n", "400"},
      {"0\r\nA: b\n\r\n", "400"},
      {"0\r\nA: b\rc\r\n", "400"},
      {"0\r\nA: " + std::string(16, 't') + "\r\n\r\n", "431"},
  };
  for (const Case& example : cases) {
    const Decoded decoded = Decode(example.input, std::string_view::npos);
    EXPECT_EQ(decoded.outcome + (decoded.body.empty() ? "" : " ") + decoded.body, example.expected)
        << testing::PrintToString(example.input);
    for (const size_t piece : {1U, 2U, 3U, 7U}) {
      EXPECT_EQ(Decode(example.input, piece), decoded) << testing::PrintToString(example.input) << " by " << piece;
    }
  }
}

TEST(ChunkedDecoder, LeavesTheNextRequestAlone) {
  const std::string body = "1\r\nx\r\n0\r\n\r\n";
  EXPECT_EQ(Decode(body + "GET / HTTP/1.1\r\n", std::string_view::npos).consumed, body.size());
}

}  // namespace
}  // namespace basalt::http
