// TLS over a transport that the test owns: whole or byte by byte, full, cut, or carrying nonsense; the other end is
// OpenSSL's own client.
#include "http/tls_stream.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <limits>

#include "http/stream_fixture.h"
#include "http/tls_fixture.h"
#include "telemetry/log.h"

namespace basalt::http {
namespace {

using Kind = StreamResult::Kind;

class TlsStreamTest : public ::testing::Test {
 protected:
  TlsStreamTest() : context_(MakeContext(MakeCertificate())) { Open(); }

  void Open() {
    wire_ = {};
    stream_ = NewTlsStream(std::make_unique<WireStream>(wire_), *context_);
    read_.clear();
  }

  // Carries bytes both ways and reads until nothing moves any more; what the last read said.
  StreamResult Pump(TlsClient& client) {
    StreamResult last{Kind::kWantsRead, 0};
    for (;;) {
      client.Advance();
      wire_.incoming += client.Sent();
      const size_t before = wire_.incoming.size();
      last = ReadAll();
      client.Receive(std::exchange(wire_.outgoing, {}));
      if ((last.kind != Kind::kWantsRead && last.kind != Kind::kWantsWrite) ||
          (wire_.incoming.size() == before && BIO_ctrl_pending(SSL_get_wbio(client.ssl())) == 0)) {
        return last;
      }
    }
  }

  StreamResult ReadAll(size_t size_bytes_max = 16384) {
    std::string bytes(size_bytes_max, '\0');
    for (;;) {
      const StreamResult result = stream_->Read(bytes.data(), bytes.size());
      if (result.kind != Kind::kBytes) {
        return result;
      }
      read_.append(bytes, 0, result.size_bytes);
    }
  }

  void Establish(TlsClient& client) {
    EXPECT_EQ(Pump(client).kind, Kind::kWantsRead);
    ASSERT_TRUE(client.established());
    ASSERT_TRUE(stream_->established());
  }

  std::shared_ptr<const TlsContext> context_;
  Wire wire_;
  std::unique_ptr<Stream> stream_;
  std::string read_;
};

TEST_F(TlsStreamTest, SpeaksBothVersionsAndChoosesHttp11) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    Open();
    TlsClient client(version, "\x02h2\x08http/1.1");
    EXPECT_FALSE(stream_->established());
    Establish(client);
    const unsigned char* chosen = nullptr;
    unsigned int size = 0;
    SSL_get0_alpn_selected(client.ssl(), &chosen, &size);
    EXPECT_EQ(std::string(reinterpret_cast<const char*>(chosen), size), "http/1.1");
    client.Say("a request");
    Pump(client);
    EXPECT_EQ(read_, "a request");
    EXPECT_EQ(stream_->Write("a head, ", "a body").size_bytes, 14u);
    EXPECT_EQ(wire_.writes > 0, true);
    client.Receive(wire_.outgoing);
    EXPECT_EQ(client.received(), "a head, a body");
  }
}

TEST_F(TlsStreamTest, HeadAndBodyShareARecordAndItsSystemCall) {
  TlsClient client;
  Establish(client);
  wire_.writes = 0;
  EXPECT_EQ(stream_->Write("head", std::string(1000, 'b')).size_bytes, 1004u);
  EXPECT_EQ(wire_.writes, 1);
}

TEST_F(TlsStreamTest, OlderVersionsAndOtherProtocolsFailTheHandshake) {
  for (const int version : {TLS1_VERSION, TLS1_1_VERSION}) {
    Open();
    TlsClient client(version);
    EXPECT_EQ(Pump(client).kind, Kind::kFailed) << version;
    EXPECT_FALSE(stream_->established());
    EXPECT_FALSE(client.established());
  }
  Open();
  TlsClient client(0, std::string("\x02h2"));
  EXPECT_EQ(Pump(client).kind, Kind::kFailed);
  Open();
  TlsClient cbc(TLS1_2_VERSION);
  ASSERT_EQ(SSL_set_cipher_list(cbc.ssl(), "AES128-SHA:ECDHE-ECDSA-AES128-SHA"), 1);
  EXPECT_EQ(Pump(cbc).kind, Kind::kFailed);
}

