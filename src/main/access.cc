// basalt access report: who can reach a table, as its policies and those of its streams say. Asked of a running server.
#include <cstdio>
#include <span>
#include <string>
#include <string_view>

#include "base/arena.h"
#include "json/canonical.h"
#include "json/writer.h"
#include "main/admin_client.h"
#include "main/commands.h"

namespace basalt::main {
namespace {

std::string_view AdviceFor(int status) {
  switch (status) {
    case 400:
    case 404:
      return "give the ARN of a table of this server";
    case 403:
      return "run this command as that user";
    default:
      return "see the server's log";
  }
}

bool IsTrue(const json::Node& object, std::string_view name) {
  const json::Node* node = object.Find(name);
  return node != nullptr && node->kind == json::Kind::kTrue;
}

std::span<const json::Node> ElementsOf(const json::Node& object, std::string_view name) {
  const json::Node* list = object.Find(name);
  return list != nullptr && list->kind == json::Kind::kArray ? list->elements : std::span<const json::Node>();
}

// "a, b, c" of a list of texts.
std::string Listed(const json::Node& object, std::string_view name) {
  std::string text;
  for (const json::Node& element : ElementsOf(object, name)) {
    if (element.kind == json::Kind::kString) {
      text.append(text.empty() ? "" : ", ").append(element.string);
    }
  }
  return text;
}

// "  allowed: arn:aws:iam::222222222222:root (another account; its own policies must allow it too)", then what.
void AppendGrant(std::string& out, const json::Node& grant) {
  const bool allows = TextOf(grant, "effect") == "Allow";
  out += allows ? "  allowed: " : "  denied: ";
  out += TextOf(grant, "principal");
  std::string_view between = " (";
  const auto remark = [&](bool holds, std::string_view text) {
    if (holds) {
      out.append(between).append(text);
      between = "; ";
    }
  };
  const bool has_account = !TextOf(grant, "account").empty();
  remark(IsTrue(grant, "public"), "PUBLIC");
  remark(IsTrue(grant, "external") && has_account, "another account");
  remark(IsTrue(grant, "needs_identity_policy"), "policies of its account must allow it too");
  out += between == "; " ? ")\n" : "\n";
  const std::string others = Listed(grant, "not_resources");
  const std::string actions = Listed(grant, "actions");
  out += "    actions: " + (actions.empty() ? "none" : actions) + "\n";
  out += others.empty() ? "    on: " + Listed(grant, "resources") + "\n" : "    on all but: " + others + "\n";
  if (const json::Node* conditions = grant.Find("conditions"); conditions != nullptr) {
    out += "    if: ";
    json::AppendCanonical(out, *conditions);
    out += "\n";
  }
  const json::Node* statement = grant.Find("statement");
  const std::string sid = TextOf(grant, "sid");
  if (statement != nullptr && statement->kind == json::Kind::kInteger) {
    out += "    by: statement " + std::to_string(statement->integer) + (sid.empty() ? "" : " (" + sid + ")") + "\n";
  }
}

// "  arn:aws:iam::111111111111:user/Ann on arn:…:table/Music", then what.
void AppendReach(std::string& out, const json::Node& reach) {
  out += "  " + TextOf(reach, "principal") + " on " + TextOf(reach, "resource") + "\n";
  const std::string actions = Listed(reach, "actions");
  const std::string conditional = Listed(reach, "conditional_actions");
  out += actions.empty() ? "" : "    always: " + actions + "\n";
  out += conditional.empty() ? "" : "    under conditions: " + conditional + "\n";
}

std::string TextOfReport(const json::Node& report) {
  std::string out = TextOf(report, "table") + (IsTrue(report, "public") ? " is PUBLIC\n" : " is not public\n");
  const std::span<const json::Node> policies = ElementsOf(report, "policies");
  if (policies.empty()) {
    out += "no policy of its own: only its account can reach it\n";
  }
  for (const json::Node& policy : policies) {
    out += "policy of " + TextOf(policy, "resource") + ", revision " + TextOf(policy, "revision") + "\n";
    if (IsTrue(policy, "unreadable")) {
      out += "  cannot be read, and so denies everything to everybody\n";
    }
    for (const json::Node& grant : ElementsOf(policy, "grants")) {
      AppendGrant(out, grant);
    }
  }
  out += "principals known here that can reach it, by all policies together\n";
  for (const json::Node& reach : ElementsOf(report, "reach")) {
    AppendReach(out, reach);
  }
  return out;
}

}  // namespace

int RunAccess(const AccessCommand& command) {
  std::string body;
  json::Writer writer(body);
  writer.BeginObject();
  writer.Key("table");
  writer.String(command.table);
  writer.EndObject();
  Arena arena;
  const Result<json::Node> answer = AskServer(command, "/access/report", body, AdviceFor, arena);
  if (!answer.ok()) {
    return Fail(answer.error(), kExitFailed);
  }
  std::string out;
  if (command.json) {
    json::AppendCanonical(out, *answer);
    out += '\n';
  } else {
    out = TextOfReport(*answer);
  }
  std::fputs(out.c_str(), stdout);
  return std::fflush(stdout) == 0 ? kExitDone : kExitFailed;
}

}  // namespace basalt::main
