// When and for what an access key was used last. Written down in memory at most once a minute a key, and forgotten
// when the process ends.
//
// Threads: any.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/mutex.h"

namespace basalt::identity {

class KeyUse {
 public:
  struct Use {
    int64_t at_ms = 0;  // 0: not used
    std::string service;
    std::string region;
  };

  void Note(int64_t now_ms, std::string_view service, std::string_view region) {
    constexpr int64_t kGranularityMs = 60'000;
    const int64_t noted_ms = noted_ms_.load(std::memory_order_relaxed);
    if (now_ms >= noted_ms && now_ms - noted_ms < kGranularityMs) {
      return;
    }
    MutexLock lock(mutex_);
    last_ = {now_ms, std::string(service), std::string(region)};
    noted_ms_.store(now_ms, std::memory_order_relaxed);
  }
  Use Last() const {
    MutexLock lock(mutex_);
    return last_;
  }

 private:
  std::atomic<int64_t> noted_ms_{0};
  mutable Mutex mutex_;
  Use last_ GUARDED_BY(mutex_);
};

}  // namespace basalt::identity
