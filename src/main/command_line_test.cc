// Tests of the command line: what is accepted, and that everything else is refused in one line that says what to do.
#include "main/command_line.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace basalt::main {
namespace {

Result<Command> Parse(const std::vector<std::string>& arguments) { return ParseCommandLine(arguments); }

void ExpectRefused(const std::vector<std::string>& arguments) {
  std::string typed;
  for (const std::string& argument : arguments) {
    typed += argument + " ";
  }
  const auto command = Parse(arguments);
  ASSERT_FALSE(command.ok()) << typed;
  EXPECT_EQ(command.error().reason, Reason::kInvalidArgument) << typed;
  EXPECT_NE(command.error().text.find("; "), std::string::npos) << command.error().text;
  EXPECT_EQ(command.error().text.find('\n'), std::string::npos) << command.error().text;
}

ServerSettings SettingsOf(const std::vector<std::string>& arguments) {
  const auto command = Parse(arguments);
  EXPECT_TRUE(command.ok()) << command.error().text;
  return std::get<ServeCommand>(*command).settings;
}

TEST(CommandLine, DevTakesItsFlags) {
  const ServerSettings settings =
      SettingsOf({"dev",      "--listen",       "127.0.0.1:0", "--allow-remote", "--host-name",
                  "a",        "--host-name",    "b",           "--allow-origin", "http://x",
                  "--region", "us-east-1",      "--region",    "eu-west-1",      "--data-dir",
                  "/d",       "--admin-socket", "/s",          "--config",       "f"});
  EXPECT_EQ(settings.mode, ServerMode::kDev);
  EXPECT_EQ(settings.listen, std::vector<std::string>{"127.0.0.1:0"});
  EXPECT_TRUE(settings.allow_remote.value_or(false));
  EXPECT_EQ(settings.host_names, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(settings.allowed_origins, std::vector<std::string>{"http://x"});
  EXPECT_EQ(settings.regions, (std::vector<std::string>{"us-east-1", "eu-west-1"}));
  EXPECT_EQ(settings.data_dir, "/d");
  EXPECT_EQ(settings.admin_socket, "/s");
  EXPECT_EQ(settings.config_file, "f");
  EXPECT_FALSE(settings.in_memory.has_value());
  EXPECT_TRUE(SettingsOf({"dev", "--in-memory"}).in_memory.value_or(false));
  EXPECT_TRUE(SettingsOf({"dev"}).listen.empty());
}

TEST(CommandLine, ServeTakesItsFlags) {
  const ServerSettings settings =
      SettingsOf({"serve", "--data-dir=/d", "--root-key", "file:/k", "--listen", "127.0.0.1:1", "--listen", "[::1]:2",
                  "--region", "x", "--check-config", "--tls-cert", "c", "--tls-key", "k"});
  EXPECT_EQ(settings.mode, ServerMode::kServe);
  EXPECT_EQ(settings.tls_cert, "c");
  EXPECT_EQ(settings.tls_key, "k");
  EXPECT_EQ(settings.listen.size(), 2u);
  EXPECT_EQ(settings.root_key, "file:/k");
  EXPECT_TRUE(settings.check_config);
}

TEST(CommandLine, InitTakesAccountsInOneOrSeveralFlags) {
  for (const std::vector<std::string>& accounts :
       {std::vector<std::string>{"--account", "111122223333", "222233334444"},
        std::vector<std::string>{"--account", "111122223333", "--account", "222233334444"}}) {
    std::vector<std::string> arguments = {"init", "--data-dir", "/d/",    "--credentials-file",
                                          "c",    "--root-key", "file:/k"};
    arguments.insert(arguments.end(), accounts.begin(), accounts.end());
    const auto command = Parse(arguments);
    ASSERT_TRUE(command.ok()) << command.error().text;
    const auto& init = std::get<InitCommand>(*command);
    EXPECT_EQ(init.accounts, (std::vector<std::string>{"111122223333", "222233334444"}));
    EXPECT_EQ(init.data_dir, "/d");
  }
}

TEST(CommandLine, AccountCommands) {
  const auto create = Parse({"account", "create", "111122223333", "--credentials-file", "c", "--data-dir", "/d"});
  ASSERT_TRUE(create.ok()) << create.error().text;
  EXPECT_EQ(std::get<AccountCommand>(*create).action, AccountCommand::Action::kCreate);
  EXPECT_EQ(std::get<AccountCommand>(*create).account_id, "111122223333");
  const auto reset = Parse({"account", "reset-root", "111122223333", "--credentials-file", "c", "--admin-socket", "s"});
  ASSERT_TRUE(reset.ok());
  EXPECT_EQ(std::get<AccountCommand>(*reset).action, AccountCommand::Action::kResetRoot);
  EXPECT_EQ(std::get<AccountCommand>(*reset).admin_socket, "s");
  setenv("XDG_STATE_HOME", "/state/", 1);
  const auto list = Parse({"account", "list"});
  ASSERT_TRUE(list.ok());
  EXPECT_EQ(std::get<AccountCommand>(*list).data_dir, "/state/basalt/data");
  unsetenv("XDG_STATE_HOME");
}

TEST(CommandLine, TheClockIsAdvancedByADuration) {
  const auto advance = Parse({"clock", "advance", "7d", "--data-dir", "/d/"});
  ASSERT_TRUE(advance.ok()) << advance.error().text;
  EXPECT_EQ(std::get<ClockCommand>(*advance).duration_ms, 604'800'000);
  EXPECT_EQ(std::get<ClockCommand>(*advance).data_dir, "/d");
  const auto elsewhere = Parse({"clock", "advance", "--admin-socket", "s", "10ms"});
  ASSERT_TRUE(elsewhere.ok());
  EXPECT_EQ(std::get<ClockCommand>(*elsewhere).duration_ms, 10);
  EXPECT_EQ(std::get<ClockCommand>(*elsewhere).admin_socket, "s");
  EXPECT_TRUE(SettingsOf({"dev", "--test-clock"}).test_clock.value_or(false));
  EXPECT_TRUE(SettingsOf({"serve", "--test-clock"}).test_clock.value_or(false));
  EXPECT_FALSE(SettingsOf({"serve"}).test_clock.has_value());
}

TEST(CommandLine, TheAuditLogIsReadFromATimeToATime) {
  const auto audit = Parse(
      {"audit", "--since", "2026-11-22", "--until", "90s", "--account", "111111111111", "--json", "--data-dir", "/d"});
  ASSERT_TRUE(audit.ok()) << audit.error().text;
  const auto& command = std::get<AuditCommand>(*audit);
  EXPECT_FALSE(command.since->is_ago);
  EXPECT_TRUE(command.until->is_ago);
  EXPECT_EQ(command.until->ms, 90'000);
  EXPECT_EQ(command.account_id, "111111111111");
  EXPECT_TRUE(command.json);
  EXPECT_EQ(command.data_dir, "/d");
  const auto all = Parse({"audit", "--admin-socket", "s"});
  ASSERT_TRUE(all.ok());
  EXPECT_FALSE(std::get<AuditCommand>(*all).since || std::get<AuditCommand>(*all).until);
}

TEST(CommandLine, VerifyAndVersion) {
  const auto verify = Parse({"verify", "--data-dir", "/d", "--json", "--root-key", "file:/k"});
  ASSERT_TRUE(verify.ok());
  EXPECT_TRUE(std::get<VerifyCommand>(*verify).json);
  const auto version = Parse({"version"});
  const auto flag = Parse({"--version"});
  ASSERT_TRUE(version.ok() && flag.ok());
  EXPECT_EQ(std::get<PrintCommand>(*version).text, std::get<PrintCommand>(*flag).text);
  // Nothing more: a build that does not encrypt its files says so here.
  EXPECT_EQ(std::get<PrintCommand>(*version).text, "basalt " BASALT_VERSION "\n");
}

TEST(CommandLine, AccessReportTakesATable) {
  const auto report =
      Parse({"access", "report", "arn:aws:dynamodb:us-east-1:111122223333:table/T", "--json", "--admin-socket", "s"});
  ASSERT_TRUE(report.ok());
  const auto& command = std::get<AccessCommand>(*report);
  EXPECT_EQ(command.table, "arn:aws:dynamodb:us-east-1:111122223333:table/T");
  EXPECT_TRUE(command.json);
  EXPECT_EQ(command.admin_socket, "s");
}

TEST(CommandLine, PolicyLintTakesAFileAndAKind) {
  const auto lint = Parse({"policy", "lint", "p.json"});
  ASSERT_TRUE(lint.ok());
  EXPECT_EQ(std::get<PolicyCommand>(*lint).file, "p.json");
  EXPECT_FALSE(std::get<PolicyCommand>(*lint).kind.has_value());
  const auto endpoint = Parse({"policy", "lint", "--kind", "endpoint", "p.json"});
  ASSERT_TRUE(endpoint.ok());
  EXPECT_EQ(std::get<PolicyCommand>(*endpoint).kind, policy::DocumentKind::kEndpoint);
}

TEST(CommandLine, EveryCommandHasHelp) {
  for (const std::vector<std::string>& arguments :
       std::vector<std::vector<std::string>>{{"--help"},
                                             {"dev", "--help"},
                                             {"serve", "--help"},
                                             {"init", "--help"},
                                             {"account", "--help"},
                                             {"account", "create", "--help"},
                                             {"account", "list", "--help"},
                                             {"account", "reset-root", "--help"},
                                             {"clock", "--help"},
                                             {"clock", "advance", "--help"},
                                             {"audit", "--help"},
                                             {"verify", "--help"},
                                             {"access", "--help"},
                                             {"access", "report", "--help"},
                                             {"policy", "--help"},
                                             {"policy", "lint", "--help"},
                                             {"version", "--help"}}) {
    const auto command = Parse(arguments);
    ASSERT_TRUE(command.ok()) << arguments[0] << ": " << command.error().text;
    const std::string& text = std::get<PrintCommand>(*command).text;
    EXPECT_NE(text.find("--help"), std::string::npos);
    for (const std::string& word : arguments) {
      if (word != "--help") {
        EXPECT_NE(text.find(word), std::string::npos) << text;
      }
    }
  }
}

TEST(CommandLine, RefusesWhatIsNotThere) {
  const std::vector<std::vector<std::string>> refused = {
      {},
      {"nonsense"},
      {"--nonsense"},
      {"dev", "extra"},
      {"dev", "--listen"},
      {"dev", "--listen", "127.0.0.1:1", "--listen", "127.0.0.1:2"},
      {"dev", "--in-memory", "--data-dir", "/d"},
      {"dev", "--root-key", "file:/k"},
      {"dev", "--test-clock=x"},
      {"dev", "--allow-remote=x"},
      {"serve", "--check-config=x"},
      {"dev", "--replication-delay-ms", "1"},
      {"dev", "--bucket-root", "/b"},
      {"serve", "--allow-remote"},
      {"serve", "--in-memory"},
      {"serve", "--tls-cert"},
      {"dev", "--tls-cert", "c", "--tls-key", "k"},
      {"serve", "--peer-cert", "c"},
      {"serve", "--peer", "x=y"},
      {"serve", "--engine", "rocks"},
      {"serve", "--anchor", "a"},
      {"init"},
      {"init", "--data-dir", "/d", "--account", "1", "--credentials-file", "c", "--root-key", "file:/k"},
      {"init", "--data-dir", "/d", "--account", "111122223333", "111122223333", "--credentials-file", "c", "--root-key",
       "file:/k"},
      {"init", "--data-dir", "/d", "--account", "111122223333", "--credentials-file", "c", "--root-key", "pkcs11:x"},
      {"init", "--data-dir", "/d", "--account", "111122223333", "--credentials-file", "c"},
      {"init", "--data-dir", "/d", "--join", "--root-key", "file:/k"},
      {"account"},
      {"account", "create"},
      {"account", "create", "111122223333"},
      {"account", "create", "12", "--credentials-file", "c"},
      {"account", "list", "111122223333"},
      {"account", "list", "--data-dir", "/d", "--admin-socket", "/s"},
      {"account", "delete", "111122223333"},
      {"verify"},
      {"verify", "--data-dir", "/d", "--root-key", "vault:http://x"},
      {"access"},
      {"access", "report"},
      {"access", "report", ""},
      {"access", "report", "T", "--data-dir", "/d", "--admin-socket", "/s"},
      {"policy"},
      {"policy", "lint"},
      {"policy", "lint", ""},
      {"policy", "lint", "a", "b"},
      {"policy", "lint", "a", "--kind", "bucket"},
      {"policy", "apply", "a"},
      {"region", "status"},
      {"keys", "report"},
      {"backup", "--to", "/b"},
      {"audit", "--since", "yesterday"},
      {"audit", "--until", "2026-13-01"},
      {"audit", "--account", "1"},
      {"audit", "--since"},
      {"clock"},
      {"clock", "advance"},
      {"clock", "back", "1d"},
      {"clock", "advance", "1d", "1d"},
      {"clock", "advance", "tomorrow"},
      {"clock", "advance", "0d"},
      {"clock", "advance", "-1d"},
      {"clock", "advance", "36501d"},
      {"clock", "advance", "1d", "--data-dir", "/d", "--admin-socket", "/s"},
      {"top"},
      {std::string("dev\0", 4)},
      {"dev", "--listen\nx", "y"},
  };
  for (const auto& arguments : refused) {
    ExpectRefused(arguments);
  }
}

TEST(CommandLine, SaysWhichWordIsWrong) {
  const auto refusal = [](const std::vector<std::string>& arguments) {
    return ParseCommandLine(arguments).error().text;
  };
  EXPECT_EQ(refusal({"bogus"}), "\"bogus\" is not a command; see basalt --help");
  EXPECT_EQ(refusal({"serve", "--peer-cert", "x"}), "the flag --peer-cert is not known; see basalt serve --help");
  EXPECT_EQ(refusal({"dev", "--data-dir", "--in-memory"}), "--data-dir needs a value; give --data-dir DIR");
  EXPECT_EQ(refusal({"dev", "--listen", "--region", "x"}), "--listen needs a value; give --listen HOST:PORT");
  EXPECT_EQ(refusal({"serve", "--data-dir"}), "--data-dir needs a value; give --data-dir DIR");
}

TEST(CommandLine, OneLineHasNoControlCharacters) {
  EXPECT_EQ(OneLine("a\nb\tc\x7f"
                    "d\n"),
            "a b c d");
  EXPECT_EQ(OneLine(""), "");
}

}  // namespace
}  // namespace basalt::main
