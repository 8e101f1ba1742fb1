// The catalogue: which tables exist, and the way to their open keyspaces. It is the only truth of what exists; the
// record names a directory before that is made, and a table being deleted keeps its record, without its key, until
// the directory is gone, so that a start after a crash finishes both.
//
// Threads: one Catalogue for the process. Changes run one after another on its own thread; readers see immutable
// snapshots. Each loop reads through a LocalTables of its own, which takes no lock unless something changed.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/executor.h"
#include "base/published.h"
#include "base/result.h"
#include "base/secret_bytes.h"
#include "base/thread_pool.h"
#include "base/unique_function.h"
#include "engine/engine.h"
#include "engine/value_cache.h"
#include "os/clock.h"
#include "os/schedule.h"
#include "policy/action.h"
#include "policy/document.h"
#include "table/compiled_policies.h"
#include "table/open_tables.h"
#include "table/quotas.h"
#include "table/table_record.h"
#include "table/table_state.h"
#include "table/throughput.h"

namespace basalt::table {

// Unwraps a record's table key; any thread, may block.
using UnwrapTableKey = std::function<Result<SecretBytes>(const TableRecord&)>;

// One record of an incarnation as all loops share it.
class Table {
 public:
  Table(engine::Engine& engine, std::shared_ptr<const TableRecord> record, const UnwrapTableKey& unwrap,
        os::Clock& clock, const policy::ActionCatalogue* actions = nullptr)
      : engine_(engine),
        record_(std::move(record)),
        unwrap_(unwrap),
        clock_(clock),
        actions_(actions),
        policies_(*record_, actions),
        throughput_(Throughput::Of(*record_, clock)),
        newest_(std::make_shared<Published<TableRecord>>(record_)),
        openings_(std::make_shared<std::atomic<uint64_t>>(0)),
        version_(newest_->version()) {}
  // A newer record of the same incarnation, in force from now on for who holds `former`, too.
  Table(const Table& former, std::shared_ptr<const TableRecord> record)
      : engine_(former.engine_),
        record_(std::move(record)),
        unwrap_(former.unwrap_),
        clock_(former.clock_),
        actions_(former.actions_),
        policies_(former.policies_, former.record(), *record_, actions_),
        throughput_(Throughput::After(former.record(), former.throughput(), *record_, clock_)),
        newest_(former.newest_),
        openings_(former.openings_) {
    newest_->Publish(record_);
    version_ = newest_->version();
  }

  const TableRecord& record() const { return *record_; }
  const std::shared_ptr<const TableRecord>& shared_record() const { return record_; }
  // The policies of the record, compiled; null if the table, or that stream of it, has none.
  const policy::Document* policy() const { return policies_.OfTable(); }
  const policy::Document* StreamPolicy(std::string_view label) const { return policies_.OfStream(label); }
  // What holds calls to the record's units; null if nothing does.
  const Throughput* throughput() const { return throughput_.get(); }
  // The record in force now, for what runs later than it was planned: this one, or a newer one of the incarnation,
  // which `holder` then keeps. Costs one load unless there is a newer one.
  const TableRecord& Current(std::shared_ptr<const TableRecord>& holder) const {
    if (newest_->version() == version_) {
      return *record_;
    }
    holder = newest_->Load();
    return *holder;
  }

  // The open keyspace; opened on first use, shared by those who wait. Completes later, on `home`.
  void Acquire(Executor& home, engine::Done<std::shared_ptr<engine::Keyspace>> done) const;
  // How often that was asked for, of the incarnation: who has let go of the keyspace, and finds the same number, knows
  // that nobody but its holders of then can have written since.
  uint64_t openings() const { return openings_->load(std::memory_order_acquire); }

