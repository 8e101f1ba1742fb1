// Published<T>: an immutable value that one writer replaces and many threads read. Each reading thread keeps a
// Subscriber, which takes a lock only after the value was replaced; reading otherwise costs one relaxed load.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>

#include "base/mutex.h"

namespace basalt {

template <class T>
class Published {
 public:
  explicit Published(std::shared_ptr<const T> value) : value_(std::move(value)) {}

  void Publish(std::shared_ptr<const T> value) {
    {
      MutexLock lock(mutex_);
      value_.swap(value);
      version_.fetch_add(1, std::memory_order_release);
    }
  }
  std::shared_ptr<const T> Load() const {
    MutexLock lock(mutex_);
    return value_;
  }
  uint64_t version() const { return version_.load(std::memory_order_acquire); }

 private:
  mutable Mutex mutex_;
  std::shared_ptr<const T> value_ GUARDED_BY(mutex_);
  std::atomic<uint64_t> version_{1};
};

// For one thread; the Published value must outlive it.
template <class T>
class Subscriber {
 public:
  explicit Subscriber(const Published<T>& published) : published_(published) {}

  // Valid until the next call.
  const T& Get() {
    const uint64_t version = published_.version();
    if (version != seen_version_) {
      value_ = published_.Load();  // at least as new as `version`
      seen_version_ = version;
    }
    return *value_;
  }
  uint64_t seen_version() const { return seen_version_; }

 private:
  const Published<T>& published_;
  std::shared_ptr<const T> value_;
  uint64_t seen_version_ = 0;
};

}  // namespace basalt
