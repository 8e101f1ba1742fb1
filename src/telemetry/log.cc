// Log lines.
#include "telemetry/log.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <ctime>

namespace basalt::telemetry {
namespace {

std::atomic<Level> g_lowest{Level::kInfo};

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

void AppendValue(std::string& line, std::string_view text) {
  if (!NeedsQuotes(text)) {
    line += text;
    return;
  }
  line += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      line += '\\';
      line += c;
    } else if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') {
      line += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      line += c;
    }
  }
  line += '"';
}

std::string Now() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(now.tv_sec), now.tv_nsec / 1'000'000);
}

}  // namespace

void SetLevel(Level lowest) { g_lowest.store(lowest, std::memory_order_relaxed); }

bool IsLogged(Level level) { return level >= g_lowest.load(std::memory_order_relaxed); }

std::string FormatLine(Level level, std::string_view message, std::initializer_list<Field> fields) {
  std::string line = fmt::format("{} {}", LevelName(level), message);
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
  const std::string line = Now() + ' ' + FormatLine(level, message, fields) + '\n';
  // One write, so that lines of several threads do not mix; what a full pipe refuses is lost, not waited for twice.
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace basalt::telemetry
