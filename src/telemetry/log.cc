#include "telemetry/log.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <ctime>

#include "base/mutex.h"

namespace basalt::telemetry {
namespace {

constexpr size_t kLineBytesMax = 4096;  // what POSIX lets a pipe take without interleaving or blocking

std::atomic<Level> g_lowest{Level::kInfo};
std::atomic<int> g_descriptor{STDERR_FILENO};

std::string_view LevelName(Level level) {
  switch (level) {
    case Level::kDebug:
      return "debug";
    case Level::kInfo:
      return "info";
    case Level::kWarning:
      return "warning";
    case Level::kError:
      return "error";
  }
  return "error";
}

bool NeedsQuotes(std::string_view text) {
  if (text.empty()) {
    return true;
  }
  for (const char c : text) {
    if (static_cast<unsigned char>(c) <= ' ' || c == '"' || c == '\\' || c == '=' || c == '\x7f') {
      return true;
    }
  }
  return false;
}

void AppendPrintable(std::string& line, std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') {
      line += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      line += c;
    }
  }
}

void AppendValue(std::string& line, std::string_view text) {
  if (!NeedsQuotes(text)) {
    line += text;
    return;
  }
  line += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      line += '\\';
    }
    AppendPrintable(line, {&c, 1});
  }
  line += '"';
}

std::string Now() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(now.tv_sec), now.tv_nsec / 1'000'000);
}

Mutex g_write_mutex;
uint64_t g_lost GUARDED_BY(g_write_mutex) = 0;

void Write(std::string line) {
  // Held across a write, but one that does not wait: the descriptor has just said that it takes bytes, and only one
  // thread of ours takes it at its word.
  const MutexLock lock(g_write_mutex);
  const int descriptor = g_descriptor.load(std::memory_order_relaxed);
  pollfd ready{.fd = descriptor, .events = POLLOUT, .revents = 0};
  if (::poll(&ready, 1, 0) != 1 || ready.revents != POLLOUT) {  // also when its reader has gone
    ++g_lost;
    return;
  }
  const std::string end = g_lost > 0 ? fmt::format(" lost_lines={}\n", g_lost) : "\n";
  line.resize(std::min(line.size(), kLineBytesMax - end.size()));
  line += end;
  g_lost = ::write(descriptor, line.data(), line.size()) == static_cast<ssize_t>(line.size()) ? 0 : g_lost + 1;
}

}  // namespace

void SetLogDescriptor(int descriptor) { g_descriptor.store(descriptor, std::memory_order_relaxed); }

void SetLevel(Level lowest) { g_lowest.store(lowest, std::memory_order_relaxed); }

bool IsLogged(Level level) { return level >= g_lowest.load(std::memory_order_relaxed); }

std::string FormatLine(Level level, std::string_view message, std::initializer_list<Field> fields) {
  std::string line(LevelName(level));
  line += ' ';
  AppendPrintable(line, message);
  for (const Field& field : fields) {
    line += ' ';
    line += field.key;
    line += '=';
    AppendValue(line, field.value);
  }
  return line;
}

void Log(Level level, std::string_view message, std::initializer_list<Field> fields) {
  if (!IsLogged(level)) {
    return;
  }
  Write(Now() + ' ' + FormatLine(level, message, fields));
}

}  // namespace basalt::telemetry
