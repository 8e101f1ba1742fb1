// Admission: what one loop may have under way, in requests and in bytes of memory, and who gets what is left. Every
// request holds at least its connection's buffer; what it holds beyond that (a larger buffer, parsed nodes, an answer
// that nobody reads) is reserved before it is allocated, in steps, as bytes arrive.
//
//   whole bound    ------------------------------------------------------- requests that hold little
//   three quarters ----------------------------------------- any request of a known signer
//   a half         --------------------------- large requests of strangers
//
// So large requests never keep small ones out, nor strangers those who are known. When a share is used up, transfers
// that have stalled go first (http::Relief); if there is none, whoever asks is refused. Nobody ever waits for memory,
// so nothing can wait in a circle.
//
// One a loop, shared by what holds a part of it; not thread-safe.
#pragma once

#include <cstdint>
#include <memory>

#include "base/cache_line.h"
#include "http/handler.h"

namespace basalt::server {

class alignas(kCacheLineBytes) Admission : public std::enable_shared_from_this<Admission> {
 public:
  enum class Signer : uint8_t { kKnown, kStranger };

  // Held by a request until it is answered, whatever else it comes to hold.
  static constexpr uint64_t kRequestBytesMin = uint64_t{16} << 10;
  // A part up to this size may use the whole bound.
  static constexpr uint64_t kSmallBytesMax = uint64_t{256} << 10;

  Admission(uint64_t requests_max, uint64_t bytes_max) : requests_max_(requests_max), bytes_max_(bytes_max) {}
  Admission(const Admission&) = delete;
  Admission& operator=(const Admission&) = delete;

  // A part of the bound. It grows and shrinks, and is given back when it goes; it keeps the admission alive, since it
  // may outlive the handler.
  class Part {
   public:
    explicit Part(std::shared_ptr<Admission> admission, Signer signer = Signer::kKnown)
        : admission_(std::move(admission)), signer_(signer) {}
    Part(const Part&) = delete;
    Part& operator=(const Part&) = delete;
    ~Part() { admission_->bytes_ -= bytes_; }

    // From now on `bytes` in all; false: there is no room, and nothing has changed. Without `relief` nobody is asked
    // to make room.
    bool Resize(uint64_t bytes, http::Relief* relief);
    // The size that Resize would grant at most.
    uint64_t SizeMax() const;

   private:
    std::shared_ptr<Admission> admission_;
    Signer signer_;
    uint64_t bytes_ = 0;
  };

  // One request more. Null: there is no room.
  std::unique_ptr<http::Ticket> Admit(Signer signer, http::Relief& relief);

  uint64_t bytes() const { return bytes_; }
  uint64_t requests() const { return requests_; }

 private:
  class RequestTicket;

  uint64_t ShareOf(Signer signer, uint64_t part_bytes) const;

  const uint64_t requests_max_;
  const uint64_t bytes_max_;
  uint64_t requests_ = 0;
  uint64_t bytes_ = 0;
};

}  // namespace basalt::server
