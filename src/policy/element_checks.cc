#include "policy/element_checks.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "policy/defect.h"
#include "policy/principal_name.h"
#include "policy/text_pattern.h"

namespace basalt::policy {
namespace {

// Services that may be named in the policies of tables and streams.
constexpr std::array<std::string_view, 2> kServicesOfTables = {"redshift.amazonaws.com",
                                                               "replication.dynamodb.amazonaws.com"};

bool IsLetterOrDigit(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

Status CheckActionForm(const Defects& defects, std::string_view action) {
  if (action == "*") {
    return {};
  }
  const size_t colon = action.find(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == action.size()) {
    return defects.WithoutVendor(action);
  }
  if (action.find(':', colon + 1) != std::string_view::npos) {
    return defects.SeveralColons(action);
  }
  const std::string_view service = action.substr(0, colon);
  const bool is_service =
      std::all_of(service.begin(), service.end(), [](char c) { return IsLetterOrDigit(c) || c == '-'; });
  return is_service ? Status() : defects.BadVendor(action);
}

// In the policy of a table or a stream: what can be asked of one, or a pattern, which stands for what can.
bool IsUsable(DocumentKind kind, std::string_view action, const ActionCatalogue* catalogue) {
  if (action == "*") {
    return true;
  }
  const std::string lower = LowerCase(action);
  if (!lower.starts_with("dynamodb:") || !CheckActionForm(Defects(kind), action).ok()) {
    return false;
  }
  if (catalogue == nullptr || lower.find_first_of("*?") != std::string::npos) {
    return true;
  }
  const Action* known = catalogue->Find(lower);
  if (known == nullptr) {
    return false;
  }
  const KnownAction& row = catalogue->row(known->number);
  return kind == DocumentKind::kTable ? row.for_tables : row.for_streams;
}

// Whether some table or index, or some stream, can have such an id.
bool CanBeOfKind(DocumentKind kind, std::string_view service, std::string_view relative_id) {
  if (service != "dynamodb") {
    return false;
  }
  std::array<std::string_view, 4> parts;
  size_t count = 0;
  for (std::string_view rest = relative_id; count < parts.size(); ++count) {
    const size_t slash = rest.find('/');
    parts[count] = rest.substr(0, slash);
    if (slash == std::string_view::npos) {
      ++count;
      break;
    }
    rest.remove_prefix(slash + 1);
  }
  bool open = false;  // a run may hold any number of parts
  for (size_t i = 0; i < count; ++i) {
    const std::string_view wanted = i == 0   ? "table"
                                    : i == 2 ? (kind == DocumentKind::kTable ? "index" : "stream")
                                             : std::string_view();
    if (!wanted.empty() && !open && !Matches(EncodePattern(parts[i]), wanted)) {
      return false;
    }
    open = open || parts[i].find('*') != std::string_view::npos || parts[i].find("${") != std::string_view::npos;
  }
  return open || (kind == DocumentKind::kTable ? count == 2 || count == 4 : count == 4);
}

}  // namespace

Status CheckSids(DocumentKind kind, std::span<const std::string_view> sids) {
  const Defects defects(kind);
  const bool of_iam = !IsOfTables(kind) && kind != DocumentKind::kKey && kind != DocumentKind::kEndpoint;
  std::vector<std::string_view> named;
  for (const std::string_view sid : sids) {
    if (of_iam && !std::all_of(sid.begin(), sid.end(), IsLetterOrDigit)) {
      return defects.SidCharacters();
    }
    if (!sid.empty()) {
      named.push_back(sid);
    }
  }
  std::sort(named.begin(), named.end());
  return std::adjacent_find(named.begin(), named.end()) == named.end() ? Status() : defects.SidsRepeat();
}

Status CheckActions(DocumentKind kind, std::span<const std::string_view> actions, const ActionCatalogue* catalogue) {
  const Defects defects(kind);
  std::vector<std::string> not_usable;
  for (const std::string_view action : actions) {
    if (!IsOfTables(kind)) {
      TRY(CheckActionForm(defects, action));
    } else if (!IsUsable(kind, action, catalogue)) {
      not_usable.emplace_back(action);
    }
  }
  return not_usable.empty() ? Status() : defects.ActionsNotUsable(not_usable);
}

Status CheckResources(DocumentKind kind, std::span<const std::string_view> resources) {
  const Defects defects(kind);
  for (const std::string_view resource : resources) {
    if (resource == "*") {
      continue;
    }
    const ArnFields arn = SplitArn(resource);
    const bool service_is_plain =
        arn.count < 3 || arn.field[2].find_first_of("*?") == std::string_view::npos || arn.field[2] == "*";
    if (arn.count < 2 || arn.field[0] != "arn" || !service_is_plain) {
      return defects.NotAnArn(resource);
    }
    // A service that is any is one only if nothing is said behind it.
    if (arn.count > 3 && arn.field[2] == "*") {
      return defects.NotAnArn(resource);
    }
    const std::string_view relative_id = arn.field[5];
    if (IsOfTables(kind) && arn.count == ArnFields::kCount && !CanBeOfKind(kind, arn.field[2], relative_id)) {
      return defects.ResourceOfAnotherKind(relative_id, resource);
    }
  }
  return {};
}
Status CheckPrincipals(DocumentKind kind, std::span<const WrittenPrincipal> principals) {
  const Defects defects(kind);
  for (const auto& [type, text] : principals) {
    bool valid = false;
    if (type == "AWS") {
      valid = text == "*" || AccountOfRoot(text) || IsUniqueId(text) || IsPrincipalArn(text);
    } else if (type == "Federated") {
      valid = kind == DocumentKind::kTrust && !text.empty() && text.find_first_of("*?") == std::string_view::npos;
    } else if (type == "Service") {
      const bool known =
          IsOfTables(kind)
              ? std::find(kServicesOfTables.begin(), kServicesOfTables.end(), text) != kServicesOfTables.end()
              : text.ends_with(".amazonaws.com") && text.find_first_of("*?") == std::string_view::npos;
      if (!known) {
        return defects.InvalidService();
      }
      valid = true;
    }
    if (!valid) {
      return defects.InvalidPrincipal(type, text);
    }
  }
  return {};
}

}  // namespace basalt::policy
