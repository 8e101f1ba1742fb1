// GetSessionToken: temporary credentials of the caller's own, who may do with them what the caller may, but little of
// IAM and STS. Needs no permission.
#include "operations/sts/handlers.h"
#include "operations/sts/session.h"

namespace basalt::operations::sts {
namespace {

class GetSessionToken final : public PreparedCall {
 public:
  GetSessionToken(const Call& call, int64_t duration_s) : call_(call), duration_s_(duration_s) {}

  void Execute(AnswerDone done) override {
    identity::SessionClaims claims;
    claims.kind = identity::SessionKind::kSessionToken;
    claims.account = call_.caller.account_id;
    claims.issuer_id = call_.caller.principal->caller().entity_id;
    BeginSession(
        call_, std::move(claims), duration_s_, [](XmlWriter&) {}, std::move(done));
  }

 private:
  const Call& call_;
  int64_t duration_s_;
};

}  // namespace

Prepared PrepareGetSessionToken(Call& call) {
  TRY(CheckLongTermKey(call, "GetSessionToken", RoleSessions::kMayNot));
  return std::make_unique<GetSessionToken>(call, LongTermDuration(call));
}

}  // namespace basalt::operations::sts
