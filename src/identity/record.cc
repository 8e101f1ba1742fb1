// Encoding and decoding. Each kind names its fields once, in order; one walk writes them and another reads them.
#include "identity/record.h"

#include <type_traits>

#include "base/bytes.h"
#include "model/arn.h"

namespace basalt::identity {
namespace {

constexpr uint8_t kFirstFormat = 1;
constexpr uint8_t kVersionedAccountFormat = 2;  // with a version of what it keeps
constexpr uint8_t kOwnedKeyFormat = 2;          // with the user whose key it is
constexpr size_t kElementsMax = 100'000;        // of any list

class FieldWriter {
 public:
  explicit FieldWriter(std::string& out) : out_(out) {}

  template <class... Fields>
  void operator()(Fields&... fields) {
    (Write(fields), ...);
  }

 private:
  void Write(const std::string& text) { AppendLengthPrefixed(out_, text); }
  void Write(const int64_t& number) { AppendBigEndian64(out_, static_cast<uint64_t>(number)); }
  void Write(const uint32_t& number) { AppendVarint(out_, number); }
  void Write(const bool& flag) { AppendVarint(out_, flag ? 1 : 0); }
  void Write(const ControlKind& kind) { AppendVarint(out_, static_cast<uint64_t>(kind)); }
  void Write(const PolicyText& policy) { Write(policy.text); }
  void Write(const Role::Trust& trust) { Write(trust.text); }
  template <class T>
  void Write(const std::vector<T>& list) {
    AppendVarint(out_, list.size());
    for (const T& element : list) {
      Write(element);
    }
  }
  template <class T>
  void Write(const T& structure) {
    WalkFields(*this, structure);
  }

  std::string& out_;
};

class FieldReader {
 public:
  FieldReader(std::string_view bytes, policy::DocumentKind kind, const policy::ActionCatalogue* catalogue)
      : reader_(bytes), kind_(kind), catalogue_(catalogue) {}

  template <class... Fields>
  void operator()(Fields&... fields) {
    (Read(fields), ...);
  }
  bool IsDone() const { return ok_ && reader_.empty(); }

 private:
  template <class T>
  T Take(std::optional<T> value) {
    ok_ = ok_ && value.has_value();
    return ok_ ? *value : T();
  }
  void Read(std::string& text) { text = Take(reader_.ReadLengthPrefixed()); }
  void Read(int64_t& number) { number = static_cast<int64_t>(Take(reader_.Read64())); }
  void Read(uint32_t& number) {
    const uint64_t value = Take(reader_.ReadVarint());
    ok_ = ok_ && value <= UINT32_MAX;
    number = static_cast<uint32_t>(value);
  }
  void Read(bool& flag) {
    const uint64_t value = Take(reader_.ReadVarint());
    ok_ = ok_ && value <= 1;
    flag = value == 1;
  }
  // What follows in the record is of that kind.
  void Read(ControlKind& kind) {
    const uint64_t value = Take(reader_.ReadVarint());
    ok_ = ok_ && (value == 1 || value == 2);
    kind = value == 2 ? ControlKind::kResource : ControlKind::kService;
    kind_ = value == 2 ? policy::DocumentKind::kResourceControl : policy::DocumentKind::kServiceControl;
  }
  void Read(PolicyText& policy) {
    std::string text;
    Read(text);
    if (ok_) {
      policy = PolicyText::Stored(kind_, std::move(text), catalogue_);
    }
  }
  // A role's trust is of another kind than its permissions.
  void Read(Role::Trust& trust) {
    const policy::DocumentKind before = std::exchange(kind_, policy::DocumentKind::kTrust);
    Read(static_cast<PolicyText&>(trust));
    kind_ = before;
  }
  template <class T>
  void Read(std::vector<T>& list) {
    const uint64_t count = Take(reader_.ReadVarint());
    ok_ = ok_ && count <= kElementsMax;
    for (uint64_t i = 0; ok_ && i < count; ++i) {
      Read(list.emplace_back());
    }
  }
  template <class T>
  void Read(T& structure) {
    WalkFields(*this, structure);
  }

