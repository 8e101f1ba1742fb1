// Properties of expressions: random items under random conditions, updates and projections agree with an evaluator
// that is slow and obvious. The generators know the answer of what they write: a condition comes with its truth.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "expression/request_fixture.h"

namespace basalt::expression {
namespace {

using model::Type;

// A value that owns what it holds. Numbers are small integers.
struct Tree {
  Type type = Type::kNull;
  std::string text;                        // S, B, N
  std::vector<std::string> members;        // sets
  std::vector<Tree> elements;              // L
  std::map<std::string, Tree> attributes;  // M
  // While an update is applied:
  bool removed = false;
  std::map<uint32_t, Tree> appended;  // L: by the index asked for
};

struct Step {
  bool is_index = false;
  uint32_t index = 0;
  std::string name;
  bool operator==(const Step&) const = default;
};
using Steps = std::vector<Step>;

model::Value ValueOf(const Tree& tree, Arena& arena) {
  switch (tree.type) {
    case Type::kS:
      return model::Value::String(tree.text);
    case Type::kB:
      return model::Value::Binary(tree.text);
    case Type::kN:
      return model::Value::Number(tree.text);
    case Type::kBool:
      return model::Value::Bool(tree.text == "true");
    case Type::kNull:
      return model::Value::Null();
    case Type::kSs:
    case Type::kNs:
    case Type::kBs: {
      const std::span<std::string_view> members = arena.NewArray<std::string_view>(tree.members.size());
      std::copy(tree.members.begin(), tree.members.end(), members.begin());
      std::sort(members.begin(), members.end());
      return model::Value::Set(tree.type, members);
    }
    case Type::kL: {
      const std::span<model::Value> elements = arena.NewArray<model::Value>(tree.elements.size());
      for (size_t i = 0; i < elements.size(); ++i) {
        elements[i] = ValueOf(tree.elements[i], arena);
      }
      return model::Value::List(elements);
    }
    case Type::kM: {
      const std::span<model::Attribute> attributes = arena.NewArray<model::Attribute>(tree.attributes.size());
      size_t i = 0;
      for (const auto& [name, value] : tree.attributes) {
        attributes[i++] = model::Attribute{name, ValueOf(value, arena)};
      }
      return model::Value::Map(attributes);
    }
  }
  return model::Value::Null();
}

bool Same(const Tree& a, const Tree& b) {
  return a.type == b.type && a.text == b.text &&
         std::is_permutation(a.members.begin(), a.members.end(), b.members.begin(), b.members.end()) &&
         std::equal(a.elements.begin(), a.elements.end(), b.elements.begin(), b.elements.end(), Same) &&
         std::equal(a.attributes.begin(), a.attributes.end(), b.attributes.begin(), b.attributes.end(),
                    [](const auto& x, const auto& y) { return x.first == y.first && Same(x.second, y.second); });
}

bool IsOrdered(const Tree& a) { return a.type == Type::kS || a.type == Type::kN || a.type == Type::kB; }

int Order(const Tree& a, const Tree& b) {
  return a.type == Type::kN ? std::stoi(a.text) - std::stoi(b.text) : a.text.compare(b.text);
}

const Tree* Lookup(const Tree& item, const Steps& steps) {
  const Tree* at = &item;
  for (const Step& step : steps) {
    if (step.is_index) {
      at = at->type == Type::kL && step.index < at->elements.size() ? &at->elements[step.index] : nullptr;
    } else {
      const auto found = at->attributes.find(step.name);
      at = at->type == Type::kM && found != at->attributes.end() ? &found->second : nullptr;
    }
    if (at == nullptr) {
      return nullptr;
    }
  }
  return at;
}

std::string TextOfSteps(const Steps& steps) {
  std::string text;
  for (const Step& step : steps) {
    if (step.is_index) {
      text += "[" + std::to_string(step.index) + "]";
    } else {
      text += (text.empty() ? "" : ".") + step.name;
    }
  }
  return text;
}

class Generator {
 public:
  explicit Generator(uint32_t seed) : random_(seed) { item_ = Map(3); }

