// What a proxy says before a connection, whole or byte by byte, under a plain reader and under TLS.
#include "http/proxy_stream.h"

#include <gtest/gtest.h>

#include <string>

#include "http/proxy_fixture.h"
#include "http/stream_fixture.h"
#include "http/tls_fixture.h"
#include "http/tls_stream.h"

namespace basalt::http {
namespace {

using Kind = StreamResult::Kind;

class ProxyStreamTest : public ::testing::Test {
 protected:
  void Open(ProxyHeaders headers) {
    wire_ = {};
    peer_ = {.ip = "10.0.0.9", .port = 4, .tls = false};
    read_.clear();
    stream_ = NewProxyStream(std::make_unique<WireStream>(wire_), headers, peer_);
  }

  // What the last read said.
  Kind ReadAll(size_t size_bytes_max = 4096) {
    std::string bytes(size_bytes_max, '\0');
    for (;;) {
      const StreamResult result = stream_->Read(bytes.data(), bytes.size());
      if (result.kind != Kind::kBytes) {
        return result.kind;
      }
      read_.append(bytes, 0, result.size_bytes);
    }
  }

  Wire wire_;
  PeerAddress peer_;
  std::unique_ptr<Stream> stream_;
  std::string read_;
};

TEST_F(ProxyStreamTest, ReadsTheHeaderAndLeavesWhatFollows) {
  const std::string header = ClientHeader(ProxyField(0xEA, "\x01vpce-1") + ProxyField(0x20, "\x01\0\0\0\0"sv));
  for (const ProxyHeaders headers : {ProxyHeaders::kTaken, ProxyHeaders::kRequired}) {
    for (const size_t piece : {size_t{1}, size_t{5}, size_t{4096}}) {
      Open(headers);
      wire_.read_bytes_max = piece;
      EXPECT_EQ(ReadAll(), Kind::kWantsRead);
      EXPECT_FALSE(stream_->established());
      wire_.incoming = header.substr(0, 20);
      EXPECT_EQ(ReadAll(), Kind::kWantsRead);
      EXPECT_FALSE(stream_->established());
      EXPECT_FALSE(stream_->holds_bytes());  // or the loop would spin until the rest arrives
      EXPECT_EQ(peer_.ip, "10.0.0.9");
      wire_.incoming = header.substr(20) + "GET / HTTP/1.1\r\n\r\n";
      EXPECT_EQ(ReadAll(), Kind::kWantsRead);
      EXPECT_TRUE(stream_->established());
      EXPECT_EQ(read_, "GET / HTTP/1.1\r\n\r\n");
      EXPECT_EQ(peer_.ip, "192.0.2.7");
      EXPECT_EQ(peer_.port, 56324);
      EXPECT_EQ(peer_.endpoint, "vpce-1");
      EXPECT_TRUE(peer_.tls);
    }
  }
}

TEST_F(ProxyStreamTest, OfTheProxyItselfLeavesThePeerAsItIs) {
  Open(ProxyHeaders::kRequired);
  wire_.incoming = MakeProxyHeader(kLocalCommand, 0, "") + "x";
  EXPECT_EQ(ReadAll(), Kind::kWantsRead);
  EXPECT_EQ(read_, "x");
  EXPECT_EQ(peer_.ip, "10.0.0.9");
}

TEST_F(ProxyStreamTest, WithoutAHeaderGivesOutTheBytesAsTheyCame) {
  for (const std::string& bytes : {std::string("GET / HTTP/1.1\r\n\r\n"), std::string("\r\n\r\nGET / HTTP/1.1\r\n\r\n"),
                                   std::string("\r\n\r\n\0\r\nQUIX and more", 20)}) {
    for (const size_t piece : {size_t{1}, size_t{7}, size_t{4096}}) {
      Open(ProxyHeaders::kTaken);
      wire_.read_bytes_max = piece;
      wire_.incoming = bytes;
      EXPECT_EQ(ReadAll(3), Kind::kWantsRead);
      EXPECT_EQ(read_, bytes);
      EXPECT_TRUE(stream_->established());
      EXPECT_FALSE(stream_->holds_bytes());
      EXPECT_EQ(peer_.ip, "10.0.0.9");
    }
  }
}

TEST_F(ProxyStreamTest, SaysThatItHoldsBytes) {
  Open(ProxyHeaders::kTaken);
  wire_.incoming = "GET /";
  char byte = 0;
  EXPECT_EQ(stream_->Read(&byte, 1).size_bytes, 1U);
  EXPECT_EQ(byte, 'G');
  EXPECT_TRUE(stream_->holds_bytes());
}

TEST_F(ProxyStreamTest, FailsWithoutAHeaderThatIsRequiredAndWithOneThatIsWrong) {
  const std::string wrong = ClientHeader("\x04");
  for (const auto& [headers, bytes] :
       {std::pair(ProxyHeaders::kRequired, std::string("GET / HTTP/1.1\r\n\r\n")),
        std::pair(ProxyHeaders::kRequired, std::string("\x16\x03\x01\x02\x00\x01")),
        std::pair(ProxyHeaders::kRequired, wrong), std::pair(ProxyHeaders::kTaken, wrong)}) {
    Open(headers);
    wire_.incoming = bytes + "GET / HTTP/1.1\r\n\r\n";
    EXPECT_EQ(ReadAll(), Kind::kFailed);
    EXPECT_EQ(ReadAll(), Kind::kFailed);
    EXPECT_FALSE(stream_->established());
    EXPECT_EQ(read_, "");
    EXPECT_EQ(peer_.ip, "10.0.0.9");
  }
}

TEST_F(ProxyStreamTest, EndsWhereTheTransportEnds) {
  Open(ProxyHeaders::kRequired);
  wire_.ended = true;
  EXPECT_EQ(ReadAll(), Kind::kEnd);
  Open(ProxyHeaders::kRequired);
  wire_.incoming = ClientHeader().substr(0, 17);
  wire_.ended = true;
  EXPECT_EQ(ReadAll(), Kind::kEnd);
}

TEST_F(ProxyStreamTest, CarriesTlsBehindTheHeaderAndWithoutOne) {
  const auto context = MakeContext(MakeCertificate());
  for (const std::string& header : {ClientHeader(), std::string()}) {
    Open(ProxyHeaders::kTaken);
    wire_.incoming = header;
    stream_ = NewTlsStream(std::move(stream_), *context);
    TlsClient client;
    for (int i = 0; i < 10; ++i) {
      client.Advance();
      if (client.established() && read_.empty()) {
        client.Say("hello");
      }
      wire_.incoming += client.Sent();
      EXPECT_EQ(ReadAll(), Kind::kWantsRead);
      client.Receive(std::exchange(wire_.outgoing, {}));
    }
    EXPECT_EQ(read_, "hello");
    EXPECT_EQ(peer_.ip, header.empty() ? "10.0.0.9" : "192.0.2.7");
  }
}

}  // namespace
}  // namespace basalt::http
