// Where requests come from, as policies of tables and of endpoints see it.
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "operations/actions.h"
#include "server/policy_wire_fixture.h"

namespace basalt::server {
namespace {

constexpr std::string_view kReads =
    "{'Effect':'Allow','Principal':'*','Action':['dynamodb:GetItem','dynamodb:BatchGetItem'],'Resource':'*'},"
    "{'Effect':'Deny','Principal':'*','Action':'dynamodb:GetItem','Resource':'arn:aws:dynamodb:*:*:table/Books'}";

// Listener 0 is no endpoint's, 1 is of vpce-1 and 2 of vpce-2, whose policy has these statements. 10.0.0.1 is a trusted
// proxy, 192.0.2.0/24 the network of vpce-3.
std::shared_ptr<const Networks> NetworksWith(std::string_view statements) {
  NetworkSettings networks;
  networks.trusted_proxies = {*policy::ParseNetwork("10.0.0.1")};
  networks.listeners = {{}, {"vpc-1", "vpce-1"}, {"vpc-2", "vpce-2"}};
  networks.named = {{{"vpc-3", "vpce-3"}, {*policy::ParseNetwork("192.0.2.0/24")}}};
  networks.policies["vpce-2"] = std::make_shared<const policy::Document>(
      policy::Document::Parse(policy::DocumentKind::kEndpoint, Quoted(Document(statements)), &operations::Actions())
          .value());
  return std::make_shared<const Networks>(std::move(networks));
}

using PublishedNetworks = std::shared_ptr<Published<Networks>>;

InProcessOptions OptionsWith(PublishedNetworks networks) {
  InProcessOptions options;
  options.settings.networks = std::move(networks);
  return options;
}

class OriginWireTest : public PolicyWireTest {
 protected:
  explicit OriginWireTest(PublishedNetworks networks = std::make_shared<Published<Networks>>(NetworksWith(kReads)))
      : PolicyWireTest(OptionsWith(networks)), networks_(std::move(networks)) {}

  void SetUp() override { CreateTable("Music", "S"); }

  std::string Get(std::string_view account, const Sending& with) {
    Sending sending = with;
    sending.access_key_id = account;
    return server_
        .Send("DynamoDB_20120810.GetItem",
              Quoted(fmt::format("{{'TableName':'{}','Key':{{'pk':{{'S':'a'}}}}}}", kMusic)), sending)
        .body;
  }

