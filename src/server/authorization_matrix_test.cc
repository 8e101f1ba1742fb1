// Every operation on tables and streams, by a user of the owner's account and by one of another, under every mixture of
// what the user's own policies and the resource's say. The expectation is the documented table of decisions, written
// down a second time. Source: IAM User Guide, "Policy evaluation logic".
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "json/writer.h"
#include "server/identity_fixture.h"

namespace basalt::server {
namespace {

enum class Word : uint8_t { kSilent, kAllow, kAllowAccount, kDeny };  // kAllowAccount: only of resources
enum class Reach : uint8_t {
  kCrosses,
  kStays,          // refused to other accounts whatever is granted
  kRefusesOthers,  // the same, before anything is decided
};

struct Row {
  std::string target;  // X-Amz-Target
  std::string body;    // ' for ", TABLE and STREAM for their ARNs
  std::string action;
  std::string resource = "TABLE";
  Reach reach = Reach::kCrosses;
  bool is_control = false;
};

std::vector<Row> Rows() {
  const std::string dynamodb = "DynamoDB_20120810.";
  const std::string streams = "DynamoDBStreams_20120810.";
  const std::string table = "'TableName':'TABLE'";
  const std::string key = table + ",'Key':{'pk':{'S':'a'}}";
  const std::string item = table + ",'Item':{'pk':{'S':'a'}}";
  const std::string resource = "{'ResourceArn':'TABLE'";
  const auto statement = [](const std::string& text) {
    std::string out;
    json::AppendString(out, text);
    return out;
  };
  const auto rows_of = [&](const std::string& text, const std::string& action) {
    return std::vector<Row>{
        {dynamodb + "ExecuteStatement", "{'Statement':" + statement(text) + "}", action, "TABLE", Reach::kStays},
        {dynamodb + "ExecuteTransaction", "{'TransactStatements':[{'Statement':" + statement(text) + "}]}", action,
         "TABLE", Reach::kStays}};
  };
  std::vector<Row> rows = {
      {dynamodb + "GetItem", "{" + key + "}", "GetItem"},
      {dynamodb + "PutItem", "{" + item + "}", "PutItem"},
      {dynamodb + "UpdateItem", "{" + key + "}", "UpdateItem"},
      {dynamodb + "DeleteItem", "{" + key + "}", "DeleteItem"},
      {dynamodb + "Query",
       "{" + table + ",'KeyConditionExpression':'pk = :a','ExpressionAttributeValues':{':a':{'S':'a'}}}", "Query"},
      {dynamodb + "Scan", "{" + table + "}", "Scan"},
      {dynamodb + "Scan", "{" + table + ",'IndexName':'byYear'}", "Scan", "TABLE/index/byYear"},
      {dynamodb + "BatchGetItem", "{'RequestItems':{'TABLE':{'Keys':[{'pk':{'S':'a'}}]}}}", "BatchGetItem"},
      {dynamodb + "BatchWriteItem", "{'RequestItems':{'TABLE':[{'DeleteRequest':{'Key':{'pk':{'S':'b'}}}}]}}",
       "BatchWriteItem"},
      {dynamodb + "TransactGetItems", "{'TransactItems':[{'Get':{" + key + "}}]}", "GetItem"},
      {dynamodb + "TransactWriteItems", "{'TransactItems':[{'Put':{" + item + "}}]}", "PutItem"},
      {dynamodb + "TransactWriteItems", "{'TransactItems':[{'Delete':{" + key + "}}]}", "DeleteItem"},
      {dynamodb + "TransactWriteItems", "{'TransactItems':[{'Update':{" + key + ",'UpdateExpression':'SET v = pk'}}]}",
       "UpdateItem"},
      {dynamodb + "TransactWriteItems",
       "{'TransactItems':[{'ConditionCheck':{" + key + ",'ConditionExpression':'attribute_exists(pk)'}}]}",
       "ConditionCheckItem"},
      {dynamodb + "DescribeTable", "{" + table + "}", "DescribeTable", "TABLE", Reach::kCrosses, true},
      {dynamodb + "UpdateTable", "{" + table + ",'DeletionProtectionEnabled':true}", "UpdateTable", "TABLE",
       Reach::kCrosses, true},
      {dynamodb + "DeleteTable", "{" + table + "}", "DeleteTable", "TABLE", Reach::kCrosses, true},
      {dynamodb + "ListTagsOfResource", resource + "}", "ListTagsOfResource", "TABLE", Reach::kCrosses, true},
      {dynamodb + "TagResource", resource + ",'Tags':[{'Key':'a','Value':'b'}]}", "TagResource", "TABLE",
       Reach::kCrosses, true},
      {dynamodb + "UntagResource", resource + ",'TagKeys':['a']}", "UntagResource", "TABLE", Reach::kCrosses, true},
      {dynamodb + "DescribeTimeToLive", "{" + table + "}", "DescribeTimeToLive", "TABLE", Reach::kStays, true},
      {dynamodb + "UpdateTimeToLive",
       "{" + table + ",'TimeToLiveSpecification':{'Enabled':true,'AttributeName':'due'}}", "UpdateTimeToLive", "TABLE",
       Reach::kStays, true},
      {dynamodb + "DescribeContinuousBackups", "{" + table + "}", "DescribeContinuousBackups", "TABLE", Reach::kStays,
       true},
      {dynamodb + "GetResourcePolicy", resource + "}", "GetResourcePolicy", "TABLE", Reach::kRefusesOthers, true},
      // An expected revision that never was: decided, and then refused.
      {dynamodb + "DeleteResourcePolicy", resource + ",'ExpectedRevisionId':'1'}", "DeleteResourcePolicy", "TABLE",
       Reach::kRefusesOthers, true},
      {streams + "DescribeStream", "{'StreamArn':'STREAM'}", "DescribeStream", "STREAM"},
      {streams + "GetShardIterator",
       "{'StreamArn':'STREAM','ShardId':'shardId-00000001700000000000-00000000','ShardIteratorType':'LATEST'}",
       "GetShardIterator", "STREAM"},
      {dynamodb + "ListTagsOfResource", "{'ResourceArn':'STREAM'}", "ListTagsOfResource", "STREAM", Reach::kCrosses,
       true},
  };
  for (const auto& [text, action] :
       std::vector<std::pair<std::string, std::string>>{{"SELECT * FROM \"TABLE\" WHERE pk = 'a'", "PartiQLSelect"},
                                                        {"INSERT INTO \"TABLE\" VALUE {'pk':'b'}", "PartiQLInsert"},
                                                        {"UPDATE \"TABLE\" SET v = 1 WHERE pk = 'a'", "PartiQLUpdate"},
                                                        {"DELETE FROM \"TABLE\" WHERE pk = 'c'", "PartiQLDelete"}}) {
    for (Row& row : rows_of(text, action)) {
      rows.push_back(std::move(row));
    }
  }
  return rows;
}

class AuthorizationMatrixTest : public IdentityTest {
 protected:
  AuthorizationMatrixTest() {
    const std::string created =
        DynamoAs(
            root_, "CreateTable",
            Quoted("{'TableName':'Music','BillingMode':'PAY_PER_REQUEST','KeySchema':[{'AttributeName':'pk','KeyType':"
                   "'HASH'}],'AttributeDefinitions':[{'AttributeName':'pk','AttributeType':'S'},{'AttributeName':"
                   "'year','AttributeType':'N'}],'DeletionProtectionEnabled':true,'StreamSpecification':{"
                   "'StreamEnabled':true,'StreamViewType':'KEYS_ONLY'},'GlobalSecondaryIndexes':[{'IndexName':"
                   "'byYear','KeySchema':[{'AttributeName':'year','KeyType':'HASH'}],'Projection':{"
                   "'ProjectionType':'ALL'}}]}"))
            .body;
    const std::string member = "\"LatestStreamArn\":\"";
    const size_t at = created.find(member) + member.size();
    stream_ = created.substr(at, created.find('"', at) - at);
    for (int i = 0; i < 5000; ++i) {
      if (DynamoAs(root_, "DescribeTable", R"({"TableName":"Music"})").body.find("\"TableStatus\":\"ACTIVE\"") !=
          std::string::npos) {
        break;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    insider_ = MakeUser("ann");
    EXPECT_EQ(Outcome(IamAs(other_root_, "CreateUser&UserName=eve")), "200");
    outsider_ = CredentialsIn(IamAs(other_root_, "CreateAccessKey&UserName=eve"));
  }

  static std::string Quoted(std::string text) {
    std::replace(text.begin(), text.end(), '\'', '"');
    return text;
  }
  // Quotes of statements stay as they are: these are within strings already.
  std::string Filled(std::string text) const {
    if (text.find("tatement") == std::string::npos) {
      text = Quoted(text);
    } else {
      // Members are quoted with ' up to the statement itself.
      const size_t begin = text.find(":\"");
      const size_t end = text.rfind('"');
      text = Quoted(text.substr(0, begin)) + text.substr(begin, end - begin) + Quoted(text.substr(end));
    }
    for (const auto& [place, arn] : {std::pair<std::string, std::string>("TABLE", kTable), {"STREAM", stream_}}) {
      for (size_t at = text.find(place); at != std::string::npos; at = text.find(place, at + arn.size())) {
        text.replace(at, place.size(), arn);
      }
    }
    return text;
  }

  Reply Ask(const Credentials& who, const Row& row) {
    Sending with;
    with.access_key_id = who.id;
    with.secret = who.secret;
    return server_.Send(row.target, Filled(row.body), with);
  }

  void SetIdentity(bool of_owner, Word word) {
    const Credentials& root = of_owner ? root_ : other_root_;
    const std::string name = of_owner ? "ann" : "eve";
    const std::string statement = word == Word::kSilent ? Allow("iam:GetUser")
                                  : word == Word::kAllow
                                      ? Allow("dynamodb:*")
                                      : Document("{'Effect':'Deny','Action':'dynamodb:*','Resource':'*'}");
    EXPECT_EQ(Outcome(IamAs(root, "PutUserPolicy&UserName=" + name + "&PolicyName=p&PolicyDocument=" + statement)),
              "200");
  }
  void SetResource(bool of_owner, Word word) {
    const std::string account = of_owner ? kAccount : kOtherAccount;
    const std::string principal =
        word == Word::kAllowAccount ? account : "arn:aws:iam::" + account + ":user/" + (of_owner ? "ann" : "eve");
    // Of the stream the same as of the table.
    for (const std::string& arn : {std::string(kTable), stream_}) {
      std::string body = Quoted("{'ResourceArn':'" + arn + "'");
      if (word != Word::kSilent) {
        body += ",\"Policy\":";
        json::AppendString(body, Quoted("{'Version':'2012-10-17','Statement':{'Effect':'" +
                                        std::string(word == Word::kDeny ? "Deny" : "Allow") + "','Principal':{'AWS':'" +
                                        principal + "'},'Action':'dynamodb:*','Resource':'*'}}"));
      }
      const Reply put =
          DynamoAs(root_, word == Word::kSilent ? "DeleteResourcePolicy" : "PutResourcePolicy", body + "}");
      EXPECT_EQ(put.status, 200) << put.body;
    }
  }

  // The reason that a denial gives; nullopt: the call is let in.
  static std::optional<std::string> Expected(const Row& row, bool of_owner, Word identity, Word resource) {
    const std::string action = "dynamodb:" + row.action;
    const auto silent = [&](const std::string& layer) {
      return "because no " + layer + " allows the " + action + " action";
    };
    if (!of_owner && row.reach == Reach::kStays) {
      resource = Word::kSilent;
    }
    if (resource == Word::kDeny) {
      return "with an explicit deny in a resource-based policy";
    }
    if (identity == Word::kDeny) {
      return "with an explicit deny in an identity-based policy";
    }
    if (of_owner) {
      return resource == Word::kAllow || identity == Word::kAllow ? std::nullopt
                                                                  : std::optional(silent("identity-based policy"));
    }
    if (resource == Word::kSilent) {
      return silent("resource-based policy");
    }
    return identity == Word::kAllow ? std::nullopt : std::optional(silent("identity-based policy"));
  }

  static constexpr const char* kTable = "arn:aws:dynamodb:us-east-1:111122223333:table/Music";
  std::string stream_;
  Credentials insider_;
  Credentials outsider_;
};

TEST_F(AuthorizationMatrixTest, EveryOperationIsDecidedByBothSides) {
  const std::vector<Row> rows = Rows();
  size_t denied = 0;
  for (const bool of_owner : {true, false}) {
    const std::string arn = of_owner ? "arn:aws:iam::111122223333:user/ann" : "arn:aws:iam::444455556666:user/eve";
    for (const Word identity : {Word::kSilent, Word::kAllow, Word::kDeny}) {
      SetIdentity(of_owner, identity);
      for (const Word resource : {Word::kSilent, Word::kAllow, Word::kAllowAccount, Word::kDeny}) {
        SetResource(of_owner, resource);
        for (const Row& row : rows) {
          const std::string answer = Ask(of_owner ? insider_ : outsider_, row).body;
          const std::string where = row.target + " " + Filled(row.body) + (of_owner ? " inside" : " outside") +
                                    " identity " + std::to_string(static_cast<int>(identity)) + " resource " +
                                    std::to_string(static_cast<int>(resource));
          if (!of_owner && row.reach == Reach::kRefusesOthers) {
            EXPECT_NE(answer.find("This action is only supported by accounts that match"), std::string::npos) << where;
            continue;
          }
          const auto reason = Expected(row, of_owner, identity, resource);
          if (!reason) {
            EXPECT_EQ(answer.find("AccessDenied"), std::string::npos) << where << answer;
            continue;
          }
          ++denied;
          const bool is_curt = row.is_control && !of_owner && reason->starts_with("because no resource");
          const std::string text = is_curt ? "Access is denied"
                                           : "User: " + arn + " is not authorized to perform: dynamodb:" + row.action +
                                                 " on resource: " + Filled(row.resource) + " " + *reason;
          EXPECT_EQ(answer,
                    "{\"__type\":\"com.amazon.coral.service#AccessDeniedException\",\"Message\":\"" + text + "\"}")
              << where;
        }
      }
    }
  }
  EXPECT_GT(denied, 300U);
}

TEST_F(AuthorizationMatrixTest, StatementsOfABatchAreDecidedOneByOne) {
  SetIdentity(true, Word::kSilent);
  EXPECT_EQ(Outcome(Iam("PutUserPolicy&UserName=ann&PolicyName=p&PolicyDocument=" + Allow("dynamodb:PartiQLInsert"))),
            "200");
  const std::string answer = DynamoAs(insider_, "BatchExecuteStatement",
                                      R"({"Statements":[{"Statement":"INSERT INTO \"Music\" VALUE {'pk':'z'}"},)"
                                      R"({"Statement":"DELETE FROM \"Music\" WHERE pk = 'z'"}]})")
                                 .body;
  EXPECT_EQ(answer,
            R"({"Responses":[{"TableName":"Music"},{"Error":{"Code":"AccessDenied","Message":"User: )"
            R"(arn:aws:iam::111122223333:user/ann is not authorized to perform: dynamodb:PartiQLDelete on resource: )"
            R"(arn:aws:dynamodb:us-east-1:111122223333:table/Music because no identity-based policy allows the )"
            R"(dynamodb:PartiQLDelete action"},"TableName":"Music"}]})");
}