  const Tree& item() const { return item_; }
  size_t Below(size_t bound) { return random_() % bound; }
  bool Chance(size_t one_in) { return Below(one_in) == 0; }

  Tree Scalar() {
    static constexpr Type kTypes[] = {Type::kS, Type::kN, Type::kB, Type::kBool, Type::kNull};
    Tree tree;
    tree.type = kTypes[Below(5)];
    if (tree.type == Type::kN) {
      tree.text = std::to_string(static_cast<int>(Below(7)) - 3);
    } else if (tree.type == Type::kBool) {
      tree.text = Chance(2) ? "true" : "false";
    } else if (tree.type != Type::kNull) {
      for (size_t i = Below(4); i > 0; --i) {
        tree.text += Chance(2) ? 'x' : 'y';
      }
    }
    return tree;
  }

  Tree Set() {
    static constexpr Type kTypes[] = {Type::kSs, Type::kNs, Type::kBs};
    Tree tree;
    tree.type = kTypes[Below(3)];
    static const std::vector<std::string> kNumbers = {"-1", "0", "1", "2"};
    static const std::vector<std::string> kTexts = {"x", "y", "xy", ""};
    tree.members = tree.type == Type::kNs ? kNumbers : kTexts;
    std::shuffle(tree.members.begin(), tree.members.end(), random_);
    tree.members.resize(1 + Below(3));
    return tree;
  }

  Tree List(size_t depth) {
    Tree tree;
    tree.type = Type::kL;
    for (size_t i = Below(5); i > 0; --i) {
      tree.elements.push_back(Any(depth - 1));
    }
    return tree;
  }

  Tree Map(size_t depth) {
    Tree tree;
    tree.type = Type::kM;
    for (const char* name : {"p", "q", "r", "s"}) {
      if (!Chance(4)) {
        tree.attributes[name] = Any(depth - 1);
      }
    }
    return tree;
  }

  Tree Any(size_t depth) {
    switch (depth == 0 ? Below(2) : Below(4)) {
      case 0:
        return Scalar();
      case 1:
        return Set();
      case 2:
        return List(depth);
      default:
        return Map(depth);
    }
  }

  // Mostly along what the item has.
  Steps RandomPath() {
    Steps steps;
    const Tree* at = &item_;
    do {
      Step step;
      step.is_index = !steps.empty() && (at != nullptr && at->type == Type::kL ? !Chance(12) : Chance(12));
      if (step.is_index) {
        step.index = static_cast<uint32_t>(Below(6));
      } else {
        step.name = std::string(1, "pqrst"[Below(5)]);
      }
      steps.push_back(step);
      at = Lookup(item_, steps);
    } while (steps.size() < 4 && (at != nullptr && !at->members.empty() ? Chance(8) : at != nullptr && Chance(2)));
    return steps;
  }

  std::string Literal(const Tree& tree) {
    literals_.push_back(std::make_unique<Tree>(tree));
    return ":v" + std::to_string(literals_.size() - 1);
  }

  std::vector<model::Attribute> LiteralAttributes(Arena& arena) {
    std::vector<model::Attribute> attributes;
    for (size_t i = 0; i < literals_.size(); ++i) {
      attributes.push_back({arena.Copy(":v" + std::to_string(i)), ValueOf(*literals_[i], arena)});
    }
    attributes.resize(model::SortAttributes(attributes).size());
    return attributes;
  }

  // Conditions.

  struct Operand {
    std::string text;
    std::optional<Tree> value;
    bool is_path = false;
  };

  Operand PathOperand() {
    const Steps steps = RandomPath();
    Operand operand;
    operand.text = TextOfSteps(steps);
    operand.is_path = true;
    if (const Tree* found = Lookup(item_, steps)) {
      operand.value = *found;
    }
    return operand;
  }

  Operand SizeOperand() {
    const Operand of = PathOperand();
    Operand operand;
    operand.text = "size(" + of.text + ")";
    if (of.value.has_value() && of.value->type != Type::kN && of.value->type != Type::kBool &&
        of.value->type != Type::kNull) {
      Tree size;
      size.type = Type::kN;
      size.text = std::to_string(of.value->text.size() + of.value->members.size() + of.value->elements.size() +
                                 of.value->attributes.size());
      operand.value = size;
    }
    return operand;
  }

