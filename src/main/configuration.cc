// Reads basalt.toml. toml++ stays in this file; its exceptions stop here.
#include "main/configuration.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <toml++/toml.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <span>

#include "audit/log.h"
#include "main/duration.h"
#include "policy/condition_value.h"

namespace basalt::main {
namespace {

constexpr size_t kFileBytesMax = size_t{1} << 20;
constexpr int64_t kMonthMs = int64_t{31} * 86'400'000;
constexpr int64_t kDayMs = 86'400'000;
constexpr int64_t kUnitsMax = 1'000'000'000'000'000;  // of capacity; sums of them stay far from overflowing

// Where a key stands, for texts.
std::string Place(std::string_view path, const toml::source_region& source) {
  return std::string(path) + ":" + std::to_string(source.begin.line);
}

Error Refused(std::string what, std::string_view what_to_do) {
  what.append("; ").append(what_to_do);
  return Error(Reason::kInvalidArgument, std::move(what));
}

enum class Modes : uint8_t { kBoth, kDev, kServe };

bool Includes(Modes modes, ServerMode mode) {
  return modes == Modes::kBoth || (modes == Modes::kDev) == (mode == ServerMode::kDev);
}

// One key: its name, where it may stand and what takes its value. `take` answers what the value should have been, or
// nothing if it fits.
struct KnownKey {
  std::string_view section;
  std::string_view name;
  Modes modes;
  std::function<std::string_view(const toml::node&, ServerSettings&)> take;
};

constexpr std::string_view kFits;

constexpr std::string_view kTextWanted = "a text that is not empty";
constexpr std::string_view kFlagWanted = "true or false";

bool TakeText(const toml::node& node, std::string& target) {
  const auto* text = node.as_string();
  if (text == nullptr || text->get().empty() || text->get().find('\0') != std::string::npos) {
    return false;
  }
  target = text->get();
  return true;
}

auto Text(std::optional<std::string> ServerSettings::*field) {
  return [field](const toml::node& node, ServerSettings& settings) -> std::string_view {
    return TakeText(node, (settings.*field).emplace()) ? kFits : kTextWanted;
  };
}

auto Profile(std::optional<std::string> ServerSettings::*field) {
  return [field](const toml::node& node, ServerSettings& settings) -> std::string_view {
    const auto* text = node.as_string();
    if (text == nullptr || (text->get() != "basalt" && text->get() != "aws")) {
      return "one of basalt, aws";
    }
    settings.*field = text->get();
    return kFits;
  };
}

auto Level(std::optional<std::string> ServerSettings::*field) {
  return [field](const toml::node& node, ServerSettings& settings) -> std::string_view {
    const auto* text = node.as_string();
    if (text == nullptr || !IsLogLevel(text->get())) {
      return "one of debug, info, warning, error";
    }
    settings.*field = text->get();
    return kFits;
  };
}

auto ValidationDialect(std::optional<operations::Dialect> ServerSettings::*field) {
  return [field](const toml::node& node, ServerSettings& settings) -> std::string_view {
    const auto* text = node.as_string();
    const std::optional<operations::Dialect> dialect =
        text == nullptr ? std::nullopt : operations::DialectNamed(text->get());
    if (!dialect) {
      return "\"classic\" or \"2026\"";
    }
    settings.*field = dialect;
    return kFits;
  };
}

auto DataEvents(std::optional<bool> ServerSettings::*field) {
  return [field](const toml::node& node, ServerSettings& settings) -> std::string_view {
    const auto* text = node.as_string();
    if (text == nullptr || (text->get() != "denied" && text->get() != "all")) {
      return "\"denied\" or \"all\"";
    }
    settings.*field = text->get() == "all";
    return kFits;
  };
}

// As a text with its unit, "90d".
auto Period(std::optional<int64_t> ServerSettings::*field) {
  return [field](const toml::node& node, ServerSettings& settings) -> std::string_view {
    const auto* text = node.as_string();
    const std::optional<int64_t> duration_ms = text == nullptr ? std::nullopt : ParseDuration(text->get());
    if (!duration_ms) {
      return "a duration such as \"90d\" or \"36h\"";
    }
    settings.*field = duration_ms;
    return kFits;
  };
}

auto AuditBytes(std::optional<int64_t> ServerSettings::*field) {
  return [field](const toml::node& node, ServerSettings& settings) -> std::string_view {
    const auto* number = node.as_integer();
    if (number == nullptr || number->get() < static_cast<int64_t>(audit::kLogBytesMin)) {
      return "a whole number of bytes, at least 1048576";
    }
    settings.*field = number->get();
    return kFits;
  };
}

auto Flag(std::optional<bool> ServerSettings::*field) {
  return [field](const toml::node& node, ServerSettings& settings) -> std::string_view {
    const auto* flag = node.as_boolean();
    if (flag == nullptr) {
      return kFlagWanted;
    }
    settings.*field = flag->get();
    return kFits;
  };
}

auto Count(std::optional<int64_t> ServerSettings::*field, int64_t max = std::numeric_limits<int64_t>::max()) {
  return [field, max](const toml::node& node, ServerSettings& settings) -> std::string_view {
    const auto* number = node.as_integer();
    if (number == nullptr || number->get() < 1 || number->get() > max) {
      return "a whole number from 1 up to what is sensible";
    }
    settings.*field = number->get();
    return kFits;
  };
}

// As Count, and 0 switches it off.
auto Duration(std::optional<int64_t> ServerSettings::*field, int64_t max) {
  return [field, max](const toml::node& node, ServerSettings& settings) -> std::string_view {
    const auto* number = node.as_integer();
    if (number == nullptr || number->get() < 0 || number->get() > max) {
      return "a whole number from 0 up to what is sensible";
    }
    settings.*field = number->get();
    return kFits;
  };
}

// A text, or a list of them.
bool TakeTexts(const toml::node& node, std::vector<std::string>& target) {
  std::vector<std::string> texts;
  if (const auto* list = node.as_array()) {
    for (const toml::node& element : *list) {
      if (!TakeText(element, texts.emplace_back())) {
        return false;
      }
    }
  } else if (!TakeText(node, texts.emplace_back())) {
    return false;
  }
  target.insert(target.end(), texts.begin(), texts.end());
  return true;
}

auto Texts(std::vector<std::string> ServerSettings::*field) {
  return [field](const toml::node& node, ServerSettings& settings) -> std::string_view {
    return TakeTexts(node, settings.*field) ? kFits : "a text or a list of texts";
  };
}

constexpr std::string_view kNetworksWanted = "networks such as 10.1.0.0/16 or fd00:1::/48";

bool TakeNetworks(const toml::node& node, std::vector<std::string>& target) {
  return TakeTexts(node, target) && std::all_of(target.begin(), target.end(), [](const std::string& text) {
           return policy::ParseNetwork(text).has_value();
         });
}

auto TrustedNetworks(std::vector<std::string> ServerSettings::*field) {
  return [field](const toml::node& node, ServerSettings& settings) -> std::string_view {
    return TakeNetworks(node, settings.*field) ? kFits : kNetworksWanted;
  };
}

bool IsLetterOrDigit(char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }
bool IsNameCharacter(char c) { return IsLetterOrDigit(c) || c == '-'; }

// `prefix` is "vpc-" or "vpce-".
bool TakeId(const toml::node& node, std::string_view prefix, std::string& target) {
  constexpr size_t kIdLengthMax = 64;
  return TakeText(node, target) && target.starts_with(prefix) && target.size() > prefix.size() &&
         target.size() <= kIdLengthMax && std::all_of(target.begin(), target.end(), IsNameCharacter);
}

constexpr std::string_view kVpcPrefix = "vpc-";
constexpr std::string_view kVpcWanted = "an id such as vpc-0a1b2c3d";
constexpr std::string_view kEndpointPrefix = "vpce-";
constexpr std::string_view kEndpointWanted = "an id such as vpce-0a1b2c3d";

auto HeaderName(std::optional<std::string> ServerSettings::*field) {
  return [field](const toml::node& node, ServerSettings& settings) -> std::string_view {
    std::string& name = (settings.*field).emplace();
    return TakeText(node, name) && std::all_of(name.begin(), name.end(), IsNameCharacter)
               ? kFits
               : "the name of a header, of letters, digits and '-'";
  };
}

std::span<const KnownKey> KnownKeys() {
  static const std::vector<KnownKey> keys = {
      {"server", "listen", Modes::kBoth, Texts(&ServerSettings::listen)},
      {"server", "region", Modes::kBoth, Texts(&ServerSettings::regions)},
      {"server", "data_dir", Modes::kBoth, Text(&ServerSettings::data_dir)},
      {"server", "admin_socket", Modes::kBoth, Text(&ServerSettings::admin_socket)},
      {"server", "trusted_proxies", Modes::kBoth, TrustedNetworks(&ServerSettings::trusted_proxies)},
      {"server", "endpoint_header", Modes::kBoth, HeaderName(&ServerSettings::endpoint_header)},
      {"server", "test_clock", Modes::kBoth, Flag(&ServerSettings::test_clock)},
      {"server", "loops", Modes::kBoth, Count(&ServerSettings::loops, 1024)},
      {"server", "root_key", Modes::kServe, Text(&ServerSettings::root_key)},
      {"server", "tls_cert", Modes::kServe, Text(&ServerSettings::tls_cert)},
      {"server", "tls_key", Modes::kServe, Text(&ServerSettings::tls_key)},
      {"server", "allow_remote", Modes::kDev, Flag(&ServerSettings::allow_remote)},
      {"server", "in_memory", Modes::kDev, Flag(&ServerSettings::in_memory)},
      {"server", "host_name", Modes::kDev, Texts(&ServerSettings::host_names)},
      {"server", "allow_origin", Modes::kDev, Texts(&ServerSettings::allowed_origins)},
      {"limits", "connections_max", Modes::kBoth, Count(&ServerSettings::connections_max, 10'000'000)},
      {"limits", "admitted_requests_max", Modes::kBoth, Count(&ServerSettings::admitted_requests_max)},
      {"limits", "admitted_bytes_max", Modes::kBoth, Count(&ServerSettings::admitted_bytes_max)},
      {"limits", "block_cache_bytes", Modes::kBoth, Count(&ServerSettings::block_cache_bytes)},
      {"limits", "item_cache_bytes", Modes::kBoth, Count(&ServerSettings::item_cache_bytes)},
      {"limits", "write_buffer_bytes", Modes::kBoth, Count(&ServerSettings::write_buffer_bytes)},
      {"limits", "open_tables_max", Modes::kBoth, Count(&ServerSettings::open_tables_max, 1'000'000)},
      {"limits", "table_idle_close_ms", Modes::kBoth, Duration(&ServerSettings::table_idle_close_ms, kMonthMs)},
      {"limits", "table_read_units_max", Modes::kBoth, Count(&ServerSettings::table_read_units_max, kUnitsMax)},
      {"limits", "table_write_units_max", Modes::kBoth, Count(&ServerSettings::table_write_units_max, kUnitsMax)},
      {"limits", "account_read_units_max", Modes::kBoth, Count(&ServerSettings::account_read_units_max, kUnitsMax)},
      {"limits", "account_write_units_max", Modes::kBoth, Count(&ServerSettings::account_write_units_max, kUnitsMax)},
      {"limits", "tables_max", Modes::kBoth, Count(&ServerSettings::tables_max, 10'000'000)},
      {"limits", "tables_changing_max", Modes::kBoth, Count(&ServerSettings::tables_changing_max, 10'000'000)},
      {"limits", "item_collection_bytes_max", Modes::kBoth, Count(&ServerSettings::item_collection_bytes_max)},
      {"limits", "stream_shard_ms", Modes::kBoth, Count(&ServerSettings::stream_shard_ms, kDayMs)},
      {"limits", "time_to_live_cooldown_ms", Modes::kBoth,
       Duration(&ServerSettings::time_to_live_cooldown_ms, kMonthMs)},
      {"compat", "profile", Modes::kBoth, Profile(&ServerSettings::compat_profile)},
      {"compat", "deletion_protection_cooldown_ms", Modes::kBoth,
       Duration(&ServerSettings::deletion_protection_cooldown_ms, kDayMs)},
      {"compat", "policy_update_cooldown_ms", Modes::kBoth,
       Duration(&ServerSettings::policy_update_cooldown_ms, kDayMs)},
      {"compat", "validation_dialect", Modes::kBoth, ValidationDialect(&ServerSettings::validation_dialect)},
      {"audit", "data_events", Modes::kBoth, DataEvents(&ServerSettings::audit_all_data_events)},
      {"audit", "strict", Modes::kBoth, Flag(&ServerSettings::audit_strict)},
      {"audit", "retention", Modes::kBoth, Period(&ServerSettings::audit_retention_ms)},
      {"audit", "max_bytes", Modes::kBoth, AuditBytes(&ServerSettings::audit_bytes_max)},
      {"log", "level", Modes::kBoth, Level(&ServerSettings::log_level)},
  };
  return keys;
}

bool IsSection(std::string_view name) {
  return std::any_of(KnownKeys().begin(), KnownKeys().end(),
                     [name](const KnownKey& known) { return known.section == name; });
}

class Reader {
 public:
  Reader(std::string_view path, ServerMode mode) : path_(path) { settings_.mode = mode; }

