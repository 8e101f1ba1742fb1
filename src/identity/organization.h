// Organization: accounts under one management account, in a tree of units below one root, and the policies that are
// attached to places in it. Kept with what IAM keeps of the management account. Values; once in a published snapshot
// they do not change. A Placement is what an organization means to one of its accounts: its path, and level by level
// the policies that limit who calls from it, and what is called in it.
// Source: AWS Organizations User Guide, "Service control policies", "Resource control policies"; API reference.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "identity/entity.h"
#include "policy/document.h"
#include "policy/evaluate.h"

namespace basalt::identity {

inline constexpr size_t kOrganizationAccountsMax = 1000;
inline constexpr size_t kUnitsMax = 2000;
inline constexpr size_t kUnitDepthMax = 5;
inline constexpr size_t kControlPoliciesMax = 500;
inline constexpr size_t kAttachedToTargetMax = 5;  // of one kind

enum class ControlKind : uint8_t { kService = 1, kResource = 2 };

struct ControlPolicy {
  std::string id;  // p-…
  std::string name;
  std::string description;
  ControlKind kind = ControlKind::kService;
  bool is_aws = false;  // everybody's: there without being made
  PolicyText policy;
};

// What is there when a kind of policies is enabled, and attached to every place: p-FullAWSAccess, p-RCPFullAWSAccess.
const ControlPolicy& FullAccessOf(ControlKind kind);

struct Organization {
  struct Unit {
    std::string id;  // ou-…
    std::string name;
    std::string parent;
    int64_t created_ms = 0;
  };
  struct Account {
    std::string id;
    std::string name;
    std::string email;
    std::string parent;
    int64_t joined_ms = 0;
    bool was_created = false;  // by the organization; else it was there before
  };
  struct Attachment {
    std::string policy;
    std::string target;  // the root, a unit, an account
  };
  // A CreateAccount, whose outcome can be asked for.
  struct AccountRequest {
    std::string id;  // car-…
    std::string account_name;
    std::string account;  // empty: it failed
    std::string failure;  // empty: it succeeded
    int64_t requested_ms = 0;
  };

  std::string id;  // o-…
  std::string management;
  std::string root;  // r-…
  int64_t created_ms = 0;
  bool has_all_features = true;  // else consolidated billing alone, without policies
  bool service_control = false;  // whether that kind of policies is enabled
  bool resource_control = false;
  std::vector<Unit> units;        // as made
  std::vector<Account> accounts;  // as joined, the management account first
  std::vector<ControlPolicy> policies;
  std::vector<Attachment> attachments;
  std::vector<AccountRequest> requests;  // the newest last

  static constexpr size_t kRequestsMax = 1000;

  const Unit* FindUnit(std::string_view unit_id) const;
  const Account* FindAccount(std::string_view account_id) const;
  const ControlPolicy* FindPolicy(std::string_view policy_id) const;  // everybody's too
  bool IsEnabled(ControlKind kind) const { return kind == ControlKind::kService ? service_control : resource_control; }
  bool IsParent(std::string_view place) const { return place == root || FindUnit(place) != nullptr; }
  bool IsPlace(std::string_view place) const { return IsParent(place) || FindAccount(place) != nullptr; }
  std::string_view ParentOf(std::string_view place) const;  // empty: it is the root or nowhere
  // From the root down to the place itself.
  std::vector<std::string_view> WayTo(std::string_view place) const;
  bool IsAttached(std::string_view policy_id, std::string_view target) const;
  std::vector<const ControlPolicy*> AttachedTo(std::string_view target, ControlKind kind) const;
};

class Placement {
 public:
  Placement(std::shared_ptr<const Organization> organization, const Organization::Account& account);
  Placement(const Placement&) = delete;
  Placement& operator=(const Placement&) = delete;

  const Organization& organization() const { return *organization_; }
  bool is_management() const { return is_management_; }
  const std::string& path() const { return path_; }  // o-…/r-…/ou-…/
  // A level each; none apply to the management account.
  std::span<const policy::Documents> service_control() const { return service_control_.levels; }
  std::span<const policy::Documents> resource_control() const { return resource_control_.levels; }

 private:
  struct Levels {
    std::vector<std::vector<const policy::Document*>> documents;
    std::vector<policy::Documents> levels;  // views of those
  };
  Levels LevelsOf(ControlKind kind, const std::vector<std::string_view>& way) const;

  std::shared_ptr<const Organization> organization_;
  bool is_management_;
  std::string path_;
  Levels service_control_;
  Levels resource_control_;
};

}  // namespace basalt::identity
