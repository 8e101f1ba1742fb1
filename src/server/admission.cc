// Counting, shares and tickets.
#include "server/admission.h"

#include <algorithm>

namespace basalt::server {

class Admission::RequestTicket final : public http::Ticket {
 public:
  RequestTicket(std::shared_ptr<Admission> admission, Signer signer, http::Relief& relief)
      : admission_(std::move(admission)), part_(admission_, signer), relief_(relief) {
    ++admission_->requests_;
  }
  ~RequestTicket() override { --admission_->requests_; }

  bool Hold(uint64_t bytes) override { return part_.Resize(std::max(bytes, kRequestBytesMin), &relief_); }

 private:
  std::shared_ptr<Admission> admission_;
  Part part_;
  http::Relief& relief_;
};

uint64_t Admission::ShareOf(Signer signer, uint64_t part_bytes) const {
  if (part_bytes <= kSmallBytesMax) {
    return bytes_max_;
  }
  return signer == Signer::kKnown ? bytes_max_ - bytes_max_ / 4 : bytes_max_ / 2;
}

bool Admission::Part::Resize(uint64_t bytes, http::Relief* relief) {
  if (bytes > bytes_) {
    const uint64_t share = admission_->ShareOf(signer_, bytes);
    // Relief gives parts back, so what is held is read again each time.
    while (bytes > share || admission_->bytes_ - bytes_ > share - bytes) {
      if (bytes > share || relief == nullptr || !relief->EndSlowest()) {
        return false;
      }
    }
  }
  admission_->bytes_ += bytes - bytes_;
  bytes_ = bytes;
  return true;
}

uint64_t Admission::Part::SizeMax() const {
  const uint64_t others = admission_->bytes_ - bytes_;
  const uint64_t share = admission_->ShareOf(signer_, kSmallBytesMax + 1);
  const uint64_t large = share - std::min(share, others);
  const uint64_t small = std::min(kSmallBytesMax, admission_->bytes_max_ - std::min(admission_->bytes_max_, others));
  return std::max(large, small);
}

std::unique_ptr<http::Ticket> Admission::Admit(Signer signer, http::Relief& relief) {
  while (requests_ >= requests_max_) {
    if (!relief.EndSlowest()) {
      return nullptr;
    }
  }
  auto ticket = std::make_unique<RequestTicket>(shared_from_this(), signer, relief);
  return ticket->Hold(kRequestBytesMin) ? std::move(ticket) : nullptr;
}

}  // namespace basalt::server
