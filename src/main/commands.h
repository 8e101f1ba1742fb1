// The commands of the program. Each runs to its end and answers with the exit code: 0 done, 1 ran and failed, 2 refused
// before it began. What went wrong is one line on stderr, `basalt: WHAT; WHAT TO DO`.
#pragma once

#include <string_view>

#include "base/result.h"
#include "main/command_line.h"

namespace basalt::main {

inline constexpr int kExitDone = 0;
inline constexpr int kExitFailed = 1;
inline constexpr int kExitRefused = 2;

int RunServe(ServeCommand command);  // dev and serve
int RunInit(const InitCommand& command);
int RunAccount(const AccountCommand& command);
int RunClock(const ClockCommand& command);
int RunAudit(const AuditCommand& command);
int RunVerify(const VerifyCommand& command);
int RunAccess(const AccessCommand& command);
int RunPolicy(const PolicyCommand& command);

// Prints the line and hands `exit_code` back.
int Fail(const Error& error, int exit_code);
void Warn(std::string_view text);

}  // namespace basalt::main
