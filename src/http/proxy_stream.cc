// Reads never go beyond the header, so what follows is left to whoever reads next. A few bytes that turn out to be no
// header are given out as they came.
#include "http/proxy_stream.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <string>
#include <utility>

#include "http/proxy_header.h"
#include "telemetry/log.h"

namespace basalt::http {
namespace {

// The first, second, fourth, eighth ... one of this process: a proxy that is set up wrongly fills no disk.
void NoteRefusedHeader(const PeerAddress& peer, const std::string& reason) {
  static std::atomic<uint64_t> refusals{0};
  const uint64_t count = refusals.fetch_add(1, std::memory_order_relaxed) + 1;
  if (std::has_single_bit(count)) {
    telemetry::Log(telemetry::Level::kWarning, "the PROXY header of a trusted proxy was refused",
                   {{"proxy", peer.ip}, {"reason", reason}, {"so_far", std::to_string(count)}});
  }
}

class ProxyStream final : public Stream {
 public:
  ProxyStream(std::unique_ptr<Stream> transport, ProxyHeaders headers, PeerAddress& peer)
      : transport_(std::move(transport)), headers_(headers), peer_(peer) {}

  StreamResult Read(char* out, size_t size_bytes_max) override {
    while (state_ == State::kHeader) {
      if (const StreamResult result = ReadHeader(); result.kind != StreamResult::Kind::kBytes) {
        return result;
      }
    }
    if (state_ == State::kFailed) {
      return {StreamResult::Kind::kFailed, 0};
    }
    if (!held_.empty()) {
      const size_t count = std::min(held_.size(), size_bytes_max);
      std::copy_n(held_.begin(), count, out);
      held_.erase(0, count);
      return {StreamResult::Kind::kBytes, count};
    }
    return transport_->Read(out, size_bytes_max);
  }

  StreamResult Write(std::string_view first, std::string_view second) override {
    return transport_->Write(first, second);
  }
  void ShutdownWrite() override {
    state_ = State::kPassed;  // what still comes is dropped
    transport_->ShutdownWrite();
  }
  bool established() const override { return state_ == State::kPassed && transport_->established(); }
  bool holds_bytes() const override {
    return (state_ == State::kPassed && !held_.empty()) || transport_->holds_bytes();
  }

 private:
  enum class State : uint8_t { kHeader, kPassed, kFailed };

  // Once, and no more than is missing.
  StreamResult ReadHeader() {
    const size_t begin = held_.size();
    held_.resize(wanted_bytes_);
    const StreamResult result = transport_->Read(held_.data() + begin, wanted_bytes_ - begin);
    const bool has_bytes = result.kind == StreamResult::Kind::kBytes;
    held_.resize(begin + (has_bytes ? result.size_bytes : 0));
    if (has_bytes) {
      Understand();
    }
    return result;
  }

  void Understand() {
    if (!MayBeProxyHeader(std::string_view(held_).substr(0, kProxyPrefixBytes))) {
      if (headers_ == ProxyHeaders::kTaken) {
        state_ = State::kPassed;
      } else {
        Refuse("there is none");
      }
      return;
    }
    if (held_.size() == kProxyPrefixBytes) {
      const Result<size_t> size_bytes = ProxyHeaderSize(held_);
      if (!size_bytes.ok()) {
        return Refuse(size_bytes.error().text);
      }
      wanted_bytes_ = *size_bytes;
    }
    if (held_.size() >= kProxyPrefixBytes && held_.size() == wanted_bytes_) {
      Result<ProxyHeader> header = ParseProxyHeader(held_);
      if (!header.ok()) {
        return Refuse(header.error().text);
      }
      Apply(*std::move(header));
      held_ = {};
      state_ = State::kPassed;
    }
  }

  void Apply(ProxyHeader header) {
    if (header.is_local) {
      return;
    }
    peer_.ip = std::move(header.ip);
    peer_.port = header.port;
    peer_.tls = peer_.tls || header.tls;
    peer_.endpoint = std::move(header.endpoint);
  }

  void Refuse(const std::string& reason) {
    NoteRefusedHeader(peer_, reason);
    held_ = {};
    state_ = State::kFailed;
  }

  std::unique_ptr<Stream> transport_;
  ProxyHeaders headers_;
  PeerAddress& peer_;
  State state_ = State::kHeader;
  size_t wanted_bytes_ = kProxyPrefixBytes;
  std::string held_;  // as much of the header as is there; then what was none and is still to be given out
};

}  // namespace

std::unique_ptr<Stream> NewProxyStream(std::unique_ptr<Stream> transport, ProxyHeaders headers, PeerAddress& peer) {
  return std::make_unique<ProxyStream>(std::move(transport), headers, peer);
}

}  // namespace basalt::http
