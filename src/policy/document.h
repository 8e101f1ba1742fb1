// Document: an IAM policy document, checked and compiled once, asked many times.
//
//   TRY_ASSIGN(auto document, Document::Parse(DocumentKind::kTable, text, &actions));
//   Verdict verdict = Judge(document, request);                            // judge.h: this document alone
//   Decision decision = Evaluate(request, policies);    // evaluate.h: all that apply
//
// The kind says what the grammar allows (Principal, Resource, Id, effects) and whose words an error has: those of
// DynamoDB for tables and streams, else IAM's. Immutable; any thread. A document holds nothing of the text it came
// from. Source: IAM User Guide, "Grammar of the IAM JSON policy language"; DynamoDB Developer Guide, "Resource-based
// policies".
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "policy/action.h"
#include "policy/compiled.h"
#include "policy/condition_key.h"

namespace basalt::policy {

enum class DocumentKind : uint8_t {
  kIdentity,         // of a user, a group or a role, inline or managed
  kBoundary,         // a managed policy as a limit of an entity
  kSession,          // handed over when a session began
  kServiceControl,   // of an organization, for those who call
  kResourceControl,  // of an organization, for what is called; denials only
  kTable,
  kStream,
  kTrust,     // of a role: who may assume it; names no resource
  kKey,       // of a KMS key
  kEndpoint,  // of a VPC endpoint
};

inline constexpr size_t kTablePolicyBytesMax = 20480;  // of tables and streams: the text as sent
// Of IAM's documents: characters that are not white space. Those of an entity's inline documents count together.
inline constexpr size_t kUserPolicyCharactersMax = 2048;
inline constexpr size_t kGroupPolicyCharactersMax = 5120;
inline constexpr size_t kRolePolicyCharactersMax = 10240;
inline constexpr size_t kManagedPolicyCharactersMax = 6144;
inline constexpr size_t kTrustPolicyCharactersMax = 2048;
inline constexpr size_t kSessionPolicyCharactersMax = 2048;
inline constexpr size_t kControlPolicyBytesMax = 5120;
inline constexpr size_t kDocumentBytesMax = 131072;  // of any document

size_t CountCharacters(std::string_view text);  // as those limits do; `text` is UTF-8

class Document {
 public:
  // Errors: kValidation, worded. `catalogue` outlives the document; without one, names of actions are not checked and
  // every pattern is matched when asked.
  static Result<Document> Parse(DocumentKind kind, std::string_view text, const ActionCatalogue* catalogue);
  // A document that was accepted once and kept: its canonical form may be longer than what was sent, and the catalogue
  // of then may have known other actions.
  static Result<Document> ParseStored(DocumentKind kind, std::string_view text, const ActionCatalogue* catalogue);

  // What stands for a stored document that cannot be read any more: it denies everything to everybody.
  static Document Unreadable(DocumentKind kind);

  DocumentKind kind() const { return kind_; }
  size_t statement_count() const { return compiled_.statements.size(); }
  std::string_view sid(uint32_t ordinal) const;  // of the statement that stood there; may be empty

  // The condition keys that may be read for this action. A decision may be kept for other requests of the same caller,
  // action and resource if none of them is of the request itself.
  KeySet KeysFor(const Action& action) const;
  bool VariesByRequest(const Action& action) const;

  size_t MemoryBytes() const;
  const Compiled& compiled() const { return compiled_; }  // for policy/ alone

 private:
  friend class DocumentParser;
  Document(DocumentKind kind, Compiled compiled) : kind_(kind), compiled_(std::move(compiled)) {}

  DocumentKind kind_;
  Compiled compiled_;
};

bool HasPrincipals(DocumentKind kind);  // whether statements of such documents name them
bool IsOfTables(DocumentKind kind);     // of a table or a stream: DynamoDB's own rules and words

}  // namespace basalt::policy
