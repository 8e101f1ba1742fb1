// Users: made, shown, listed, renamed, deleted.
#include <fmt/format.h>

#include "identity/principal.h"
#include "operations/iam/answers.h"
#include "operations/iam/handlers.h"

namespace basalt::operations::iam {
namespace {

Error UserExists(std::string_view name) {
  return Refused(IamRefusal::kEntityAlreadyExists, fmt::format("User with name {} already exists.", name));
}

}  // namespace

Prepared PrepareCreateUser(Call& call) {
  User user;
  user.name = TextOf(call, "UserName");
  user.path = Has(call, "Path") ? TextOf(call, "Path") : user.path;
  user.boundary = TextOf(call, "PermissionsBoundary");
  TRY_ASSIGN(user.tags, TagsOf(call));
  std::string arn = identity::MakeArn(call.caller.account_id, "user", user.path, user.name);
  return ChangeOf(call, std::move(arn), [user = std::move(user)](Draft& draft) mutable -> Result<Answer> {
    const Members& members = draft.members();
    if (members.users.Find(user.name) != nullptr) {
      return UserExists(user.name);
    }
    if (members.users.size() >= identity::kUsersMax) {
      return QuotaExceeded("UsersPerAccount", identity::kUsersMax);
    }
    if (!user.boundary.empty()) {
      TRY(CheckBoundary(members, user.boundary));
    }
    user.id = identity::NewUniqueId(identity::kIdPrefixOf<User>);
    user.created_ms = draft.now_ms();
    XmlWriter xml;
    WriteUser(xml, "User", members.account.id, user, Detail::kWhole);
    draft.Put(user);
    return xml.Take();
  });
}

Prepared PrepareGetUser(Call& call) {
  // The root user may ask who it is.
  if (!Has(call, "UserName") && call.caller.principal->caller().kind == policy::CallerKind::kRoot) {
    return ReadOf(call, call.caller.principal_arn, [&call](const View& view) -> Result<Answer> {
      XmlWriter xml;
      xml.Open("User");
      xml.Text("UserId", call.caller.account_id);
      xml.Text("Arn", call.caller.principal_arn);
      xml.Time("CreateDate", view.members->account.created_ms);
      xml.Close("User");
      return xml.Take();
    });
  }
  TRY_ASSIGN(std::string name, UserNameOf(call));
  std::string arn = ArnOfName<User>(call, name);
  return ReadOf(call, std::move(arn), [name = std::move(name)](const View& view) -> Result<Answer> {
    TRY_ASSIGN(const User* user, FindNamed<User>(*view.members, name));
    XmlWriter xml;
    WriteUser(xml, "User", view.members->account.id, *user, Detail::kWhole);
    return xml.Take();
  });
}

Prepared PrepareListUsers(Call& call) {
  return ReadOf(call, EverythingArn(call, "user"), [&call](const View& view) -> Result<Answer> {
    const auto users = Listed(call, view.members->users);
    return PagedAnswer(call, "Users", users, NamesOf(users), [&view](XmlWriter& xml, const User* user) {
      WriteUser(xml, "member", view.members->account.id, *user, Detail::kListed);
    });
  });
}

Prepared PrepareUpdateUser(Call& call) {
  std::string name = TextOf(call, "UserName");
  std::string arn = ArnOfName<User>(call, name);
  return ChangeOf(call, std::move(arn), [&call, name = std::move(name)](Draft& draft) -> Result<Answer> {
    TRY_ASSIGN(const User* found, FindNamed<User>(draft.members(), name));
    User user = *found;
    if (Has(call, "NewUserName")) {
      user.name = TextOf(call, "NewUserName");
      const User* other = draft.members().users.Find(user.name);
      if (other != nullptr && other->id != user.id) {
        return UserExists(user.name);
      }
    }
    if (Has(call, "NewPath")) {
      user.path = TextOf(call, "NewPath");
    }
    draft.Put(std::move(user));
    return Answer();
  });
}

Prepared PrepareDeleteUser(Call& call) {
  std::string name = TextOf(call, "UserName");
  std::string arn = ArnOfName<User>(call, name);
  return ChangeOf(call, std::move(arn), [name = std::move(name)](Draft& draft) -> Result<Answer> {
    TRY_ASSIGN(const User* user, FindNamed<User>(draft.members(), name));
    if (!user->inline_policies.empty()) {
      return ConflictOnDelete("delete policies first");
    }
    if (!user->attached.empty()) {
      return ConflictOnDelete("detach all policies first");
    }
    if (!draft.KeysOf(user->id).empty()) {
      return ConflictOnDelete("delete access keys first");
    }
    if (!user->groups.empty()) {
      return ConflictOnDelete("remove users from group first");
    }
    draft.Remove<User>(std::string(user->id));
    return Answer();
  });
}

}  // namespace basalt::operations::iam
