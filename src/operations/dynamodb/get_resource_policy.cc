// GetResourcePolicy: a table's policy in its canonical form, and its revision.
#include "json/writer.h"
#include "operations/dynamodb/handlers.h"
#include "operations/dynamodb/resource_policy.h"

namespace basalt::operations::dynamodb {
namespace {

class GetResourcePolicy final : public PreparedCall {
 public:
  explicit GetResourcePolicy(Call& call) : call_(call) {}

  Status Prepare() {
    TRY_ASSIGN(target_, ReadPolicyTarget(call_));
    accesses.push_back({target_.arn, target_.table.account});
    return {};
  }

  void Execute(AnswerDone done) override { done(Find()); }

 private:
  Result<Answer> Find() {
    TRY_ASSIGN(const table::PolicyRecord* const policy, FindPolicy(call_, target_));
    if (!policy->IsSet()) {
      return table::PolicyNotFound(target_.arn);
    }
    TRY_ASSIGN(const policy::CanonicalForm shown,
               policy::Canonicalize(KindOf(target_), policy->text, [this](std::string_view stored) {
                 return std::optional(ShowPrincipal(call_.services, stored));
               }));
    std::string body = "{\"Policy\":";
    json::AppendString(body, shown.text);
    body += ",\"RevisionId\":";
    json::AppendString(body, policy->RevisionId());
    return body + "}";
  }

  Call& call_;
  NamedResource target_;
};

}  // namespace

Prepared PrepareGetResourcePolicy(Call& call) {
  auto get = std::make_unique<GetResourcePolicy>(call);
  TRY(get->Prepare());
  return get;
}

}  // namespace basalt::operations::dynamodb