TEST_F(TlsStreamTest, AnythingMayArriveByteByByte) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    Open();
    TlsClient client(version);
    std::string sent;
    bool asked = false;
    for (int i = 0; i < 200'000 && read_.size() < 20'000; ++i) {
      client.Receive(std::exchange(wire_.outgoing, {}));
      if (client.established() && !asked) {
        asked = true;
        client.Say(std::string(20'000, 'q'));  // more than one record
      }
      sent += client.Sent();
      if (!sent.empty()) {
        wire_.incoming.push_back(sent.front());
        sent.erase(0, 1);
      }
      const StreamResult result = ReadAll();
      ASSERT_EQ(result.kind, Kind::kWantsRead) << i;
    }
    EXPECT_EQ(read_, std::string(20'000, 'q'));
  }
}

TEST_F(TlsStreamTest, ATransportThatTakesAByteAtATimeGetsEverythingInTheEnd) {
  TlsClient client;
  wire_.write_bytes_max = 1;
  Establish(client);
  const std::string body(40'000, 'b');
  EXPECT_EQ(stream_->Write("head", body).size_bytes, 40'004u);  // each byte is taken, so nothing waits
  client.Receive(wire_.outgoing);
  EXPECT_EQ(client.received(), "head" + body);
}

TEST_F(TlsStreamTest, AFullTransportIsRetriedWithTheSameBytesFromAnotherPlace) {
  for (size_t room = 0; room < 60'000; room += 1'237) {
    Open();
    TlsClient client;
    Establish(client);
    const std::string head(300, 'h');
    std::string body;
    for (int i = 0; body.size() < 50'000; ++i) {
      body += std::to_string(i) + ' ';
    }
    const std::string all = head + body;
    size_t written = 0;
    wire_.room_bytes = room;
    while (written < all.size()) {
      // As a connection does: what is left, out of copies, the head gone once it is written.
      const std::string head_left = head.substr(std::min(written, head.size()));
      const std::string body_left = body.substr(written - std::min(written, head.size()));
      const StreamResult result =
          head_left.empty() ? stream_->Write(body_left, {}) : stream_->Write(head_left, body_left);
      ASSERT_TRUE(result.kind == Kind::kBytes || result.kind == Kind::kWantsWrite) << room;
      written += result.size_bytes;
      wire_.room_bytes = room + 100;
    }
    client.Receive(wire_.outgoing);
    EXPECT_EQ(client.received(), all) << room;
  }
}

TEST_F(TlsStreamTest, AHandshakeMayWaitForRoomToWrite) {
  TlsClient client;
  wire_.room_bytes = 0;
  bool waited = false;
  for (int i = 0; i < 10'000 && !(client.established() && stream_->established()); ++i) {
    client.Receive(std::exchange(wire_.outgoing, {}));
    wire_.incoming += client.Sent();
    const StreamResult result = ReadAll();
    ASSERT_TRUE(result.kind == Kind::kWantsRead || result.kind == Kind::kWantsWrite);
    if (result.kind == Kind::kWantsWrite) {
      waited = true;
      wire_.room_bytes = 7;
    }
  }
  EXPECT_TRUE(waited);
  EXPECT_TRUE(client.established());
  wire_.room_bytes = std::numeric_limits<size_t>::max();
  client.Say("a request");
  Pump(client);
  EXPECT_EQ(read_, "a request");
}

TEST_F(TlsStreamTest, BytesThatDoNotFitTheReaderAreHeldAndSaidToBe) {
  TlsClient client;
  Establish(client);
  EXPECT_FALSE(stream_->holds_bytes());
  client.Say(std::string(16'000, 'q'));
  wire_.incoming += client.Sent();
  std::string bytes(1'000, '\0');
  size_t count = 0;
  for (int i = 0; i < 16; ++i) {
    const StreamResult result = stream_->Read(bytes.data(), bytes.size());
    ASSERT_EQ(result.kind, Kind::kBytes);
    count += result.size_bytes;
    EXPECT_EQ(stream_->holds_bytes(), count < 16'000) << count;
  }
  EXPECT_EQ(stream_->Read(bytes.data(), bytes.size()).kind, Kind::kWantsRead);
  EXPECT_FALSE(stream_->holds_bytes());
}

TEST_F(TlsStreamTest, HalfARecordIsNotHeldForever) {
  TlsClient client;
  Establish(client);
  client.Say("first");
  client.Say("second");
  const std::string sent = client.Sent();
  wire_.incoming = sent.substr(0, sent.size() - 3);
  EXPECT_EQ(ReadAll().kind, Kind::kWantsRead);
  EXPECT_EQ(read_, "first");
  EXPECT_FALSE(stream_->holds_bytes());  // or the loop would spin until the rest arrives
  wire_.incoming = sent.substr(sent.size() - 3);
  EXPECT_EQ(ReadAll().kind, Kind::kWantsRead);
  EXPECT_EQ(read_, "firstsecond");
}

TEST_F(TlsStreamTest, AnEndThatWasNotAnnouncedIsAFailure) {
  TlsClient client;
  Establish(client);
  client.Say("half a req");
  wire_.incoming += client.Sent();
  wire_.ended = true;
  EXPECT_EQ(ReadAll().kind, Kind::kFailed);
  EXPECT_EQ(stream_->Write("x", {}).kind, Kind::kFailed);

  Open();
  TlsClient polite;
  Establish(polite);
  polite.Say("all of it");
  SSL_shutdown(polite.ssl());
  wire_.incoming += polite.Sent();
  wire_.ended = true;
  EXPECT_EQ(ReadAll().kind, Kind::kEnd);
  EXPECT_EQ(read_, "all of it");
  EXPECT_EQ(stream_->Write("the answer", {}).size_bytes, 10u);  // who said all may still listen
  polite.Receive(wire_.outgoing);
}

TEST_F(TlsStreamTest, ShutdownSaysSoAndThenDropsWhatComes) {
  TlsClient client;
  Establish(client);
  stream_->ShutdownWrite();
  EXPECT_TRUE(wire_.write_ended);
  client.Receive(std::exchange(wire_.outgoing, {}));
  EXPECT_TRUE(client.was_told_the_end());
  client.Say("too late");
  wire_.incoming += client.Sent();
  std::string bytes(64, '-');
  const StreamResult result = stream_->Read(bytes.data(), bytes.size());
  EXPECT_EQ(result.kind, Kind::kBytes);
  EXPECT_EQ(bytes, std::string(64, '-'));  // only how much it was
  EXPECT_EQ(stream_->Read(bytes.data(), bytes.size()).kind, Kind::kWantsRead);
  wire_.ended = true;
  EXPECT_EQ(stream_->Read(bytes.data(), bytes.size()).kind, Kind::kEnd);
}

TEST_F(TlsStreamTest, NoiseAndOtherProtocolsFailWithoutBytes) {
  std::string noise(5'000, '\0');
  uint32_t state = 7;
  for (char& byte : noise) {
    state = state * 1'664'525 + 1'013'904'223;
    byte = static_cast<char>(state >> 24);
  }
  TlsClient hello;
  hello.Advance();
  std::string flipped = hello.Sent();
  flipped[flipped.size() / 2] = static_cast<char>(flipped[flipped.size() / 2] ^ 0x55);
  for (const std::string& bytes :
       {std::string("POST / HTTP/1.1\r\nHost: x\r\n\r\n"), noise, std::string("SSH-2.0-x\r\n"), std::string(100, '\0'),
        std::string("\x16\x03\x01\xff\xff") + std::string(70'000, 'x'), flipped.substr(0, 11) + noise}) {
    Open();
    wire_.incoming = bytes;
    EXPECT_EQ(ReadAll().kind, Kind::kFailed) << bytes.substr(0, 20);
    EXPECT_FALSE(stream_->established());
    EXPECT_EQ(read_, "");
    std::string out(64, '-');
    while (stream_->Read(out.data(), out.size()).kind == Kind::kBytes) {
    }
    EXPECT_EQ(out, std::string(64, '-'));
    EXPECT_EQ(wire_.incoming, "");  // drained, so that the socket can be closed without a reset
  }
}

TEST_F(TlsStreamTest, AChangedRecordIsNeverRead) {
  TlsClient client;
  Establish(client);
  client.Say("DeleteTable");
  std::string sent = client.Sent();
  sent[sent.size() - 20] = static_cast<char>(sent[sent.size() - 20] ^ 1);
  wire_.incoming = sent;
  EXPECT_EQ(ReadAll().kind, Kind::kFailed);
  EXPECT_EQ(read_, "");
}

TEST_F(TlsStreamTest, ABrokenTransportIsAFailure) {
  for (const bool established : {false, true}) {
    Open();
    TlsClient client;
    if (established) {
      Establish(client);
    }
    wire_.broken = true;
    EXPECT_EQ(ReadAll().kind, Kind::kFailed);
    stream_->ShutdownWrite();
  }
}

TEST_F(TlsStreamTest, AClientMayNotRenegotiate) {
  TlsClient client(TLS1_2_VERSION);
  Establish(client);
  ASSERT_EQ(SSL_renegotiate(client.ssl()), 1);
  SSL_do_handshake(client.ssl());
  wire_.incoming += client.Sent();
  EXPECT_NE(ReadAll().kind, Kind::kBytes);
  EXPECT_FALSE(wire_.outgoing.empty());  // the alert no_renegotiation, no ServerHello
  EXPECT_LT(wire_.outgoing.size(), 64u);
}

TEST_F(TlsStreamTest, KeysMayBeUpdatedInTheMiddle) {
  TlsClient client(TLS1_3_VERSION);
  Establish(client);
  for (int i = 0; i < 20; ++i) {
    ASSERT_EQ(SSL_key_update(client.ssl(), SSL_KEY_UPDATE_REQUESTED), 1);
    client.Say("request ");
    EXPECT_EQ(Pump(client).kind, Kind::kWantsRead);
    EXPECT_EQ(stream_->Write("answer ", {}).size_bytes, 7u);
    client.Receive(std::exchange(wire_.outgoing, {}));
  }
  EXPECT_EQ(read_.size(), 160u);
  EXPECT_EQ(client.received().size(), 140u);
}

TEST_F(TlsStreamTest, ATicketResumesTheSessionOnAnotherConnection) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    Open();
    TlsClient first(version);
    Establish(first);
    stream_->Write("x", {});
    first.Receive(std::exchange(wire_.outgoing, {}));
    SSL_SESSION* session = SSL_get1_session(first.ssl());
    Open();
    TlsClient second(version);
    SSL_set_session(second.ssl(), session);
    SSL_SESSION_free(session);
    Establish(second);
    EXPECT_EQ(SSL_session_reused(second.ssl()), 1) << version;
  }
}

TEST_F(TlsStreamTest, AConnectionOutlivesTheContextItBeganWith) {
  TlsClient client;
  context_.reset();
  Establish(client);
  client.Say("a request");
  Pump(client);
  EXPECT_EQ(read_, "a request");
}

TEST_F(TlsStreamTest, FailedHandshakesAreLoggedSparsely) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  telemetry::SetLogDescriptor(ends[1]);
  for (int i = 0; i < 1'000; ++i) {
    Open();
    wire_.incoming = "GET / HTTP/1.1\r\n\r\n";
    EXPECT_EQ(ReadAll().kind, Kind::kFailed);
  }
  telemetry::SetLogDescriptor(STDERR_FILENO);
  ::close(ends[1]);
  std::string log(65'536, '\0');
  log.resize(static_cast<size_t>(std::max<ssize_t>(0, ::read(ends[0], log.data(), log.size()))));
  ::close(ends[0]);
  EXPECT_NE(log.find("a TLS handshake failed reason=\"http request\" so_far="), std::string::npos) << log;
  EXPECT_LE(std::count(log.begin(), log.end(), '\n'), 12) << log;
}

}  // namespace
}  // namespace basalt::http
