// For tests: a second evaluator, slow and straight from the rules, over the JSON of documents. It shares no code with
// the first: texts are compared character by character, every statement is looked at, nothing is prepared.
#pragma once

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <ctime>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "json/node.h"

namespace basalt::policy::oracle {

using json::Kind;
using json::Node;

struct Key {
  std::vector<std::string> values;
  bool is_list = false;
};

enum class Who { kRoot, kUser, kRole, kFederated, kService };

struct Call {
  Who who = Who::kUser;
  std::string account, arn, entity_arn, entity_id, service;
  std::string action, resource, resource_account;
  std::map<std::string, Key> context;  // by lower-case name
  bool has_boundary = false;
};

inline std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return lower;
}

// A pattern as a list of things: one byte, any run, any one byte. Texts here are ASCII.
constexpr int kRun = 1000;
constexpr int kOne = 1001;
using Glob = std::vector<int>;

inline bool GlobMatches(const Glob& glob, std::string_view text) {
  // row[j]: the first i things match the first j characters.
  std::vector<bool> row(text.size() + 1, false);
  row[0] = true;
  for (const int thing : glob) {
    std::vector<bool> next(text.size() + 1, false);
    for (size_t j = 0; j <= text.size(); ++j) {
      if (thing == kRun) {
        next[j] = row[j] || (j > 0 && next[j - 1]);
      } else {
        next[j] = j > 0 && row[j - 1] && (thing == kOne || thing == static_cast<unsigned char>(text[j - 1]));
      }
    }
    row = next;
  }
  return row[text.size()];
}

inline Glob Literal(std::string_view text) {
  Glob glob;
  for (const char c : text) {
    glob.push_back(static_cast<unsigned char>(c));
  }
  return glob;
}
inline Glob Wild(std::string_view text) {
  Glob glob = Literal(text);
  for (int& thing : glob) {
    thing = thing == '*' ? kRun : thing == '?' ? kOne : thing;
  }
  return glob;
}

inline std::vector<Glob> SplitFields(const Glob& glob) {
  std::vector<Glob> fields(1);
  for (const int thing : glob) {
    if (thing == ':' && fields.size() < 6) {
      fields.emplace_back();
    } else {
      fields.back().push_back(thing);
    }
  }
  return fields;
}
inline std::vector<std::string> SplitText(std::string_view text) {
  std::vector<std::string> fields(1);
  for (const char c : text) {
    if (c == ':' && fields.size() < 6) {
      fields.emplace_back();
    } else {
      fields.back().push_back(c);
    }
  }
  return fields;
}
inline bool FieldsMatch(const std::vector<Glob>& pattern, const std::vector<std::string>& text) {
  for (size_t i = 0; i < pattern.size(); ++i) {
    if (!GlobMatches(pattern[i], text[i])) {
      return false;
    }
  }
  return true;
}

inline bool IsMultivalued(std::string_view key) {
  constexpr std::array<std::string_view, 6> kLists = {"dynamodb:leadingkeys", "dynamodb:attributes",
                                                      "aws:tagkeys",          "aws:principalorgpaths",
                                                      "aws:calledvia",        "aws:resourceorgpaths"};
  return std::find(kLists.begin(), kLists.end(), key) != kLists.end();
}

inline std::vector<Node> ListOf(const Node& node) {
  return node.kind == Kind::kArray ? std::vector<Node>(node.elements.begin(), node.elements.end())
                                   : std::vector<Node>{node};
}

// The text with its variables, or nullopt if one has no value.
inline std::optional<Glob> Resolve(std::string_view text, bool wildcards, bool variables, const Call& call) {
  if (!variables) {
    return wildcards ? Wild(text) : Literal(text);
  }
  Glob glob;
  for (size_t i = 0; i < text.size();) {
    const size_t close = text.substr(i).starts_with("${") ? text.find('}', i) : std::string_view::npos;
    if (close == std::string_view::npos) {
      const Glob one = wildcards ? Wild(text.substr(i, 1)) : Literal(text.substr(i, 1));
      glob.push_back(one[0]);
      ++i;
      continue;
    }
    std::string inside(text.substr(i + 2, close - i - 2));
    i = close + 1;
    if (inside == "*" || inside == "?" || inside == "$") {
      glob.push_back(inside[0]);
      continue;
    }
    std::optional<std::string> fallback;
    if (const size_t comma = inside.find(", '"); comma != std::string::npos) {
      fallback = inside.substr(comma + 3, inside.size() - comma - 4);
      inside.resize(comma);
    }
    const auto found = call.context.find(Lower(inside));
    std::optional<std::string> value;
    if (found == call.context.end()) {
      value = fallback;
    } else if (!found->second.is_list && !IsMultivalued(Lower(inside))) {
      value = found->second.values.front();
    }
    if (!value) {
      return std::nullopt;
    }
    const Glob literal = Literal(*value);
    glob.insert(glob.end(), literal.begin(), literal.end());
  }
  return glob;
}

