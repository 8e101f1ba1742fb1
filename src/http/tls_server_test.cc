// A server that listens with TLS, over real sockets: what a connection does with a stream that encrypts. Records that
// outgrow its buffers, peers that cut, dawdle or speak something else, certificates that change.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <string>
#include <utility>

#include "http/server.h"
#include "http/tls_fixture.h"
#include "http/tls_stream.h"

namespace basalt::http {
namespace {

// Answers what it was asked with the size of the body; GET /big?N with N bytes.
class CountingHandler final : public Handler {
 public:
  std::variant<std::unique_ptr<Ticket>, Response> Admit(const RequestHead& /*head*/, Relief& /*relief*/) override {
    class NoTicket final : public Ticket {
      bool Hold(uint64_t /*bytes*/) override { return true; }
    };
    return std::make_unique<NoTicket>();
  }
  Response RefuseBody() override { return {}; }
  void Handle(const Request& request, Responder respond) override {
    handled.fetch_add(1);
    Response response;
    if (request.head.path == "/big") {
      response.body.assign(static_cast<size_t>(std::atoi(std::string(request.head.query).c_str())), 'b');
    } else {
      response.body = std::string(request.head.path) + " " + std::to_string(request.body.size()) +
                      (request.peer->tls ? " tls" : " clear");
    }
    respond(std::move(response));
  }

  std::atomic<int> handled = 0;
};

// A TLS client over a socket, patient for a few seconds.
class SocketClient {
 public:
  explicit SocketClient(const ListenAddress& address) : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in target{};
    target.sin_family = AF_INET;
    target.sin_port = htons(address.port);
    inet_pton(AF_INET, "127.0.0.1", &target.sin_addr);
    EXPECT_EQ(::connect(descriptor_, reinterpret_cast<const sockaddr*>(&target), sizeof(target)), 0);
  }
  SocketClient(const SocketClient&) = delete;
  SocketClient& operator=(const SocketClient&) = delete;
  ~SocketClient() { ::close(descriptor_); }

  TlsClient& tls() { return tls_; }
  void SendRaw(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t count = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count <= 0) {
        return;
      }
      bytes.remove_prefix(static_cast<size_t>(count));
    }
  }
  void Flush() { SendRaw(tls_.Sent()); }
  void Say(std::string_view bytes) {
    tls_.Say(bytes);
    Flush();
  }
  // False when the server has ended the connection, or after a few seconds of silence.
  bool ReceiveSome(int timeout_ms = 5'000) {
    pollfd wanted{descriptor_, POLLIN, 0};
    if (::poll(&wanted, 1, timeout_ms) != 1) {
      return false;
    }
    std::string bytes(32'768, '\0');
    const ssize_t count = ::recv(descriptor_, bytes.data(), bytes.size(), 0);
    reset_ = count < 0;
    ended_ = count <= 0;
    if (ended_) {
      return false;
    }
    tls_.Receive({bytes.data(), static_cast<size_t>(count)});
    Flush();
    return true;
  }
  bool Handshake() {
    tls_.Advance();
    Flush();
    while (!tls_.established() && ReceiveSome()) {
    }
    return tls_.established();
  }
  bool ReceiveUntil(std::string_view text) {
    while (tls_.received().find(text) == std::string::npos) {
      if (!ReceiveSome()) {
        return false;
      }
    }
    return true;
  }
  bool ReceivesEnd() {
    while (ReceiveSome()) {
    }
    return ended_;
  }
  bool was_reset() const { return reset_; }
  int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
  TlsClient tls_;
  bool ended_ = false;
  bool reset_ = false;
};

class TlsServerTest : public testing::Test {
 protected:
  TlsServerTest() : published_(MakeContext(MakeCertificate())) {}

