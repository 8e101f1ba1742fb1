// Principal: who calls, with all that policies know of the caller: the policies of the caller's own side, compiled, and
// the condition keys that tell of the caller. Made from a snapshot and good as long as IsCurrent says so; a request
// keeps the one it began with.
//
// Threads: a Principal is immutable. Principals is one loop's; it remembers those it made, so that a request of a known
// caller costs one look-up.
//
//   Principals principals;                                                       // one a loop
//   TRY_ASSIGN(auto principal, principals.OfKey(snapshot, key));
//   policy::Policies policies = principal->policies();                           // the caller's side
//   policies.resource = table.policy;                                            // and whoever knows adds the other
//   policies.resource_control = ResourceControlOf(snapshot, table.account);
//   Evaluate({principal->caller(), action, resource, owner, context}, policies);
// Source: IAM User Guide, "Policy evaluation logic", "IAM identifiers", "AWS global condition context keys".
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "identity/directory.h"
#include "identity/organization.h"
#include "policy/condition_key.h"
#include "policy/evaluate.h"
#include "policy/request.h"

namespace basalt::identity {

class Principal {
 public:
  // The root user. The account need not be there: a `dev` server lets keys name accounts of their own.
  static std::shared_ptr<const Principal> RootOf(const Snapshot& snapshot, std::string_view account_id);
  // Whom nothing is known of: who calls without a signature.
  static std::shared_ptr<const Principal> Nobody();
  // Null if the directory has no such user.
  static std::shared_ptr<const Principal> OfUser(const Snapshot& snapshot, std::string_view account_id,
                                                 std::string_view id);
  // Null if the role or user behind the session is gone. Does not look at the time.
  static std::shared_ptr<const Principal> OfSession(const Snapshot& snapshot, const SessionClaims& claims);
  // A role before anybody has assumed it: for simulations.
  static std::shared_ptr<const Principal> OfRole(const Snapshot& snapshot, std::string_view account_id,
                                                 std::string_view id);
  Principal(const Principal&) = delete;
  Principal& operator=(const Principal&) = delete;
  ~Principal() = default;

  // Whether nothing has changed that this was made from.
  bool IsCurrent(const Snapshot& snapshot) const;

  const policy::Caller& caller() const { return caller_; }
  const std::string& account() const { return account_; }
  const std::string& arn() const { return arn_; }
  const std::string& user_id() const { return user_id_; }  // aws:userid
  const std::string& user_name() const { return user_name_; }
  bool is_session() const { return session_.has_value(); }
  const SessionClaims& session() const { return *session_; }
  const Placement* placement() const { return placement_.get(); }  // null: the account is in no organization
  // What limits and allows on the caller's side; views of this.
  const policy::Policies& policies() const { return policies_; }
  // The keys of KeyScope::kCaller; absent for all others.
  policy::Values Find(const policy::ConditionKey& key) const;

 private:
  Principal() = default;

  void BeUser(const User& user);
  void BeRole(const Role& role, std::string_view session_name);
  void TakePolicies(const Entity& entity);
  void TakeBoundary(const std::string& arn);
  void TakeTags(const std::vector<Tag>& tags);
  void TakeManaged(std::vector<const policy::Document*>& documents, std::string_view arn) const;
  void Finish(const Snapshot& snapshot);
  policy::Values FindOfProvider(std::string_view lower_name) const;

  std::shared_ptr<const Members> members_;  // null: a root user, whom nothing of the account changes
  std::shared_ptr<const Placement> placement_;
  std::string account_;
  std::string arn_;
  std::string entity_arn_;
  std::string entity_id_;
  std::string user_id_;
  std::string user_name_;
  std::string issue_time_;
  std::vector<Tag> tags_;  // keys in lower case
  std::optional<SessionClaims> session_;
  PolicyText session_policy_;
  std::vector<const policy::Document*> identity_documents_;
  std::vector<const policy::Document*> session_documents_;
  std::string_view organization_path_;
  std::string provider_;                   // of a session that a provider vouches for: its name in lower case
  std::vector<std::string_view> methods_;  // by which that knew its user
  policy::Caller caller_;
  policy::Policies policies_;
};

// What an organization says to who calls something of the account: a level each, none if it is in none. Good as long as
// the snapshot is.
std::span<const policy::Documents> ResourceControlOf(const Snapshot& snapshot, std::string_view account_id);

// The managed policy of that ARN, of the account or everybody's; null if there is none.
const ManagedPolicy* FindManagedPolicy(const Members& members, std::string_view arn);

// What a policy keeps for a principal that it names: the unique id of a user or role, and as it is what has none (an
// account's root, a session). Nullopt: there is no such principal.
std::optional<std::string> BindPrincipal(const Snapshot& snapshot, std::string_view principal);
// The other way: the ARN of a user or role, or what was kept if it is gone or is no id.
std::string ShowPrincipal(const Snapshot& snapshot, std::string_view kept);

// One loop's memory of principals.
class Principals {
 public:
  static constexpr size_t kRememberedMax = 10'000;

  std::shared_ptr<const Principal> OfRoot(const Snapshot& snapshot, std::string_view account_id);
  // Of an access key that is in `snapshot`; null if its user is gone.
  std::shared_ptr<const Principal> OfKey(const Snapshot& snapshot, const AccessKey& key);

  struct Session {
    std::string token;
    SecretBytes secret;
    SessionClaims claims;
    std::shared_ptr<const Principal> principal;  // null: nobody is behind it any more
  };
  // Of temporary credentials; null if the token is not one of ours for that id. Valid until the next call. Does not
  // look at the time.
  const Session* OfToken(const Snapshot& snapshot, std::string_view access_key_id, std::string_view token);

 private:
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  template <class T>
  using ById = std::unordered_map<std::string, T, Hash, std::equal_to<>>;

  ById<std::shared_ptr<const Principal>> roots_;   // by account
  ById<std::shared_ptr<const Principal>> by_key_;  // by access key id
  ById<Session> sessions_;
};

}  // namespace basalt::identity
