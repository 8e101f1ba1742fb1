// The command line: what was asked for, parsed and checked. Nothing is opened, read or changed here.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "main/moment.h"
#include "main/settings.h"
#include "policy/document.h"

namespace basalt::main {

struct ServeCommand {
  ServerSettings settings;  // as the flags say; the file and the defaults are not in it yet
};

struct InitCommand {
  std::string data_dir;
  std::vector<std::string> accounts;
  std::string credentials_file;
  std::string root_key;
};

// The running server that a command speaks to.
struct ServerChoice {
  std::string data_dir;  // one of these two is set
  std::string admin_socket;
};

struct AccountCommand : ServerChoice {
  enum class Action { kCreate, kList, kResetRoot };

  Action action = Action::kList;
  std::string account_id;        // not for kList
  std::string credentials_file;  // not for kList
};

struct ClockCommand : ServerChoice {
  int64_t duration_ms = 0;  // by which the clock is to be moved forward
};

struct AuditCommand : ServerChoice {
  std::optional<Moment> since;
  std::optional<Moment> until;
  std::string account_id;  // empty: any
  bool json = false;
};

struct VerifyCommand {
  std::string data_dir;
  std::string root_key;  // empty: the file beside the directory
  bool json = false;
};

struct AccessCommand : ServerChoice {
  std::string table;  // its ARN, or its name
  bool json = false;
};

struct PolicyCommand {
  std::string file;
  std::optional<policy::DocumentKind> kind;  // not said: as the file looks
};

// --help and --version: nothing to do but print this.
struct PrintCommand {
  std::string text;
};

using Command = std::variant<ServeCommand, InitCommand, AccountCommand, ClockCommand, AuditCommand, VerifyCommand,
                             AccessCommand, PolicyCommand, PrintCommand>;

// `arguments` without the program's name. kInvalidArgument, one line `WHAT; WHAT TO DO`.
Result<Command> ParseCommandLine(std::span<const std::string> arguments);

std::string VersionText();  // "basalt 1.2.3"; a build without encryption says so

// In one line: control characters become spaces.
std::string OneLine(std::string_view text);

}  // namespace basalt::main