TEST_F(AuthorizationMatrixTest, WhatIsOfNoTableIsDecidedByTheCallersPoliciesAlone) {
  const std::string create = Quoted(
      "{'TableName':'New','BillingMode':'PAY_PER_REQUEST','KeySchema':[{'AttributeName':'pk','KeyType':'HASH'}],"
      "'AttributeDefinitions':[{'AttributeName':'pk','AttributeType':'S'}],'Tags':[{'Key':'team','Value':'blue'}],"
      "'ResourcePolicy':'{\\'Version\\':\\'2012-10-17\\',\\'Statement\\':[{\\'Effect\\':\\'Allow\\',\\'Principal"
      "\\':{\\'AWS\\':\\'444455556666\\'},\\'Action\\':\\'dynamodb:GetItem\\',\\'Resource\\':\\'*\\'}]}'}");
  const std::string arn = "arn:aws:dynamodb:us-east-1:111122223333:table/New";
  const auto may = [this](const std::string& actions, const std::string& condition = "") {
    EXPECT_EQ(Outcome(Iam("PutUserPolicy&UserName=ann&PolicyName=p&PolicyDocument=" +
                          Document("{'Effect':'Allow','Action':[" + actions + "],'Resource':'*'" + condition + "}"))),
              "200");
  };
  const auto refused = [&](const std::string& action, const std::string& resource) {
    return "{\"__type\":\"com.amazon.coral.service#AccessDeniedException\",\"Message\":\"User: "
           "arn:aws:iam::111122223333:user/ann is not authorized to perform: dynamodb:" +
           action + " on resource: " + resource + " because no identity-based policy allows the dynamodb:" + action +
           " action\"}";
  };
  may("'iam:*'");
  EXPECT_EQ(DynamoAs(insider_, "ListTables", "{}").body,
            refused("ListTables", "arn:aws:dynamodb:us-east-1:111122223333:table/*"));
  EXPECT_EQ(DynamoAs(insider_, "DescribeEndpoints", "{}").body, refused("DescribeEndpoints", "*"));
  EXPECT_EQ(DynamoAs(insider_, "CreateTable", create).body, refused("CreateTable", arn));
  may("'dynamodb:CreateTable'");
  EXPECT_EQ(DynamoAs(insider_, "CreateTable", create).body, refused("TagResource", arn));
  may("'dynamodb:CreateTable','dynamodb:TagResource'");
  EXPECT_EQ(DynamoAs(insider_, "CreateTable", create).body, refused("PutResourcePolicy", arn));
  // Conditions see the tags that the table is to have.
  may("'dynamodb:*'", ",'Condition':{'StringEquals':{'aws:RequestTag/team':'red'}}");
  EXPECT_EQ(DynamoAs(insider_, "CreateTable", create).body, refused("CreateTable", arn));
  may("'dynamodb:*'", ",'Condition':{'StringEquals':{'aws:RequestTag/team':'blue'}}");
  EXPECT_EQ(DynamoAs(insider_, "CreateTable", create).status, 200);
}

