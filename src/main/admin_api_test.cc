// Tests of the operator's API and of its client's reading of answers.
#include "main/admin_api.h"

#include <gtest/gtest.h>

#include <future>

#include "base/await.h"
#include "base/thread_pool.h"
#include "engine/memory/memory_engine.h"
#include "main/admin_client.h"
#include "main/store.h"

namespace basalt::main {
namespace {

constexpr uid_t kOwner = 1000;

class NoRelief final : public http::Relief {
 public:
  bool EndSlowest() override { return false; }
};

class AdminApiTest : public testing::Test {
 protected:
  AdminApiTest()
      : loop_("loop", 1),
        store_(Store::OpenInMemory(os::SystemClock()).value()),
        api_(NewAdminApi(loop_, store_->directory(), kOwner, ReportOf,
                         [this](int64_t duration_ms, engine::Done<int64_t> done) {
                           asked_ms_.push_back(duration_ms);
                           if (duration_ms == 1) {
                             return done(Error(Reason::kInvalidArgument, "not by 1"));
                           }
                           store_->home().Post([duration_ms, done = std::move(done)]() mutable { done(duration_ms); });
                         })) {}

  static void ReportOf(const std::string& table, engine::Done<std::string> done) {
    done(table == "Music" ? Result<std::string>("{\"public\":false}") : Error(Reason::kNotFound, "no such table"));
  }

  http::Response Call(std::string_view path, std::string_view body, std::optional<uint32_t> uid = kOwner,
                      std::string_view method = "POST") {
    http::PeerAddress peer;
    peer.uid = uid;
    http::Request request;
    request.head.method = method;
    request.head.path = path;
    request.head.target = path;
    request.body = body;
    request.peer = &peer;
    std::promise<http::Response> promise;
    auto future = promise.get_future();
    loop_.Post([&] {
      api_->Handle(request, [&promise](http::Response response) { promise.set_value(std::move(response)); });
    });
    return future.get();
  }

