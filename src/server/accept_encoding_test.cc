// Who gets a compressed answer.
#include "server/accept_encoding.h"

#include <gtest/gtest.h>

#include <string_view>
#include <vector>

namespace basalt::server {
namespace {

bool Accepts(std::string_view value) {
  const std::vector<http::Header> headers = {{"Host", "gzip"}, {"Accept-Encoding", value}};
  return AcceptsGzip(headers);
}

TEST(AcceptEncoding, GzipByNameIsAYes) {
  for (const char* value :
       {"gzip", "GZIP", "gzip, deflate, br", "deflate,gzip", "br;q=1.0, gzip;q=0.8, *;q=0.1", " gzip ;q=1",
        "gzip;Q=0.001", "gzip; q = 1.000", "gzip\t,", "gzip;", ",,gzip,,", "gzip;q=1.", "identity;q=0.5, gzip;q=1.0",
        "gzip, identity", "identity;q=0, gzip;q=0.1", "gzip;"}) {
    EXPECT_TRUE(Accepts(value)) << value;
  }
}

TEST(AcceptEncoding, EverythingElseIsANo) {
  for (const char* value : {"",
                            "identity",
                            "*",
                            "deflate, br",
                            "gzip;q=0",
                            "gzip;q=0.",
                            "gzip;q=0.000",
                            "gzip;q=0, gzip",
                            "gzip, gzip;q=0",
                            "gzip;q=0.5, identity",
                            "gzip;q=0.5, identity;q=0.6",
                            "gzipped",
                            "xgzip",
                            "x-gzip",
                            "gzip;q=",
                            "gzip;q=2",
                            "gzip;q=1.001",
                            "gzip;q=0.1234",
                            "gzip;q=-1",
                            "gzip;q=a",
                            "gzip;q=1;q=0",
                            "gzip;level=9",
                            "gz ip",
                            "gzip q=1",
                            "q=1",
                            ";q=1",
                            ";",
                            ","}) {
    EXPECT_FALSE(Accepts(value)) << value;
  }
  EXPECT_FALSE(AcceptsGzip({}));
}

TEST(AcceptEncoding, SeveralHeadersAreOneList) {
  const std::vector<http::Header> both = {{"accept-encoding", "br"}, {"Accept-Encoding", "gzip"}};
  EXPECT_TRUE(AcceptsGzip(both));
  const std::vector<http::Header> withdrawn = {{"accept-encoding", "gzip"}, {"accept-encoding", "gzip;q=0"}};
  EXPECT_FALSE(AcceptsGzip(withdrawn));
}

}  // namespace
}  // namespace basalt::server
