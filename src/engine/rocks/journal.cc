#include "engine/rocks/journal.h"

#include <algorithm>
#include <utility>

#include "base/await.h"

namespace basalt::engine::rocks {
namespace {

constexpr uint16_t kRecordSpace = 1;

Key RecordKey(const std::string& id) { return {kRecordSpace, id}; }

Error Unavailable() { return {Reason::kUnavailable, "the journal of transactions is not open"}; }

// Runs what it is given at once: for waiting on a pool's thread.
class AtOnce final : public Executor {
 public:
  void Post(UniqueFunction<void()> task) override { task(); }
};

}  // namespace

std::shared_ptr<Keyspace> Journal::keyspace() const {
  MutexLock lock(mutex_);
  return keyspace_;
}

Status Journal::Load(std::shared_ptr<Keyspace> keyspace,
                     const std::function<Result<bool>(const std::string&)>& exists) {
  AtOnce here;
  Transactions found;
  std::vector<std::string> finished;
  Range range{.space = kRecordSpace};
  bool more = true;
  while (more) {
    TRY_ASSIGN(Page page, Await<Page>([&](auto done) {
                 keyspace->Scan(range, Direction::kForward, {}, Consistency::kStrong, here, std::move(done));
               }));
    for (const Entry& entry : page.entries) {
      TRY_ASSIGN(const std::vector<JournalPart> parts, DecodeJournalRecord(entry.value));
      Transaction& transaction = found[entry.key];
      transaction.written = true;
      for (const JournalPart& part : parts) {
        TRY_ASSIGN(const bool is_there, exists(part.keyspace));
        if (is_there) {
          transaction.outstanding.push_back(part.keyspace);
        }
      }
      if (transaction.outstanding.empty()) {
        finished.push_back(entry.key);
      }
    }
    more = page.more;
    if (more) {
      range.begin = page.entries.back().key + '\0';
    }
  }
  MutexLock lock(mutex_);
  keyspace_ = std::move(keyspace);
  transactions_ = std::move(found);
  finished_ = std::move(finished);
  return {};
}

void Journal::Begin(const std::string& id, const std::vector<std::string>& keyspaces,
                    UniqueFunction<void()> forgotten) {
  MutexLock lock(mutex_);
  Transaction& transaction = transactions_[id];
  transaction.outstanding = keyspaces;
  transaction.forgotten = std::move(forgotten);
}

void Journal::Write(const std::string& id, const std::vector<JournalPart>& parts, Executor& home, Done<Outcome> done) {
  std::shared_ptr<Keyspace> keyspace;
  std::vector<std::string> finished;
  {
    MutexLock lock(mutex_);
    keyspace = keyspace_;
    if (keyspace != nullptr) {
      finished.swap(finished_);
    }
  }
  if (keyspace == nullptr) {
    return home.Post([done = std::move(done)]() mutable { done(Unavailable()); });
  }
  Plan plan;
  plan.puts.push_back({RecordKey(id), EncodeJournalRecord(parts)});
  for (const std::string& other : finished) {
    plan.deletes.push_back(RecordKey(other));
  }
  Keyspace& used = *keyspace;
  used.Transact(
      {}, [plan = std::move(plan)](Values) { return plan; }, home,
      [this, id, keyspace = std::move(keyspace), finished = std::move(finished),
       done = std::move(done)](Result<Outcome> outcome) mutable {
        {
          MutexLock lock(mutex_);
          const auto written = transactions_.find(id);
          if (written != transactions_.end()) {
            written->second.written = true;
          }
          if (!outcome.ok()) {  // their records may be there still
            finished_.insert(finished_.end(), finished.begin(), finished.end());
          }
        }
        if (outcome.ok()) {
          Forget(finished);
        }
        done(std::move(outcome));
      });
}

void Journal::Forget(const std::vector<std::string>& ids) {
  std::vector<UniqueFunction<void()>> forgotten;
  {
    MutexLock lock(mutex_);
    for (const std::string& id : ids) {
      auto transaction = transactions_.extract(id);
      if (!transaction.empty() && transaction.mapped().forgotten) {
        forgotten.push_back(std::move(transaction.mapped().forgotten));
      }
    }
  }
  for (auto& then : forgotten) {
    then();
  }
}

void Journal::Abandon(const std::string& id) {
  MutexLock lock(mutex_);
  transactions_.erase(id);
}

void Journal::PartDone(Transactions::iterator transaction, const std::string& keyspace) {
  std::vector<std::string>& outstanding = transaction->second.outstanding;
  if (std::erase(outstanding, keyspace) > 0 && outstanding.empty()) {
    finished_.push_back(transaction->first);
  }
}

void Journal::PartDone(const std::string& id, const std::string& keyspace) {
  MutexLock lock(mutex_);
  const auto found = transactions_.find(id);
  if (found != transactions_.end()) {
    PartDone(found, keyspace);
  }
}

void Journal::Dropped(const std::string& keyspace) {
  MutexLock lock(mutex_);
  for (auto at = transactions_.begin(); at != transactions_.end(); ++at) {
    PartDone(at, keyspace);
  }
}

std::vector<std::string> Journal::OutstandingFor(const std::string& keyspace) const {
  std::vector<std::string> ids;
  MutexLock lock(mutex_);
  for (const auto& [id, transaction] : transactions_) {
    const auto& outstanding = transaction.outstanding;
    if (std::find(outstanding.begin(), outstanding.end(), keyspace) != outstanding.end()) {
      ids.push_back(id);
    }
  }
  return ids;
}

Result<Journal::Part> Journal::ReadPart(const std::string& id, const std::string& keyspace) const {
  Part part;
  std::shared_ptr<Keyspace> journal;
  {
    MutexLock lock(mutex_);
    const auto found = transactions_.find(id);
    // Looked at before the record is read: what is written after that is somebody's who knows that he has to come back.
    part.is_final = found == transactions_.end() || found->second.written;
    journal = keyspace_;
  }
  if (journal == nullptr) {
    return Unavailable();
  }
  AtOnce here;
  TRY_ASSIGN(const std::vector<std::optional<std::string>> values,
             Await<std::vector<std::optional<std::string>>>(
                 [&](auto done) { journal->Get({RecordKey(id)}, Consistency::kStrong, here, std::move(done)); }));
  if (!values[0].has_value()) {
    return part;
  }
  TRY_ASSIGN(std::vector<JournalPart> parts, DecodeJournalRecord(*values[0]));
  for (JournalPart& candidate : parts) {
    if (candidate.keyspace == keyspace) {
      part.sealed = std::move(candidate.sealed);
    }
  }
  return part;
}

bool Journal::Knows(const std::string& id) const {
  MutexLock lock(mutex_);
  return transactions_.contains(id);
}

}  // namespace basalt::engine::rocks