inline long Whole(const std::string& text) { return std::strtol(text.c_str(), nullptr, 10); }

// Whole seconds; the forms that the tests write.
inline std::optional<long long> Instant(const std::string& text) {
  if (text.find_first_not_of("0123456789") == std::string::npos && text.size() != 4 && !text.empty()) {
    return Whole(text);
  }
  std::tm tm = {};
  const char* end = strptime(text.c_str(), "%Y-%m-%dT%H:%M:%SZ", &tm);
  if (end == nullptr || *end != '\0') {
    tm = {};
    end = strptime(text.c_str(), "%Y-%m-%d", &tm);
  }
  if (end == nullptr || *end != '\0') {
    return std::nullopt;
  }
  return timegm(&tm);
}

// Bits of an IPv4 address or network as text of '0' and '1'.
inline std::optional<std::string> AddressBits(const std::string& text) {
  const size_t slash = text.find('/');
  std::string bits;
  int octets = 0;
  std::string octet;
  for (const char c : text.substr(0, slash) + ".") {
    if (c != '.') {
      octet.push_back(c);
      continue;
    }
    if (octet.empty() || octet.find_first_not_of("0123456789") != std::string::npos || Whole(octet) > 255) {
      return std::nullopt;
    }
    for (int bit = 7; bit >= 0; --bit) {
      bits.push_back((Whole(octet) >> bit) % 2 == 1 ? '1' : '0');
    }
    ++octets;
    octet.clear();
  }
  if (octets != 4) {
    return std::nullopt;
  }
  return slash == std::string::npos ? bits : bits.substr(0, static_cast<size_t>(Whole(text.substr(slash + 1))));
}

inline std::optional<double> Decimal(const std::string& text) {
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  return text.empty() || *end != '\0' ? std::nullopt : std::optional(value);
}

inline bool OneMatches(const std::string& op, const std::string& value, const std::string& written, bool variables,
                       const Call& call) {
  if (op == "stringequals" || op == "stringlike" || op == "stringequalsignorecase" || op == "bool") {
    const std::optional<Glob> glob = Resolve(written, op == "stringlike", variables, call);
    if (!glob) {
      return false;
    }
    if (op == "stringequals" || op == "stringlike") {
      return GlobMatches(*glob, value);
    }
    std::string text;
    for (const int thing : *glob) {
      text.push_back(static_cast<char>(thing));
    }
    return Lower(text) == Lower(value) && (op != "bool" || Lower(value) == "true" || Lower(value) == "false");
  }
  if (op == "arnequals" || op == "arnlike") {
    const std::optional<Glob> glob = Resolve(written, true, variables, call);
    const std::vector<std::string> fields = SplitText(value);
    if (!glob || fields.size() != 6 || fields[0] != "arn") {
      return false;
    }
    const std::vector<Glob> pattern = SplitFields(*glob);
    return pattern.size() == 6 && FieldsMatch(pattern, fields);
  }
  if (op == "ipaddress") {
    const std::optional<std::string> network = AddressBits(written);
    const std::optional<std::string> address = AddressBits(value);
    return network && address && address->starts_with(*network);
  }
  const bool is_date = op.starts_with("date");
  std::optional<double> left = Decimal(value);
  std::optional<double> right = Decimal(written);
  if (is_date) {
    const std::optional<long long> a = Instant(value);
    const std::optional<long long> b = Instant(written);
    left = a ? std::optional(static_cast<double>(*a)) : std::nullopt;
    right = b ? std::optional(static_cast<double>(*b)) : std::nullopt;
  }
  if (!left || !right) {
    return false;
  }
  const std::string how = op.substr(is_date ? 4 : 7);
  return how == "equals"              ? *left == *right
         : how == "lessthan"          ? *left < *right
         : how == "lessthanequals"    ? *left <= *right
         : how == "greaterthan"       ? *left > *right
         : how == "greaterthanequals" ? *left >= *right
                                      : false;
}

