// basalt access report: who can reach a table, as its policies and those of its streams say. Asked of a running server.
#include <cstdio>
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

// "a, b, c" of a list of texts.
std::string Listed(const json::Node* list) {
  std::string text;
  if (list != nullptr && list->kind == json::Kind::kArray) {
    for (const json::Node& element : list->elements) {
      if (element.kind == json::Kind::kString) {
        text.append(text.empty() ? "" : ", ").append(element.string);
      }
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
  const json::Node* others = grant.Find("not_resources");
  const std::string actions = Listed(grant.Find("actions"));
  out += "    actions: " + (actions.empty() ? "none" : actions) + "\n";
  out += others == nullptr ? "    on: " + Listed(grant.Find("resources")) + "\n"
                           : "    on all but: " + Listed(others) + "\n";
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

std::string TextOfReport(const json::Node& report) {
  std::string out = TextOf(report, "table") + (IsTrue(report, "public") ? " is PUBLIC\n" : " is not public\n");
  const json::Node* policies = report.Find("policies");
  if (policies == nullptr || policies->kind != json::Kind::kArray || policies->elements.empty()) {
    return out + "no policy of its own: only its account can reach it\n";
  }
  for (const json::Node& policy : policies->elements) {
    out += "policy of " + TextOf(policy, "resource") + ", revision " + TextOf(policy, "revision") + "\n";
    if (IsTrue(policy, "unreadable")) {
      out += "  cannot be read, and so denies everything to everybody\n";
    }
    const json::Node* grants = policy.Find("grants");
    if (grants != nullptr && grants->kind == json::Kind::kArray) {
      for (const json::Node& grant : grants->elements) {
        AppendGrant(out, grant);
      }
    }
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
