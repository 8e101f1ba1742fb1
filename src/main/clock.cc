// basalt clock: moves the clock of a running server forward, through its admin socket.
#include <cstdio>

#include "json/writer.h"
#include "main/admin_client.h"
#include "main/commands.h"

namespace basalt::main {
namespace {

constexpr int kTimeoutS = 24 * 3600;  // chores run before the answer, however much is due

std::string_view AdviceFor(int status) {
  return status == 403 ? "run this command as that user" : "see the server's log";
}

}  // namespace

int RunClock(const ClockCommand& command) {
  std::string body;
  json::Writer writer(body);
  writer.BeginObject();
  writer.Key("duration_ms");
  writer.Integer(command.duration_ms);
  writer.EndObject();
  Arena arena;
  const Result<json::Node> answer = AskServer(command, "/clock/advance", body, AdviceFor, arena, kTimeoutS);
  if (!answer.ok()) {
    return Fail(answer.error(), kExitFailed);
  }
  const std::string time = TextOf(*answer, "time");
  std::printf("%s\n", time.c_str());
  return std::fflush(stdout) == 0 ? kExitDone : kExitFailed;
}

}  // namespace basalt::main
