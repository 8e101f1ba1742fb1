// The thread that writes the audit log.
#include "audit/log.h"

#include <pthread.h>

#include <algorithm>
#include <map>
#include <utility>

#include "telemetry/counters.h"
#include "telemetry/log.h"

namespace basalt::audit {
namespace {

constexpr uint64_t kFileBytesMax = uint64_t{16} << 20;
constexpr uint64_t kFilesOfLog = 16;  // a smaller log has smaller files
constexpr int64_t kFileAgeMsMax = os::kMsPerDay;
constexpr int64_t kRetryMs = 1'000;  // between two attempts to go on after a failure

uint64_t FileBytesMax(const LogOptions& options) { return std::min(kFileBytesMax, options.bytes_max / kFilesOfLog); }

int64_t FileAgeMax(const LogOptions& options) { return std::min(kFileAgeMsMax, options.retention_ms); }

Status CopyOf(const Status& status) {
  return status.ok() ? Status() : Status(Error(status.error().reason, status.error().text));
}

}  // namespace

Result<std::unique_ptr<Log>> Log::Open(os::FileSystem& files, const std::string& directory, const SecretBytes& key,
                                       const LogOptions& options, os::Clock& clock) {
  BASALT_CHECK(options.bytes_max >= kLogBytesMin);
  TRY_ASSIGN(LogFiles log_files, LogFiles::Open(files, directory, key));
  std::unique_ptr<Log> log(new Log(std::move(log_files), options, clock));
  TRY(log->Recover());
  TRY(log->Trim());
  log->thread_ = std::thread([running = log.get()] { running->Run(); });
  pthread_setname_np(log->thread_.native_handle(), "audit");
  return log;
}

Log::Log(LogFiles log, const LogOptions& options, os::Clock& clock)
    : log_(std::move(log)), options_(options), clock_(clock) {}

Log::~Log() {
  if (!thread_.joinable()) {
    return;
  }
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
    wake_.notify_one();
  }
  thread_.join();
}

// Where the log ends, from its files.
Status Log::Recover() {
  writer_.reset();
  TRY_ASSIGN(list_, log_.LoadList());
  TRY(RemoveLeftovers());
  end_ = {};
  sizes_.clear();
  for (const Place& first : list_.files) {
    const Result<uint64_t> size_bytes = log_.files().FileSize(log_.PathOf(first));
    if (!size_bytes.ok() && size_bytes.error().reason == Reason::kNotFound) {
      return Error(Reason::kCorruption, log_.PathOf(first) + " is missing");
    }
    if (!size_bytes.ok()) {
      return Error(size_bytes.error().reason, size_bytes.error().text);
    }
    sizes_.push_back(*size_bytes);
  }
  is_whole_ = list_.end || list_.files.empty();
  if (!list_.files.empty()) {
    const Place& last = list_.files.back();
    TRY_ASSIGN(end_, log_.Walk(last, [](const StoredRecord&) -> Result<bool> { return true; }));
    if (list_.end) {
      TRY(log_.CheckEnd(last, end_, *list_.end));
    }
  } else if (list_.end) {
    end_ = *list_.end;
  }
  needs_recovery_ = false;
  return {};
}

// Files that were being removed, or made.
Status Log::RemoveLeftovers() const {
  TRY_ASSIGN(const std::vector<uint64_t> numbers, log_.ListNumbers());
  for (const uint64_t number : numbers) {
    if (list_.Has(number)) {
      continue;
    }
    Place first;
    first.number = number;
    const bool is_old = !list_.files.empty() && number < list_.files.front().number;
    if (!is_old) {
      TRY_ASSIGN(const bool is_empty, log_.IsEmpty(number));
      if (!is_empty) {
        return Error(Reason::kCorruption, log_.PathOf(first) + " is not on the list of files");
      }
    }
    TRY(log_.files().RemoveFile(log_.PathOf(first)));
  }
  return {};
}

