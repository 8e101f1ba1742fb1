// What tests of resource policies share: an owner's tables, other accounts that call, documents put by their
// statements.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

#include "json/writer.h"
#include "server/wire_fixture.h"

namespace basalt::server {

inline constexpr std::string_view kOwner = "111111111111";
inline constexpr std::string_view kFriend = "222222222222";
inline constexpr std::string_view kStranger = "333333333333";
inline constexpr std::string_view kMusic = "arn:aws:dynamodb:us-east-1:111111111111:table/Music";

// A statement; `more` are members behind it.
inline std::string Statement(std::string_view effect, std::string_view account, std::string_view action,
                             std::string_view resource = "*", std::string_view more = "") {
  return fmt::format("{{'Effect':'{}','Principal':{{'AWS':'{}'}},'Action':'{}','Resource':'{}'{}}}", effect, account,
                     action, resource, more);
}
// A document of these statements.
inline std::string Document(std::string_view statements) {
  return fmt::format("{{'Version':'2012-10-17','Statement':[{}]}}", statements);
}

inline std::string Denied(std::string_view action, std::string_view arn, std::string_view why,
                          std::string_view account) {
  return ErrorBody("com.amazon.coral.service#AccessDeniedException", "Message",
                   fmt::format("User: arn:aws:iam::{}:root is not authorized to perform: {} on resource: {} {}",
                               account, action, arn, why));
}
// Of another account, when no policy lets it in.
inline std::string NotGranted(std::string_view action, std::string_view arn, std::string_view account = kFriend) {
  return Denied(action, arn, fmt::format("because no resource-based policy allows the {} action", action), account);
}

class PolicyWireTest : public WireTest {
 protected:
  explicit PolicyWireTest(InProcessOptions options = {}) : WireTest(std::move(options)) {
    for (const std::string_view account : {kFriend, kStranger}) {
      SendAs(account, "ListTables", "{}");  // an account exists once a key has named it
    }
  }

  // `document` with ' for "; `more`: further members.
  std::string PutDocument(std::string_view document, std::string_view more = "", std::string_view arn = kMusic) {
    std::string text;
    json::AppendString(text, Quoted(document));
    return SendRaw("PutResourcePolicy", Quoted(fmt::format("{{'ResourceArn':'{}'{},'Policy':", arn, more)) + text + "}")
        .body;
  }
  std::string Put(std::string_view statements, std::string_view more = "", std::string_view arn = kMusic) {
    return PutDocument(Document(statements), more, arn);
  }

  // Empty if the answer has none.
  static std::string RevisionOf(const std::string& answer) {
    constexpr std::string_view kMember = "\"RevisionId\":\"";
    const size_t at = answer.find(kMember);
    return at == std::string::npos
               ? std::string()
               : answer.substr(at + kMember.size(), answer.find('"', at + kMember.size()) - at - kMember.size());
  }
};

}  // namespace basalt::server
