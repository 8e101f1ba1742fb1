// From JSON to a compiled document: the grammar of each kind, then what its elements may hold.
#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <utility>

#include "base/arena.h"
#include "base/base64.h"
#include "json/node.h"
#include "model/arn.h"
#include "policy/defect.h"
#include "policy/document.h"
#include "policy/position.h"
#include "policy/scalar.h"
#include "policy/text_pattern.h"
#include "policy/variable.h"

namespace basalt::policy {
namespace {

using json::Kind;
using json::Node;

constexpr std::string_view kVersion2008 = "2008-10-17";
constexpr std::string_view kVersion2012 = "2012-10-17";
constexpr uint32_t kWordBits = 64;
// Services that may be named in the policies of tables and streams.
constexpr std::array<std::string_view, 2> kServicesOfTables = {"redshift.amazonaws.com",
                                                               "replication.dynamodb.amazonaws.com"};

bool IsLetterOrDigit(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsUpperOrDigit(char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); }

struct OperatorRow {
  std::string_view name;  // in lower case
  Operator op;
  bool negated = false;
};
constexpr std::array<OperatorRow, 27> kOperators = {{
    {"stringequals", Operator::kStringEquals},
    {"stringnotequals", Operator::kStringEquals, true},
    {"stringequalsignorecase", Operator::kStringEqualsIgnoreCase},
    {"stringnotequalsignorecase", Operator::kStringEqualsIgnoreCase, true},
    {"stringlike", Operator::kStringLike},
    {"stringnotlike", Operator::kStringLike, true},
    {"numericequals", Operator::kNumericEquals},
    {"numericnotequals", Operator::kNumericEquals, true},
    {"numericlessthan", Operator::kNumericLess},
    {"numericlessthanequals", Operator::kNumericLessOrEquals},
    {"numericgreaterthan", Operator::kNumericGreater},
    {"numericgreaterthanequals", Operator::kNumericGreaterOrEquals},
    {"dateequals", Operator::kDateEquals},
    {"datenotequals", Operator::kDateEquals, true},
    {"datelessthan", Operator::kDateLess},
    {"datelessthanequals", Operator::kDateLessOrEquals},
    {"dategreaterthan", Operator::kDateGreater},
    {"dategreaterthanequals", Operator::kDateGreaterOrEquals},
    {"bool", Operator::kBool},
    {"binaryequals", Operator::kBinaryEquals},
    {"ipaddress", Operator::kIpAddress},
    {"notipaddress", Operator::kIpAddress, true},
    {"arnequals", Operator::kArn},
    {"arnlike", Operator::kArn},
    {"arnnotequals", Operator::kArn, true},
    {"arnnotlike", Operator::kArn, true},
    {"null", Operator::kNull},
}};

bool TakePrefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) {
    return false;
  }
  text.remove_prefix(prefix.size());
  return true;
}
bool TakeSuffix(std::string_view& text, std::string_view suffix) {
  if (!text.ends_with(suffix)) {
    return false;
  }
  text.remove_suffix(suffix.size());
  return true;
}

std::optional<ConditionEntry> ParseOperator(std::string_view name) {
  const std::string lower = LowerCase(name);
  std::string_view rest = lower;
  ConditionEntry entry;
  if (TakePrefix(rest, "forallvalues:")) {
    entry.quantifier = Quantifier::kForAllValues;
  } else if (TakePrefix(rest, "foranyvalue:")) {
    entry.quantifier = Quantifier::kForAnyValue;
  }
  entry.if_exists = TakeSuffix(rest, "ifexists");
  const auto row = std::find_if(kOperators.begin(), kOperators.end(),
                                [&](const OperatorRow& candidate) { return candidate.name == rest; });
  if (row == kOperators.end()) {
    return std::nullopt;
  }
  if (row->op == Operator::kNull && (entry.if_exists || entry.quantifier != Quantifier::kNone)) {
    return std::nullopt;
  }
  entry.op = row->op;
  entry.negated = row->negated;
  return entry;
}

