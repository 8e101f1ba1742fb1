// The server over real sockets: a handler that echoes, or keeps requests until the test lets go, and clients that
// pipeline, stall, half-close and vanish.
#include "http/server.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <future>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "http/loop_implementation.h"
#include "http/proxy_fixture.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define BASALT_UNDER_SANITIZER
#endif
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define BASALT_UNDER_SANITIZER
#endif

namespace basalt::http {
namespace {

// A socket that reads with patience of a few seconds, so that a hanging server fails a test rather than stopping it.
class Client {
 public:
  explicit Client(int descriptor) : descriptor_(descriptor) {}
  Client(Client&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  Client& operator=(Client&&) = delete;
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  ~Client() { Close(); }

  static Client Connect(const ListenAddress& address) {
    const bool is_v6 = address.host.find(':') != std::string::npos;
    const int descriptor = ::socket(is_v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_storage storage{};
    socklen_t size = 0;
    if (is_v6) {
      sockaddr_in6 target{};
      target.sin6_family = AF_INET6;
      target.sin6_port = htons(address.port);
      inet_pton(AF_INET6, address.host.c_str(), &target.sin6_addr);
      std::memcpy(&storage, &target, size = sizeof(target));
    } else {
      sockaddr_in target{};
      target.sin_family = AF_INET;
      target.sin_port = htons(address.port);
      inet_pton(AF_INET, "127.0.0.1", &target.sin_addr);
      std::memcpy(&storage, &target, size = sizeof(target));
    }
    EXPECT_EQ(::connect(descriptor, reinterpret_cast<const sockaddr*>(&storage), size), 0) << std::strerror(errno);
    return Client(descriptor);
  }

  void Send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t count = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count <= 0) {
        return;  // the server closed; what it said shows in what is read
      }
      bytes.remove_prefix(static_cast<size_t>(count));
    }
  }
  void HalfClose() const { ::shutdown(descriptor_, SHUT_WR); }
  void Close() {
    if (descriptor_ >= 0) {
      ::close(std::exchange(descriptor_, -1));
    }
  }
  void Reset() {
    const linger at_once{1, 0};
    setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    Close();
  }
  void SetReceiveBuffer(int size_bytes) const {
    setsockopt(descriptor_, SOL_SOCKET, SO_RCVBUF, &size_bytes, sizeof(size_bytes));
  }

  // False at the end of the stream or after a few seconds of silence.
  bool ReadSome(std::string& out) {
    pollfd wanted{descriptor_, POLLIN, 0};
    if (::poll(&wanted, 1, 5000) != 1) {
      timed_out_ = true;
      return false;
    }
    std::array<char, 16384> bytes;
    const ssize_t count = ::recv(descriptor_, bytes.data(), bytes.size(), 0);
    if (count <= 0) {
      return false;
    }
    out.append(bytes.data(), static_cast<size_t>(count));
    return true;
  }

  struct Reply {
    int status = 0;
    std::string head;
    std::string body;
  };
  // One response; status 0 if none comes.
  Reply Read(bool head_only = false) {
    Reply reply;
    size_t end = 0;
    while ((end = received_.find("\r\n\r\n")) == std::string::npos) {
      if (!ReadSome(received_)) {
        return reply;
      }
    }
    reply.head = received_.substr(0, end + 4);
    received_.erase(0, end + 4);
    reply.status = std::atoi(reply.head.c_str() + 9);
    const size_t length_at = reply.head.find("Content-Length: ");
    const size_t length = length_at == std::string::npos || head_only
                              ? 0
                              : static_cast<size_t>(std::atoi(reply.head.c_str() + length_at + 16));
    while (received_.size() < length && ReadSome(received_)) {
    }
    reply.body = received_.substr(0, length);
    received_.erase(0, length);
    return reply;
  }
  bool ReadsEnd() {
    std::string rest;
    while (ReadSome(rest)) {
    }
    return !timed_out_ && rest.empty() && received_.empty();
  }

  int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
  bool timed_out_ = false;
  std::string received_;
};

// Echoes method, path and body. A path beginning with /later is answered when the test says so.
class EchoHandler final : public Handler {
 public:
  std::variant<std::unique_ptr<Ticket>, Response> Admit(const RequestHead& head, Relief& relief) override {
    if (head.path == "/refused") {
      Response response;
      response.status = 503;
      response.body = "busy";
      return response;
    }
    tickets_.fetch_add(1);
    return std::make_unique<CountedTicket>(*this, relief);
  }

  Response RefuseBody() override {
    Response response;
    response.status = 503;
    response.body = "no room";
    return response;
  }

  void Handle(const Request& request, Responder respond) override {
    {
      const std::lock_guard lock(mutex_);
      handled_.emplace_back(request.head.path);
    }
    if (request.head.path.starts_with("/later")) {
      const std::lock_guard lock(mutex_);
      later_.push_back({&request, std::move(respond)});
      return;
    }
    if (request.head.path == "/dropped") {
      return;
    }
    respond(Echo(request));
  }

  static Response Echo(const Request& request) {
    Response response;
    response.content_type = "text/plain";
    if (request.head.path == "/big") {
      response.body.assign(static_cast<size_t>(std::atoi(std::string(request.head.query).c_str())), 'b');
      return response;
    }
    response.body =
        std::string(request.head.method) + " " + std::string(request.head.path) + " " + std::string(request.body);
    if (request.head.path == "/route") {
      response.body = request.peer->ip + " " + std::to_string(request.peer->listener) + " " + request.peer->endpoint +
                      (request.peer->tls ? " over TLS" : "");
    }
    if (request.head.path == "/peer") {
      response.body =
          request.peer->ip + " " + (request.peer->uid.has_value() ? std::to_string(*request.peer->uid) : "-");
    }
    response.close = request.head.path == "/close";
    return response;
  }

  size_t waiting() {
    const std::lock_guard lock(mutex_);
    return later_.size();
  }
  int tickets() const { return tickets_.load(); }
  std::vector<std::string> handled() {
    const std::lock_guard lock(mutex_);
    return handled_;
  }
  // On the loop.
  void AnswerAll() {
    std::vector<Pending> pending;
    {
      const std::lock_guard lock(mutex_);
      pending.swap(later_);
    }
    for (Pending& each : pending) {
      each.respond(Echo(*each.request));
    }
  }
  void ForgetAll() {
    std::vector<Pending> pending;
    const std::lock_guard lock(mutex_);
    pending.swap(later_);
  }

