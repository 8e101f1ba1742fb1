// What a server is told: by flags, by basalt.toml, by default. Flags win over the file, the file over defaults.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace basalt::main {

enum class ServerMode : uint8_t { kDev, kServe };

// As said so far; unset or empty = not said.
struct ServerSettings {
  ServerMode mode = ServerMode::kDev;
  std::vector<std::string> listen;
  std::vector<std::string> regions;
  std::vector<std::string> host_names;
  std::vector<std::string> allowed_origins;
  std::optional<bool> allow_remote;
  std::optional<bool> in_memory;
  std::optional<std::string> data_dir;
  std::optional<std::string> root_key;
  std::optional<std::string> admin_socket;
  std::optional<std::string> log_level;
  std::optional<int64_t> loops;
  std::optional<int64_t> connections_max;
  std::optional<int64_t> admitted_requests_max;  // a loop
  std::optional<int64_t> admitted_bytes_max;     // a loop
  std::optional<int64_t> block_cache_bytes;
  std::optional<int64_t> item_cache_bytes;  // all loops together
  std::optional<int64_t> write_buffer_bytes;
  std::string config_file;
  bool check_config = false;
};

// Takes from `file` what `settings` leaves open.
void Merge(ServerSettings& settings, ServerSettings file);

// Fills in defaults and checks that all of it fits together. kInvalidArgument, `WHAT; WHAT TO DO`.
Status Complete(ServerSettings& settings);

// The default of --data-dir: $XDG_STATE_HOME/basalt/data, or ~/.local/state/basalt/data. kInvalidArgument if neither
// variable is set.
Result<std::string> DefaultDataDirectory();

// Without trailing slashes, and absolute, so that what lies beside it can be named.
std::string NormalizeDirectory(std::string_view path);

bool IsRegionName(std::string_view text);  // lower-case words and digits joined by '-'
bool IsLoopbackAddress(std::string_view host);
bool IsLogLevel(std::string_view text);

}  // namespace basalt::main
