// PROXY headers: what each form says, and what is refused.
#include "http/proxy_header.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "http/proxy_fixture.h"

namespace basalt::http {
namespace {

Result<ProxyHeader> Parse(const std::string& bytes) {
  TRY_ASSIGN(const size_t size_bytes, ProxyHeaderSize(std::string_view(bytes).substr(0, kProxyPrefixBytes)));
  EXPECT_EQ(size_bytes, bytes.size());
  return ParseProxyHeader(bytes);
}

std::string Refusal(const std::string& bytes) {
  const Result<ProxyHeader> header = Parse(bytes);
  if (header.ok()) {
    return "taken";
  }
  EXPECT_EQ(header.error().reason, Reason::kInvalidArgument);
  return header.error().text;
}

TEST(ProxyHeader, TellsTheClientsAddress) {
  const Result<ProxyHeader> v4 = Parse(ClientHeader());
  ASSERT_TRUE(v4.ok());
  EXPECT_EQ(v4->ip, "192.0.2.7");
  EXPECT_EQ(v4->port, 56324);
  EXPECT_FALSE(v4->is_local);
  EXPECT_FALSE(v4->tls);
  EXPECT_EQ(v4->endpoint, "");
  const Result<ProxyHeader> v6 = Parse(MakeProxyHeader(kProxyCommand, kTcp6, kAddresses6));
  ASSERT_TRUE(v6.ok());
  EXPECT_EQ(v6->ip, "2001:db8::7");
  EXPECT_EQ(v6->port, 56324);
}

TEST(ProxyHeader, TellsAnIpv4AddressInsideAnIpv6OneAsTheFormer) {
  std::string addresses(36, '\0');
  addresses.replace(10, 6, "\xFF\xFF\xC0\x00\x02\x07"sv);
  const Result<ProxyHeader> header = Parse(MakeProxyHeader(kProxyCommand, kTcp6, addresses));
  ASSERT_TRUE(header.ok());
  EXPECT_EQ(header->ip, "192.0.2.7");
}

TEST(ProxyHeader, ReadsTheFieldsItKnowsAndLeavesOthers) {
  const std::string fields = ProxyField(0x04, "\0\0"sv) + ProxyField(0xEA, "\x01vpce-08d2bf15fac5001c9") +
                             ProxyField(0xEA, "\x02other") + ProxyField(0x01, "h2") +
                             ProxyField(0x20, "\x01\0\0\0\0\x21\0\x07TLSv1.3"sv) + ProxyField(0x02, "");
  const Result<ProxyHeader> header = Parse(ClientHeader(fields));
  ASSERT_TRUE(header.ok());
  EXPECT_EQ(header->endpoint, "vpce-08d2bf15fac5001c9");
  EXPECT_TRUE(header->tls);
  EXPECT_EQ(header->ip, "192.0.2.7");
  const Result<ProxyHeader> clear = Parse(ClientHeader(ProxyField(0x20, "\x02\0\0\0\0"sv)));
  ASSERT_TRUE(clear.ok());
  EXPECT_FALSE(clear->tls);
}

TEST(ProxyHeader, OfTheProxyItselfTellsNothing) {
  for (const std::string& header : {MakeProxyHeader(kLocalCommand, 0, ""), MakeProxyHeader(kLocalCommand, kTcp4, "x"),
                                    MakeProxyHeader(kLocalCommand, kTcp4, std::string(kAddresses4) + "junk")}) {
    const Result<ProxyHeader> parsed = Parse(header);
    ASSERT_TRUE(parsed.ok());
    EXPECT_TRUE(parsed->is_local);
    EXPECT_EQ(parsed->ip, "");
  }
}

TEST(ProxyHeader, VerifiesItsChecksum) {
  // Made by another implementation of CRC-32C.
  const std::string good = ClientHeader(ProxyField(0x03, "\x83\xA4\xC7\xB0"sv));
  EXPECT_EQ(Refusal(good), "taken");
  for (size_t i = kProxyPrefixBytes; i < kProxyPrefixBytes + kAddresses4.size(); ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 0x10);
    EXPECT_EQ(Refusal(bad), "its checksum is another") << i;
  }
  EXPECT_EQ(Refusal(ClientHeader(ProxyField(0x03, "\x01\x02\x03"sv))), "its checksum has another length");
}

TEST(ProxyHeader, RefusesWhatIsNotExactlyOne) {
  const std::string addresses(kAddresses4);
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"GET / HTTP/1.1\r\n\r\n", "it does not begin with its signature"},
      {"PROXY TCP4 192.0.2.7 10.0.0.1 1 2\r\n", "it does not begin with its signature"},
      {MakeProxyHeader(0x11, kTcp4, addresses), "it is of another version"},
      {MakeProxyHeader(0x31, kTcp4, addresses), "it is of another version"},
      {MakeProxyHeader(0x22, kTcp4, addresses), "its command is not known"},
      {MakeProxyHeader(kProxyCommand, 0x00, addresses), "it speaks of a connection that is not TCP"},
      {MakeProxyHeader(kProxyCommand, 0x12, addresses), "it speaks of a connection that is not TCP"},
      {MakeProxyHeader(kProxyCommand, 0x22, kAddresses6), "it speaks of a connection that is not TCP"},
      {MakeProxyHeader(kProxyCommand, 0x31, std::string(216, 'x')), "it speaks of a connection that is not TCP"},
      {MakeProxyHeader(kProxyCommand, kTcp4, ""), "it ends within its addresses"},
      {MakeProxyHeader(kProxyCommand, kTcp4, addresses.substr(1)), "it ends within its addresses"},
      {MakeProxyHeader(kProxyCommand, kTcp6, kAddresses6.substr(1)), "it ends within its addresses"},
      {ClientHeader("\x04"), "a field ends behind its header"},
      {ClientHeader("\x04\0"sv), "a field ends behind its header"},
      {ClientHeader("\x04\0\x02x"sv), "a field ends behind its header"},
      {ClientHeader(ProxyField(0x20, "\x01\0\0\0"sv)), "its field for TLS is too short"},
      {ClientHeader(ProxyField(0xEA, "\x01")), "its endpoint is no id"},
      {ClientHeader(ProxyField(0xEA, "\x01vpce 1")), "its endpoint is no id"},
      {ClientHeader(ProxyField(0xEA, "\x01vpce\xFF")), "its endpoint is no id"},
      {ClientHeader(ProxyField(0xEA, "\x01vpce-1") + ProxyField(0xEA, "\x01vpce-2")), "it names two endpoints"},
  };
  for (const auto& [bytes, text] : cases) {
    EXPECT_EQ(Refusal(bytes), text);
  }
  EXPECT_EQ(ProxyHeaderSize(MakeProxyHeader(kProxyCommand, kTcp4, std::string(4081, 'x')).substr(0, kProxyPrefixBytes))
                .error()
                .text,
            "it is too long");
  EXPECT_TRUE(
      ProxyHeaderSize(MakeProxyHeader(kProxyCommand, kTcp4, std::string(4080, 'x')).substr(0, kProxyPrefixBytes)).ok());
}

TEST(ProxyHeader, IsToldFromRequestsByItsFirstBytes) {
  const std::string header = ClientHeader();
  for (size_t size = 0; size <= kProxyPrefixBytes; ++size) {
    EXPECT_TRUE(MayBeProxyHeader(header.substr(0, size))) << size;
  }
  for (const std::string_view bytes :
       {"P"sv, "\r\nPOST"sv, "\r\n\r\nGET"sv, "\x16\x03\x01"sv, "\r\n\r\n\0\r\nQUIT\r"sv}) {
    EXPECT_FALSE(MayBeProxyHeader(bytes));
  }
}

}  // namespace
}  // namespace basalt::http