inline bool ConditionHolds(std::string op, const std::string& key_name, const Node& written, bool variables,
                           const Call& call) {
  op = Lower(op);
  const std::string key = Lower(key_name);
  const auto found = call.context.find(key);
  const bool absent = found == call.context.end() || found->second.values.empty();
  const std::vector<std::string> values = absent ? std::vector<std::string>() : found->second.values;
  std::string quantifier;
  if (const size_t colon = op.find(':'); colon != std::string::npos) {
    quantifier = op.substr(0, colon);
    op = op.substr(colon + 1);
  }
  bool if_exists = false;
  if (op.ends_with("ifexists")) {
    if_exists = true;
    op.resize(op.size() - 8);
  }
  if (op == "null") {
    for (const Node& node : ListOf(written)) {
      if (Lower(node.string) == (absent ? "true" : "false")) {
        return true;
      }
    }
    return false;
  }
  bool negated = false;
  if (const size_t no = op.find("not"); no != std::string::npos) {
    negated = true;
    op.erase(no, 3);
  }
  const auto satisfies = [&](const std::string& value) {
    bool any = false;
    for (const Node& node : ListOf(written)) {
      any = any || OneMatches(op, value, std::string(node.string), variables, call);
    }
    return any != negated;
  };
  if (quantifier == "forallvalues") {
    return std::all_of(values.begin(), values.end(), satisfies);
  }
  if (quantifier == "foranyvalue") {
    return absent ? if_exists : std::any_of(values.begin(), values.end(), satisfies);
  }
  if (IsMultivalued(key) || (found != call.context.end() && found->second.is_list)) {
    return false;
  }
  if (absent) {
    return if_exists || negated;
  }
  return satisfies(values.front());
}

// In rising order, as the rules compare them.
enum Match { kNoMatch = 0, kByAccount = 1, kByUserOfSession = 2, kByRole = 3, kDirectly = 4 };

inline Match MatchOfPrincipal(const std::string& type, const std::string& text, const Call& call) {
  if (type == "Service") {
    return call.who == Who::kService && text == call.service ? kDirectly : kNoMatch;
  }
  if (text == "*") {
    return kDirectly;
  }
  if (call.who == Who::kService) {
    return kNoMatch;
  }
  if (text == call.account || text == "arn:aws:iam::" + call.account + ":root") {
    return kByAccount;
  }
  if (text == call.arn) {
    return kDirectly;
  }
  if (call.who != Who::kRoot && (text == call.entity_arn || text == call.entity_id)) {
    return call.who == Who::kUser ? kDirectly : call.who == Who::kRole ? kByRole : kByUserOfSession;
  }
  return kNoMatch;
}

struct Said {
  bool denies = false;
  int allows = kNoMatch;
};

inline Said Ask(const Node& document, bool of_identity, bool has_principals, const Call& call) {
  const Node* version = document.Find("Version");
  const bool variables = version != nullptr && version->string == "2012-10-17";
  Said said;
  for (const Node& statement : ListOf(*document.Find("Statement"))) {
    // Who.
    const bool denies = statement.Find("Effect")->string == "Deny";
    Match match = kDirectly;
    if (has_principals) {
      const bool negated = statement.Find("NotPrincipal") != nullptr;
      const Node& written = *statement.Find(negated ? "NotPrincipal" : "Principal");
      Match best = kNoMatch;
      bool everyone = false, account = false, role = false, self = false;
      if (written.kind == Kind::kString) {
        best = kDirectly;
        everyone = true;
      } else {
        for (const json::Member& member : written.members) {
          for (const Node& text : ListOf(member.value)) {
            const Match one = MatchOfPrincipal(std::string(member.name), std::string(text.string), call);
            best = std::max(best, one);
            everyone = everyone || text.string == "*";
            account = account || one == kByAccount;
            role = role || one == kByRole;
            self = self || one == kDirectly;
          }
        }
      }
      match = best;
      if (negated && denies) {
        bool exempt = everyone;
        if (call.who == Who::kRoot) {
          exempt = exempt || account;
        } else if (call.who == Who::kRole) {
          exempt = exempt || (account && role && self);
        } else if (call.who == Who::kService) {
          exempt = exempt || self;
        } else {
          exempt = exempt || (account && self);
        }
        match = exempt && !call.has_boundary ? kNoMatch : kDirectly;
      } else if (negated) {
        match = best == kNoMatch ? kDirectly : kNoMatch;
      }
    }
    if (match == kNoMatch) {
      continue;
    }
    // What.
    const bool not_action = statement.Find("NotAction") != nullptr;
    bool listed = false;
    for (const Node& action : ListOf(*statement.Find(not_action ? "NotAction" : "Action"))) {
      listed = listed || GlobMatches(Wild(Lower(action.string)), Lower(call.action));
    }
    if (listed == not_action) {
      continue;
    }
    // On what.
    const bool not_resource = statement.Find("NotResource") != nullptr;
    listed = false;
    for (const Node& resource : ListOf(*statement.Find(not_resource ? "NotResource" : "Resource"))) {
      const std::vector<std::string> fields = SplitText(call.resource);
      if (resource.string == "*") {
        listed = true;
      } else if (fields.size() == 6) {
        std::vector<std::string> written = SplitText(resource.string);
        std::vector<Glob> pattern;
        bool resolved = true;
        for (size_t i = 0; i < written.size(); ++i) {
          const std::optional<Glob> glob = Resolve(written[i], true, variables && i == 5, call);
          resolved = resolved && glob.has_value();
          pattern.push_back(glob.value_or(Glob()));
        }
        const bool complete = written.size() == 6 || of_identity || resource.string.find('*') != std::string_view::npos;
        listed = listed || (resolved && complete && FieldsMatch(pattern, fields));
      }
    }
    if (listed == not_resource) {
      continue;
    }
    // If.
    bool holds = true;
    if (const Node* conditions = statement.Find("Condition")) {
      for (const json::Member& op : conditions->members) {
        for (const json::Member& key : op.value.members) {
          holds = holds && ConditionHolds(std::string(op.name), std::string(key.name), key.value, variables, call);
        }
      }
    }
    if (!holds) {
      continue;
    }
    if (denies) {
      said.denies = true;
    } else {
      said.allows = std::max<int>(said.allows, match);
    }
  }
  return said;
}