// The exact ARNs that principals are written as: a user, a role, a session of either. No wildcard in any.
bool IsPrincipalArn(std::string_view text) {
  const ArnFields arn = SplitArn(text);
  if (arn.count != ArnFields::kCount || text.find_first_of("*?") != std::string_view::npos || arn.field[0] != "arn" ||
      arn.field[1] != model::kArnPartition || !arn.field[3].empty() || !model::IsAccountId(arn.field[4])) {
    return false;
  }
  std::string_view entity = arn.field[5];
  if (arn.field[2] == "iam") {
    return (TakePrefix(entity, "user/") || TakePrefix(entity, "role/")) && !entity.empty() && !entity.ends_with('/');
  }
  if (arn.field[2] != "sts") {
    return false;
  }
  if (TakePrefix(entity, "federated-user/")) {
    return !entity.empty();
  }
  const size_t slash = TakePrefix(entity, "assumed-role/") ? entity.find('/') : std::string_view::npos;
  return slash != std::string_view::npos && slash > 0 && slash + 1 < entity.size() &&
         entity.find('/', slash + 1) == std::string_view::npos;
}

bool IsUniqueId(std::string_view text) {
  constexpr size_t kLengthMin = 16;
  constexpr size_t kLengthMax = 128;
  return (text.starts_with("AIDA") || text.starts_with("AROA")) && text.size() >= kLengthMin &&
         text.size() <= kLengthMax && std::all_of(text.begin(), text.end(), IsUpperOrDigit);
}

// The account whose root this names.
std::optional<std::string_view> AccountOfRoot(std::string_view text) {
  if (model::IsAccountId(text)) {
    return text;
  }
  const ArnFields arn = SplitArn(text);
  if (arn.count == ArnFields::kCount && arn.field[0] == "arn" && arn.field[1] == model::kArnPartition &&
      arn.field[2] == "iam" && arn.field[3].empty() && model::IsAccountId(arn.field[4]) && arn.field[5] == "root") {
    return arn.field[4];
  }
  return std::nullopt;
}

}  // namespace

class DocumentParser {
 public:
  DocumentParser(DocumentKind kind, std::string_view text, const ActionCatalogue* catalogue, bool is_stored)
      : kind_(kind), text_(text), is_stored_(is_stored), defects_(kind), out_() {
    out_.catalogue = catalogue;
  }

  Result<Document> Run() {
    const bool of_table = kind_ == DocumentKind::kTable || kind_ == DocumentKind::kStream;
    const size_t bytes_max = of_table && !is_stored_ ? kTablePolicyBytesMax : kDocumentBytesMax;
    if (text_.size() > bytes_max) {
      return defects_.TooLarge(bytes_max);
    }
    if (!of_table && !HasAllowedCharacters()) {
      return defects_.NotJson();
    }
    Arena arena;
    const Result<Node> root = json::Parse(text_, arena);
    if (!root.ok()) {
      return defects_.NotJson();
    }
    root_ = &root.value();
    TRY(ReadDocument());
    TRY(CheckActions());
    TRY(CheckResources());
    TRY(CheckPrincipals());
    Finish();
    return Document(kind_, std::move(out_));
  }

 private:
  // U+0009, U+000A, U+000D and U+0020 to U+00FF, which is what IAM takes.
  bool HasAllowedCharacters() const {
    return std::all_of(text_.begin(), text_.end(), [](char c) {
      const auto byte = static_cast<unsigned char>(c);
      return byte >= 0x20 ? byte <= 0xC3 : c == '\t' || c == '\n' || c == '\r';
    });
  }

  Error SyntaxAt(const Node& node) const { return defects_.Syntax(PositionBehind(text_, *root_, node)); }

  // --- shape ---

