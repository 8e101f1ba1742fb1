#include "policy/evaluate.h"

#include <algorithm>

namespace basalt::policy {
namespace {

// What one layer of several documents says.
struct Opinion {
  Verdict verdict;
  const Document* document = nullptr;
};

Opinion JudgeOne(const Document* document, const Request& request, bool has_boundary = false) {
  return {Judge(*document, request, has_boundary), document};
}
// The first that denies, else the first that allows.
Opinion JudgeAll(Documents documents, const Request& request) {
  Opinion opinion;
  for (const Document* document : documents) {
    const Verdict verdict = Judge(*document, request);
    if (verdict.denies) {
      return {verdict, document};
    }
    if (verdict.allows > opinion.verdict.allows) {
      opinion = {verdict, document};
    }
  }
  return opinion;
}

bool Allows(const Opinion& opinion) { return opinion.verdict.allows != Strength::kNone; }

// Walks the layers in the order in which one of several that refuse is named. A Deny ends the walk; that no layer
// allows is remembered, since a later Deny would outweigh it.
class Evaluation {
 public:
  Evaluation(const Request& request, const Policies& policies) : request_(request), policies_(policies) {
    is_service_ = request.caller.kind == CallerKind::kService;
    is_outsider_ = is_service_ || request.caller.kind == CallerKind::kWebIdentity;
    same_account_ = !is_outsider_ && request.caller.account == request.resource_account;
    is_root_ = request.caller.kind == CallerKind::kRoot || policies.identity_is_root;
  }

  Decision Run() {
    const Decision* denied = Limits();
    if (denied != nullptr) {
      return *denied;
    }
    const Opinion resource = JudgeResource();
    if (resource.verdict.denies) {
      return Denied(Layer::kResource, resource);
    }
    if (is_outsider_) {
      return ByResourceAlone(resource);
    }
    const Opinion identity = JudgeAll(policies_.identity, request_);
    if (identity.verdict.denies) {
      return Denied(Layer::kIdentity, identity);
    }
    Opinion boundary;
    if (policies_.boundary != nullptr) {
      boundary = JudgeOne(policies_.boundary, request_);
      if (boundary.verdict.denies) {
        return Denied(Layer::kBoundary, boundary);
      }
    }
    const Opinion session = JudgeAll(policies_.session, request_);
    if (session.verdict.denies) {
      return Denied(Layer::kSession, session);
    }
    if (limited_) {
      return implicit_;
    }
    return Combine(resource, identity, boundary, session);
  }

 private:
  static Decision Denied(Layer layer, const Opinion& opinion) {
    return {.is_explicit = true, .layer = layer, .document = opinion.document, .statement = opinion.verdict.statement};
  }
  static Decision Allowed(Layer layer, const Opinion& opinion) {
    return {.allowed = true,
            .is_explicit = true,
            .layer = layer,
            .document = opinion.document,
            .statement = opinion.verdict.statement};
  }
  static Decision Silent(Layer layer, bool worded_as_resource = false) {
    return {.layer = layer, .worded_as_resource = worded_as_resource};
  }

  // Organizations and the endpoint. Null unless one denies; whether one is silent is kept.
  const Decision* Limits() {
    if (!is_outsider_ && !JudgeLevels(Layer::kServiceControl, policies_.service_control, true)) {
      return &explicit_;
    }
    if (!JudgeLevels(Layer::kResourceControl, policies_.resource_control, false)) {
      return &explicit_;
    }
    if (policies_.endpoint != nullptr && !is_service_) {
      const Opinion endpoint = JudgeOne(policies_.endpoint, request_, policies_.boundary != nullptr);
      if (endpoint.verdict.denies) {
        explicit_ = Denied(Layer::kEndpoint, endpoint);
        return &explicit_;
      }
      Require(Allows(endpoint), Layer::kEndpoint);
    }
    return nullptr;
  }
  // False if a document denies. Every level must allow, where silence does not.
  bool JudgeLevels(Layer layer, std::span<const Documents> levels, bool must_allow) {
    for (const Documents level : levels) {
      const Opinion opinion = JudgeAll(level, request_);
      if (opinion.verdict.denies) {
        explicit_ = Denied(layer, opinion);
        return false;
      }
      Require(!must_allow || Allows(opinion), layer);
    }
    return true;
  }
  void Require(bool allows, Layer layer) {
    if (!allows && !limited_) {
      limited_ = true;
      implicit_ = Silent(layer);
    }
  }

  Opinion JudgeResource() const {
    // A root user can always take a policy away that locks everybody out.
    const bool may_repair = request_.caller.kind == CallerKind::kRoot && same_account_ &&
                            policies_.resource_kind == ResourceKind::kTable &&
                            request_.action.lower_name == "dynamodb:deleteresourcepolicy";
    if (policies_.resource == nullptr || may_repair) {
      return {};
    }
    return JudgeOne(policies_.resource, request_, policies_.boundary != nullptr);
  }

  Decision ByResourceAlone(const Opinion& resource) const {
    if (limited_) {
      return implicit_;
    }
    return Allows(resource) ? Allowed(Layer::kResource, resource) : Silent(Layer::kResource);
  }

