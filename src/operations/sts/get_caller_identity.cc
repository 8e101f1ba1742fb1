// STS GetCallerIdentity: who am I. Needs no permission and cannot be denied. Source: AWS STS API reference.
#include <fmt/format.h>

#include <array>

#include "operations/errors.h"
#include "operations/sts/handlers.h"

namespace basalt::operations::sts {
namespace {

class GetCallerIdentity final : public PreparedCall {
 public:
  explicit GetCallerIdentity(const Call& call) : call_(call) {}

  void Execute(AnswerDone done) override {
    std::string arn;
    AppendXmlText(arn, call_.caller.principal_arn);
    done(fmt::format("<Arn>{}</Arn>\n    <UserId>{}</UserId>\n    <Account>{}</Account>", arn, call_.caller.user_id,
                     call_.caller.account_id));
  }

 private:
  const Call& call_;
};

}  // namespace

Prepared PrepareGetCallerIdentity(Call& call) { return std::make_unique<GetCallerIdentity>(call); }

}  // namespace basalt::operations::sts
