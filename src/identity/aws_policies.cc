// The policies and their documents.
#include "identity/aws_policies.h"

#include <algorithm>
#include <array>

#include "base/check.h"

namespace basalt::identity {
namespace {

struct Row {
  std::string_view id;
  std::string_view name;
  std::string_view path;
  std::string_view description;
  std::string_view document;  // with ' for "
};

constexpr std::array<Row, 7> kRows = {{
    {"ANPAIWMBCKSKIEE64ZLYK", "AdministratorAccess", "/", "Provides full access to AWS services and resources.",
     "{'Version':'2012-10-17','Statement':[{'Effect':'Allow','Action':'*','Resource':'*'}]}"},
    {"ANPAJYRXTHIB4FOVS3ZXS", "PowerUserAccess", "/",
     "Provides full access to AWS services and resources, but does not allow management of Users and groups.",
     "{'Version':'2012-10-17','Statement':[{'Effect':'Allow','NotAction':['iam:*','organizations:*',"
     "'account:*'],'Resource':'*'},{'Effect':'Allow','Action':['iam:CreateServiceLinkedRole',"
     "'iam:DeleteServiceLinkedRole','iam:ListRoles','organizations:DescribeOrganization'],'Resource':'*'}]}"},
    {"ANPAI7XKCFMBPM3QQRRVQ", "IAMFullAccess", "/", "Provides full access to IAM.",
     "{'Version':'2012-10-17','Statement':[{'Effect':'Allow','Action':['iam:*',"
     "'organizations:DescribeAccount','organizations:DescribeOrganization',"
     "'organizations:DescribeOrganizationalUnit','organizations:DescribePolicy','organizations:ListChildren',"
     "'organizations:ListParents','organizations:ListPoliciesForTarget','organizations:ListRoots',"
     "'organizations:ListPolicies','organizations:ListTargetsForPolicy'],'Resource':'*'}]}"},
    {"ANPAJKSO7NDY4T57MWDSQ", "IAMReadOnlyAccess", "/", "Provides read only access to IAM.",
     "{'Version':'2012-10-17','Statement':[{'Effect':'Allow','Action':['iam:GenerateCredentialReport',"
     "'iam:GenerateServiceLastAccessedDetails','iam:Get*','iam:List*','iam:SimulateCustomPolicy',"
     "'iam:SimulatePrincipalPolicy'],'Resource':'*'}]}"},
    {"ANPAINUGF2JSOSUY76KYA", "AmazonDynamoDBFullAccess", "/", "Provides full access to Amazon DynamoDB.",
     "{'Version':'2012-10-17','Statement':[{'Effect':'Allow','Action':['dynamodb:*','kms:DescribeKey',"
     "'kms:ListAliases'],'Resource':'*'}]}"},
    {"ANPAZKAPJZG4GBNFXTPVN", "AmazonDynamoDBFullAccess_v2", "/", "Provides full access to Amazon DynamoDB.",
     "{'Version':'2012-10-17','Statement':[{'Effect':'Allow','Action':['dynamodb:*','kms:DescribeKey',"
     "'kms:ListAliases'],'Resource':'*'}]}"},
    {"ANPAIY2XFNA232XJ6J7X2", "AmazonDynamoDBReadOnlyAccess", "/", "Provides read only access to Amazon DynamoDB.",
     "{'Version':'2012-10-17','Statement':[{'Effect':'Allow','Action':['dynamodb:BatchGetItem',"
     "'dynamodb:Describe*','dynamodb:List*','dynamodb:GetAbacStatus','dynamodb:GetItem',"
     "'dynamodb:GetResourcePolicy','dynamodb:Query','dynamodb:Scan','dynamodb:PartiQLSelect',"
     "'kms:DescribeKey','kms:ListAliases'],'Resource':'*'}]}"},
}};

constexpr int64_t kMadeMs = 1'423'161'600'000;  // when the first of them came to be

}  // namespace

const std::vector<ManagedPolicy>& AwsPolicies() {
  static const std::vector<ManagedPolicy> kPolicies = [] {
    std::vector<ManagedPolicy> policies;
    for (const Row& row : kRows) {
      ManagedPolicy policy;
      policy.id = row.id;
      policy.name = row.name;
      policy.path = row.path;
      policy.description = row.description;
      policy.created_ms = policy.updated_ms = kMadeMs;
      std::string document(row.document);
      std::replace(document.begin(), document.end(), '\'', '"');
      Result<PolicyText> text = PolicyText::Parse(policy::DocumentKind::kIdentity, document, nullptr);
      BASALT_CHECK(text.ok());
      policy.versions.push_back({1, kMadeMs, *std::move(text)});
      policies.push_back(std::move(policy));
    }
    return policies;
  }();
  return kPolicies;
}

const ManagedPolicy* FindAwsPolicy(std::string_view arn) {
  const std::vector<ManagedPolicy>& policies = AwsPolicies();
  const auto found = std::find_if(policies.begin(), policies.end(),
                                  [arn](const ManagedPolicy& policy) { return ArnOf(kAwsPolicyOwner, policy) == arn; });
  return found == policies.end() ? nullptr : &*found;
}

}  // namespace basalt::identity