// ---- who a policy names

TEST_F(AuthorizationMatrixTest, SessionsAreNamedByTheirRoleTheirUserAndThemselves) {
  EXPECT_EQ(
      Outcome(Iam("CreateRole&RoleName=r&AssumeRolePolicyDocument=" + TrustOf("arn:aws:iam::111122223333:user/ann"))),
      "200");
  const std::string role = "arn:aws:iam::111122223333:role/r";
  const auto assume = [&](const std::string& name, const std::string& more = "") {
    return CredentialsIn(StsAs(insider_, "AssumeRole&RoleArn=" + Escaped(role) + "&RoleSessionName=" + name + more));
  };
  const Credentials one = assume("one");
  const Credentials two = assume("two");
  const Credentials less = assume("less", "&Policy=" + Allow("dynamodb:Query"));
  const auto name = [this](const std::string& principal) {
    std::string body = Quoted("{'ResourceArn':'" + std::string(kTable) + "','Policy':");
    json::AppendString(body, Quoted("{'Version':'2012-10-17','Statement':{'Effect':'Allow','Principal':{'AWS':'" +
                                    principal + "'},'Action':'dynamodb:GetItem','Resource':'*'}}"));
    const Reply put = DynamoAs(root_, "PutResourcePolicy", body + "}");
    EXPECT_EQ(put.status, 200) << put.body;
  };
  const auto may = [this](const Credentials& who) {
    return DynamoAs(who, "GetItem", R"({"TableName":"Music","Key":{"pk":{"S":"a"}}})").status == 200;
  };
  EXPECT_FALSE(may(one));
  // The role's own policies need not speak, but what limits a session does.
  name(role);
  EXPECT_TRUE(may(one));
  EXPECT_TRUE(may(two));
  EXPECT_FALSE(may(less));
  EXPECT_FALSE(may(insider_));
  // Who is named directly is let in past what the session is limited to.
  name("arn:aws:sts::111122223333:assumed-role/r/one");
  EXPECT_TRUE(may(one));
  EXPECT_FALSE(may(two));
  name("arn:aws:sts::111122223333:assumed-role/r/less");
  EXPECT_TRUE(may(less));
  // An account that is named lets nobody in who has no policy that does.
  name(kAccount);
  EXPECT_FALSE(may(one));
  EXPECT_EQ(Outcome(Iam("PutRolePolicy&RoleName=r&PolicyName=p&PolicyDocument=" + Allow("dynamodb:GetItem"))), "200");
  EXPECT_TRUE(may(one));
  EXPECT_FALSE(may(less));
  // A boundary limits what a policy that names the role gives.
  EXPECT_EQ(Outcome(Iam("CreatePolicy&PolicyName=limit&PolicyDocument=" + Allow("dynamodb:Query"))), "200");
  EXPECT_EQ(Outcome(Iam("PutRolePermissionsBoundary&RoleName=r&PermissionsBoundary=" +
                        Escaped("arn:aws:iam::111122223333:policy/limit"))),
            "200");
  name(role);
  EXPECT_FALSE(may(one));
  name("arn:aws:sts::111122223333:assumed-role/r/one");
  EXPECT_TRUE(may(one));
  EXPECT_FALSE(may(two));
}

