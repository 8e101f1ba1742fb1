// The journal of transactions over several keyspaces: a keyspace with a record for each of them, written before any
// part of it, and what is known of how far each has got.
//
// A transaction's life: Begin, so that whoever opens one of its keyspaces asks for its part; Write, after whose success
// it is committed whatever happens; PartDone for each keyspace in which its part and its marker are durable. A record
// whose parts are all done goes with the next one that is written, and after it the markers.
//
// A keyspace that is opened applies every part that is outstanding for it and whose marker it lacks. By the marker and
// never by the value: what a later write made of it may be durable already.
//
// Threads: any; only ReadPart and Load may wait for the disk. Without a journal keyspace nothing can be written and
// nothing is outstanding.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/executor.h"
#include "base/mutex.h"
#include "engine/engine.h"
#include "engine/rocks/journal_record.h"

namespace basalt::engine::rocks {

class Journal {
 public:
  Journal() = default;
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  // Uses `keyspace` from now on. Once, before transactions. `exists` says whether there is still a keyspace of that
  // name: the parts of dropped ones are done.
  Status Load(std::shared_ptr<Keyspace> keyspace, const std::function<Result<bool>(const std::string&)>& exists);
  std::shared_ptr<Keyspace> keyspace() const;

  // `forgotten` runs once the transaction's record is gone for good, so that its markers may go.
  void Begin(const std::string& id, const std::vector<std::string>& keyspaces, UniqueFunction<void()> forgotten);
  // Makes the record durable. Any error but kUnknownOutcome: it was not and will not be written.
  void Write(const std::string& id, const std::vector<JournalPart>& parts, Executor& home, Done<Outcome> done);
  // Nothing was written, and nobody was told to ask.
  void Abandon(const std::string& id);
  void PartDone(const std::string& id, const std::string& keyspace);
  // Of a keyspace that is gone: every part.
  void Dropped(const std::string& keyspace);

  // Transactions whose parts `keyspace` may lack.
  std::vector<std::string> OutstandingFor(const std::string& keyspace) const;
  // The sealed part. kUnavailable as long as nobody can know.
  struct Part {
    std::optional<std::string> sealed;  // nullopt: there is no record
    bool is_final = false;              // there will be none either
  };
  Result<Part> ReadPart(const std::string& id, const std::string& keyspace) const;
  // Whether a marker may still be needed.
  bool Knows(const std::string& id) const;

 private:
  struct Transaction {
    std::vector<std::string> outstanding;  // names of keyspaces
    bool written = false;                  // or never will be: nothing is under way any more
    UniqueFunction<void()> forgotten;
  };
  using Transactions = std::map<std::string, Transaction>;

  void PartDone(Transactions::iterator transaction, const std::string& keyspace) REQUIRES(mutex_);
  void Forget(const std::vector<std::string>& ids);

  mutable Mutex mutex_;
  std::shared_ptr<Keyspace> keyspace_ GUARDED_BY(mutex_);
  Transactions transactions_ GUARDED_BY(mutex_);          // whose record may exist
  std::vector<std::string> finished_ GUARDED_BY(mutex_);  // of these, whose record is needed no more
};

}  // namespace basalt::engine::rocks