  Status ReadDocument() {
    if (!root_->IsObject()) {
      return SyntaxAt(*root_);
    }
    TRY(CheckNames(*root_));
    const Node* statements = nullptr;
    for (const json::Member& member : root_->members) {
      if (member.name == "Version") {
        if (member.value.kind != Kind::kString ||
            (member.value.string != kVersion2008 && member.value.string != kVersion2012)) {
          return SyntaxAt(member.value);
        }
        out_.has_variables = member.value.string == kVersion2012;
      } else if (member.name == "Id" && HasPrincipals(kind_)) {
        if (member.value.kind != Kind::kString) {
          return SyntaxAt(member.value);
        }
      } else if (member.name == "Statement") {
        statements = &member.value;
      } else {
        return SyntaxAt(member.value);
      }
    }
    if (statements == nullptr) {
      return SyntaxAt(*root_);
    }
    if (statements->IsObject()) {
      TRY(ReadStatement(*statements));
    } else if (statements->kind == Kind::kArray) {
      if (statements->elements.empty()) {
        return defects_.NoStatements();
      }
      out_.statements.reserve(statements->elements.size());
      for (const Node& statement : statements->elements) {
        TRY(ReadStatement(statement));
      }
    } else {
      return SyntaxAt(*statements);
    }
    return CheckSids();
  }

