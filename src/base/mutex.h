// Mutex and MutexLock: the one lock of the house, annotated so that clang's thread-safety analysis checks which
// field needs which lock. Never held across a read, a function of a caller or I/O.
#pragma once

#include <mutex>

#if defined(__clang__)
#define BASALT_THREAD_ANNOTATION(x) __attribute__((x))
#else
#define BASALT_THREAD_ANNOTATION(x)
#endif

#define CAPABILITY(x) BASALT_THREAD_ANNOTATION(capability(x))
#define SCOPED_CAPABILITY BASALT_THREAD_ANNOTATION(scoped_lockable)
#define GUARDED_BY(x) BASALT_THREAD_ANNOTATION(guarded_by(x))
#define REQUIRES(...) BASALT_THREAD_ANNOTATION(requires_capability(__VA_ARGS__))
#define EXCLUDES(...) BASALT_THREAD_ANNOTATION(locks_excluded(__VA_ARGS__))
#define ACQUIRE(...) BASALT_THREAD_ANNOTATION(acquire_capability(__VA_ARGS__))
#define RELEASE(...) BASALT_THREAD_ANNOTATION(release_capability(__VA_ARGS__))
#define NO_THREAD_SAFETY_ANALYSIS BASALT_THREAD_ANNOTATION(no_thread_safety_analysis)

namespace basalt {

class CAPABILITY("mutex") Mutex {
 public:
  Mutex() = default;
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;

  void Lock() ACQUIRE() { mutex_.lock(); }
  void Unlock() RELEASE() { mutex_.unlock(); }

  // The standard's names, so that std::condition_variable_any can wait with one. It unlocks and locks again,
  // which the analysis need not follow.
  void lock() NO_THREAD_SAFETY_ANALYSIS { mutex_.lock(); }      // NOLINT(readability-identifier-naming)
  void unlock() NO_THREAD_SAFETY_ANALYSIS { mutex_.unlock(); }  // NOLINT(readability-identifier-naming)

 private:
  std::mutex mutex_;
};

class SCOPED_CAPABILITY MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) ACQUIRE(mutex) : mutex_(mutex) { mutex_.Lock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;
  ~MutexLock() RELEASE() { mutex_.Unlock(); }

 private:
  Mutex& mutex_;
};

}  // namespace basalt
