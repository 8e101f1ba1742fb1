// Organizations over the wire: the tree, the accounts in it, and policies that limit who calls from them.
#include <gtest/gtest.h>

#include "server/identity_fixture.h"

namespace basalt::server {
namespace {

class OrganizationsWireTest : public IdentityTest {
 protected:
  Reply CallOrganization(const Credentials& who, const std::string& operation, std::string body) {
    std::replace(body.begin(), body.end(), '\'', '"');
    Sending with;
    with.content_type = "application/x-amz-json-1.1";
    with.service = "organizations";
    with.access_key_id = who.id;
    with.secret = who.secret;
    if (!who.token.empty()) {
      with.more.emplace_back("X-Amz-Security-Token", who.token);
    }
    return server_.Send("AWSOrganizationsV20161128." + operation, body, with);
  }
  // The body of an answer with " as '.
  std::string AskAs(const Credentials& who, const std::string& operation, const std::string& body = "{}") {
    std::string answer = CallOrganization(who, operation, body).body;
    std::replace(answer.begin(), answer.end(), '"', '\'');
    return answer;
  }
  std::string Ask(const std::string& operation, const std::string& body = "{}") {
    return AskAs(root_, operation, body);
  }
  static std::string Refusal(const std::string& name, const std::string& text) {
    return "{'__type':'" + name + "','Message':'" + text + "'}";
  }
  // What stands behind 'name':' in an answer.
  static std::string MemberOf(const std::string& answer, const std::string& name) {
    const std::string opening = "'" + name + "':'";
    const size_t begin = answer.find(opening);
    if (begin == std::string::npos) {
      return "(none)";
    }
    return answer.substr(begin + opening.size(), answer.find('\'', begin + opening.size()) - begin - opening.size());
  }

  void Found() {
    organization_ = MemberOf(Ask("CreateOrganization"), "Id");
    tree_ = MemberOf(Ask("ListRoots"), "Id");
  }
  std::string MakeUnit(const std::string& name, const std::string& parent) {
    return MemberOf(Ask("CreateOrganizationalUnit", "{'ParentId':'" + parent + "','Name':'" + name + "'}"), "Id");
  }
  std::string CreateAccount(const std::string& name) {
    return MemberOf(Ask("CreateAccount", "{'AccountName':'" + name + "','Email':'" + name + "@example.com'}"),
                    "AccountId");
  }
  std::string MakePolicy(const std::string& name, const std::string& type, const std::string& content) {
    std::string escaped;
    for (const char c : content) {
      escaped += c == '"' ? "\\\"" : std::string(1, c);
    }
    return MemberOf(Ask("CreatePolicy",
                        "{'Name':'" + name + "','Description':'','Type':'" + type + "','Content':'" + escaped + "'}"),
                    "Id");
  }
  void Enable(const std::string& type) {
    EXPECT_NE(Ask("EnablePolicyType", "{'RootId':'" + tree_ + "','PolicyType':'" + type + "'}").find("ENABLED"),
              std::string::npos);
  }
  // Somebody in an account that the organization made, who may do everything there.
  Credentials EnterAccount(const std::string& account) {
    const Credentials admin = MakeAdmin();
    return CredentialsIn(StsAs(admin, "AssumeRole&RoleSessionName=inside&RoleArn=arn:aws:iam::" + account +
                                          ":role/OrganizationAccountAccessRole"));
  }
  Credentials MakeAdmin() {
    if (admin_.id.empty()) {
      admin_ = MakeUser("admin");
      EXPECT_EQ(Outcome(Iam("PutUserPolicy&UserName=admin&PolicyName=all&PolicyDocument=" + Allow("*"))), "200");
    }
    return admin_;
  }
  int ListTables(const Credentials& who) { return DynamoAs(who, "ListTables", "{}").status; }

  static constexpr const char* kService = "SERVICE_CONTROL_POLICY";
  static constexpr const char* kNothingOfDynamo =
      R"({"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"dynamodb:*","Resource":"*"}})";
  std::string organization_;
  std::string tree_;
  Credentials admin_;
};

