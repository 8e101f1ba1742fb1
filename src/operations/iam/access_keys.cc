// Access keys of users and, for callers who are it, of the root user.
#include <fmt/format.h>

#include "operations/iam/answers.h"
#include "operations/iam/handlers.h"

namespace basalt::operations::iam {
namespace {

using identity::AccessKey;
using identity::KeyStatus;

// Whose keys are asked for: a user's, by default the caller's own.
struct Owner {
  std::string name;  // empty: the root user
};

Result<Owner> OwnerOf(const Call& call) {
  if (!Has(call, "UserName") && call.caller.principal->caller().kind == policy::CallerKind::kRoot) {
    return Owner();
  }
  TRY_ASSIGN(std::string name, UserNameOf(call));
  return Owner{std::move(name)};
}

std::string ArnOfOwner(const Call& call, const Owner& owner) {
  return owner.name.empty() ? identity::RootArn(call.caller.account_id) : ArnOfName<User>(call, owner.name);
}

Result<std::string> OwnerId(const Members& members, const Owner& owner) {
  if (owner.name.empty()) {
    return std::string();
  }
  TRY_ASSIGN(const User* user, FindNamed<User>(members, owner.name));
  return user->id;
}

std::string_view StatusName(KeyStatus status) { return status == KeyStatus::kActive ? "Active" : "Inactive"; }

void WriteOwner(XmlWriter& xml, const Owner& owner) {
  if (!owner.name.empty()) {
    xml.Text("UserName", owner.name);
  }
}

Error NoKey(std::string_view id) { return NoSuchEntity(fmt::format("The Access Key with id {} cannot be found.", id)); }

Result<const AccessKey*> FindKey(const Draft& draft, const Owner& owner, std::string_view id) {
  TRY_ASSIGN(const std::string owner_id, OwnerId(draft.members(), owner));
  for (const AccessKey* key : draft.KeysOf(owner_id)) {
    if (key->id == id) {
      return key;
    }
  }
  return NoKey(id);
}

}  // namespace

Prepared PrepareCreateAccessKey(Call& call) {
  TRY_ASSIGN(Owner owner, OwnerOf(call));
  std::string arn = ArnOfOwner(call, owner);
  return ChangeOf(call, std::move(arn), [owner = std::move(owner)](Draft& draft) -> Result<Answer> {
    TRY_ASSIGN(const std::string owner_id, OwnerId(draft.members(), owner));
    if (draft.KeysOf(owner_id).size() >= identity::kAccessKeysOfUserMax) {
      return QuotaExceeded("AccessKeysPerUser", identity::kAccessKeysOfUserMax);
    }
    const AccessKey& key = draft.AddKey(owner_id);
    XmlWriter xml;
    xml.Open("AccessKey");
    WriteOwner(xml, owner);
    xml.Text("AccessKeyId", key.id);
    xml.Text("Status", StatusName(key.status));
    xml.Text("SecretAccessKey", key.secret.view());
    xml.Time("CreateDate", key.created_ms);
    xml.Close("AccessKey");
    return xml.Take();
  });
}

Prepared PrepareListAccessKeys(Call& call) {
  TRY_ASSIGN(Owner owner, OwnerOf(call));
  std::string arn = ArnOfOwner(call, owner);
  return ReadOf(call, std::move(arn), [owner = std::move(owner)](const View& view) -> Result<Answer> {
    TRY_ASSIGN(const std::string owner_id, OwnerId(*view.members, owner));
    XmlWriter xml;
    xml.Open("AccessKeyMetadata");
    for (const AccessKey* key : view.snapshot->KeysOf(view.members->account.id, owner_id)) {
      xml.Open("member");
      WriteOwner(xml, owner);
      xml.Text("AccessKeyId", key->id);
      xml.Text("Status", StatusName(key->status));
      xml.Time("CreateDate", key->created_ms);
      xml.Close("member");
    }
    xml.Close("AccessKeyMetadata");
    xml.Bool("IsTruncated", false);
    return xml.Take();
  });
}

Prepared PrepareGetAccessKeyLastUsed(Call& call) {
  const std::string id = TextOf(call, "AccessKeyId");
  const auto snapshot = ViewOf(call).snapshot;
  const AccessKey* key = snapshot->FindAccessKey(id);
  const bool is_own = key != nullptr && key->account_id == call.caller.account_id;
  const Members& members = *ViewOf(call).members;
  const User* user = is_own ? members.users.FindById(key->owner_id) : nullptr;
  std::string arn = user == nullptr ? EverythingArn(call, "user") : identity::ArnOf(call.caller.account_id, *user);
  return ReadOf(call, std::move(arn), [id](const View& view) -> Result<Answer> {
    const AccessKey* found = view.snapshot->FindAccessKey(id);
    // Keys of other accounts are not told from those that do not exist.
    if (found == nullptr || found->account_id != view.members->account.id) {
      return NoSuchEntity(fmt::format("The Access Key with id {} cannot be found.", id));
    }
    XmlWriter xml;
    if (const User* owner = view.members->users.FindById(found->owner_id); owner != nullptr) {
      xml.Text("UserName", owner->name);
    }
    const identity::KeyUse::Use use = found->use->Last();
    xml.Open("AccessKeyLastUsed");
    if (use.at_ms > 0) {
      xml.Time("LastUsedDate", use.at_ms);
    }
    xml.Text("ServiceName", use.at_ms > 0 ? use.service : "N/A");
    xml.Text("Region", use.at_ms > 0 ? use.region : "N/A");
    xml.Close("AccessKeyLastUsed");
    return xml.Take();
  });
}

Prepared PrepareUpdateAccessKey(Call& call) {
  TRY_ASSIGN(Owner owner, OwnerOf(call));
  std::string arn = ArnOfOwner(call, owner);
  return ChangeOf(call, std::move(arn), [&call, owner = std::move(owner)](Draft& draft) -> Result<Answer> {
    TRY_ASSIGN(const AccessKey* key, FindKey(draft, owner, TextOf(call, "AccessKeyId")));
    const std::string status = TextOf(call, "Status");
    if (status == "Expired") {
      return Error(Reason::kValidation, "Expired is not a status that a key may be given.");
    }
    draft.SetKeyStatus(*key, status == "Active" ? KeyStatus::kActive : KeyStatus::kInactive);
    return Answer();
  });
}

Prepared PrepareDeleteAccessKey(Call& call) {
  TRY_ASSIGN(Owner owner, OwnerOf(call));
  std::string arn = ArnOfOwner(call, owner);
  return ChangeOf(call, std::move(arn), [&call, owner = std::move(owner)](Draft& draft) -> Result<Answer> {
    TRY_ASSIGN(const AccessKey* key, FindKey(draft, owner, TextOf(call, "AccessKeyId")));
    draft.SetKeyStatus(*key, KeyStatus::kDeleted);
    return Answer();
  });
}

}  // namespace basalt::operations::iam