  Operand LiteralOperand(bool ordered) {
    Operand operand;
    do {
      operand.value = Chance(2) ? Any(1) : Scalar();
      if (Chance(2)) {
        if (const Operand like = PathOperand(); like.value.has_value()) {
          operand.value = like.value;
        }
      }
    } while (ordered && !IsOrdered(*operand.value));
    operand.text = Literal(*operand.value);
    return operand;
  }

  Operand AnyOperand(bool ordered) {
    Operand operand = Chance(5) ? SizeOperand() : Chance(2) ? LiteralOperand(ordered) : PathOperand();
    if (Chance(6)) {
      operand.text = "(" + operand.text + ")";
    }
    return operand;
  }

  struct Truth {
    std::string text;
    bool holds = false;
    int binding = 3;  // 0 OR, 1 AND, 2 NOT, 3 anything closer
  };

  static bool Compare(const std::string& comparator, const Operand& a, const Operand& b) {
    const bool both = a.value.has_value() && b.value.has_value();
    const bool equal = both && Same(*a.value, *b.value);
    if (comparator == "=") {
      return equal;
    }
    if (comparator == "<>") {
      return !equal;
    }
    if (!both || a.value->type != b.value->type || !IsOrdered(*a.value)) {
      return false;
    }
    const int order = Order(*a.value, *b.value);
    return comparator == "<" ? order < 0 : comparator == "<=" ? order <= 0 : comparator == ">" ? order > 0 : order >= 0;
  }

  Truth Comparison() {
    static const char* const kComparators[] = {"=", "<>", "<", "<=", ">", ">="};
    const std::string comparator = kComparators[Below(6)];
    const bool ordered = comparator != "=" && comparator != "<>";
    Operand a = AnyOperand(ordered);
    Operand b = AnyOperand(ordered);
    while (a.is_path && b.is_path) {
      b = LiteralOperand(ordered);
    }
    return {a.text + " " + comparator + " " + b.text, Compare(comparator, a, b), 3};
  }

  Truth Between() {
    const Operand a = AnyOperand(true);
    const Operand low = PathOperand();
    const Operand high = AnyOperand(true);
    return {a.text + " between " + low.text + " and " + high.text, Compare(">=", a, low) && Compare("<=", a, high), 3};
  }

  Truth In() {
    const Operand a = PathOperand();
    Truth truth{a.text + " in (", false, 3};
    for (size_t i = 0, count = 1 + Below(4); i < count; ++i) {
      const Operand b = AnyOperand(false);
      truth.text += (i > 0 ? "," : "") + b.text;
      truth.holds = truth.holds || Compare("=", a, b);
    }
    truth.text += ")";
    return truth;
  }

  Truth Call() {
    const Operand a = PathOperand();
    switch (Below(5)) {
      case 0:
        return {"attribute_exists(" + a.text + ")", a.value.has_value(), 3};
      case 1:
        return {"attribute_not_exists(" + a.text + ")", !a.value.has_value(), 3};
      case 2: {
        const Type type = static_cast<Type>(Below(10));
        Tree name;
        name.type = Type::kS;
        name.text = model::TypeName(type);
        return {"attribute_type(" + a.text + ", " + Literal(name) + ")", a.value.has_value() && a.value->type == type,
                3};
      }
      case 3: {
        Tree prefix = Scalar();
        prefix.type = prefix.type == Type::kB ? Type::kB : Type::kS;
        return {"begins_with(" + a.text + ", " + Literal(prefix) + ")",
                a.value.has_value() && a.value->type == prefix.type &&
                    a.value->text.substr(0, prefix.text.size()) == prefix.text,
                3};
      }
      default:
        break;
    }
    const Operand b = LiteralOperand(false);
    return {"contains(" + a.text + "," + b.text + ")", a.value.has_value() && ContainsTree(*a.value, *b.value), 3};
  }

