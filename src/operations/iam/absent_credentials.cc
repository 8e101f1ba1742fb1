// What users can have elsewhere beside access keys, and nobody has here: devices for second factors, passwords,
// certificates, keys of other kinds. Clients ask for it before they delete a user.
#include <fmt/format.h>

#include "operations/iam/answers.h"
#include "operations/iam/handlers.h"

namespace basalt::operations::iam {
namespace {

// Of one user, or of the account if none is named.
Prepared ListNothing(Call& call, std::string_view element) {
  std::string name = TextOf(call, "UserName");
  std::string arn = name.empty() ? EverythingArn(call, "user") : ArnOfName<User>(call, name);
  return ReadOf(call, std::move(arn), [&call, element, name = std::move(name)](const View& view) -> Result<Answer> {
    if (!name.empty()) {
      TRY(FindNamed<User>(*view.members, name));
    }
    return PagedNames(call, element, {});
  });
}

Error NoLoginProfile(std::string_view name) {
  return NoSuchEntity(fmt::format("Login Profile for User {} cannot be found.", name));
}

}  // namespace

Prepared PrepareListMFADevices(Call& call) { return ListNothing(call, "MFADevices"); }
Prepared PrepareListVirtualMFADevices(Call& call) { return ListNothing(call, "VirtualMFADevices"); }
Prepared PrepareListSSHPublicKeys(Call& call) { return ListNothing(call, "SSHPublicKeys"); }
Prepared PrepareListSigningCertificates(Call& call) { return ListNothing(call, "Certificates"); }
Prepared PrepareListServiceSpecificCredentials(Call& call) { return ListNothing(call, "ServiceSpecificCredentials"); }
Prepared PrepareListAccountAliases(Call& call) { return ListNothing(call, "AccountAliases"); }

Prepared PrepareGetLoginProfile(Call& call) {
  TRY_ASSIGN(std::string name, UserNameOf(call));
  std::string arn = ArnOfName<User>(call, name);
  return ReadOf(call, std::move(arn), [name = std::move(name)](const View& view) -> Result<Answer> {
    TRY(FindNamed<User>(*view.members, name));
    return NoLoginProfile(name);
  });
}

Prepared PrepareDeleteLoginProfile(Call& call) { return PrepareGetLoginProfile(call); }

}  // namespace basalt::operations::iam