struct Layers {
  std::vector<std::vector<const Node*>> scp, rcp;
  const Node* endpoint = nullptr;
  const Node* resource = nullptr;
  bool resource_is_required = false;  // a key or a role
  int grant = kNoMatch;
  std::vector<const Node*> identity;
  const Node* boundary = nullptr;
  std::optional<std::vector<const Node*>> session;
};

// "allowed", or who said no and how: "deny SCP", "silent I".
inline std::string Decide(const Layers& layers, const Call& call) {
  const bool service = call.who == Who::kService;
  const auto ask_all = [&](const std::vector<const Node*>& documents) {
    Said all;
    for (const Node* document : documents) {
      const Said one = Ask(*document, true, false, call);
      all.denies = all.denies || one.denies;
      all.allows = std::max(all.allows, one.allows);
    }
    return all;
  };
  bool scp_denies = false, scp_allows = true;
  for (const auto& level : layers.scp) {
    const Said said = ask_all(level);
    scp_denies = scp_denies || said.denies;
    scp_allows = scp_allows && said.allows != kNoMatch;
  }
  bool rcp_denies = false;
  for (const auto& level : layers.rcp) {
    for (const Node* document : level) {
      rcp_denies = rcp_denies || Ask(*document, false, true, call).denies;
    }
  }
  Said endpoint{false, kDirectly}, resource, boundary{false, kDirectly}, session{false, kDirectly};
  if (layers.endpoint != nullptr) {
    endpoint = Ask(*layers.endpoint, false, true, call);
  }
  const bool same = !service && call.account == call.resource_account;
  const bool root = call.who == Who::kRoot;
  const bool exempt = root && same && !layers.resource_is_required && call.action == "dynamodb:DeleteResourcePolicy";
  if (layers.resource != nullptr && !exempt) {
    resource = Ask(*layers.resource, false, true, call);
  }
  Said identity = ask_all(layers.identity);
  if (layers.boundary != nullptr) {
    boundary = Ask(*layers.boundary, true, false, call);
  }
  if (layers.session) {
    session = ask_all(*layers.session);
  } else if (call.who == Who::kFederated) {
    session.allows = kNoMatch;
  }

  if (service) {
    return rcp_denies ? "deny RCP" : resource.denies ? "deny R" : resource.allows != kNoMatch ? "allowed" : "silent R";
  }
  if (scp_denies) return "deny SCP";
  if (rcp_denies) return "deny RCP";
  if (endpoint.denies) return "deny V";
  if (resource.denies) return "deny R";
  if (identity.denies) return "deny I";
  if (boundary.denies) return "deny B";
  if (session.denies) return "deny S";
  if (!scp_allows) return "silent SCP";
  if (endpoint.allows == kNoMatch) return "silent V";

  const bool i = root || identity.allows != kNoMatch;
  const bool b = boundary.allows != kNoMatch;
  const bool s = session.allows != kNoMatch;
  const int r = std::max(resource.allows, layers.grant);
  if (!same) {
    if (r == kNoMatch) return "silent R";
    if (!i) return "silent I";
    if (!b) return "silent B";
    return s ? "allowed" : "silent S";
  }
  switch (r) {
    case kDirectly:
      return "allowed";
    case kByRole:
    case kByUserOfSession:
      return !b ? "silent B" : s ? "allowed" : "silent S";
    case kNoMatch:
      if (layers.resource_is_required) return "silent R";
      [[fallthrough]];
    default:
      return !i ? "silent I" : !b ? "silent B" : s ? "allowed" : "silent S";
  }
}

}  // namespace basalt::policy::oracle