  Result<ServerSettings> Read(const toml::table& root) {
    for (const auto& [key, node] : root) {
      const std::string_view name = key.str();
      if (name == "listener") {
        TRY(TakeTables(key, node, &Reader::TakeListener));
      } else if (name == "network") {
        TRY(TakeTables(key, node, &Reader::TakeNetwork));
      } else if (name == "oidc") {
        TRY(TakeTables(key, node, &Reader::TakeOidcProvider));
      } else if (const toml::table* section = node.as_table(); section != nullptr && IsSection(name)) {
        for (const auto& [inner_key, inner_node] : *section) {
          TRY(Take(name, inner_key, inner_node));
        }
      } else {
        TRY(Take("server", key, node));
      }
    }
    return std::move(settings_);
  }

 private:
  Error Unknown(std::string_view name, const toml::source_region& source) const {
    return Refused(Place(path_, source) + ": unknown key " + Printable(name), "remove it or correct its name");
  }

  // A key may hold any character; a line of text may not.
  static std::string Printable(std::string_view name) {
    std::string text;
    for (const char character : name.substr(0, 64)) {
      text += character >= ' ' && character <= '~' ? character : '?';
    }
    return text;
  }

  Status Take(std::string_view section, const toml::key& key, const toml::node& node) {
    for (const KnownKey& known : KnownKeys()) {
      if (known.section != section || known.name != key.str()) {
        continue;
      }
      if (!Includes(known.modes, settings_.mode)) {
        return NotOfThisMode(key.str(), key.source());
      }
      if (!seen_.insert(std::string(section) + "." + std::string(key.str())).second) {
        return Refused(Place(path_, key.source()) + ": " + Printable(key.str()) + " is said before and in [server]",
                       "keep one of them");
      }
      if (const std::string_view wanted = known.take(node, settings_); !wanted.empty()) {
        return Refused(Place(path_, key.source()) + ": " + Printable(key.str()) + " should be " + std::string(wanted),
                       "correct it");
      }
      return {};
    }
    return Unknown(key.str(), key.source());
  }

