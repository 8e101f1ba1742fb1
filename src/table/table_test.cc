// Records, keys, stored items, single writes and page walks, on the memory engine.
#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "base/await.h"
#include "base/thread_pool.h"
#include "engine/memory/memory_engine.h"
#include "model/item_json.h"
#include "table/capacity.h"
#include "table/catalogue.h"
#include "table/item_key.h"
#include "table/item_read.h"
#include "table/item_write.h"
#include "table/stored_item.h"
#include "table/table_update.h"

namespace basalt::table {
namespace {

TableRecord MusicRecord() {
  TableRecord record;
  record.address = {"111111111111", "us-east-1", "Music"};
  record.table_id = "0e3f2a3c-0000-4000-8000-000000000001";
  record.keyspace = "tables/00000000000000000000000000000001";
  record.wrapped_table_key = std::string("\0\xff wrapped", 9);
  record.created_ms = 1'700'000'000'123;
  record.partition = {"Artist", model::Type::kS};
  record.sort = KeyAttribute{"Track", model::Type::kN};
  record.hash_seed = 0xfedcba9876543210ULL;
  record.read_capacity_units = 5;
  record.write_capacity_units = 6;
  record.table_class = TableClass::kStandardInfrequentAccess;
  record.deletion_protection = true;
  record.tags = {{"cost center", "4\"2"}, {"\u65e5\u672c", ""}};
  return record;
}

model::Item Parse(std::string_view json, Arena& arena) {
  Result<json::Node> node = json::Parse(json, arena);
  EXPECT_TRUE(node.ok());
  Result<model::Item> item = model::ParseItem(*node, arena);
  EXPECT_TRUE(item.ok()) << item.error().text;
  return *item;
}

TEST(TableRecord, ReadsBackWhatWasStored) {
  const TableRecord record = MusicRecord();
  const Result<TableRecord> read = DecodeTableRecord(EncodeTableRecord(record));
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->address, record.address);
  EXPECT_EQ(read->wrapped_table_key, record.wrapped_table_key);
  EXPECT_EQ(read->hash_seed, record.hash_seed);
  EXPECT_EQ(read->sort->name, "Track");
  EXPECT_EQ(read->sort->type, model::Type::kN);
  EXPECT_EQ(read->table_class, TableClass::kStandardInfrequentAccess);
  EXPECT_TRUE(read->deletion_protection);
  EXPECT_EQ(*read, record);
  EXPECT_EQ(read->Arn(), "arn:aws:dynamodb:us-east-1:111111111111:table/Music");
}

TEST(TableRecord, EveryMemberReadsBack) {
  TableRecord record = MusicRecord();
  record.status = TableStatus::kUpdating;
  record.pay_per_request_since_ms = 1;
  record.last_increase_ms = 2;
  record.last_decrease_ms = 3;
  record.decreases = 4;
  record.read_request_units_max = 5;
  record.write_request_units_max = 6;
  record.warm_read_units = 7;
  record.warm_write_units = 8;
  record.table_class_changed_ms = 9;
  record.table_class_changed_before_ms = 10;
  record.deletion_protection_changed_ms = 11;
  for (const TableWork work : {TableWork::kThroughput, TableWork::kBillingMode, TableWork::kTableClass}) {
    record.pending = PendingUpdate{.work = work,
                                   .requested_ms = 12,
                                   .billing_mode = BillingMode::kPayPerRequest,
                                   .read_capacity_units = 13,
                                   .write_capacity_units = 14,
                                   .decreases = 15,
                                   .read_request_units_max = 16,
                                   .write_request_units_max = 17,
                                   .table_class = TableClass::kStandard};
    const Result<TableRecord> read = DecodeTableRecord(EncodeTableRecord(record));
    ASSERT_TRUE(read.ok());
    EXPECT_EQ(*read, record);
  }
}

TEST(TableRecord, IndexesReadBack) {
  TableRecord record = MusicRecord();
  record.indexes = {IndexRecord{.name = "ByYear",
                                .kind = IndexKind::kLocal,
                                .space = 1,
                                .partition = {record.partition},
                                .sort = {{"Year", model::Type::kN}},
                                .projection = ProjectionType::kKeysOnly,
                                .status = IndexStatus::kActive},
                    IndexRecord{.name = "ByGenre",
                                .kind = IndexKind::kGlobal,
                                .space = 3,
                                .partition = {{"Genre", model::Type::kS}, {"Label", model::Type::kB}},
                                .sort = {{"Year", model::Type::kN}, {"Plays", model::Type::kN}},
                                .projection = ProjectionType::kInclude,
                                .projected = {"Title", "Length"},
                                .status = IndexStatus::kCreating,
                                .backfilling = true,
                                .created_ms = 1,
                                .read_capacity_units = 2,
                                .write_capacity_units = 3,
                                .last_increase_ms = 4,
                                .last_decrease_ms = 5,
                                .decreases = 6,
                                .read_request_units_max = 7,
                                .write_request_units_max = 8,
                                .warm_read_units = 9,
                                .warm_write_units = 10,
                                .pending = PendingIndexUpdate{.read_capacity_units = 11,
                                                              .write_capacity_units = 12,
                                                              .decreases = 13,
                                                              .read_request_units_max = 14,
                                                              .write_request_units_max = 15}}};
  record.next_index_space = 4;
  record.dropped_spaces = {2, 0x7ffe};
  const Result<TableRecord> read = DecodeTableRecord(EncodeTableRecord(record));
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(*read, record);
}

// Byte for byte what the first version wrote.
TEST(TableRecord, RecordsOfTheFirstVersionAreRead) {
  const std::string stored =
      "\x01"
      R"({"account":"111111111111","region":"us-east-1","name":"Music",)"
      R"("table_id":"0e3f2a3c-0000-4000-8000-000000000001",)"
      R"("keyspace":"tables/00000000000000000000000000000001","wrapped_table_key":"AP8gd3JhcHBl","status":"ACTIVE",)"
      R"("created_ms":1700000000123,"partition":{"name":"Artist","type":"S"},"sort":{"name":"Track","type":"N"},)"
      R"("hash_seed":-81985529216486896,"pay_per_request":false,"pay_per_request_since_ms":0,"read_capacity_units":5,)"
      R"("write_capacity_units":6,"table_class":"STANDARD_INFREQUENT_ACCESS","deletion_protection":true})";
  const Result<TableRecord> read = DecodeTableRecord(stored);
  ASSERT_TRUE(read.ok());
  TableRecord expected = MusicRecord();
  expected.status = TableStatus::kActive;
  expected.tags.clear();
  EXPECT_EQ(*read, expected);
  EXPECT_EQ(WarmThroughput(*read).read, 5);
  EXPECT_EQ(WarmThroughput(*read).write, 6);
}

TEST(TableRecord, ABrokenMemberIsRefused) {
  const std::string stored = EncodeTableRecord(MusicRecord());
  const std::string open = stored.substr(0, stored.size() - 1);
  ASSERT_TRUE(DecodeTableRecord(open + "}").ok());
  for (const std::string member :
       {R"("decreases":"4")", R"("warm_read_units":4.5)", R"("read_request_units_max":{})", R"("pending":[])",
        R"("pending":{"work":"NOTHING"})", R"("pending":{"work":"THROUGHPUT","requested_ms":1})"}) {
    EXPECT_FALSE(DecodeTableRecord(open + "," + member + "}").ok()) << member;
  }
}

TEST(TableRecord, OneFromBeforeThereWereTagsHasNone) {
  TableRecord record = MusicRecord();
  std::string stored = EncodeTableRecord(record);
  const size_t at = stored.find(",\"tags\":");
  ASSERT_NE(at, std::string::npos);
  stored.replace(at, std::string::npos, "}");
  const Result<TableRecord> read = DecodeTableRecord(stored);
  ASSERT_TRUE(read.ok());
  record.tags.clear();
  EXPECT_EQ(*read, record);
  EXPECT_EQ(EncodeTableRecord(record), stored);
  for (const std::string tags : {"[]", "\"a\"", "{\"a\":1}", "{\"a\":\"b\",\"c\":null}"}) {
    EXPECT_FALSE(DecodeTableRecord(stored.substr(0, stored.size() - 1) + ",\"tags\":" + tags + "}").ok()) << tags;
  }
}

TEST(TableRecord, AnyCutOfItIsRefused) {
  const std::string stored = EncodeTableRecord(MusicRecord());
  for (size_t size = 0; size < stored.size(); ++size) {
    EXPECT_FALSE(DecodeTableRecord(std::string_view(stored).substr(0, size)).ok());
  }
  std::string other_version = stored;
  other_version[0] = 2;
  EXPECT_FALSE(DecodeTableRecord(other_version).ok());
}

TEST(CatalogueKey, TablesOfOneAccountLieTogetherInOrderOfTheirNames) {
  const std::string a = CatalogueKey({"111111111111", "us-east-1", "aaa"});
  const std::string b = CatalogueKey({"111111111111", "us-east-1", "bbb"});
  const std::string other = CatalogueKey({"111111111111", "eu-west-1", "aab"});
  EXPECT_LT(a, b);
  EXPECT_FALSE(a < other && other < b);
}

TEST(ItemKey, DefectsAreWordedByWhereTheKeyStands) {
  const TableRecord record = MusicRecord();
  Arena arena;
  const auto text = [&](std::string_view json, KeyPosition position) {
    Result<std::string> key = KeyOf(record, Parse(json, arena), position);
    return key.ok() ? std::string("ok") : key.error().text;
  };
  EXPECT_EQ(text(R"({"Artist":{"S":"a"},"Track":{"N":"1"},"x":{"S":"y"}})", KeyPosition::kItem), "ok");
  EXPECT_EQ(text(R"({"Track":{"N":"1"}})", KeyPosition::kItem),
            "One or more parameter values were invalid: Missing the key Artist in the item");
  EXPECT_EQ(text(R"({"Artist":{"S":"a"},"Track":{"S":"1"}})", KeyPosition::kItem),
            "One or more parameter values were invalid: Type mismatch for key Track expected: N actual: S");
  EXPECT_EQ(text(R"({"Artist":{"S":"a"},"Track":{"N":"1"},"x":{"S":"y"}})", KeyPosition::kKey),
            "The provided key element does not match the schema");
  EXPECT_EQ(text(R"({"Artist":{"S":"a"},"Track":{"L":[]}})", KeyPosition::kKey),
            "The provided key element does not match the schema");
  EXPECT_EQ(text(R"({"Artist":{"S":""},"Track":{"N":"1"}})", KeyPosition::kKey),
            "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an "
            "empty string value. Key: Artist");
  const std::string long_key = R"({"Artist":{"S":")" + std::string(2049, 'x') + R"("},"Track":{"N":"1"}})";
  EXPECT_EQ(text(long_key, KeyPosition::kItem),
            "One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit of2048 "
            "bytes");
}

TEST(StoredItem, ReadsBackAndRefusesUnknownFormats) {
  Arena arena;
  const model::Item item = Parse(R"({"b":{"N":"10"},"a":{"S":"x"}})", arena);
  std::string stored = EncodeStoredItem(item);
  const Result<StoredItem> read = DecodeStoredItem(stored);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->body_json, R"({"a":{"S":"x"},"b":{"N":"10"}})");
  EXPECT_EQ(read->size_bytes, model::SizeBytes(item));
  stored[0] = 9;
  EXPECT_FALSE(DecodeStoredItem(stored).ok());
  EXPECT_FALSE(DecodeStoredItem("").ok());
  EXPECT_FALSE(DecodeStoredItem(std::string_view("\x01\x01 cut", 6)).ok());
}

