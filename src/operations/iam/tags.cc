// Tags of users, roles and managed policies. The same three operations of each.
#include "operations/iam/answers.h"
#include "operations/iam/handlers.h"

namespace basalt::operations::iam {
namespace {

template <class T>
Result<const T*> FindTagged(const Members& members, const Call& call) {
  if constexpr (std::is_same_v<T, ManagedPolicy>) {
    return FindOwnPolicy(members, TextOf(call, "PolicyArn"));
  } else {
    return FindNamed<T>(members, TextOf(call, kNameMemberOf<T>));
  }
}

template <class T>
std::string TaggedArn(const Call& call) {
  if constexpr (std::is_same_v<T, ManagedPolicy>) {
    return TextOf(call, "PolicyArn");
  } else {
    return ArnOfName<T>(call, TextOf(call, kNameMemberOf<T>));
  }
}

template <class T>
Prepared PrepareTag(Call& call) {
  TRY_ASSIGN(std::vector<identity::Tag> added, TagsOf(call));
  return ChangeOf(call, TaggedArn<T>(call), [&call, added = std::move(added)](Draft& draft) -> Result<Answer> {
    TRY_ASSIGN(const T* found, FindTagged<T>(draft.members(), call));
    T entity = *found;
    TRY_ASSIGN(entity.tags, WithTags(std::move(entity.tags), added));
    draft.Put(std::move(entity));
    return Answer();
  });
}

template <class T>
Prepared PrepareUntag(Call& call) {
  return ChangeOf(call, TaggedArn<T>(call), [&call](Draft& draft) -> Result<Answer> {
    TRY_ASSIGN(const T* found, FindTagged<T>(draft.members(), call));
    T entity = *found;
    entity.tags = WithoutTags(std::move(entity.tags), TagKeysOf(call));
    draft.Put(std::move(entity));
    return Answer();
  });
}

template <class T>
Prepared PrepareList(Call& call) {
  return ReadOf(call, TaggedArn<T>(call), [&call](const View& view) -> Result<Answer> {
    TRY_ASSIGN(const T* entity, FindTagged<T>(*view.members, call));
    return PagedTags(call, entity->tags);
  });
}

}  // namespace

Prepared PrepareTagUser(Call& call) { return PrepareTag<User>(call); }
Prepared PrepareTagRole(Call& call) { return PrepareTag<Role>(call); }
Prepared PrepareTagPolicy(Call& call) { return PrepareTag<ManagedPolicy>(call); }
Prepared PrepareUntagUser(Call& call) { return PrepareUntag<User>(call); }
Prepared PrepareUntagRole(Call& call) { return PrepareUntag<Role>(call); }
Prepared PrepareUntagPolicy(Call& call) { return PrepareUntag<ManagedPolicy>(call); }
Prepared PrepareListUserTags(Call& call) { return PrepareList<User>(call); }
Prepared PrepareListRoleTags(Call& call) { return PrepareList<Role>(call); }
Prepared PrepareListPolicyTags(Call& call) { return PrepareList<ManagedPolicy>(call); }

}  // namespace basalt::operations::iam
