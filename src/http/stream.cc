// The plain stream: recv and sendmsg, asking not to wait and not to be signalled.
#include "http/stream.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cerrno>

namespace basalt::http {
namespace {

bool WouldWait(int error) {
#if EAGAIN == EWOULDBLOCK
  return error == EAGAIN;
#else
  return error == EAGAIN || error == EWOULDBLOCK;
#endif
}

// sendmsg's vectors are not const, but it only reads them.
iovec VectorOf(std::string_view bytes) { return {const_cast<char*>(bytes.data()), bytes.size()}; }

class PlainStream final : public Stream {
 public:
  explicit PlainStream(int descriptor) : descriptor_(descriptor) {}

  StreamResult Read(char* out, size_t size_bytes_max) override {
    for (;;) {
      const ssize_t count = ::recv(descriptor_, out, size_bytes_max, MSG_DONTWAIT);
      if (count > 0) {
        return {StreamResult::Kind::kBytes, static_cast<size_t>(count)};
      }
      if (count == 0) {
        return {StreamResult::Kind::kEnd, 0};
      }
      if (errno != EINTR) {
        return {WouldWait(errno) ? StreamResult::Kind::kWantsRead : StreamResult::Kind::kFailed, 0};
      }
    }
  }

  StreamResult Write(std::string_view first, std::string_view second) override {
    std::array<iovec, 2> vectors{VectorOf(first), VectorOf(second)};
    msghdr message{};
    message.msg_iov = vectors.data();
    message.msg_iovlen = second.empty() ? 1 : 2;
    for (;;) {
      const ssize_t count = ::sendmsg(descriptor_, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
      if (count >= 0) {
        return {StreamResult::Kind::kBytes, static_cast<size_t>(count)};
      }
      if (errno != EINTR) {
        return {WouldWait(errno) ? StreamResult::Kind::kWantsWrite : StreamResult::Kind::kFailed, 0};
      }
    }
  }

  void ShutdownWrite() override { ::shutdown(descriptor_, SHUT_WR); }
  bool established() const override { return true; }
  bool holds_bytes() const override { return false; }

 private:
  int descriptor_;
};

}  // namespace

std::unique_ptr<Stream> NewPlainStream(int descriptor) { return std::make_unique<PlainStream>(descriptor); }

}  // namespace basalt::http
