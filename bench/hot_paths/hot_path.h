// A hot path: something that is done for requests all the time and whose instructions are counted, one operation after
// another on inputs that do not change from run to run.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace basalt::bench {

struct HotPath {
  std::string name;         // of its line in bench/instructions.json
  uint64_t warm_up = 0;     // operations before the counted ones
  uint64_t operations = 0;  // counted
  int threads = 1;          // that work for it
  std::function<void(uint64_t operations)> run;
};

// Parts of a request's way, each alone, on the calling thread; files lie in `directory`.
std::vector<HotPath> Pieces(const std::string& directory);

// Whole requests, from the bytes a connection receives to the bytes it sends, without the sockets: one loop, the rocks
// engine with its files in `directory`, signatures verified. The servers live as long as the paths.
std::vector<HotPath> Requests(const std::string& directory);

}  // namespace basalt::bench
