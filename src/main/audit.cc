// basalt audit: prints the audit log of a running server, through its admin socket.
#include <cstdio>
#include <string>
#include <string_view>

#include "base/arena.h"
#include "json/node.h"
#include "json/writer.h"
#include "main/admin_client.h"
#include "main/commands.h"

namespace basalt::main {
namespace {

std::string_view AdviceFor(int status) {
  switch (status) {
    case 403:
      return "run this command as that user";
    case 500:
      return "stop the server and run basalt verify for the whole extent";
    default:
      return "see the server's log";
  }
}

void WriteMoment(json::Writer& writer, std::string_view name, const std::optional<Moment>& moment) {
  if (moment) {
    writer.Key(std::string(name) + (moment->is_ago ? "_ago_ms" : "_ms"));
    writer.Integer(moment->ms);
  }
}

std::string Request(const AuditCommand& command, int64_t from) {
  std::string body;
  json::Writer writer(body);
  writer.BeginObject();
  writer.Key("from");
  writer.Integer(from);
  WriteMoment(writer, "since", command.since);
  WriteMoment(writer, "until", command.until);
  if (!command.account_id.empty()) {
    writer.Key("account");
    writer.String(command.account_id);
  }
  writer.EndObject();
  return body;
}

std::string TextIn(const json::Node* object, std::string_view name) {
  return object == nullptr ? std::string() : TextOf(*object, name);
}

// Who, what, on what, with what outcome, and who decided. In one line: texts of clients hold any characters.
std::string LineOf(const json::Node& record) {
  std::string line;
  const auto add = [&line](std::string_view text) {
    if (!text.empty()) {
      line += line.empty() ? "" : " ";
      line += OneLine(text);
    }
  };
  const json::Node* identity = record.Find("userIdentity");
  const json::Node* decision = record.Find("decision");
  const std::string arn = TextIn(identity, "arn");
  add(TextOf(record, "eventTime"));
  add(TextOf(record, "recipientAccountId"));
  add(TextIn(decision, "effect"));
  add(TextOf(record, "eventSource").substr(0, TextOf(record, "eventSource").find('.')) + ":" +
      TextOf(record, "eventName"));
  add(arn.empty() ? TextIn(identity, "principalId") : arn);
  add(TextOf(record, "sourceIPAddress"));
  if (const json::Node* resources = record.Find("resources");
      resources != nullptr && resources->kind == json::Kind::kArray) {
    for (const json::Node& resource : resources->elements) {
      add(TextIn(&resource, "ARN"));
    }
  }
  add(TextOf(record, "errorCode"));
  if (const std::string layer = TextIn(decision, "layer"); !layer.empty()) {
    add("by " + layer);
  }
  add(TextIn(decision, "policy"));
  if (const json::Node* number = decision == nullptr ? nullptr : decision->Find("statementNumber")) {
    const std::string sid = TextIn(decision, "statementId");
    add("statement " + std::to_string(number->integer) + (sid.empty() ? "" : " (" + sid + ")"));
  }
  return line;
}

bool Print(std::string_view line) {
  return std::fwrite(line.data(), 1, line.size(), stdout) == line.size() && std::fputc('\n', stdout) != EOF;
}

}  // namespace

int RunAudit(const AuditCommand& command) {
  int64_t from = 1;
  while (true) {
    Arena arena;
    const Result<json::Node> page = AskServer(command, "/audit/read", Request(command, from), AdviceFor, arena);
    if (!page.ok()) {
      return Fail(page.error(), kExitFailed);
    }
    const json::Node* records = page->Find("records");
    const json::Node* next = page->Find("next");
    const bool understood = records != nullptr && records->kind == json::Kind::kArray && next != nullptr &&
                            next->kind == json::Kind::kInteger;
    if (!understood) {
      return Fail(Error(Reason::kUnavailable, "the server's answer holds no records; is it a basalt?"), kExitFailed);
    }
    for (const json::Node& text : records->elements) {
      const Result<json::Node> record = json::Parse(text.kind == json::Kind::kString ? text.string : "", arena);
      if (!record.ok() || !record->IsObject()) {
        return Fail(Error(Reason::kUnavailable, "the server's answer cannot be understood; is it a basalt?"),
                    kExitFailed);
      }
      if (!Print(command.json ? std::string(text.string) : LineOf(*record))) {
        return kExitFailed;
      }
    }
    const json::Node* is_last = page->Find("last");
    if (is_last == nullptr || is_last->kind == json::Kind::kTrue) {
      return std::fflush(stdout) == 0 ? kExitDone : kExitFailed;
    }
    from = next->integer;
  }
}

}  // namespace basalt::main