TEST(StoredItem, AStampIsSteppedOver) {
  Arena arena;
  std::string stored = EncodeStoredItem(Parse(R"({"a":{"S":"x"}})", arena));
  stored[1] = 1;
  stored.insert(2, std::string(10, '\x7f'));
  const Result<StoredItem> read = DecodeStoredItem(stored);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->body_json, R"({"a":{"S":"x"}})");
}

TEST(Capacity, UnitsAreRoundedUpAndNeverNone) {
  EXPECT_EQ(ReadUnits(0, true), 1.0);
  EXPECT_EQ(ReadUnits(0, false), 0.5);
  EXPECT_EQ(ReadUnits(4096, true), 1.0);
  EXPECT_EQ(ReadUnits(4097, true), 2.0);
  EXPECT_EQ(ReadUnits(8193, false), 1.5);
  EXPECT_EQ(WriteUnits(0, 0), 1.0);
  EXPECT_EQ(WriteUnits(1025, 10), 2.0);
  EXPECT_EQ(WriteUnits(10, 3000), 3.0);
}

TEST(SegmentRange, SegmentsPartTheKeysWithoutGapOrOverlap) {
  for (const uint32_t total : {1U, 2U, 3U, 7U, 1000U, 999'999U}) {
    EXPECT_TRUE(SegmentRange(0, total).begin.empty());
    EXPECT_TRUE(SegmentRange(total - 1, total).end.empty());
    for (uint32_t segment = 0; segment + 1 < std::min(total, 2000U); ++segment) {
      EXPECT_EQ(SegmentRange(segment, total).end, SegmentRange(segment + 1, total).begin);
    }
  }
}

// ---- writes

class ApplyWriteTest : public ::testing::Test {
 protected:
  ItemWrite Put(std::string_view json) {
    ItemWrite write;
    const model::Item item = Parse(json, arena_);
    write.key = EncodeKey(record_, item);
    write.action = PutWrite{item, EncodeStoredItem(item), model::SizeBytes(item)};
    return write;
  }
  const expression::Condition* Condition(std::string_view text) {
    expression::Placeholders none({}, {});
    auto condition = expression::ParseCondition(expression::Kind::kCondition, text, none, arena_);
    EXPECT_TRUE(condition.ok()) << condition.error().text;
    return *condition;
  }

  Arena arena_;
  AskedEntries asked_;
  TableRecord record_ = MusicRecord();
};

TEST_F(ApplyWriteTest, ANewItemCounts) {
  engine::Plan plan;
  const auto effect =
      ApplyWrite(Put(R"({"Artist":{"S":"a"},"Track":{"N":"1"}})"), record_, std::nullopt, false, asked_, arena_, plan);
  ASSERT_TRUE(effect.ok());
  ASSERT_EQ(plan.puts.size(), 1U);
  ASSERT_EQ(plan.counter_deltas.size(), 2U);
  EXPECT_EQ(plan.counter_deltas[0].delta, 1);
  EXPECT_EQ(plan.counter_deltas[1].delta, static_cast<int64_t>(effect->new_size_bytes));
}

TEST_F(ApplyWriteTest, AFailedConditionPlansNothingAndShowsTheItemOnlyIfAsked) {
  ItemWrite write = Put(R"({"Artist":{"S":"a"},"Track":{"N":"1"}})");
  const std::string stored = std::get<PutWrite>(write.action).encoded;
  write.condition = Condition("attribute_not_exists(Artist)");
  for (const bool ask : {false, true}) {
    write.item_on_condition_failure = ask;
    engine::Plan plan;
    auto effect = ApplyWrite(write, record_, stored, false, asked_, arena_, plan);
    ASSERT_FALSE(effect.ok());
    EXPECT_EQ(effect.error().reason, Reason::kConditionFailed);
    EXPECT_TRUE(plan.puts.empty());
    const auto* failure = dynamic_cast<const ConditionFailure*>(effect.error().detail.get());
    ASSERT_NE(failure, nullptr);
    EXPECT_EQ(failure->item_json, ask ? R"({"Artist":{"S":"a"},"Track":{"N":"1"}})" : "");
  }
}

TEST_F(ApplyWriteTest, DeletingNothingPlansNothing) {
  ItemWrite write = Put(R"({"Artist":{"S":"a"},"Track":{"N":"1"}})");
  write.action = DeleteWrite{};
  engine::Plan plan;
  ASSERT_TRUE(ApplyWrite(write, record_, std::nullopt, false, asked_, arena_, plan).ok());
  EXPECT_TRUE(plan.deletes.empty());
  EXPECT_TRUE(plan.counter_deltas.empty());
}

// ---- the catalogue and walks, on the memory engine

class CatalogueTest : public ::testing::Test {
 protected:
  CatalogueTest() : engine_(engine::NewMemoryEngine()), loop_("loop", 1) { Reopen(); }

  void Reopen(CatalogueSettings settings = {}) {
    catalogue_.reset();
    auto opened = Catalogue::Open(
        *engine_, [] { return SecretBytes(std::string(32, 'k')); },
        [](const TableRecord&) { return SecretBytes(std::string(32, 't')); }, settings);
    ASSERT_TRUE(opened.ok());
    catalogue_ = *std::move(opened);
  }

  Result<std::shared_ptr<const TableRecord>> Create(TableRecord record) {
    return Await<std::shared_ptr<const TableRecord>>(
        [&](auto done) { catalogue_->Create(std::move(record), loop_, std::move(done)); });
  }
  Result<std::shared_ptr<const TableRecord>> Delete(const TableAddress& address) {
    return Await<std::shared_ptr<const TableRecord>>(
        [&](auto done) { catalogue_->Delete(address, loop_, std::move(done)); });
  }
  Result<ChangedRecord> Update(const TableAddress& address, RecordChange change) {
    return Await<ChangedRecord>(
        [&](auto done) { catalogue_->Update(address, std::move(change), loop_, std::move(done)); });
  }
  // The table once it has left `status`; null if it is gone.
  std::shared_ptr<const Table> WaitWhile(const TableAddress& address, TableStatus status) {
    for (;;) {
      const auto tables = catalogue_->tables().Load();
      const auto found = tables->find(address);
      if (found == tables->end()) {
        return nullptr;
      }
      if (found->second->record().status != status) {
        return found->second;
      }
      std::this_thread::yield();
    }
  }

  std::unique_ptr<engine::Engine> engine_;
  ThreadPool loop_;
  std::unique_ptr<Catalogue> catalogue_;
};

TEST_F(CatalogueTest, ATableIsCreatingThenActiveThenDeletingThenGone) {
  TableRecord record = MusicRecord();
  record.deletion_protection = false;
  const auto created = Create(record);
  ASSERT_TRUE(created.ok());
  EXPECT_EQ((*created)->status, TableStatus::kCreating);
  ASSERT_NE(WaitWhile(record.address, TableStatus::kCreating), nullptr);
  EXPECT_EQ(Create(record).error().text, "Table already exists: Music");
  const auto deleted = Delete(record.address);
  ASSERT_TRUE(deleted.ok());
  EXPECT_EQ((*deleted)->status, TableStatus::kDeleting);
  EXPECT_TRUE((*deleted)->wrapped_table_key.empty());
  EXPECT_EQ(WaitWhile(record.address, TableStatus::kDeleting), nullptr);
  EXPECT_EQ(Delete(record.address).error().text, "Requested resource not found: Table: Music not found");
}

TEST_F(CatalogueTest, AnUpdateIsUpdatingThenActiveAndSurvivesAReopen) {
  const TableAddress address = MusicRecord().address;
  ASSERT_TRUE(Create(MusicRecord()).ok());
  ASSERT_NE(WaitWhile(address, TableStatus::kCreating), nullptr);
  for (const int64_t units : {7, 8}) {
    const auto changed = Update(address, [units](const TableRecord* current) -> Result<TableRecord> {
      TableRecord next = *current;
      next.status = TableStatus::kUpdating;
      next.read_capacity_units = units;
      return next;
    });
    ASSERT_TRUE(changed.ok());
    EXPECT_EQ(changed->before->status, TableStatus::kActive);
    EXPECT_NE(changed->before->read_capacity_units, units);
    EXPECT_EQ(changed->after->status, TableStatus::kUpdating);
    if (units == 8) {
      Reopen();
    }
    const auto table = WaitWhile(address, TableStatus::kUpdating);
    ASSERT_NE(table, nullptr);
    EXPECT_EQ(table->record().status, TableStatus::kActive);
    EXPECT_EQ(table->record().read_capacity_units, units);
  }
}

TEST_F(CatalogueTest, WhatWasPendingWhenItEndedIsSettledByTheNextStart) {
  const TableAddress address = MusicRecord().address;
  Reopen({.quotas = {}, .delays = {.creating_ms = 3'600'000}});
  ASSERT_TRUE(Create(MusicRecord()).ok());
  Reopen({.quotas = {}, .delays = {.throughput_ms = 3'600'000}});
  auto table = WaitWhile(address, TableStatus::kCreating);
  ASSERT_NE(table, nullptr);
  TableUpdate update;
  update.provisioned = ProvisionedUnits{1, 60};
  const auto changed = Update(address, [&](const TableRecord* current) {
    return UpdatedRecord(current, address, update, {1'800'000'000'000, 0});
  });
  ASSERT_TRUE(changed.ok());
  EXPECT_EQ(changed->after->read_capacity_units, 5);
  EXPECT_EQ(SettledUnits(*changed->after), (ProvisionedUnits{1, 60}));
  // Others may change meanwhile, and the end of the first is still to come.
  ASSERT_TRUE(Update(address, [&](const TableRecord* current) {
                return UpdatedRecord(current, address, {.deletion_protection = false}, {1'800'000'000'000, 0});
              }).ok());
  Reopen({.quotas = {}, .delays = {.deleting_ms = 3'600'000}});
  table = WaitWhile(address, TableStatus::kUpdating);
  ASSERT_NE(table, nullptr);
  const TableRecord& settled = table->record();
  EXPECT_EQ(settled.status, TableStatus::kActive);
  EXPECT_FALSE(settled.pending.has_value());
  EXPECT_FALSE(settled.deletion_protection);
  EXPECT_EQ(settled.read_capacity_units, 1);
  EXPECT_EQ(settled.write_capacity_units, 60);
  EXPECT_EQ(settled.last_decrease_ms, 1'800'000'000'000);
  EXPECT_EQ(settled.decreases, 1);
  EXPECT_EQ(WarmThroughput(settled).read, 5);
  ASSERT_TRUE(Delete(address).ok());
  Reopen();
  EXPECT_EQ(WaitWhile(address, TableStatus::kDeleting), nullptr);
  EXPECT_TRUE(catalogue_->unrecorded_keyspaces().empty());
}

TEST_F(CatalogueTest, EndsAtOnceWhileTablesStayInTheirStates) {
  Reopen({.quotas = {}, .delays = {.creating_ms = 3'600'000}});
  for (int i = 0; i < 20; ++i) {
    TableRecord record = MusicRecord();
    record.address.name = "Table" + std::to_string(i);
    record.keyspace = "tables/" + std::to_string(i);
    ASSERT_TRUE(Create(record).ok());
  }
  Reopen();
  for (int i = 0; i < 20; ++i) {
    EXPECT_NE(WaitWhile({"111111111111", "us-east-1", "Table" + std::to_string(i)}, TableStatus::kCreating), nullptr);
  }
}

TEST_F(CatalogueTest, WhoHoldsAnEarlierRecordIsToldOfTheOneInForce) {
  const TableAddress address = MusicRecord().address;
  ASSERT_TRUE(Create(MusicRecord()).ok());
  const std::shared_ptr<const Table> early = WaitWhile(address, TableStatus::kCreating);
  ASSERT_NE(early, nullptr);
  std::shared_ptr<const TableRecord> holder;
  EXPECT_EQ(&early->Current(holder), &early->record());
  EXPECT_EQ(holder, nullptr);
  ASSERT_TRUE(Update(address, [](const TableRecord* current) -> Result<TableRecord> {
                TableRecord next = *current;
                IndexRecord index;
                index.name = "made-meanwhile";
                index.space = 1;
                index.partition = {{"a", model::Type::kS}};
                index.status = IndexStatus::kActive;
                next.indexes.push_back(index);
                next.next_index_space = 2;
                return next;
              }).ok());
  EXPECT_TRUE(early->record().indexes.empty());
  const TableRecord& current = early->Current(holder);
  ASSERT_EQ(current.indexes.size(), 1U);
  EXPECT_EQ(current.indexes[0].name, "made-meanwhile");
  EXPECT_EQ(&current, catalogue_->tables().Load()->find(address)->second->shared_record().get());
  // Another incarnation of the name is none of its business.
  ASSERT_TRUE(Update(address, [](const TableRecord* record) -> Result<TableRecord> {
                TableRecord next = *record;
                next.deletion_protection = false;
                return next;
              }).ok());
  ASSERT_TRUE(Delete(address).ok());
  ASSERT_EQ(WaitWhile(address, TableStatus::kDeleting), nullptr);
  TableRecord again = MusicRecord();
  again.table_id = "0e3f2a3c-0000-4000-8000-000000000002";
  ASSERT_TRUE(Create(again).ok());
  EXPECT_NE(early->Current(holder).table_id, again.table_id);
}

TEST_F(CatalogueTest, AnUpdateThatChangesNothingOrIsRefusedLeavesTheRecord) {
  const TableAddress address = MusicRecord().address;
  ASSERT_TRUE(Create(MusicRecord()).ok());
  ASSERT_NE(WaitWhile(address, TableStatus::kCreating), nullptr);
  const auto same = Update(address, [](const TableRecord* current) -> Result<TableRecord> { return *current; });
  ASSERT_TRUE(same.ok());
  EXPECT_EQ(same->before, same->after);
  const auto refused =
      Update(address, [](const TableRecord*) -> Result<TableRecord> { return Error(Reason::kValidation, "no"); });
  EXPECT_EQ(refused.error().text, "no");
  const auto missing = Update({"1", "r", "None"}, [](const TableRecord* current) -> Result<TableRecord> {
    return current == nullptr ? Result<TableRecord>(Error(Reason::kResourceNotFound, "none")) : *current;
  });
  EXPECT_EQ(missing.error().text, "none");
}

TEST_F(CatalogueTest, DeletionProtectionHolds) {
  ASSERT_TRUE(Create(MusicRecord()).ok());
  WaitWhile(MusicRecord().address, TableStatus::kCreating);
  EXPECT_EQ(Delete(MusicRecord().address).error().text,
            "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection "
            "first.");
}

TEST_F(CatalogueTest, EndsWhileATableIsBeingMade) {
  for (int i = 0; i < 50; ++i) {
    TableRecord record = MusicRecord();
    record.address.name = "Table" + std::to_string(i);
    record.keyspace = "tables/" + std::to_string(i);
    ASSERT_TRUE(Create(record).ok());
    Reopen();
    EXPECT_NE(WaitWhile(record.address, TableStatus::kCreating), nullptr);
  }
}

TEST_F(CatalogueTest, TablesSurviveAReopen) {
  ASSERT_TRUE(Create(MusicRecord()).ok());
  ASSERT_NE(WaitWhile(MusicRecord().address, TableStatus::kCreating), nullptr);
  Reopen();
  const auto tables = catalogue_->tables().Load();
  ASSERT_EQ(tables->size(), 1U);
  EXPECT_EQ(tables->begin()->second->record().status, TableStatus::kActive);
  EXPECT_TRUE(catalogue_->unrecorded_keyspaces().empty());
}

TEST_F(CatalogueTest, KeyspacesWithoutARecordAreReported) {
  auto made = Await<std::shared_ptr<engine::Keyspace>>([&](auto done) {
    engine_->Create(
        "tables/abc", [] { return SecretBytes(std::string(32, 'k')); }, loop_, std::move(done));
  });
  ASSERT_TRUE(made.ok());
  Reopen();
  EXPECT_EQ(catalogue_->unrecorded_keyspaces(), std::vector<std::string>{"tables/abc"});
}

class ItemReadTest : public CatalogueTest {
 protected:
  ItemReadTest() {
    record_.deletion_protection = false;
    EXPECT_TRUE(Create(record_).ok());
    const auto table = WaitWhile(record_.address, TableStatus::kCreating);
    auto keyspace =
        Await<std::shared_ptr<engine::Keyspace>>([&](auto done) { table->Acquire(loop_, std::move(done)); });
    EXPECT_TRUE(keyspace.ok());
    keyspace_ = *keyspace;
  }

  void Put(const std::string& artist, int track, size_t padding_bytes) {
    Arena arena;
    const model::Item item =
        Parse("{\"Artist\":{\"S\":\"" + artist + "\"},\"Track\":{\"N\":\"" + std::to_string(track) +
                  "\"},\"p\":{\"S\":\"" + std::string(padding_bytes, 'p') + "\"}}",
              arena);
    const engine::Key key{0, EncodeKey(record_, item)};
    const std::string value = EncodeStoredItem(item);
    auto outcome = Await<engine::Outcome>([&](auto done) {
      keyspace_->Transact(
          {key},
          [&](engine::Values) -> std::variant<engine::Plan, engine::Reject> {
            engine::Plan plan;
            plan.puts.push_back({key, value});
            return plan;
          },
          loop_, std::move(done));
    });
    ASSERT_TRUE(outcome.ok());
  }

  ReadResult Read(ReadRequest request) {
    auto result = Await<ReadResult>(
        [&](auto done) { ReadItems(keyspace_, record_, std::move(request), loop_, std::move(done)); });
    EXPECT_TRUE(result.ok());
    return *std::move(result);
  }

  TableRecord record_ = MusicRecord();
  std::shared_ptr<engine::Keyspace> keyspace_;
};

TEST_F(ItemReadTest, APageEndsBeforeTheItemThatWouldPassOneMegabyte) {
  for (int track = 0; track < 12; ++track) {
    Put("a", track, 100'000);
  }
  ReadRequest request;
  request.count_only = true;
  const ReadResult first = Read(request);
  EXPECT_EQ(first.scanned_count, 10U);
  EXPECT_LE(first.evaluated_bytes, size_t{1} << 20);
  ASSERT_FALSE(first.last_evaluated_key_json.empty());
  Arena arena;
  const model::Item last = Parse(first.last_evaluated_key_json, arena);
  request.range = After(engine::Range{}, engine::Direction::kForward, EncodeKey(record_, last));
  const ReadResult rest = Read(request);
  EXPECT_EQ(rest.scanned_count, 2U);
  EXPECT_TRUE(rest.last_evaluated_key_json.empty());
}

TEST_F(ItemReadTest, TheLimitLeavesAKeyEvenIfNothingFollows) {
  Put("a", 1, 10);
  Put("a", 2, 10);
  ReadRequest request;
  request.limit = 2;
  const ReadResult result = Read(request);
  EXPECT_EQ(result.count, 2U);
  EXPECT_EQ(result.last_evaluated_key_json, R"({"Artist":{"S":"a"},"Track":{"N":"2"}})");
}

TEST_F(ItemReadTest, EverySortOperatorSelectsItsRangeInBothDirections) {
  for (const int track : {-20, -3, 0, 1, 2, 10, 100}) {
    Put("a", track, 1);
    Put("b", track, 1);
  }
  using expression::SortOperator;
  const auto count = [&](SortOperator sort_operator, std::string_view low, std::string_view high = "0") {
    expression::KeyRange range;
    range.partition = model::Value::String("a");
    range.sort_operator = sort_operator;
    range.sort_low = model::Value::Number(low);
    range.sort_high = model::Value::Number(high);
    ReadRequest request;
    request.range = RangeOf(KeySchema(record_), range);
    const uint64_t forward = Read(request).count;
    request.direction = engine::Direction::kBackward;
    EXPECT_EQ(Read(request).count, forward);
    return forward;
  };
  EXPECT_EQ(count(SortOperator::kNone, "0"), 7U);
  EXPECT_EQ(count(SortOperator::kEqual, "10"), 1U);
  EXPECT_EQ(count(SortOperator::kEqual, "11"), 0U);
  EXPECT_EQ(count(SortOperator::kLess, "1"), 3U);
  EXPECT_EQ(count(SortOperator::kLessOrEqual, "1"), 4U);
  EXPECT_EQ(count(SortOperator::kGreater, "1"), 3U);
  EXPECT_EQ(count(SortOperator::kGreaterOrEqual, "1"), 4U);
  EXPECT_EQ(count(SortOperator::kBetween, "-3", "2"), 4U);
}

TEST_F(ItemReadTest, SegmentsTogetherReadEveryItemOnce) {
  for (int i = 0; i < 300; ++i) {
    Put("artist" + std::to_string(i), i, 1);
  }
  uint64_t total = 0;
  for (uint32_t segment = 0; segment < 7; ++segment) {
    ReadRequest request;
    request.range = SegmentRange(segment, 7);
    total += Read(request).count;
  }
  EXPECT_EQ(total, 300U);
}

TEST_F(ItemReadTest, LocalTablesForgetATableThatWasDeleted) {
  LocalTables tables(*catalogue_, loop_, 0);
  const std::shared_ptr<const Table> table = tables.Find(record_.address);
  ASSERT_NE(table, nullptr);
  EXPECT_EQ(tables.FindOpen(*table), nullptr);
  auto acquired =
      Await<std::shared_ptr<engine::Keyspace>>([&](auto done) { tables.Acquire(table, loop_, std::move(done)); });
  ASSERT_TRUE(acquired.ok());
  EXPECT_NE(tables.FindOpen(*table), nullptr);
  keyspace_.reset();
  acquired->reset();
  ASSERT_TRUE(Delete(record_.address).ok());
  EXPECT_EQ(tables.FindOpen(*table), nullptr);
}

TEST_F(ItemReadTest, LocalTablesLetGoOfATableThatIsNotUsedAndOpenItAgain) {
  keyspace_.reset();
  Reopen({.open = {.tables_max = 10, .idle_close_ms = 40}});
  LocalTables tables(*catalogue_, loop_, 0);
  const auto on_loop = [&](auto ask) {
    std::promise<bool> answer;
    loop_.Post([&] { answer.set_value(ask()); });
    return answer.get_future().get();
  };
  const std::shared_ptr<const Table> table = tables.Find(record_.address);
  for (int round = 0; round < 3; ++round) {
    auto acquired =
        Await<std::shared_ptr<engine::Keyspace>>([&](auto done) { tables.Acquire(table, loop_, std::move(done)); });
    ASSERT_TRUE(acquired.ok());
    while (on_loop([&] { return tables.FindOpen(*table) != nullptr; })) {
      std::this_thread::sleep_for(std::chrono::milliseconds(100));  // longer than it stays open unused
    }
    // Who holds it goes on with it.
    auto values = Await<std::vector<std::optional<std::string>>>([&](auto done) {
      (*acquired)->Get({{0, "a"}}, engine::Consistency::kStrong, loop_, std::move(done));
    });
    EXPECT_TRUE(values.ok());
  }
}

TEST_F(CatalogueTest, ALoopHoldsNoMoreTablesThanThereMayBeOpen) {
  Reopen({.open = {.tables_max = 3, .idle_close_ms = 0}});
  std::vector<std::shared_ptr<const Table>> made;
  for (int i = 0; i < 10; ++i) {
    TableRecord record = MusicRecord();
    record.address.name = "Table" + std::to_string(i);
    record.keyspace = "tables/" + std::to_string(i);
    ASSERT_TRUE(Create(record).ok());
    made.push_back(WaitWhile(record.address, TableStatus::kCreating));
  }
  LocalTables tables(*catalogue_, loop_, 0);
  for (const auto& table : made) {
    ASSERT_TRUE(Await<std::shared_ptr<engine::Keyspace>>([&](auto done) {
                  tables.Acquire(table, loop_, std::move(done));
                }).ok());
  }
  std::promise<std::string> open;
  loop_.Post([&] {
    std::string names;
    for (const auto& table : made) {
      names += tables.FindOpen(*table) == nullptr ? "" : table->record().address.name + " ";
    }
    open.set_value(names);
  });
  EXPECT_EQ(open.get_future().get(), "Table7 Table8 Table9 ");
}

TEST_F(ItemReadTest, WhatALoopIsGivenOfAnOpenTableIsCountedApartFromOtherLoops) {
  LocalTables here(*catalogue_, loop_, 0);
  LocalTables elsewhere(*catalogue_, loop_, 0);
  for (LocalTables* tables : {&here, &elsewhere}) {
    ASSERT_TRUE(Await<std::shared_ptr<engine::Keyspace>>([&](auto done) {
                  tables->Acquire(tables->Find(record_.address), loop_, std::move(done));
                }).ok());
  }
  const std::shared_ptr<const Table> table = elsewhere.Find(record_.address);
  const std::shared_ptr<engine::Keyspace> keyspace = elsewhere.FindOpen(*table);
  const long table_holders = table.use_count();
  const long keyspace_holders = keyspace.use_count();
  const std::vector<std::shared_ptr<const Table>> held_tables(100, here.Find(record_.address));
  const std::vector<std::shared_ptr<engine::Keyspace>> held_keyspaces(100, here.FindOpen(*table));
  EXPECT_EQ(held_tables[0], table);  // the same ones
  EXPECT_EQ(held_keyspaces[0], keyspace);
  EXPECT_EQ(table.use_count(), table_holders);
  EXPECT_EQ(keyspace.use_count(), keyspace_holders);
}

}  // namespace
}  // namespace basalt::table
