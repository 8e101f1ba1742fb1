// What a server is told: by flags, by basalt.toml, by default. Flags win over the file, the file over defaults.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "operations/dialect.h"

namespace basalt::main {

enum class ServerMode : uint8_t { kDev, kServe };

struct TlsFiles {
  std::string certificate;
  std::string key;

  auto operator<=>(const TlsFiles&) const = default;
};

struct ListenerSettings {
  std::string address;
  std::optional<TlsFiles> tls;  // none: in the clear
  std::string vpc = {};         // of the endpoint that it stands for; empty: of none
  std::string vpce = {};
  bool proxy_protocol = false;  // trusted proxies must begin with a PROXY header

  bool operator==(const ListenerSettings&) const = default;
};

// [[network]]: a VPC endpoint, by where its clients are.
struct NamedNetworkSettings {
  std::string vpc = {};
  std::string vpce = {};
  std::vector<std::string> cidrs = {};
  std::string policy = {};  // the file with what the endpoint lets pass; empty: everything

  bool operator==(const NamedNetworkSettings&) const = default;
};

// [[oidc]]: what a provider of OpenID Connect signs with.
struct OidcProviderSettings {
  std::string issuer;  // its URL
  std::string keys;    // the file with its JWKS

  bool operator==(const OidcProviderSettings&) const = default;
};

// As said so far; unset or empty = not said.
struct ServerSettings {
  ServerMode mode = ServerMode::kDev;
  std::vector<std::string> listen;          // addresses alone; Complete makes listeners of them
  std::vector<ListenerSettings> listeners;  // once complete, all of them
  std::optional<std::string> tls_cert;      // of listeners that name none of their own
  std::optional<std::string> tls_key;
  std::vector<std::string> regions;
  std::vector<std::string> trusted_proxies;  // networks
  std::optional<std::string> endpoint_header;
  std::vector<NamedNetworkSettings> networks;
  std::vector<OidcProviderSettings> oidc_providers;
  std::vector<std::string> host_names;
  std::vector<std::string> allowed_origins;
  std::optional<bool> allow_remote;
  std::optional<bool> in_memory;
  std::optional<bool> test_clock;
  std::optional<std::string> data_dir;
  std::optional<std::string> root_key;
  std::optional<std::string> admin_socket;
  std::optional<std::string> log_level;
  std::optional<operations::Dialect> validation_dialect;
  std::optional<int64_t> loops;
  std::optional<int64_t> connections_max;
  std::optional<int64_t> admitted_requests_max;  // a loop
  std::optional<int64_t> admitted_bytes_max;     // a loop
  std::optional<int64_t> block_cache_bytes;
  std::optional<int64_t> item_cache_bytes;  // all loops together
  std::optional<int64_t> write_buffer_bytes;
  std::optional<int64_t> open_tables_max;
  std::optional<int64_t> table_idle_close_ms;
  std::optional<int64_t> table_read_units_max;
  std::optional<int64_t> table_write_units_max;
  std::optional<int64_t> account_read_units_max;
  std::optional<int64_t> account_write_units_max;
  std::optional<int64_t> tables_max;
  std::optional<int64_t> tables_changing_max;
  std::optional<int64_t> item_collection_bytes_max;
  std::optional<int64_t> stream_shard_ms;
  std::optional<int64_t> time_to_live_cooldown_ms;
  std::optional<std::string> compat_profile;  // "basalt" or "aws"
  std::optional<int64_t> deletion_protection_cooldown_ms;
  std::optional<int64_t> policy_update_cooldown_ms;
  std::optional<bool> audit_all_data_events;  // else those that were denied
  std::optional<bool> audit_strict;
  std::optional<int64_t> audit_retention_ms;
  std::optional<int64_t> audit_bytes_max;
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
