// Whole requests: a body of any bytes for each operation, against a table that exists. Nothing may crash; every answer
// is a known status with a body that is JSON, and a success of a write is followed by a read that works.
#include <fuzzer/FuzzedDataProvider.h>

#include <cstdint>

#include "base/check.h"
#include "json/node.h"
#include "operations/operation.h"
#include "server/in_process_server.h"

namespace {

using basalt::server::InProcessServer;

InProcessServer& Server() {
  static InProcessServer* server = [] {
    auto* made = new InProcessServer({});
    made->Send("CreateTable",
               R"({"TableName":"Music","KeySchema":[{"AttributeName":"pk","KeyType":"HASH"},)"
               R"({"AttributeName":"sk","KeyType":"RANGE"}],"AttributeDefinitions":[)"
               R"({"AttributeName":"pk","AttributeType":"S"},{"AttributeName":"sk","AttributeType":"N"}],)"
               R"("BillingMode":"PAY_PER_REQUEST"})");
    while (made->Send("DescribeTable", R"({"TableName":"Music"})").body.find(R"("TableStatus":"ACTIVE")") ==
           std::string::npos) {
    }
    return made;
  }();
  return *server;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  FuzzedDataProvider provider(data, size);
  const auto operations = basalt::operations::dynamodb::Operations();
  const auto& operation = operations[provider.ConsumeIntegralInRange<size_t>(0, operations.size() - 1)];
  const std::string body = provider.ConsumeRemainingBytesAsString();
  // Tables made by chance would pile up.
  if (operation.name == "CreateTable" || operation.name == "DeleteTable") {
    return 0;
  }
  const basalt::server::Reply reply = Server().Send(std::string(operation.name), body);
  BASALT_CHECK(reply.status == 200 || reply.status == 400);
  basalt::Arena arena;
  BASALT_CHECK(basalt::json::Parse(reply.body, arena).ok());
  if (reply.status == 200 && operation.access == basalt::operations::AccessClass::kWrite) {
    BASALT_CHECK(Server().Send("Scan", R"({"TableName":"Music","Select":"COUNT"})").status == 200);
  }
  return 0;
}