  // Nothing denies.
  Decision Combine(const Opinion& resource, const Opinion& identity, const Opinion& boundary,
                   const Opinion& session) const {
    const bool boundary_allows = policies_.boundary == nullptr || Allows(boundary);
    const bool needs_session = policies_.has_session_policy || request_.caller.kind == CallerKind::kFederatedUser;
    const bool session_allows = !needs_session || Allows(session);
    const bool identity_allows = is_root_ || Allows(identity);
    const Strength strength = std::max(resource.verdict.allows, policies_.grant);
    const Decision by_resource = policies_.grant > resource.verdict.allows
                                     ? Decision{.allowed = true, .layer = Layer::kGrant}
                                     : Allowed(Layer::kResource, resource);
    // A table is open to its own account; a key or a role to nobody that its policy does not name.
    const bool own_policy_needed = !same_account_ || policies_.resource_kind != ResourceKind::kTable;
    const bool of_key = policies_.resource_kind == ResourceKind::kKey;

    if ((own_policy_needed && strength == Strength::kNone) || (!same_account_ && !request_.crosses_accounts)) {
      return Silent(Layer::kResource);
    }
    if (same_account_ && strength == Strength::kDirect) {
      return by_resource;
    }
    const bool named = same_account_ && (strength == Strength::kRole || strength == Strength::kUserOfSession);
    if (!named && !identity_allows) {
      return Silent(Layer::kIdentity, of_key && !same_account_);
    }
    if (!boundary_allows) {
      return Silent(Layer::kBoundary);
    }
    if (!session_allows) {
      return Silent(Layer::kSession);
    }
    if (named || !same_account_) {
      return by_resource;
    }
    return Allows(identity) ? Allowed(Layer::kIdentity, identity) : Decision{.allowed = true, .layer = Layer::kRoot};
  }

  const Request& request_;
  const Policies& policies_;
  bool is_service_ = false;
  bool is_outsider_ = false;  // has no account whose policies could count
  bool same_account_ = false;
  bool is_root_ = false;
  bool limited_ = false;
  Decision implicit_;
  Decision explicit_;
};

bool AnyVaries(Documents documents, const Action& action) {
  return std::any_of(documents.begin(), documents.end(),
                     [&](const Document* document) { return document->VariesByRequest(action); });
}

// One of a resource is named after what it is a policy of.
std::string_view NameOf(const Decision& decision) {
  const Layer layer = decision.worded_as_resource ? Layer::kResource : decision.layer;
  return layer == Layer::kResource && decision.resource_kind == ResourceKind::kRole ? "role trust policy"
                                                                                    : LayerName(layer);
}

}  // namespace

Decision Evaluate(const Request& request, const Policies& policies) {
  Decision decision = Evaluation(request, policies).Run();
  decision.resource_kind = policies.resource_kind;
  return decision;
}

bool VariesByRequest(const Policies& policies, const Action& action) {
  const auto level_varies = [&](Documents level) { return AnyVaries(level, action); };
  const auto one_varies = [&](const Document* document) {
    return document != nullptr && document->VariesByRequest(action);
  };
  return std::any_of(policies.service_control.begin(), policies.service_control.end(), level_varies) ||
         std::any_of(policies.resource_control.begin(), policies.resource_control.end(), level_varies) ||
         one_varies(policies.endpoint) || one_varies(policies.resource) || AnyVaries(policies.identity, action) ||
         one_varies(policies.boundary) || AnyVaries(policies.session, action);
}

std::string_view LayerName(Layer layer) {
  switch (layer) {
    case Layer::kServiceControl:
      return "service control policy";
    case Layer::kResourceControl:
      return "resource control policy";
    case Layer::kEndpoint:
      return "VPC endpoint policy";
    case Layer::kResource:
      return "resource-based policy";
    case Layer::kGrant:
      return "grant";
    case Layer::kIdentity:
      return "identity-based policy";
    case Layer::kBoundary:
      return "permissions boundary";
    case Layer::kSession:
      return "session policy";
    case Layer::kRoot:
      return "root user";
  }
  return "policy";
}

std::string DenialTextWithoutReason(const Request& request) {
  std::string text = "User: ";
  text += request.caller.arn;
  text += " is not authorized to perform: ";
  text += request.action.name;
  text += " on resource: ";
  text += request.resource.text;
  return text;
}

std::string DenialText(const Request& request, const Decision& decision) {
  std::string text = DenialTextWithoutReason(request);
  const std::string_view name = NameOf(decision);
  if (!decision.is_explicit) {
    text += " because no ";
    text += name;
    text += " allows the ";
    text += request.action.name;
    text += " action";
    return text;
  }
  // There is one trust policy; of all others there may be several.
  const bool is_trust = name == "role trust policy";
  const bool begins_with_vowel = name.starts_with('i');
  text += " with an explicit deny in ";
  text += is_trust ? "the " : begins_with_vowel ? "an " : "a ";
  text += name;
  return text;
}

}  // namespace basalt::policy