TEST_F(OrganizationsWireTest, AnOrganizationIsFoundedOnceAndShown) {
  EXPECT_EQ(Ask("DescribeOrganization"),
            Refusal("AWSOrganizationsNotInUseException", "Your account is not a member of an organization."));
  const std::string made = Ask("CreateOrganization", "{'FeatureSet':'ALL'}");
  const std::string id = MemberOf(made, "Id");
  EXPECT_EQ(id.size(), 12U);
  EXPECT_EQ(made, "{'Organization':{'Id':'" + id + "','Arn':'arn:aws:organizations::111122223333:organization/" + id +
                      "','FeatureSet':'ALL','MasterAccountArn':'arn:aws:organizations::111122223333:account/" + id +
                      "/111122223333','MasterAccountId':'111122223333','MasterAccountEmail':"
                      "'111122223333@basalt.invalid','AvailablePolicyTypes':[{'Type':'SERVICE_CONTROL_POLICY',"
                      "'Status':'ENABLED'},{'Type':'RESOURCE_CONTROL_POLICY','Status':'ENABLED'}]}}");
  EXPECT_EQ(Ask("DescribeOrganization"), made);
  EXPECT_EQ(Ask("CreateOrganization"),
            Refusal("AlreadyInOrganizationException", "The AWS account is already a member of an organization."));
  const std::string roots = Ask("ListRoots");
  const std::string root = MemberOf(roots, "Id");
  EXPECT_EQ(roots, "{'Roots':[{'Id':'" + root + "','Arn':'arn:aws:organizations::111122223333:root/" + id + "/" + root +
                       "','Name':'Root','PolicyTypes':[]}]}");
  EXPECT_EQ(AskAs(other_root_, "DescribeOrganization"),
            Refusal("AWSOrganizationsNotInUseException", "Your account is not a member of an organization."));
  EXPECT_EQ(Ask("DeleteOrganization"), "{}");
  EXPECT_EQ(MemberOf(Ask("DescribeOrganization"), "__type"), "AWSOrganizationsNotInUseException");
}

TEST_F(OrganizationsWireTest, UnitsStandBelowEachOther) {
  Found();
  const std::string made = Ask("CreateOrganizationalUnit", "{'ParentId':'" + tree_ + "','Name':'a'}");
  const std::string a = MemberOf(made, "Id");
  EXPECT_EQ(a.substr(0, 8), "ou-" + tree_.substr(2) + "-");
  EXPECT_EQ(made, "{'OrganizationalUnit':{'Id':'" + a + "','Arn':'arn:aws:organizations::111122223333:ou/" +
                      organization_ + "/" + a + "','Name':'a','Path':'" + organization_ + "/" + tree_ + "/" + a +
                      "/'}}");
  EXPECT_EQ(Ask("DescribeOrganizationalUnit", "{'OrganizationalUnitId':'" + a + "'}"), made);
  const std::string b = MakeUnit("b", a);
  EXPECT_EQ(Ask("ListParents", "{'ChildId':'" + b + "'}"),
            "{'Parents':[{'Id':'" + a + "','Type':'ORGANIZATIONAL_UNIT'}]}");
  EXPECT_EQ(Ask("ListParents", "{'ChildId':'111122223333'}"), "{'Parents':[{'Id':'" + tree_ + "','Type':'ROOT'}]}");
  EXPECT_EQ(Ask("ListChildren", "{'ParentId':'" + a + "','ChildType':'ORGANIZATIONAL_UNIT'}"),
            "{'Children':[{'Id':'" + b + "','Type':'ORGANIZATIONAL_UNIT'}]}");
  EXPECT_EQ(Ask("ListChildren", "{'ParentId':'" + a + "','ChildType':'ACCOUNT'}"), "{'Children':[]}");
  struct Case {
    const char* operation;
    std::string body;
    std::string answer;
  };
  const std::string gone = "ou-" + tree_.substr(2) + "-00000000";
  for (const Case& each : std::vector<Case>{
           {"CreateOrganizationalUnit", "{'ParentId':'" + tree_ + "','Name':'a'}",
            Refusal("DuplicateOrganizationalUnitException", "An OU with the same name already exists.")},
           {"CreateOrganizationalUnit", "{'ParentId':'" + gone + "','Name':'a'}",
            Refusal("ParentNotFoundException", "You specified parent that doesn't exist.")},
           {"CreateOrganizationalUnit", "{'ParentId':'x','Name':'a'}",
            Refusal("InvalidInputException", "You provided a value that does not match the required pattern.")},
           {"DeleteOrganizationalUnit", "{'OrganizationalUnitId':'" + a + "'}",
            Refusal("OrganizationalUnitNotEmptyException",
                    "The specified OU is not empty. Move all accounts to another root or to other OUs, remove all "
                    "child OUs, and try the operation again.")},
           {"DeleteOrganizationalUnit", "{'OrganizationalUnitId':'" + gone + "'}",
            Refusal("OrganizationalUnitNotFoundException", "You specified an organizational unit that doesn't exist.")},
           {"DeleteOrganizationalUnit", "{'OrganizationalUnitId':'" + b + "'}", "{}"},
           {"ListChildren", "{'ParentId':'" + b + "','ChildType':'ACCOUNT'}",
            Refusal("ParentNotFoundException", "You specified parent that doesn't exist.")},
           {"ListParents", "{'ChildId':'" + b + "'}",
            Refusal("ChildNotFoundException", "You specified an account or organizational unit that doesn't exist.")},
           {"DeleteOrganization", "{}",
            Refusal("OrganizationNotEmptyException",
                    "To delete an organization you must first remove all member accounts (except the master).")},
       }) {
    EXPECT_EQ(Ask(each.operation, each.body), each.answer) << each.operation << each.body;
  }
  EXPECT_EQ(MemberOf(Ask("UpdateOrganizationalUnit", "{'OrganizationalUnitId':'" + a + "','Name':'c'}"), "Name"), "c");
  // Five levels below the root, and no more.
  std::string parent = a;
  for (const char* name : {"2", "3", "4", "5"}) {
    parent = MakeUnit(name, parent);
    ASSERT_EQ(parent.substr(0, 3), "ou-");
  }
  EXPECT_EQ(
      Ask("CreateOrganizationalUnit", "{'ParentId':'" + parent + "','Name':'6'}"),
      Refusal("ConstraintViolationException", "You have exceeded the maximum depth of the organizational unit tree."));
}

