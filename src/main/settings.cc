// Merging, completing and checking of a server's settings.
#include "main/settings.h"

#include <arpa/inet.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <iterator>
#include <set>

#include "http/server.h"
#include "keys/root_key.h"
#include "os/file_system.h"

namespace basalt::main {
namespace {

Error Refused(std::string what, std::string_view what_to_do) {
  what.append("; ").append(what_to_do);
  return Error(Reason::kInvalidArgument, std::move(what));
}

template <class T>
void TakeIfUnset(std::optional<T>& setting, std::optional<T>& file) {
  if (!setting) {
    setting = std::move(file);
  }
}

void TakeIfEmpty(std::vector<std::string>& setting, std::vector<std::string>& file) {
  if (setting.empty()) {
    setting = std::move(file);
  }
}

// Every listener with its address and what it speaks.
Status CompleteListeners(ServerSettings& settings) {
  if (settings.tls_cert.has_value() != settings.tls_key.has_value()) {
    return Refused("a TLS certificate and its key belong together and one is missing",
                   "give both --tls-cert F and --tls-key F");
  }
  if (settings.listen.empty() && settings.listeners.empty()) {
    settings.listen.emplace_back("127.0.0.1:8000");
  }
  std::vector<ListenerSettings> listeners;
  for (std::string& address : settings.listen) {
    listeners.push_back({std::move(address), std::nullopt});
  }
  settings.listen.clear();
  std::move(settings.listeners.begin(), settings.listeners.end(), std::back_inserter(listeners));
  for (ListenerSettings& listener : listeners) {
    if (!listener.tls && settings.tls_cert) {
      listener.tls = TlsFiles{*settings.tls_cert, *settings.tls_key};
    }
  }
  settings.listeners = std::move(listeners);
  return {};
}

Status CheckListeners(const ServerSettings& settings) {
  for (const ListenerSettings& listener : settings.listeners) {
    const std::string& text = listener.address;
    const Result<http::ListenAddress> address = http::ParseListenAddress(text);
    if (!address.ok()) {
      return Refused("--listen " + text + " is not an address", "use HOST:PORT or [IPV6]:PORT");
    }
    if (listener.proxy_protocol && settings.trusted_proxies.empty()) {
      return Refused("the listener " + text + " expects PROXY headers, and no proxy is trusted to send them",
                     "name the proxies' networks in trusted_proxies");
    }
    if (settings.mode == ServerMode::kDev && !settings.allow_remote.value_or(false) &&
        !IsLoopbackAddress(address->host)) {
      return Refused("dev would listen on " + text + ", which others can reach, without checking signatures",
                     "listen on 127.0.0.1, or say --allow-remote");
    }
    if (settings.mode == ServerMode::kServe && settings.test_clock.value_or(false) &&
        (listener.tls || !IsLoopbackAddress(address->host))) {
      return Refused("serve would let its clock be moved while it listens on " + text +
                         (listener.tls ? " with TLS" : ", which others can reach"),
                     "leave --test-clock out, or listen on 127.0.0.1 alone and without TLS");
    }
  }
  return {};
}

Status CheckRegions(const ServerSettings& settings) {
  std::set<std::string> seen;
  for (const std::string& region : settings.regions) {
    if (!IsRegionName(region)) {
      return Refused("--region " + region + " is not a region name", "use a name such as us-east-1");
    }
    if (!seen.insert(region).second) {
      return Refused("--region " + region + " is given twice", "name each region once");
    }
  }
  return {};
}

}  // namespace

void Merge(ServerSettings& settings, ServerSettings file) {
  // The two ways to say where the data lies exclude each other, so a flag for one silences the file on the other.
  if (settings.data_dir || settings.in_memory) {
    file.data_dir.reset();
    file.in_memory.reset();
  }
  if (settings.listen.empty()) {
    settings.listen = std::move(file.listen);
    settings.listeners = std::move(file.listeners);
  }
  if (!settings.tls_cert && !settings.tls_key) {  // a pair
    settings.tls_cert = std::move(file.tls_cert);
    settings.tls_key = std::move(file.tls_key);
  }
  TakeIfEmpty(settings.regions, file.regions);
  TakeIfEmpty(settings.trusted_proxies, file.trusted_proxies);
  TakeIfUnset(settings.endpoint_header, file.endpoint_header);
  settings.networks = std::move(file.networks);  // no flag says them
  settings.oidc_providers = std::move(file.oidc_providers);
  TakeIfEmpty(settings.host_names, file.host_names);
  TakeIfEmpty(settings.allowed_origins, file.allowed_origins);
  TakeIfUnset(settings.allow_remote, file.allow_remote);
  TakeIfUnset(settings.in_memory, file.in_memory);
  TakeIfUnset(settings.test_clock, file.test_clock);
  TakeIfUnset(settings.data_dir, file.data_dir);
  TakeIfUnset(settings.root_key, file.root_key);
  TakeIfUnset(settings.admin_socket, file.admin_socket);
  TakeIfUnset(settings.log_level, file.log_level);
  TakeIfUnset(settings.validation_dialect, file.validation_dialect);
  TakeIfUnset(settings.loops, file.loops);
  TakeIfUnset(settings.connections_max, file.connections_max);
  TakeIfUnset(settings.admitted_requests_max, file.admitted_requests_max);
  TakeIfUnset(settings.admitted_bytes_max, file.admitted_bytes_max);
  TakeIfUnset(settings.block_cache_bytes, file.block_cache_bytes);
  TakeIfUnset(settings.item_cache_bytes, file.item_cache_bytes);
  TakeIfUnset(settings.write_buffer_bytes, file.write_buffer_bytes);
  TakeIfUnset(settings.open_tables_max, file.open_tables_max);
  TakeIfUnset(settings.table_idle_close_ms, file.table_idle_close_ms);
  TakeIfUnset(settings.table_read_units_max, file.table_read_units_max);
  TakeIfUnset(settings.table_write_units_max, file.table_write_units_max);
  TakeIfUnset(settings.account_read_units_max, file.account_read_units_max);
  TakeIfUnset(settings.account_write_units_max, file.account_write_units_max);
  TakeIfUnset(settings.tables_max, file.tables_max);
  TakeIfUnset(settings.tables_changing_max, file.tables_changing_max);
  TakeIfUnset(settings.item_collection_bytes_max, file.item_collection_bytes_max);
  TakeIfUnset(settings.stream_shard_ms, file.stream_shard_ms);
  TakeIfUnset(settings.time_to_live_cooldown_ms, file.time_to_live_cooldown_ms);
  TakeIfUnset(settings.compat_profile, file.compat_profile);
  TakeIfUnset(settings.deletion_protection_cooldown_ms, file.deletion_protection_cooldown_ms);
  TakeIfUnset(settings.audit_all_data_events, file.audit_all_data_events);
  TakeIfUnset(settings.audit_strict, file.audit_strict);
  TakeIfUnset(settings.audit_retention_ms, file.audit_retention_ms);
  TakeIfUnset(settings.audit_bytes_max, file.audit_bytes_max);
  TakeIfUnset(settings.policy_update_cooldown_ms, file.policy_update_cooldown_ms);
}

Status Complete(ServerSettings& settings) {
  TRY(CompleteListeners(settings));
  if (settings.regions.empty()) {
    settings.regions.emplace_back("us-east-1");
  }
  if (settings.mode == ServerMode::kDev && settings.listeners.size() > 1) {
    return Refused("dev has one listener and " + std::to_string(settings.listeners.size()) + " are named",
                   "give --listen once");
  }
  TRY(CheckListeners(settings));
  TRY(CheckRegions(settings));
  const bool in_memory = settings.in_memory.value_or(false);
  if (in_memory && settings.data_dir) {
    return Refused("--in-memory and --data-dir exclude each other", "give one of them");
  }
  if (settings.mode == ServerMode::kServe) {
    // A file may be checked before the machine it is for has a directory and a key.
    if (!settings.data_dir && !settings.check_config) {
      return Refused("serve needs to know where the data lies",
                     "give --data-dir D, made by basalt init or an earlier run");
    }
    if (!settings.root_key && !settings.check_config) {
      return Refused("serve needs a root key", "give --root-key file:PATH, env-fd:N or credential:NAME");
    }
    if (settings.root_key) {
      TRY(keys::RootKeyProvider::Parse(*settings.root_key));
    }
  }
  if (settings.mode == ServerMode::kDev && !in_memory && !settings.data_dir) {
    TRY_ASSIGN(settings.data_dir, DefaultDataDirectory());
  }
  if (settings.data_dir) {
    if (settings.data_dir->empty()) {
      return Refused("the data directory has no name", "give --data-dir D");
    }
    settings.data_dir = NormalizeDirectory(*settings.data_dir);
    if (!settings.admin_socket) {
      settings.admin_socket = os::JoinPath(*settings.data_dir, "admin.sock");
    }
  }
  return {};
}

Result<std::string> DefaultDataDirectory() {
  // NOLINTBEGIN(concurrency-mt-unsafe): read at start, before any thread
  const char* state = std::getenv("XDG_STATE_HOME");
  if (state != nullptr && *state != '\0') {
    return NormalizeDirectory(state) + "/basalt/data";
  }
  const char* home = std::getenv("HOME");
  // NOLINTEND(concurrency-mt-unsafe)
  if (home != nullptr && *home != '\0') {
    return NormalizeDirectory(home) + "/.local/state/basalt/data";
  }
  return Refused("there is no default data directory because neither XDG_STATE_HOME nor HOME is set",
                 "give --data-dir D");
}

std::string NormalizeDirectory(std::string_view path) {
  while (path.size() > 1 && path.back() == '/') {
    path.remove_suffix(1);
  }
  if (path.starts_with('/')) {
    return std::string(path);
  }
  std::string current(4096, '\0');
  if (getcwd(current.data(), current.size()) == nullptr) {
    return std::string(path);
  }
  current.resize(current.find('\0'));
  while (path.starts_with("./")) {
    path.remove_prefix(2);
  }
  if (path.empty() || path == ".") {
    return current;
  }
  return os::JoinPath(current, path);
}

bool IsRegionName(std::string_view text) {
  if (text.empty() || text.size() > 63 || text.front() == '-' || text.back() == '-') {
    return false;
  }
  char previous = '\0';
  for (const char character : text) {
    const bool word = (character >= 'a' && character <= 'z') || (character >= '0' && character <= '9');
    if (!word && (character != '-' || previous == '-')) {
      return false;
    }
    previous = character;
  }
  return true;
}

bool IsLoopbackAddress(std::string_view host) {
  if (host == "localhost") {
    return true;
  }
  const std::string text(host);
  in_addr v4{};
  if (inet_pton(AF_INET, text.c_str(), &v4) == 1) {
    return (ntohl(v4.s_addr) >> 24U) == 127;
  }
  in6_addr v6{};
  return inet_pton(AF_INET6, text.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

bool IsLogLevel(std::string_view text) {
  constexpr std::array<std::string_view, 4> kLevels = {"debug", "info", "warning", "error"};
  for (const std::string_view level : kLevels) {
    if (text == level) {
      return true;
    }
  }
  return false;
}

}  // namespace basalt::main