TEST_F(AuthorizationMatrixTest, NobodyLocksHisRoleOutUnasked) {
  EXPECT_EQ(
      Outcome(Iam("CreateRole&RoleName=r&AssumeRolePolicyDocument=" + TrustOf("arn:aws:iam::111122223333:user/ann"))),
      "200");
  EXPECT_EQ(Outcome(Iam("PutRolePolicy&RoleName=r&PolicyName=p&PolicyDocument=" + Allow("dynamodb:*"))), "200");
  const std::string role = "arn:aws:iam::111122223333:role/r";
  const Credentials session =
      CredentialsIn(StsAs(insider_, "AssumeRole&RoleArn=" + Escaped(role) + "&RoleSessionName=session"));
  const auto put = [&](const std::string& principal_arn, const std::string& more = "") {
    std::string body = Quoted("{'ResourceArn':'" + std::string(kTable) + "'" + more + ",'Policy':");
    json::AppendString(
        body, Quoted("{'Version':'2012-10-17','Statement':{'Effect':'Deny','Principal':'*','Action':"
                     "'dynamodb:PutResourcePolicy','Resource':'*','Condition':{'ArnEquals':{'aws:PrincipalArn':'" +
                     principal_arn + "'}}}}"));
    return DynamoAs(session, "PutResourcePolicy", body + "}");
  };
  EXPECT_EQ(put(role).body,
            R"({"__type":"com.amazon.coral.service#AccessDeniedException","Message":"The new resource policy will not )"
            R"(allow you to update the resource policy in the future."})");
  EXPECT_EQ(put(role + "x").status, 200);
  EXPECT_EQ(put(role, ",'ConfirmRemoveSelfResourceAccess':true").status, 200);
  EXPECT_EQ(put(role + "x").status, 400);
  EXPECT_EQ(DynamoAs(root_, "DeleteResourcePolicy", Quoted("{'ResourceArn':'" + std::string(kTable) + "'}")).status,
            200);
  EXPECT_EQ(put(role + "x").status, 200);
}

