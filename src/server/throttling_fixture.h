// What the tests of throttling share: tables with limits in both billing modes, a clock that moves when a test says so,
// the refusals, and requests in short.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "os/clock.h"
#include "server/wire_fixture.h"

namespace basalt::server {

inline constexpr int64_t kSecondMs = 1'000;

// A base of its own, so that the clock is there before the server and after it.
struct ClockHolder {
  os::ManualClock clock{1'791'489'600'000};
};

inline InProcessOptions By(os::Clock& clock) { return {.engine = engine::NewMemoryEngine(clock), .clock = clock}; }

inline std::string Reasons(const std::vector<std::pair<std::string, std::string>>& reasons) {
  std::string out;
  for (const auto& [reason, resource] : reasons) {
    out += fmt::format(R"({}{{"reason":"{}","resource":"arn:aws:dynamodb:us-east-1:111111111111:table/{}"}})",
                       out.empty() ? "" : ",", reason, resource);
  }
  return "[" + out + "]";
}

// What is refused for want of units: `reasons` are {"TableRead", "Orders"}, …
inline std::string NoProvisionedUnits(std::vector<std::pair<std::string, std::string>> reasons) {
  const bool of_index = reasons[0].first.starts_with("Index");
  for (auto& [reason, resource] : reasons) {
    reason += "ProvisionedThroughputExceeded";
  }
  const std::string text =
      of_index ? "The level of configured provisioned throughput for one or more global secondary indexes of the table "
                 "was exceeded. Consider increasing your provisioning level for the under-provisioned global secondary "
                 "indexes with the UpdateTable API"
               : "The level of configured provisioned throughput for the table was exceeded. Consider increasing your "
                 "provisioning level with the UpdateTable API.";
  std::string body =
      ErrorBody("com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException", "message", text);
  body.pop_back();
  return body + ",\"ThrottlingReasons\":" + Reasons(reasons) + "}";
}
inline std::string OverMaximum(std::vector<std::pair<std::string, std::string>> reasons) {
  for (auto& [reason, resource] : reasons) {
    reason += "MaxOnDemandThroughputExceeded";
  }
  std::string body = ErrorBody("com.amazon.coral.availability#ThrottlingException", "message",
                               "Throughput exceeds the maximum OnDemandThroughput configured on table or index");
  body.pop_back();
  return body + ",\"throttlingReasons\":" + Reasons(reasons) + "}";
}

// Limits as CreateTable takes them; 0: as much as anybody needs here.
inline std::string Provisioned(int64_t read_units, int64_t write_units) {
  return fmt::format("'ProvisionedThroughput':{{'ReadCapacityUnits':{},'WriteCapacityUnits':{}}}",
                     read_units == 0 ? 1000 : read_units, write_units == 0 ? 1000 : write_units);
}
inline std::string Maximum(int64_t read_units, int64_t write_units) {
  return fmt::format("'OnDemandThroughput':{{'MaxReadRequestUnits':{},'MaxWriteRequestUnits':{}}}",
                     read_units == 0 ? 10'000 : read_units, write_units == 0 ? 10'000 : write_units);
}

struct Mode {
  std::string name;
  std::string (*limits)(int64_t read_units, int64_t write_units);
  std::string (*refused)(std::vector<std::pair<std::string, std::string>> reasons);
};
inline const std::vector<Mode>& Modes() {
  static const std::vector<Mode> kModes = {{"PROVISIONED", Provisioned, NoProvisionedUnits},
                                           {"PAY_PER_REQUEST", Maximum, OverMaximum}};
  return kModes;
}

inline constexpr size_t kBigBytes = 409'000;  // 400 write units, 100 read units

class ThrottlingTest : protected ClockHolder, public WireTest {
 protected:
  explicit ThrottlingTest(InProcessOptions (*options)(os::Clock&) = By) : WireTest(options(clock)) {}

