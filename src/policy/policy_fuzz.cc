// Fuzzer of policy documents. Input: a byte that selects the kind of document, two that select what is asked, then the
// text. A document that is taken answers the same by names and by numbers of actions, and in its canonical form.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "policy/canonical.h"
#include "policy/evaluate.h"
#include "policy/grants.h"
#include "policy/guards.h"
#include "policy/review.h"

namespace {

using namespace basalt;          // NOLINT(google-build-using-namespace)
using namespace basalt::policy;  // NOLINT(google-build-using-namespace)

constexpr std::string_view kOwner = "111111111111";

const ActionCatalogue& Catalogue() {
  static const ActionCatalogue catalogue({{"dynamodb:GetItem", true},
                                          {"dynamodb:PutItem", true},
                                          {"dynamodb:GetRecords", false, true},
                                          {"kms:Decrypt"},
                                          {"sts:AssumeRole"}});
  return catalogue;
}

constexpr std::array<Caller, 6> kCallers = {{
    {CallerKind::kRoot, kOwner, "arn:aws:iam::111111111111:root", {}, {}, {}},
    {CallerKind::kUser,
     kOwner,
     "arn:aws:iam::111111111111:user/Ann",
     "arn:aws:iam::111111111111:user/Ann",
     "AIDAANN0000000000001",
     {}},
    {CallerKind::kRoleSession,
     "222222222222",
     "arn:aws:sts::222222222222:assumed-role/R/s",
     "arn:aws:iam::222222222222:role/R",
     "AROAROLE000000000001",
     {}},
    {CallerKind::kFederatedUser,
     kOwner,
     "arn:aws:sts::111111111111:federated-user/f",
     "arn:aws:iam::111111111111:user/Ann",
     "AIDAANN0000000000001",
     {}},
    {CallerKind::kService, {}, "redshift.amazonaws.com", {}, {}, "redshift.amazonaws.com"},
    {CallerKind::kWebIdentity, {}, "idp.example", {}, {}, "idp.example"},
}};

constexpr std::array<std::string_view, 4> kResources = {"arn:aws:dynamodb:us-east-1:111111111111:table/Music",
                                                        "arn:aws:dynamodb:us-east-1:111111111111:table/Music/index/I",
                                                        "arn:aws:dynamodb:us-east-1:111111111111:table/Music/stream/L",
                                                        "*"};

ContextTable MakeContext() {
  ContextTable context;
  context.Set("aws:username", "A*n");
  context.Set("aws:SourceIp", "10.1.2.3");
  context.Set("aws:CurrentTime", "2026-01-01T00:00:00Z");
  context.Set("aws:PrincipalArn", "arn:aws:iam::111111111111:user/Ann");
  context.Set("aws:UserAgent", "\xFF\xFE\xFDx");
  context.Set("aws:MultiFactorAuthAge", "300");
  context.Set("aws:SecureTransport", "true");
  context.SetList("dynamodb:LeadingKeys", {"a", "\xC3\xA9", ""});
  context.SetList("aws:TagKeys", {});
  return context;
}

bool Same(const Verdict& a, const Verdict& b) {
  return a.denies == b.denies && a.allows == b.allows && a.statement == b.statement;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 3) {
    return 0;
  }
  const auto kind = static_cast<DocumentKind>(data[0] % 10);
  const std::string_view text(reinterpret_cast<const char*>(data) + 3, size - 3);
  const Review review = ReviewPolicy(text, kind, Catalogue());
  BASALT_CHECK(!review.defect || (review.warnings.empty() && !review.defect->text.empty()));
  BASALT_CHECK(ReviewPolicy(text, std::nullopt, Catalogue()).kind <= DocumentKind::kEndpoint);
  const Result<Document> document = Document::Parse(kind, text, &Catalogue());
  BASALT_CHECK(document.ok() || review.defect);
  if (!document.ok()) {
    BASALT_CHECK(document.error().reason == Reason::kValidation && !document.error().text.empty());
    return 0;
  }
  static const ContextTable context = MakeContext();
  const Caller& caller = kCallers[data[1] % kCallers.size()];
  const Action& action = Catalogue().action(data[2] % Catalogue().size());
  const Action unnumbered = Action::Named(action.name);
  const Resource resource = Resource::Of(kResources[(data[2] >> 4) % kResources.size()]);
  const Request request = {caller, action, resource, kOwner, context};
  const Request by_name = {caller, unnumbered, resource, kOwner, context};
  const bool has_boundary = data[1] >= 128;
  const Verdict verdict = Judge(*document, request, has_boundary);
  BASALT_CHECK(Same(verdict, Judge(*document, by_name, has_boundary)));

  const Result<CanonicalForm> form =
      Canonicalize(kind, text, [](std::string_view principal) { return std::string(principal); });
  BASALT_CHECK(form.ok());
  const Result<Document> again = Document::ParseStored(kind, form->text, &Catalogue());
  BASALT_CHECK(again.ok() && Same(verdict, Judge(*again, request, has_boundary)));
  BASALT_CHECK(AdmitsEverybody(*document) == AdmitsEverybody(*again));

  const std::array<const Document*, 1> documents = {&*document};
  Policies policies;
  policies.identity = documents;
  policies.resource = HasPrincipals(kind) ? &*document : nullptr;
  const Decision decision = Evaluate(request, policies);
  const bool is_judged =
      policies.resource != nullptr || (caller.kind != CallerKind::kService && caller.kind != CallerKind::kWebIdentity);
  BASALT_CHECK(!is_judged || !Judge(*document, request).denies || !decision.allowed);
  DenialText(request, decision);
  if (IsOfTables(kind)) {
    const auto grants = GrantsOf(kind, form->text, Catalogue(), kOwner, [](const Action&) { return true; });
    BASALT_CHECK(grants.ok() && !grants->empty());
    BASALT_CHECK(AdmitsEverybody(*document) ==
                 std::any_of(grants->begin(), grants->end(), [](const Grant& grant) { return grant.is_public; }));
  }
  return 0;
}
