// OpenSSL reads and writes through a BIO over the transport, so that it never waits either and never raises a signal.
// The handshake happens inside the first reads. A record that the transport does not take whole stays in OpenSSL, which
// wants the same bytes offered again: they are, since the connection offers all that is unwritten and records are cut
// from its front in one way.
#include "http/tls_stream.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <string>

#include "base/check.h"
#include "telemetry/log.h"

namespace basalt::http {
namespace {

constexpr size_t kRecordBytes = size_t{16} << 10;  // what one record holds at most

Stream& TransportOf(BIO* bio) { return *static_cast<Stream*>(BIO_get_data(bio)); }

// What OpenSSL is told: bytes, to try again, the end (0), or a failure.
int Told(BIO* bio, const StreamResult& result) {
  switch (result.kind) {
    case StreamResult::Kind::kBytes:
      return static_cast<int>(result.size_bytes);
    case StreamResult::Kind::kWantsRead:
      BIO_set_retry_read(bio);
      return -1;
    case StreamResult::Kind::kWantsWrite:
      BIO_set_retry_write(bio);
      return -1;
    case StreamResult::Kind::kEnd:
      BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
      return 0;
    case StreamResult::Kind::kFailed:
      return -1;
  }
  return -1;
}

int ReadTransport(BIO* bio, char* out, int size_bytes) {
  BIO_clear_retry_flags(bio);
  return Told(bio, TransportOf(bio).Read(out, static_cast<size_t>(size_bytes)));
}

int WriteTransport(BIO* bio, const char* bytes, int size_bytes) {
  BIO_clear_retry_flags(bio);
  return Told(bio, TransportOf(bio).Write({bytes, static_cast<size_t>(size_bytes)}, {}));
}

long ControlTransport(BIO* bio, int command, long /*number*/, void* /*pointer*/) {
  switch (command) {
    case BIO_CTRL_FLUSH:
      return 1;
    case BIO_CTRL_EOF:
      return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0 ? 1 : 0;
    default:
      return 0;
  }
}

const BIO_METHOD* TransportMethod() {
  static const BIO_METHOD* const method = [] {
    BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "stream");
    BASALT_CHECK(made != nullptr);
    BIO_meth_set_read(made, &ReadTransport);
    BIO_meth_set_write(made, &WriteTransport);
    BIO_meth_set_ctrl(made, &ControlTransport);
    return made;
  }();
  return method;
}

// The first, second, fourth, eighth ... one of this process: whoever scans ports fills no disk.
void NoteFailedHandshake(const char* reason) {
  static std::atomic<uint64_t> failures{0};
  const uint64_t count = failures.fetch_add(1, std::memory_order_relaxed) + 1;
  if (std::has_single_bit(count)) {
    telemetry::Log(telemetry::Level::kInfo, "a TLS handshake failed",
                   {{"reason", reason == nullptr ? "unknown" : reason}, {"so_far", std::to_string(count)}});
  }
}

class TlsStream final : public Stream {
 public:
  TlsStream(std::unique_ptr<Stream> transport, SSL* ssl) : transport_(std::move(transport)), ssl_(ssl) {}
  ~TlsStream() override { SSL_free(ssl_); }

  StreamResult Read(char* out, size_t size_bytes_max) override {
    if (deaf_) {
      return Drop();
    }
    ERR_clear_error();
    size_t count = 0;
    const int outcome = SSL_read_ex(ssl_, out, size_bytes_max, &count);
    established_ = established_ || SSL_is_init_finished(ssl_) == 1;
    holds_bytes_ = outcome == 1 && SSL_has_pending(ssl_) == 1;
    return outcome == 1 ? StreamResult{StreamResult::Kind::kBytes, count} : Explain(outcome);
  }

  StreamResult Write(std::string_view first, std::string_view second) override {
    if (deaf_) {
      return {StreamResult::Kind::kFailed, 0};
    }
    std::array<char, kRecordBytes> scratch;
    const size_t total = first.size() + second.size();
    size_t written = 0;
    while (written < total) {
      std::string_view record = first.substr(std::min(written, first.size()), kRecordBytes);
      if (record.empty()) {
        record = second.substr(written - first.size(), kRecordBytes);
      } else if (record.size() < kRecordBytes && !second.empty()) {  // the seam: both in one record
        char* end = std::copy(record.begin(), record.end(), scratch.data());
        const std::string_view rest = second.substr(0, kRecordBytes - record.size());
        end = std::copy(rest.begin(), rest.end(), end);
        record = {scratch.data(), static_cast<size_t>(end - scratch.data())};
      }
      ERR_clear_error();
      size_t count = 0;
      const int outcome = SSL_write_ex(ssl_, record.data(), record.size(), &count);
      if (outcome != 1) {
        const StreamResult why = Explain(outcome);
        return written > 0 && why.kind != StreamResult::Kind::kFailed
                   ? StreamResult{StreamResult::Kind::kBytes, written}
                   : why;
      }
      written += count;
    }
    return {StreamResult::Kind::kBytes, written};
  }

  // Says so to the peer first (close_notify), if the transport takes it at once.
  void ShutdownWrite() override {
    if (established_ && !deaf_) {
      ERR_clear_error();
      SSL_shutdown(ssl_);
    }
    deaf_ = true;
    transport_->ShutdownWrite();
  }

  bool established() const override { return established_; }
  bool holds_bytes() const override { return holds_bytes_ && !deaf_; }

 private:
  // Why a read or a write did not happen. A transport that ends without close_notify is a failure: what came before
  // may have been cut.
  StreamResult Explain(int outcome) {
    switch (SSL_get_error(ssl_, outcome)) {
      case SSL_ERROR_WANT_READ:
        return {StreamResult::Kind::kWantsRead, 0};
      case SSL_ERROR_WANT_WRITE:
        return {StreamResult::Kind::kWantsWrite, 0};
      case SSL_ERROR_ZERO_RETURN:
        return {StreamResult::Kind::kEnd, 0};
      case SSL_ERROR_SSL:
        if (!established_ && BIO_eof(SSL_get_rbio(ssl_)) != 1) {
          NoteFailedHandshake(ERR_reason_error_string(ERR_peek_error()));
        }
        break;
      default:
        break;
    }
    deaf_ = true;  // OpenSSL allows nothing more
    return {StreamResult::Kind::kFailed, 0};
  }

  StreamResult Drop() {
    std::array<char, 4096> dropped;
    return transport_->Read(dropped.data(), dropped.size());
  }

  const std::unique_ptr<Stream> transport_;
  SSL* const ssl_;
  bool established_ = false;
  bool holds_bytes_ = false;
  bool deaf_ = false;  // what still comes means nothing
};

}  // namespace

std::unique_ptr<Stream> NewTlsStream(std::unique_ptr<Stream> transport, const TlsContext& context) {
  SSL* ssl = SSL_new(context.handle());
  BIO* bio = BIO_new(TransportMethod());
  if (ssl == nullptr || bio == nullptr) {
    SSL_free(ssl);
    BIO_free(bio);
    return nullptr;
  }
  BIO_set_data(bio, transport.get());
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl, bio, bio);
  SSL_set_accept_state(ssl);
  return std::make_unique<TlsStream>(std::move(transport), ssl);
}

}  // namespace basalt::http