  Error NotOfThisMode(std::string_view name, const toml::source_region& source) const {
    return Refused(Place(path_, source) + ": " + (settings_.mode == ServerMode::kDev ? "dev" : "serve") +
                       " does not know the key " + Printable(name),
                   "remove it");
  }

  Status TakeTables(const toml::key& key, const toml::node& node, Status (Reader::*take)(const toml::table&)) {
    const toml::array* tables = node.as_array();
    if (tables == nullptr || !tables->is_array_of_tables()) {
      const std::string name(key.str());
      return Refused(Place(path_, key.source()) + ": " + name + " should be written as [[" + name + "]]", "correct it");
    }
    for (const toml::node& element : *tables) {
      TRY((this->*take)(*element.as_table()));
    }
    return {};
  }

  // Takes each key of a table of such a list. `take` answers what the value of a key should have been, nothing if it
  // fits, or that there is no such key.
  template <class Take>
  Status TakeMembers(std::string_view list, const toml::table& table, Take take) {
    for (const auto& [key, node] : table) {
      const std::string name = std::string(list) + "." + std::string(key.str());
      const std::optional<std::string_view> wanted = take(key.str(), node);
      if (!wanted) {
        return Unknown(name, key.source());
      }
      if (settings_.mode == ServerMode::kDev && (key.str() == "tls_cert" || key.str() == "tls_key")) {
        return NotOfThisMode(name, key.source());
      }
      if (!wanted->empty()) {
        return Refused(Place(path_, key.source()) + ": " + name + " should be " + std::string(*wanted), "correct it");
      }
    }
    return {};
  }