  // Key (pk, sk) of strings; indexes "by-x" and "by-y" of the attributes x and y, and the local one "local" of l, all
  // of them with whole items.
  void Create(const std::string& name, const Mode& mode, const std::string& limits, const std::string& x_limits,
              const std::string& y_limits) {
    const auto index = [](std::string_view index_name, std::string_view attribute, const std::string& index_limits) {
      return fmt::format(
          "{{'IndexName':'{}','Projection':{{'ProjectionType':'ALL'}},"
          "'KeySchema':[{{'AttributeName':'{}','KeyType':'HASH'}}],{}}}",
          index_name, attribute, index_limits);
    };
    const std::string created =
        Send("CreateTable",
             fmt::format(
                 "{{'TableName':'{}','BillingMode':'{}',{},'AttributeDefinitions':["
                 "{{'AttributeName':'pk','AttributeType':'S'}},{{'AttributeName':'sk','AttributeType':'S'}},"
                 "{{'AttributeName':'x','AttributeType':'S'}},{{'AttributeName':'y','AttributeType':'S'}},"
                 "{{'AttributeName':'l','AttributeType':'S'}}],"
                 "'KeySchema':[{{'AttributeName':'pk','KeyType':'HASH'}},{{'AttributeName':'sk','KeyType':'RANGE'}}],"
                 "'GlobalSecondaryIndexes':[{},{}],'LocalSecondaryIndexes':[{{'IndexName':'local',"
                 "'Projection':{{'ProjectionType':'ALL'}},'KeySchema':[{{'AttributeName':'pk','KeyType':'HASH'}},"
                 "{{'AttributeName':'l','KeyType':'RANGE'}}]}}]}}",
                 name, mode.name, limits, index("by-x", "x", x_limits), index("by-y", "y", y_limits)));
    ASSERT_TRUE(created.starts_with("{\"TableDescription\":")) << created;
    AwaitDescription(name, "\"TableStatus\":\"ACTIVE\"");
  }
  void Create(const std::string& name, const Mode& mode, const std::string& limits) {
    Create(name, mode, limits, mode.limits(0, 0), mode.limits(0, 0));
  }

  static std::string Key(std::string_view pk) { return fmt::format("{{'pk':{{'S':'{}'}},'sk':{{'S':'s'}}}}", pk); }
  // `attributes`: those beside the key, as "'x':{'S':'x'}".
  static std::string Item(std::string_view pk, std::string_view attributes = "") {
    return fmt::format("{{'pk':{{'S':'{}'}},'sk':{{'S':'s'}}{}{}}}", pk, attributes.empty() ? "" : ",", attributes);
  }
  static std::string Text(size_t size_bytes) { return fmt::format("'v':{{'S':'{}'}}", std::string(size_bytes, 'x')); }
  static std::string PutOf(std::string_view table, std::string_view item, std::string_view members = "") {
    return fmt::format("{{'TableName':'{}','Item':{}{}}}", table, item, members);
  }
  static std::string KeyOf(std::string_view table, std::string_view pk, std::string_view members = "") {
    return fmt::format("{{'TableName':'{}','Key':{}{}}}", table, Key(pk), members);
  }
  static std::string QueryOf(std::string_view table, std::string_view pk, std::string_view members = "") {
    return fmt::format(
        "{{'TableName':'{}','KeyConditionExpression':'pk = :p','ExpressionAttributeValues':{{':p':{{'S':'{}'}}}}{}}}",
        table, pk, members);
  }
  static std::string IndexQueryOf(std::string_view table, std::string_view attribute, std::string_view value,
                                  std::string_view members = "") {
    return fmt::format(
        "{{'TableName':'{}','IndexName':'by-{}','KeyConditionExpression':'{} = :v',"
        "'ExpressionAttributeValues':{{':v':{{'S':'{}'}}}}{}}}",
        table, attribute, attribute, value, members);
  }

  // How often a request is answered, the clock standing still; then it must be `refused`. `{}` in it is a number.
  int Answered(const std::string& operation, std::string_view request, const std::string& refused) {
    for (int count = 0; count < 2000; ++count) {
      const std::string answer = Send(operation, fmt::format(fmt::runtime(request), count));
      if (answer.find("__type") != std::string::npos) {
        EXPECT_EQ(answer, refused) << operation;
        return count;
      }
    }
    return -1;
  }
  int PutsAnswered(const std::string& table, const std::string& refused) {
    return Answered("PutItem", "{{'TableName':'" + table + "','Item':{{'pk':{{'S':'{}'}},'sk':{{'S':'one'}}}}}}",
                    refused);
  }
  int ReadsAnswered(const std::string& table, const std::string& refused) {
    return Answered(
        "GetItem",
        "{{'TableName':'" + table + "','ConsistentRead':true,'Key':{{'pk':{{'S':'none'}},'sk':{{'S':'{}'}}}}}}",
        refused);
  }
};

}  // namespace basalt::server