 private:
  engine::Engine& engine_;
  std::shared_ptr<const TableRecord> record_;
  const UnwrapTableKey& unwrap_;
  os::Clock& clock_;
  const policy::ActionCatalogue* actions_;
  CompiledPolicies policies_;
  std::shared_ptr<const Throughput> throughput_;
  std::shared_ptr<Published<TableRecord>> newest_;   // of the incarnation
  std::shared_ptr<std::atomic<uint64_t>> openings_;  // of the incarnation
  uint64_t version_ = 0;                             // at which newest_ is record_
};

using TableMap = std::map<TableAddress, std::shared_ptr<const Table>, std::less<>>;

// What is kept of tables that are gone: their streams (ArchiveOf), by address and the id of the archive.
using ArchiveMap = std::map<std::pair<TableAddress, std::string>, std::shared_ptr<const Table>>;

// Background work for tables whose records it concerns: told of each of them, and again whenever one changes.
struct TableWatch {
  bool (*concerns)(const TableRecord& record);
  std::function<void(std::shared_ptr<const Table>)> found;
};

// What a record shall be from now on, or why it cannot change. `current` is null if there is no such table. Runs once,
// on the catalogue's thread, with no other change under way.
using RecordChange = UniqueFunction<Result<TableRecord>(const TableRecord* current)>;

struct ChangedRecord {
  std::shared_ptr<const TableRecord> before;
  std::shared_ptr<const TableRecord> after;  // the same one if nothing changed
};

struct CatalogueSettings {
  Quotas quotas = {};
  StateDelays delays = {};
  OpenTablesLimits open = {};
  const policy::ActionCatalogue* actions = nullptr;  // that policies speak of; outlives the catalogue
};

class Catalogue {
 public:
  // Opens (or, in an empty data directory, creates) the catalogue keyspace, reads every record and finishes what a
  // crash interrupted. Blocks; call it before serving. `system_key` opens the keyspace. `engine` and `clock`, which
  // measures the settings' delays and fills up tables' units, outlive it and its tables.
  static Result<std::unique_ptr<Catalogue>> Open(engine::Engine& engine, engine::KeySource system_key,
                                                 UnwrapTableKey unwrap, CatalogueSettings settings = {},
                                                 os::Clock& clock = os::SystemClock());
  ~Catalogue();  // finishes the change under way; what waits for a delay is left to the next start

  const Published<TableMap>& tables() const { return published_; }
  const Published<ArchiveMap>& archives() const { return archives_; }
  OpenTables& open_tables() { return open_tables_; }
  engine::Engine& engine() { return engine_; }
  const Quotas& quotas() const { return settings_.quotas; }

  // Keyspaces that exist under tables/ without a record: to be moved aside by the caller before serving.
  const std::vector<std::string>& unrecorded_keyspaces() const { return unrecorded_keyspaces_; }

  // Records the table as CREATING (durable when `done` runs, with the record as created) and goes on to make it ACTIVE.
  // kResourceInUse if the name is taken, kLimitExceeded; with the service's texts.
  void Create(TableRecord record, Executor& home, engine::Done<std::shared_ptr<const TableRecord>> done);
  // Changes a table's record as `change` says, and goes on to make a table that it left UPDATING ACTIVE (Settled).
  // Durable when `done` runs, with the record as it was and as it is now. kLimitExceeded if it would pass a quota.
  void Update(TableAddress address, RecordChange change, Executor& home, engine::Done<ChangedRecord> done);
  // From now on the watch is told, on the catalogue's thread; soon of what there is.
  void Watch(TableWatch watch);
  // What streams of the table of that id are from now on, or of the archive of that id: as `change` says, run as a
  // change of its own. `done` runs on the catalogue's thread, unless it goes away before; kNotFound if there is no such
  // table any more.
  using StreamChange = std::function<TableRecord(TableRecord)>;
  void ChangeStreams(TableAddress address, std::string table_id, StreamChange change,
                     engine::Done<std::shared_ptr<const Table>> done);
  // The stream that is DISABLING takes no more writes, and `last` is the newest number of the feed: it is DISABLED
  // after the time that the state lasts.
  void FinishDisabling(TableAddress address, std::string table_id, uint64_t last, int64_t now_ms);
  // The feed of a table that is DELETING is in its archive, or there is nothing in it (`is_empty`); `last` is its
  // newest number. Records what is kept, and goes on to destroy the table.
  void FinishArchive(TableAddress address, std::string table_id, uint64_t last, bool is_empty, int64_t now_ms,
                     engine::Done<void> done);
  // `work` is done in that space: an index whose entries are all made becomes ACTIVE, a dropped space is forgotten.
  // `done` runs on the catalogue's thread, unless it goes away before: ok also if there is no such work, or no such
  // incarnation, any more.
  void FinishEntryWork(TableAddress address, std::string table_id, uint16_t space, EntryWork work,
                       engine::Done<void> done);
  // Records the table as DELETING (durable when `done` runs) and goes on to destroy it. Its key is gone then, unless it
  // has streams, which are to be kept in `archive`: then it goes when they are there.
  // kResourceNotFound, kResourceInUse, kValidation (deletion protection) with the service's texts.
  void Delete(TableAddress address, Executor& home, engine::Done<std::shared_ptr<const TableRecord>> done,
              std::optional<FeedArchive> archive = std::nullopt);

 private:
  Catalogue(engine::Engine& engine, UnwrapTableKey unwrap, CatalogueSettings settings, os::Clock& clock);

