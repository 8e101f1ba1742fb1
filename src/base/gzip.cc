// Both directions, each in one call.
#include "base/gzip.h"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <memory>

namespace basalt {
namespace {

constexpr int kGzipOnly = 15 + 16;  // largest window; gzip's header, not zlib's
constexpr size_t kFirstPieceBytes = size_t{16} << 10;

constexpr int kMemoryLevel = 8;  // zlib's usual

struct EndInflate {
  void operator()(z_stream* stream) const { ::inflateEnd(stream); }
};

struct EndDeflate {
  void operator()(z_stream* stream) const { ::deflateEnd(stream); }
};

Error NotSetUp() { return Error(Reason::kInternal, "zlib could not be set up"); }

}  // namespace

Result<std::string> Gunzip(std::string_view compressed, size_t size_max) {
  if (compressed.size() > std::numeric_limits<uInt>::max()) {
    return Error(Reason::kTooLarge, "a compressed body is too large");
  }
  z_stream stream{};
  if (::inflateInit2(&stream, kGzipOnly) != Z_OK) {
    return NotSetUp();
  }
  const std::unique_ptr<z_stream, EndInflate> end(&stream);
  std::string input(compressed);  // zlib's interface takes no const input
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  std::string output;
  for (;;) {
    const size_t filled = output.size();
    // One byte more than allowed, so that what is too large is seen.
    const size_t room = std::min(std::max(filled, kFirstPieceBytes), size_max + 1 - filled);
    output.resize(filled + room);
    stream.next_out = reinterpret_cast<Bytef*>(output.data() + filled);
    stream.avail_out = static_cast<uInt>(room);
    const int outcome = ::inflate(&stream, Z_NO_FLUSH);
    output.resize(filled + room - stream.avail_out);
    if (output.size() > size_max) {
      return Error(Reason::kTooLarge, "a compressed body is too large");
    }
    if (outcome == Z_STREAM_END) {
      break;
    }
    if (outcome != Z_OK || (stream.avail_in == 0 && stream.avail_out != 0)) {
      return Error(Reason::kSerialization, "a compressed body is damaged");
    }
  }
  if (stream.avail_in != 0) {
    return Error(Reason::kSerialization, "bytes follow a compressed body");
  }
  return output;
}

Result<std::string> Gzip(std::string_view bytes) {
  if (bytes.size() > std::numeric_limits<uInt>::max() / 2) {  // what comes out is hardly larger
    return Error(Reason::kTooLarge, "a body is too large to be compressed at once");
  }
  z_stream stream{};
  if (::deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, kGzipOnly, kMemoryLevel, Z_DEFAULT_STRATEGY) != Z_OK) {
    return NotSetUp();
  }
  const std::unique_ptr<z_stream, EndDeflate> end(&stream);
  std::string output(::deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(bytes.data()));  // only read
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(output.data());
  stream.avail_out = static_cast<uInt>(output.size());
  BASALT_CHECK(::deflate(&stream, Z_FINISH) == Z_STREAM_END);  // deflateBound has promised the room
  output.resize(output.size() - stream.avail_out);
  return output;
}

}  // namespace basalt
