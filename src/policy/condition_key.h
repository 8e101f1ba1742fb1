// Condition keys: the names under which a request tells of itself, and where the values come from. Names compare
// without regard to case. What policies read most has a number of its own; families (aws:PrincipalTag/team) share one
// and differ in what follows; all others are kOther.
//
//   class CallContext : public Context {                        // values are made when a policy asks for them
//     Values Find(const ConditionKey& key) const override {
//       switch (key.id) {
//         case KeyId::kSourceIp: return Values::One(address_);
//         case KeyId::kPrincipalTag: return FindTag(key.member);
//         ...
//
// Source: IAM User Guide, "AWS global condition context keys"; service authorization reference.
#pragma once

#include <bitset>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace basalt::policy {

enum class KeyId : uint8_t {
  // Of who calls.
  kPrincipalArn,
  kPrincipalAccount,
  kPrincipalType,
  kUserId,
  kUserName,
  kPrincipalTag,  // a family
  kPrincipalOrgId,
  kPrincipalOrgPaths,
  kPrincipalIsAwsService,
  kPrincipalServiceName,
  kPrincipalServiceNamesList,
  kMultiFactorAuthPresent,
  kTokenIssueTime,
  kFederatedProvider,
  kSourceIdentity,
  kCallerAccount,
  // Of what is called.
  kResourceAccount,
  kResourceOrgId,
  kResourceOrgPaths,
  kResourceTag,  // a family
  kRequestedRegion,
  // Of the one request.
  kSourceIp,
  kSourceVpc,
  kSourceVpce,
  kVpcSourceIp,
  kCurrentTime,
  kEpochTime,
  kSecureTransport,
  kUserAgent,
  kReferer,
  kRequestTag,  // a family
  kTagKeys,
  kMultiFactorAuthAge,
  kViaAwsService,
  kCalledVia,
  kCalledViaFirst,
  kCalledViaLast,
  kSourceAccount,
  kSourceArn,
  kSourceOrgId,
  kSourceOrgPaths,
  kInstanceSourceVpc,
  kLeadingKeys,
  kFirstPartitionKeyValues,
  kSecondPartitionKeyValues,
  kThirdPartitionKeyValues,
  kFourthPartitionKeyValues,
  kAttributes,
  kSelect,
  kReturnValues,
  kReturnConsumedCapacity,
  kEnclosingOperation,
  kFullTableScan,
  kViaService,
  kEncryptionContext,  // a family
  kEncryptionContextKeys,
  kResourceAliases,
  kGrantOperations,
  kExternalId,
  kRoleSessionName,
  kStsSourceIdentity,
  kTransitiveTagKeys,
  kOther,
};
inline constexpr size_t kKeyIds = static_cast<size_t>(KeyId::kOther) + 1;
using KeySet = std::bitset<kKeyIds>;

// What a value of a key depends on: a decision may be kept as long as nothing it read has changed.
enum class KeyScope : uint8_t { kCaller, kResource, kRequest };

struct ConditionKey {
  KeyId id = KeyId::kOther;
  std::string_view name;    // whole, in lower case
  std::string_view member;  // of a family: what follows its name, in lower case
};

// `lower_name` is in lower case and outlives the key.
ConditionKey ResolveKey(std::string_view lower_name);
bool IsMultivalued(KeyId id);  // by its nature, however many values a request has
KeyScope ScopeOf(KeyId id);    // kOther: kRequest

// The values of one key in one request, in the form that policies are written in: numbers in decimal, times in ISO
// 8601, "true" and "false", addresses as text, binary as base64; all of it UTF-8.
class Values {
 public:
  static Values Absent() { return {}; }
  // What is viewed lives as long as the context that answers.
  static Values One(std::string_view text) {
    Values values;
    values.present_ = true;
    values.is_one_ = true;
    values.one_ = text;
    return values;
  }
  static Values List(std::span<const std::string_view> texts) {
    Values values;
    values.present_ = true;
    values.list_ = texts;
    return values;
  }

  bool present() const { return present_; }
  bool is_list() const { return present_ && !is_one_; }
  std::span<const std::string_view> texts() const { return is_one_ ? std::span(&one_, 1) : list_; }

 private:
  bool present_ = false;
  bool is_one_ = false;
  std::string_view one_;
  std::span<const std::string_view> list_;
};

class Context {
 public:
  virtual ~Context() = default;
  virtual Values Find(const ConditionKey& key) const = 0;
};

// A context that is a table: for simulations and tests.
class ContextTable final : public Context {
 public:
  void Set(std::string_view name, std::string_view value);
  void SetList(std::string_view name, std::vector<std::string> values);
  void Remove(std::string_view name);
  Values Find(const ConditionKey& key) const override;

 private:
  struct Entry {
    std::vector<std::string> owned;
    std::vector<std::string_view> texts;
    bool is_list = false;
  };
  std::map<std::string, Entry, std::less<>> entries_;  // by lower-case name
};

std::string LowerCase(std::string_view text);  // of ASCII
bool EqualsIgnoringCase(std::string_view a, std::string_view b);

}  // namespace basalt::policy
