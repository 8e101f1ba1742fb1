// GetAccessKeyInfo: which account a key is of. Needs no permission.
#include <fmt/format.h>

#include "operations/sts/handlers.h"
#include "operations/sts/session.h"

namespace basalt::operations::sts {
namespace {

class GetAccessKeyInfo final : public PreparedCall {
 public:
  explicit GetAccessKeyInfo(const Call& call) : call_(call) {}

  void Execute(AnswerDone done) override {
    const std::string_view id = *GetString(call_.input, "AccessKeyId");
    const auto snapshot = call_.services.directory.snapshots().Load();
    const identity::AccessKey* key = snapshot->FindIssued(id);
    // Of temporary keys nothing is kept; the caller's own is known.
    const bool is_own = id == call_.caller.access_key_id;
    if (key == nullptr && !is_own) {
      return done(Error(Reason::kValidation, fmt::format("Invalid access key: {}", id)));
    }
    XmlWriter xml;
    xml.Text("Account", key == nullptr ? call_.caller.account_id : key->account_id);
    done(xml.Take());
  }

 private:
  const Call& call_;
};

}  // namespace

Prepared PrepareGetAccessKeyInfo(Call& call) {
  TRY(CheckLongTermKey(call, "GetAccessKeyInfo", RoleSessions::kMay));
  return std::make_unique<GetAccessKeyInfo>(call);
}

}  // namespace basalt::operations::sts
