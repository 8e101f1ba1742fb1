// Parses the command line. CLI11 stays in this file; its exceptions stop here.
#include "main/command_line.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "keys/root_key.h"
#include "main/duration.h"
#include "model/arn.h"
#include "policy/review.h"
#include "sealed/plaintext_file.h"

namespace basalt::main {
namespace {

Error Refused(std::string what, std::string_view what_to_do) {
  what.append("; ").append(what_to_do);
  return Error(Reason::kInvalidArgument, std::move(what));
}

// Flags whose presence is told from their absence.
template <class T>
CLI::Option* AddOptional(CLI::App& app, const std::string& name, std::optional<T>& target, const std::string& help) {
  return app.add_option_function<T>(
      name, [&target](const T& value) { target = value; }, help);
}

CLI::Option* AddRepeated(CLI::App& app, const std::string& name, std::vector<std::string>& target,
                         const std::string& help) {
  return app.add_option(name, target, help)->allow_extra_args(false)->take_all();
}

void AddFlag(CLI::App& app, const std::string& name, std::optional<bool>& target, const std::string& help) {
  app.add_flag_function(
      name, [&target](int64_t) { target = true; }, help);
}

struct Parsed {
  ServerSettings dev;
  ServerSettings serve;
  InitCommand init;
  AccountCommand account;
  ClockCommand clock;
  std::string duration;  // of the clock's
  AuditCommand audit;
  std::string since;  // of the audit log's
  std::string until;
  VerifyCommand verify;
  AccessCommand access;
  PolicyCommand policy;
  std::string policy_kind;
};

void DescribeDev(CLI::App& app, ServerSettings& settings) {
  settings.mode = ServerMode::kDev;
  AddRepeated(app, "--listen", settings.listen, "Where to listen (default 127.0.0.1:8000; port 0: any free one)")
      ->type_name("HOST:PORT");
  AddFlag(app, "--allow-remote", settings.allow_remote, "Allow --listen on an address that others can reach");
  AddRepeated(app, "--host-name", settings.host_names, "A name clients may use for this server; may repeat")
      ->type_name("NAME");
  AddRepeated(app, "--allow-origin", settings.allowed_origins, "An Origin browsers may send; may repeat")
      ->type_name("ORIGIN");
  AddRepeated(app, "--region", settings.regions, "A region served here; may repeat (default us-east-1)")
      ->type_name("REGION");
  CLI::Option* data_dir =
      AddOptional(app, "--data-dir", settings.data_dir, "Where the data lies (default ~/.local/state/basalt/data)")
          ->type_name("DIR");
  app.add_flag_function(
         "--in-memory", [&settings](int64_t) { settings.in_memory = true; },
         "Keep everything in memory; gone when the server stops")
      ->excludes(data_dir);
  AddOptional(app, "--admin-socket", settings.admin_socket, "The operator's socket (default DIR/admin.sock)")
      ->type_name("PATH");
  AddFlag(app, "--test-clock", settings.test_clock, "Let basalt clock advance move the service's clock, for tests");
  app.add_option("--config", settings.config_file, "A configuration file; flags win over it")->type_name("FILE");
}

void DescribeServe(CLI::App& app, ServerSettings& settings) {
  settings.mode = ServerMode::kServe;
  AddOptional(app, "--data-dir", settings.data_dir, "Where the data lies; made by basalt init")->type_name("DIR");
  AddOptional(app, "--root-key", settings.root_key, "file:PATH, env-fd:N or credential:NAME")->type_name("PROVIDER");
  AddRepeated(app, "--listen", settings.listen, "Where to listen; may repeat (default 127.0.0.1:8000)")
      ->type_name("HOST:PORT");
  AddOptional(app, "--tls-cert", settings.tls_cert, "Speak TLS with this certificate chain, in PEM")->type_name("FILE");
  AddOptional(app, "--tls-key", settings.tls_key, "The certificate's key, in PEM")->type_name("FILE");
  AddRepeated(app, "--region", settings.regions, "A region served here; may repeat (default us-east-1)")
      ->type_name("REGION");
  AddOptional(app, "--admin-socket", settings.admin_socket, "The operator's socket (default DIR/admin.sock)")
      ->type_name("PATH");
  AddFlag(app, "--test-clock", settings.test_clock, "Let basalt clock advance move the service's clock, for tests");
  app.add_option("--config", settings.config_file, "A configuration file; flags win over it")->type_name("FILE");
  app.add_flag("--check-config", settings.check_config, "Check flags and configuration file, and exit");
}

void DescribeInit(CLI::App& app, InitCommand& init) {
  app.add_option("--data-dir", init.data_dir, "The directory to make; it must not exist")->type_name("DIR")->required();
  app.add_option("--account", init.accounts, "Accounts to make: 12 digits; several, or repeated")
      ->type_name("ID")
      ->required();
  app.add_option("--credentials-file", init.credentials_file, "Where to write their root keys; it must not exist")
      ->type_name("FILE")
      ->required();
  app.add_option("--root-key", init.root_key, "file:PATH (made if absent), env-fd:N or credential:NAME")
      ->type_name("PROVIDER")
      ->required();
}

void AddServerChoice(CLI::App& app, ServerChoice& server) {
  CLI::Option* data_dir =
      app.add_option("--data-dir", server.data_dir, "Directory of the running server (default: that of dev)")
          ->type_name("DIR");
  app.add_option("--admin-socket", server.admin_socket, "Socket of the running server")
      ->type_name("PATH")
      ->excludes(data_dir);
}

constexpr char kServerChoiceFooter[] =
    "Each of them takes --data-dir DIR or --admin-socket PATH, which name the running server.";

void DescribeAccount(CLI::App& app, AccountCommand& account) {
  app.require_subcommand(1);
  app.footer(kServerChoiceFooter);
  CLI::App* create = app.add_subcommand("create", "Make an account with a root access key");
  CLI::App* list = app.add_subcommand("list", "List the accounts");
  CLI::App* reset_root = app.add_subcommand("reset-root", "Replace the root access keys of an account by a new one");
  for (CLI::App* change : {create, reset_root}) {
    change->add_option("ID", account.account_id, "The account: 12 digits")->required();
    change
        ->add_option("--credentials-file", account.credentials_file,
                     "AWS credentials file that gets the key, as profile ID")
        ->type_name("FILE")
        ->required();
  }
  for (CLI::App* command : {create, list, reset_root}) {
    AddServerChoice(*command, account);
  }
  create->callback([&account] { account.action = AccountCommand::Action::kCreate; });
  list->callback([&account] { account.action = AccountCommand::Action::kList; });
  reset_root->callback([&account] { account.action = AccountCommand::Action::kResetRoot; });
}

void DescribeClock(CLI::App& app, ClockCommand& clock, std::string& duration) {
  app.require_subcommand(1);
  app.footer(kServerChoiceFooter);
  CLI::App* advance = app.add_subcommand("advance", "Move it forward, and let everything that is due then be done");
  advance->add_option("DURATION", duration, "By how much, such as 7d, 36h, 10m, 90s or 500ms")->required();
  AddServerChoice(*advance, clock);
}

void DescribeAudit(CLI::App& app, Parsed& parsed) {
  constexpr char kForm[] = "TIME";
  app.footer("TIME is a time in UTC, 2026-11-22T08:15:00Z or 2026-11-22, or how long ago: 7d, 36h, 10m, 90s.");
  app.add_option("--since", parsed.since, "Only what was completed from then on")->type_name(kForm);
  app.add_option("--until", parsed.until, "Only what was completed before")->type_name(kForm);
  app.add_option("--account", parsed.audit.account_id, "Only the records of this account")->type_name("ID");
  app.add_flag("--json", parsed.audit.json, "Print whole records, one JSON object a line");
  AddServerChoice(app, parsed.audit);
}

void DescribeVerify(CLI::App& app, VerifyCommand& verify) {
  app.add_option("--data-dir", verify.data_dir, "The directory of a stopped server, or a copy")
      ->type_name("DIR")
      ->required();
  app.add_option("--root-key", verify.root_key, "Its root key (default file:DIR.root-key)")->type_name("PROVIDER");
  app.add_flag("--json", verify.json, "Print one JSON array of {table, path, ok, reason}");
}

void DescribeAccess(CLI::App& app, AccessCommand& access) {
  app.require_subcommand(1);
  app.footer(kServerChoiceFooter);
  CLI::App* report = app.add_subcommand("report", "Say who can reach a table, by its policies");
  report->add_option("TABLE", access.table, "The table: its ARN, or its name if no other has it")->required();
  report->add_flag("--json", access.json, "Print it as JSON");
  AddServerChoice(*report, access);
}

void DescribePolicy(CLI::App& app, PolicyCommand& policy, std::string& kind) {
  app.require_subcommand(1);
  CLI::App* lint = app.add_subcommand("lint", "Say what is wrong with a policy in a file, or may not be meant");
  lint->add_option("FILE", policy.file, "The policy, in JSON")->required();
  lint->add_option("--kind", kind,
                   "What it is for: identity, boundary, session, service-control, resource-control, table, stream, "
                   "trust, key or endpoint (default: as it looks)")
      ->type_name("KIND");
}

// The deepest command named, as it is typed: "basalt account create".
std::string TypedCommand(const CLI::App& app) {
  const CLI::App* at = &app;
  std::string typed = "basalt";
  while (!at->get_subcommands().empty()) {
    at = at->get_subcommands().front();
    typed += " " + at->get_name();
  }
  return typed;
}

Status CheckAccountId(const std::string& id) {
  if (!model::IsAccountId(id)) {
    return Refused("\"" + id + "\" is not an account id", "use twelve digits");
  }
  return {};
}

Result<Command> Finish(InitCommand init) {
  std::vector<std::string> sorted = init.accounts;
  std::sort(sorted.begin(), sorted.end());
  if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end()) {
    return Refused("an account is given twice", "name each account once");
  }
  for (const std::string& id : init.accounts) {
    TRY(CheckAccountId(id));
  }
  TRY(keys::RootKeyProvider::Parse(init.root_key));
  if (init.data_dir.empty() || init.credentials_file.empty()) {
    return Refused("the data directory and the credentials file need names", "see basalt init --help");
  }
  init.data_dir = NormalizeDirectory(init.data_dir);
  return Command(std::move(init));
}

Status CompleteServerChoice(ServerChoice& server) {
  if (server.admin_socket.empty()) {
    if (server.data_dir.empty()) {
      TRY_ASSIGN(server.data_dir, DefaultDataDirectory());
    }
    server.data_dir = NormalizeDirectory(server.data_dir);
  }
  return {};
}

Result<Command> Finish(AccountCommand account) {
  if (account.action != AccountCommand::Action::kList) {
    TRY(CheckAccountId(account.account_id));
    if (account.credentials_file.empty()) {
      return Refused("the credentials file needs a name", "give --credentials-file FILE");
    }
  }
  TRY(CompleteServerChoice(account));
  return Command(std::move(account));
}

Result<Command> Finish(ClockCommand clock, const std::string& duration) {
  const std::optional<int64_t> duration_ms = ParseDuration(duration);
  if (!duration_ms) {
    return Refused("\"" + OneLine(duration) + "\" is not a duration to move a clock by",
                   "give a whole number and ms, s, m, h or d, up to 36500d");
  }
  clock.duration_ms = *duration_ms;
  TRY(CompleteServerChoice(clock));
  return Command(std::move(clock));
}

Result<std::optional<Moment>> ReadMoment(const std::string& text) {
  if (text.empty()) {
    return std::optional<Moment>();
  }
  const std::optional<Moment> moment = ParseMoment(text);
  if (!moment) {
    return Refused("\"" + OneLine(text) + "\" is no time",
                   "give 2026-11-22T08:15:00Z, 2026-11-22, or how long ago: 7d");
  }
  return moment;
}

Result<Command> Finish(AuditCommand audit, const std::string& since, const std::string& until) {
  TRY_ASSIGN(audit.since, ReadMoment(since));
  TRY_ASSIGN(audit.until, ReadMoment(until));
  if (!audit.account_id.empty()) {
    TRY(CheckAccountId(audit.account_id));
  }
  TRY(CompleteServerChoice(audit));
  return Command(std::move(audit));
}

Result<Command> Finish(VerifyCommand verify) {
  if (verify.data_dir.empty()) {
    return Refused("the data directory needs a name", "give --data-dir DIR");
  }
  verify.data_dir = NormalizeDirectory(verify.data_dir);
  if (!verify.root_key.empty()) {
    TRY(keys::RootKeyProvider::Parse(verify.root_key));
  }
  return Command(std::move(verify));
}

Result<Command> Finish(AccessCommand access) {
  if (access.table.empty()) {
    return Refused("the table needs a name", "give basalt access report TABLE-ARN");
  }
  TRY(CompleteServerChoice(access));
  return Command(std::move(access));
}

Result<Command> Finish(PolicyCommand policy, const std::string& kind) {
  if (policy.file.empty()) {
    return Refused("the policy's file needs a name", "give basalt policy lint FILE");
  }
  if (!kind.empty()) {
    policy.kind = basalt::policy::KindNamed(kind);
    if (!policy.kind) {
      return Refused("\"" + OneLine(kind) + "\" is no kind of policy", "see basalt policy lint --help");
    }
  }
  return Command(std::move(policy));
}

// The flag of that name anywhere below `app`; null if there is none.
const CLI::Option* FindFlag(const CLI::App& app, const std::string& name) {
  if (const CLI::Option* option = app.get_option_no_throw(name)) {
    return option;
  }
  for (const CLI::App* command : app.get_subcommands({})) {
    if (const CLI::Option* option = FindFlag(*command, name)) {
      return option;
    }
  }
  return nullptr;
}

// Mistakes CLI11 would not see or not say well: a command or flag that does not exist, a flag where a value belongs.
Status CheckWords(const CLI::App& app, std::span<const std::string> arguments) {
  const auto commands = app.get_subcommands({});
  const auto is_named = [&](const CLI::App* command) { return command->get_name() == arguments[0]; };
  if (!arguments.empty() && !arguments[0].starts_with('-') &&
      std::none_of(commands.begin(), commands.end(), is_named)) {
    return Refused("\"" + OneLine(arguments[0]) + "\" is not a command", "see basalt --help");
  }
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (!arguments[i].starts_with("--") || arguments[i].size() == 2) {
      continue;
    }
    const std::string name = arguments[i].substr(0, arguments[i].find('='));
    const CLI::Option* flag = FindFlag(app, name);
    if (flag == nullptr) {
      return Refused("the flag " + OneLine(name) + " is not known", "see basalt " + arguments[0] + " --help");
    }
    const bool takes_value = flag->get_items_expected_min() > 0 && name == arguments[i];
    if (takes_value && (i + 1 == arguments.size() || arguments[i + 1].starts_with("--"))) {
      return Refused(name + " needs a value", "give " + name + " " + flag->get_type_name());
    }
  }
  return {};
}