  // Set before clients come.
  uint64_t held_bytes_max = UINT64_MAX;      // of one ticket
  uint64_t all_held_bytes_max = UINT64_MAX;  // of all; relief is asked when it is reached
  uint64_t held_bytes() const { return held_bytes_.load(); }

 private:
  class CountedTicket final : public Ticket {
   public:
    CountedTicket(EchoHandler& handler, Relief& relief) : handler_(handler), relief_(relief) {}
    ~CountedTicket() override {
      handler_.held_bytes_.fetch_sub(bytes_);
      handler_.tickets_.fetch_sub(1);
    }
    bool Hold(uint64_t bytes) override {
      if (bytes > handler_.held_bytes_max) {
        return false;
      }
      while (handler_.held_bytes_ - bytes_ + bytes > handler_.all_held_bytes_max) {
        if (!relief_.EndSlowest()) {
          return false;
        }
      }
      handler_.held_bytes_ += bytes - bytes_;
      bytes_ = bytes;
      return true;
    }

   private:
    EchoHandler& handler_;
    Relief& relief_;
    uint64_t bytes_ = 0;
  };
  struct Pending {
    const Request* request;
    Responder respond;
  };

  std::atomic<int> tickets_ = 0;
  std::atomic<uint64_t> held_bytes_ = 0;
  std::mutex mutex_;
  std::vector<Pending> later_;
  std::vector<std::string> handled_;
};

bool Eventually(const std::function<bool()>& condition) {
  for (int i = 0; i < 2000; ++i) {
    if (condition()) {
      return true;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return false;
}

class ServerTest : public testing::Test {
 protected:
  void StartServer(ServerLimits limits = {}, size_t loop_count = 1) {
    for (size_t i = 0; i < loop_count; ++i) {
      loops_.push_back(std::make_unique<Loop>());
      handlers_.push_back(std::make_unique<EchoHandler>());
      loop_pointers_.push_back(loops_.back().get());
      handler_pointers_.push_back(handlers_.back().get());
      loops_.back()->Start(static_cast<int>(i));
    }
    server_ = std::make_unique<Server>(loop_pointers_, handler_pointers_, limits, os::SystemClock());
    Result<ListenAddress> bound = server_->Listen({"127.0.0.1", 0});
    ASSERT_TRUE(bound.ok()) << bound.error().text;
    address_ = *bound;
  }
  void TearDown() override {
    server_.reset();
    for (const auto& loop : loops_) {
      loop->Stop();
    }
    for (const auto& handler : handlers_) {
      handler->ForgetAll();
      EXPECT_EQ(handler->tickets(), 0);
    }
  }

  Client Connect() const { return Client::Connect(address_); }
  EchoHandler& handler() { return *handlers_[0]; }
  void OnLoop(UniqueFunction<void()> task) { RunOnLoop(*loops_[0], std::move(task)); }
  void AnswerAll() {
    OnLoop([this] { handler().AnswerAll(); });
  }

  int64_t LoopCpuMs() {
    timespec used{};
    OnLoop([&used] { clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used); });
    return used.tv_sec * 1000 + used.tv_nsec / 1'000'000;
  }

  std::vector<std::unique_ptr<Loop>> loops_;
  std::vector<std::unique_ptr<EchoHandler>> handlers_;
  std::vector<Loop*> loop_pointers_;
  std::vector<Handler*> handler_pointers_;
  std::unique_ptr<Server> server_;
  ListenAddress address_;
};

std::string Get(const std::string& path) { return "GET " + path + " HTTP/1.1\r\nHost: h\r\n\r\n"; }
std::string Post(const std::string& path, const std::string& body) {
  return "POST " + path + " HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

TEST_F(ServerTest, KeepsTheConnection) {
  StartServer();
  Client client = Connect();
  for (int i = 0; i < 3; ++i) {
    client.Send(Post("/a", "body" + std::to_string(i)));
    const Client::Reply reply = client.Read();
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.body, "POST /a body" + std::to_string(i));
    EXPECT_NE(reply.head.find("\r\nConnection: keep-alive\r\n"), std::string::npos);
    EXPECT_NE(reply.head.find("\r\nServer: Basalt\r\n"), std::string::npos);
    EXPECT_NE(reply.head.find("\r\nDate: "), std::string::npos);
  }
  EXPECT_EQ(server_->connection_count(), 1U);
}

TEST_F(ServerTest, ClosesWhenAsked) {
  StartServer();
  const std::vector<std::string> requests = {"GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
                                             "GET / HTTP/1.0\r\n\r\n", Get("/close")};
  for (const std::string& request : requests) {
    Client client = Connect();
    client.Send(request);
    const Client::Reply reply = client.Read();
    EXPECT_EQ(reply.status, 200);
    EXPECT_NE(reply.head.find("\r\nConnection: close\r\n"), std::string::npos);
    EXPECT_TRUE(client.ReadsEnd());
  }
  Client old = Connect();
  old.Send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_NE(old.Read().head.find("\r\nConnection: keep-alive\r\n"), std::string::npos);
  old.Send("GET /again HTTP/1.0\r\n\r\n");
  EXPECT_EQ(old.Read().body, "GET /again ");
}

TEST_F(ServerTest, AnswersHeadWithoutABody) {
  StartServer();
  Client client = Connect();
  client.Send("HEAD /a HTTP/1.1\r\nHost: h\r\n\r\n" + Get("/b"));
  const Client::Reply reply = client.Read(true);
  EXPECT_NE(reply.head.find("\r\nContent-Length: 8\r\n"), std::string::npos);
  EXPECT_EQ(client.Read().body, "GET /b ");
}

TEST_F(ServerTest, AnswersPipelinedRequestsInOrder) {
  StartServer();
  Client client = Connect();
  std::string all;
  constexpr int kCount = 2000;
  for (int i = 0; i < kCount; ++i) {
    all += i % 3 == 0 ? Post("/" + std::to_string(i), "x") : Get("/" + std::to_string(i));
  }
  std::thread sender([&] { client.Send(all); });
  for (int i = 0; i < kCount; ++i) {
    const std::string expected = i % 3 == 0 ? "POST /" + std::to_string(i) + " x" : "GET /" + std::to_string(i) + " ";
    ASSERT_EQ(client.Read().body, expected);
  }
  sender.join();
}

TEST_F(ServerTest, WaitsForALateAnswerBeforeTheNextRequest) {
  StartServer();
  Client client = Connect();
  client.Send(Get("/later1") + Get("/soon") + Get("/later2"));
  ASSERT_TRUE(Eventually([this] { return handler().waiting() == 1; }));
  AnswerAll();
  EXPECT_EQ(client.Read().body, "GET /later1 ");
  EXPECT_EQ(client.Read().body, "GET /soon ");
  ASSERT_TRUE(Eventually([this] { return handler().waiting() == 1; }));
  AnswerAll();
  EXPECT_EQ(client.Read().body, "GET /later2 ");
}

TEST_F(ServerTest, DoesNotReadAheadWhileHandling) {
  StartServer();
  Client client = Connect();
  client.Send(Get("/later"));
  ASSERT_TRUE(Eventually([this] { return handler().waiting() == 1; }));
  // More than all buffers of the connection together: the sender must come to a stop.
  const std::string flood(size_t{1} << 20, 'x');
  size_t sent = 0;
  int stalls = 0;
  while (stalls < 20 && sent < (size_t{64} << 20)) {
    const ssize_t count = ::send(client.descriptor(), flood.data(), flood.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (count > 0) {
      sent += static_cast<size_t>(count);
      stalls = 0;
    } else {
      ++stalls;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  }
  EXPECT_LT(sent, size_t{64} << 20);
  AnswerAll();
  EXPECT_EQ(client.Read().body, "GET /later ");
}

TEST_F(ServerTest, PipelinedRequestsTakeTurnsWithThoseOfOthers) {
  StartServer();
  Client greedy = Connect();
  Client modest = Connect();
  for (Client* client : {&greedy, &modest}) {
    client->Send(Get("/a"));
    EXPECT_EQ(client->Read().status, 200);
  }
  std::promise<void> gate;
  loops_[0]->Post([&gate] { gate.get_future().wait(); });
  std::string all;
  for (int i = 0; i < 100; ++i) {
    all += Get("/greedy");
  }
  greedy.Send(all);
  modest.Send(Get("/modest"));
  std::this_thread::sleep_for(std::chrono::milliseconds(20));  // both have arrived
  gate.set_value();
  EXPECT_EQ(modest.Read().body, "GET /modest ");
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(greedy.Read().body, "GET /greedy ");
  }
  const std::vector<std::string> handled = handler().handled();
  const auto at = std::find(handled.begin(), handled.end(), "/modest");
  ASSERT_NE(at, handled.end());
  EXPECT_LT(at - handled.begin(), 10);
}

TEST_F(ServerTest, ReadsBodiesOfAnySizeInPieces) {
  StartServer();
  for (const size_t size : {size_t{0}, size_t{1}, size_t{16000}, size_t{17000}, size_t{100000}, size_t{3} << 20}) {
    Client client = Connect();
    const std::string body(size, 'z');
    const std::string request = Post("/a", body) + Get("/next");
    const size_t first = std::min<size_t>(request.size(), 70);
    client.Send(std::string_view(request).substr(0, first));
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    std::thread sender([&] { client.Send(std::string_view(request).substr(first)); });
    EXPECT_EQ(client.Read().body, "POST /a " + body) << size;
    EXPECT_EQ(client.Read().body, "GET /next ") << size;
    sender.join();
  }
}

TEST_F(ServerTest, ReadsARequestByteByByte) {
  StartServer();
  Client client = Connect();
  const std::string request =
      Post("/a", "hello") + "POST /c HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
  for (const char c : request) {
    client.Send({&c, 1});
    std::this_thread::sleep_for(std::chrono::microseconds(300));
  }
  EXPECT_EQ(client.Read().body, "POST /a hello");
  EXPECT_EQ(client.Read().body, "POST /c abc");
}

TEST_F(ServerTest, DecodesChunkedBodies) {
  StartServer();
  Client client = Connect();
  std::string body;
  std::string chunks;
  for (int i = 0; i < 3000; ++i) {
    const std::string chunk(static_cast<size_t>(1 + i % 97), static_cast<char>('a' + i % 26));
    std::array<char, 16> size{};
    std::snprintf(size.data(), size.size(), "%zx\r\n", chunk.size());
    chunks.append(size.data()).append(chunk).append("\r\n");
    body += chunk;
  }
  const std::string request =
      "POST /c HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks + "0\r\nTrailer: x\r\n\r\n";
  std::thread sender([&] { client.Send(request + request + Get("/next")); });
  EXPECT_EQ(client.Read().body, "POST /c " + body);
  EXPECT_EQ(client.Read().body, "POST /c " + body);
  EXPECT_EQ(client.Read().body, "GET /next ");
  sender.join();
}

TEST_F(ServerTest, RefusesAChunkedBodyTheTicketCannotHold) {
  StartServer();
  handler().held_bytes_max = 40'000;
  Client client = Connect();
  client.Send("POST /c HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\n" + std::string(0xffff, 'x') +
              "\r\n0\r\n\r\n");
  const Client::Reply reply = client.Read();
  EXPECT_EQ(reply.status, 503);
  EXPECT_EQ(reply.body, "no room");
  EXPECT_TRUE(client.ReadsEnd());
}

TEST_F(ServerTest, RefusesBodiesOverTheLimit) {
  ServerLimits limits;
  limits.body_bytes_max = 1000;
  StartServer(limits);
  {
    Client client = Connect();
    client.Send(Post("/a", std::string(1001, 'x')));
    EXPECT_EQ(client.Read().status, 413);
    EXPECT_TRUE(client.ReadsEnd());
  }
  {
    Client client = Connect();
    client.Send("POST /c HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n");
    EXPECT_EQ(client.Read().status, 413);
    EXPECT_TRUE(client.ReadsEnd());
  }
  Client client = Connect();
  client.Send(Post("/a", std::string(1000, 'x')));
  EXPECT_EQ(client.Read().status, 200);
}

TEST_F(ServerTest, TheRefusalOfALongBodyReachesAClientThatSendsItAll) {
  ServerLimits limits;
  limits.body_bytes_max = size_t{4} << 20;
  StartServer(limits);
  Client client = Connect();
  client.Send(Post("/a", std::string(size_t{6} << 20, 'x')));
  EXPECT_EQ(client.Read().status, 413);
  EXPECT_TRUE(client.ReadsEnd());
}

TEST_F(ServerTest, RefusesWhatTheParserRefuses) {
  StartServer();
  const std::vector<std::pair<std::string, int>> cases = {
      {"nonsense\r\n", 400},
      {"GET / HTTP/2.0\r\n\r\n", 505},
      {"GET / HTTP/1.1\r\n\r\n", 400},
      {"GET /" + std::string(40000, 'a') + " HTTP/1.1\r\n", 431},
      {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400}};
  for (const auto& [request, status] : cases) {
    Client client = Connect();
    client.Send(Get("/good") + request + Get("/smuggled"));
    EXPECT_EQ(client.Read().body, "GET /good ");
    const Client::Reply reply = client.Read();
    EXPECT_EQ(reply.status, status);
    EXPECT_NE(reply.head.find("\r\nConnection: close\r\n"), std::string::npos);
    EXPECT_TRUE(client.ReadsEnd());
  }
}

TEST_F(ServerTest, SendsContinueOnlyOnceAdmitted) {
  StartServer();
  const auto head = [](const std::string& path) {
    return "POST " + path + " HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n";
  };
  Client client = Connect();
  client.Send(head("/a"));
  EXPECT_EQ(client.Read().status, 100);
  client.Send("hello");
  EXPECT_EQ(client.Read().body, "POST /a hello");
  client.Send(head("/b") + "hello");  // it did not wait, so neither is it told to go on
  EXPECT_EQ(client.Read().body, "POST /b hello");
  client.Send(head("/refused"));
  const Client::Reply reply = client.Read();
  EXPECT_EQ(reply.status, 503);
  EXPECT_EQ(reply.body, "busy");
  EXPECT_TRUE(client.ReadsEnd());
}

TEST_F(ServerTest, FinishesTheAnswerOfAHalfClosedClient) {
  StartServer();
  Client client = Connect();
  client.Send(Get("/first") + Get("/later"));
  client.HalfClose();
  EXPECT_EQ(client.Read().body, "GET /first ");
  ASSERT_TRUE(Eventually([this] { return handler().waiting() == 1; }));
  AnswerAll();
  EXPECT_EQ(client.Read().body, "GET /later ");
  EXPECT_TRUE(client.ReadsEnd());
  EXPECT_TRUE(Eventually([this] { return server_->connection_count() == 0; }));
}

TEST_F(ServerTest, SurvivesClientsThatVanish) {
  StartServer();
  const std::string request = Post("/a", "hello");
  for (size_t size = 0; size < request.size(); size += 3) {
    Client client = Connect();
    client.Send(std::string_view(request).substr(0, size));
    if (size % 2 == 0) {
      client.Reset();
    }
  }
  EXPECT_TRUE(Eventually([this] { return server_->connection_count() == 0; }));
}

TEST_F(ServerTest, KeepsARequestsViewsWhenItsClientVanishes) {
  StartServer();
  Client client = Connect();
  client.Send(Post("/later", "hello"));
  ASSERT_TRUE(Eventually([this] { return handler().waiting() == 1; }));
  client.Reset();
  AnswerAll();  // reads head and body, which are still there; the answer goes nowhere
  EXPECT_TRUE(Eventually([this] { return server_->connection_count() == 0 && handler().tickets() == 0; }));
}

TEST_F(ServerTest, SleepsWhileClientsSendMoreOrVanishDuringARequest) {
  StartServer();
  Client talking = Connect();
  talking.Send(Get("/later"));
  Client leaving = Connect();
  leaving.Send(Get("/later"));
  Client vanishing = Connect();
  vanishing.Send(Get("/later"));
  ASSERT_TRUE(Eventually([this] { return handler().waiting() == 3; }));
  talking.Send(Get("/next"));
  leaving.HalfClose();
  vanishing.Reset();
  const int64_t before_ms = LoopCpuMs();
  std::this_thread::sleep_for(std::chrono::milliseconds(400));
  EXPECT_LT(LoopCpuMs() - before_ms, 120);  // who asked again and again would have used all of it
  AnswerAll();
  EXPECT_EQ(talking.Read().body, "GET /later ");
  EXPECT_EQ(talking.Read().body, "GET /next ");
  EXPECT_EQ(leaving.Read().body, "GET /later ");
  EXPECT_TRUE(leaving.ReadsEnd());
  EXPECT_TRUE(Eventually([this] { return server_->connection_count() == 1; }));
}

TEST_F(ServerTest, AnswersForAHandlerThatForgets) {
  StartServer();
  Client client = Connect();
  client.Send(Get("/dropped"));
  EXPECT_EQ(client.Read().status, 500);
  EXPECT_TRUE(client.ReadsEnd());
}

TEST_F(ServerTest, SendsLargeAnswersToSlowReaders) {
  StartServer();
  Client client = Connect();
  constexpr size_t kSize = size_t{32} << 20;  // more than the sockets between them hold
  client.Send(Get("/big?" + std::to_string(kSize)) + Get("/next"));
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  EXPECT_EQ(client.Read().body.size(), kSize);
  EXPECT_EQ(client.Read().body, "GET /next ");
}

TEST_F(ServerTest, EndsConnectionsThatStall) {
  ServerLimits limits;
  limits.idle_timeout_ms = 120;
  limits.head_timeout_ms = 80;
  limits.body_timeout_ms = 80;
  StartServer(limits);

  Client idle = Connect();
  Client idle_later = Connect();
  idle_later.Send(Get("/a"));
  EXPECT_EQ(idle_later.Read().status, 200);
  Client slow_head = Connect();
  slow_head.Send("GET / HT");
  Client slow_body = Connect();
  slow_body.Send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhel");
  Client slow_reader = Connect();
  slow_reader.SetReceiveBuffer(4096);
  slow_reader.Send(Get("/big?50000000"));
  Client handled = Connect();
  handled.Send(Get("/later"));

  EXPECT_TRUE(idle.ReadsEnd());
  EXPECT_TRUE(idle_later.ReadsEnd());
  EXPECT_EQ(slow_head.Read().status, 408);
  EXPECT_TRUE(slow_head.ReadsEnd());
  EXPECT_EQ(slow_body.Read().status, 408);
  EXPECT_TRUE(slow_body.ReadsEnd());
  idle.Close();
  idle_later.Close();
  slow_head.Close();
  slow_body.Close();
  // Only the one whose handler takes its time is left.
  EXPECT_TRUE(Eventually([this] { return server_->connection_count() == 1; }));
  AnswerAll();
  EXPECT_EQ(handled.Read().body, "GET /later ");
}

TEST_F(ServerTest, AHeadThatTricklesInIsTimedFromItsFirstByte) {
  ServerLimits limits;
  limits.head_timeout_ms = 100;
  StartServer(limits);
  Client client = Connect();
  const auto begin = std::chrono::steady_clock::now();
  std::string received;
  for (int i = 0; i < 200 && received.empty(); ++i) {
    client.Send(i == 0 ? "G" : "E");
    pollfd wanted{client.descriptor(), POLLIN, 0};
    if (::poll(&wanted, 1, 10) == 1) {
      client.ReadSome(received);
    }
  }
  EXPECT_TRUE(received.starts_with("HTTP/1.1 408 "));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(1500));
}

TEST_F(ServerTest, ABodyThatMovesMayTakeLongerThanItsTimeout) {
  ServerLimits limits;
  limits.body_timeout_ms = 100;
  limits.bytes_per_s_min = 10;
  StartServer(limits);
  Client client = Connect();
  client.Send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 6\r\n\r\n");
  for (const char c : std::string("slowly")) {
    std::this_thread::sleep_for(std::chrono::milliseconds(40));
    client.Send({&c, 1});
  }
  EXPECT_EQ(client.Read().body, "POST / slowly");
}

TEST_F(ServerTest, ABodyThatTricklesInDoesNotLastForever) {
  ServerLimits limits;
  limits.body_timeout_ms = 100;
  limits.bytes_per_s_min = 1000;
  StartServer(limits);
  Client client = Connect();
  client.Send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n");
  const auto begin = std::chrono::steady_clock::now();
  std::string received;
  for (int i = 0; i < 400 && received.empty(); ++i) {
    client.Send("x");
    pollfd wanted{client.descriptor(), POLLIN, 0};
    if (::poll(&wanted, 1, 10) == 1) {
      client.ReadSome(received);
    }
  }
  EXPECT_TRUE(received.starts_with("HTTP/1.1 408 "));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(2000));
}

TEST_F(ServerTest, AnAnswerThatIsReadTooSlowlyIsCutShort) {
  ServerLimits limits;
  limits.body_timeout_ms = 200;
  limits.bytes_per_s_min = uint64_t{1} << 40;  // whatever was sent at once earns no more time
  StartServer(limits);
  Client client = Connect();
  client.SetReceiveBuffer(4096);
  client.Send(Get("/big?50000000"));
  const auto begin = std::chrono::steady_clock::now();
  std::array<char, 65536> bytes;
  bool open = true;
  while (open && std::chrono::steady_clock::now() - begin < std::chrono::seconds(4)) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    open = server_->connection_count() == 1 && ::recv(client.descriptor(), bytes.data(), bytes.size(), 0) > 0;
  }
  EXPECT_FALSE(open);
  EXPECT_TRUE(Eventually([this] { return handler().tickets() == 0; }));
}

