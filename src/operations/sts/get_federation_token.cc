// GetFederationToken: temporary credentials for somebody else, who may do what both the caller and the policy handed
// over may; without a policy, what policies of resources grant the federated user alone. Needs no permission.
#include <fmt/format.h>

#include "operations/sts/handlers.h"
#include "operations/sts/session.h"

namespace basalt::operations::sts {
namespace {

class GetFederationToken final : public PreparedCall {
 public:
  GetFederationToken(const Call& call, int64_t duration_s) : call_(call), duration_s_(duration_s) {}

  Status Prepare() {
    claims_.kind = identity::SessionKind::kFederatedUser;
    claims_.account = call_.caller.account_id;
    claims_.issuer_id = call_.caller.principal->caller().entity_id;
    claims_.name = *GetString(call_.input, "Name");
    return ReadSession(call_, claims_);
  }

  void Execute(AnswerDone done) override {
    const std::string account = claims_.account;
    const std::string name = claims_.name;
    BeginSession(
        call_, std::move(claims_), duration_s_,
        [account, name](XmlWriter& xml) {
          xml.Open("FederatedUser");
          xml.Text("FederatedUserId", fmt::format("{}:{}", account, name));
          xml.Text("Arn", fmt::format("arn:aws:sts::{}:federated-user/{}", account, name));
          xml.Close("FederatedUser");
        },
        std::move(done));
  }

 private:
  const Call& call_;
  int64_t duration_s_;
  identity::SessionClaims claims_;
};

}  // namespace

Prepared PrepareGetFederationToken(Call& call) {
  TRY(CheckLongTermKey(call, "GetFederationToken", RoleSessions::kMayNot));
  auto prepared = std::make_unique<GetFederationToken>(call, LongTermDuration(call));
  TRY(prepared->Prepare());
  return prepared;
}

}  // namespace basalt::operations::sts