  ByteReader reader_;
  policy::DocumentKind kind_;
  const policy::ActionCatalogue* catalogue_;
  bool ok_ = true;
};

template <class T, class Kind>
concept Is = std::is_same_v<std::remove_const_t<T>, Kind>;

template <class Walk, Is<Tag> T>
void WalkFields(Walk& walk, T& tag) {
  walk(tag.key, tag.value);
}
template <class Walk, Is<InlinePolicy> T>
void WalkFields(Walk& walk, T& policy) {
  walk(policy.name, policy.policy);
}
template <class Walk, Is<PolicyVersion> T>
void WalkFields(Walk& walk, T& version) {
  walk(version.number, version.created_ms, version.policy);
}
template <class Walk, class T>
void WalkEntity(Walk& walk, T& entity) {
  walk(entity.id, entity.name, entity.path, entity.created_ms, entity.inline_policies, entity.attached);
}
template <class Walk, Is<User> T>
void WalkFields(Walk& walk, T& user) {
  WalkEntity(walk, user);
  walk(user.boundary, user.groups, user.tags);
}
template <class Walk, Is<Group> T>
void WalkFields(Walk& walk, T& group) {
  WalkEntity(walk, group);
}
template <class Walk, Is<Role> T>
void WalkFields(Walk& walk, T& role) {
  WalkEntity(walk, role);
  walk(role.boundary, role.tags, role.description, role.has_description, role.session_seconds_max, role.shown_trust,
       role.trust);
}
template <class Walk, Is<ManagedPolicy> T>
void WalkFields(Walk& walk, T& policy) {
  walk(policy.id, policy.name, policy.path, policy.created_ms, policy.updated_ms, policy.description, policy.tags,
       policy.versions, policy.default_version, policy.versions_made);
}

template <class Walk, Is<OidcProvider> T>
void WalkFields(Walk& walk, T& provider) {
  walk(provider.id, provider.name, provider.created_ms, provider.client_ids, provider.thumbprints, provider.tags);
}
template <class Walk, Is<Organization::Unit> T>
void WalkFields(Walk& walk, T& unit) {
  walk(unit.id, unit.name, unit.parent, unit.created_ms);
}
template <class Walk, Is<Organization::Account> T>
void WalkFields(Walk& walk, T& account) {
  walk(account.id, account.name, account.email, account.parent, account.joined_ms, account.was_created);
}
template <class Walk, Is<Organization::Attachment> T>
void WalkFields(Walk& walk, T& attachment) {
  walk(attachment.policy, attachment.target);
}
template <class Walk, Is<Organization::AccountRequest> T>
void WalkFields(Walk& walk, T& request) {
  walk(request.id, request.account_name, request.account, request.failure, request.requested_ms);
}
template <class Walk, Is<ControlPolicy> T>
void WalkFields(Walk& walk, T& policy) {
  walk(policy.id, policy.name, policy.description, policy.kind, policy.policy);
}
template <class Walk, Is<Organization> T>
void WalkFields(Walk& walk, T& organization) {
  walk(organization.id, organization.management, organization.root, organization.created_ms,
       organization.has_all_features, organization.service_control, organization.resource_control, organization.units,
       organization.accounts, organization.policies, organization.attachments, organization.requests);
}

template <class T>
std::string EncodeFields(const T& value) {
  std::string bytes;
  bytes += static_cast<char>(kFirstFormat);
  FieldWriter writer(bytes);
  WalkFields(writer, value);
  return bytes;
}

}  // namespace

engine::Key RecordKey(RecordKind kind, std::string_view account, std::string_view id) {
  engine::Key key;
  key.bytes += static_cast<char>(kind);
  key.bytes += account;
  key.bytes += id;
  return key;
}

std::string EncodeRecord(const Account& account) {
  std::string value;
  value += static_cast<char>(kVersionedAccountFormat);
  AppendBigEndian64(value, static_cast<uint64_t>(account.created_ms));
  AppendBigEndian64(value, account.version);
  return value;
}

std::string EncodeRecord(const AccessKey& key) {
  std::string value;
  value += static_cast<char>(key.owner_id.empty() ? kFirstFormat : kOwnedKeyFormat);
  value += static_cast<char>(key.status);
  AppendBigEndian64(value, static_cast<uint64_t>(key.created_ms));
  AppendBigEndian64(value, key.secret_version);
  AppendLengthPrefixed(value, key.account_id);
  AppendLengthPrefixed(value, key.secret.view());
  if (!key.owner_id.empty()) {
    AppendLengthPrefixed(value, key.owner_id);
  }
  return value;
}

std::string EncodeRecord(const SessionKey& key) {
  std::string value;
  value += static_cast<char>(kFirstFormat);
  AppendBigEndian64(value, static_cast<uint64_t>(key.created_ms));
  AppendLengthPrefixed(value, key.secret.view());
  return value;
}

std::string EncodeRecord(const User& user) { return EncodeFields(user); }
std::string EncodeRecord(const Group& group) { return EncodeFields(group); }
std::string EncodeRecord(const Role& role) { return EncodeFields(role); }
std::string EncodeRecord(const ManagedPolicy& policy) { return EncodeFields(policy); }
std::string EncodeRecord(const OidcProvider& provider) { return EncodeFields(provider); }
std::string EncodeRecord(const Organization& organization) { return EncodeFields(organization); }

std::optional<Account> DecodeAccount(std::string_view name, std::string_view value) {
  ByteReader reader(value);
  const auto format = reader.Read8();
  const auto created_ms = reader.Read64();
  const bool is_versioned = format && *format == kVersionedAccountFormat;
  const auto version = is_versioned ? reader.Read64() : std::optional<uint64_t>(0);
  if (!model::IsAccountId(name) || (!is_versioned && (!format || *format != kFirstFormat)) || !created_ms || !version ||
      !reader.empty()) {
    return std::nullopt;
  }
  return Account{std::string(name), static_cast<int64_t>(*created_ms), *version};
}

std::shared_ptr<AccessKey> DecodeAccessKey(std::string_view name, std::string_view value) {
  ByteReader reader(value);
  const auto format = reader.Read8();
  const auto status = reader.Read8();
  const auto created_ms = reader.Read64();
  const auto secret_version = reader.Read64();
  const auto account_id = reader.ReadLengthPrefixed();
  const auto secret = reader.ReadLengthPrefixed();
  const bool is_owned = format && *format == kOwnedKeyFormat;
  const auto owner = is_owned ? reader.ReadLengthPrefixed() : std::optional<std::string_view>("");
  if (name.empty() || (!is_owned && (!format || *format != kFirstFormat)) || !status || *status < 1 || *status > 3 ||
      !created_ms || !secret_version || !account_id || !model::IsAccountId(*account_id) || !secret || !owner ||
      owner->empty() == is_owned || !reader.empty()) {
    return nullptr;
  }
  auto key = std::make_shared<AccessKey>();
  key->id = name;
  key->account_id = *account_id;
  key->secret = SecretBytes(*secret);
  key->secret_version = *secret_version;
  key->status = static_cast<KeyStatus>(*status);
  key->owner_id = *owner;
  key->created_ms = static_cast<int64_t>(*created_ms);
  return key;
}

std::optional<SessionKey> DecodeSessionKey(std::string_view name, std::string_view value) {
  ByteReader number_reader(name);
  const auto number = number_reader.Read32();
  ByteReader reader(value);
  const auto format = reader.Read8();
  const auto created_ms = reader.Read64();
  const auto secret = reader.ReadLengthPrefixed();
  if (!number || !number_reader.empty() || !format || *format != kFirstFormat || !created_ms || !secret ||
      secret->size() != kSessionKeyBytes || !reader.empty()) {
    return std::nullopt;
  }
  return SessionKey{*number, static_cast<int64_t>(*created_ms), SecretBytes(*secret)};
}

std::shared_ptr<Organization> DecodeOrganization(std::string_view name, std::string_view value,
                                                 const policy::ActionCatalogue* catalogue) {
  if (!model::IsAccountId(name) || value.empty() || static_cast<uint8_t>(value.front()) != kFirstFormat) {
    return nullptr;
  }
  auto organization = std::make_shared<Organization>();
  FieldReader reader(value.substr(1), policy::DocumentKind::kServiceControl, catalogue);
  WalkFields(reader, *organization);
  return reader.IsDone() && organization->management == name ? organization : nullptr;
}

template <class T>
std::shared_ptr<T> DecodeEntity(std::string_view name, std::string_view value, const policy::ActionCatalogue* catalogue,
                                std::string& account) {
  if (name.size() <= kAccountIdLength || !model::IsAccountId(name.substr(0, kAccountIdLength)) || value.empty() ||
      static_cast<uint8_t>(value.front()) != kFirstFormat) {
    return nullptr;
  }
  auto entity = std::make_shared<T>();
  FieldReader reader(value.substr(1), policy::DocumentKind::kIdentity, catalogue);
  WalkFields(reader, *entity);
  if (!reader.IsDone() || entity->id != name.substr(kAccountIdLength)) {
    return nullptr;
  }
  if constexpr (std::is_same_v<T, ManagedPolicy>) {
    if (entity->Find(entity->default_version) == nullptr) {
      return nullptr;
    }
  }
  account = name.substr(0, kAccountIdLength);
  return entity;
}

template std::shared_ptr<User> DecodeEntity<User>(std::string_view, std::string_view, const policy::ActionCatalogue*,
                                                  std::string&);
template std::shared_ptr<Group> DecodeEntity<Group>(std::string_view, std::string_view, const policy::ActionCatalogue*,
                                                    std::string&);
template std::shared_ptr<Role> DecodeEntity<Role>(std::string_view, std::string_view, const policy::ActionCatalogue*,
                                                  std::string&);
template std::shared_ptr<ManagedPolicy> DecodeEntity<ManagedPolicy>(std::string_view, std::string_view,
                                                                    const policy::ActionCatalogue*, std::string&);
template std::shared_ptr<OidcProvider> DecodeEntity<OidcProvider>(std::string_view, std::string_view,
                                                                  const policy::ActionCatalogue*, std::string&);

}  // namespace basalt::identity