  // No name twice.
  Status CheckNames(const Node& object) const {
    std::vector<std::pair<std::string_view, const Node*>> names;
    names.reserve(object.members.size());
    for (const json::Member& member : object.members) {
      names.emplace_back(member.name, &member.value);
    }
    std::stable_sort(names.begin(), names.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    for (size_t i = 1; i < names.size(); ++i) {
      if (names[i].first == names[i - 1].first) {
        return SyntaxAt(*names[i].second);
      }
    }
    return {};
  }

  Status ReadStatement(const Node& node) {
    if (!node.IsObject()) {
      return SyntaxAt(node);
    }
    TRY(CheckNames(node));
    Statement statement;
    statement.ordinal = static_cast<uint32_t>(out_.statements.size());
    const Node* effect = nullptr;
    const Node* principals = nullptr;
    const Node* actions = nullptr;
    const Node* resources = nullptr;
    const Node* conditions = nullptr;
    for (const json::Member& member : node.members) {
      const Node** place = nullptr;
      bool* negated = nullptr;
      if (member.name == "Sid") {
        if (member.value.kind != Kind::kString) {
          return SyntaxAt(member.value);
        }
        statement.sid = Keep(member.value.string);
        continue;
      }
      if (member.name == "Effect") {
        place = &effect;
      } else if (member.name == "Principal" || member.name == "NotPrincipal") {
        place = &principals;
        negated = member.name == "Principal" ? nullptr : &statement.negated_principals;
      } else if (member.name == "Action" || member.name == "NotAction") {
        place = &actions;
        negated = member.name == "Action" ? nullptr : &statement.negated_actions;
      } else if (member.name == "Resource" || member.name == "NotResource") {
        place = &resources;
        negated = member.name == "Resource" ? nullptr : &statement.negated_resources;
      } else if (member.name == "Condition") {
        place = &conditions;
      }
      if (place == nullptr || *place != nullptr) {
        return SyntaxAt(member.value);
      }
      *place = &member.value;
      if (negated != nullptr) {
        *negated = true;
      }
    }
    TRY(ReadEffect(effect, statement));
    TRY(ReadPrincipals(principals, statement));
    TRY(ReadActions(actions, statement));
    TRY(ReadResources(resources, statement));
    if (conditions != nullptr) {
      TRY(ReadConditions(*conditions, statement));
    }
    out_.statements.push_back(statement);
    return {};
  }

  Status ReadEffect(const Node* effect, Statement& statement) {
    if (effect == nullptr) {
      return defects_.Missing("Effect");
    }
    if (effect->kind != Kind::kString) {
      return SyntaxAt(*effect);
    }
    // Tables take any case; a document of IAM says exactly this.
    const bool any_case = kind_ == DocumentKind::kTable || kind_ == DocumentKind::kStream;
    const std::string text = any_case ? LowerCase(effect->string) : std::string(effect->string);
    const bool allows = text == (any_case ? "allow" : "Allow");
    if (!allows && text != (any_case ? "deny" : "Deny")) {
      return SyntaxAt(*effect);
    }
    statement.effect = allows ? Effect::kAllow : Effect::kDeny;
    return {};
  }

  // One string or a list of at least one.
  Result<std::span<const Node>> OneOrMore(const Node& node) const {
    const std::span<const Node> texts = node.kind == Kind::kArray ? node.elements : std::span(&node, 1);
    if (texts.empty()) {
      return SyntaxAt(node);
    }
    for (const Node& text : texts) {
      if (text.kind != Kind::kString) {
        return SyntaxAt(text);
      }
    }
    return texts;
  }

  Status ReadPrincipals(const Node* principals, Statement& statement) {
    if (!HasPrincipals(kind_)) {
      return principals == nullptr ? Status() : defects_.Prohibited("Principal");
    }
    if (principals == nullptr) {
      return defects_.Missing("Principal");
    }
    const bool takes_negated = kind_ != DocumentKind::kTrust && kind_ != DocumentKind::kResourceControl;
    // An Allow for all others admits everybody; of tables that is said in other words, by who looks for it.
    const bool takes_negated_allow = kind_ == DocumentKind::kTable || kind_ == DocumentKind::kStream;
    if (statement.negated_principals &&
        (!takes_negated || (statement.effect == Effect::kAllow && !takes_negated_allow))) {
      return defects_.Prohibited("NotPrincipal");
    }
    statement.principals.first = static_cast<uint32_t>(out_.principals.size());
    if (principals->kind == Kind::kString) {
      if (principals->string != "*") {
        return SyntaxAt(*principals);
      }
      out_.principals.push_back({});
    } else if (principals->IsObject() && !principals->members.empty()) {
      TRY(CheckNames(*principals));
      for (const json::Member& member : principals->members) {
        if (member.name != "AWS" && member.name != "Service" && member.name != "Federated" &&
            member.name != "CanonicalUser") {
          return SyntaxAt(member.value);
        }
        TRY_ASSIGN(const std::span<const Node> texts, OneOrMore(member.value));
        for (const Node& text : texts) {
          written_principals_.push_back({member.name, text.string});
          out_.principals.push_back(CompilePrincipal(member.name, text.string));
        }
      }
    } else {
      return SyntaxAt(*principals);
    }
    statement.principals.count = static_cast<uint32_t>(out_.principals.size()) - statement.principals.first;
    if (kind_ == DocumentKind::kResourceControl &&
        (statement.effect == Effect::kAllow || statement.principals.count != 1 ||
         out_.principals.back().form != PrincipalForm::kEveryone)) {
      return defects_.OnlyDenials();
    }
    return {};
  }

  Status ReadActions(const Node* actions, Statement& statement) {
    if (actions == nullptr) {
      return defects_.Missing("Action");
    }
    TRY_ASSIGN(const std::span<const Node> texts, OneOrMore(*actions));
    statement.actions.first = static_cast<uint32_t>(out_.actions.size());
    for (const Node& text : texts) {
      written_actions_.push_back(text.string);
      statement.any_action = statement.any_action || text.string == "*";
      out_.actions.push_back(Keep(EncodePattern(LowerCase(text.string))));
    }
    statement.actions.count = static_cast<uint32_t>(texts.size());
    return {};
  }

  Status ReadResources(const Node* resources, Statement& statement) {
    if (kind_ == DocumentKind::kTrust) {
      statement.any_resource = true;
      return resources == nullptr ? Status() : defects_.Prohibited("Resource");
    }
    if (resources == nullptr) {
      return defects_.Missing("Resource");
    }
    TRY_ASSIGN(const std::span<const Node> texts, OneOrMore(*resources));
    statement.resources.first = static_cast<uint32_t>(out_.resources.size());
    for (const Node& text : texts) {
      written_resources_.push_back(text.string);
      const ResourceEntry entry = CompileResource(text.string, statement.keys);
      statement.any_resource = statement.any_resource || entry.is_any;
      out_.resources.push_back(entry);
    }
    statement.resources.count = static_cast<uint32_t>(texts.size());
    return {};
  }

  ResourceEntry CompileResource(std::string_view text, KeySet& keys) {
    ResourceEntry entry;
    if (text == "*") {
      entry.is_any = true;
      return entry;
    }
    const ArnFields arn = SplitArn(text);
    std::string pattern;
    for (size_t i = 0; i < arn.count; ++i) {
      pattern += i == 0 ? "" : ":";
      const bool is_last = i + 1 == ArnFields::kCount;
      pattern += is_last ? CompilePattern(arn.field[i], true, keys, entry.has_variable) : EncodePattern(arn.field[i]);
    }
    // Documents of resources take an incomplete ARN by its word, unless a wildcard says that there is more.
    const bool of_identity = kind_ == DocumentKind::kIdentity || kind_ == DocumentKind::kBoundary ||
                             kind_ == DocumentKind::kSession || kind_ == DocumentKind::kServiceControl;
    entry.never = arn.count < ArnFields::kCount && !of_identity && pattern.find(kAnyRun) == std::string::npos;
    entry.text = Keep(pattern);
    return entry;
  }

  // --- conditions ---

  Status ReadConditions(const Node& node, Statement& statement) {
    if (!node.IsObject()) {
      return SyntaxAt(node);
    }
    TRY(CheckNames(node));
    statement.conditions.first = static_cast<uint32_t>(out_.conditions.size());
    for (const json::Member& member : node.members) {
      const std::optional<ConditionEntry> entry = ParseOperator(member.name);
      if (!entry || !member.value.IsObject() || member.value.members.empty()) {
        return SyntaxAt(member.value);
      }
      TRY(CheckNames(member.value));
      for (const json::Member& key : member.value.members) {
        TRY(ReadCondition(*entry, key, statement.keys));
      }
    }
    statement.conditions.count = static_cast<uint32_t>(out_.conditions.size()) - statement.conditions.first;
    return {};
  }

  Status ReadCondition(ConditionEntry entry, const json::Member& member, KeySet& keys) {
    if (member.name.empty()) {
      return SyntaxAt(member.value);
    }
    entry.key = KeepKey(member.name, keys);
    const Node& node = member.value;
    const std::span<const Node> values = node.kind == Kind::kArray ? node.elements : std::span(&node, 1);
    if (values.empty()) {
      return SyntaxAt(node);
    }
    entry.operands.first = static_cast<uint32_t>(out_.operands.size());
    entry.operands.count = static_cast<uint32_t>(values.size());
    for (const Node& value : values) {
      const std::optional<std::string> text = ScalarText(value);
      if (!text || !AddOperand(entry.op, *text, keys)) {
        return SyntaxAt(value);
      }
    }
    out_.conditions.push_back(entry);
    return {};
  }

  // False if the operator can do nothing with such a value.
  bool AddOperand(Operator op, std::string_view text, KeySet& keys) {
    Operand operand;
    switch (op) {
      case Operator::kStringEquals:
      case Operator::kStringEqualsIgnoreCase:
        operand.text = Keep(CompilePattern(text, false, keys, operand.has_variable));
        break;
      case Operator::kStringLike:
      case Operator::kArn:
        operand.text = Keep(CompilePattern(text, true, keys, operand.has_variable));
        break;
      case Operator::kNumericEquals:
      case Operator::kNumericLess:
      case Operator::kNumericLessOrEquals:
      case Operator::kNumericGreater:
      case Operator::kNumericGreaterOrEquals: {
        const Result<model::Number> number = model::Number::Parse(text);
        if (!number.ok()) {
          return false;
        }
        operand.typed = static_cast<uint32_t>(out_.numbers.size());
        out_.numbers.push_back(*number);
        break;
      }
      case Operator::kDateEquals:
      case Operator::kDateLess:
      case Operator::kDateLessOrEquals:
      case Operator::kDateGreater:
      case Operator::kDateGreaterOrEquals: {
        const std::optional<int64_t> instant = ParseInstant(text);
        if (!instant) {
          return false;
        }
        operand.typed = static_cast<uint32_t>(out_.instants.size());
        out_.instants.push_back(*instant);
        break;
      }
      case Operator::kBool:
        operand.text = Keep(CompilePattern(text, false, keys, operand.has_variable));
        return operand.has_variable || ParseBool(text) ? Push(operand) : false;
      case Operator::kNull:
        operand.text = Keep(text);
        return ParseBool(text) ? Push(operand) : false;
      case Operator::kBinaryEquals: {
        std::string bytes(text.size(), '\0');
        size_t size = 0;
        if (Base64Decode(text, bytes.data(), size) != Base64Defect::kNone) {
          return false;
        }
        operand.text = Keep(std::string_view(bytes).substr(0, size));
        break;
      }
      case Operator::kIpAddress: {
        const std::optional<Network> network = ParseNetwork(text);
        if (!network) {
          return false;
        }
        operand.typed = static_cast<uint32_t>(out_.networks.size());
        out_.networks.push_back(*network);
        break;
      }
    }
    return Push(operand);
  }
  bool Push(const Operand& operand) {
    out_.operands.push_back(operand);
    return true;
  }

  // Variables become marks with their number, escapes the characters they stand for.
  std::string CompilePattern(std::string_view text, bool wildcards, KeySet& keys, bool& has_variable) {
    if (!out_.has_variables) {
      return wildcards ? EncodePattern(text) : std::string(text);
    }
    std::string pattern;
    for (std::string_view rest = text; !rest.empty();) {
      const std::optional<WrittenVariable> written = TakeVariable(rest);
      if (!written) {
        const char c = rest.front();
        pattern.push_back(wildcards && c == '*' ? kAnyRun : wildcards && c == '?' ? kAnyOne : c);
        rest.remove_prefix(1);
      } else if (written->escaped != '\0') {
        pattern.push_back(written->escaped);
      } else {
        VariableEntry variable;
        variable.key = KeepKey(written->key, keys);
        variable.has_fallback = written->has_fallback;
        variable.fallback = Keep(written->fallback);
        AppendVariable(pattern, out_.variables.size());
        out_.variables.push_back(variable);
        has_variable = true;
      }
    }
    return pattern;
  }

  // --- what elements may hold ---

  Status CheckSids() const {
    std::vector<std::string_view> sids;
    for (const Statement& statement : out_.statements) {
      const std::string_view sid = out_.TextOf(statement.sid);
      const bool of_iam = kind_ != DocumentKind::kTable && kind_ != DocumentKind::kStream &&
                          kind_ != DocumentKind::kKey && kind_ != DocumentKind::kEndpoint;
      if (of_iam && !std::all_of(sid.begin(), sid.end(), IsLetterOrDigit)) {
        return defects_.SidCharacters();
      }
      if (!sid.empty()) {
        sids.push_back(sid);
      }
    }
    std::sort(sids.begin(), sids.end());
    return std::adjacent_find(sids.begin(), sids.end()) == sids.end() ? Status() : defects_.SidsRepeat();
  }

  Status CheckActions() const {
    if (kind_ == DocumentKind::kTable || kind_ == DocumentKind::kStream) {
      std::vector<std::string> not_usable;
      for (const std::string_view action : written_actions_) {
        if (!IsUsable(action)) {
          not_usable.emplace_back(action);
        }
      }
      return not_usable.empty() ? Status() : defects_.ActionsNotUsable(not_usable);
    }
    for (const std::string_view action : written_actions_) {
      TRY(CheckActionForm(action));
    }
    return {};
  }
  Status CheckActionForm(std::string_view action) const {
    if (action == "*") {
      return {};
    }
    const size_t colon = action.find(':');
    if (colon == std::string_view::npos || colon == 0 || colon + 1 == action.size()) {
      return defects_.WithoutVendor(action);
    }
    if (action.find(':', colon + 1) != std::string_view::npos) {
      return defects_.SeveralColons(action);
    }
    const std::string_view service = action.substr(0, colon);
    const bool is_service =
        std::all_of(service.begin(), service.end(), [](char c) { return IsLetterOrDigit(c) || c == '-'; });
    return is_service ? Status() : defects_.BadVendor(action);
  }
  // In the policy of a table or a stream: what can be asked of one, or a pattern, which stands for what can.
  bool IsUsable(std::string_view action) const {
    if (action == "*") {
      return true;
    }
    const std::string lower = LowerCase(action);
    if (!lower.starts_with("dynamodb:") || !CheckActionForm(action).ok()) {
      return false;
    }
    if (is_stored_ || out_.catalogue == nullptr || lower.find_first_of("*?") != std::string::npos) {
      return true;
    }
    const Action* known = out_.catalogue->Find(lower);
    if (known == nullptr) {
      return false;
    }
    const KnownAction& row = out_.catalogue->row(known->number);
    return kind_ == DocumentKind::kTable ? row.for_tables : row.for_streams;
  }

  Status CheckResources() const {
    for (const std::string_view resource : written_resources_) {
      if (resource == "*") {
        continue;
      }
      const ArnFields arn = SplitArn(resource);
      const bool service_is_plain =
          arn.count < 3 || arn.field[2].find_first_of("*?") == std::string_view::npos || arn.field[2] == "*";
      if (arn.count < 2 || arn.field[0] != "arn" || !service_is_plain) {
        return defects_.NotAnArn(resource);
      }
      // A service that is any is one only if nothing is said behind it.
      if (arn.count > 3 && arn.field[2] == "*") {
        return defects_.NotAnArn(resource);
      }
      const std::string_view relative_id = arn.field[5];
      if ((kind_ == DocumentKind::kTable || kind_ == DocumentKind::kStream) && arn.count == ArnFields::kCount &&
          !CanBeOfKind(arn.field[2], relative_id)) {
        return defects_.ResourceOfAnotherKind(relative_id, resource);
      }
    }
    return {};
  }
  // Whether some table or index, or some stream, can have such an id.
  bool CanBeOfKind(std::string_view service, std::string_view relative_id) const {
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
                                      : i == 2 ? (kind_ == DocumentKind::kTable ? "index" : "stream")
                                               : std::string_view();
      if (!wanted.empty() && !open && !Matches(EncodePattern(parts[i]), wanted)) {
        return false;
      }
      open = open || parts[i].find('*') != std::string_view::npos || parts[i].find("${") != std::string_view::npos;
    }
    return open || (kind_ == DocumentKind::kTable ? count == 2 || count == 4 : count == 4);
  }

