// Log lines: form, levels, escaping, a reader that is slow or gone; counters under many threads.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

#include "telemetry/counters.h"
#include "telemetry/log.h"

namespace basalt::telemetry {
namespace {

// Takes the log through a pipe for the life of a test.
class LogPipe {
 public:
  LogPipe() {
    int ends[2] = {-1, -1};
    EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    read_end_ = ends[0];
    write_end_ = ends[1];
    EXPECT_EQ(::fcntl(read_end_, F_SETFL, O_NONBLOCK), 0);
    SetLogDescriptor(write_end_);
  }
  LogPipe(const LogPipe&) = delete;
  LogPipe& operator=(const LogPipe&) = delete;
  ~LogPipe() {
    SetLogDescriptor(STDERR_FILENO);
    ::close(read_end_);
    ::close(write_end_);
  }

  std::string Drain() {
    std::string text;
    char buffer[65536];
    for (ssize_t count = 0; (count = ::read(read_end_, buffer, sizeof(buffer))) > 0;) {
      text.append(buffer, static_cast<size_t>(count));
    }
    return text;
  }

 private:
  int read_end_ = -1;
  int write_end_ = -1;
};

TEST(Log, FormatsFieldsAndQuotesWhatNeedsIt) {
  EXPECT_EQ(FormatLine(Level::kInfo, "table opened", {{"table", "t-1"}, {"ms", "12"}}),
            "info table opened table=t-1 ms=12");
  EXPECT_EQ(FormatLine(Level::kError, "m", {{"a", ""}, {"b", "two words"}, {"c", "x=y"}, {"d", "q\"b\\"}}),
            R"(error m a="" b="two words" c="x=y" d="q\"b\\")");
}

TEST(Log, NoTextCanForgeALine) {
  EXPECT_EQ(FormatLine(Level::kWarning, "a\nerror b", {{"k", "v\r\n\x1b[0m\x7f"}}),
            R"(warning a\x0aerror b k="v\x0d\x0a\x1b[0m\x7f")");
}

TEST(Log, DropsWhatIsBelowTheLevel) {
  LogPipe pipe;
  SetLevel(Level::kWarning);
  EXPECT_FALSE(IsLogged(Level::kInfo));
  Log(Level::kInfo, "quiet");
  Log(Level::kWarning, "loud");
  SetLevel(Level::kInfo);
  Log(Level::kInfo, "now heard");
  Log(Level::kDebug, "not yet");
  const std::string text = pipe.Drain();
  EXPECT_EQ(text.find("quiet"), std::string::npos);
  EXPECT_NE(text.find(" warning loud\n"), std::string::npos) << text;
  EXPECT_NE(text.find(" info now heard\n"), std::string::npos) << text;
  EXPECT_EQ(text.find("not yet"), std::string::npos);
  // 2026-11-22T08:15:00.000Z warning loud
  ASSERT_GT(text.size(), 24U);
  EXPECT_EQ(text[10], 'T');
  EXPECT_EQ(text[23], 'Z');
}

TEST(Log, LosesLinesRatherThanWaitAndSaysHowMany) {
  LogPipe pipe;
  const std::string long_value(1000, 'x');
  constexpr int kLines = 200;  // 200 kB; a pipe takes 64 kB
  for (int i = 0; i < kLines; ++i) {
    Log(Level::kInfo, "filling", {{"value", long_value}});  // a blocking write would hang here
  }
  const std::string taken = pipe.Drain();
  const auto written = std::count(taken.begin(), taken.end(), '\n');
  EXPECT_GT(written, 10);
  EXPECT_LT(written, kLines);
  Log(Level::kInfo, "again");
  EXPECT_NE(pipe.Drain().find("again lost_lines=" + std::to_string(kLines - written) + "\n"), std::string::npos);
  Log(Level::kInfo, "once more");
  EXPECT_EQ(pipe.Drain().find("lost_lines"), std::string::npos);
}

TEST(Log, CutsLongLinesAndKeepsLinesOfThreadsApart) {
  LogPipe pipe;
  Log(Level::kInfo, std::string(10000, 'y'));
  const std::string cut = pipe.Drain();
  EXPECT_EQ(cut.size(), 4096U);
  EXPECT_EQ(cut.back(), '\n');

  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([t] {
      for (int i = 0; i < 20; ++i) {
        Log(Level::kInfo, std::string(100, static_cast<char>('a' + t)));
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  std::string text = pipe.Drain();
  size_t lines = 0;
  for (size_t end = 0; (end = text.find('\n')) != std::string::npos; text.erase(0, end + 1), ++lines) {
    const std::string message = text.substr(0, end).substr(30);
    EXPECT_EQ(message, std::string(100, message[0]));
  }
  EXPECT_EQ(lines, 80U);
}

TEST(Log, OutlivesItsReader) {
  int ends[2] = {-1, -1};
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  ::close(ends[0]);
  SetLogDescriptor(ends[1]);
  Log(Level::kError, "nobody reads this");  // a write would raise SIGPIPE
  SetLogDescriptor(STDERR_FILENO);
  ::close(ends[1]);
}

TEST(Counters, CountFromManyThreadsAndAreListedByName) {
  Counter& counter = GetCounter("test_counted_total");
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([] {
      Counter& same = GetCounter("test_counted_total");
      for (int i = 0; i < 10000; ++i) {
        same.Add();
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(counter.value(), 40000U);
  counter.Add(2);
  EXPECT_EQ(&GetCounter("test_counted_total"), &counter);
  GetCounter("test_another_total{kind=\"a\"}").Add(5);

  const auto readings = ReadCounters();
  EXPECT_TRUE(
      std::is_sorted(readings.begin(), readings.end(), [](const auto& a, const auto& b) { return a.name < b.name; }));
  const auto value_of = [&readings](std::string_view name) {
    const auto found =
        std::find_if(readings.begin(), readings.end(), [name](const auto& reading) { return reading.name == name; });
    return found == readings.end() ? UINT64_MAX : found->value;
  };
  EXPECT_EQ(value_of("test_counted_total"), 40002U);
  EXPECT_EQ(value_of("test_another_total{kind=\"a\"}"), 5U);
}

}  // namespace
}  // namespace basalt::telemetry
