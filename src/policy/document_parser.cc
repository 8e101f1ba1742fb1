// From JSON to a compiled document: the grammar of each kind, then what its elements may hold.
#include <algorithm>
#include <optional>
#include <unordered_map>
#include <utility>

#include "base/arena.h"
#include "base/base64.h"
#include "json/node.h"
#include "policy/compiled_document.h"
#include "policy/defect.h"
#include "policy/document.h"
#include "policy/element_checks.h"
#include "policy/operator_name.h"
#include "policy/position.h"
#include "policy/principal_name.h"
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

}  // namespace

class DocumentParser {
 public:
  DocumentParser(DocumentKind kind, std::string_view text, const ActionCatalogue* catalogue, bool is_stored)
      : kind_(kind), text_(text), is_stored_(is_stored), defects_(kind), out_() {
    out_.catalogue = catalogue;
  }

  static Document Make(DocumentKind kind, Compiled compiled) { return {kind, std::move(compiled)}; }

  Result<Document> Run() {
    const bool of_table = IsOfTables(kind_);
    const size_t bytes_max = of_table && !is_stored_ ? kTablePolicyBytesMax : kDocumentBytesMax;
    if (text_.size() > bytes_max) {
      return defects_.TooLarge(bytes_max);
    }
    if (!of_table && !is_stored_ && !HasAllowedCharacters()) {
      return defects_.NotJson();
    }
    Arena arena;
    const Result<Node> root = json::Parse(text_, arena);
    if (!root.ok()) {
      return defects_.NotJson();
    }
    root_ = &root.value();
    TRY(ReadDocument());
    TRY(CheckActions(kind_, written_actions_, is_stored_ ? nullptr : out_.catalogue));
    TRY(CheckResources(kind_, written_resources_));
    TRY(CheckPrincipals(kind_, written_principals_));
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
    return CheckSids(kind_, SidsOf());
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
    const bool any_case = IsOfTables(kind_);
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
    const bool takes_negated_allow = IsOfTables(kind_);
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

  std::vector<std::string_view> SidsOf() const {
    std::vector<std::string_view> sids;
    for (const Statement& statement : out_.statements) {
      sids.push_back(out_.TextOf(statement.sid));
    }
    return sids;
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
  // --- the compiled form ---

  Text Keep(std::string_view text) {
    const Text kept = {static_cast<uint32_t>(out_.texts.size()), static_cast<uint32_t>(text.size())};
    out_.texts += text;
    return kept;
  }
  // One entry a name, whatever its case.
  uint32_t KeepKey(std::string_view name, KeySet& keys) {
    const auto [place, is_new] = key_numbers_.try_emplace(LowerCase(name), static_cast<uint32_t>(out_.keys.size()));
    const ConditionKey key = ResolveKey(place->first);
    keys.set(static_cast<size_t>(key.id));
    if (is_new) {
      out_.keys.push_back({key.id, Keep(key.name), static_cast<uint32_t>(key.member.size())});
    }
    return place->second;
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
  std::unordered_map<std::string, uint32_t> key_numbers_;  // by lower-case name
  // As written, in the order of the text; views into the parsed document.
  std::vector<std::string_view> written_actions_;
  std::vector<std::string_view> written_resources_;
  std::vector<WrittenPrincipal> written_principals_;
};

Result<Document> Document::Parse(DocumentKind kind, std::string_view text, const ActionCatalogue* catalogue) {
  return DocumentParser(kind, text, catalogue, false).Run();
}

Result<Document> Document::ParseStored(DocumentKind kind, std::string_view text, const ActionCatalogue* catalogue) {
  return DocumentParser(kind, text, catalogue, true).Run();
}

Document MakeDocument(DocumentKind kind, Compiled compiled) { return DocumentParser::Make(kind, std::move(compiled)); }

}  // namespace basalt::policy
