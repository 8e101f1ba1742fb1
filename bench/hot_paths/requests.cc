// Whole requests in one process. A connection's part is done here as http/connection.cc does it; below the handler
// nothing is other than in a server but the log's sync, which may be held back so that a group of writes is always
// formed of the same requests.
#include <algorithm>
#include <future>
#include <string>
#include <utility>

#include "base/await.h"
#include "base/check.h"
#include "engine/rocks/faulty_file_system.h"
#include "engine/rocks/rocks_engine.h"
#include "hot_paths/hot_path.h"
#include "http/request_parser.h"
#include "http/response_head.h"
#include "json/writer.h"
#include "load/requests.h"
#include "os/clock.h"
#include "server/in_process_server.h"

namespace basalt::bench {
namespace {

constexpr int64_t kNowMs = 1'795'335'300'000;  // what the clock says throughout
constexpr std::string_view kHttpDate = "Sun, 22 Nov 2026 08:15:00 GMT";
constexpr std::string_view kAccount = "111111111111";
constexpr uint64_t kTables = 4;
constexpr uint64_t kItems = 800;      // of a table, that are read and written
constexpr uint64_t kMoreItems = 400;  // put behind them, so that the first memtable (1 MiB) becomes a table file

class NoRelief final : public http::Relief {
 public:
  bool EndSlowest() override { return false; }
};

// One request at a time; for its loop alone.
class Connection {
 public:
  explicit Connection(http::Handler& handler) : handler_(handler) {}

  // `answered` is called on the loop once the answer's bytes are there.
  void Send(const std::string& request, UniqueFunction<void()> answered) {
    answered_ = std::move(answered);
    BASALT_CHECK(parser_.Parse(request) == http::Progress::kComplete);
    request_.head = parser_.HeadAt(request.data());
    request_.body = std::string_view(request).substr(parser_.head_size_bytes());
    request_.peer = &peer_;
    request_.relief = &relief_;
    auto admitted = handler_.Admit(request_.head, relief_);
    ticket_ = std::move(std::get<std::unique_ptr<http::Ticket>>(admitted));
    BASALT_CHECK(ticket_->Hold(request.size()));
    handler_.Handle(request_, [this](http::Response response) { Answer(std::move(response)); });
  }

 private:
  void Answer(http::Response response) {
    BASALT_CHECK(response.status == 200);
    out_.clear();
    http::AppendResponseHead(out_, response, kHttpDate, true);
    out_.append(response.body);
    ticket_.reset();
    parser_.Reset();
    std::exchange(answered_, nullptr)();
  }

  http::Handler& handler_;
  const http::PeerAddress peer_;
  NoRelief relief_;
  http::RequestParser parser_ = http::RequestParser(size_t{32} << 10, 128);
  http::Request request_;
  std::unique_ptr<http::Ticket> ticket_;
  std::string out_;
  UniqueFunction<void()> answered_;
};

// A server with tables of items, its files and whoever speaks to it. Where a partition's items lie is another matter of
// chance in each table, and what it costs to find them too; over several tables the chances even out.
class Bed {
 public:
  enum class Policy : uint8_t {
    kNone,
    kOnEveryTable,  // that lets an account read it
  };

  Bed(const std::string& directory, size_t item_cache_bytes, size_t write_buffer_bytes, Policy policy = Policy::kNone)
      : policy_(policy),
        files_(os::RealFileSystem()),
        clock_(kNowMs),
        server_(OptionsFor(directory, item_cache_bytes, write_buffer_bytes)) {
    auto issued = Await<identity::IssuedKey>(
        [&](auto done) { server_.directory().CreateAccount(std::string(kAccount), server_.loop(), std::move(done)); });
    target_.port = 8'000;
    target_.access_key_id = issued->access_key_id;
    target_.secret = issued->secret.view();
    target_.amz_date = os::FormatBasicIso8601(kNowMs);
    target_.items = kItems;
    for (size_t i = 0; i < kAtOnce; ++i) {
      connections_.push_back(std::make_unique<Connection>(server_.handler()));
    }
    for (uint64_t table = 0; table < kTables; ++table) {
      Fill(TargetOf(table));
    }
  }