  // [[listener]] addr = "HOST:PORT", tls_cert = "FILE", tls_key = "FILE", vpc = "ID", vpce = "ID", proxy_protocol =
  // true
  Status TakeListener(const toml::table& table) {
    ListenerSettings listener;
    TlsFiles files;
    const auto take = [&](std::string_view key, const toml::node& node) -> std::optional<std::string_view> {
      if (key == "vpc") {
        return TakeId(node, kVpcPrefix, listener.vpc) ? kFits : kVpcWanted;
      }
      if (key == "vpce") {
        return TakeId(node, kEndpointPrefix, listener.vpce) ? kFits : kEndpointWanted;
      }
      if (key == "proxy_protocol") {
        const auto* flag = node.as_boolean();
        listener.proxy_protocol = flag != nullptr && flag->get();
        return flag != nullptr ? kFits : kFlagWanted;
      }
      std::string* const target = key == "addr"       ? &listener.address
                                  : key == "tls_cert" ? &files.certificate
                                  : key == "tls_key"  ? &files.key
                                                      : nullptr;
      if (target == nullptr) {
        return std::nullopt;
      }
      return TakeText(node, *target) ? kFits : kTextWanted;
    };
    TRY(TakeMembers("listener", table, take));
    if (listener.address.empty()) {
      return Refused(Place(path_, table.source()) + ": a listener needs addr", "write addr = \"HOST:PORT\"");
    }
    if (files.certificate.empty() != files.key.empty()) {
      return Refused(Place(path_, table.source()) + ": tls_cert and tls_key belong together", "give both or none");
    }
    if (!files.key.empty()) {
      listener.tls = std::move(files);
    }
    TRY(NoteEndpoint(table, listener.vpce, listener.vpc));
    settings_.listeners.push_back(std::move(listener));
    return {};
  }

