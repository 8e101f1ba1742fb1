// Stream: bytes over one descriptor that never waits. The plain one is the socket itself; one that encrypts
// (http/tls_stream.h) takes its place, since each call says which readiness of the descriptor it wants next. Owned by
// its connection, which also closes the descriptor. Loop thread only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace basalt::http {

struct StreamResult {
  enum class Kind : uint8_t { kBytes, kWantsRead, kWantsWrite, kEnd, kFailed };
  Kind kind = Kind::kFailed;
  size_t size_bytes = 0;  // with kBytes
};

class Stream {
 public:
  Stream() = default;
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  virtual ~Stream() = default;

  virtual StreamResult Read(char* out, size_t size_bytes_max) = 0;
  // Writes a prefix of `first` followed by `second`, in one system call if the peer takes it.
  virtual StreamResult Write(std::string_view first, std::string_view second) = 0;
  // Nothing more is written. Of what is read after it, as after a failure, only the size may mean something.
  virtual void ShutdownWrite() = 0;

  // Whether both sides have agreed on how to speak; a plain stream has from the start.
  virtual bool established() const = 0;
  // Whether bytes may be had that the descriptor no longer tells of: instead of waiting for it, Read again.
  virtual bool holds_bytes() const = 0;
};

std::unique_ptr<Stream> NewPlainStream(int descriptor);

}  // namespace basalt::http