TEST_F(OrganizationsWireTest, AnAccountIsMadeAndEnteredThroughItsRole) {
  Found();
  const std::string made = Ask("CreateAccount", "{'AccountName':'sales','Email':'sales@example.com'}");
  const std::string account = MemberOf(made, "AccountId");
  const std::string request = MemberOf(made, "Id");
  EXPECT_EQ(account.size(), 12U);
  EXPECT_EQ(made, "{'CreateAccountStatus':{'Id':'" + request +
                      "','AccountName':'sales','State':'SUCCEEDED','RequestedTimestamp':1700000000.000,"
                      "'CompletedTimestamp':1700000000.000,'AccountId':'" +
                      account + "'}}");
  EXPECT_EQ(Ask("DescribeCreateAccountStatus", "{'CreateAccountRequestId':'" + request + "'}"), made);
  const std::string again = Ask("CreateAccount", "{'AccountName':'x','Email':'sales@example.com'}");
  EXPECT_EQ(MemberOf(again, "FailureReason"), "EMAIL_ALREADY_EXISTS");
  EXPECT_EQ(MemberOf(Ask("ListCreateAccountStatus", "{'States':['FAILED']}"), "AccountName"), "x");
  EXPECT_EQ(Ask("DescribeAccount", "{'AccountId':'" + account + "'}"),
            "{'Account':{'Id':'" + account + "','Arn':'arn:aws:organizations::111122223333:account/" + organization_ +
                "/" + account +
                "','Email':'sales@example.com','Name':'sales','Status':'ACTIVE','State':'ACTIVE','JoinedMethod':"
                "'CREATED','JoinedTimestamp':1700000000.000}}");
  const Credentials inside = EnterAccount(account);
  EXPECT_EQ(ElementOf(StsAs(inside, "GetCallerIdentity").body, "Account"), account);
  EXPECT_EQ(ListTables(inside), 200);
  EXPECT_EQ(AskAs(inside, "DescribeOrganization"), Ask("DescribeOrganization"));
  EXPECT_EQ(AskAs(inside, "ListAccounts"),
            Refusal("AccessDeniedException", "You don't have permissions to access this resource."));
  EXPECT_EQ(AskAs(inside, "CreateAccount", "{'AccountName':'y','Email':'y@example.com'}"),
            Refusal("AccessDeniedException", "You don't have permissions to access this resource."));
}

