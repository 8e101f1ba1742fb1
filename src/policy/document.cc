#include "policy/document.h"

#include <algorithm>

#include "policy/text_pattern.h"

namespace basalt::policy {
namespace {

constexpr uint32_t kWordBits = 64;

template <class T>
size_t BytesOf(const std::vector<T>& items) {
  return items.capacity() * sizeof(T);
}

}  // namespace

bool Compiled::SpeaksOf(const Statement& statement, const Action& action) const {
  if (statement.any_action) {
    return !statement.negated_actions;
  }
  if (action.number != Action::kUnnumbered && action.catalogue == catalogue) {
    const uint64_t word = action_bits[statement.action_bits + action.number / kWordBits];
    return ((word >> (action.number % kWordBits)) & 1) != 0;
  }
  bool listed = false;
  for (uint32_t i = 0; i < statement.actions.count && !listed; ++i) {
    listed = Matches(TextOf(actions[statement.actions.first + i]), action.lower_name);
  }
  return listed != statement.negated_actions;
}

size_t CountCharacters(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    const bool is_space = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    return !is_space && (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

Document Document::Unreadable(DocumentKind kind) {
  Compiled compiled;
  Statement statement;
  statement.any_action = true;
  statement.any_resource = true;
  if (HasPrincipals(kind)) {
    compiled.principals.push_back({});
    statement.principals = {0, 1};
  }
  compiled.statements.push_back(statement);
  return {kind, std::move(compiled)};
}

std::string_view Document::sid(uint32_t ordinal) const {
  for (const Statement& statement : compiled_.statements) {
    if (statement.ordinal == ordinal) {
      return compiled_.TextOf(statement.sid);
    }
  }
  return {};
}

KeySet Document::KeysFor(const Action& action) const {
  KeySet keys;
  for (const Statement& statement : compiled_.statements) {
    if (compiled_.SpeaksOf(statement, action)) {
      keys |= statement.keys;
    }
  }
  return keys;
}

bool Document::VariesByRequest(const Action& action) const {
  const KeySet keys = KeysFor(action);
  for (size_t id = 0; id < kKeyIds; ++id) {
    if (keys.test(id) && ScopeOf(static_cast<KeyId>(id)) == KeyScope::kRequest) {
      return true;
    }
  }
  return false;
}

size_t Document::MemoryBytes() const {
  const Compiled& c = compiled_;
  return sizeof(Document) + BytesOf(c.statements) + BytesOf(c.principals) + BytesOf(c.actions) +
         BytesOf(c.action_bits) + BytesOf(c.resources) + BytesOf(c.conditions) + BytesOf(c.operands) + BytesOf(c.keys) +
         BytesOf(c.variables) + BytesOf(c.numbers) + BytesOf(c.instants) + BytesOf(c.networks) + c.texts.capacity();
}

bool HasPrincipals(DocumentKind kind) {
  switch (kind) {
    case DocumentKind::kIdentity:
    case DocumentKind::kBoundary:
    case DocumentKind::kSession:
    case DocumentKind::kServiceControl:
      return false;
    case DocumentKind::kResourceControl:
    case DocumentKind::kTable:
    case DocumentKind::kStream:
    case DocumentKind::kTrust:
    case DocumentKind::kKey:
    case DocumentKind::kEndpoint:
      return true;
  }
  return true;
}

bool IsOfTables(DocumentKind kind) { return kind == DocumentKind::kTable || kind == DocumentKind::kStream; }

}  // namespace basalt::policy
