// Groups and who is in them.
#include <fmt/format.h>

#include <algorithm>

#include "operations/iam/answers.h"
#include "operations/iam/handlers.h"

namespace basalt::operations::iam {
namespace {

Error GroupExists(std::string_view name) {
  return Refused(IamRefusal::kEntityAlreadyExists, fmt::format("Group with name {} already exists.", name));
}

bool IsIn(const User& user, const Group& group) {
  return std::find(user.groups.begin(), user.groups.end(), group.id) != user.groups.end();
}

std::vector<const User*> UsersIn(const Members& members, const Group& group) {
  std::vector<const User*> users;
  for (const auto& [name, user] : members.users.by_name()) {
    if (IsIn(*user, group)) {
      users.push_back(user.get());
    }
  }
  return users;
}

}  // namespace

Prepared PrepareCreateGroup(Call& call) {
  Group group;
  group.name = TextOf(call, "GroupName");
  group.path = Has(call, "Path") ? TextOf(call, "Path") : group.path;
  std::string arn = identity::MakeArn(call.caller.account_id, "group", group.path, group.name);
  return ChangeOf(call, std::move(arn), [group = std::move(group)](Draft& draft) mutable -> Result<Answer> {
    if (draft.members().groups.Find(group.name) != nullptr) {
      return GroupExists(group.name);
    }
    if (draft.members().groups.size() >= identity::kGroupsMax) {
      return QuotaExceeded("GroupsPerAccount", identity::kGroupsMax);
    }
    group.id = identity::NewUniqueId(identity::kIdPrefixOf<Group>);
    group.created_ms = draft.now_ms();
    XmlWriter xml;
    WriteGroup(xml, "Group", draft.members().account.id, group);
    draft.Put(group);
    return xml.Take();
  });
}

Prepared PrepareGetGroup(Call& call) {
  std::string name = TextOf(call, "GroupName");
  std::string arn = ArnOfName<Group>(call, name);
  return ReadOf(call, std::move(arn), [&call, name = std::move(name)](const View& view) -> Result<Answer> {
    TRY_ASSIGN(const Group* group, FindNamed<Group>(*view.members, name));
    const std::vector<const User*> users = UsersIn(*view.members, *group);
    XmlWriter xml;
    WriteGroup(xml, "Group", view.members->account.id, *group);
    TRY_ASSIGN(const Answer page,
               PagedAnswer(call, "Users", users, NamesOf(users), [&view](XmlWriter& list, const User* user) {
                 WriteUser(list, "member", view.members->account.id, *user, Detail::kListed);
               }));
    return xml.Take() + page;
  });
}

Prepared PrepareListGroups(Call& call) {
  return ReadOf(call, EverythingArn(call, "group"), [&call](const View& view) -> Result<Answer> {
    const auto groups = Listed(call, view.members->groups);
    return PagedAnswer(call, "Groups", groups, NamesOf(groups), [&view](XmlWriter& xml, const Group* group) {
      WriteGroup(xml, "member", view.members->account.id, *group);
    });
  });
}

Prepared PrepareUpdateGroup(Call& call) {
  std::string name = TextOf(call, "GroupName");
  std::string arn = ArnOfName<Group>(call, name);
  return ChangeOf(call, std::move(arn), [&call, name = std::move(name)](Draft& draft) -> Result<Answer> {
    TRY_ASSIGN(const Group* found, FindNamed<Group>(draft.members(), name));
    Group group = *found;
    if (Has(call, "NewGroupName")) {
      group.name = TextOf(call, "NewGroupName");
      const Group* other = draft.members().groups.Find(group.name);
      if (other != nullptr && other->id != group.id) {
        return GroupExists(group.name);
      }
    }
    if (Has(call, "NewPath")) {
      group.path = TextOf(call, "NewPath");
    }
    draft.Put(std::move(group));
    return Answer();
  });
}

Prepared PrepareDeleteGroup(Call& call) {
  std::string name = TextOf(call, "GroupName");
  std::string arn = ArnOfName<Group>(call, name);
  return ChangeOf(call, std::move(arn), [name = std::move(name)](Draft& draft) -> Result<Answer> {
    TRY_ASSIGN(const Group* group, FindNamed<Group>(draft.members(), name));
    if (!UsersIn(draft.members(), *group).empty()) {
      return ConflictOnDelete("remove users from group first");
    }
    if (!group->inline_policies.empty()) {
      return ConflictOnDelete("delete policies first");
    }
    if (!group->attached.empty()) {
      return ConflictOnDelete("detach all policies first");
    }
    draft.Remove<Group>(std::string(group->id));
    return Answer();
  });
}

Prepared PrepareAddUserToGroup(Call& call) {
  std::string arn = ArnOfName<Group>(call, TextOf(call, "GroupName"));
  return ChangeOf(call, std::move(arn), [&call](Draft& draft) -> Result<Answer> {
    TRY_ASSIGN(const Group* group, FindNamed<Group>(draft.members(), TextOf(call, "GroupName")));
    TRY_ASSIGN(const User* found, FindNamed<User>(draft.members(), TextOf(call, "UserName")));
    if (IsIn(*found, *group)) {
      return Answer();
    }
    if (found->groups.size() >= identity::kGroupsOfUserMax) {
      return QuotaExceeded("GroupsPerUser", identity::kGroupsOfUserMax);
    }
    User user = *found;
    user.groups.push_back(group->id);
    draft.Put(std::move(user));
    return Answer();
  });
}

Prepared PrepareRemoveUserFromGroup(Call& call) {
  std::string arn = ArnOfName<Group>(call, TextOf(call, "GroupName"));
  return ChangeOf(call, std::move(arn), [&call](Draft& draft) -> Result<Answer> {
    TRY_ASSIGN(const Group* group, FindNamed<Group>(draft.members(), TextOf(call, "GroupName")));
    TRY_ASSIGN(const User* found, FindNamed<User>(draft.members(), TextOf(call, "UserName")));
    User user = *found;
    std::erase(user.groups, group->id);
    draft.Put(std::move(user));
    return Answer();
  });
}

Prepared PrepareListGroupsForUser(Call& call) {
  std::string name = TextOf(call, "UserName");
  std::string arn = ArnOfName<User>(call, name);
  return ReadOf(call, std::move(arn), [&call, name = std::move(name)](const View& view) -> Result<Answer> {
    TRY_ASSIGN(const User* user, FindNamed<User>(*view.members, name));
    std::vector<const Group*> groups;
    for (const auto& [lower_name, group] : view.members->groups.by_name()) {
      if (IsIn(*user, *group)) {
        groups.push_back(group.get());
      }
    }
    return PagedAnswer(call, "Groups", groups, NamesOf(groups), [&view](XmlWriter& xml, const Group* group) {
      WriteGroup(xml, "member", view.members->account.id, *group);
    });
  });
}

}  // namespace basalt::operations::iam
