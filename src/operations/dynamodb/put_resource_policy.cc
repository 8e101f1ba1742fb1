// PutResourcePolicy: gives a table a policy, or another one. One that keeps its caller from replacing it is refused
// unless that is confirmed.
#include "operations/authorization.h"
#include "operations/dynamodb/handlers.h"
#include "operations/dynamodb/resource_policy.h"

namespace basalt::operations::dynamodb {
namespace {

class PutResourcePolicy final : public PreparedCall {
 public:
  explicit PutResourcePolicy(Call& call) : call_(call) {}

  Status Prepare() {
    TRY_ASSIGN(target_, ReadPolicyTarget(call_));
    TRY_ASSIGN(policy_, ReadPolicy(call_, KindOf(target_), *GetString(call_.input, "Policy")));
    accesses.push_back({target_.arn, target_.table.account});
    return {};
  }

  void Execute(AnswerDone done) override {
    if (auto found = FindPolicy(call_, target_); !found.ok()) {
      return done(found.TakeError());
    }
    if (!GetBool(call_.input, "ConfirmRemoveSelfResourceAccess").value_or(false)) {
      if (Status kept = CheckKeepsAccess(call_, *policy_.document, target_.arn); !kept.ok()) {
        return done(kept.TakeError());
      }
    }
    table::PolicyChange change;
    change.form = std::move(policy_.form);
    change.expected_revision = GetString(call_.input, "ExpectedRevisionId");
    ChangePolicy(call_, target_, std::move(change), std::move(done));
  }

 private:
  Call& call_;
  NamedResource target_;
  NewPolicy policy_;
};

}  // namespace

Prepared PreparePutResourcePolicy(Call& call) {
  auto put = std::make_unique<PutResourcePolicy>(call);
  TRY(put->Prepare());
  return put;
}

}  // namespace basalt::operations::dynamodb
