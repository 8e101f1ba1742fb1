// DeleteResourcePolicy: takes a table's policy away. Where there is none, nothing happens.
#include "operations/dynamodb/handlers.h"
#include "operations/dynamodb/resource_policy.h"

namespace basalt::operations::dynamodb {
namespace {

class DeleteResourcePolicy final : public PreparedCall {
 public:
  explicit DeleteResourcePolicy(Call& call) : call_(call) {}

  Status Prepare() {
    TRY_ASSIGN(target_, ReadPolicyTarget(call_));
    accesses.push_back({target_.arn, target_.table.account});
    return {};
  }

  void Execute(AnswerDone done) override {
    table::PolicyChange change;
    change.expected_revision = GetString(call_.input, "ExpectedRevisionId");
    ChangePolicy(call_, target_, std::move(change), std::move(done));
  }

 private:
  Call& call_;
  NamedResource target_;
};

}  // namespace

Prepared PrepareDeleteResourcePolicy(Call& call) {
  auto deletion = std::make_unique<DeleteResourcePolicy>(call);
  TRY(deletion->Prepare());
  return deletion;
}

}  // namespace basalt::operations::dynamodb
