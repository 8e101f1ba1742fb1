// What one document says to a request, alone. Decisions over all that apply are evaluate.h's.
#pragma once

#include <cstdint>

#include "policy/document.h"
#include "policy/request.h"

namespace basalt::policy {

// How closely an Allow names the caller; what else must agree depends on it. Documents without principals: kDirect.
enum class Strength : uint8_t {
  kNone,           // no Allow
  kAccount,        // the account that the caller is of
  kUserOfSession,  // the user behind a federated session
  kRole,           // the role behind a session
  kDirect,         // everybody, the user, the session, the service
};

struct Verdict {
  bool denies = false;
  Strength allows = Strength::kNone;
  uint32_t statement = 0;  // that decided: the first that denies, else the strongest, first that allows; by ordinal

  bool IsSilent() const { return !denies && allows == Strength::kNone; }
};

// `has_boundary`: a Deny for all principals but some always meets a caller who has a permissions boundary.
Verdict Judge(const Document& document, const Request& request, bool has_boundary = false);

}  // namespace basalt::policy
