// STS GetCallerIdentity: who am I. Needs no permission and cannot be denied. Source: AWS STS API reference.
#include "operations/sts/handlers.h"
#include "operations/xml_writer.h"

namespace basalt::operations::sts {
namespace {

class GetCallerIdentity final : public PreparedCall {
 public:
  explicit GetCallerIdentity(const Call& call) : call_(call) {}

  void Execute(AnswerDone done) override {
    XmlWriter xml;
    xml.Text("Arn", call_.caller.principal_arn);
    xml.Text("UserId", call_.caller.principal->user_id());
    xml.Text("Account", call_.caller.account_id);
    done(xml.Take());
  }

 private:
  const Call& call_;
};

}  // namespace

Prepared PrepareGetCallerIdentity(Call& call) { return std::make_unique<GetCallerIdentity>(call); }

}  // namespace basalt::operations::sts
