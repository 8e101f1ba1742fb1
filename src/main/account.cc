// basalt account: accounts of a running server, through its admin socket.
#include <cstdio>
#include <string>

#include "base/arena.h"
#include "json/node.h"
#include "json/writer.h"
#include "main/admin_client.h"
#include "main/commands.h"
#include "main/credentials_file.h"
#include "os/file_system.h"

namespace basalt::main {
namespace {

std::string_view AdviceFor(int status) {
  switch (status) {
    case 404:
      return "make it with basalt account create";
    case 409:
      return "basalt account reset-root gives it a new key";
    case 403:
      return "run this command as that user";
    default:
      return "see the server's log";
  }
}

Result<json::Node> Call(const AccountCommand& command, std::string_view call, Arena& arena) {
  std::string body;
  json::Writer writer(body);
  writer.BeginObject();
  if (!command.account_id.empty()) {
    writer.Key("account");
    writer.String(command.account_id);
  }
  writer.EndObject();
  return AskServer(command, call, body, AdviceFor, arena);
}

int List(const AccountCommand& command) {
  Arena arena;
  const Result<json::Node> answer = Call(command, "/account/list", arena);
  if (!answer.ok()) {
    return Fail(answer.error(), kExitFailed);
  }
  const json::Node* accounts = answer->Find("accounts");
  if (accounts == nullptr || accounts->kind != json::Kind::kArray) {
    return Fail(Error(Reason::kUnavailable, "the server's answer names no accounts; is it a basalt?"), kExitFailed);
  }
  for (const json::Node& account : accounts->elements) {
    if (account.kind == json::Kind::kString) {
      std::printf("%.*s\n", static_cast<int>(account.string.size()), account.string.data());
    }
  }
  return std::fflush(stdout) == 0 ? kExitDone : kExitFailed;
}

int Issue(const AccountCommand& command) {
  const bool create = command.action == AccountCommand::Action::kCreate;
  // Everything that can be wrong with the file comes before the server makes a key that would then have no place.
  const Result<std::string> before = ReadCredentialsFile(command.credentials_file);
  if (!before.ok()) {
    return Fail(before.error(), kExitRefused);
  }
  if (create && HasProfile(*before, command.account_id)) {
    return Fail(Error(Reason::kAlreadyExists, "the credentials file " + command.credentials_file + " has a profile " +
                                                  command.account_id + " already; name another file"),
                kExitRefused);
  }
  const Status reserved = ReserveCredentialsFile(command.credentials_file);
  if (!reserved.ok() && reserved.error().reason != Reason::kAlreadyExists) {
    return Fail(reserved.error(), kExitRefused);
  }
  Arena arena;
  const Result<json::Node> answer = Call(command, create ? "/account/create" : "/account/reset-root", arena);
  if (!answer.ok()) {
    if (reserved.ok()) {
      static_cast<void>(os::RealFileSystem().RemoveFile(command.credentials_file));
    }
    return Fail(answer.error(), kExitFailed);
  }
  const identity::IssuedKey key{command.account_id, TextOf(*answer, "access_key_id"),
                                SecretBytes(TextOf(*answer, "secret_access_key"))};
  if (key.access_key_id.empty() || key.secret.empty()) {
    return Fail(Error(Reason::kUnavailable, "the server's answer holds no key; is it a basalt?"), kExitFailed);
  }
  const Status written = WriteCredentialsFile(command.credentials_file, WithProfile(*before, key));
  if (!written.ok()) {
    return Fail(Error(Reason::kIo, "the key of account " + command.account_id + " was made but " +
                                       written.error().text + ", then run basalt account reset-root"),
                kExitFailed);
  }
  return kExitDone;
}

}  // namespace

int RunAccount(const AccountCommand& command) {
  return command.action == AccountCommand::Action::kList ? List(command) : Issue(command);
}

}  // namespace basalt::main