Result<Command> Parse(CLI::App& app, Parsed& parsed, std::span<const std::string> arguments) {
  app.require_subcommand(1);
  app.set_version_flag("--version", VersionText(), "Print the version and exit");
  CLI::App* dev = app.add_subcommand("dev", "Serve for development: any credentials, nothing to set up");
  CLI::App* serve = app.add_subcommand("serve", "Serve with signatures checked");
  CLI::App* init = app.add_subcommand("init", "Make a data directory with its accounts");
  CLI::App* account = app.add_subcommand("account", "Accounts of a running server");
  CLI::App* clock = app.add_subcommand("clock", "The clock of a running server that was started with --test-clock");
  CLI::App* audit = app.add_subcommand("audit", "Print who did what, from the audit log of a running server");
  CLI::App* verify = app.add_subcommand("verify", "Check every byte of a stopped data directory; writes nothing");
  CLI::App* access = app.add_subcommand("access", "Who can reach what a running server has");
  CLI::App* policy = app.add_subcommand("policy", "Policies in files");
  CLI::App* version = app.add_subcommand("version", "Print the version");
  DescribeDev(*dev, parsed.dev);
  DescribeServe(*serve, parsed.serve);
  DescribeInit(*init, parsed.init);
  DescribeAccount(*account, parsed.account);
  DescribeClock(*clock, parsed.clock, parsed.duration);
  DescribeAudit(*audit, parsed);
  DescribeVerify(*verify, parsed.verify);
  DescribeAccess(*access, parsed.access);
  DescribePolicy(*policy, parsed.policy, parsed.policy_kind);
  TRY(CheckWords(app, arguments));
  try {
    // CLI11 takes the arguments from the back.
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::CallForHelp&) {
    return Command(PrintCommand{app.help()});
  } catch (const CLI::CallForVersion&) {
    return Command(PrintCommand{VersionText() + "\n"});
  } catch (const CLI::ParseError& error) {
    return Refused(OneLine(error.what()), "see " + TypedCommand(app) + " --help");
  } catch (const std::invalid_argument&) {  // how CLI11 says of a flag that what stands behind its = is no truth value
    return Refused("a flag is given a value that it does not take", "see " + TypedCommand(app) + " --help");
  }
  if (dev->parsed()) {
    if (parsed.dev.listen.size() > 1) {
      return Refused("dev has one listener and --listen is given more than once", "give --listen once");
    }
    return Command(ServeCommand{std::move(parsed.dev)});
  }
  if (serve->parsed()) {
    return Command(ServeCommand{std::move(parsed.serve)});
  }
  if (init->parsed()) {
    return Finish(std::move(parsed.init));
  }
  if (account->parsed()) {
    return Finish(std::move(parsed.account));
  }
  if (clock->parsed()) {
    return Finish(std::move(parsed.clock), parsed.duration);
  }
  if (audit->parsed()) {
    return Finish(std::move(parsed.audit), parsed.since, parsed.until);
  }
  if (verify->parsed()) {
    return Finish(std::move(parsed.verify));
  }
  if (access->parsed()) {
    return Finish(std::move(parsed.access));
  }
  if (policy->parsed()) {
    return Finish(std::move(parsed.policy), parsed.policy_kind);
  }
  BASALT_CHECK(version->parsed());
  return Command(PrintCommand{VersionText() + "\n"});
}

}  // namespace

Result<Command> ParseCommandLine(std::span<const std::string> arguments) {
  for (const std::string& argument : arguments) {
    if (argument.find('\0') != std::string::npos) {
      return Refused("an argument holds a zero byte", "remove it");
    }
  }
  try {
    Parsed parsed;
    CLI::App app("Basalt: a self-hosted database that speaks the DynamoDB API.", "basalt");
    return Parse(app, parsed, arguments);
  } catch (const CLI::Error& error) {
    return Error(Reason::kInternal, OneLine(error.what()));
  }
}

std::string VersionText() {
  return std::string("basalt " BASALT_VERSION) + (sealed::kFilesArePlaintext ? ", FILES ARE NOT ENCRYPTED" : "");
}

std::string OneLine(std::string_view text) {
  std::string line;
  line.reserve(text.size());
  for (const char character : text) {
    const auto byte = static_cast<unsigned char>(character);
    line += byte < 0x20 || byte == 0x7f ? ' ' : character;
  }
  while (!line.empty() && line.back() == ' ') {
    line.pop_back();
  }
  return line;
}

}  // namespace basalt::main
