// Policies that are a part of one user, group or role. The same four operations of each.
#include <fmt/format.h>

#include <algorithm>

#include "operations/iam/answers.h"
#include "operations/iam/handlers.h"

namespace basalt::operations::iam {
namespace {

using identity::InlinePolicy;

template <class T>
inline constexpr size_t kCharactersMaxOf = policy::kUserPolicyCharactersMax;
template <>
inline constexpr size_t kCharactersMaxOf<Group> = policy::kGroupPolicyCharactersMax;
template <>
inline constexpr size_t kCharactersMaxOf<Role> = policy::kRolePolicyCharactersMax;

template <class T>
Error NoPolicy(std::string_view name) {
  return NoSuchEntity(fmt::format("The {} policy with name {} cannot be found.", kNounOf<T>, name));
}

// Names are told apart by case, as everything but names of entities is.
template <class List>
auto FindIn(List& policies, std::string_view name) {
  return std::find_if(policies.begin(), policies.end(),
                      [name](const InlinePolicy& policy) { return policy.name == name; });
}

template <class T>
Prepared PreparePut(Call& call) {
  const std::string text = TextOf(call, "PolicyDocument");
  Result<identity::PolicyText> policy =
      identity::PolicyText::Parse(policy::DocumentKind::kIdentity, text, call.services.directory.actions());
  if (!policy.ok()) {
    return MalformedDocument(policy.TakeError());
  }
  std::string name = TextOf(call, kNameMemberOf<T>);
  std::string arn = ArnOfName<T>(call, name);
  InlinePolicy added{TextOf(call, "PolicyName"), *std::move(policy)};
  return ChangeOf(
      call, std::move(arn), [name = std::move(name), added = std::move(added)](Draft& draft) -> Result<Answer> {
        TRY_ASSIGN(const T* found, FindNamed<T>(draft.members(), name));
        TRY(CheckModifiable(*found));
        T entity = *found;
        std::vector<InlinePolicy>& policies = entity.inline_policies;
        std::erase_if(policies, [&added](const InlinePolicy& other) { return other.name == added.name; });
        policies.insert(std::upper_bound(policies.begin(), policies.end(), added.name,
                                         [](const std::string& added_name, const InlinePolicy& other) {
                                           return added_name < other.name;
                                         }),
                        added);
        size_t characters = 0;
        for (const InlinePolicy& each : policies) {
          characters += policy::CountCharacters(each.policy.text);
        }
        if (characters > kCharactersMaxOf<T>) {
          return Error(Reason::kLimitExceeded, fmt::format("Maximum policy size of {} bytes exceeded for {} {}",
                                                           kCharactersMaxOf<T>, kNounOf<T>, entity.name));
        }
        draft.Put(std::move(entity));
        return Answer();
      });
}

template <class T>
Prepared PrepareGet(Call& call) {
  std::string name = TextOf(call, kNameMemberOf<T>);
  std::string arn = ArnOfName<T>(call, name);
  return ReadOf(call, std::move(arn), [&call, name = std::move(name)](const View& view) -> Result<Answer> {
    TRY_ASSIGN(const T* entity, FindNamed<T>(*view.members, name));
    const std::string policy_name = TextOf(call, "PolicyName");
    const auto policy = FindIn(entity->inline_policies, policy_name);
    if (policy == entity->inline_policies.end()) {
      return NoPolicy<T>(policy_name);
    }
    XmlWriter xml;
    xml.Text(kNameMemberOf<T>, entity->name);
    xml.Text("PolicyName", policy->name);
    xml.Encoded("PolicyDocument", policy->policy.text);
    return xml.Take();
  });
}

template <class T>
Prepared PrepareDelete(Call& call) {
  std::string name = TextOf(call, kNameMemberOf<T>);
  std::string arn = ArnOfName<T>(call, name);
  return ChangeOf(call, std::move(arn), [&call, name = std::move(name)](Draft& draft) -> Result<Answer> {
    TRY_ASSIGN(const T* found, FindNamed<T>(draft.members(), name));
    TRY(CheckModifiable(*found));
    T entity = *found;
    const std::string policy_name = TextOf(call, "PolicyName");
    const auto policy = FindIn(entity.inline_policies, policy_name);
    if (policy == entity.inline_policies.end()) {
      return NoPolicy<T>(policy_name);
    }
    entity.inline_policies.erase(policy);
    draft.Put(std::move(entity));
    return Answer();
  });
}

template <class T>
Prepared PrepareList(Call& call) {
  std::string name = TextOf(call, kNameMemberOf<T>);
  std::string arn = ArnOfName<T>(call, name);
  return ReadOf(call, std::move(arn), [&call, name = std::move(name)](const View& view) -> Result<Answer> {
    TRY_ASSIGN(const T* entity, FindNamed<T>(*view.members, name));
    std::vector<std::string> names;
    for (const InlinePolicy& policy : entity->inline_policies) {
      names.push_back(policy.name);
    }
    std::stable_sort(names.begin(), names.end(), [](const std::string& a, const std::string& b) {
      return policy::LowerCase(a) < policy::LowerCase(b);
    });
    return PagedNames(call, "PolicyNames", names);
  });
}

}  // namespace

Prepared PreparePutUserPolicy(Call& call) { return PreparePut<User>(call); }
Prepared PreparePutGroupPolicy(Call& call) { return PreparePut<Group>(call); }
Prepared PreparePutRolePolicy(Call& call) { return PreparePut<Role>(call); }
Prepared PrepareGetUserPolicy(Call& call) { return PrepareGet<User>(call); }
Prepared PrepareGetGroupPolicy(Call& call) { return PrepareGet<Group>(call); }
Prepared PrepareGetRolePolicy(Call& call) { return PrepareGet<Role>(call); }
Prepared PrepareDeleteUserPolicy(Call& call) { return PrepareDelete<User>(call); }
Prepared PrepareDeleteGroupPolicy(Call& call) { return PrepareDelete<Group>(call); }
Prepared PrepareDeleteRolePolicy(Call& call) { return PrepareDelete<Role>(call); }
Prepared PrepareListUserPolicies(Call& call) { return PrepareList<User>(call); }
Prepared PrepareListGroupPolicies(Call& call) { return PrepareList<Group>(call); }
Prepared PrepareListRolePolicies(Call& call) { return PrepareList<Role>(call); }

}  // namespace basalt::operations::iam