TEST_F(OrganizationsWireTest, AccountsAreListedInPagesMovedAndLetGo) {
  Found();
  const std::string unit = MakeUnit("unit", tree_);
  const std::string a = CreateAccount("a");
  const std::string b = CreateAccount("b");
  std::vector<std::string> ids{a, b, kAccount};
  std::sort(ids.begin(), ids.end());
  const std::string first = Ask("ListAccounts", "{'MaxResults':2}");
  EXPECT_EQ(MemberOf(first, "Id"), ids[0]);
  EXPECT_EQ(MemberOf(Ask("ListAccounts", "{'MaxResults':2,'NextToken':'" + MemberOf(first, "NextToken") + "'}"), "Id"),
            ids[2]);
  EXPECT_EQ(Ask("ListAccounts", "{'NextToken':'!'}"),
            Refusal("InvalidInputException", "You provided a NextToken that is not valid."));
  const auto move = [&](const std::string& account, const std::string& from, const std::string& to) {
    return Ask("MoveAccount",
               "{'AccountId':'" + account + "','SourceParentId':'" + from + "','DestinationParentId':'" + to + "'}");
  };
  EXPECT_EQ(move(a, tree_, unit), "{}");
  EXPECT_EQ(MemberOf(Ask("ListAccountsForParent", "{'ParentId':'" + unit + "'}"), "Id"), a);
  EXPECT_EQ(MemberOf(move(a, tree_, unit), "__type"), "SourceParentNotFoundException");
  EXPECT_EQ(MemberOf(move(a, unit, unit), "__type"), "DuplicateAccountException");
  EXPECT_EQ(MemberOf(move(a, unit, unit.substr(0, 8) + "00000000"), "__type"), "DestinationParentNotFoundException");
  EXPECT_EQ(MemberOf(move("000000000000", unit, unit), "__type"), "AccountNotFoundException");
  EXPECT_EQ(Ask("RemoveAccountFromOrganization", "{'AccountId':'" + b + "'}"), "{}");
  EXPECT_EQ(MemberOf(Ask("DescribeAccount", "{'AccountId':'" + b + "'}"), "__type"), "AccountNotFoundException");
  EXPECT_EQ(MemberOf(Ask("RemoveAccountFromOrganization", "{'AccountId':'111122223333'}"), "__type"),
            "MasterCannotLeaveOrganizationException");
  EXPECT_EQ(MemberOf(AskAs(EnterAccount(b), "DescribeOrganization"), "__type"), "AWSOrganizationsNotInUseException");
}

TEST_F(OrganizationsWireTest, EveryLevelMustAllowWhatIsCalledFromAnAccount) {
  Found();
  const std::string unit = MakeUnit("unit", tree_);
  const std::string account = CreateAccount("a");
  const Credentials inside = EnterAccount(account);
  ASSERT_EQ(ListTables(inside), 200);
  const std::string denial = MakePolicy("deny", kService, kNothingOfDynamo);
  const auto attach = [&](const std::string& operation, const std::string& policy, const std::string& target) {
    return Ask(operation, "{'PolicyId':'" + policy + "','TargetId':'" + target + "'}");
  };
  EXPECT_EQ(attach("AttachPolicy", denial, unit),
            Refusal("PolicyTypeNotEnabledException", "This operation can be performed only for enabled policy types."));
  Enable(kService);
  EXPECT_EQ(ListTables(inside), 200);
  EXPECT_EQ(attach("AttachPolicy", denial, unit), "{}");
  EXPECT_EQ(ListTables(inside), 200);
  const std::string move =
      "{'AccountId':'" + account + "','SourceParentId':'" + tree_ + "','DestinationParentId':'" + unit + "'}";
  EXPECT_EQ(Ask("MoveAccount", move), "{}");
  EXPECT_EQ(ListTables(inside), 400);
  EXPECT_EQ(Outcome(StsAs(inside, "GetCallerIdentity")), "200");
  // The management account is not limited.
  EXPECT_EQ(attach("AttachPolicy", denial, kAccount), "{}");
  EXPECT_EQ(ListTables(MakeAdmin()), 200);
  EXPECT_EQ(attach("DetachPolicy", denial, unit), "{}");
  EXPECT_EQ(ListTables(inside), 200);
  // Where nothing allows, nothing is allowed.
  const std::string only_iam = MakePolicy(
      "iam", kService, R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:*","Resource":"*"}})");
  EXPECT_EQ(attach("AttachPolicy", only_iam, unit), "{}");
  EXPECT_EQ(attach("DetachPolicy", "p-FullAWSAccess", unit), "{}");
  EXPECT_EQ(ListTables(inside), 400);
  EXPECT_EQ(IamAs(inside, "ListUsers").status, 200);
  EXPECT_EQ(attach("DetachPolicy", only_iam, unit),
            Refusal("ConstraintViolationException",
                    "You can't remove the last policy from the specified target. You must have at least one policy "
                    "attached at all times."));
  EXPECT_EQ(
      Ask("DisablePolicyType", "{'RootId':'" + tree_ + "','PolicyType':'SERVICE_CONTROL_POLICY'}").find("ENABLED"),
      std::string::npos);
  EXPECT_EQ(ListTables(inside), 200);
}