  Status Load(engine::KeySource system_key);
  Status Write(const TableRecord& record);
  Status WriteArchive(const TableRecord& archive);
  Status Erase(const TableAddress& address);
  Status Commit(engine::Plan plan);
  void PublishArchive(const TableRecord& archive);
  Status LoadArchives(std::map<std::string, bool>& recorded);
  // An archive without streams has nothing to keep.
  Status DropArchive(const TableRecord& archive);
  Result<std::shared_ptr<const Table>> ChangeArchive(const std::pair<TableAddress, std::string>& id,
                                                     const StreamChange& change);
  void Publish(std::shared_ptr<const TableRecord> record);
  void Unpublish(const TableAddress& address);
  void FinishCreate(const TableAddress& address);
  void FinishDelete(const TableAddress& address);
  // Goes on with what a table does now and did not do before; `before` is null after a start.
  void GoOn(const TableRecord* before, const TableRecord& after);
  // Records and publishes what the table is once something it did is over.
  Status Settle(const TableAddress& address, const std::function<TableRecord(TableRecord)>& settled);
  // Runs `finish` as a change of its own, `delay_ms` from now.
  void FinishLater(int64_t delay_ms, UniqueFunction<void()> finish);
  QuotaUse UseBy(const TableAddress& address) const;  // by its account, in its region

  engine::Engine& engine_;
  UnwrapTableKey unwrap_;
  const CatalogueSettings settings_;
  os::Clock& clock_;
  std::shared_ptr<engine::Keyspace> keyspace_;
  Published<TableMap> published_;
  Published<ArchiveMap> archives_;
  std::vector<std::string> unrecorded_keyspaces_;
  std::vector<TableWatch> watches_;  // the catalogue's thread's
  os::Schedule delays_;
  OpenTables open_tables_;
  ThreadPool completions_;  // where the engine answers the thread below, which waits
  ThreadPool changes_;      // last, so that it is joined before what its tasks use is gone
};

// One loop's way to tables: once a table is open, a request takes no lock and writes to nothing that other loops read.
// Not even a reference count: what an open table's pointers are copied from here is counted for this loop alone.
class LocalTables {
 public:
  // `loop`: whose thread this is for; it lets go there of tables that are to close. `item_cache_bytes`: what this loop
  // may remember of items it has read.
  LocalTables(Catalogue& catalogue, Executor& loop, size_t item_cache_bytes);

  // Null if there is none (or it is another incarnation by now).
  std::shared_ptr<const Table> Find(const TableAddress& address);
  // The same without sharing it, good until the next call.
  const Table* Look(const TableAddressView& address);
  const TableMap& All() { return tables_.Get(); }
  const ArchiveMap& Archives() { return archives_.Get(); }

  // The table's keyspace, at once if this loop has it, else null: then use Acquire, whose answer is kept. The
  // reference is good until the next call.
  const std::shared_ptr<engine::Keyspace>& FindOpen(const Table& table);
  void Acquire(std::shared_ptr<const Table> table, Executor& home,
               engine::Done<std::shared_ptr<engine::Keyspace>> done);

  // The stored value of a key, as a strong read would answer it now, if this loop remembers it. Good until the next
  // read.
  std::optional<std::string_view> FindValue(const engine::Keyspace& keyspace, const engine::Key& key) {
    return items_.Find(keyspace.StampOf(key), key);
  }
  // Asks the keyspace for what is not remembered, and remembers what it says. Completes at once if nothing is to be
  // asked.
  void ReadValues(engine::Keyspace& keyspace, std::vector<engine::Key> keys, engine::Consistency consistency,
                  Executor& home, engine::Done<std::vector<std::optional<std::string>>> done);
  // Keyspace::Transact that need not read what is remembered, and remembers what it writes.
  void Transact(engine::Keyspace& keyspace, std::vector<engine::Key> keys, engine::TransactFunction function,
                Executor& home, engine::Done<engine::Outcome> done) {
    keyspace.Transact(std::move(keys), std::move(function), home, std::move(done), &items_);
  }
  // The same over one keyspace or several.
  void TransactAcross(std::vector<engine::KeyspacePart> parts, engine::TransactAcrossFunction function, Executor& home,
                      engine::Done<engine::Outcome> done);

 private:
  void DropStale();
  // Whether this is what the catalogue has now.
  bool IsCurrent(const std::shared_ptr<const Table>& table);

  struct OpenTable {                     // both counted apart from the other loops'
    std::shared_ptr<const Table> table;  // keeps the address of the map's key from being used again
    std::shared_ptr<engine::Keyspace> keyspace;
    std::shared_ptr<TableUse> use;
    int64_t noted_us;  // the last use that `use` was told of
  };

  Subscriber<TableMap> tables_;
  Subscriber<ArchiveMap> archives_;
  engine::Engine& engine_;
  uint64_t open_version_ = 0;
  uint64_t open_archive_version_ = 0;
  OpenTables& all_open_;
  std::unordered_map<const Table*, OpenTable> open_;
  engine::ValueCache items_;
  const std::shared_ptr<void> joined_;  // first to go: nothing is let go of after that
};

}  // namespace basalt::table