  PrincipalEntry CompilePrincipal(std::string_view type, std::string_view text) {
    if (type == "Service") {
      return {PrincipalForm::kService, Keep(text)};
    }
    if (type == "Federated") {
      return {PrincipalForm::kFederated, Keep(text)};
    }
    if (text == "*") {
      return {};
    }
    if (const std::optional<std::string_view> account = AccountOfRoot(text)) {
      return {PrincipalForm::kAccount, Keep(*account)};
    }
    return {IsUniqueId(text) ? PrincipalForm::kUniqueId : PrincipalForm::kArn, Keep(text)};
  }
  Status CheckPrincipals() const {
    for (const auto& [type, text] : written_principals_) {
      bool valid = false;
      if (type == "AWS") {
        valid = text == "*" || AccountOfRoot(text) || IsUniqueId(text) || IsPrincipalArn(text);
      } else if (type == "Federated") {
        valid = kind_ == DocumentKind::kTrust && !text.empty() && text.find_first_of("*?") == std::string_view::npos;
      } else if (type == "Service") {
        const bool of_table = kind_ == DocumentKind::kTable || kind_ == DocumentKind::kStream;
        const bool known =
            of_table ? std::find(kServicesOfTables.begin(), kServicesOfTables.end(), text) != kServicesOfTables.end()
                     : text.ends_with(".amazonaws.com") && text.find_first_of("*?") == std::string_view::npos;
        if (!known) {
          return defects_.InvalidService();
        }
        valid = true;
      }
      if (!valid) {
        return defects_.InvalidPrincipal(type, text);
      }
    }
    return {};
  }