TEST_F(OrganizationsWireTest, PoliciesAreMadeShownChangedAndAttached) {
  Found();
  Enable(kService);
  const std::string made =
      Ask("CreatePolicy", R"({'Name':'n','Description':'d','Type':'SERVICE_CONTROL_POLICY','Content':'{}'})");
  EXPECT_EQ(made, Refusal("MalformedPolicyDocumentException",
                          "The provided policy document does not meet the requirements of the specified policy type."));
  const std::string id = MakePolicy("n", kService, kNothingOfDynamo);
  EXPECT_EQ(id.size(), 12U);
  struct Case {
    const char* operation;
    std::string body;
    std::string type;
  };
  const std::string at_root = "{'PolicyId':'" + id + "','TargetId':'" + tree_ + "'}";
  const std::string none = "{'PolicyId':'p-00000000','TargetId':'" + tree_ + "'}";
  for (const Case& each : std::vector<Case>{
           {"AttachPolicy", at_root, "(none)"},
           {"AttachPolicy", at_root, "DuplicatePolicyAttachmentException"},
           {"AttachPolicy", none, "PolicyNotFoundException"},
           {"AttachPolicy", "{'PolicyId':'" + id + "','TargetId':'000000000000'}", "TargetNotFoundException"},
           {"DeletePolicy", "{'PolicyId':'" + id + "'}", "PolicyInUseException"},
           {"DetachPolicy", none, "PolicyNotFoundException"},
           {"DetachPolicy", at_root, "(none)"},
           {"DetachPolicy", at_root, "PolicyNotAttachedException"},
           {"UpdatePolicy", "{'PolicyId':'p-FullAWSAccess','Name':'x'}", "AccessDeniedException"},
           {"UpdatePolicy", "{'PolicyId':'" + id + "','Name':'FullAWSAccess'}", "DuplicatePolicyException"},
           {"EnablePolicyType", "{'RootId':'" + tree_ + "','PolicyType':'SERVICE_CONTROL_POLICY'}",
            "PolicyTypeAlreadyEnabledException"},
           {"EnablePolicyType", "{'RootId':'r-0000','PolicyType':'RESOURCE_CONTROL_POLICY'}", "RootNotFoundException"},
           {"EnablePolicyType", "{'RootId':'" + tree_ + "','PolicyType':'TAG_POLICY'}",
            "PolicyTypeNotAvailableForOrganizationException"},
           {"DisablePolicyType", "{'RootId':'" + tree_ + "','PolicyType':'RESOURCE_CONTROL_POLICY'}",
            "PolicyTypeNotEnabledException"},
           {"ListPolicies", "{'Filter':'NONE'}", "InvalidInputException"},
           {"CreatePolicy",
            R"({'Name':'r','Description':'','Type':'RESOURCE_CONTROL_POLICY','Content':'{\'Version\':\'2012-10-17\',)"
            R"(\'Statement\':{\'Effect\':\'Allow\',\'Principal\':\'*\',\'Action\':\'*\',\'Resource\':\'*\'}}'})",
            "MalformedPolicyDocumentException"},
       }) {
    EXPECT_EQ(MemberOf(Ask(each.operation, each.body), "__type"), each.type) << each.operation << each.body;
  }
  EXPECT_EQ(Ask("ListTargetsForPolicy", "{'PolicyId':'p-FullAWSAccess','MaxResults':1}").substr(0, 50),
            "{'Targets':[{'TargetId':'111122223333','Arn':'arn:");
  EXPECT_EQ(
      MemberOf(Ask("ListPoliciesForTarget", "{'TargetId':'" + tree_ + "','Filter':'SERVICE_CONTROL_POLICY'}"), "Arn"),
      "arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess");
  EXPECT_EQ(MemberOf(Ask("DescribePolicy", "{'PolicyId':'" + id + "'}"), "Arn"),
            "arn:aws:organizations::111122223333:policy/" + organization_ + "/service_control_policy/" + id);
  EXPECT_EQ(Ask("DeletePolicy", "{'PolicyId':'" + id + "'}"), "{}");
  EXPECT_EQ(MemberOf(Ask("DescribePolicy", "{'PolicyId':'" + id + "'}"), "__type"), "PolicyNotFoundException");
  // That everything is allowed to resources is never taken away.
  Enable("RESOURCE_CONTROL_POLICY");
  EXPECT_EQ(Ask("DetachPolicy", "{'PolicyId':'p-RCPFullAWSAccess','TargetId':'" + tree_ + "'}"),
            Refusal("ConstraintViolationException", "You can't detach the RCPFullAWSAccess policy."));
}

}  // namespace
}  // namespace basalt::server
