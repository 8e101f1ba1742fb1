// What the tests of exact answers share: a server in one process, tables of known shapes, and requests and answers
// written as JSON with ' for ". A test is mostly a table of {operation, request, answer}.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "json/writer.h"
#include "server/in_process_server.h"

namespace basalt::server {

inline std::string Quoted(std::string_view text) {
  std::string out(text);
  std::replace(out.begin(), out.end(), '\'', '"');
  return out;
}

// Bodies of errors. Their texts are taken as they are, ' included.
inline std::string ErrorBody(std::string_view type, std::string_view text_member, std::string_view text) {
  std::string body = fmt::format(R"({{"__type":"{}","{}":)", type, text_member);
  json::AppendString(body, text);
  return body + "}";
}
inline std::string Invalid(std::string_view text) {
  return ErrorBody("com.amazon.coral.validate#ValidationException", "message", text);
}
inline std::string InvalidParameter(std::string_view text) {
  return Invalid(fmt::format("One or more parameter values were invalid: {}", text));
}
inline std::string Misfit(std::string_view text) {
  return ErrorBody("com.amazon.coral.service#SerializationException", "Message", text);
}
inline std::string OneConstraint(std::string_view text) {
  return Invalid(fmt::format("1 validation error detected: {}", text));
}
inline std::string NotFound(std::string_view text = "Requested resource not found") {
  return ErrorBody("com.amazonaws.dynamodb.v20120810#ResourceNotFoundException", "message", text);
}
inline std::string InUse(std::string_view text) {
  return ErrorBody("com.amazonaws.dynamodb.v20120810#ResourceInUseException", "message", text);
}
inline std::string LimitExceeded(std::string_view text) {
  return ErrorBody("com.amazonaws.dynamodb.v20120810#LimitExceededException", "message", text);
}
inline std::string ConditionFailed() {
  return ErrorBody("com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException", "message",
                   "The conditional request failed");
}
// A transaction that is cancelled: `codes` as the text lists them, `reasons` as JSON; ' for ".
inline std::string Canceled(std::string_view codes, std::string_view reasons) {
  return fmt::format(
      R"({{"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException","CancellationReasons":[{}],)"
      R"("Message":"Transaction cancelled, please refer cancellation reasons for specific reasons [{}]"}})",
      Quoted(reasons), codes);
}
inline constexpr std::string_view kSchemaMismatch = "The provided key element does not match the schema";

struct WireCase {
  std::string operation;
  std::string request;  // ' for "
  std::string answer;   // as it is
};

class WireTest : public ::testing::Test {
 protected:
  explicit WireTest(InProcessOptions options = {}) : server_(std::move(options)) {}

  Reply SendRaw(const std::string& operation, const std::string& body) { return server_.Send(operation, body); }
  std::string Send(const std::string& operation, std::string_view request) {
    return server_.Send(operation, Quoted(request)).body;
  }

  Reply ReplyAs(std::string_view account, const std::string& operation, std::string_view request, Sending with = {}) {
    with.access_key_id = account;
    return server_.Send("DynamoDB_20120810." + operation, Quoted(request), std::move(with));
  }
  std::string SendAs(std::string_view account, const std::string& operation, std::string_view request,
                     Sending with = {}) {
    return ReplyAs(account, operation, request, std::move(with)).body;
  }

  void Check(const std::vector<WireCase>& cases) {
    for (const WireCase& wire_case : cases) {
      EXPECT_EQ(Send(wire_case.operation, wire_case.request), wire_case.answer)
          << wire_case.operation << " " << wire_case.request;
    }
  }

  // On demand, with partition key "pk" and, unless `sort` is empty, sort key "sk"; waits until it is ACTIVE.
  void CreateTable(const std::string& name, const std::string& partition, const std::string& sort = "") {
    const std::string sort_key = sort.empty() ? "" : ",{'AttributeName':'sk','KeyType':'RANGE'}";
    const std::string sort_definition = sort.empty() ? "" : ",{'AttributeName':'sk','AttributeType':'" + sort + "'}";
    const std::string created =
        Send("CreateTable", "{'TableName':'" + name +
                                "','BillingMode':'PAY_PER_REQUEST','KeySchema':[{'AttributeName':'pk',"
                                "'KeyType':'HASH'}" +
                                sort_key + "],'AttributeDefinitions':[{'AttributeName':'pk','AttributeType':'" +
                                partition + "'}" + sort_definition + "]}");
    ASSERT_TRUE(created.starts_with("{\"TableDescription\":")) << created;
    AwaitDescription(name, "\"TableStatus\":\"ACTIVE\"");
  }

  void AwaitDescription(const std::string& name, std::string_view part, const std::string& account = "111111111111") {
    for (int i = 0; i < 5000; ++i) {
      if (SendAs(account, "DescribeTable", "{'TableName':'" + name + "'}").find(part) != std::string::npos) {
        return;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    FAIL() << name << " never showed " << part;
  }

  InProcessServer server_;
};

}  // namespace basalt::server
