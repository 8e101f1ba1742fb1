// What the tests of PartiQL's operations share: statements as they are, their parameters and other members as JSON with
// ' for ", and pages followed by their tokens.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "json/node.h"
#include "json/writer.h"
#include "server/wire_fixture.h"

namespace basalt::server {

// {"Statement":…,"Parameters":[…],…}
inline std::string Statement(std::string_view text, std::string_view parameters = "", std::string_view members = "") {
  std::string out = R"({"Statement":)";
  json::AppendString(out, text);
  if (!parameters.empty()) {
    out += R"(,"Parameters":[)" + Quoted(parameters) + "]";
  }
  return out + (members.empty() ? "" : "," + Quoted(members)) + "}";
}

// {"Statements":[…],…}, or what else the list is called.
inline std::string ListOf(std::string_view name, const std::vector<std::string>& statements,
                          std::string_view members = "") {
  return fmt::format(R"({{"{}":[{}]{}{}}})", name, fmt::join(statements, ","), members.empty() ? "" : ",",
                     Quoted(members));
}

// A member of an answer, as it stands there; empty if it has none.
inline std::string MemberOf(const std::string& answer, std::string_view member) {
  const std::string before = fmt::format("\"{}\":", member);
  const size_t at = answer.find(before);
  if (at == std::string::npos) {
    return "";
  }
  size_t end = at + before.size();
  int depth = 0;
  bool in_string = false;
  for (; end < answer.size(); ++end) {
    const char c = answer[end];
    if (in_string) {
      end += c == '\\' ? 1U : 0U;
      in_string = c != '"';
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if (c == '}' || c == ']' || c == ',') {
      if (depth == 0) {
        break;
      }
      depth -= c == ',' ? 0 : 1;
    }
  }
  return answer.substr(at + before.size(), end - at - before.size());
}

class PartiqlTest : public WireTest {
 protected:
  using WireTest::WireTest;

  std::string Execute(std::string_view text, std::string_view parameters = "", std::string_view members = "") {
    return SendRaw("ExecuteStatement", Statement(text, parameters, members)).body;
  }
  std::string ExecuteBatch(const std::vector<std::string>& statements, std::string_view members = "") {
    return SendRaw("BatchExecuteStatement", ListOf("Statements", statements, members)).body;
  }

  // {"Items":[…]} of items with ' for ".
  static std::string Items(std::string_view items) { return Quoted(fmt::format("{{'Items':[{}]}}", items)); }

  static std::string TokenOf(const std::string& answer) {
    const std::string token = MemberOf(answer, "NextToken");
    return token.empty() ? "" : token.substr(1, token.size() - 2);
  }

  struct Page {
    std::string items;  // without the brackets around them
    std::string answer;
  };
  // All pages of a statement, `limit` items evaluated each; 0: no Limit.
  std::vector<Page> Pages(std::string_view text, std::string_view parameters, int limit,
                          std::string_view members = "") {
    std::vector<Page> pages;
    std::string token;
    do {
      std::string all(members);
      if (limit > 0) {
        all += fmt::format("{}'Limit':{}", all.empty() ? "" : ",", limit);
      }
      if (!token.empty()) {
        all += fmt::format("{}'NextToken':'{}'", all.empty() ? "" : ",", token);
      }
      const std::string answer = Execute(text, parameters, all);
      std::string items = MemberOf(answer, "Items");
      EXPECT_GE(items.size(), 2U) << answer;
      if (items.size() < 2) {
        return pages;
      }
      pages.push_back({items.substr(1, items.size() - 2), answer});
      token = TokenOf(answer);
      EXPECT_EQ(token.empty(), MemberOf(answer, "LastEvaluatedKey").empty()) << answer;
    } while (!token.empty() && pages.size() < 1000);
    return pages;
  }
  static std::string Joined(const std::vector<Page>& pages) {
    std::string items;
    for (const Page& page : pages) {
      items += (items.empty() || page.items.empty() ? "" : ",") + page.items;
    }
    return items;
  }
};

}  // namespace basalt::server
