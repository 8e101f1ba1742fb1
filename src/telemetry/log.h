// Log lines on standard error: one line an event, `time level message key=value …`. By convention no line holds a
// user's key, value or attribute name; tables are named by their id. Thread-safe; a line is one write.
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

// The line Log writes, without its time.
std::string FormatLine(Level level, std::string_view message, std::initializer_list<Field> fields);

}  // namespace basalt::telemetry