  // [[network]] vpc = "ID", vpce = "ID", cidrs = ["NETWORK"], policy = "FILE"
  Status TakeNetwork(const toml::table& table) {
    NamedNetworkSettings network;
    const auto take = [&](std::string_view key, const toml::node& node) -> std::optional<std::string_view> {
      if (key == "vpc") {
        return TakeId(node, kVpcPrefix, network.vpc) ? kFits : kVpcWanted;
      }
      if (key == "vpce") {
        return TakeId(node, kEndpointPrefix, network.vpce) ? kFits : kEndpointWanted;
      }
      if (key == "cidrs") {
        return TakeNetworks(node, network.cidrs) ? kFits : kNetworksWanted;
      }
      if (key == "policy") {
        return TakeText(node, network.policy) ? kFits : kTextWanted;
      }
      return std::nullopt;
    };
    TRY(TakeMembers("network", table, take));
    const std::string place = Place(path_, table.source());
    if (network.vpc.empty() && network.vpce.empty()) {
      return Refused(place + ": a network needs vpc or vpce", "say which VPC or which endpoint it is of");
    }
    TRY(NoteEndpoint(table, network.vpce, network.vpc));
    for (const std::string& text : network.cidrs) {
      const policy::Network cidr = *policy::ParseNetwork(text);
      for (const policy::Network& other : cidrs_) {
        if (cidr.prefix_bits == other.prefix_bits && cidr.Contains(other)) {
          return Refused(place + ": the network " + text + " is named twice", "name it once");
        }
      }
      cidrs_.push_back(cidr);
    }
    if (!network.policy.empty() && network.vpce.empty()) {
      return Refused(place + ": a policy needs vpce", "say which endpoint it is of");
    }
    if (!network.policy.empty() && !endpoints_with_policy_.insert(network.vpce).second) {
      return Refused(place + ": " + network.vpce + " has a policy already", "name one of them");
    }
    settings_.networks.push_back(std::move(network));
    return {};
  }