TEST_F(AuthorizationMatrixTest, OrganizationsOfBothSidesLimitWhatIsCalled) {
  const auto member_of = [](const std::string& answer, const std::string& name) {
    const std::string opening = "\"" + name + "\":\"";
    const size_t begin = answer.find(opening);
    EXPECT_NE(begin, std::string::npos) << answer;
    return begin == std::string::npos ? std::string()
                                      : answer.substr(begin + opening.size(), answer.find('"', begin + opening.size()) -
                                                                                  begin - opening.size());
  };
  const auto ask = [this](const std::string& operation, const std::string& body) {
    Sending with;
    with.content_type = "application/x-amz-json-1.1";
    with.service = "organizations";
    with.access_key_id = root_.id;
    with.secret = root_.secret;
    return server_.Send("AWSOrganizationsV20161128." + operation, Quoted(body), with).body;
  };
  const auto limit = [&](const std::string& type, const std::string& statement) {
    std::string body = Quoted("{'Name':'" + type + "','Description':'','Type':'" + type + "','Content':");
    json::AppendString(body, Quoted("{'Version':'2012-10-17','Statement':" + statement + "}"));
    Sending with;
    const std::string policy = member_of(ask("CreatePolicy", body + "}"), "Id");
    const std::string tree = member_of(ask("ListRoots", "{}"), "Id");
    ask("EnablePolicyType", "{'RootId':'" + tree + "','PolicyType':'" + type + "'}");
    EXPECT_EQ(ask("AttachPolicy", "{'PolicyId':'" + policy + "','TargetId':'" + tree + "'}"), "{}");
  };
  // A table in an account of the organization, open to a user from outside.
  const std::string organization = member_of(ask("CreateOrganization", "{}"), "Id");
  const std::string account =
      member_of(ask("CreateAccount", "{'AccountName':'data','Email':'data@example.com'}"), "AccountId");
  EXPECT_EQ(Outcome(Iam("PutUserPolicy&UserName=ann&PolicyName=p&PolicyDocument=" + Allow("*"))), "200");
  const Credentials inside =
      CredentialsIn(StsAs(insider_, "AssumeRole&RoleSessionName=session&RoleArn=arn:aws:iam::" + account +
                                        ":role/OrganizationAccountAccessRole"));
  const std::string arn = "arn:aws:dynamodb:us-east-1:" + account + ":table/Data";
  std::string create = Quoted(
      "{'TableName':'Data','BillingMode':'PAY_PER_REQUEST','KeySchema':[{'AttributeName':'pk','KeyType':'HASH'}],"
      "'AttributeDefinitions':[{'AttributeName':'pk','AttributeType':'S'}],'ResourcePolicy':");
  json::AppendString(create, Quoted("{'Version':'2012-10-17','Statement':{'Effect':'Allow','Principal':{'AWS':'" +
                                    std::string(kOtherAccount) + "'},'Action':'dynamodb:*','Resource':'*'}}"));
  ASSERT_EQ(DynamoAs(inside, "CreateTable", create + "}").status, 200);
  SetIdentity(false, Word::kAllow);
  const auto get = [&](const Credentials& who) {
    return DynamoAs(who, "GetItem", Quoted("{'TableName':'" + arn + "','Key':{'pk':{'S':'a'}}}")).body;
  };
  for (int i = 0; i < 5000 && get(inside) != "{}"; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  EXPECT_EQ(get(inside), "{}");
  EXPECT_EQ(get(outsider_), "{}");
  limit("RESOURCE_CONTROL_POLICY",
        "{'Effect':'Deny','Principal':'*','Action':'dynamodb:*','Resource':'*','Condition':{'StringNotEqualsIfExists':{"
        "'aws:PrincipalOrgID':'" +
            organization + "'},'StringEquals':{'aws:ResourceOrgID':'" + organization + "'}}}");
  EXPECT_EQ(get(inside), "{}");
  EXPECT_EQ(get(outsider_),
            "{\"__type\":\"com.amazon.coral.service#AccessDeniedException\",\"Message\":\"User: "
            "arn:aws:iam::444455556666:user/eve is not authorized to perform: dynamodb:GetItem on resource: " +
                arn + " with an explicit deny in a resource control policy\"}");
  limit("SERVICE_CONTROL_POLICY", "{'Effect':'Deny','Action':'dynamodb:GetItem','Resource':'*'}");
  const std::string limited = get(inside);
  EXPECT_NE(limited.find("with an explicit deny in a service control policy"), std::string::npos) << limited;
  // Its own account is not limited by what it set.
  EXPECT_EQ(DynamoAs(insider_, "GetItem", Quoted("{'TableName':'Music','Key':{'pk':{'S':'a'}}}")).status, 200);
}

}  // namespace
}  // namespace basalt::server
