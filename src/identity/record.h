// Records of system/identity: a key's first byte says what lies under it, a value's first byte the format. Pure.
//
//   a <account>                account           u <account> <id>   user          g <account> <id>   group
//   k <access key id>          access key        r <account> <id>   role          p <account> <id>   managed policy
//   s <number, big-endian>     session key          i <account> <id>   OIDC provider
//   o <account>                the organization that the account manages
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "engine/engine.h"
#include "identity/directory.h"
#include "identity/entity.h"
#include "identity/organization.h"
#include "identity/session_token.h"

namespace basalt::identity {

enum class RecordKind : char {
  kAccount = 'a',
  kAccessKey = 'k',
  kSessionKey = 's',
  kUser = 'u',
  kGroup = 'g',
  kRole = 'r',
  kManagedPolicy = 'p',
  kOrganization = 'o',
  kOidcProvider = 'i',
};

template <class T>
inline constexpr RecordKind kRecordKindOf = RecordKind::kUser;
template <>
inline constexpr RecordKind kRecordKindOf<Group> = RecordKind::kGroup;
template <>
inline constexpr RecordKind kRecordKindOf<Role> = RecordKind::kRole;
template <>
inline constexpr RecordKind kRecordKindOf<ManagedPolicy> = RecordKind::kManagedPolicy;

template <>
inline constexpr RecordKind kRecordKindOf<OidcProvider> = RecordKind::kOidcProvider;

engine::Key RecordKey(RecordKind kind, std::string_view account, std::string_view id = {});

std::string EncodeRecord(const Account& account);
std::string EncodeRecord(const AccessKey& key);
std::string EncodeRecord(const SessionKey& key);
std::string EncodeRecord(const User& user);
std::string EncodeRecord(const Group& group);
std::string EncodeRecord(const Role& role);
std::string EncodeRecord(const ManagedPolicy& policy);
std::string EncodeRecord(const OidcProvider& provider);
std::string EncodeRecord(const Organization& organization);

// `name`: the record's key without its first byte. Nullopt if it is none of ours.
std::optional<Account> DecodeAccount(std::string_view name, std::string_view value);
std::shared_ptr<AccessKey> DecodeAccessKey(std::string_view name, std::string_view value);
std::optional<SessionKey> DecodeSessionKey(std::string_view name, std::string_view value);
std::shared_ptr<Organization> DecodeOrganization(std::string_view name, std::string_view value,
                                                 const policy::ActionCatalogue* catalogue);
// Of a kind of entity; `account` becomes whose it is. Documents that cannot be read any more deny everything.
template <class T>
std::shared_ptr<T> DecodeEntity(std::string_view name, std::string_view value, const policy::ActionCatalogue* catalogue,
                                std::string& account);
extern template std::shared_ptr<User> DecodeEntity<User>(std::string_view, std::string_view,
                                                         const policy::ActionCatalogue*, std::string&);
extern template std::shared_ptr<Group> DecodeEntity<Group>(std::string_view, std::string_view,
                                                           const policy::ActionCatalogue*, std::string&);
extern template std::shared_ptr<Role> DecodeEntity<Role>(std::string_view, std::string_view,
                                                         const policy::ActionCatalogue*, std::string&);
extern template std::shared_ptr<ManagedPolicy> DecodeEntity<ManagedPolicy>(std::string_view, std::string_view,
                                                                           const policy::ActionCatalogue*,
                                                                           std::string&);
extern template std::shared_ptr<OidcProvider> DecodeEntity<OidcProvider>(std::string_view, std::string_view,
                                                                         const policy::ActionCatalogue*, std::string&);

}  // namespace basalt::identity
