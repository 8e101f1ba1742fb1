// What the tests of streams share: the transport below one, whose bytes the test carries.
#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <string>
#include <string_view>

#include "http/stream.h"

namespace basalt::http {

// What the stream sees below it. The test fills `incoming` and empties `outgoing`.
struct Wire {
  std::string incoming;
  std::string outgoing;
  bool ended = false;
  bool broken = false;
  bool write_ended = false;
  size_t read_bytes_max = std::numeric_limits<size_t>::max();
  size_t write_bytes_max = std::numeric_limits<size_t>::max();
  size_t room_bytes = std::numeric_limits<size_t>::max();  // in all, until the test makes more
  int writes = 0;
};

class WireStream final : public Stream {
 public:
  explicit WireStream(Wire& wire) : wire_(wire) {}

  StreamResult Read(char* out, size_t size_bytes_max) override {
    if (wire_.broken) {
      return {StreamResult::Kind::kFailed, 0};
    }
    const size_t count = std::min({size_bytes_max, wire_.incoming.size(), wire_.read_bytes_max});
    if (count == 0) {
      return {wire_.ended ? StreamResult::Kind::kEnd : StreamResult::Kind::kWantsRead, 0};
    }
    wire_.incoming.copy(out, count);
    wire_.incoming.erase(0, count);
    return {StreamResult::Kind::kBytes, count};
  }
  StreamResult Write(std::string_view first, std::string_view second) override {
    if (wire_.broken) {
      return {StreamResult::Kind::kFailed, 0};
    }
    std::string bytes(first);
    bytes.append(second);
    bytes.resize(std::min({bytes.size(), wire_.write_bytes_max, wire_.room_bytes}));
    if (bytes.empty()) {
      return {StreamResult::Kind::kWantsWrite, 0};
    }
    ++wire_.writes;
    wire_.room_bytes -= bytes.size();
    wire_.outgoing += bytes;
    return {StreamResult::Kind::kBytes, bytes.size()};
  }
  void ShutdownWrite() override { wire_.write_ended = true; }
  bool established() const override { return true; }
  bool holds_bytes() const override { return false; }

 private:
  Wire& wire_;
};

}  // namespace basalt::http