  void StartServer(ServerLimits limits = {}) {
    loop_.Start(0);
    Loop* const loop = &loop_;
    Handler* const handler = &handler_;
    server_ = std::make_unique<Server>(std::span(&loop, 1), std::span(&handler, 1), limits, os::SystemClock());
    auto bound = server_->Listen({"127.0.0.1", 0}, {.tls = &published_});
    ASSERT_TRUE(bound.ok()) << bound.error().text;
    address_ = *bound;
  }
  void TearDown() override {
    server_.reset();
    loop_.Stop();
  }
  bool Eventually(const std::function<bool()>& condition) {
    for (int i = 0; i < 2'000 && !condition(); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return condition();
  }

  Published<TlsContext> published_;
  Loop loop_;
  CountingHandler handler_;
  std::unique_ptr<Server> server_;
  ListenAddress address_;
};

std::string Get(const std::string& path) { return "GET " + path + " HTTP/1.1\r\nHost: h\r\n\r\n"; }
std::string Post(const std::string& path, const std::string& body, const std::string& more = "") {
  return "POST " + path + " HTTP/1.1\r\nHost: h\r\n" + more + "Content-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

TEST_F(TlsServerTest, AnswersOneRequestAfterAnother) {
  StartServer();
  SocketClient client(address_);
  ASSERT_TRUE(client.Handshake());
  for (int i = 0; i < 3; ++i) {
    client.Say(Post("/" + std::to_string(i), "body"));
    EXPECT_TRUE(client.ReceiveUntil("/" + std::to_string(i) + " 4 tls"));
  }
}

TEST_F(TlsServerTest, AClearListenerBesideItStaysClear) {
  StartServer();
  const auto clear = server_->Listen({"127.0.0.1", 0});
  ASSERT_TRUE(clear.ok());
  SocketClient client(*clear);
  client.SendRaw(Get("/x"));
  std::string bytes(4'096, '\0');
  pollfd wanted{client.descriptor(), POLLIN, 0};
  ASSERT_EQ(::poll(&wanted, 1, 5'000), 1);
  bytes.resize(static_cast<size_t>(::recv(client.descriptor(), bytes.data(), bytes.size(), 0)));
  EXPECT_NE(bytes.find("/x 0 clear"), std::string::npos) << bytes;
}

TEST_F(TlsServerTest, RequestsOfEverySizeArriveThoughRecordsOutgrowTheBuffers) {
  StartServer();
  SocketClient client(address_);
  ASSERT_TRUE(client.Handshake());
  int number = 0;
  for (const int size : {0, 1, 15'000, 16'200, 16'300, 16'384, 16'385, 33'000, 300'000, 16 << 20}) {
    const std::string path = "/" + std::to_string(++number);
    client.Say(Post(path, std::string(static_cast<size_t>(size), 'q')));
    EXPECT_TRUE(client.ReceiveUntil(path + " " + std::to_string(size) + " tls")) << size;
  }
}

TEST_F(TlsServerTest, PipelinedRequestsInOneRecordAreAllAnswered) {
  StartServer();
  SocketClient client(address_);
  ASSERT_TRUE(client.Handshake());
  std::string requests;
  for (int i = 0; i < 400; ++i) {
    requests += Get("/" + std::to_string(i) + "/");
  }
  client.Say(requests);
  EXPECT_TRUE(client.ReceiveUntil("/399/ 0 tls"));
  EXPECT_EQ(handler_.handled.load(), 400);
}

TEST_F(TlsServerTest, ARequestMayArriveByteByByteAndInOneByteRecords) {
  StartServer();
  SocketClient client(address_);
  client.tls().Advance();
  std::string sent = client.tls().Sent();
  for (const char byte : sent) {
    client.SendRaw({&byte, 1});
  }
  ASSERT_TRUE(client.Handshake());
  for (const char byte : Post("/slow", "body")) {
    client.tls().Say({&byte, 1});
    sent = client.tls().Sent();
    for (const char part : sent) {
      client.SendRaw({&part, 1});
    }
  }
  EXPECT_TRUE(client.ReceiveUntil("/slow 4 tls"));
}

TEST_F(TlsServerTest, ABodyIsAwaitedAfterContinue) {
  StartServer();
  SocketClient client(address_);
  ASSERT_TRUE(client.Handshake());
  client.Say("POST /c HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 20000\r\n\r\n");
  ASSERT_TRUE(client.ReceiveUntil("100 Continue"));
  client.Say(std::string(20'000, 'q'));
  EXPECT_TRUE(client.ReceiveUntil("/c 20000 tls"));
}

TEST_F(TlsServerTest, ALargeAnswerReachesAClientThatReadsLate) {
  StartServer();
  SocketClient client(address_);
  const int receive_bytes = 1 << 16;
  ASSERT_TRUE(client.Handshake());
  setsockopt(client.descriptor(), SOL_SOCKET, SO_RCVBUF, &receive_bytes, sizeof(receive_bytes));
  constexpr int kSizeBytes = 12'000'000;
  client.Say(Get("/big?" + std::to_string(kSizeBytes)));
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  while (client.tls().received().size() < kSizeBytes && client.ReceiveSome()) {
  }
  const std::string& received = client.tls().received();
  EXPECT_EQ(received.substr(received.find("\r\n\r\n") + 4), std::string(kSizeBytes, 'b'));
  client.Say(Get("/after"));
  EXPECT_TRUE(client.ReceiveUntil("/after 0 tls"));
}

TEST_F(TlsServerTest, HalfARequestThatIsCutIsNeverActedOn) {
  StartServer();
  const std::string whole = Post("/never", std::string(2'000, 'q'));
  for (const bool announced : {false, true}) {
    for (const size_t size : {size_t{10}, size_t{60}, size_t{500}, whole.size() - 1}) {
      SocketClient client(address_);
      ASSERT_TRUE(client.Handshake());
      client.Say(whole.substr(0, size));
      if (announced) {
        SSL_shutdown(client.tls().ssl());
        client.Flush();
      }
      ::shutdown(client.descriptor(), SHUT_WR);
      EXPECT_TRUE(client.ReceivesEnd());
    }
  }
  // A record that is not whole.
  SocketClient client(address_);
  ASSERT_TRUE(client.Handshake());
  client.tls().Say(whole);
  const std::string sent = client.tls().Sent();
  client.SendRaw(std::string_view(sent).substr(0, sent.size() - 1));
  ::shutdown(client.descriptor(), SHUT_WR);
  EXPECT_TRUE(client.ReceivesEnd());
  EXPECT_EQ(handler_.handled.load(), 0);
  EXPECT_TRUE(Eventually([this] { return server_->connection_count() == 0; }));
}

TEST_F(TlsServerTest, AWholeRequestIsAnsweredThoughTheClientSaysNoMore) {
  StartServer();
  SocketClient client(address_);
  ASSERT_TRUE(client.Handshake());
  client.tls().Say(Post("/last", "body"));
  SSL_shutdown(client.tls().ssl());
  client.Flush();
  EXPECT_TRUE(client.ReceivesEnd());
  EXPECT_NE(client.tls().received().find("/last 4 tls"), std::string::npos);
}

TEST_F(TlsServerTest, WhatIsNoHandshakeIsClosedWithoutAReset) {
  StartServer();
  for (const std::string& bytes : {Get("/") + std::string(100'000, 'x'), std::string("\x16\x03\x01\x02", 4),
                                   std::string(5, '\0'), std::string("SSH-2.0-OpenSSH\r\n")}) {
    SocketClient client(address_);
    client.SendRaw(bytes);
    ::shutdown(client.descriptor(), SHUT_WR);
    EXPECT_TRUE(client.ReceivesEnd());
    EXPECT_FALSE(client.was_reset());
  }
  EXPECT_TRUE(Eventually([this] { return server_->connection_count() == 0; }));
  EXPECT_EQ(handler_.handled.load(), 0);
}

TEST_F(TlsServerTest, AHandshakeHasTheTimeOfAHeadAndAConnectionAfterItThatOfIdleness) {
  ServerLimits limits;
  limits.head_timeout_ms = 200;
  limits.idle_timeout_ms = 1'500;
  StartServer(limits);
  const auto begin = std::chrono::steady_clock::now();
  const auto passed_ms = [&] {
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin).count();
  };
  SocketClient idle(address_);
  ASSERT_TRUE(idle.Handshake());
  SocketClient silent(address_);
  SocketClient begun(address_);
  begun.tls().Advance();
  begun.SendRaw(begun.tls().Sent().substr(0, 100));
  EXPECT_TRUE(silent.ReceivesEnd());
  EXPECT_TRUE(begun.ReceivesEnd());
  EXPECT_GE(passed_ms(), 190);
  EXPECT_LT(passed_ms(), 1'400);
  EXPECT_FALSE(idle.tls().was_told_the_end());
  idle.Say(Get("/still"));
  EXPECT_TRUE(idle.ReceiveUntil("/still 0 tls"));
  EXPECT_TRUE(idle.ReceivesEnd());
  EXPECT_TRUE(idle.tls().was_told_the_end());
  EXPECT_GE(passed_ms(), 1'400);
}

TEST_F(TlsServerTest, HandshakesCountAsConnections) {
  ServerLimits limits;
  limits.connections_max = 2;
  limits.stalled_ms = 60'000;  // nobody has to make room
  StartServer(limits);
  {
    const SocketClient first(address_);
    const SocketClient second(address_);
    ASSERT_TRUE(Eventually([this] { return server_->connection_count() == 2; }));
    SocketClient third(address_);
    EXPECT_FALSE(third.Handshake());
  }
  ASSERT_TRUE(Eventually([this] { return server_->connection_count() == 0; }));
  SocketClient later(address_);
  EXPECT_TRUE(later.Handshake());
}

TEST_F(TlsServerTest, ANewCertificateIsForNewConnections) {
  StartServer();
  const auto name_of = [](SocketClient& client) {
    char name[64] = "";
    X509* certificate = SSL_get0_peer_certificate(client.tls().ssl());
    X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name, sizeof(name));
    return std::string(name);
  };
  SocketClient old(address_);
  ASSERT_TRUE(old.Handshake());
  EXPECT_EQ(name_of(old), "localhost");
  published_.Publish(MakeContext(MakeCertificate("renewed")));
  SocketClient fresh(address_);
  ASSERT_TRUE(fresh.Handshake());
  EXPECT_EQ(name_of(fresh), "renewed");
  old.Say(Get("/old"));
  EXPECT_TRUE(old.ReceiveUntil("/old 0 tls"));
}

TEST_F(TlsServerTest, DrainingTellsIdleClients) {
  StartServer();
  SocketClient idle(address_);
  ASSERT_TRUE(idle.Handshake());
  idle.Say(Get("/before"));  // so that the server, too, is done with the handshake
  ASSERT_TRUE(idle.ReceiveUntil("/before 0 tls"));
  std::atomic<bool> drained = false;
  server_->Drain(5'000, [&] { drained = true; });
  EXPECT_TRUE(idle.ReceivesEnd());
  EXPECT_TRUE(idle.tls().was_told_the_end());
  EXPECT_TRUE(Eventually([&] { return drained.load(); }));
}

}  // namespace
}  // namespace basalt::http
