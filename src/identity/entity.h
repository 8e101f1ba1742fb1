// What an account's IAM keeps: users, groups, roles, managed policies, and the names, ids and ARNs they go by. Values;
// once in a published snapshot they do not change.
// Source: IAM User Guide, "IAM identifiers", "IAM and AWS STS quotas".
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "policy/document.h"

namespace basalt::identity {

inline constexpr size_t kAccessKeysOfUserMax = 2;
inline constexpr size_t kPolicyVersionsMax = 5;
inline constexpr size_t kAttachedPoliciesMax = 10;
inline constexpr size_t kGroupsOfUserMax = 10;
inline constexpr size_t kTagsMax = 50;
inline constexpr size_t kUsersMax = 10'000;  // of an account; service quotas as an account may have them raised
inline constexpr size_t kGroupsMax = 500;
inline constexpr size_t kRolesMax = 10'000;
inline constexpr size_t kManagedPoliciesMax = 10'000;
inline constexpr size_t kOidcProvidersMax = 100;
inline constexpr size_t kClientIdsMax = 100;
inline constexpr size_t kThumbprintsMax = 5;
inline constexpr int64_t kSessionSecondsDefault = 3600;

struct Tag {
  std::string key;
  std::string value;
};

// A document as it was handed over, and compiled. One that cannot be read any more denies everything.
struct PolicyText {
  std::string text;
  std::shared_ptr<const policy::Document> document;

  static Result<PolicyText> Parse(policy::DocumentKind kind, std::string_view text,
                                  const policy::ActionCatalogue* catalogue);
  static PolicyText Stored(policy::DocumentKind kind, std::string text, const policy::ActionCatalogue* catalogue);
};

struct InlinePolicy {
  std::string name;
  PolicyText policy;
};

// What users, groups and roles have in common. Names of one kind are unique in an account whatever their case.
struct Entity {
  std::string id;  // AIDA…, AGPA…, AROA…
  std::string name;
  std::string path = "/";
  int64_t created_ms = 0;
  std::vector<InlinePolicy> inline_policies;  // by name
  std::vector<std::string> attached;          // ARNs of managed policies, as attached
};

struct User : Entity {
  std::string boundary;             // the ARN of a managed policy; empty: none
  std::vector<std::string> groups;  // their ids, as joined
  std::vector<Tag> tags;
};

struct Group : Entity {};

struct Role : Entity {
  struct Trust : PolicyText {};

  std::string boundary;
  std::vector<Tag> tags;
  std::string description;
  bool has_description = false;  // one may be empty
  int64_t session_seconds_max = kSessionSecondsDefault;
  std::string shown_trust;  // who may assume it, as it was handed over
  Trust trust;              // the same with the ids of users and roles in place of their names
};

struct PolicyVersion {
  uint32_t number = 1;  // v1
  int64_t created_ms = 0;
  PolicyText policy;
};

struct ManagedPolicy {
  std::string id;  // ANPA…
  std::string name;
  std::string path = "/";
  int64_t created_ms = 0;
  int64_t updated_ms = 0;
  std::string description;
  std::vector<Tag> tags;
  std::vector<PolicyVersion> versions;  // as made
  uint32_t default_version = 1;
  uint32_t versions_made = 1;

  const PolicyVersion* Find(uint32_t number) const;
  const policy::Document& document() const;  // of the default version
};

// Who vouches for people that are no users here: a provider of OpenID Connect, whose tokens roles may trust.
struct OidcProvider {
  std::string id;    // its URL without the scheme
  std::string name;  // the same
  std::string path = "/";
  int64_t created_ms = 0;
  std::vector<std::string> client_ids;  // whom its tokens may be for
  std::vector<std::string> thumbprints;
  std::vector<Tag> tags;
};

template <class T>
inline constexpr std::string_view kIdPrefixOf = "";
template <>
inline constexpr std::string_view kIdPrefixOf<User> = "AIDA";
template <>
inline constexpr std::string_view kIdPrefixOf<Group> = "AGPA";
template <>
inline constexpr std::string_view kIdPrefixOf<Role> = "AROA";
template <>
inline constexpr std::string_view kIdPrefixOf<ManagedPolicy> = "ANPA";

template <class T>
inline constexpr std::string_view kArnTypeOf = "";
template <>
inline constexpr std::string_view kArnTypeOf<User> = "user";
template <>
inline constexpr std::string_view kArnTypeOf<Group> = "group";
template <>
inline constexpr std::string_view kArnTypeOf<Role> = "role";
template <>
inline constexpr std::string_view kArnTypeOf<ManagedPolicy> = "policy";
template <>
inline constexpr std::string_view kArnTypeOf<OidcProvider> = "oidc-provider";

inline constexpr std::string_view kIdAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
std::string NewUniqueId(std::string_view prefix);  // with 17 characters of those
// "arn:aws:iam::<account>:user/path/name".
std::string MakeArn(std::string_view account, std::string_view type, std::string_view path, std::string_view name);
template <class T>
std::string ArnOf(std::string_view account, const T& entity) {
  return MakeArn(account, kArnTypeOf<T>, entity.path, entity.name);
}

// All of one kind in one account. Copies share what they hold until one of them is changed.
template <class T>
class Entities {
 public:
  using ByName = std::map<std::string, std::shared_ptr<const T>, std::less<>>;  // the name in lower case

  const T* Find(std::string_view name) const {
    const auto found = maps_->by_name.find(policy::LowerCase(name));
    return found == maps_->by_name.end() ? nullptr : found->second.get();
  }
  const T* FindById(std::string_view id) const {
    const auto found = maps_->by_id.find(id);
    return found == maps_->by_id.end() ? nullptr : found->second;
  }
  const ByName& by_name() const { return maps_->by_name; }
  size_t size() const { return maps_->by_name.size(); }

  void Put(std::shared_ptr<const T> entity) {
    Remove(entity->id);
    Maps& maps = Own();
    maps.by_id.insert_or_assign(entity->id, entity.get());
    std::string key = policy::LowerCase(entity->name);
    maps.by_name.insert_or_assign(std::move(key), std::move(entity));
  }
  void Remove(std::string_view id) {
    if (const T* entity = FindById(id); entity != nullptr) {
      Maps& maps = Own();
      const std::string key = policy::LowerCase(entity->name);
      maps.by_id.erase(entity->id);
      maps.by_name.erase(key);
    }
  }

 private:
  struct Maps {
    ByName by_name;
    std::map<std::string, const T*, std::less<>> by_id;
  };

  Maps& Own() {
    if (maps_.use_count() > 1) {
      maps_ = std::make_shared<Maps>(*maps_);
    }
    return *maps_;
  }

  std::shared_ptr<Maps> maps_ = std::make_shared<Maps>();
};

}  // namespace basalt::identity