void Log::Append(std::vector<Entry> entries, Durability durability, Executor& home, Done done) {
  const MutexLock lock(mutex_);
  BASALT_CHECK(!stopping_);
  waiting_.push_back({std::move(entries), durability, &home, std::move(done)});
  if (waiting_.size() == 1) {
    wake_.notify_one();
  }
}

void Log::RunRetention(Done done) {
  const MutexLock lock(mutex_);
  retentions_.push_back(std::move(done));
  wake_.notify_one();
}

Result<Page> Log::Read(PageQuery query) const {
  query.since_ms = std::max(query.since_ms, clock_.WallMs() - options_.retention_ms);
  return ReadPage(log_, query);
}

void Log::Run() {
  while (true) {
    std::vector<Waiting> batch;
    std::vector<Done> retentions;
    {
      const MutexLock lock(mutex_);
      while (waiting_.empty() && retentions_.empty() && !stopping_) {
        wake_.wait(mutex_);
      }
      if (waiting_.empty() && stopping_) {
        break;
      }
      batch.swap(waiting_);
      retentions.swap(retentions_);
    }
    if (!batch.empty()) {
      WriteBatch(std::move(batch));
    }
    for (Done& done : retentions) {
      done(Trim());
    }
  }
  Close();
}

void Log::WriteBatch(std::vector<Waiting> batch) {
  static telemetry::Counter& written = telemetry::GetCounter("audit_records_total");
  static telemetry::Counter& lost = telemetry::GetCounter("audit_records_lost_total");
  uint64_t count = 0;
  for (const Waiting& waiting : batch) {
    count += waiting.entries.size();
  }
  const Status status = Write(batch);
  if (status.ok()) {
    written.Add(count);
    if (lost_in_a_row_ > 0) {
      telemetry::Log(telemetry::Level::kWarning, "the audit log is written again",
                     {{"lost", std::to_string(lost_in_a_row_)}});
    }
    lost_in_a_row_ = 0;
  } else {
    lost.Add(count);
    if (lost_in_a_row_ == 0) {
      telemetry::Log(telemetry::Level::kError, "audit records are lost", {{"error", status.error().text}});
    }
    lost_in_a_row_ += count;
    needs_recovery_ = true;
  }
  is_writable_.store(status.ok(), std::memory_order_relaxed);
  // One wake-up a loop.
  std::map<Executor*, std::vector<Done>> by_home;
  for (Waiting& waiting : batch) {
    by_home[waiting.home].push_back(std::move(waiting.done));
  }
  for (auto& [home, calls] : by_home) {
    home->Post([calls = std::move(calls), outcome = CopyOf(status)]() mutable {
      for (Done& done : calls) {
        done(CopyOf(outcome));
      }
    });
  }
}

Status Log::Write(const std::vector<Waiting>& batch) {
  TRY(PrepareFile());
  std::string bytes;
  Place end = end_;
  bool sync = false;
  for (const Waiting& waiting : batch) {
    for (const Entry& entry : waiting.entries) {
      AppendRecord(bytes, end, entry);
    }
    sync = sync || waiting.durability == Durability::kSynced;
  }
  TRY(writer_->Append(bytes));
  end_ = end;
  sizes_.back() += bytes.size();
  if (sync) {
    TRY(writer_->Sync());
  }
  return {};
}

