// basalt-hot-paths DIRECTORY: runs every hot path, under callgrind (bench/instructions.mjs starts it so) with one dump
// a path, which holds the instructions of all threads between its warm-up and its end. Prints one line of JSON a path.
// DIRECTORY exists and is empty.
#include <valgrind/callgrind.h>

#include <cstdio>
#include <vector>

#include "hot_paths/hot_path.h"

namespace basalt::bench {
namespace {

constexpr int kUsage = 2;

int Main(int count, char** arguments) {
  if (count != 2) {
    std::fputs("usage: basalt-hot-paths DIRECTORY\n", stderr);
    return kUsage;
  }
  std::vector<HotPath> paths = Pieces(arguments[1]);
  for (HotPath& path : Requests(arguments[1])) {
    paths.push_back(std::move(path));
  }
  CALLGRIND_START_INSTRUMENTATION;
  for (const HotPath& path : paths) {
    path.run(path.warm_up);
    CALLGRIND_ZERO_STATS;
    path.run(path.operations);
    CALLGRIND_DUMP_STATS_AT(path.name.c_str());
    std::printf("{\"name\":\"%s\",\"threads\":%d,\"operations\":%llu}\n", path.name.c_str(), path.threads,
                static_cast<unsigned long long>(path.operations));
  }
  CALLGRIND_STOP_INSTRUMENTATION;
  return 0;
}

}  // namespace
}  // namespace basalt::bench

int main(int argc, char** argv) { return basalt::bench::Main(argc, argv); }