TEST_F(ServerTest, ClosesConnectionsOverTheBound) {
  ServerLimits limits;
  limits.connections_max = 2;
  StartServer(limits);
  Client first = Connect();
  Client second = Connect();
  ASSERT_TRUE(Eventually([this] { return server_->connection_count() == 2; }));
  Client third = Connect();
  EXPECT_TRUE(third.ReadsEnd());
  first.Close();
  ASSERT_TRUE(Eventually([this] { return server_->connection_count() == 1; }));
  Client fourth = Connect();
  fourth.Send(Get("/a"));
  EXPECT_EQ(fourth.Read().status, 200);
}

// Ticks of 5 ms, so that what stalls is seen at once.
ServerLimits QuickLimits() {
  ServerLimits limits;
  limits.head_timeout_ms = 40;  // nobody is slow with a head in these tests
  limits.stalled_ms = 20;
  return limits;
}
constexpr auto kLongerThanStalled = std::chrono::milliseconds(80);

std::string Declared(size_t size) {
  return "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n";
}

TEST_F(ServerTest, ABodyIsHeldAsItArrivesNotAsItIsAnnounced) {
  StartServer();
  std::vector<Client> clients;
  for (int i = 0; i < 20; ++i) {
    clients.push_back(Connect());
    clients.back().Send(Declared(size_t{16} << 20) + "some of it");
  }
  ASSERT_TRUE(Eventually([this] { return handler().tickets() == 20; }));
  EXPECT_EQ(handler().held_bytes(), 0U);  // beyond the buffer that every request has
  const size_t sent = size_t{100} << 10;
  clients[0].Send(std::string(sent, 'x'));
  ASSERT_TRUE(Eventually([&] { return handler().held_bytes() >= sent; }));
  EXPECT_LE(handler().held_bytes(), 4 * sent);
}