  ThreadPool loop_;
  std::unique_ptr<Store> store_;
  std::vector<int64_t> asked_ms_;  // by how much the clock was to be moved
  std::unique_ptr<http::Handler> api_;
};

TEST_F(AdminApiTest, CreatesListsAndResets) {
  const http::Response created = Call("/account/create", R"({"account":"111122223333"})");
  EXPECT_EQ(created.status, 200);
  EXPECT_NE(created.body.find("\"access_key_id\":\"AKIA"), std::string::npos);
  EXPECT_NE(created.body.find("\"secret_access_key\":\""), std::string::npos);
  EXPECT_EQ(Call("/account/list", "{}").body, "{\"accounts\":[\"111122223333\"]}\n");
  const http::Response reset = Call("/account/reset-root", R"({"account":"111122223333"})");
  EXPECT_EQ(reset.status, 200);
  EXPECT_NE(reset.body, created.body);
}

TEST_F(AdminApiTest, AnswersWhatIsWrong) {
  EXPECT_EQ(Call("/account/create", R"({"account":"111122223333"})").status, 200);
  EXPECT_EQ(Call("/account/create", R"({"account":"111122223333"})").status, 409);
  EXPECT_EQ(Call("/account/reset-root", R"({"account":"999999999999"})").status, 404);
  EXPECT_EQ(Call("/account/create", R"({"account":"1"})").status, 400);
  EXPECT_EQ(Call("/account/create", R"({"account":1})").status, 400);
  EXPECT_EQ(Call("/account/create", "{}").status, 400);
  EXPECT_EQ(Call("/account/create", "[]").status, 400);
  EXPECT_EQ(Call("/account/create", "{").status, 400);
  EXPECT_EQ(Call("/nothing", "{}").status, 404);
  EXPECT_EQ(Call("/account/list", "{}", kOwner, "GET").status, 405);
}

TEST_F(AdminApiTest, AdvancesTheClock) {
  const http::Response advanced = Call("/clock/advance", R"({"duration_ms":86400000})");
  EXPECT_EQ(advanced.status, 200);
  EXPECT_EQ(advanced.body, "{\"time\":\"1970-01-02T00:00:00.000Z\"}\n");
  const http::Response refused = Call("/clock/advance", R"({"duration_ms":1})");
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(refused.body, "{\"error\":\"not by 1\"}\n");
  for (const char* body : {"{}", R"({"duration_ms":"1"})", R"({"duration_ms":1.5})", R"({"duration_ms":null})"}) {
    EXPECT_EQ(Call("/clock/advance", body).status, 400) << body;
  }
  EXPECT_EQ(Call("/clock/advance", R"({"duration_ms":3})", kOwner + 1).status, 403);
  EXPECT_EQ(asked_ms_, (std::vector<int64_t>{86'400'000, 1}));
  api_ = NewAdminApi(loop_, store_->directory(), kOwner, ReportOf);
  const http::Response without = Call("/clock/advance", R"({"duration_ms":3})");
  EXPECT_EQ(without.status, 400);
  EXPECT_NE(without.body.find("--test-clock"), std::string::npos);
}

TEST_F(AdminApiTest, ReadsPagesOfTheAuditLog) {
  EXPECT_EQ(Call("/audit/read", "{}").status, 404);
  audit::PageQuery asked;
  AuditAccess access;
  access.now_ms = [] { return int64_t{10'000}; };
  access.read = [&asked](audit::PageQuery query, engine::Done<audit::Page> done) {
    asked = query;
    if (query.from == 13) {
      return done(Error(Reason::kCorruption, "13.log is damaged"));
    }
    audit::Page page;
    page.records = {{7, 5, audit::RecordKind::kData, "111122223333", "{\"a\":\"b\"}"}};
    page.next = 8;
    page.is_last = true;
    done(std::move(page));
  };
  api_ = NewAdminApi(loop_, store_->directory(), kOwner, ReportOf, {}, access);
  const http::Response page =
      Call("/audit/read", R"({"from":7,"since_ago_ms":4000,"until_ms":9000,"account":"111122223333"})");
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.body, "{\"records\":[\"{\\\"a\\\":\\\"b\\\"}\"],\"next\":8,\"last\":true}\n");
  EXPECT_EQ(asked.from, 7U);
  EXPECT_EQ(asked.since_ms, 6'000);
  EXPECT_EQ(asked.until_ms, 9'000);
  EXPECT_EQ(asked.account, "111122223333");
  const http::Response damaged = Call("/audit/read", R"({"from":13})");
  EXPECT_EQ(damaged.status, 500);
  EXPECT_EQ(damaged.body, "{\"error\":\"13.log is damaged\"}\n");
}

TEST_F(AdminApiTest, ReportsWhoCanReachATable) {
  const http::Response report = Call("/access/report", R"({"table":"Music"})");
  EXPECT_EQ(report.status, 200);
  EXPECT_EQ(report.body, "{\"public\":false}\n");
  EXPECT_EQ(Call("/access/report", R"({"table":"Books"})").status, 404);
  EXPECT_EQ(Call("/access/report", R"({"table":3})").status, 404);
  EXPECT_EQ(Call("/access/report", "{}").status, 404);
}

TEST_F(AdminApiTest, ServesItsOwnerAndRootOnly) {
  EXPECT_EQ(Call("/account/list", "{}", 0).status, 200);
  EXPECT_EQ(Call("/account/list", "{}", kOwner + 1).status, 403);
  EXPECT_EQ(Call("/account/list", "{}", std::nullopt).status, 403);
}

TEST_F(AdminApiTest, RefusesLargeBodiesUnread) {
  http::RequestHead head;
  head.content_length = kAdminBodyBytesMax + 1;
  NoRelief relief;
  EXPECT_TRUE(std::holds_alternative<http::Response>(api_->Admit(head, relief)));
  head.content_length = 2;
  EXPECT_TRUE(std::holds_alternative<std::unique_ptr<http::Ticket>>(api_->Admit(head, relief)));
}

TEST(AdminClient, ReadsAnAnswer) {
  const auto answer = ParseAdminResponse("HTTP/1.1 409 Conflict\r\nDate: x\r\ncontent-length: 2\r\n\r\n{}");
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->status, 409);
  EXPECT_EQ(answer->body, "{}");
}

TEST(AdminClient, RefusesWhatIsNoWholeAnswer) {
  for (const char* text :
       {"", "HTTP/1.1 200 OK", "HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 2x0 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n{}", "SSH-2.0\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", "HTTP/1.1 \r\nContent-Length: 0\r\n\r\n"}) {
    EXPECT_FALSE(ParseAdminResponse(text).ok()) << text;
  }
}

TEST(AdminClient, SaysWhenNoServerAnswers) {
  for (const std::string& path : {std::string("/tmp/basalt-no-such-socket"), "/tmp/" + std::string(200, 'x'),
                                  "/nonexistent/" + std::string(120, 'd') + "/admin.sock"}) {
    const auto answer = CallAdminApi(path, "/account/list", "{}");
    ASSERT_FALSE(answer.ok());
    EXPECT_NE(answer.error().text.find("; "), std::string::npos);
  }
}

}  // namespace
}  // namespace basalt::main
