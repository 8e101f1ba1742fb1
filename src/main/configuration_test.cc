// Tests of basalt.toml, of merging it with flags, and of completing settings.
#include "main/configuration.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <optional>
#include <vector>

namespace basalt::main {
namespace {

Result<ServerSettings> Parse(std::string_view text, ServerMode mode = ServerMode::kServe) {
  return ParseConfiguration(text, "basalt.toml", mode);
}

void ExpectRefused(std::string_view text, const std::string& place, ServerMode mode = ServerMode::kServe) {
  const auto settings = Parse(text, mode);
  ASSERT_FALSE(settings.ok()) << text;
  EXPECT_EQ(settings.error().reason, Reason::kInvalidArgument);
  EXPECT_EQ(settings.error().text.substr(0, place.size() + 2), place + ": ") << settings.error().text;
  EXPECT_NE(settings.error().text.find("; "), std::string::npos) << settings.error().text;
  EXPECT_EQ(settings.error().text.find('\n'), std::string::npos) << settings.error().text;
}

TEST(Configuration, ReadsEverySetting) {
  const auto settings = Parse(R"(
[server]
data_dir = "/d"
root_key = "file:/k"
region = ["us-east-1", "eu-west-1"]
listen = "127.0.0.1:1"
admin_socket = "/s"
tls_cert = "/c"
tls_key = "/p"
loops = 3
test_clock = true
[limits]
connections_max = 10
admitted_requests_max = 11
admitted_bytes_max = 12
block_cache_bytes = 13
item_cache_bytes = 15
write_buffer_bytes = 14
open_tables_max = 21
table_idle_close_ms = 0
table_read_units_max = 15
table_write_units_max = 16
account_read_units_max = 17
account_write_units_max = 18
tables_max = 19
tables_changing_max = 20
item_collection_bytes_max = 21
stream_shard_ms = 22
time_to_live_cooldown_ms = 0
[audit]
data_events = "all"
strict = true
retention = "30d"
max_bytes = 1048576
[compat]
profile = "aws"
deletion_protection_cooldown_ms = 0
policy_update_cooldown_ms = 23
validation_dialect = "2026"
[log]
level = "debug"
[[listener]]
addr = "127.0.0.1:2"
[[listener]]
tls_key = "/p2"
addr = "127.0.0.1:3"
tls_cert = "/c2"
)");
  ASSERT_TRUE(settings.ok()) << settings.error().text;
  EXPECT_EQ(settings->data_dir, "/d");
  EXPECT_EQ(settings->root_key, "file:/k");
  EXPECT_EQ(settings->regions, (std::vector<std::string>{"us-east-1", "eu-west-1"}));
  EXPECT_EQ(settings->listen, std::vector<std::string>{"127.0.0.1:1"});
  EXPECT_EQ(settings->listeners,
            (std::vector<ListenerSettings>{{"127.0.0.1:2", std::nullopt}, {"127.0.0.1:3", TlsFiles{"/c2", "/p2"}}}));
  EXPECT_EQ(settings->tls_cert, "/c");
  EXPECT_EQ(settings->tls_key, "/p");
  EXPECT_EQ(settings->admin_socket, "/s");
  EXPECT_EQ(settings->loops, 3);
  EXPECT_EQ(settings->connections_max, 10);
  EXPECT_EQ(settings->admitted_requests_max, 11);
  EXPECT_EQ(settings->admitted_bytes_max, 12);
  EXPECT_EQ(settings->block_cache_bytes, 13);
  EXPECT_EQ(settings->item_cache_bytes, 15);
  EXPECT_EQ(settings->write_buffer_bytes, 14);
  EXPECT_EQ(settings->open_tables_max, 21);
  EXPECT_EQ(settings->table_idle_close_ms, 0);
  EXPECT_EQ(settings->table_read_units_max, 15);
  EXPECT_EQ(settings->table_write_units_max, 16);
  EXPECT_EQ(settings->account_read_units_max, 17);
  EXPECT_EQ(settings->account_write_units_max, 18);
  EXPECT_EQ(settings->tables_max, 19);
  EXPECT_EQ(settings->tables_changing_max, 20);
  EXPECT_EQ(settings->item_collection_bytes_max, 21);
  EXPECT_EQ(settings->stream_shard_ms, 22);
  EXPECT_EQ(settings->test_clock, true);
  EXPECT_EQ(settings->time_to_live_cooldown_ms, 0);
  EXPECT_EQ(settings->audit_all_data_events, true);
  EXPECT_EQ(settings->audit_strict, true);
  EXPECT_EQ(settings->audit_retention_ms, int64_t{30} * 86'400'000);
  EXPECT_EQ(settings->audit_bytes_max, 1'048'576);
  EXPECT_EQ(settings->compat_profile, "aws");
  EXPECT_EQ(settings->deletion_protection_cooldown_ms, 0);
  EXPECT_EQ(settings->policy_update_cooldown_ms, 23);
  EXPECT_EQ(settings->log_level, "debug");
  EXPECT_EQ(settings->validation_dialect, operations::Dialect::k2026);
}

TEST(Configuration, DevHasItsOwnKeys) {
  const auto settings = Parse(
      "allow_remote = true\nhost_name = [\"a\"]\nallow_origin = \"http://x\"\nin_memory = false", ServerMode::kDev);
  ASSERT_TRUE(settings.ok()) << settings.error().text;
  EXPECT_EQ(settings->allow_remote, true);
  EXPECT_EQ(settings->host_names, std::vector<std::string>{"a"});
  EXPECT_EQ(settings->allowed_origins, std::vector<std::string>{"http://x"});
  EXPECT_EQ(settings->in_memory, false);
  ExpectRefused("allow_remote = true", "basalt.toml:1");
  ExpectRefused("\n[server]\nroot_key = \"file:/k\"", "basalt.toml:3", ServerMode::kDev);
  ExpectRefused("tls_cert = \"c\"", "basalt.toml:1", ServerMode::kDev);
  ExpectRefused("[[listener]]\naddr = \"127.0.0.1:1\"\ntls_key = \"k\"", "basalt.toml:3", ServerMode::kDev);
}

TEST(Configuration, NamesNetworksAndEndpoints) {
  const std::string_view text = R"(
[server]
trusted_proxies = ["10.0.0.0/8", "fd00::1"]
endpoint_header = "X-Vpce"
[[listener]]
addr = "127.0.0.1:1"
vpc = "vpc-0a"
vpce = "vpce-0a"
proxy_protocol = true
[[network]]
vpc = "vpc-0a"
vpce = "vpce-0a"
cidrs = "10.1.0.0/16"
policy = "/p.json"
[[network]]
vpce = "vpce-0B-c"
cidrs = ["10.0.0.0/16", "fd00:1::/48"]
)";
  for (const auto mode : {ServerMode::kDev, ServerMode::kServe}) {
    const auto settings = Parse(text, mode);
    ASSERT_TRUE(settings.ok()) << settings.error().text;
    EXPECT_EQ(settings->trusted_proxies, (std::vector<std::string>{"10.0.0.0/8", "fd00::1"}));
    EXPECT_EQ(settings->endpoint_header, "X-Vpce");
    EXPECT_EQ(settings->listeners,
              (std::vector<ListenerSettings>{{"127.0.0.1:1", std::nullopt, "vpc-0a", "vpce-0a", true}}));
    EXPECT_EQ(settings->networks,
              (std::vector<NamedNetworkSettings>{{"vpc-0a", "vpce-0a", {"10.1.0.0/16"}, "/p.json"},
                                                 {"", "vpce-0B-c", {"10.0.0.0/16", "fd00:1::/48"}, ""}}));
  }
}

TEST(Configuration, NamesTheKeysOfOidcProviders) {
  const auto settings = Parse("[[oidc]]\nissuer = \"https://idp.example.com\"\nkeys = \"/k.json\"", ServerMode::kServe);
  ASSERT_TRUE(settings.ok()) << settings.error().text;
  EXPECT_EQ(settings->oidc_providers, (std::vector<OidcProviderSettings>{{"https://idp.example.com", "/k.json"}}));
  ExpectRefused("[[oidc]]\nissuer = \"http://idp.example.com\"", "basalt.toml:2");
  ExpectRefused("[[oidc]]\nissuer = \"https://\"", "basalt.toml:2");
  ExpectRefused("[[oidc]]\nissuer = \"https://a\"", "basalt.toml:1");
  ExpectRefused("[[oidc]]\nkeys = \"/k\"", "basalt.toml:1");
  ExpectRefused("[[oidc]]\nkeys = \"/k\"\nurl = \"/k\"", "basalt.toml:3");
  ExpectRefused("[[oidc]]\nissuer = \"https://a\"\nkeys = \"/k\"\n[[oidc]]\nissuer = \"https://a\"\nkeys = \"/l\"",
                "basalt.toml:4");
}

TEST(Configuration, RefusesNetworksThatSayNothingOrContradictThemselves) {
  for (const char* value : {"\"\"", "3", "[3]", "\"10.0.0.0/33\"", "\"10.0.0/8\"", "\"here\"", "\"fe80::1%eth0\"",
                            "[\"10.0.0.1\", \"fd00::/129\"]"}) {
    ExpectRefused("\ntrusted_proxies = " + std::string(value), "basalt.toml:2");
    ExpectRefused("[[network]]\nvpc = \"vpc-1\"\ncidrs = " + std::string(value), "basalt.toml:3");
  }
  for (const char* value : {"\"\"", "3", "\"vpce-1\"", "\"vpc-\"", "\"vpc-1 2\"", "\"1\""}) {
    ExpectRefused("[[network]]\nvpc = " + std::string(value), "basalt.toml:2");
    ExpectRefused("[[listener]]\naddr = \"127.0.0.1:1\"\nvpc = " + std::string(value), "basalt.toml:3");
  }
  ExpectRefused("[[network]]\nvpce = \"vpc-1\"", "basalt.toml:2");
  ExpectRefused("[[network]]\nvpce = \"vpce-" + std::string(64, 'a') + "\"", "basalt.toml:2");
  ExpectRefused("[[network]]\ncidrs = \"10.0.0.0/8\"", "basalt.toml:1");
  ExpectRefused("[[network]]\nvpc = \"vpc-1\"\naddr = \"x\"", "basalt.toml:3");
  ExpectRefused("[[network]]\nvpc = \"vpc-1\"\npolicy = \"/p\"", "basalt.toml:1");
  ExpectRefused("[network]\nvpc = \"vpc-1\"", "basalt.toml:1");
  ExpectRefused("[[network]]\nvpc = \"vpc-1\"\ncidrs = [\"10.1.0.0/16\", \"10.1.2.0/16\"]", "basalt.toml:1");
  ExpectRefused(
      "[[network]]\nvpc = \"vpc-1\"\ncidrs = \"10.0.0.0/8\"\n[[network]]\nvpc = \"vpc-2\"\n"
      "cidrs = \"::ffff:10.0.0.0/104\"",
      "basalt.toml:4");
  ExpectRefused("[[network]]\nvpc = \"vpc-1\"\nvpce = \"vpce-1\"\n[[network]]\nvpc = \"vpc-2\"\nvpce = \"vpce-1\"",
                "basalt.toml:4");
  ExpectRefused(
      "[[listener]]\naddr = \"127.0.0.1:1\"\nvpc = \"vpc-1\"\nvpce = \"vpce-1\"\n[[network]]\n"
      "vpc = \"vpc-2\"\nvpce = \"vpce-1\"",
      "basalt.toml:5");
  ExpectRefused("[[network]]\nvpce = \"vpce-1\"\npolicy = \"/p\"\n[[network]]\nvpce = \"vpce-1\"\npolicy = \"/q\"",
                "basalt.toml:4");
  ExpectRefused("[[listener]]\naddr = \"127.0.0.1:1\"\nproxy_protocol = \"yes\"", "basalt.toml:3");
  ExpectRefused("endpoint_header = \"X Vpce\"", "basalt.toml:1");
  ExpectRefused("endpoint_header = \"\"", "basalt.toml:1");
}

TEST(Configuration, NamesTheDialectOfValidationErrors) {
  for (const auto mode : {ServerMode::kDev, ServerMode::kServe}) {
    EXPECT_EQ(Parse("[compat]\nvalidation_dialect = \"classic\"", mode)->validation_dialect,
              operations::Dialect::kClassic);
    EXPECT_EQ(Parse("[compat]\nvalidation_dialect = \"2026\"", mode)->validation_dialect, operations::Dialect::k2026);
    EXPECT_FALSE(Parse("[compat]\n", mode)->validation_dialect.has_value());
  }
}

TEST(Configuration, AnEmptyFileSaysNothing) {
  for (const char* text : {"", "\n\n# only words\n", "[server]\n[log]\n[limits]\n"}) {
    const auto settings = Parse(text);
    ASSERT_TRUE(settings.ok()) << settings.error().text;
    EXPECT_FALSE(settings->data_dir.has_value());
    EXPECT_TRUE(settings->listen.empty());
  }
}

TEST(Configuration, NamesFileAndLineOfWhatIsWrong) {
  ExpectRefused("data_dri = \"/d\"", "basalt.toml:1");
  ExpectRefused("[server]\n\nregions = \"x\"", "basalt.toml:3");
  ExpectRefused("[server]\n[sse]\nsuite = \"x\"", "basalt.toml:2");
  ExpectRefused("[server.inner]\nx = 1", "basalt.toml:1");
  ExpectRefused("[log]\nlevel = \"loud\"", "basalt.toml:2");
  ExpectRefused("[log]\nlevel = 3", "basalt.toml:2");
  ExpectRefused("[compat]\nvalidation_dialect = \"2025\"", "basalt.toml:2");
  ExpectRefused("[compat]\nvalidation_dialect = 2026", "basalt.toml:2");
  ExpectRefused("[compat]\n\ndialect = \"2026\"", "basalt.toml:3");
  ExpectRefused("validation_dialect = \"classic\"", "basalt.toml:1");
  ExpectRefused("[server]\nloops = 0", "basalt.toml:2");
  ExpectRefused("[server]\nloops = -1", "basalt.toml:2");
  ExpectRefused("[server]\nloops = 1.5", "basalt.toml:2");
  ExpectRefused("[server]\nlisten = [1]", "basalt.toml:2");
  ExpectRefused("[server]\nlisten = [\"\"]", "basalt.toml:2");
  ExpectRefused("[server]\ndata_dir = \"\"", "basalt.toml:2");
  ExpectRefused("[server]\ndata_dir = \"a\\u0000b\"", "basalt.toml:2");
  ExpectRefused("data_dir = \"/d\"\n[server]\ndata_dir = \"/e\"", "basalt.toml:3");
  ExpectRefused("\n[[listener]]\naddr = \"127.0.0.1:1\"\ntls_cert = \"c\"", "basalt.toml:2");
  ExpectRefused("\n[[listener]]\naddr = \"127.0.0.1:1\"\ntls_key = \"k\"", "basalt.toml:2");
  ExpectRefused("[[listener]]\naddr = \"127.0.0.1:1\"\ntls_cert = 3\ntls_key = \"k\"", "basalt.toml:3");
  ExpectRefused("[[listener]]\naddr = \"127.0.0.1:1\"\ntls_cert = \"c\"\ntls_key = \"\"", "basalt.toml:4");
  ExpectRefused("[[listener]]\naddr = \"127.0.0.1:1\"\ntls_ca = \"c\"", "basalt.toml:3");
  ExpectRefused("[[listener]]\naddr = \"\"", "basalt.toml:2");
  ExpectRefused("[[listener]]\ntls_cert = \"c\"\ntls_key = \"k\"", "basalt.toml:1");
  ExpectRefused("[[listener]]\n", "basalt.toml:1");
  ExpectRefused("listener = 3", "basalt.toml:1");
  ExpectRefused("server = 3", "basalt.toml:1");
  ExpectRefused("[server]\nx = \n", "basalt.toml:2");
  ExpectRefused("[server\n", "basalt.toml:1");
  ExpectRefused("[server]\nloops = 1\nloops = 2", "basalt.toml:3");
  ExpectRefused("\"a\\nb\" = 1", "basalt.toml:1");
  ExpectRefused("\xff\xfe = 1", "basalt.toml:1");
}

TEST(Configuration, RefusesDeepNestingWithoutFalling) {
  ExpectRefused("x = " + std::string(100'000, '['), "basalt.toml:1");
}

TEST(Configuration, AFileThatIsNotThereIsRefused) {
  for (const char* path : {"/nonexistent/basalt.toml", "/tmp"}) {
    const auto settings = ReadConfiguration(path, ServerMode::kDev);
    ASSERT_FALSE(settings.ok());
    EXPECT_EQ(settings.error().reason, Reason::kInvalidArgument);
    EXPECT_NE(settings.error().text.find("; "), std::string::npos);
  }
}

TEST(Settings, FlagsWinOverTheFile) {
  ServerSettings flags;
  flags.regions = {"us-west-2"};
  flags.data_dir = "/flag";
  ServerSettings file;
  file.regions = {"us-east-1"};
  file.data_dir = "/file";
  file.in_memory = true;
  file.log_level = "debug";
  file.validation_dialect = operations::Dialect::k2026;
  Merge(flags, std::move(file));
  EXPECT_EQ(flags.regions, std::vector<std::string>{"us-west-2"});
  EXPECT_EQ(flags.data_dir, "/flag");
  EXPECT_FALSE(flags.in_memory.has_value());
  EXPECT_EQ(flags.log_level, "debug");
  EXPECT_EQ(flags.validation_dialect, operations::Dialect::k2026);
}

TEST(Settings, ProxyHeadersCanBeExpectedOfTrustedProxiesAlone) {
  ServerSettings settings;
  settings.in_memory = true;
  settings.listeners = {{.address = "127.0.0.1:1", .tls = std::nullopt, .proxy_protocol = true}};
  ServerSettings trusting = settings;
  const Status refused = Complete(settings);
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(refused.error().text.find("trusted_proxies"), std::string::npos);
  trusting.trusted_proxies = {"10.0.0.1"};
  EXPECT_TRUE(Complete(trusting).ok());
}

TEST(Settings, FlagsThatListenSilenceAllListenersOfTheFile) {
  ServerSettings flags;
  flags.listen = {"127.0.0.1:1"};
  ServerSettings file;
  file.listen = {"127.0.0.1:2"};
  file.listeners = {{"127.0.0.1:3", std::nullopt}};
  file.tls_cert = "/c";
  file.tls_key = "/k";
  Merge(flags, std::move(file));
  EXPECT_EQ(flags.listen, std::vector<std::string>{"127.0.0.1:1"});
  EXPECT_TRUE(flags.listeners.empty());
  EXPECT_EQ(flags.tls_cert, "/c");

  ServerSettings other;
  other.tls_cert = "/c2";
  ServerSettings pair;
  pair.tls_cert = "/c";
  pair.tls_key = "/k";
  Merge(other, std::move(pair));
  EXPECT_EQ(other.tls_cert, "/c2");
  EXPECT_FALSE(other.tls_key.has_value());  // never the key of another certificate
}

TEST(Settings, ACertificateServesEveryListenerThatNamesNone) {
  ServerSettings settings;
  settings.mode = ServerMode::kServe;
  settings.check_config = true;
  settings.listen = {"127.0.0.1:1"};
  settings.listeners = {{"127.0.0.1:2", std::nullopt}, {"127.0.0.1:3", TlsFiles{"/own", "/own.key"}}};
  ServerSettings clear = settings;
  ASSERT_TRUE(Complete(clear).ok());
  EXPECT_EQ(clear.listeners, (std::vector<ListenerSettings>{{"127.0.0.1:1", std::nullopt},
                                                            {"127.0.0.1:2", std::nullopt},
                                                            {"127.0.0.1:3", TlsFiles{"/own", "/own.key"}}}));
  settings.tls_cert = "/c";
  settings.tls_key = "/k";
  ASSERT_TRUE(Complete(settings).ok());
  EXPECT_EQ(settings.listeners, (std::vector<ListenerSettings>{{"127.0.0.1:1", TlsFiles{"/c", "/k"}},
                                                               {"127.0.0.1:2", TlsFiles{"/c", "/k"}},
                                                               {"127.0.0.1:3", TlsFiles{"/own", "/own.key"}}}));
}

TEST(Settings, DefaultsOfDev) {
  setenv("XDG_STATE_HOME", "/state", 1);
  ServerSettings settings;
  ASSERT_TRUE(Complete(settings).ok());
  EXPECT_EQ(settings.listeners, (std::vector<ListenerSettings>{{"127.0.0.1:8000", std::nullopt}}));
  EXPECT_EQ(settings.regions, std::vector<std::string>{"us-east-1"});
  EXPECT_EQ(settings.data_dir, "/state/basalt/data");
  EXPECT_EQ(settings.admin_socket, "/state/basalt/data/admin.sock");
  unsetenv("XDG_STATE_HOME");
  setenv("HOME", "/home/x", 1);
  EXPECT_EQ(*DefaultDataDirectory(), "/home/x/.local/state/basalt/data");

  ServerSettings memory;
  memory.in_memory = true;
  ASSERT_TRUE(Complete(memory).ok());
  EXPECT_FALSE(memory.data_dir.has_value());
  EXPECT_FALSE(memory.admin_socket.has_value());
}

TEST(Settings, RefusesWhatDoesNotFitTogether) {
  const auto refused = [](auto change, ServerMode mode = ServerMode::kDev) {
    ServerSettings settings;
    settings.mode = mode;
    settings.data_dir.emplace("/d");
    if (mode == ServerMode::kServe) {
      settings.root_key = "file:/k";
    }
    change(settings);
    const Status status = Complete(settings);
    EXPECT_FALSE(status.ok());
    if (!status.ok()) {
      EXPECT_EQ(status.error().reason, Reason::kInvalidArgument);
      EXPECT_NE(status.error().text.find("; "), std::string::npos) << status.error().text;
    }
  };
  for (const char* address : {"0.0.0.0:0", "[::]:0", "192.168.1.1:1", "example.com:80", "8000", "", ":", "127.0.0.1",
                              "127.0.0.1:65536", "127.0.0.1:x"}) {
    refused([&](ServerSettings& settings) { settings.listen = {address}; });
  }
  for (const char* region : {"", "US-EAST-1", "us_east_1", "-us", "us-", "us--east", "us east", "us,east"}) {
    refused([&](ServerSettings& settings) { settings.regions = {region}; });
  }
  refused([](ServerSettings& settings) { settings.regions = {"us-east-1", "us-east-1"}; });
  refused([](ServerSettings& settings) { settings.in_memory = true; });
  refused([](ServerSettings& settings) { settings.listen = {"127.0.0.1:1", "127.0.0.1:2"}; });
  refused([](ServerSettings& settings) { settings.root_key.reset(); }, ServerMode::kServe);
  refused([](ServerSettings& settings) { settings.data_dir.reset(); }, ServerMode::kServe);
  refused([](ServerSettings& settings) { settings.root_key = "vault:x"; }, ServerMode::kServe);
  refused([](ServerSettings& settings) { settings.tls_cert = "/c"; }, ServerMode::kServe);
  refused([](ServerSettings& settings) { settings.tls_key = "/k"; }, ServerMode::kServe);
}

TEST(Settings, AClockThatCanBeMovedIsForThisMachineAlone) {
  const auto completed = [](ServerMode mode, std::string_view address, bool tls) {
    ServerSettings settings;
    settings.mode = mode;
    settings.data_dir.emplace("/d");
    settings.root_key = "file:/k";
    settings.allow_remote = true;
    settings.test_clock = true;
    settings.listen = {"127.0.0.1:0"};
    if (mode == ServerMode::kServe) {
      settings.listen.emplace_back("[::1]:0");
      settings.listeners = {{std::string(address), tls ? std::optional(TlsFiles{"/c", "/k"}) : std::nullopt}};
    } else {
      settings.listen = {std::string(address)};
    }
    return Complete(settings);
  };
  EXPECT_TRUE(completed(ServerMode::kServe, "127.0.0.2:0", false).ok());
  const Status remote = completed(ServerMode::kServe, "0.0.0.0:8000", false);
  ASSERT_FALSE(remote.ok());
  EXPECT_EQ(remote.error().text,
            "serve would let its clock be moved while it listens on 0.0.0.0:8000, which others can reach; leave "
            "--test-clock out, or listen on 127.0.0.1 alone and without TLS");
  const Status secured = completed(ServerMode::kServe, "127.0.0.1:0", true);
  ASSERT_FALSE(secured.ok());
  EXPECT_EQ(secured.error().text,
            "serve would let its clock be moved while it listens on 127.0.0.1:0 with TLS; leave --test-clock out, or "
            "listen on 127.0.0.1 alone and without TLS");
  EXPECT_TRUE(completed(ServerMode::kDev, "0.0.0.0:8000", false).ok());
}

TEST(Settings, DevListensRemotelyOnlyWhenAllowed) {
  ServerSettings settings;
  settings.data_dir.emplace("/d");
  settings.listen = {"0.0.0.0:8000"};
  settings.allow_remote = true;
  EXPECT_TRUE(Complete(settings).ok());
  for (const char* address : {"127.0.0.1:0", "127.8.8.8:1", "[::1]:0", "localhost:0"}) {
    ServerSettings local;
    local.data_dir = "/d";
    local.listen = {address};
    EXPECT_TRUE(Complete(local).ok()) << address;
  }
}

TEST(Settings, CheckingAConfigurationNeedsNoDirectory) {
  ServerSettings settings;
  settings.mode = ServerMode::kServe;
  settings.check_config = true;
  EXPECT_TRUE(Complete(settings).ok());
}

TEST(Settings, DirectoriesBecomeAbsolute) {
  EXPECT_EQ(NormalizeDirectory("/a/b///"), "/a/b");
  EXPECT_EQ(NormalizeDirectory("/"), "/");
  EXPECT_EQ(NormalizeDirectory("x").front(), '/');
  EXPECT_EQ(NormalizeDirectory("./x"), NormalizeDirectory("x"));
  EXPECT_EQ(NormalizeDirectory("."), NormalizeDirectory("./"));
}

}  // namespace
}  // namespace basalt::main