  const PublishedNetworks networks_;
};

Sending From(http::PeerAddress peer, std::vector<std::pair<std::string, std::string>> headers = {}) {
  Sending sending;
  sending.peer = std::move(peer);
  sending.more = std::move(headers);
  return sending;
}

struct Way {
  Sending with;
  std::string condition;  // that it fulfils
};

TEST_F(OriginWireTest, ConditionsSeeTheWayOfARequest) {
  const auto equals = [](std::string_view key, std::string_view value) {
    return fmt::format("'StringEquals':{{'{}':'{}'}}", key, value);
  };
  const auto within = [](std::string_view key, std::string_view network) {
    return fmt::format("'IpAddress':{{'{}':'{}'}}", key, network);
  };
  const std::string no_endpoint = "'Null':{'aws:SourceVpc':'true','aws:SourceVpce':'true','aws:VpcSourceIp':'true'}";
  const std::string no_address = "'Null':{'aws:SourceIp':'true'}";
  const Sending direct = From({.ip = "203.0.113.9"});
  const Sending bound = From({.ip = "203.0.113.9", .listener = 1});
  const Sending passed_on = From({.ip = "203.0.113.9", .endpoint = "vpce-3"});  // by a PROXY header
  const Sending named = From({.ip = "192.0.2.9"});
  const std::vector<std::pair<std::string, std::string>> headers = {
      {"X-Forwarded-For", "198.51.100.1"}, {"X-Forwarded-Proto", "https"}, {"X-Ddb-Vpce", "vpce-1"}};
  const Sending forwarded = From({.ip = "10.0.0.1"}, headers);
  const Sending forged = From({.ip = "203.0.113.9"}, headers);
  const std::vector<std::pair<Way, bool>> cases = {
      {{direct, within("aws:SourceIp", "203.0.113.9")}, true},
      {{direct, no_endpoint}, true},
      {{bound, equals("aws:SourceVpce", "vpce-1")}, true},
      {{bound, equals("aws:SourceVpc", "vpc-1")}, true},
      {{bound, within("aws:VpcSourceIp", "203.0.113.9")}, true},
      {{bound, no_address}, true},
      {{bound, equals("aws:SourceVpce", "vpce-3")}, false},
      {{passed_on, equals("aws:SourceVpce", "vpce-3")}, true},
      {{passed_on, equals("aws:SourceVpc", "vpc-3")}, true},
      {{named, equals("aws:SourceVpce", "vpce-3")}, true},
      {{named, within("aws:VpcSourceIp", "192.0.2.0/24")}, true},
      {{named, no_address}, true},
      {{forwarded, equals("aws:SourceVpce", "vpce-1")}, true},
      {{forwarded, equals("aws:SourceVpc", "vpc-1")}, true},
      {{forwarded, within("aws:VpcSourceIp", "198.51.100.1")}, true},
      {{forwarded, "'Bool':{'aws:SecureTransport':'true'}"}, true},
      {{forged, no_endpoint}, true},
      {{forged, within("aws:SourceIp", "203.0.113.9")}, true},
      {{forged, "'Bool':{'aws:SecureTransport':'true'}"}, false},
      {{forged, equals("aws:SourceVpce", "vpce-1")}, false},
  };
  for (const auto& [way, holds] : cases) {
    ASSERT_NE(RevisionOf(Put(Statement("Allow", kFriend, "dynamodb:GetItem", "*",
                                       fmt::format(",'Condition':{{{}}}", way.condition)))),
              "");
    EXPECT_EQ(Get(kFriend, way.with), holds ? "{}" : NotGranted("dynamodb:GetItem", kMusic)) << way.condition;
  }
}

TEST_F(OriginWireTest, AnEndpointsPolicyLimitsWhatComesThroughIt) {
  const std::string books = "arn:aws:dynamodb:us-east-1:111111111111:table/Books";
  const Sending limited = From({.ip = "127.0.0.1", .listener = 2});
  const auto denied = [](std::string_view action, std::string_view arn, std::string_view account) {
    return Denied(action, arn, fmt::format("because no VPC endpoint policy allows the {} action", action), account);
  };
  const std::string key = "'Key':{'pk':{'S':'a'}}";
  // The owner's root user is limited too, with a policy of the table or without one; others as well.
  EXPECT_EQ(Get(kOwner, limited), "{}");
  EXPECT_EQ(SendAs(kOwner, "PutItem", "{'TableName':'Music','Item':{'pk':{'S':'a'}}}", limited),
            denied("dynamodb:PutItem", kMusic, kOwner));
  EXPECT_EQ(SendAs(kOwner, "GetItem", "{'TableName':'Books'," + key + "}", limited),
            Denied("dynamodb:GetItem", books, "with an explicit deny in a VPC endpoint policy", kOwner));
  EXPECT_EQ(SendAs(kOwner, "BatchGetItem", "{'RequestItems':{'Music':{'Keys':[{'pk':{'S':'a'}}]}}}", limited),
            "{\"Responses\":{\"Music\":[]},\"UnprocessedKeys\":{}}");
  EXPECT_EQ(SendAs(kOwner, "DescribeTable", "{'TableName':'Music'}", limited),
            denied("dynamodb:DescribeTable", kMusic, kOwner));
  ASSERT_NE(RevisionOf(Put(Statement("Allow", kFriend, "dynamodb:*"))), "");
  EXPECT_EQ(Get(kFriend, limited), "{}");
  EXPECT_EQ(SendAs(kFriend, "DescribeTable", fmt::format("{{'TableName':'{}'}}", kMusic), limited),
            denied("dynamodb:DescribeTable", kMusic, kFriend));
  // So are the calls of other services.
  Sending of_iam = limited;
  of_iam.service = "iam";
  of_iam.content_type = "application/x-www-form-urlencoded";
  const Reply users = server_.Send("", "Action=ListUsers&Version=2010-05-08", of_iam);
  EXPECT_NE(users.body.find("because no VPC endpoint policy allows the iam:ListUsers action"), std::string::npos)
      << users.body;
  // What comes another way is not limited.
  EXPECT_EQ(SendAs(kOwner, "PutItem", "{'TableName':'Music','Item':{'pk':{'S':'a'}}}",
                   From({.ip = "127.0.0.1", .listener = 1})),
            "{}");
}

TEST_F(OriginWireTest, APolicyThatIsReadAgainHoldsFromTheNextRequestOn) {
  const Sending limited = From({.ip = "127.0.0.1", .listener = 2});
  EXPECT_EQ(Get(kOwner, limited), "{}");
  networks_->Publish(NetworksWith("{'Effect':'Allow','Principal':'*','Action':'dynamodb:PutItem','Resource':'*'}"));
  EXPECT_EQ(Get(kOwner, limited), Denied("dynamodb:GetItem", kMusic,
                                         "because no VPC endpoint policy allows the dynamodb:GetItem action", kOwner));
  networks_->Publish(NetworksWith(kReads));
  EXPECT_EQ(Get(kOwner, limited), "{}");
}

}  // namespace
}  // namespace basalt::server
