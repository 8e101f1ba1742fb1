// basalt.toml: the settings of a server in a file. The names of the flags with '_' for '-', in [server] (or before any
// section), and what has no flag. A key that is not known, or not of its kind, is refused with file and line.
//
//   [server]
//   data_dir = "/var/lib/basalt"
//   root_key = "credential:basalt-root-key"
//   region = ["eu-central-1"]
//   [log]
//   level = "info"
//   [audit]
//   data_events = "denied"
//   retention = "90d"
//   [compat]
//   validation_dialect = "classic"
//   [[listener]]
//   addr = "10.1.0.5:8000"
//   vpc = "vpc-0a1b2c3d"
//   vpce = "vpce-0a1b2c3d"
//   [[network]]
//   vpc = "vpc-0e1f2a3b"
//   vpce = "vpce-0e1f2a3b"
//   cidrs = ["10.2.0.0/16", "fd00:2::/48"]
//   policy = "/etc/basalt/endpoint.json"
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "main/settings.h"

namespace basalt::main {

// `mode` decides which keys exist. `path` is for the texts of errors (kInvalidArgument).
Result<ServerSettings> ParseConfiguration(std::string_view text, std::string_view path, ServerMode mode);
Result<ServerSettings> ReadConfiguration(const std::string& path, ServerMode mode);

}  // namespace basalt::main
