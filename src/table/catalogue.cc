// The catalogue's changes, one after another on a thread of its own, and the loops' way to open tables.
#include "table/catalogue.h"

#include <optional>
#include <utility>

#include "base/await.h"
#include "table/resource_policy.h"
#include "table/stream_state.h"
#include "telemetry/log.h"

namespace basalt::table {
namespace {

// Whether a table of this name may be created, given those there are.
Status CheckCreate(const TableMap& tables, const TableAddress& address) {
  const auto found = tables.find(address);
  if (found == tables.end()) {
    return {};
  }
  if (found->second->record().status == TableStatus::kCreating) {
    return CheckChangeable(&found->second->record(), address);
  }
  return Error(Reason::kResourceInUse, "Table already exists: " + address.name);
}

Status CheckDelete(const TableMap& tables, const TableAddress& address, int64_t policy_ms, int64_t now_ms) {
  const auto found = tables.find(address);
  const TableRecord* record = found == tables.end() ? nullptr : &found->second->record();
  TRY(CheckChangeable(record, address));
  TRY(CheckDeletable(*record));
  return CheckPolicySettled(*record, now_ms, policy_ms);
}

using RecordDone = engine::Done<std::shared_ptr<const TableRecord>>;

void AnswerOn(Executor& home, RecordDone done, Result<std::shared_ptr<const TableRecord>> result) {
  home.Post([done = std::move(done), result = std::move(result)]() mutable { done(std::move(result)); });
}

engine::Key ArchiveKey(const TableRecord& archive) {
  return {kArchiveSpace, CatalogueKey(archive.address) + '/' + archive.table_id};  // no table's name holds a slash
}

// The same object, with copies of this pointer counted apart from those of the one given.
template <class T>
std::shared_ptr<T> CountedApart(std::shared_ptr<T> shared) {
  T* const object = shared.get();
  return std::shared_ptr<T>(std::make_shared<std::shared_ptr<T>>(std::move(shared)), object);
}

}  // namespace

void Table::Acquire(Executor& home, engine::Done<std::shared_ptr<engine::Keyspace>> done) const {
  openings_->fetch_add(1, std::memory_order_acq_rel);
  engine_.Open(
      record_->keyspace, [record = record_, &unwrap = unwrap_] { return unwrap(*record); }, home, std::move(done));
}

Catalogue::Catalogue(engine::Engine& engine, UnwrapTableKey unwrap, CatalogueSettings settings, os::Clock& clock)
    : engine_(engine),
      unwrap_(std::move(unwrap)),
      settings_(settings),
      clock_(clock),
      published_(std::make_shared<const TableMap>()),
      archives_(std::make_shared<const ArchiveMap>()),
      delays_(clock),
      open_tables_(settings.open, clock, delays_),
      completions_("catalogue-done", 1),
      changes_("catalogue", 1) {}

// Before the thread to which it hands what is due is gone.
Catalogue::~Catalogue() { delays_.Stop(); }

Result<std::unique_ptr<Catalogue>> Catalogue::Open(engine::Engine& engine, engine::KeySource system_key,
                                                   UnwrapTableKey unwrap, CatalogueSettings settings,
                                                   os::Clock& clock) {
  std::unique_ptr<Catalogue> catalogue(new Catalogue(engine, std::move(unwrap), settings, clock));
  TRY(catalogue->Load(std::move(system_key)));
  return catalogue;
}

Status Catalogue::Load(engine::KeySource system_key) {
  auto keyspace = Await<std::shared_ptr<engine::Keyspace>>(
      [&](auto done) { engine_.Open(kCatalogueKeyspace, system_key, completions_, std::move(done)); });
  if (!keyspace.ok() && keyspace.error().reason == Reason::kNotFound) {
    keyspace = Await<std::shared_ptr<engine::Keyspace>>(
        [&](auto done) { engine_.Create(kCatalogueKeyspace, system_key, completions_, std::move(done)); });
  }
  TRY_ASSIGN(keyspace_, std::move(keyspace));

  auto tables = std::make_shared<TableMap>();
  std::map<std::string, bool> recorded;
  engine::Range range;
  for (bool more = true; more;) {
    TRY_ASSIGN(engine::Page page, Await<engine::Page>([&](auto done) {
                 keyspace_->Scan(range, engine::Direction::kForward, {}, engine::Consistency::kStrong, completions_,
                                 std::move(done));
               }));
    for (const engine::Entry& entry : page.entries) {
      TRY_ASSIGN(TableRecord record, DecodeTableRecord(entry.value));
      recorded[record.keyspace] = true;
      auto shared = std::make_shared<const TableRecord>(std::move(record));
      (*tables)[shared->address] = std::make_shared<const Table>(engine_, shared, unwrap_, clock_, settings_.actions);
    }
    more = page.more && !page.entries.empty();
    if (more) {
      range.begin = page.entries.back().key + '\0';
    }
  }
  for (const auto& [address, table] : *tables) {
    if (table->record().archive) {
      recorded[table->record().archive->keyspace] = true;
    }
  }
  published_.Publish(tables);
  TRY(LoadArchives(recorded));

  TRY_ASSIGN(std::vector<std::string> existing, Await<std::vector<std::string>>([&](auto done) {
               engine_.List("tables/", completions_, std::move(done));
             }));
  for (std::string& name : existing) {
    if (!recorded.contains(name)) {
      unrecorded_keyspaces_.push_back(std::move(name));
    }
  }
  for (const auto& [address, table] : *tables) {
    if (table->record().status == TableStatus::kCreating) {
      FinishLater(0, [this, of = address] { FinishCreate(of); });
    } else if (table->record().status == TableStatus::kDeleting && !table->record().archive) {
      FinishLater(0, [this, of = address] { FinishDelete(of); });
    } else {
      GoOn(nullptr, table->record());
    }
  }
  return {};
}

Status Catalogue::LoadArchives(std::map<std::string, bool>& recorded) {
  auto archives = std::make_shared<ArchiveMap>();
  engine::Range range{.space = kArchiveSpace};
  for (bool more = true; more;) {
    TRY_ASSIGN(engine::Page page, Await<engine::Page>([&](auto done) {
                 keyspace_->Scan(range, engine::Direction::kForward, {}, engine::Consistency::kStrong, completions_,
                                 std::move(done));
               }));
    for (const engine::Entry& entry : page.entries) {
      TRY_ASSIGN(TableRecord record, DecodeTableRecord(entry.value));
      recorded[record.keyspace] = true;
      auto shared = std::make_shared<const TableRecord>(std::move(record));
      if (shared->streams.empty()) {
        changes_.Post([this, shared] { static_cast<void>(DropArchive(*shared)); });  // a start was cut short before
        continue;
      }
      (*archives)[{shared->address, shared->table_id}] =
          std::make_shared<const Table>(engine_, shared, unwrap_, clock_, settings_.actions);
    }
    more = page.more && !page.entries.empty();
    if (more) {
      range.begin = page.entries.back().key + '\0';
    }
  }
  archives_.Publish(std::move(archives));
  return {};
}

Status Catalogue::Commit(engine::Plan plan) {
  std::vector<engine::Key> keys = plan.deletes;
  for (const engine::PutEntry& put : plan.puts) {
    keys.push_back(put.key);
  }
  TRY(Await<engine::Outcome>([&](auto done) {
    keyspace_->Transact(
        keys, [&](engine::Values) -> std::variant<engine::Plan, engine::Reject> { return plan; }, completions_,
        std::move(done));
  }));
  return {};
}

Status Catalogue::Write(const TableRecord& record) {
  return Commit({.puts = {{engine::Key{kTableSpace, CatalogueKey(record.address)}, EncodeTableRecord(record)}}});
}

Status Catalogue::WriteArchive(const TableRecord& archive) {
  return Commit({.puts = {{ArchiveKey(archive), EncodeTableRecord(archive)}}});
}

Status Catalogue::Erase(const TableAddress& address) {
  return Commit({.deletes = {engine::Key{kTableSpace, CatalogueKey(address)}}});
}

void Catalogue::Publish(std::shared_ptr<const TableRecord> record) {
  auto tables = std::make_shared<TableMap>(*published_.Load());
  std::shared_ptr<const Table>& table = (*tables)[record->address];
  table = table != nullptr && table->record().table_id == record->table_id
              ? std::make_shared<const Table>(*table, std::move(record))
              : std::make_shared<const Table>(engine_, std::move(record), unwrap_, clock_, settings_.actions);
  const std::shared_ptr<const Table> published = table;
  published_.Publish(std::move(tables));
  for (const TableWatch& watch : watches_) {
    if (watch.concerns(published->record())) {
      watch.found(published);
    }
  }
}

void Catalogue::PublishArchive(const TableRecord& archive) {
  auto archives = std::make_shared<ArchiveMap>(*archives_.Load());
  auto shared = std::make_shared<const TableRecord>(archive);
  std::shared_ptr<const Table>& table = (*archives)[{archive.address, archive.table_id}];
  table = table != nullptr
              ? std::make_shared<const Table>(*table, std::move(shared))
              : std::make_shared<const Table>(engine_, std::move(shared), unwrap_, clock_, settings_.actions);
  const std::shared_ptr<const Table> published = table;
  archives_.Publish(std::move(archives));
  for (const TableWatch& watch : watches_) {
    if (watch.concerns(archive)) {
      watch.found(published);
    }
  }
}

void Catalogue::Unpublish(const TableAddress& address) {
  auto tables = std::make_shared<TableMap>(*published_.Load());
  tables->erase(address);
  published_.Publish(std::move(tables));
}

// The checks run twice: at once, so that a table under way is reported as such and not waited for, and in its turn.

void Catalogue::Create(TableRecord record, Executor& home, engine::Done<std::shared_ptr<const TableRecord>> done) {
  if (Status allowed = CheckCreate(*published_.Load(), record.address); !allowed.ok()) {
    return AnswerOn(home, std::move(done), allowed.TakeError());
  }
  changes_.Post([this, record = std::move(record), &home, done = std::move(done)]() mutable {
    if (Status allowed = CheckCreate(*published_.Load(), record.address); !allowed.ok()) {
      return AnswerOn(home, std::move(done), allowed.TakeError());
    }
    record.status = TableStatus::kCreating;
    if (Status within = CheckQuotas(settings_.quotas, UseBy(record.address), nullptr, record); !within.ok()) {
      return AnswerOn(home, std::move(done), within.TakeError());
    }
    auto shared = std::make_shared<const TableRecord>(std::move(record));
    if (Status written = Write(*shared); !written.ok()) {
      return AnswerOn(home, std::move(done), written.TakeError());
    }
    Publish(shared);
    FinishLater(settings_.delays.creating_ms, [this, address = shared->address] { FinishCreate(address); });
    AnswerOn(home, std::move(done), std::move(shared));
  });
}

void Catalogue::FinishLater(int64_t delay_ms, UniqueFunction<void()> finish) {
  if (delay_ms == 0) {
    return changes_.Post(std::move(finish));
  }
  delays_.After(delay_ms, [this, finish = std::move(finish)]() mutable { changes_.Post(std::move(finish)); });
}

void Catalogue::GoOn(const TableRecord* before, const TableRecord& after) {
  const StateDelays delays = before == nullptr ? StateDelays() : settings_.delays;
  const auto settle_later = [this, &after](int64_t delay_ms, std::function<TableRecord(TableRecord)> settled) {
    FinishLater(delay_ms, [this, address = after.address, settled = std::move(settled)] {
      // What cannot be recorded stays as it is, and in use; the next start tries again.
      static_cast<void>(Settle(address, settled));
    });
  };
  // A table may be UPDATING for no reason known here: that is over at once.
  const bool for_no_reason = after.status == TableStatus::kUpdating && StatusOf(after) == TableStatus::kActive;
  const bool begins = for_no_reason || (after.pending && (before == nullptr || !before->pending));
  if (begins) {
    settle_later(UpdatingDelayMs(delays, after), Settled);
  }
  const StreamRecord* const stream = TogglingStream(after);
  if (stream != nullptr && stream->status == StreamStatus::kEnabling &&
      (before == nullptr || TogglingStream(*before) == nullptr)) {
    settle_later(delays.stream_ms, [](TableRecord record) {
      record = StreamEnabled(std::move(record));
      record.status = StatusOf(record);
      return record;
    });
  }
  // The switch of a billing mode takes its indexes with it.
  const bool switches = begins && after.pending && after.pending->work == TableWork::kBillingMode;
  for (const IndexRecord& index : after.indexes) {
    const IndexRecord* const known = before == nullptr ? nullptr : before->FindIndex(index.name);
    const bool passed_before = known != nullptr && IsPassing(*known);
    if (IsPassing(index) && !passed_before && !(switches && index.pending)) {
      settle_later(PassingDelayMs(delays, index),
                   [space = index.space](TableRecord record) { return SettledIndex(std::move(record), space); });
    }
  }
}

QuotaUse Catalogue::UseBy(const TableAddress& address) const {
  const std::shared_ptr<const TableMap> tables = published_.Load();
  QuotaUse use;
  for (auto at = tables->lower_bound({address.account, address.region, ""});
       at != tables->end() && at->first.account == address.account && at->first.region == address.region; ++at) {
    use.Add(at->second->record());
  }
  return use;
}

void Catalogue::FinishCreate(const TableAddress& address) {
  const std::shared_ptr<const TableMap> tables = published_.Load();
  const auto found = tables->find(address);
  if (found == tables->end() || found->second->record().status != TableStatus::kCreating) {
    return;
  }
  const std::shared_ptr<const TableRecord>& record = found->second->shared_record();
  const engine::KeySource key = [this, record] { return unwrap_(*record); };
  // A directory left by a start that was cut short was never used: nothing was acknowledged before ACTIVE.
  Status dropped = Await<void>([&](auto done) { engine_.Drop(record->keyspace, completions_, std::move(done)); });
  auto created = dropped.ok() ? Await<std::shared_ptr<engine::Keyspace>>([&](auto done) {
    engine_.Create(record->keyspace, key, completions_, std::move(done));
  })
                              : Result<std::shared_ptr<engine::Keyspace>>(dropped.TakeError());
  TableRecord active = Created(*record);
  Status written = created.ok() ? Write(active) : Status(created.TakeError());
  if (!written.ok()) {
    // It stays CREATING; the next start tries again.
    telemetry::Log(telemetry::Level::kError, "a table could not be created",
                   {{"table", record->table_id}, {"error", written.error().text}});
    return;
  }
  Publish(std::make_shared<const TableRecord>(std::move(active)));
}

void Catalogue::Update(TableAddress address, RecordChange change, Executor& home, engine::Done<ChangedRecord> done) {
  changes_.Post([this, address = std::move(address), change = std::move(change), &home,
                 done = std::move(done)]() mutable {
    const auto answer = [&](Result<ChangedRecord> result) {
      home.Post([done = std::move(done), result = std::move(result)]() mutable { done(std::move(result)); });
    };
    const std::shared_ptr<const TableMap> tables = published_.Load();
    const auto found = tables->find(address);
    const std::shared_ptr<const TableRecord> before = found == tables->end() ? nullptr : found->second->shared_record();
    Result<TableRecord> changed = change(before.get());
    if (!changed.ok()) {
      return answer(changed.TakeError());
    }
    BASALT_CHECK(before != nullptr && changed->address == address && changed->table_id == before->table_id);
    if (*changed == *before) {
      return answer(ChangedRecord{before, before});
    }
    if (Status within = CheckQuotas(settings_.quotas, UseBy(address), before.get(), *changed); !within.ok()) {
      return answer(within.TakeError());
    }
    auto after = std::make_shared<const TableRecord>(*std::move(changed));
    if (Status written = Write(*after); !written.ok()) {
      return answer(written.TakeError());
    }
    Publish(after);
    GoOn(before.get(), *after);
    answer(ChangedRecord{before, std::move(after)});
  });
}

Status Catalogue::Settle(const TableAddress& address, const std::function<TableRecord(TableRecord)>& settled) {
  const std::shared_ptr<const TableMap> tables = published_.Load();
  const auto found = tables->find(address);
  if (found == tables->end()) {
    return {};
  }
  const TableRecord& record = found->second->record();
  if (record.status != TableStatus::kUpdating && record.status != TableStatus::kActive) {
    return {};
  }
  TableRecord next = settled(record);
  if (next == record) {
    return {};
  }
  if (Status written = Write(next); !written.ok()) {
    telemetry::Log(telemetry::Level::kError, "a table's update could not be finished",
                   {{"table", next.table_id}, {"error", written.error().text}});
    return written;
  }
  Publish(std::make_shared<const TableRecord>(std::move(next)));
  return {};
}

void Catalogue::Watch(TableWatch watch) {
  changes_.Post([this, watch = std::move(watch)]() mutable {
    watches_.push_back(std::move(watch));
    const TableWatch& added = watches_.back();
    const auto tell = [&added](const auto& tables) {
      for (const auto& [id, table] : tables) {
        if (added.concerns(table->record())) {
          added.found(table);
        }
      }
    };
    tell(*published_.Load());
    tell(*archives_.Load());
  });
}

void Catalogue::ChangeStreams(TableAddress address, std::string table_id, StreamChange change,
                              engine::Done<std::shared_ptr<const Table>> done) {
  changes_.Post([this, address = std::move(address), table_id = std::move(table_id), change = std::move(change),
                 done = std::move(done)]() mutable {
    const std::shared_ptr<const TableMap> tables = published_.Load();
    const auto found = tables->find(address);
    if (found == tables->end() || found->second->record().table_id != table_id) {
      return done(ChangeArchive({address, table_id}, change));
    }
    if (Status settled = Settle(address, change); !settled.ok()) {
      return done(settled.TakeError());
    }
    done(published_.Load()->find(address)->second);
  });
}

void Catalogue::FinishDisabling(TableAddress address, std::string table_id, uint64_t last, int64_t now_ms) {
  FinishLater(settings_.delays.stream_ms,
              [this, address = std::move(address), table_id = std::move(table_id), last, now_ms] {
                // What cannot be recorded stays DISABLING, and is found again.
                static_cast<void>(Settle(address, [&](TableRecord record) {
                  if (record.table_id != table_id) {
                    return record;
                  }
                  record = StreamDisabled(std::move(record), last, now_ms);
                  record.status = StatusOf(record);
                  return record;
                }));
              });
}

Result<std::shared_ptr<const Table>> Catalogue::ChangeArchive(const std::pair<TableAddress, std::string>& id,
                                                              const StreamChange& change) {
  const auto gone = [] { return Error(Reason::kNotFound, "there is no such table any more"); };
  const std::shared_ptr<const ArchiveMap> archives = archives_.Load();
  const auto found = archives->find(id);
  if (found == archives->end()) {
    return gone();
  }
  const TableRecord& before = found->second->record();
  TableRecord after = change(before);
  if (after == before) {
    return found->second;
  }
  const bool is_over = after.streams.empty();
  if (is_over) {
    after.wrapped_table_key.clear();
  }
  TRY(WriteArchive(after));
  if (!is_over) {
    PublishArchive(after);
    return archives_.Load()->find(id)->second;
  }
  auto others = std::make_shared<ArchiveMap>(*archives);
  others->erase(id);
  archives_.Publish(std::move(others));
  TRY(DropArchive(after));
  return gone();
}

Status Catalogue::DropArchive(const TableRecord& archive) {
  if (!archive.keyspace.empty()) {
    TRY(Await<void>([&](auto done) { engine_.Drop(archive.keyspace, completions_, std::move(done)); }));
  }
  return Commit({.deletes = {ArchiveKey(archive)}});
}

void Catalogue::FinishArchive(TableAddress address, std::string table_id, uint64_t last, bool is_empty, int64_t now_ms,
                              engine::Done<void> done) {
  changes_.Post([this, address = std::move(address), table_id = std::move(table_id), last, is_empty, now_ms,
                 done = std::move(done)]() mutable {
    const std::shared_ptr<const TableMap> tables = published_.Load();
    const auto found = tables->find(address);
    if (found == tables->end() || found->second->record().table_id != table_id || !found->second->record().archive) {
      return done({});
    }
    TableRecord record = found->second->record();
    TableRecord archive = ArchiveOf(record, last, now_ms);
    if (is_empty) {
      archive.keyspace.clear();
    }
    record.wrapped_table_key.clear();
    record.streams.clear();
    record.archive.reset();
    Status written = Commit({.puts = {{engine::Key{kTableSpace, CatalogueKey(address)}, EncodeTableRecord(record)},
                                      {ArchiveKey(archive), EncodeTableRecord(archive)}}});
    if (!written.ok()) {
      return done(std::move(written));
    }
    PublishArchive(archive);  // first, so that a stream is always in one of the two
    Publish(std::make_shared<const TableRecord>(std::move(record)));
    FinishLater(settings_.delays.deleting_ms, [this, address] { FinishDelete(address); });
    done({});
  });
}

void Catalogue::FinishEntryWork(TableAddress address, std::string table_id, uint16_t space, EntryWork work,
                                engine::Done<void> done) {
  FinishLater(work == EntryWork::kMake ? settings_.delays.index_backfilling_ms : 0,
              [this, address = std::move(address), table_id = std::move(table_id), space, work,
               done = std::move(done)]() mutable {
                done(Settle(address, [&](TableRecord record) {
                  return record.table_id == table_id ? WithoutEntryWork(std::move(record), space, work) : record;
                }));
              });
}

void Catalogue::Delete(TableAddress address, Executor& home, engine::Done<std::shared_ptr<const TableRecord>> done,
                       std::optional<FeedArchive> archive) {
  const auto check = [this, address](const TableMap& tables) {
    return CheckDelete(tables, address, settings_.delays.policy_ms, clock_.WallMs());
  };
  if (Status allowed = check(*published_.Load()); !allowed.ok()) {
    return AnswerOn(home, std::move(done), allowed.TakeError());
  }
  changes_.Post([this, check, address = std::move(address), &home, done = std::move(done),
                 archive = std::move(archive)]() mutable {
    const std::shared_ptr<const TableMap> tables = published_.Load();
    if (Status allowed = check(*tables); !allowed.ok()) {
      return AnswerOn(home, std::move(done), allowed.TakeError());
    }
    TableRecord record = tables->find(address)->second->record();
    record.status = TableStatus::kDeleting;
    if (archive && !record.streams.empty()) {
      record.archive = std::move(archive);
      record = StreamDisabling(std::move(record));
    } else {
      record.wrapped_table_key.clear();
      record.streams.clear();
    }
    auto shared = std::make_shared<const TableRecord>(std::move(record));
    if (Status written = Write(*shared); !written.ok()) {
      return AnswerOn(home, std::move(done), written.TakeError());
    }
    Publish(shared);
    if (!shared->archive) {
      FinishLater(settings_.delays.deleting_ms, [this, address = shared->address] { FinishDelete(address); });
    }
    AnswerOn(home, std::move(done), std::move(shared));
  });
}

void Catalogue::FinishDelete(const TableAddress& address) {
  const std::shared_ptr<const TableMap> tables = published_.Load();
  const auto found = tables->find(address);
  if (found == tables->end() || found->second->record().status != TableStatus::kDeleting) {
    return;
  }
  const TableRecord& record = found->second->record();
  Status dropped = Await<void>([&](auto done) { engine_.Drop(record.keyspace, completions_, std::move(done)); });
  Status erased = dropped.ok() ? Erase(address) : Status(dropped.TakeError());
  if (!erased.ok()) {
    // It stays DELETING, without a key; the next start tries again.
    telemetry::Log(telemetry::Level::kError, "a table could not be destroyed",
                   {{"table", record.table_id}, {"error", erased.error().text}});
    return;
  }
  Unpublish(address);
}

LocalTables::LocalTables(Catalogue& catalogue, Executor& loop, size_t item_cache_bytes)
    : tables_(catalogue.tables()),
      archives_(catalogue.archives()),
      engine_(catalogue.engine()),
      all_open_(catalogue.open_tables()),
      items_(item_cache_bytes),
      joined_(all_open_.Join(
          loop, [this] { std::erase_if(open_, [](const auto& open) { return open.second.use->unwanted(); }); })) {}

std::shared_ptr<const Table> LocalTables::Find(const TableAddress& address) {
  const TableMap& tables = tables_.Get();
  const auto found = tables.find(address);
  if (found == tables.end()) {
    return nullptr;
  }
  const auto open = open_.find(found->second.get());
  return open == open_.end() ? found->second : open->second.table;
}

const Table* LocalTables::Look(const TableAddressView& address) {
  const TableMap& tables = tables_.Get();
  const auto found = tables.find(address);
  return found == tables.end() ? nullptr : found->second.get();
}

bool LocalTables::IsCurrent(const std::shared_ptr<const Table>& table) {
  const TableMap& tables = tables_.Get();
  if (const auto found = tables.find(table->record().address); found != tables.end() && found->second == table) {
    return true;
  }
  const ArchiveMap& archives = archives_.Get();
  if (archives.empty()) {
    return false;
  }
  const auto kept = archives.find({table->record().address, table->record().table_id});
  return kept != archives.end() && kept->second == table;
}

void LocalTables::DropStale() {
  tables_.Get();
  archives_.Get();
  if (tables_.seen_version() == open_version_ && archives_.seen_version() == open_archive_version_) {
    return;
  }
  open_version_ = tables_.seen_version();
  open_archive_version_ = archives_.seen_version();
  std::erase_if(open_, [this](const auto& open) { return !IsCurrent(open.second.table); });
}

const std::shared_ptr<engine::Keyspace>& LocalTables::FindOpen(const Table& table) {
  static const std::shared_ptr<engine::Keyspace> kNotOpen;
  DropStale();
  const auto found = open_.find(&table);
  if (found == open_.end()) {
    return kNotOpen;
  }
  OpenTable& open = found->second;
  if (const int64_t now_us = all_open_.moment_us(); open.noted_us != now_us) {
    open.noted_us = now_us;
    open.use->NoteUse(now_us);
  }
  return open.keyspace;
}

void LocalTables::Acquire(std::shared_ptr<const Table> table, Executor& home,
                          engine::Done<std::shared_ptr<engine::Keyspace>> done) {
  const Table& opened = *table;
  opened.Acquire(home, [this, table = std::move(table),
                        done = std::move(done)](Result<std::shared_ptr<engine::Keyspace>> keyspace) mutable {
    if (keyspace.ok()) {
      DropStale();
      if (IsCurrent(table)) {
        open_[table.get()] =
            OpenTable{CountedApart(table), CountedApart(*keyspace), all_open_.Hold(table->record().keyspace), 0};
      }
    }
    done(std::move(keyspace));
  });
}

void LocalTables::ReadValues(engine::Keyspace& keyspace, std::vector<engine::Key> keys, engine::Consistency consistency,
                             Executor& home, engine::Done<std::vector<std::optional<std::string>>> done) {
  std::vector<std::optional<std::string>> values(keys.size());
  std::vector<size_t> asked;  // places of the values that this loop does not remember
  std::vector<engine::Key> asked_keys;
  std::vector<engine::ValueStamp> stamps;
  const auto ask = [&](size_t i, const engine::ValueStamp& stamp) {
    asked.push_back(i);
    asked_keys.push_back(keys[i]);
    stamps.push_back(stamp);
  };
  for (size_t i = 0; i < keys.size(); ++i) {
    const engine::ValueStamp stamp = keyspace.StampOf(keys[i]);
    if (const std::optional<std::string_view> known = items_.Find(stamp, keys[i])) {
      values[i] = std::string(*known);
    } else {
      ask(i, stamp);
    }
  }
  if (consistency == engine::Consistency::kTransactional && !asked.empty() && asked.size() < keys.size()) {
    // What is remembered was true before what is asked now will be: all of them at one time, or none.
    asked.clear();
    asked_keys.clear();
    stamps.clear();
    for (size_t i = 0; i < keys.size(); ++i) {
      ask(i, keyspace.StampOf(keys[i]));
    }
  }
  if (asked.empty()) {
    return done(std::move(values));
  }
  keyspace.Get(
      std::move(asked_keys), consistency, home,
      [this, keys = std::move(keys), asked = std::move(asked), stamps = std::move(stamps), values = std::move(values),
       done = std::move(done)](Result<std::vector<std::optional<std::string>>> read) mutable {
        if (!read.ok()) {
          return done(read.TakeError());
        }
        for (size_t i = 0; i < asked.size(); ++i) {
          std::optional<std::string>& value = (*read)[i];
          if (value) {
            items_.Insert(stamps[i], keys[asked[i]], *value);
          }
          values[asked[i]] = std::move(value);
        }
        done(std::move(values));
      });
}

void LocalTables::TransactAcross(std::vector<engine::KeyspacePart> parts, engine::TransactAcrossFunction function,
                                 Executor& home, engine::Done<engine::Outcome> done) {
  if (parts.size() > 1) {
    return engine_.TransactAcross(std::move(parts), std::move(function), home, std::move(done), &items_);
  }
  engine::Keyspace& keyspace = *parts.front().keyspace;
  Transact(
      keyspace, std::move(parts.front().keys),
      [function = std::move(function)](engine::Values values) mutable -> std::variant<engine::Plan, engine::Reject> {
        std::variant<std::vector<engine::Plan>, engine::Reject> decision = function({&values, 1});
        auto* const plans = std::get_if<std::vector<engine::Plan>>(&decision);
        if (plans == nullptr) {
          return engine::Reject{};
        }
        return std::move(plans->front());
      },
      home,
      [held = std::move(parts.front().keyspace), done = std::move(done)](Result<engine::Outcome> outcome) mutable {
        done(std::move(outcome));
      });
}

}  // namespace basalt::table