  static bool ContainsTree(const Tree& container, const Tree& part) {
    switch (container.type) {
      case Type::kS:
      case Type::kB:
        return part.type == container.type && container.text.find(part.text) != std::string::npos;
      case Type::kSs:
        return part.type == Type::kS && std::count(container.members.begin(), container.members.end(), part.text) > 0;
      case Type::kNs:
        return part.type == Type::kN && std::count(container.members.begin(), container.members.end(), part.text) > 0;
      case Type::kBs:
        return part.type == Type::kB && std::count(container.members.begin(), container.members.end(), part.text) > 0;
      case Type::kL:
        return std::any_of(container.elements.begin(), container.elements.end(),
                           [&](const Tree& element) { return Same(element, part); });
      default:
        return false;
    }
  }

  Truth Condition(size_t depth) {
    switch (depth == 0 ? 3 + Below(4) : Below(7)) {
      case 0: {
        const Truth inner = Enclose(Condition(depth - 1), 2);
        return {"NOT " + inner.text, !inner.holds, 2};
      }
      case 1:
      case 2: {
        const bool is_and = Chance(2);
        Truth truth = Enclose(Condition(depth - 1), is_and ? 1 : 0);
        for (size_t i = 1 + Below(3); i > 0; --i) {
          const Truth next = Enclose(Condition(depth - 1), is_and ? 2 : 1);
          truth.text += (is_and ? " AND " : " OR ") + next.text;
          truth.holds = is_and ? truth.holds && next.holds : truth.holds || next.holds;
        }
        truth.binding = is_and ? 1 : 0;
        return truth;
      }
      case 3:
        return Between();
      case 4:
        return In();
      case 5:
        return Call();
      default:
        return Comparison();
    }
  }

  Truth Enclose(Truth truth, int binding) {
    if (truth.binding < binding || (truth.text.front() != '(' && Chance(5))) {
      truth.text = "(" + truth.text + ")";
      truth.binding = 3;
    }
    return truth;
  }

  // Updates.

  // A right-hand side and its value; none: evaluating it fails.
  struct Computed {
    std::string text;
    std::optional<Tree> value;
  };

  Computed Term(size_t depth) {
    if (depth > 0 && Chance(3)) {
      const Operand path = PathOperand();
      const Computed fallback = Term(depth - 1);
      return {"if_not_exists(" + path.text + ", " + fallback.text + ")",
              path.value.has_value() ? path.value : fallback.value};
    }
    if (depth > 0 && Chance(4)) {
      const Computed a = ListTerm(depth - 1);
      const Computed b = ListTerm(depth - 1);
      Computed sum{"list_append(" + a.text + ", " + b.text + ")", {}};
      if (a.value.has_value() && b.value.has_value() && a.value->type == Type::kL && b.value->type == Type::kL) {
        sum.value = a.value;
        sum.value->elements.insert(sum.value->elements.end(), b.value->elements.begin(), b.value->elements.end());
      }
      return sum;
    }
    if (Chance(3)) {
      const Operand path = PathOperand();
      return {path.text, path.value};
    }
    const Tree tree = Any(2);
    return {Literal(tree), tree};
  }

  Computed ListTerm(size_t depth) {
    const Tree list = List(2);
    if (Chance(3)) {
      const Operand path = PathOperand();
      return {"if_not_exists(" + path.text + "," + Literal(list) + ")",
              path.value.has_value() ? path.value : std::optional(list)};
    }
    if (depth > 0 && Chance(3)) {
      const Computed inner = ListTerm(depth - 1);
      Computed sum{"list_append(" + inner.text + ", " + Literal(list) + ")", {}};
      if (inner.value.has_value() && inner.value->type == Type::kL) {
        sum.value = inner.value;
        sum.value->elements.insert(sum.value->elements.end(), list.elements.begin(), list.elements.end());
      }
      return sum;
    }
    if (Chance(2)) {
      const Operand path = PathOperand();
      return {path.text, path.value};
    }
    return {Literal(list), list};
  }

