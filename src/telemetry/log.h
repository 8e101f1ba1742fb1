// Log lines on standard error: one line an event, `time level message key=value …`. By convention no line holds a
// user's key, value or attribute name; tables are named by their id. Thread-safe; a line is one write.
//
// A log that cannot take a line at once loses it, since a request must not wait for whoever reads the log; the next
// line that gets through says how many were lost. Lines are cut at 4096 bytes, which a pipe takes whole.
//
//   telemetry::Log(telemetry::Level::kError, "a table could not be opened", {{"table", id}, {"error", error.text}});
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace basalt::telemetry {

enum class Level : uint8_t { kDebug, kInfo, kWarning, kError };

struct Field {
  std::string_view key;
  std::string_view value;  // quoted and escaped where it must be
};

void SetLevel(Level lowest);  // what is below is dropped; at first kInfo
bool IsLogged(Level level);

void Log(Level level, std::string_view message, std::initializer_list<Field> fields = {});

// Where lines go instead of standard error; for tests.
void SetLogDescriptor(int descriptor);

// The line Log writes, without its time. Control characters never get into a line as they are.
std::string FormatLine(Level level, std::string_view message, std::initializer_list<Field> fields);

}  // namespace basalt::telemetry
