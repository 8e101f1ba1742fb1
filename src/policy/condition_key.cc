#include "policy/condition_key.h"

#include <algorithm>
#include <array>
#include <utility>

namespace basalt::policy {
namespace {

struct Row {
  std::string_view name;  // in lower case; of a family up to and with what ends it
  KeyId id;
  KeyScope scope;
  bool multivalued = false;
};

constexpr KeyScope kCaller = KeyScope::kCaller;
constexpr KeyScope kResource = KeyScope::kResource;
constexpr KeyScope kRequest = KeyScope::kRequest;

// In the order of KeyId.
constexpr std::array<Row, kKeyIds - 1> kRows = {{
    {"aws:principalarn", KeyId::kPrincipalArn, kCaller},
    {"aws:principalaccount", KeyId::kPrincipalAccount, kCaller},
    {"aws:principaltype", KeyId::kPrincipalType, kCaller},
    {"aws:userid", KeyId::kUserId, kCaller},
    {"aws:username", KeyId::kUserName, kCaller},
    {"aws:principaltag/", KeyId::kPrincipalTag, kCaller},
    {"aws:principalorgid", KeyId::kPrincipalOrgId, kCaller},
    {"aws:principalorgpaths", KeyId::kPrincipalOrgPaths, kCaller, true},
    {"aws:principalisawsservice", KeyId::kPrincipalIsAwsService, kCaller},
    {"aws:principalservicename", KeyId::kPrincipalServiceName, kCaller},
    {"aws:principalservicenameslist", KeyId::kPrincipalServiceNamesList, kCaller, true},
    {"aws:multifactorauthpresent", KeyId::kMultiFactorAuthPresent, kCaller},
    {"aws:tokenissuetime", KeyId::kTokenIssueTime, kCaller},
    {"aws:federatedprovider", KeyId::kFederatedProvider, kCaller},
    {"aws:sourceidentity", KeyId::kSourceIdentity, kCaller},
    {"kms:calleraccount", KeyId::kCallerAccount, kCaller},
    {"aws:resourceaccount", KeyId::kResourceAccount, kResource},
    {"aws:resourceorgid", KeyId::kResourceOrgId, kResource},
    {"aws:resourceorgpaths", KeyId::kResourceOrgPaths, kResource, true},
    {"aws:resourcetag/", KeyId::kResourceTag, kResource},
    {"aws:requestedregion", KeyId::kRequestedRegion, kResource},
    {"aws:sourceip", KeyId::kSourceIp, kRequest},
    {"aws:sourcevpc", KeyId::kSourceVpc, kRequest},
    {"aws:sourcevpce", KeyId::kSourceVpce, kRequest},
    {"aws:vpcsourceip", KeyId::kVpcSourceIp, kRequest},
    {"aws:currenttime", KeyId::kCurrentTime, kRequest},
    {"aws:epochtime", KeyId::kEpochTime, kRequest},
    {"aws:securetransport", KeyId::kSecureTransport, kRequest},
    {"aws:useragent", KeyId::kUserAgent, kRequest},
    {"aws:referer", KeyId::kReferer, kRequest},
    {"aws:requesttag/", KeyId::kRequestTag, kRequest},
    {"aws:tagkeys", KeyId::kTagKeys, kRequest, true},
    {"aws:multifactorauthage", KeyId::kMultiFactorAuthAge, kRequest},
    {"aws:viaawsservice", KeyId::kViaAwsService, kRequest},
    {"aws:calledvia", KeyId::kCalledVia, kRequest, true},
    {"aws:calledviafirst", KeyId::kCalledViaFirst, kRequest},
    {"aws:calledvialast", KeyId::kCalledViaLast, kRequest},
    {"aws:sourceaccount", KeyId::kSourceAccount, kRequest},
    {"aws:sourcearn", KeyId::kSourceArn, kRequest},
    {"aws:sourceorgid", KeyId::kSourceOrgId, kRequest},
    {"aws:sourceorgpaths", KeyId::kSourceOrgPaths, kRequest, true},
    {"aws:ec2instancesourcevpc", KeyId::kInstanceSourceVpc, kRequest},
    {"dynamodb:leadingkeys", KeyId::kLeadingKeys, kRequest, true},
    {"dynamodb:firstpartitionkeyvalues", KeyId::kFirstPartitionKeyValues, kRequest, true},
    {"dynamodb:secondpartitionkeyvalues", KeyId::kSecondPartitionKeyValues, kRequest, true},
    {"dynamodb:thirdpartitionkeyvalues", KeyId::kThirdPartitionKeyValues, kRequest, true},
    {"dynamodb:fourthpartitionkeyvalues", KeyId::kFourthPartitionKeyValues, kRequest, true},
    {"dynamodb:attributes", KeyId::kAttributes, kRequest, true},
    {"dynamodb:select", KeyId::kSelect, kRequest},
    {"dynamodb:returnvalues", KeyId::kReturnValues, kRequest},
    {"dynamodb:returnconsumedcapacity", KeyId::kReturnConsumedCapacity, kRequest},
    {"dynamodb:enclosingoperation", KeyId::kEnclosingOperation, kRequest},
    {"dynamodb:fulltablescan", KeyId::kFullTableScan, kRequest},
    {"kms:viaservice", KeyId::kViaService, kRequest},
    {"kms:encryptioncontext:", KeyId::kEncryptionContext, kRequest},
    {"kms:encryptioncontextkeys", KeyId::kEncryptionContextKeys, kRequest, true},
    {"kms:resourcealiases", KeyId::kResourceAliases, kRequest, true},
    {"kms:grantoperations", KeyId::kGrantOperations, kRequest, true},
    {"sts:externalid", KeyId::kExternalId, kRequest},
    {"sts:rolesessionname", KeyId::kRoleSessionName, kRequest},
    {"sts:sourceidentity", KeyId::kStsSourceIdentity, kRequest},
    {"sts:transitivetagkeys", KeyId::kTransitiveTagKeys, kRequest, true},
}};

constexpr bool RowsAreInOrder() {
  for (size_t i = 0; i < kRows.size(); ++i) {
    if (static_cast<size_t>(kRows[i].id) != i) {
      return false;
    }
  }
  return true;
}
static_assert(RowsAreInOrder());

constexpr bool EndsAFamily(std::string_view name) { return name.ends_with('/') || name.ends_with(':'); }

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

ConditionKey ResolveKey(std::string_view lower_name) {
  for (const Row& row : kRows) {
    if (lower_name == row.name) {
      return {EndsAFamily(row.name) ? KeyId::kOther : row.id, lower_name, {}};
    }
    if (EndsAFamily(row.name) && lower_name.starts_with(row.name)) {
      return {row.id, lower_name, lower_name.substr(row.name.size())};
    }
  }
  return {KeyId::kOther, lower_name, {}};
}

bool IsMultivalued(KeyId id) { return id != KeyId::kOther && kRows[static_cast<size_t>(id)].multivalued; }

KeyScope ScopeOf(KeyId id) { return id == KeyId::kOther ? KeyScope::kRequest : kRows[static_cast<size_t>(id)].scope; }

void ContextTable::Set(std::string_view name, std::string_view value) {
  Entry& entry = entries_[LowerCase(name)];
  entry.owned = {std::string(value)};
  entry.texts = {entry.owned.front()};
  entry.is_list = false;
}

void ContextTable::SetList(std::string_view name, std::vector<std::string> values) {
  Entry& entry = entries_[LowerCase(name)];
  entry.owned = std::move(values);
  entry.texts.assign(entry.owned.begin(), entry.owned.end());
  entry.is_list = true;
}

void ContextTable::Remove(std::string_view name) { entries_.erase(LowerCase(name)); }

Values ContextTable::Find(const ConditionKey& key) const {
  const auto found = entries_.find(key.name);
  if (found == entries_.end()) {
    return Values::Absent();
  }
  const Entry& entry = found->second;
  return entry.is_list ? Values::List(entry.texts) : Values::One(entry.texts.front());
}

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), Lower);
  return lower;
}

bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return Lower(x) == Lower(y); });
}

}  // namespace basalt::policy