  // kItems requests to each table, `run_length` of them in a row to one.
  std::vector<std::string> Make(Operation operation, uint64_t run_length = 1) {
    std::vector<std::vector<std::string>> made;
    for (uint64_t table = 0; table < kTables; ++table) {
      made.push_back(MakeRequests(TargetOf(table), operation, kItems));
    }
    std::vector<std::string> requests;
    for (uint64_t i = 0; i < kItems * kTables; ++i) {
      const uint64_t run = i / run_length;
      requests.push_back(std::move(made[run % kTables][run / kTables * run_length + i % run_length]));
    }
    return requests;
  }

  // One request under way.
  void OneByOne(const std::vector<std::string>& requests, uint64_t count) {
    std::promise<void> finished;
    Turn turn{*connections_.front(), requests, count, finished};
    server_.loop().Post([&turn] { turn.Next(); });
    finished.get_future().wait();
  }

  // Bursts of kAtOnce writes: one that goes to the disk, where it waits until the others stand in the group behind it.
  void InBursts(const std::vector<std::string>& requests, uint64_t count) {
    BASALT_CHECK(count % kAtOnce == 0);
    for (uint64_t first = 0; first < count; first += kAtOnce) {
      std::promise<void> all_stand;
      std::promise<void> finished;
      size_t left = kAtOnce;
      const auto send = [&](uint64_t number) {
        connections_[number]->Send(requests[(first + number) % requests.size()], [&] {
          if (--left == 0) {
            finished.set_value();
          }
        });
      };
      files_.HoldLogSyncs();
      server_.loop().Post([&] { send(0); });
      files_.AwaitHeldLogSync();
      server_.loop().Post([&] {
        for (uint64_t number = 1; number < kAtOnce; ++number) {
          send(number);
        }
        all_stand.set_value();
      });
      all_stand.get_future().wait();
      files_.ReleaseLogSyncs();
      finished.get_future().wait();
    }
  }

  static constexpr uint64_t kAtOnce = 32;

 private:
  Target TargetOf(uint64_t table) const {
    Target target = target_;
    target.table += std::to_string(table);
    return target;
  }

  void Fill(Target target) {
    OneByOne({MakeRequest(target, "CreateTable", CreateTableBody(target))}, 1);
    AwaitActive(target);
    if (policy_ == Policy::kOnEveryTable) {
      OneByOne({MakeRequest(target, "PutResourcePolicy", PutPolicyBody(target))}, 1);
    }
    for (const auto& [first, count] : {std::pair{uint64_t{0}, kItems}, std::pair{kItems, kMoreItems}}) {
      target.first_item = first;
      target.items = count;
      const uint64_t batches = count / kItemsOfBatch;
      OneByOne(MakeRequests(target, Operation::kBatchWriteItem, batches), batches);
    }
  }

  // Sends the next request whenever one is answered, without a deeper stack if that was at once.
  struct Turn {
    Connection& connection;
    const std::vector<std::string>& requests;
    uint64_t left;
    std::promise<void>& finished;
    uint64_t sent = 0;
    bool looping = false;
    bool answered = false;

    void Next() {
      looping = true;
      do {
        if (left-- == 0) {
          finished.set_value();  // the turn is gone
          return;
        }
        answered = false;
        connection.Send(requests[sent++ % requests.size()], [this] {
          answered = true;
          if (!looping) {
            Next();
          }
        });
      } while (answered);
      looping = false;
    }
  };

  server::InProcessOptions OptionsFor(const std::string& directory, size_t item_cache_bytes,
                                      size_t write_buffer_bytes) {
    engine::RocksOptions rocks;
    rocks.files = &files_;
    rocks.clock = &clock_;
    rocks.root = directory;
    rocks.write_buffer_budget_bytes = write_buffer_bytes;
    rocks.read_threads = 1;
    rocks.commit_threads = 1;
    rocks.control_threads = 1;
    server::RequestPathSettings settings;
    settings.item_cache_bytes = item_cache_bytes;
    return {.mode = operations::Mode::kServe,
            .engine = engine::NewRocksEngine(rocks),
            .settings = settings,
            .clock = clock_};
  }