TEST_F(ServerTest, AStalledBodyMakesRoomForOneThatMoves) {
  StartServer(QuickLimits());
  handler().all_held_bytes_max = (size_t{1} << 20) + 1000;
  Client stalled = Connect();
  stalled.Send(Declared(size_t{1} << 20) + std::string(700'000, 'x'));
  ASSERT_TRUE(Eventually([this] { return handler().held_bytes() >= 700'000; }));
  const std::string body(size_t{1} << 19, 'y');
  EXPECT_TRUE(Eventually([&] {
    Client moving = Connect();
    moving.Send(Post("/a", body));
    return moving.Read().body == "POST /a " + body;
  }));
  const Client::Reply refused = stalled.Read();
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.body, "no room");
  EXPECT_TRUE(stalled.ReadsEnd());
}

TEST_F(ServerTest, WithoutAStalledTransferTheOneThatAsksIsRefused) {
  ServerLimits limits = QuickLimits();
  limits.stalled_ms = 60'000;
  StartServer(limits);
  handler().all_held_bytes_max = (size_t{1} << 20) + 1000;
  Client first = Connect();
  first.Send(Declared(size_t{1} << 20) + std::string(700'000, 'x'));
  ASSERT_TRUE(Eventually([this] { return handler().held_bytes() >= 700'000; }));
  Client second = Connect();
  second.Send(Post("/a", std::string(size_t{1} << 19, 'y')));
  EXPECT_EQ(second.Read().status, 503);
  first.Send(std::string((size_t{1} << 20) - 700'000, 'x'));
  EXPECT_EQ(first.Read().status, 200);
}

TEST_F(ServerTest, ABodyDoesNotMakeRoomForItself) {
  StartServer(QuickLimits());
  handler().all_held_bytes_max = 100'000;
  Client client = Connect();
  client.Send(Declared(300'000) + std::string(50'000, 'x'));
  ASSERT_TRUE(Eventually([this] { return handler().held_bytes() >= 50'000; }));
  std::this_thread::sleep_for(kLongerThanStalled);
  client.Send(std::string(250'000, 'x'));
  EXPECT_EQ(client.Read().status, 503);
  EXPECT_TRUE(client.ReadsEnd());
  EXPECT_EQ(handler().held_bytes(), 0U);
}

TEST_F(ServerTest, ManyHalfSentBodiesThatFillTheBoundResolve) {
  StartServer(QuickLimits());
  handler().all_held_bytes_max = size_t{2} << 20;
  std::vector<std::thread> senders;
  std::atomic<int> served = 0;
  std::atomic<int> refused = 0;
  for (int i = 0; i < 12; ++i) {
    senders.emplace_back([&] {
      Client client = Connect();
      client.Send(Declared(size_t{1} << 20));
      for (int piece = 0; piece < 16; ++piece) {
        client.Send(std::string(size_t{1} << 16, 'x'));
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
      }
      const int status = client.Read().status;
      (status == 200 ? served : refused).fetch_add(1);
    });
  }
  for (std::thread& sender : senders) {
    sender.join();
  }
  EXPECT_GE(served, 1);
  EXPECT_EQ(served + refused, 12);
  EXPECT_TRUE(Eventually([this] { return handler().held_bytes() == 0; }));
  Client after = Connect();
  after.Send(Post("/a", std::string(size_t{1} << 20, 'x')));
  EXPECT_EQ(after.Read().status, 200);
}

TEST_F(ServerTest, AnswersThatNobodyReadsAreHeldWithinTheBoundAndMakeRoom) {
  StartServer(QuickLimits());
  handler().all_held_bytes_max = size_t{80} << 20;
  std::vector<Client> greedy;
  for (int i = 0; i < 5; ++i) {
    greedy.push_back(Connect());
    greedy.back().Send(Get("/big?32000000"));
  }
  EXPECT_TRUE(Eventually([this] { return handler().held_bytes() >= 64'000'000; }));
  EXPECT_LE(handler().held_bytes(), size_t{80} << 20);
  EXPECT_TRUE(Eventually([this] {
    Client reader = Connect();
    reader.Send(Get("/big?32000000"));
    return reader.Read().body.size() == 32'000'000;
  }));
  int whole = 0;
  for (Client& client : greedy) {
    whole += client.Read().body.size() == 32'000'000 ? 1 : 0;
  }
  EXPECT_LE(whole, 1);
}

TEST_F(ServerTest, AnAnswerForWhichThereIsNoRoomIsDropped) {
  ServerLimits limits = QuickLimits();
  limits.stalled_ms = 60'000;
  StartServer(limits);
  handler().all_held_bytes_max = size_t{1} << 20;
  Client client = Connect();
  client.Send(Get("/big?50000000"));
  EXPECT_LT(client.Read().body.size(), 50'000'000U);
  EXPECT_TRUE(Eventually([this] { return server_->connection_count() == 0; }));
  EXPECT_EQ(handler().held_bytes(), 0U);
}

TEST_F(ServerTest, WhenFullTheConnectionThatWaitedLongestGoes) {
  ServerLimits limits = QuickLimits();
  limits.connections_max = 3;
  StartServer(limits);
  Client oldest = Connect();
  ASSERT_TRUE(Eventually([this] { return server_->connection_count() == 1; }));
  Client used = Connect();
  Client busy = Connect();
  busy.Send(Get("/later"));
  ASSERT_TRUE(Eventually([this] { return handler().waiting() == 1 && server_->connection_count() == 3; }));
  std::this_thread::sleep_for(kLongerThanStalled);
  used.Send(Get("/a"));
  EXPECT_EQ(used.Read().status, 200);
  EXPECT_TRUE(Eventually([this] {
    Client fresh = Connect();
    fresh.Send(Get("/a"));
    return fresh.Read().status == 200;
  }));
  EXPECT_TRUE(oldest.ReadsEnd());
  used.Send(Get("/a"));
  EXPECT_EQ(used.Read().status, 200);
  AnswerAll();
  EXPECT_EQ(busy.Read().status, 200);
}

TEST_F(ServerTest, WhenDescriptorsRunOutTheConnectionThatWaitedLongestGoes) {
  StartServer(QuickLimits());
  Client oldest = Connect();
  ASSERT_TRUE(Eventually([this] { return server_->connection_count() == 1; }));
  Client fresh(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  std::this_thread::sleep_for(kLongerThanStalled);
  sockaddr_in target{};
  target.sin_family = AF_INET;
  target.sin_port = htons(address_.port);
  target.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  rlimit files{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &files), 0);
  rlimit none = files;
  // The next descriptor would be the lowest free one; all below are taken.
  none.rlim_cur = static_cast<rlim_t>(fresh.descriptor()) + 1;
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
  ::connect(fresh.descriptor(), reinterpret_cast<const sockaddr*>(&target), sizeof(target));
  fresh.Send(Get("/a"));
  const Client::Reply reply = fresh.Read();
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &files), 0);
  EXPECT_EQ(reply.body, "GET /a ");
  EXPECT_TRUE(oldest.ReadsEnd());
}

TEST_F(ServerTest, DrainsWhatIsUnderWayAndClosesWhatIsIdle) {
  StartServer({}, 2);
  Client idle = Connect();
  ASSERT_TRUE(Eventually([this] { return server_->connection_count() == 1; }));
  std::vector<Client> busy;
  for (int i = 0; i < 6; ++i) {
    busy.push_back(Connect());
    busy.back().Send(Get("/later") + Get("/not-any-more"));
  }
  const auto waiting = [this] { return handlers_[0]->waiting() + handlers_[1]->waiting(); };
  ASSERT_TRUE(Eventually([&] { return waiting() == 6; }));
  std::promise<void> drained;
  server_->Drain(10'000, [&drained] { drained.set_value(); });
  std::future<void> done = drained.get_future();
  EXPECT_TRUE(idle.ReadsEnd());
  EXPECT_EQ(done.wait_for(std::chrono::milliseconds(30)), std::future_status::timeout);
  for (size_t i = 0; i < 2; ++i) {
    RunOnLoop(*loops_[i], [this, i] { handlers_[i]->AnswerAll(); });
  }
  for (Client& client : busy) {
    const Client::Reply reply = client.Read();
    EXPECT_EQ(reply.body, "GET /later ");
    EXPECT_NE(reply.head.find("\r\nConnection: close\r\n"), std::string::npos);
    EXPECT_TRUE(client.ReadsEnd());
    client.Close();
  }
  EXPECT_EQ(done.wait_for(std::chrono::seconds(5)), std::future_status::ready);
  const int refused = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in target{};
  target.sin_family = AF_INET;
  target.sin_port = htons(address_.port);
  target.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_NE(::connect(refused, reinterpret_cast<const sockaddr*>(&target), sizeof(target)), 0);
  ::close(refused);
}

TEST_F(ServerTest, DrainEndsWithItsGrace) {
  StartServer();
  Client client = Connect();
  client.Send(Post("/later", "hello"));
  ASSERT_TRUE(Eventually([this] { return handler().waiting() == 1; }));
  std::promise<void> drained;
  server_->Drain(50, [&drained] { drained.set_value(); });
  EXPECT_EQ(drained.get_future().wait_for(std::chrono::seconds(5)), std::future_status::ready);
  EXPECT_TRUE(Eventually([this] { return handler().tickets() == 0; }));
  EXPECT_TRUE(client.ReadsEnd());
  AnswerAll();  // too late, and harmless
}

TEST_F(ServerTest, DrainsAtOnceWithoutConnections) {
  StartServer({}, 2);
  std::promise<void> drained;
  server_->Drain(10'000, [&drained] { drained.set_value(); });
  EXPECT_EQ(drained.get_future().wait_for(std::chrono::seconds(5)), std::future_status::ready);
}

TEST_F(ServerTest, GoesDownWithRequestsUnderWay) {
  StartServer();
  Client client = Connect();
  client.Send(Post("/later", "hello"));
  ASSERT_TRUE(Eventually([this] { return handler().waiting() == 1; }));
  server_.reset();
  EXPECT_EQ(handler().tickets(), 0);  // the handler may go now, so nothing of it is held any more
  EXPECT_TRUE(client.ReadsEnd());
  AnswerAll();  // the server is gone, the request is still whole
}

TEST_F(ServerTest, GoesDownAfterItsLoops) {
  StartServer();
  Client client = Connect();
  client.Send(Get("/later"));
  ASSERT_TRUE(Eventually([this] { return handler().waiting() == 1; }));
  loops_[0]->Stop();
  server_.reset();
  EXPECT_TRUE(client.ReadsEnd());
}

TEST_F(ServerTest, ServesAThousandConnectionsInLittleMemory) {
  rlimit files{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &files), 0);
  if (files.rlim_cur < 2200) {
    files.rlim_cur = std::min<rlim_t>(files.rlim_max, 4096);
    ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &files), 0);
  }
  StartServer({}, 2);
  const auto resident_bytes = [] {
    size_t pages = 0;
    std::ifstream("/proc/self/statm") >> pages >> pages;
    return pages * 4096;
  };
  std::vector<Client> clients;
  constexpr size_t kCount = 1000;
  clients.reserve(kCount);
  const size_t before = resident_bytes();
  for (size_t i = 0; i < kCount; ++i) {
    clients.push_back(Connect());
    clients.back().Send(Post("/a", "x"));
  }
  for (Client& client : clients) {
    ASSERT_EQ(client.Read().body, "POST /a x");
  }
  EXPECT_EQ(server_->connection_count(), kCount);
#if !defined(BASALT_UNDER_SANITIZER)
  EXPECT_LT((resident_bytes() - before) / kCount, size_t{8} << 10);
#else
  EXPECT_GT(before, 0U);
#endif
  for (Client& client : clients) {
    client.Send(Get("/again"));
  }
  for (Client& client : clients) {
    ASSERT_EQ(client.Read().body, "GET /again ");
  }
}

TEST_F(ServerTest, SaysThatAnAddressIsInUse) {
  StartServer({}, 2);
  Result<ListenAddress> again = server_->Listen({"127.0.0.1", address_.port});
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(again.error().reason, Reason::kAlreadyExists);
  EXPECT_NE(again.error().text.find("127.0.0.1:" + std::to_string(address_.port)), std::string::npos);
  Result<ListenAddress> nowhere = server_->Listen({"no such host", 1});
  ASSERT_FALSE(nowhere.ok());
  EXPECT_EQ(nowhere.error().reason, Reason::kInvalidArgument);
}

TEST_F(ServerTest, ListensOnIpv6) {
  StartServer();
  Result<ListenAddress> bound = server_->Listen({"::1", 0});
  if (!bound.ok()) {
    GTEST_SKIP() << "no IPv6 here: " << bound.error().text;
  }
  Client client = Client::Connect(*bound);
  client.Send(Get("/peer"));
  EXPECT_EQ(client.Read().body, "::1 -");
}

TEST_F(ServerTest, TellsTheHandlerWhoThePeerIs) {
  StartServer();
  Client client = Connect();
  client.Send(Get("/peer"));
  EXPECT_EQ(client.Read().body, "127.0.0.1 -");
}

TEST_F(ServerTest, TellsTheHandlerWhichListenerAPeerCameTo) {
  StartServer();
  Result<ListenAddress> other = server_->Listen({"127.0.0.1", 0}, {.number = 7});
  ASSERT_TRUE(other.ok());
  Client client = Client::Connect(*other);
  client.Send(Get("/route"));
  EXPECT_EQ(client.Read().body, "127.0.0.1 7 ");
}

TEST_F(ServerTest, BelievesTheHeadersOfProxiesAlone) {
  StartServer();
  const std::string header = ClientHeader(ProxyField(0xEA, "\x01vpce-1") + ProxyField(0x20, "\x01\0\0\0\0"sv));
  std::atomic<bool> trusted = true;
  ListenTerms terms;
  terms.number = 3;
  terms.is_proxy = [&trusted](std::string_view ip) { return trusted && ip == "127.0.0.1"; };
  const ListenAddress taking = *server_->Listen({"127.0.0.1", 0}, terms);
  terms.requires_proxy_header = true;
  const ListenAddress requiring = *server_->Listen({"127.0.0.1", 0}, terms);
  for (const ListenAddress& address : {taking, requiring}) {
    Client client = Client::Connect(address);
    client.Send(header + Get("/route") + Get("/route"));
    EXPECT_EQ(client.Read().body, "192.0.2.7 3 vpce-1 over TLS");
    EXPECT_EQ(client.Read().body, "192.0.2.7 3 vpce-1 over TLS");
    Client wrong = Client::Connect(address);
    wrong.Send(ClientHeader("\x04") + Get("/route"));
    EXPECT_EQ(wrong.Read().status, 0);
    EXPECT_TRUE(wrong.ReadsEnd());
  }
  Client plain = Client::Connect(taking);
  plain.Send(Get("/route"));
  EXPECT_EQ(plain.Read().body, "127.0.0.1 3 ");
  Client silent = Client::Connect(requiring);
  silent.Send(Get("/route"));
  EXPECT_EQ(silent.Read().status, 0);
  EXPECT_TRUE(silent.ReadsEnd());
  trusted = false;
  for (const ListenAddress& address : {taking, requiring}) {
    Client client = Client::Connect(address);
    client.Send(Get("/route"));
    EXPECT_EQ(client.Read().body, "127.0.0.1 3 ");
    Client stranger = Client::Connect(address);
    stranger.Send(header + Get("/route"));
    EXPECT_EQ(stranger.Read().status, 400);
  }
}

TEST_F(ServerTest, ServesAUnixSocketForItsOwnerOnly) {
  StartServer();
  const std::string path = testing::TempDir() + "basalt-http-" + std::to_string(::getpid()) + ".sock";
  {
    // What a server that was killed leaves behind.
    const Client left(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.data(), path.size());
    ASSERT_EQ(::bind(left.descriptor(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  }
  ASSERT_TRUE(server_->ListenUnix(path).ok());  // replaced
  const Status again = server_->ListenUnix(path);
  ASSERT_FALSE(again.ok());  // a server that runs is not cut off from its operator
  EXPECT_EQ(again.error().reason, Reason::kAlreadyExists);
  struct stat file {};
  ASSERT_EQ(::lstat(path.c_str(), &file), 0);
  EXPECT_TRUE(S_ISSOCK(file.st_mode));
  EXPECT_EQ(file.st_mode & 0777U, 0600U);
  Client client(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  ASSERT_EQ(::connect(client.descriptor(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  client.Send(Get("/peer"));
  EXPECT_EQ(client.Read().body, " " + std::to_string(::getuid()));
  server_.reset();
  EXPECT_NE(::lstat(path.c_str(), &file), 0);  // it takes its file with it
}

TEST_F(ServerTest, LeavesOtherFilesAlone) {
  StartServer();
  const std::string path = testing::TempDir() + "basalt-http-" + std::to_string(::getpid()) + ".file";
  std::ofstream(path) << "precious";
  const Status status = server_->ListenUnix(path);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().reason, Reason::kAlreadyExists);
  EXPECT_EQ(::unlink(path.c_str()), 0);
  EXPECT_FALSE(server_->ListenUnix("").ok());
  EXPECT_FALSE(server_->ListenUnix("/" + std::string(200, 'a')).ok());
}

TEST_F(ServerTest, PausesWhenDescriptorsRunOut) {
  StartServer();
  rlimit files{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &files), 0);
  Client client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in target{};
  target.sin_family = AF_INET;
  target.sin_port = htons(address_.port);
  target.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  rlimit none = files;
  none.rlim_cur = 3;
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
  timespec cpu_before{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu_before);
  ::connect(client.descriptor(), reinterpret_cast<const sockaddr*>(&target), sizeof(target));
  client.Send(Get("/a"));
  std::this_thread::sleep_for(std::chrono::milliseconds(150));
  timespec cpu_after{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu_after);
  EXPECT_EQ(server_->connection_count(), 0U);
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &files), 0);
  EXPECT_EQ(client.Read().body, "GET /a ");
  const int64_t cpu_ms =
      (cpu_after.tv_sec - cpu_before.tv_sec) * 1000 + (cpu_after.tv_nsec - cpu_before.tv_nsec) / 1'000'000;
  EXPECT_LT(cpu_ms, 75);  // a spinning acceptor would use all of the 150 ms
}

TEST(ParseListenAddress, ReadsHostAndPort) {
  const auto parse = [](std::string_view text) {
    Result<ListenAddress> address = ParseListenAddress(text);
    return address.ok() ? address->host + "|" + std::to_string(address->port) : std::string("error");
  };
  EXPECT_EQ(parse("127.0.0.1:8000"), "127.0.0.1|8000");
  EXPECT_EQ(parse("localhost:0"), "localhost|0");
  EXPECT_EQ(parse("[::1]:65535"), "::1|65535");
  for (const std::string_view bad :
       {"",      ":",      ":80",   "a",       "a:",     "a:b",   "a:65536",       "a:-1",  "a:+1",     "a:1 ",
        "a:1:2", "::1:80", "[::1]", "[::1]80", "[::1]:", "[x]:1", "[127.0.0.1]:1", "a b:1", "a:123456", "http://a:1"}) {
    EXPECT_EQ(parse(bad), "error") << bad;
  }
}

}  // namespace
}  // namespace basalt::http
