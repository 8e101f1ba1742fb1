// What the tests of requests with two defects share. Each test lists an operation's defects from the first found to the
// last; of any two of them in one request the earlier one must be answered.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "server/wire_fixture.h"

namespace basalt::server {

// A defect as the members that make it, and what is answered to it. A member that is null is left out of the request.
struct Defect {
  std::string members;
  std::string answer;
};

using Members = std::map<std::string, std::string>;

// Takes an object's members apart; a later member of a name replaces an earlier one.
inline void SetMembers(Members& members, std::string_view text) {
  int depth = 0;
  bool in_string = false;
  size_t begin = 0;
  for (size_t i = 0; i <= text.size(); ++i) {
    const char c = i == text.size() ? ',' : text[i];
    if (c == '\'') {
      in_string = !in_string;
    } else if (!in_string && (c == '{' || c == '[')) {
      ++depth;
    } else if (!in_string && (c == '}' || c == ']')) {
      --depth;
    } else if (!in_string && depth == 0 && c == ',') {
      const std::string_view member = text.substr(begin, i - begin);
      const size_t colon = member.find(':');
      members[std::string(member.substr(0, colon))] = member.substr(colon + 1);
      begin = i + 1;
    }
  }
}

inline std::string RequestOf(const Members& members) {
  std::string request;
  for (const auto& [name, value] : members) {
    if (value != "null") {
      request += (request.empty() ? "{" : ",") + name + ":" + value;
    }
  }
  return request + "}";
}

class PrecedenceTest : public WireTest {
 protected:
  // `sound` are members that make the request whole where no defect replaces them. Of two defects that set the same
  // member, the earlier one sets it, so that the pair may have only one of them: that shows nothing, and does no harm.
  void CheckOrder(const std::string& operation, const std::string& sound, const std::vector<Defect>& defects) {
    for (size_t first = 0; first < defects.size(); ++first) {
      for (size_t second = first; second < defects.size(); ++second) {
        Members members;
        SetMembers(members, sound);
        SetMembers(members, defects[second].members);
        SetMembers(members, defects[first].members);
        const std::string request = RequestOf(members);
        EXPECT_EQ(Send(operation, request), defects[first].answer) << operation << " " << request.substr(0, 1000);
      }
    }
  }
};

inline const std::string& BadCapacity() {
  static const std::string kAnswer = OneConstraint(
      "Value 'SOME' at 'returnConsumedCapacity' failed to satisfy constraint: Member must satisfy enum value set: "
      "[INDEXES, TOTAL, NONE]");
  return kAnswer;
}

}  // namespace basalt::server