  Tree SmallNumber() {
    Tree tree;
    tree.type = Type::kN;
    tree.text = std::to_string(static_cast<int>(Below(9)) - 4);
    return tree;
  }

  Computed RightSide() {
    if (!Chance(4)) {
      return Term(2);
    }
    const Operand path = PathOperand();
    const Tree number = SmallNumber();
    const bool plus = Chance(2);
    Computed sum{path.text + (plus ? " + " : "-") + Literal(number), {}};
    if (path.value.has_value() && path.value->type == Type::kN) {
      sum.value = number;
      sum.value->text = std::to_string(std::stoi(path.value->text) + (plus ? 1 : -1) * std::stoi(number.text));
    }
    return sum;
  }

  std::mt19937& random() { return random_; }

 private:
  std::mt19937 random_;
  Tree item_;
  std::vector<std::unique_ptr<Tree>> literals_;
};

bool Clash(const Steps& a, const Steps& b) {
  for (size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    if (a[i].is_index != b[i].is_index) {
      return true;
    }
    if (a[i] != b[i]) {
      return false;
    }
  }
  return true;
}

// Where a change goes, made if it is absent; null if the way to it is broken.
struct Target {
  Tree* parent = nullptr;
  Step step;

  Tree* Existing() const {
    if (step.is_index) {
      return step.index < parent->elements.size() ? &parent->elements[step.index] : nullptr;
    }
    const auto found = parent->attributes.find(step.name);
    return found != parent->attributes.end() ? &found->second : nullptr;
  }
  void Put(const Tree& value) const {
    if (Tree* existing = Existing()) {
      *existing = value;
    } else if (step.is_index) {
      parent->appended[step.index] = value;
    } else {
      parent->attributes[step.name] = value;
    }
  }
  void Remove() const {
    if (Tree* existing = Existing()) {
      existing->removed = true;
    }
  }
};

std::optional<Target> Reach(Tree& item, const Steps& steps) {
  Tree* at = &item;
  for (size_t i = 0; i + 1 < steps.size(); ++i) {
    at = const_cast<Tree*>(Lookup(*at, {steps[i]}));
    if (at == nullptr) {
      return std::nullopt;
    }
  }
  if (at->type != (steps.back().is_index ? Type::kL : Type::kM)) {
    return std::nullopt;
  }
  return Target{at, steps.back()};
}

void Settle(Tree& tree) {
  for (auto& [index, value] : tree.appended) {
    tree.elements.push_back(value);
  }
  tree.appended.clear();
  std::erase_if(tree.elements, [](const Tree& element) { return element.removed; });
  std::erase_if(tree.attributes, [](const auto& attribute) { return attribute.second.removed; });
  for (Tree& element : tree.elements) {
    Settle(element);
  }
  for (auto& [name, value] : tree.attributes) {
    Settle(value);
  }
}

// False: the update fails.
bool Add(Tree& result, const Steps& steps, const Tree& literal) {
  const std::optional<Target> target = Reach(result, steps);
  if (!target.has_value()) {
    return false;
  }
  const Tree* old_value = target->Existing();
  if (old_value == nullptr) {
    target->Put(literal);
    return true;
  }
  if (old_value->type != literal.type) {
    return false;
  }
  Tree sum = *old_value;
  if (literal.type == Type::kN) {
    sum.text = std::to_string(std::stoi(sum.text) + std::stoi(literal.text));
  }
  for (const std::string& member : literal.members) {
    if (std::count(sum.members.begin(), sum.members.end(), member) == 0) {
      sum.members.push_back(member);
    }
  }
  target->Put(sum);
  return true;
}

bool Delete(Tree& result, const Steps& steps, const Tree& literal) {
  const std::optional<Target> target = Reach(result, steps);
  if (!target.has_value()) {
    return false;
  }
  Tree* old_value = target->Existing();
  if (old_value == nullptr) {
    return true;
  }
  if (old_value->type != literal.type) {
    return false;
  }
  for (const std::string& member : literal.members) {
    std::erase(old_value->members, member);
  }
  old_value->removed = old_value->members.empty();
  return true;
}

TEST(ExpressionProperty, ConditionsHaveTheTruthTheyWereWrittenWith) {
  size_t held = 0;
  for (uint32_t seed = 0; seed < 6000; ++seed) {
    Generator generator(seed);
    const Generator::Truth truth = generator.Condition(3);
    if (truth.text.size() > 4000) {
      continue;
    }
    Arena arena;
    const std::vector<model::Attribute> values = generator.LiteralAttributes(arena);
    Placeholders placeholders({}, values);
    const Result<const Condition*> condition = ParseCondition(Kind::kFilter, truth.text, placeholders, arena);
    if (!condition.ok() && condition.error().text.find("too many operators") != std::string::npos) {
      continue;
    }
    ASSERT_TRUE(condition.ok()) << seed << " " << truth.text << "\n" << condition.error().text;
    const model::Item item = ValueOf(generator.item(), arena).attributes;
    ASSERT_EQ(Evaluate(**condition, item), truth.holds) << seed << " " << truth.text << "\n" << TextOf(item);
    held += truth.holds ? 1 : 0;
  }
  EXPECT_GT(held, 1000U);
  EXPECT_LT(held, 5000U);
}

TEST(ExpressionProperty, UpdatesDoWhatTheObviousOneDoes) {
  size_t succeeded = 0;
  for (uint32_t seed = 0; seed < 8000; ++seed) {
    Generator generator(seed);
    std::vector<Steps> targets;
    std::vector<std::vector<std::string>> sections(4);
    Tree result = generator.item();
    bool ok = true;
    for (size_t i = 1 + generator.Below(5); i > 0; --i) {
      const Steps steps = generator.RandomPath();
      if (std::any_of(targets.begin(), targets.end(), [&](const Steps& other) { return Clash(steps, other); })) {
        continue;
      }
      targets.push_back(steps);
      const std::string path = TextOfSteps(steps);
      const size_t section = generator.Below(8);
      if (section < 4) {
        const Generator::Computed computed = generator.RightSide();
        sections[0].push_back(path + " = " + computed.text);
        const std::optional<Target> target = Reach(result, steps);
        ok = ok && computed.value.has_value() && target.has_value();
        if (ok) {
          target->Put(*computed.value);
        }
      } else if (section < 6) {
        sections[1].push_back(path);
        const std::optional<Target> target = Reach(result, steps);
        ok = ok && target.has_value();
        if (ok) {
          target->Remove();
        }
      } else {
        Tree literal = generator.Set();
        const Tree* existing = Lookup(generator.item(), steps);
        if (existing != nullptr && !existing->members.empty() && !generator.Chance(5)) {
          literal = *existing;
          literal.members.resize(1 + generator.Below(literal.members.size()));
        } else if (section == 6 && generator.Chance(2)) {
          literal = generator.SmallNumber();
        }
        sections[section == 6 ? 2 : 3].push_back(path + " " + generator.Literal(literal));
        ok = ok && (section == 6 ? Add(result, steps, literal) : Delete(result, steps, literal));
      }
    }
    std::vector<std::string> parts;
    static const char* const kKeywords[] = {"SET ", "REMOVE ", "ADD ", "DELETE "};
    for (size_t i = 0; i < sections.size(); ++i) {
      std::string part;
      for (const std::string& action : sections[i]) {
        part += (part.empty() ? kKeywords[i] : ", ") + action;
      }
      if (!part.empty()) {
        parts.push_back(part);
      }
    }
    std::shuffle(parts.begin(), parts.end(), generator.random());
    std::string text;
    for (const std::string& part : parts) {
      text += part + " ";
    }

    Arena arena;
    const std::vector<model::Attribute> values = generator.LiteralAttributes(arena);
    Placeholders placeholders({}, values);
    const Result<const Update*> update = ParseUpdate(text, placeholders, arena);
    ASSERT_TRUE(update.ok()) << seed << " " << text << "\n" << update.error().text;
    const model::Item item = ValueOf(generator.item(), arena).attributes;
    const std::string before = TextOf(item);
    const Result<model::Item> applied = Apply(**update, item, arena);
    ASSERT_EQ(applied.ok(), ok) << seed << " " << text << "\n" << before;
    ASSERT_EQ(TextOf(item), before);
    if (ok) {
      ++succeeded;
      Settle(result);
      const model::Item expected = ValueOf(result, arena).attributes;
      ASSERT_TRUE(model::Equal(model::Value::Map(*applied), model::Value::Map(expected))) << seed << " " << text << "\n"
                                                                                          << before << "\n"
                                                                                          << TextOf(*applied) << "\n"
                                                                                          << TextOf(expected);
    }
  }
  EXPECT_GT(succeeded, 2500U);
}

// What remains of `tree` if only `paths`, of which the first `depth` steps led here, are kept.
std::optional<Tree> Keep(const Tree& tree, const std::vector<Steps>& paths, size_t depth) {
  if (std::any_of(paths.begin(), paths.end(), [&](const Steps& steps) { return steps.size() == depth; })) {
    return tree;
  }
  Tree kept;
  kept.type = tree.type;
  const auto keep_child = [&](const Step& step, const Tree& child) -> std::optional<Tree> {
    std::vector<Steps> through;
    std::copy_if(paths.begin(), paths.end(), std::back_inserter(through),
                 [&](const Steps& steps) { return steps[depth] == step; });
    return through.empty() ? std::nullopt : Keep(child, through, depth + 1);
  };
  for (uint32_t i = 0; i < tree.elements.size(); ++i) {
    if (std::optional<Tree> child = keep_child(Step{true, i, ""}, tree.elements[i])) {
      kept.elements.push_back(*child);
    }
  }
  for (const auto& [name, value] : tree.attributes) {
    if (std::optional<Tree> child = keep_child(Step{false, 0, name}, value)) {
      kept.attributes[name] = *child;
    }
  }
  if (depth > 0 && kept.elements.empty() && kept.attributes.empty()) {
    return std::nullopt;
  }
  return kept;
}

TEST(ExpressionProperty, ProjectionsKeepExactlyWhatTheirPathsReach) {
  for (uint32_t seed = 0; seed < 4000; ++seed) {
    Generator generator(seed);
    std::vector<Steps> paths;
    std::string text;
    for (size_t i = 1 + generator.Below(8); i > 0; --i) {
      const Steps steps = generator.RandomPath();
      if (std::none_of(paths.begin(), paths.end(), [&](const Steps& other) { return Clash(steps, other); })) {
        text += (paths.empty() ? "" : ",") + TextOfSteps(steps);
        paths.push_back(steps);
      }
    }
    Arena arena;
    Placeholders placeholders({}, {});
    const Result<const Projection*> projection = ParseProjection(text, placeholders, arena);
    ASSERT_TRUE(projection.ok()) << seed << " " << text << "\n" << projection.error().text;
    const model::Item item = ValueOf(generator.item(), arena).attributes;
    const std::optional<Tree> kept = Keep(generator.item(), paths, 0);
    ASSERT_TRUE(kept.has_value());
    ASSERT_EQ(TextOf(Project(**projection, item, arena)), TextOf(ValueOf(*kept, arena).attributes))
        << seed << " " << text << "\n"
        << TextOf(item);
  }
}

TEST(ExpressionProperty, ClashingPathsAreRefusedAsTheObviousCheckSays) {
  for (uint32_t seed = 0; seed < 4000; ++seed) {
    Generator generator(seed);
    std::vector<Steps> paths;
    std::string text = "REMOVE ";
    bool clash = false;
    for (size_t i = 0, count = 2 + generator.Below(5); i < count; ++i) {
      const Steps steps = generator.RandomPath();
      clash = clash || std::any_of(paths.begin(), paths.end(), [&](const Steps& other) { return Clash(steps, other); });
      text += (i > 0 ? "," : "") + TextOfSteps(steps);
      paths.push_back(steps);
    }
    Request request;
    ASSERT_EQ(request.UpdateError(text).empty(), !clash) << seed << " " << text;
  }
}

}  // namespace
}  // namespace basalt::expression
