// Networks from settings: endpoint policies are read from files, or refused.
#include "main/network_files.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <string>

namespace basalt::main {
namespace {

class NetworkFilesTest : public ::testing::Test {
 protected:
  ~NetworkFilesTest() override { ::unlink(path_.c_str()); }

  void Write(const std::string& text) const {
    std::FILE* file = std::fopen(path_.c_str(), "w");
    ASSERT_NE(file, nullptr);
    std::fputs(text.c_str(), file);
    std::fclose(file);
  }
  Result<std::shared_ptr<const server::Networks>> Load() const {
    ServerSettings settings;
    settings.listeners = {{"127.0.0.1:1", std::nullopt}, {"127.0.0.1:2", std::nullopt, "vpc-1", "vpce-1"}};
    settings.trusted_proxies = {"10.0.0.0/8"};
    settings.endpoint_header = "X-Mine";
    settings.networks = {{"vpc-2", "vpce-2", {"192.0.2.0/24"}, path_}};
    return LoadNetworks(settings);
  }
  void ExpectRefused(const std::string& part) const {
    const auto networks = Load();
    ASSERT_FALSE(networks.ok());
    EXPECT_EQ(networks.error().reason, Reason::kInvalidArgument);
    EXPECT_NE(networks.error().text.find(path_), std::string::npos) << networks.error().text;
    EXPECT_NE(networks.error().text.find(part), std::string::npos) << networks.error().text;
    EXPECT_NE(networks.error().text.find("; "), std::string::npos) << networks.error().text;
  }

  const std::string path_ = testing::TempDir() + "basalt-endpoint-" + std::to_string(::getpid()) + ".json";
};

TEST_F(NetworkFilesTest, ReadsWhatTheSettingsName) {
  Write(R"({"Statement":{"Effect":"Allow","Principal":"*","Action":"dynamodb:GetItem","Resource":"*"}})");
  const auto loaded = Load();
  ASSERT_TRUE(loaded.ok()) << loaded.error().text;
  const server::Networks& networks = **loaded;
  EXPECT_TRUE(networks.IsTrusted("10.1.2.3"));
  EXPECT_FALSE(networks.IsTrusted("11.1.2.3"));
  EXPECT_NE(networks.FindPolicy("vpce-2"), nullptr);
  EXPECT_EQ(networks.FindPolicy("vpce-1"), nullptr);
  const http::PeerAddress bound = {.ip = "203.0.113.1", .listener = 1};
  EXPECT_EQ(networks.FindRoute(&bound, {}).endpoint, "vpce-1");
  const std::vector<http::Header> headers = {{"X-Mine", "vpce-2"}};
  const http::PeerAddress proxy = {.ip = "10.0.0.1"};
  EXPECT_EQ(networks.FindRoute(&proxy, headers).vpc, "vpc-2");
}

TEST_F(NetworkFilesTest, IsNothingWhereNothingIsSaid) {
  ServerSettings settings;
  settings.listeners = {{"127.0.0.1:1", std::nullopt}};
  const auto networks = LoadNetworks(settings);
  ASSERT_TRUE(networks.ok());
  EXPECT_EQ(*networks, nullptr);
}

TEST_F(NetworkFilesTest, RefusesPoliciesThatCannotBeReadOrUsed) {
  ExpectRefused("cannot be read");
  Write("");
  ExpectRefused("cannot be used");
  Write("{");
  ExpectRefused("cannot be used");
  Write(R"({"Statement":{"Effect":"Allow","Principal":"*","Action":"dynamodb:GetItem"}})");
  ExpectRefused("resources");
  Write(std::string(200'000, ' '));
  ExpectRefused("bytes");
}

}  // namespace
}  // namespace basalt::main