  // --- the compiled form ---

  Text Keep(std::string_view text) {
    const Text kept = {static_cast<uint32_t>(out_.texts.size()), static_cast<uint32_t>(text.size())};
    out_.texts += text;
    return kept;
  }
  // One entry a name, whatever its case.
  uint32_t KeepKey(std::string_view name, KeySet& keys) {
    const std::string lower = LowerCase(name);
    for (uint32_t i = 0; i < out_.keys.size(); ++i) {
      if (out_.TextOf(out_.keys[i].name) == lower) {
        keys.set(static_cast<size_t>(out_.keys[i].id));
        return i;
      }
    }
    const ConditionKey key = ResolveKey(lower);
    keys.set(static_cast<size_t>(key.id));
    out_.keys.push_back({key.id, Keep(lower), static_cast<uint32_t>(key.member.size())});
    return static_cast<uint32_t>(out_.keys.size() - 1);
  }

  void Finish() {
    std::stable_sort(out_.statements.begin(), out_.statements.end(), [](const Statement& a, const Statement& b) {
      return a.effect == Effect::kDeny && b.effect == Effect::kAllow;
    });
    if (out_.catalogue != nullptr) {
      NumberActions(*out_.catalogue);
    }
    out_.statements.shrink_to_fit();
    out_.principals.shrink_to_fit();
    out_.actions.shrink_to_fit();
    out_.resources.shrink_to_fit();
    out_.conditions.shrink_to_fit();
    out_.operands.shrink_to_fit();
    out_.keys.shrink_to_fit();
    out_.variables.shrink_to_fit();
    out_.texts.shrink_to_fit();
  }
  // One bit for each action of the catalogue that a statement speaks of.
  void NumberActions(const ActionCatalogue& catalogue) {
    const size_t words = (catalogue.size() + kWordBits - 1) / kWordBits;
    size_t statements_with_bits = 0;
    for (const Statement& statement : out_.statements) {
      statements_with_bits += statement.any_action ? 0 : 1;
    }
    out_.action_bits.resize(words * statements_with_bits);
    uint32_t next = 0;
    for (Statement& statement : out_.statements) {
      if (statement.any_action) {
        continue;
      }
      statement.action_bits = next;
      uint64_t* bits = out_.action_bits.data() + next;
      next += static_cast<uint32_t>(words);
      for (uint32_t i = 0; i < statement.actions.count; ++i) {
        const std::string_view pattern = out_.TextOf(out_.actions[statement.actions.first + i]);
        if (pattern.find_first_of(kMarks) == std::string_view::npos) {
          if (const Action* action = catalogue.Find(pattern)) {
            bits[action->number / kWordBits] |= uint64_t{1} << (action->number % kWordBits);
          }
          continue;
        }
        for (uint32_t number = 0; number < catalogue.size(); ++number) {
          if (Matches(pattern, catalogue.action(number).lower_name)) {
            bits[number / kWordBits] |= uint64_t{1} << (number % kWordBits);
          }
        }
      }
      for (size_t w = 0; w < words && statement.negated_actions; ++w) {
        bits[w] = ~bits[w];
      }
    }
  }

  DocumentKind kind_;
  std::string_view text_;
  bool is_stored_;
  Defects defects_;
  Compiled out_;
  const Node* root_ = nullptr;
  // As written, in the order of the text; views into the parsed document.
  std::vector<std::string_view> written_actions_;
  std::vector<std::string_view> written_resources_;
  std::vector<std::pair<std::string_view, std::string_view>> written_principals_;
};

Result<Document> Document::Parse(DocumentKind kind, std::string_view text, const ActionCatalogue* catalogue) {
  return DocumentParser(kind, text, catalogue, false).Run();
}

Result<Document> Document::ParseStored(DocumentKind kind, std::string_view text, const ActionCatalogue* catalogue) {
  return DocumentParser(kind, text, catalogue, true).Run();
}

}  // namespace basalt::policy
