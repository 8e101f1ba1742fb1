// Operations: one registry row each (name, IAM action, access class, request shape, how to prepare a call), and what a
// call is while it is under way. The request path reads the row and does everything that cuts across operations;
// an operation only understands its request and carries it out.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/arena.h"
#include "base/executor.h"
#include "base/result.h"
#include "base/unique_function.h"
#include "identity/principal.h"
#include "json/node.h"
#include "operations/access_facts.h"
#include "operations/errors.h"
#include "operations/origin.h"
#include "operations/services.h"
#include "operations/shape.h"
#include "policy/evaluate.h"
#include "table/catalogue.h"

namespace basalt::operations {

// Who asks, as authentication found.
struct Caller {
  std::string account_id;
  std::string principal_arn;
  std::string access_key_id;
  std::shared_ptr<const identity::Principal> principal;  // the caller's policies and condition keys
};

// A form parameter of a query-protocol request, decoded.
struct Parameter {
  std::string_view name;
  std::string_view value;
};

// What allowed or denied a call: of the accesses that were decided by policies, the first that was denied, or else the
// first. Views live as long as the call.
struct DecidedBy {
  bool is_known = false;  // false: no policy was asked
  bool denied = false;
  policy::Layer layer = policy::Layer::kRoot;
  std::string_view action;
  std::string_view resource;
  std::string_view policy;     // what the policy belongs to that decided; empty: none did
  std::string_view statement;  // its Sid
  std::optional<uint32_t> statement_number;
};

// One request under way. Lives on its loop until it is answered.
struct Call {
  Call(const Services& shared, table::LocalTables& loop_tables, Executor& home)
      : services(shared), tables(loop_tables), loop(home) {}

  const Services& services;
  table::LocalTables& tables;
  Executor& loop;
  Arena arena;
  Caller caller;
  std::string region;
  const Origin* origin = nullptr;  // null: the call is of our own making
  DecidedBy decided;
  std::string replaced_revision;  // of the policy that the call has replaced or deleted; empty: of none
  std::string_view host;          // as the client addressed us; empty if it did not say
  json::Node input;               // the body, or a query service's parameters in the same form
};

// JSON services: the response body. Query services: what stands inside <OpResult>.
using Answer = std::string;
using AnswerDone = UniqueFunction<void(Result<Answer>)>;

// What a call is about to touch; every entry must be allowed before it runs.
struct Access {
  std::string resource_arn;
  std::string account_id;        // the resource's owner
  std::string_view action = {};  // what is done to it, unless the operation's own
};

class PreparedCall {
 public:
  PreparedCall() = default;
  PreparedCall(const PreparedCall&) = delete;
  PreparedCall& operator=(const PreparedCall&) = delete;
  virtual ~PreparedCall() = default;

  // Of one of `accesses`: the error that the whole call is answered with, or ok if the call goes on without it.
  virtual Status TakeDenial(size_t /*access*/, Error error) { return error; }
  // What policies may ask of one of `accesses`; `record` is of the table that it is of, null if there is none.
  virtual AccessFacts FactsOf(size_t /*access*/, const table::TableRecord* /*record*/) const { return {}; }
  // Completes once, now or later, on the call's loop. This object lives until then.
  virtual void Execute(AnswerDone done) = 0;

  std::vector<Access> accesses;
};

enum class AccessClass : uint8_t { kRead, kWrite, kControl };

struct NewerWording;  // validation_text.h

// Policies of which resources may name an operation's action, and whether they can let other accounts in to it.
// Source: DynamoDB Developer Guide, "DynamoDB API operations supported by resource-based policies".
enum class Grantable : uint8_t { kNowhere, kOnTables, kOnTablesToAll, kOnStreamsToAll, kOnBoth, kOnBothToAll };

struct Operation {
  std::string_view name;
  std::string_view action;  // "dynamodb:GetItem"; empty if each access has its own
  AccessClass access;
  const Shape* input;
  // Understands and validates the request, without looking at any table.
  Result<std::unique_ptr<PreparedCall>> (*prepare)(Call& call);
  const NewerWording* newer_wording = nullptr;  // of its own, if the newer dialect has one
  Grantable grantable = Grantable::kNowhere;
  bool is_unsigned = false;  // who asks is said by the request; nobody authenticates the caller
  bool manages = false;  // reads or writes no item: to the audit log a management event, like all that control
};

enum class Protocol : uint8_t { kJson, kQuery };

struct Service {
  std::string_view name;  // as the credential scope names it: "dynamodb"
  Protocol protocol;
  std::string_view target_prefix;  // JSON: what precedes ".<Operation>" in X-Amz-Target
  std::string_view content_type;   // of its answers; JSON: of its requests too
  std::string_view version;        // query: the API version, part of the XML namespace
  ErrorStyle error_style;
  // Why a request was not allowed, in the service's words; null: in those of IAM.
  std::string (*denial)(const Operation& operation, const policy::Request& request, const policy::Decision& decision);
  std::span<const Operation> operations;
  bool is_global = false;  // signed for us-east-1 whatever regions are served

  const Operation* Find(std::string_view operation) const;
};

// Whether calls of it are, to the audit log, data events. All others are management events.
inline bool IsDataEvent(const Service& service, const Operation& operation) {
  return service.name == "dynamodb" && operation.access != AccessClass::kControl && !operation.manages;
}

// Every service and operation there is. No other list of operation names exists.
std::span<const Service> AllServices();

namespace dynamodb {
std::span<const Operation> Operations();
std::string Denial(const Operation& operation, const policy::Request& request, const policy::Decision& decision);
}  // namespace dynamodb
namespace kms {
std::span<const Operation> Operations();
std::string Denial(const Operation& operation, const policy::Request& request, const policy::Decision& decision);
}  // namespace kms
namespace iam {
std::span<const Operation> Operations();
}  // namespace iam
namespace organizations {
std::span<const Operation> Operations();
}  // namespace organizations
namespace streams {
std::span<const Operation> Operations();
}
namespace sts {
std::span<const Operation> Operations();
}

}  // namespace basalt::operations
