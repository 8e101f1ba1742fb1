// Durable puts with many under way, cached gets and scans, on a real disk in the directory $BASALT_BENCH_DIRECTORY
// (default: a fresh one below the working directory, removed afterwards). CPU a put = process CPU over puts.
#include <benchmark/benchmark.h>
#include <sys/resource.h>

#include <cstdlib>
#include <string>

#include "crypto/random.h"
#include "engine/rocks/rocks_engine.h"
#include "engine/testing.h"

namespace basalt::engine {
namespace {

double ProcessCpuUs() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto us = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_usec);
  };
  return us(usage.ru_utime) + us(usage.ru_stime);
}

struct Bed {
  Bed() {
    const char* const given = std::getenv("BASALT_BENCH_DIRECTORY");  // NOLINT(concurrency-mt-unsafe)
    root = (given == nullptr ? std::string(".") : std::string(given)) + "/rocks_bench_" + crypto::RandomUuid();
    RocksOptions options;
    options.root = root;
    engine = NewRocksEngine(options);
    keyspace = *CreateNow(loop, *engine, "tables/1");
  }
  Bed(const Bed&) = delete;
  Bed& operator=(const Bed&) = delete;
  ~Bed() {
    keyspace.reset();
    engine.reset();
    if (const Status removed = os::RealFileSystem().RemoveTree(root); !removed.ok()) {
      std::fprintf(stderr, "%s\n", removed.error().text.c_str());
    }
  }

  std::string root;
  TestLoop loop;
  std::unique_ptr<Engine> engine;
  std::shared_ptr<Keyspace> keyspace;
};

Key KeyOf(uint64_t number) { return {0, "key" + std::to_string(number * 0x9e3779b97f4a7c15ULL % 100000)}; }

// Keeps `under_way` puts going until `count` are durable; on the loop, like a server.
struct PutRun {
  Bed& bed;
  uint64_t left_to_start;
  uint64_t left_to_finish;
  std::string value;
  std::promise<void> finished = {};

  void StartOne() {
    if (left_to_start == 0) {
      return;
    }
    const Key key = KeyOf(--left_to_start);
    bed.keyspace->Transact(
        {key},
        [this, key](Values) {
          return Plan{.puts = {{key, value}}, .counter_deltas = {{0, 1}}};
        },
        bed.loop,
        [this](const Result<Outcome>& outcome) {
          BASALT_CHECK(outcome.ok());
          StartOne();
          if (--left_to_finish == 0) {
            finished.set_value();
          }
        });
  }
};

void DurablePut(benchmark::State& state) {
  Bed bed;
  constexpr uint64_t kBatch = 20000;
  uint64_t puts = 0;
  const double cpu_before = ProcessCpuUs();
  for (auto _ : state) {
    PutRun run{bed, kBatch, kBatch, std::string(400, 'v')};
    bed.loop.Post([&] {
      for (int64_t i = 0; i < state.range(0); ++i) {
        run.StartOne();
      }
    });
    run.finished.get_future().get();
    puts += kBatch;
  }
  state.SetItemsProcessed(static_cast<int64_t>(puts));
  state.counters["cpu_us_per_put"] = (ProcessCpuUs() - cpu_before) / static_cast<double>(puts);
}
BENCHMARK(DurablePut)->Arg(1)->Arg(32)->Arg(128)->UseRealTime()->Iterations(1);

void Fill(Bed& bed, uint64_t count) {
  PutRun run{bed, count, count, std::string(400, 'v')};
  bed.loop.Post([&] {
    for (int i = 0; i < 512; ++i) {
      run.StartOne();
    }
  });
  run.finished.get_future().get();
}

void GetCached(benchmark::State& state) {
  Bed bed;
  Fill(bed, 50000);
  constexpr uint64_t kBatch = 10000;
  uint64_t next = 0;
  for (auto _ : state) {
    std::promise<void> finished;
    uint64_t left = kBatch;
    bed.loop.Post([&] {
      for (uint64_t i = 0; i < kBatch; ++i) {
        bed.keyspace->Get({KeyOf(next++ % 50000)}, Consistency::kStrong, bed.loop, [&](const auto& values) {
          benchmark::DoNotOptimize(values);
          if (--left == 0) {
            finished.set_value();
          }
        });
      }
    });
    finished.get_future().get();
  }
  state.SetItemsProcessed(static_cast<int64_t>(next));
}
BENCHMARK(GetCached)->UseRealTime();

void ScanMebibyte(benchmark::State& state) {
  Bed bed;
  Fill(bed, 50000);
  int64_t bytes = 0;
  for (auto _ : state) {
    const auto page = ScanNow(bed.loop, *bed.keyspace, {});
    for (const Entry& entry : (*page).entries) {
      bytes += static_cast<int64_t>(entry.key.size() + entry.value.size());
    }
  }
  state.SetBytesProcessed(bytes);
}
BENCHMARK(ScanMebibyte)->UseRealTime();

void OpenAndClose(benchmark::State& state) {
  Bed bed;
  Fill(bed, 1000);
  bed.keyspace.reset();
  const double cpu_before = ProcessCpuUs();
  for (auto _ : state) {
    BASALT_CHECK(CloseNow(bed.loop, *bed.engine, "tables/1").ok());
    BASALT_CHECK(OpenNow(bed.loop, *bed.engine, "tables/1").ok());
  }
  state.counters["cpu_us_per_open"] = (ProcessCpuUs() - cpu_before) / static_cast<double>(state.iterations());
}
BENCHMARK(OpenAndClose)->UseRealTime();

}  // namespace
}  // namespace basalt::engine
