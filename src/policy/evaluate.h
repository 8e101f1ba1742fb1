// The decision over everything that applies to one request: organizations' policies of both sides, the endpoint's, the
// resource's, those of the identity, its boundary, its session. Pure, allocates nothing unless a variable's value is
// long; any thread.
//
//   Policies policies;
//   policies.identity = user.documents;                 // the user's and its groups', or the role's
//   policies.resource = table.policy;                   // null: it has none
//   const Decision decision = Evaluate({caller, action, resource, table.account, context}, policies);
//   if (!decision.allowed) { return Error(Reason::kAccessDenied, DenialText(request, decision)); }
//
// A Deny anywhere decides. Otherwise, by who owns the resource:
//   the caller's account   the limits of both sides allow, and either the resource's policy names the caller, its
//                          session or its role, or the identity's policies allow (within boundary and session)
//   another account        both sides allow, each by itself
// Source: IAM User Guide, "Policy evaluation logic"; KMS Developer Guide, "Key policies", "Grants".
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "policy/document.h"
#include "policy/judge.h"
#include "policy/request.h"

namespace basalt::policy {

using Documents = std::span<const Document* const>;

// What a resource's policy is to it. Keys and roles are opened by their own policy alone: without it nobody's identity
// policy counts, not even in the same account.
enum class ResourceKind : uint8_t { kTable, kKey, kRole };

struct Policies {
  std::span<const Documents> service_control;   // a level each, of the caller's account; none: not in an organization
  std::span<const Documents> resource_control;  // the same of the owner's account; what denies nothing allows
  const Document* endpoint = nullptr;           // of the VPC endpoint that the request came through
  const Document* resource = nullptr;
  ResourceKind resource_kind = ResourceKind::kTable;
  Strength grant = Strength::kNone;  // of a key: kDirect for a user or session that has one, kRole for its role
  Documents identity;
  bool identity_is_root = false;       // a session that a root user began: as if its identity were allowed everything
  const Document* boundary = nullptr;  // null: none is set
  Documents session;
  bool has_session_policy = false;  // whether one was handed over; a federated session without one may do nothing
};

enum class Layer : uint8_t {
  kServiceControl,
  kResourceControl,
  kEndpoint,
  kResource,
  kGrant,
  kIdentity,
  kBoundary,
  kSession,
  kRoot,  // the root user of the account, to whom nothing said no
};

struct Decision {
  bool allowed = false;
  bool is_explicit = false;  // a statement decided
  Layer layer = Layer::kIdentity;
  const Document* document = nullptr;  // with `statement`: what decided, if a statement did
  uint32_t statement = 0;
  bool worded_as_resource = false;  // an implicit denial of the identity that speaks of the resource's policy instead
  ResourceKind resource_kind = ResourceKind::kTable;
};

Decision Evaluate(const Request& request, const Policies& policies);

// Whether a decision under these policies may differ for another request of the same caller, action and resource.
bool VariesByRequest(const Policies& policies, const Action& action);

// "User: … is not authorized to perform: … on resource: … because no identity-based policy allows the … action".
std::string DenialText(const Request& request, const Decision& decision);
// The same up to the reason, for answers that must not tell why.
std::string DenialTextWithoutReason(const Request& request);

std::string_view LayerName(Layer layer);  // "identity-based policy", …

}  // namespace basalt::policy
