// The program: parses the command line and runs one command.
#include <pthread.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): POSIX names

#include <cstdio>
#include <string>
#include <variant>
#include <vector>

#include "base/check.h"
#include "crypto/aead.h"
#include "crypto/openssl_memory.h"
#include "main/command_line.h"
#include "main/commands.h"

// Read by jemalloc as it starts. Without threads of its own it gives memory back to the system only while the program
// allocates, so that a server would keep all it ever needed once it has nothing to do.
extern "C" const char* malloc_conf;
const char* malloc_conf = "background_thread:true";

namespace basalt::main {
namespace {

struct Run {
  int operator()(ServeCommand& command) const { return RunServe(std::move(command)); }
  int operator()(const InitCommand& command) const { return RunInit(command); }
  int operator()(const AccountCommand& command) const { return RunAccount(command); }
  int operator()(const ClockCommand& command) const { return RunClock(command); }
  int operator()(const AuditCommand& command) const { return RunAudit(command); }
  int operator()(const VerifyCommand& command) const { return RunVerify(command); }
  int operator()(const AccessCommand& command) const { return RunAccess(command); }
  int operator()(const PolicyCommand& command) const { return RunPolicy(command); }
  int operator()(const PrintCommand& command) const {
    std::fputs(command.text.c_str(), stdout);
    return std::fflush(stdout) == 0 ? kExitDone : kExitFailed;
  }
};

int Main(int argument_count, char** argument_values) {
  BASALT_CHECK(crypto::TakeOverOpensslMemory());
  std::vector<std::string> arguments;
  for (int i = 1; i < argument_count; ++i) {
    arguments.emplace_back(argument_values[i]);
  }
  signal(SIGPIPE, SIG_IGN);  // a reader that went away is an error of that write, not our end
  Result<Command> command = ParseCommandLine(arguments);
  if (!command.ok()) {
    return Fail(command.error(), kExitRefused);
  }
  if (!std::holds_alternative<PrintCommand>(*command)) {
    if (const Status tested = crypto::SelfTest(); !tested.ok()) {
      return Fail(tested.error(), kExitRefused);
    }
  }
  return std::visit(Run(), *command);
}

}  // namespace
}  // namespace basalt::main

int main(int argument_count, char** argument_values) { return basalt::main::Main(argument_count, argument_values); }
