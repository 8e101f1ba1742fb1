// What calls of IAM are made of: a look at what an account's IAM keeps, or a change of it, each a function; and what
// they find wrong, in the service's words.
//
//   Prepared PrepareDeleteGroup(Call& call) {
//     return ChangeOf(call, NamedArn<Group>(call), [name = RequiredText(call, "GroupName")](Draft& draft)
//         -> Result<Answer> { ... });
//   }
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "identity/directory.h"
#include "identity/entity_name.h"
#include "operations/operation.h"

namespace basalt::operations::iam {

using identity::Draft;
using identity::Group;
using identity::ManagedPolicy;
using identity::Members;
using identity::Role;
using identity::User;
using Prepared = Result<std::unique_ptr<PreparedCall>>;

// What a call looks at; of an account that IAM keeps nothing of, nothing.
struct View {
  std::shared_ptr<const identity::Snapshot> snapshot;
  std::shared_ptr<const Members> members;
};
View ViewOf(const Call& call);

// Characters of names and paths are looked at here. `resource_arn` is what the caller needs the permission for.
Prepared ReadOf(Call& call, std::string resource_arn, std::function<Result<Answer>(const View&)> read);
Prepared ChangeOf(Call& call, std::string resource_arn, std::function<Result<Answer>(Draft&)> change);

// ---- what a request says

std::string TextOf(const Call& call, std::string_view member);  // empty if it is absent
bool Has(const Call& call, std::string_view member);
// The user named, or else the caller if that is a user; kValidation if it is none.
Result<std::string> UserNameOf(const Call& call);
Result<std::vector<identity::Tag>> TagsOf(const Call& call);  // empty without any
std::vector<std::string> TagKeysOf(const Call& call);

// The ARN of the entity that is named so, and of one that is not there yet or not at all.
template <class T>
std::string ArnOfName(const Call& call, std::string_view name, std::string_view path = "/") {
  const View view = ViewOf(call);
  const T* entity = view.members->All<T>().Find(name);
  return entity != nullptr ? identity::ArnOf(call.caller.account_id, *entity)
                           : identity::MakeArn(call.caller.account_id, identity::kArnTypeOf<T>, path, name);
}
std::string EverythingArn(const Call& call, std::string_view type);  // of lists: arn:aws:iam::<account>:user/

// ---- what is found

template <class T>
inline constexpr std::string_view kNounOf = "";
template <>
inline constexpr std::string_view kNounOf<User> = "user";
template <>
inline constexpr std::string_view kNounOf<Group> = "group";
template <>
inline constexpr std::string_view kNounOf<Role> = "role";

template <class T>
inline constexpr std::string_view kNameMemberOf = "";
template <>
inline constexpr std::string_view kNameMemberOf<User> = "UserName";
template <>
inline constexpr std::string_view kNameMemberOf<Group> = "GroupName";
template <>
inline constexpr std::string_view kNameMemberOf<Role> = "RoleName";

Error NoSuchEntity(std::string text);
Error NoEntityNamed(std::string_view noun, std::string_view name);  // "The user with name ann cannot be found."
Error QuotaExceeded(std::string_view quota, size_t most);           // "Cannot exceed quota for …: 2"
Error ConflictOnDelete(std::string_view what_first);                // "Cannot delete entity, must …."
Error MalformedDocument(Error error);                               // of one that does not parse

template <class T>
Result<const T*> FindNamed(const Members& members, std::string_view name) {
  const T* entity = members.All<T>().Find(name);
  if (entity == nullptr) {
    return NoEntityNamed(kNounOf<T>, name);
  }
  return entity;
}
// A managed policy by its ARN: kResourceNotFound, kInvalidInput.
Result<const ManagedPolicy*> FindPolicyByArn(const Members& members, std::string_view arn);
// The same if the account may change it.
Result<const ManagedPolicy*> FindOwnPolicy(const Members& members, std::string_view arn);

// What is left of `tags` once `added` is put over it. kLimitExceeded.
Result<std::vector<identity::Tag>> WithTags(std::vector<identity::Tag> tags, const std::vector<identity::Tag>& added);
std::vector<identity::Tag> WithoutTags(std::vector<identity::Tag> tags, const std::vector<std::string>& keys);

// Roles that services made for themselves are changed by those alone: kUnmodifiableEntity.
using identity::kServiceLinkedPath;
bool IsServiceLinked(const Role& role);
template <class T>
Status CheckModifiable(const T&) {
  return {};
}
template <>
Status CheckModifiable(const Role& role);

// The ARN of the policy that limits it; empty: none, as always of groups.
template <class T>
std::string_view BoundaryOf(const T& entity) {
  if constexpr (std::is_same_v<T, Group>) {
    return {};
  } else {
    return entity.boundary;
  }
}

// `boundary` must be a managed policy.
Status CheckBoundary(const Members& members, std::string_view boundary);

}  // namespace basalt::operations::iam
