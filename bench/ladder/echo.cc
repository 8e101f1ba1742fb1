// Waits, reads and writes as http/connection.cc does: one wait for readability, one recv, one sendmsg an answer. The
// driver has one request under way on a connection and sends it in one piece, which loopback delivers in one piece.
#include "ladder/echo.h"

#include <array>
#include <asio/basic_socket_acceptor.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/posix/basic_stream_descriptor.hpp>
#include <thread>
#include <utility>

#include "http/stream.h"

namespace basalt::bench {
namespace {

using Executor = asio::io_context::executor_type;
using Acceptor = asio::basic_socket_acceptor<asio::ip::tcp, Executor>;
using Socket = asio::basic_stream_socket<asio::ip::tcp, Executor>;
using Descriptor = asio::posix::basic_stream_descriptor<Executor>;

constexpr size_t kBufferBytes = size_t{16} << 10;

class EchoConnection : public std::enable_shared_from_this<EchoConnection> {
 public:
  EchoConnection(Descriptor descriptor, const std::string& answer)
      : descriptor_(std::move(descriptor)),
        stream_(http::NewPlainStream(descriptor_.native_handle())),
        answer_(answer) {}

  void Wait() {
    descriptor_.async_wait(Descriptor::wait_read, [connection = shared_from_this()](const asio::error_code& error) {
      if (!error && connection->AnswerOne()) {
        connection->Wait();
      }
    });
  }

 private:
  // False: the client has gone.
  bool AnswerOne() {
    const http::StreamResult read = stream_->Read(buffer_.data(), buffer_.size());
    if (read.kind == http::StreamResult::Kind::kWantsRead) {
      return true;
    }
    if (read.kind != http::StreamResult::Kind::kBytes) {
      return false;
    }
    const http::StreamResult written = stream_->Write(answer_, {});
    return written.kind == http::StreamResult::Kind::kBytes && written.size_bytes == answer_.size();
  }

  Descriptor descriptor_;
  const std::unique_ptr<http::Stream> stream_;
  const std::string& answer_;
  std::array<char, kBufferBytes> buffer_;
};

}  // namespace

struct Echo::Implementation {
  explicit Implementation(std::string text) : answer(std::move(text)) {}

  void Accept() {
    acceptor.async_accept([this](const asio::error_code& error, Socket socket) {
      asio::error_code ignored;
      if (!error) {
        socket.set_option(asio::ip::tcp::no_delay(true), ignored);
        const int descriptor = socket.release(ignored);
        std::make_shared<EchoConnection>(Descriptor(context.get_executor(), descriptor), answer)->Wait();
      }
      if (error != asio::error::operation_aborted) {
        Accept();
      }
    });
  }

  Status Listen() {
    asio::error_code error;
    const asio::ip::tcp::endpoint anywhere(asio::ip::address_v4::loopback(), 0);
    acceptor.open(anywhere.protocol(), error);
    if (!error) {
      acceptor.bind(anywhere, error);
    }
    if (!error) {
      acceptor.listen(asio::socket_base::max_listen_connections, error);
    }
    if (!error) {
      port = acceptor.local_endpoint(error).port();
    }
    return error ? Status(Error(Reason::kIo, "listen: " + error.message())) : Status();
  }

  const std::string answer;
  uint16_t port = 0;
  asio::io_context context{1};
  Acceptor acceptor{context.get_executor()};
  std::thread thread;
};

Echo::Echo(std::unique_ptr<Implementation> implementation) : implementation_(std::move(implementation)) {}

Echo::~Echo() {
  implementation_->context.stop();
  implementation_->thread.join();
}

Result<std::unique_ptr<Echo>> Echo::Start(std::string answer) {
  auto implementation = std::make_unique<Implementation>(std::move(answer));
  TRY(implementation->Listen());
  Implementation& running = *implementation;
  running.Accept();
  running.thread = std::thread([&running] { running.context.run(); });
  return std::unique_ptr<Echo>(new Echo(std::move(implementation)));
}

uint16_t Echo::port() const { return implementation_->port; }

}  // namespace basalt::bench