  static std::string PutPolicyBody(const Target& target) {
    const std::string arn = "arn:aws:dynamodb:us-east-1:" + std::string(kAccount) + ":table/" + target.table;
    std::string body = R"({"ResourceArn":")" + arn + R"(","Policy":)";
    json::AppendString(
        body, R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":")" + std::string(kAccount) +
                  R"("},"Action":["dynamodb:GetItem","dynamodb:Query","dynamodb:Scan"],"Resource":")" + arn + R"("}})");
    return body + "}";
  }

  void AwaitActive(const Target& target) {
    server::Sending with;
    with.access_key_id = target.access_key_id;
    with.secret = target.secret;
    while (server_.Send("DynamoDB_20120810.DescribeTable", DescribeTableBody(target), with)
               .body.find(R"("TableStatus":"ACTIVE")") == std::string::npos) {
    }
  }

  Policy policy_;
  engine::rocks::FaultyFileSystem files_;
  os::ManualClock clock_;
  server::InProcessServer server_;
  Target target_;
  std::vector<std::unique_ptr<Connection>> connections_;
};

constexpr int kLoop = 1;
constexpr int kLoopAndCommitter = 2;

HotPath OneByOne(std::string name, int threads, uint64_t operations, const std::shared_ptr<Bed>& bed,
                 Operation operation) {
  return {std::move(name), operations, operations, threads,
          [bed, requests = bed->Make(operation)](uint64_t count) { bed->OneByOne(requests, count); }};
}

}  // namespace

std::vector<HotPath> Requests(const std::string& directory) {
  // Memtables of 1 MiB: what is read lies in a table file, of which the block cache holds all.
  constexpr size_t kSmallMemtables = size_t{4} << 20;
  const auto reads = std::make_shared<Bed>(os::JoinPath(directory, "reads"), size_t{64} << 20, kSmallMemtables);
  const auto guarded = std::make_shared<Bed>(os::JoinPath(directory, "guarded"), size_t{64} << 20, kSmallMemtables,
                                             Bed::Policy::kOnEveryTable);
  const auto forgetful = std::make_shared<Bed>(os::JoinPath(directory, "forgetful"), size_t{32} << 10, kSmallMemtables);
  // Memtables that are never full: when one is flushed, and what of it is counted, would be a matter of chance.
  const auto writes = std::make_shared<Bed>(os::JoinPath(directory, "writes"), size_t{64} << 20, size_t{256} << 20);
  std::vector<HotPath> paths;
  paths.push_back(
      OneByOne("GetItem of 1 KiB, remembered by its loop", kLoop, kItems * kTables, reads, Operation::kGetItem));
  paths.push_back(OneByOne("GetItem of 1 KiB, remembered, of a table with a policy", kLoop, kItems * kTables, guarded,
                           Operation::kGetItem));
  paths.push_back(
      OneByOne("GetItem of 1 KiB, from the engine's cache", kLoop, kItems * kTables, forgetful, Operation::kGetItem));
  paths.push_back(OneByOne("Query of 10 items of 1 KiB", kLoop, 400, reads, Operation::kQuery));
  paths.push_back(OneByOne("BatchGetItem of 25 items of 1 KiB", kLoop, 100, reads, Operation::kBatchGetItem));
  paths.push_back(OneByOne("PutItem of 1 KiB, alone", kLoopAndCommitter, 500, writes, Operation::kPutItem));
  paths.push_back({"PutItem of 1 KiB, one of 32 at once", 10 * Bed::kAtOnce, 20 * Bed::kAtOnce, kLoopAndCommitter,
                   [writes, requests = writes->Make(Operation::kPutItem, Bed::kAtOnce)](uint64_t count) {
                     writes->InBursts(requests, count);
                   }});
  paths.push_back(OneByOne("UpdateItem, a condition and ADD", kLoopAndCommitter, 500, writes, Operation::kUpdateItem));
  paths.push_back(
      OneByOne("BatchWriteItem of 25 items of 1 KiB", kLoopAndCommitter, 40, writes, Operation::kBatchWriteItem));
  paths.push_back(OneByOne("TransactWriteItems of 4 items of 1 KiB", kLoopAndCommitter, 200, writes,
                           Operation::kTransactWriteItems));
  return paths;
}

}  // namespace basalt::bench