// There is a file that takes another record.
Status Log::PrepareFile() {
  const int64_t now_ms = clock_.MonotonicMs();
  if (needs_recovery_) {
    if (now_ms < retry_at_ms_) {
      return Error(Reason::kIo, "the audit log could not be written a moment ago");
    }
    retry_at_ms_ = now_ms + kRetryMs;
    TRY(Recover());
  }
  if (writer_ != nullptr && sizes_.back() >= FileBytesMax(options_)) {
    TRY(FinishFile());
  }
  if (writer_ != nullptr) {
    return {};
  }
  TRY(MakeWhole());
  Place first = end_;
  first.time_ms = std::max(first.time_ms, int64_t{0});
  FileList next = list_;
  next.end.reset();
  // A file that a crash left without a record is made anew.
  const bool replaces = !next.files.empty() && next.files.back().number == first.number;
  if (replaces) {
    next.files.pop_back();
    sizes_.pop_back();
    list_ = next;
    TRY(log_.StoreList(list_));
  }
  TRY_ASSIGN(auto writer,
             sealed::NewSealedWriter(log_.files(), log_.PathOf(first), sealed::Layout::kFramed, log_.keyring()));
  const std::string head = EncodeFileHead(first);
  TRY(writer->Append(head));
  TRY(writer->Sync());
  TRY(log_.files().SyncDirectory(log_.directory()));
  next.files.push_back(first);
  TRY(log_.StoreList(next));
  list_ = std::move(next);
  sizes_.push_back(head.size());
  writer_ = std::move(writer);
  file_opened_ms_ = clock_.WallMs();
  if (const Status trimmed = Trim(); !trimmed.ok()) {
    telemetry::Log(telemetry::Level::kWarning, "old audit records are not removed", {{"error", trimmed.error().text}});
  }
  return {};
}

// Whole and durable before another one follows.
Status Log::FinishFile() {
  const std::unique_ptr<sealed::SealedWriter> writer = std::move(writer_);
  Status finished = writer->Finish();
  if (finished.ok()) {
    finished = writer->Close();
  }
  is_whole_ = finished.ok();
  needs_recovery_ = !finished.ok();
  return finished;
}

// What says where the last file ended must not be more durable than its records, which a process that was killed, or
// could not write on, has left with the operating system.
Status Log::MakeWhole() {
  if (!is_whole_ && end_.number > list_.files.back().number) {
    TRY(log_.Renew(list_.files.back()));
  }
  is_whole_ = true;
  return {};
}

uint64_t Log::TotalBytes() const {
  uint64_t total = 0;
  for (const uint64_t size_bytes : sizes_) {
    total += size_bytes;
  }
  return total;
}

// Removes the oldest files as long as they have to go. The one that is written stays.
Status Log::Trim() {
  if (needs_recovery_) {
    return {};
  }
  const int64_t now_ms = clock_.WallMs();
  if (writer_ != nullptr && end_.number > list_.files.back().number &&
      now_ms - file_opened_ms_ >= FileAgeMax(options_)) {
    TRY(FinishFile());
  }
  FileList next = list_;
  uint64_t total = TotalBytes();
  std::vector<Place> gone;
  while (!next.files.empty() && (next.files.size() > 1 || writer_ == nullptr)) {
    const Place& behind = next.files.size() > 1 ? next.files[1] : end_;
    const bool is_old = behind.time_ms <= now_ms - options_.retention_ms;
    // The one that is written may grow to its full size.
    const bool is_too_much = total + FileBytesMax(options_) > options_.bytes_max && next.files.size() > 1;
    if (!is_old && !is_too_much) {
      break;
    }
    gone.push_back(next.files.front());
    total -= sizes_[gone.size() - 1];
    next.files.erase(next.files.begin());
  }
  if (gone.empty()) {
    return {};
  }
  if (next.files.empty()) {
    next.end = end_;  // where the chain goes on
  }
  TRY(log_.StoreList(next));
  list_ = std::move(next);
  sizes_.erase(sizes_.begin(), sizes_.begin() + static_cast<std::ptrdiff_t>(gone.size()));
  for (const Place& first : gone) {
    TRY(log_.files().RemoveFile(log_.PathOf(first)));
  }
  return {};
}

// The log's end is written down, so that it cannot be cut.
void Log::Close() {
  const auto close = [this]() -> Status {
    if (writer_ != nullptr) {
      TRY(FinishFile());
    }
    if (list_.end || list_.files.empty()) {
      return {};
    }
    TRY(MakeWhole());
    FileList closed = list_;
    closed.end = end_;
    return log_.StoreList(closed);
  };
  if (needs_recovery_) {
    return;
  }
  if (const Status closed = close(); !closed.ok()) {
    telemetry::Log(telemetry::Level::kWarning, "the audit log could not be closed", {{"error", closed.error().text}});
  }
}

}  // namespace basalt::audit
