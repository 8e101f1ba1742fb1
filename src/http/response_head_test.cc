// What goes over the wire before the body of a response.
#include "http/response_head.h"

#include <gtest/gtest.h>

#include <string>

namespace basalt::http {
namespace {

constexpr std::string_view kDate = "Sun, 22 Nov 2026 08:15:00 GMT";

std::string Head(const Response& response, bool keep_alive = true) {
  std::string out;
  AppendResponseHead(out, response, kDate, keep_alive);
  return out;
}

TEST(ResponseHead, HasWhatEveryResponseHas) {
  Response response;
  response.content_type = "application/x-amz-json-1.0";
  response.headers.emplace_back("x-amzn-RequestId", "ABC");
  response.body = "{}";
  EXPECT_EQ(Head(response),
            "HTTP/1.1 200 OK\r\nDate: Sun, 22 Nov 2026 08:15:00 GMT\r\nServer: Basalt\r\n"
            "Content-Type: application/x-amz-json-1.0\r\nx-amzn-RequestId: ABC\r\nContent-Length: 2\r\n"
            "Connection: keep-alive\r\n\r\n");
}

TEST(ResponseHead, SaysWhenTheConnectionCloses) {
  EXPECT_TRUE(Head({}, false).ends_with("Content-Length: 0\r\nConnection: close\r\n\r\n"));
}

TEST(ResponseHead, HasNoLengthWhereThereCanBeNoBody) {
  Response response;
  response.status = 204;
  response.body = "ignored";
  EXPECT_EQ(Head(response).find("Content-Length"), std::string::npos);
}

TEST(ResponseHead, KeepsLineEndsOutOfValues) {
  Response response;
  response.headers.emplace_back("A", "x\r\nSet-Cookie: y");
  response.headers.emplace_back("B", std::string("x\0y", 3));
  response.headers.emplace_back("C", "fine");
  const std::string head = Head(response);
  EXPECT_EQ(head.find("Set-Cookie"), std::string::npos);
  EXPECT_EQ(head.find("\r\nB:"), std::string::npos);
  EXPECT_NE(head.find("\r\nC: fine\r\n"), std::string::npos);
}

TEST(ResponseHead, TakesAnyStatus) {
  Response response;
  response.status = 299;
  EXPECT_TRUE(Head(response).starts_with("HTTP/1.1 299 \r\n"));
}

}  // namespace
}  // namespace basalt::http
