// Log: the audit log while a server runs. Records are appended by any loop and written by one thread, many at a time;
// whoever appended is told when they stand in the file, where they survive the end of the process, or when they are
// durable. The log is made of files of bounded size (log_files.h), of which the oldest go when records have been kept
// for long enough or all together take too much room.
//
// What cannot be written is not tried again: it is lost, and whoever appended it learns so. After a failure a file is
// never continued; the chain goes on in the next one from the last record that can be read.
//
// Threads: any; Open and destruction block. Calls of `done` run on the executor that was given.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "audit/log_files.h"
#include "audit/log_reader.h"
#include "base/executor.h"
#include "base/mutex.h"
#include "base/unique_function.h"
#include "os/clock.h"
#include "sealed/sealed_file.h"

namespace basalt::audit {

inline constexpr uint64_t kLogBytesMin = uint64_t{1} << 20;

struct LogOptions {
  int64_t retention_ms = 90 * os::kMsPerDay;
  uint64_t bytes_max = uint64_t{10} << 30;  // at least kLogBytesMin
};

enum class Durability : uint8_t {
  kWritten,  // with the operating system
  kSynced,
};

class Log {
 public:
  // The directory is made if it is absent. kCorruption if the end of the log is not what it should be, naming the file.
  // References outlive the log.
  static Result<std::unique_ptr<Log>> Open(os::FileSystem& files, const std::string& directory, const SecretBytes& key,
                                           const LogOptions& options, os::Clock& clock);
  ~Log();  // writes what was appended; executors must still run
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  using Done = UniqueFunction<void(Status)>;
  // Entries of one call stand behind each other.
  void Append(std::vector<Entry> entries, Durability durability, Executor& home, Done done) EXCLUDES(mutex_);

  // False while nothing can be written, as far as is known.
  bool is_writable() const { return is_writable_.load(std::memory_order_relaxed); }

  // Ends the file under way if it is old, and removes files whose records are. `done` runs on the log's thread; not
  // at all if the log goes away before.
  void RunRetention(Done done) EXCLUDES(mutex_);

  // Leaves out what has been kept for long enough, whether or not its file is gone. Blocks.
  Result<Page> Read(PageQuery query) const;

 private:
  struct Waiting {
    std::vector<Entry> entries;
    Durability durability;
    Executor* home;
    Done done;
  };

  Log(LogFiles log, const LogOptions& options, os::Clock& clock);

  Status Recover();
  Status RemoveLeftovers() const;
  void Run() EXCLUDES(mutex_);
  void WriteBatch(std::vector<Waiting> batch);
  Status Write(const std::vector<Waiting>& batch);
  Status PrepareFile();
  Status FinishFile();
  Status MakeWhole();
  Status Trim();
  uint64_t TotalBytes() const;
  void Close();

  const LogFiles log_;
  const LogOptions options_;
  os::Clock& clock_;
  std::atomic<bool> is_writable_{true};

  // Of the writing thread.
  FileList list_;
  std::vector<uint64_t> sizes_;  // of the listed files, on disk
  Place end_;                    // behind the last record
  int64_t file_opened_ms_ = 0;
  std::unique_ptr<sealed::SealedWriter> writer_;  // null: the next record begins a file
  bool is_whole_ = true;                          // without a writer: whether the last file was finished
  bool needs_recovery_ = false;
  int64_t retry_at_ms_ = 0;
  uint64_t lost_in_a_row_ = 0;

  Mutex mutex_;
  std::condition_variable_any wake_;
  std::vector<Waiting> waiting_ GUARDED_BY(mutex_);
  std::vector<Done> retentions_ GUARDED_BY(mutex_);
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace basalt::audit
