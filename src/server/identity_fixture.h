// What the tests of IAM and STS share: a server that asks for signatures, an account with a root key, calls of the
// query protocol, and what stands in their answers.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "base/await.h"
#include "os/clock.h"
#include "server/in_process_server.h"

namespace basalt::server {

struct Credentials {
  std::string id;
  std::string secret;
  std::string token;
};

// The text of the first element of that name; "(none)" if there is none.
inline std::string ElementOf(std::string_view xml, const std::string& name) {
  const std::string opening = "<" + name + ">";
  const size_t begin = xml.find(opening);
  const size_t end = xml.find("</" + name + ">", begin);
  if (begin == std::string_view::npos || end == std::string_view::npos) {
    return "(none)";
  }
  return std::string(xml.substr(begin + opening.size(), end - begin - opening.size()));
}

// "404 NoSuchEntity: text" of an error, "200" of an answer.
inline std::string Outcome(const Reply& reply) {
  const std::string status = std::to_string(reply.status);
  return reply.status == 200 ? status
                             : status + " " + ElementOf(reply.body, "Code") + ": " + ElementOf(reply.body, "Message");
}

class IdentityTest : public ::testing::Test {
 protected:
  static constexpr const char* kAccount = "111122223333";
  static constexpr const char* kOtherAccount = "444455556666";

  explicit IdentityTest(AuditSettings audit = {}) : clock_(1'700'000'000'000), server_(MakeOptions(audit)) {
    root_ = MakeAccount(kAccount);
    other_root_ = MakeAccount(kOtherAccount);
  }

  // Form parameters as they are: texts that need it are escaped with Escaped.
  Reply CallAs(const Credentials& who, const std::string& service, const std::string& form) {
    Sending with;
    with.content_type = "application/x-www-form-urlencoded";
    with.service = service;
    with.access_key_id = who.id;
    with.secret = who.secret;
    if (!who.token.empty()) {
      with.more.emplace_back("X-Amz-Security-Token", who.token);
    }
    return server_.Send("", form, with);
  }
  Reply Iam(const std::string& form) { return IamAs(root_, form); }
  Reply IamAs(const Credentials& who, const std::string& form) {
    return CallAs(who, "iam", "Version=2010-05-08&Action=" + form);
  }
  Reply StsAs(const Credentials& who, const std::string& form) {
    return CallAs(who, "sts", "Version=2011-06-15&Action=" + form);
  }
  Reply DynamoAs(const Credentials& who, const std::string& operation, const std::string& body) {
    Sending with;
    with.access_key_id = who.id;
    with.secret = who.secret;
    if (!who.token.empty()) {
      with.more.emplace_back("X-Amz-Security-Token", who.token);
    }
    return server_.Send("DynamoDB_20120810." + operation, body, with);
  }

  static std::string Escaped(std::string_view text) {
    constexpr std::string_view kHex = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
      const auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    }
    return out;
  }
  // A document of one statement; ' for ".
  static std::string Document(std::string statement) {
    std::replace(statement.begin(), statement.end(), '\'', '"');
    return Escaped(R"({"Version":"2012-10-17","Statement":)" + statement + "}");
  }
  static std::string Allow(const std::string& action) {
    return Document("{'Effect':'Allow','Action':'" + action + "','Resource':'*'}");
  }
  static std::string TrustOf(const std::string& principal) {
    return Document("{'Effect':'Allow','Principal':{'AWS':'" + principal + "'},'Action':['sts:AssumeRole'," +
                    "'sts:TagSession','sts:SetSourceIdentity']}");
  }

  // A user with a key.
  Credentials MakeUser(const std::string& name) {
    EXPECT_EQ(Outcome(Iam("CreateUser&UserName=" + name)), "200");
    return CredentialsIn(Iam("CreateAccessKey&UserName=" + name));
  }
  static Credentials CredentialsIn(const Reply& reply) {
    EXPECT_EQ(Outcome(reply), "200");
    const std::string token = ElementOf(reply.body, "SessionToken");
    return {ElementOf(reply.body, "AccessKeyId"), ElementOf(reply.body, "SecretAccessKey"),
            token == "(none)" ? "" : token};
  }

  os::ManualClock clock_;
  InProcessServer server_;
  Credentials root_;
  Credentials other_root_;

 private:
  InProcessOptions MakeOptions(AuditSettings audit) {
    InProcessOptions options{.clock = clock_};
    options.settings.audit = audit;
    options.mode = operations::Mode::kServe;
    return options;
  }
  Credentials MakeAccount(const std::string& id) {
    const auto key = Await<identity::IssuedKey>(
        [&](auto done) { server_.directory().CreateAccount(id, server_.loop(), std::move(done)); });
    EXPECT_TRUE(key.ok());
    return {key->access_key_id, std::string(key->secret.view()), ""};
  }
};

}  // namespace basalt::server