  // [[oidc]] issuer = "URL", keys = "FILE"
  Status TakeOidcProvider(const toml::table& table) {
    constexpr std::string_view kScheme = "https://";
    OidcProviderSettings provider;
    const auto take = [&](std::string_view key, const toml::node& node) -> std::optional<std::string_view> {
      if (key == "issuer") {
        const bool fits = TakeText(node, provider.issuer) && provider.issuer.starts_with(kScheme) &&
                          provider.issuer.size() > kScheme.size();
        return fits ? kFits : std::string_view("a URL that begins with https://");
      }
      if (key == "keys") {
        return TakeText(node, provider.keys) ? kFits : kTextWanted;
      }
      return std::nullopt;
    };
    TRY(TakeMembers("oidc", table, take));
    const std::string place = Place(path_, table.source());
    if (provider.issuer.empty() || provider.keys.empty()) {
      return Refused(place + ": a provider needs issuer and keys", "write keys = \"FILE\", its JWKS");
    }
    for (const OidcProviderSettings& other : settings_.oidc_providers) {
      if (other.issuer == provider.issuer) {
        return Refused(place + ": " + provider.issuer + " is named twice", "name it once");
      }
    }
    settings_.oidc_providers.push_back(std::move(provider));
    return {};
  }

  // An endpoint is of one VPC, wherever it is named.
  Status NoteEndpoint(const toml::table& table, const std::string& vpce, const std::string& vpc) {
    if (vpce.empty() || vpc.empty()) {
      return {};
    }
    const std::string& known = vpc_of_endpoint_.emplace(vpce, vpc).first->second;
    if (known != vpc) {
      return Refused(Place(path_, table.source()) + ": " + vpce + " is of " + known + " elsewhere, not of " + vpc,
                     "correct one of them");
    }
    return {};
  }

  std::string_view path_;
  ServerSettings settings_;
  std::set<std::string> seen_;
  std::vector<policy::Network> cidrs_;
  std::map<std::string, std::string> vpc_of_endpoint_;
  std::set<std::string> endpoints_with_policy_;
};

Result<std::string> ReadWhole(const std::string& path) {
  const auto failed = [&](std::string_view how, int error) {
    char buffer[128];
    return Refused("the configuration file " + path + " cannot be " + std::string(how) + ": " +
                       strerror_r(error, buffer, sizeof(buffer)),
                   "name a file that is there with --config F");
  };
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
  if (file < 0) {
    return failed("opened", errno);
  }
  std::string text;
  char buffer[8192];
  ssize_t got = 0;
  while (text.size() <= kFileBytesMax) {
    got = read(file, buffer, sizeof(buffer));
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got <= 0) {
      break;
    }
    text.append(buffer, static_cast<size_t>(got));
  }
  const int error = errno;
  close(file);
  if (got < 0) {
    return failed("read", error);
  }
  if (text.size() > kFileBytesMax) {
    return Refused("the configuration file " + path + " is larger than 1 MiB", "make it smaller");
  }
  return text;
}

}  // namespace

Result<ServerSettings> ParseConfiguration(std::string_view text, std::string_view path, ServerMode mode) {
  try {
    const toml::table root = toml::parse(text, path);
    return Reader(path, mode).Read(root);
  } catch (const toml::parse_error& error) {
    std::string what;
    for (const char character : error.description()) {
      what += character >= ' ' && character <= '~' ? character : '?';
    }
    return Refused(Place(path, error.source()) + ": " + what, "correct the file");
  }
}

Result<ServerSettings> ReadConfiguration(const std::string& path, ServerMode mode) {
  TRY_ASSIGN(const std::string text, ReadWhole(path));
  return ParseConfiguration(text, path, mode);
}

}  // namespace basalt::main
