#include "audit/log.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/await.h"
#include "base/thread_pool.h"
#include "crypto/random.h"
#include "os/simulated_file_system.h"

namespace basalt::audit {
namespace {

constexpr char kDirectory[] = "/d/audit";
constexpr size_t kFinalFrameBytes = 40;  // holds no record; without it a file ends as a crash leaves it
constexpr int64_t kStartMs = 1'790'000'000'000;

Entry EntryNumbered(uint64_t number, size_t bytes = 20) {
  std::string json = "{\"n\":" + std::to_string(number) + "}";
  json.append(bytes > json.size() ? bytes - json.size() : 0, ' ');
  return {kStartMs + static_cast<int64_t>(number), RecordKind::kManagement,
          number % 2 == 0 ? "222222222222" : "111111111111", json};
}

class AuditLogTest : public ::testing::Test {
 protected:
  ~AuditLogTest() override { log_.reset(); }

  Status TryOpen() {
    log_.reset();
    TRY_ASSIGN(log_, Log::Open(*files_, kDirectory, key_, options_, clock_));
    return {};
  }
  void Open() {
    const Status opened = TryOpen();
    ASSERT_TRUE(opened.ok()) << opened.error().text;
  }

  Status Append(std::vector<Entry> entries, Durability durability = Durability::kWritten) {
    return Await<void>([&](UniqueFunction<void(Status)> done) {
      log_->Append(std::move(entries), durability, home_, std::move(done));
    });
  }
  void AppendCount(uint64_t count, size_t bytes = 20) {
    for (uint64_t i = 0; i < count; ++i) {
      const Status appended = Append({EntryNumbered(++appended_, bytes)});
      ASSERT_TRUE(appended.ok()) << appended.error().text;
    }
  }
  Status RunRetention() {
    return Await<void>([&](UniqueFunction<void(Status)> done) { log_->RunRetention(std::move(done)); });
  }

  // As the machine stops, with what was synced and as much of the rest as the seed says.
  void LosePower(uint64_t seed) {
    files_->StopAt(files_->mutation_count());
    log_.reset();
    files_->PowerLoss(seed);
  }

  LogFiles Files() { return LogFiles::OpenExisting(*files_, kDirectory, key_).value(); }

  Result<std::vector<PageRecord>> ReadAll(PageQuery query = {}) {
    std::vector<PageRecord> all;
    while (true) {
      TRY_ASSIGN(Page page, ReadPage(Files(), query));
      for (PageRecord& record : page.records) {
        all.push_back(std::move(record));
      }
      if (page.is_last) {
        return all;
      }
      query.from = page.next;
    }
  }
  std::vector<uint64_t> Numbers(PageQuery query = {}) {
    auto records = ReadAll(std::move(query));
    EXPECT_TRUE(records.ok()) << records.error().text;
    std::vector<uint64_t> numbers;
    for (const PageRecord& record : records.ok() ? *records : std::vector<PageRecord>()) {
      numbers.push_back(record.number);
    }
    return numbers;
  }

  std::string Damage() {
    const auto records = ReadAll();
    std::string damage = records.ok() ? "" : records.error().text;
    size_t bad = 0;
    for (const FileFinding& finding : CheckLog(Files())) {
      bad += finding.ok ? 0 : 1;
    }
    EXPECT_EQ(bad > 0, !damage.empty()) << damage;
    return damage;
  }
  std::vector<std::string> LogFileNames() {
    std::vector<std::string> names;
    const auto entries = files_->ListDirectory(kDirectory);
    EXPECT_TRUE(entries.ok());
    for (const os::DirectoryEntry& entry : *entries) {
      if (NumberOfFile(entry.name)) {
        names.push_back(std::string(kDirectory) + "/" + entry.name);
      }
    }
    return names;
  }

  std::unique_ptr<os::SimulatedFileSystem> files_ = os::NewSimulatedFileSystem();
  const SecretBytes key_ = crypto::RandomSecret(32);
  os::ManualClock clock_{kStartMs};
  LogOptions options_;
  ThreadPool home_{"home", 1};
  std::unique_ptr<Log> log_;
  uint64_t appended_ = 0;
};

TEST_F(AuditLogTest, KeepsRecordsInTheOrderInWhichTheyWereAppended) {
  Open();
  AppendCount(3);
  ASSERT_TRUE(Append({EntryNumbered(4), EntryNumbered(5)}).ok());
  EXPECT_EQ(Numbers(), (std::vector<uint64_t>{1, 2, 3, 4, 5}));
  const auto records = ReadAll();
  EXPECT_EQ(records->at(3).json, EntryNumbered(4).json);
  EXPECT_EQ(records->at(3).time_ms, kStartMs + 4);
  EXPECT_EQ(records->at(3).account, "222222222222");
}

TEST_F(AuditLogTest, GoesOnWithTheChainWhenItIsOpenedAgain) {
  for (int i = 0; i < 3; ++i) {
    Open();
    AppendCount(2);
  }
  log_.reset();
  EXPECT_EQ(Numbers(), (std::vector<uint64_t>{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(Damage(), "");
  EXPECT_EQ(LogFileNames().size(), 3U);
}

TEST_F(AuditLogTest, MakesNoFileUntilThereIsARecord) {
  Open();
  Open();
  EXPECT_EQ(LogFileNames().size(), 0U);
  EXPECT_TRUE(Numbers().empty());
}

TEST_F(AuditLogTest, TimesNeverGoBack) {
  Open();
  ASSERT_TRUE(Append({EntryNumbered(50)}).ok());
  ASSERT_TRUE(Append({EntryNumbered(20)}).ok());
  EXPECT_EQ(ReadAll()->at(1).time_ms, kStartMs + 50);
}

TEST_F(AuditLogTest, IsReadByTimeAccountAndNumber) {
  options_.bytes_max = kLogBytesMin;
  Open();
  AppendCount(40, 20'000);
  PageQuery query;
  query.since_ms = kStartMs + 10;
  query.until_ms = kStartMs + 14;
  EXPECT_EQ(Numbers(query), (std::vector<uint64_t>{10, 11, 12, 13}));
  query.account = "222222222222";
  EXPECT_EQ(Numbers(query), (std::vector<uint64_t>{10, 12}));
  query.from = 11;
  EXPECT_EQ(Numbers(query), (std::vector<uint64_t>{12}));
  // A page at a time gives the same as all at once.
  query = {};
  query.bytes_max = 1;
  EXPECT_EQ(Numbers(query).size(), 40U);
}

TEST_F(AuditLogTest, WhatWasWrittenSurvivesTheEndOfTheProcess) {
  Open();
  AppendCount(5);
  // The process ends, the machine goes on: nothing is closed any more.
  files_->StopAt(files_->mutation_count());
  log_.reset();
  files_->StopAt(UINT64_MAX);
  EXPECT_EQ(Numbers().size(), 5U);
  Open();
  AppendCount(1);
  EXPECT_EQ(Numbers().size(), 6U);
}

TEST_F(AuditLogTest, WhatWasSyncedSurvivesPowerLoss) {
  for (uint64_t seed = 0; seed < 50; ++seed) {
    Open();
    AppendCount(1);
    ASSERT_TRUE(Append({EntryNumbered(++appended_)}, Durability::kSynced).ok());
    const size_t synced = Numbers().size();
    AppendCount(2);
    LosePower(seed);
    const Status opened = TryOpen();
    ASSERT_TRUE(opened.ok()) << opened.error().text << ", seed " << seed;
    EXPECT_GE(Numbers().size(), synced) << seed;
    EXPECT_EQ(Damage(), "") << seed;
  }
}

TEST_F(AuditLogTest, WhatAKilledProcessLeftOutlivesPowerLossOnceTheLogGoesOn) {
  for (uint64_t seed = 0; seed < 60; ++seed) {
    Open();
    AppendCount(3);
    files_->StopAt(files_->mutation_count());
    log_.reset();
    files_->StopAt(UINT64_MAX);
    Open();
    if (seed % 3 != 0) {
      ASSERT_TRUE(Append({EntryNumbered(++appended_)}, Durability::kSynced).ok());
    }
    if (seed % 3 != 1) {
      log_.reset();  // says where the log ends
    }
    const size_t before = Numbers().size();
    LosePower(seed);
    const Status opened = TryOpen();
    ASSERT_TRUE(opened.ok()) << opened.error().text << ", seed " << seed;
    EXPECT_EQ(Numbers().size(), before) << seed;
    EXPECT_EQ(Damage(), "") << seed;
  }
}

// Whatever the machine was about to do when it stopped.
TEST_F(AuditLogTest, PowerLossAtAnyOperationLeavesALogThatOpens) {
  options_.bytes_max = kLogBytesMin;
  const auto work = [this] {
    for (int round = 0; round < 2 && TryOpen().ok(); ++round) {
      for (uint64_t i = 0; i < 40; ++i) {
        static_cast<void>(Append({EntryNumbered(i, 30'000)}, i % 7 == 0 ? Durability::kSynced : Durability::kWritten));
      }
    }
    log_.reset();
  };
  work();
  const uint64_t operations = files_->mutation_count();
  ASSERT_GT(operations, 100U);
  for (uint64_t stop = 0; stop < operations; stop += 3) {
    files_ = os::NewSimulatedFileSystem();
    files_->StopAt(stop);
    work();
    files_->PowerLoss(stop);
    const Status opened = TryOpen();
    ASSERT_TRUE(opened.ok()) << opened.error().text << ", stopped at " << stop;
    ASSERT_TRUE(Append({EntryNumbered(99)}).ok());
    ASSERT_EQ(Damage(), "") << stop;
    log_.reset();
    ASSERT_EQ(Damage(), "") << stop;
  }
}

TEST_F(AuditLogTest, WhatCannotBeWrittenIsSaidAndWrittenAgainLater) {
  Open();
  AppendCount(3);
  files_->StopAt(files_->mutation_count());
  EXPECT_FALSE(Append({EntryNumbered(4)}).ok());
  EXPECT_FALSE(log_->is_writable());
  EXPECT_FALSE(Append({EntryNumbered(5)}).ok());
  files_->StopAt(UINT64_MAX);
  EXPECT_FALSE(Append({EntryNumbered(6)}).ok());  // not tried again at once
  clock_.AdvanceMs(2'000);
  ASSERT_TRUE(Append({EntryNumbered(7)}).ok());
  EXPECT_TRUE(log_->is_writable());
  EXPECT_EQ(Damage(), "");
  const auto records = ReadAll();
  EXPECT_EQ(records->size(), 4U);
  EXPECT_EQ(records->back().json, EntryNumbered(7).json);
}

TEST_F(AuditLogTest, KeepsNoMoreThanItMay) {
  options_.bytes_max = kLogBytesMin;
  Open();
  AppendCount(100, 30'000);
  uint64_t total = 0;
  for (const std::string& name : LogFileNames()) {
    total += files_->FileSize(name).value();
  }
  EXPECT_LE(total, kLogBytesMin);
  EXPECT_GT(total, kLogBytesMin / 2);
  const std::vector<uint64_t> numbers = Numbers();
  EXPECT_GT(numbers.front(), 50U);
  EXPECT_EQ(numbers.back(), 100U);
  EXPECT_EQ(Damage(), "");
  Open();
  EXPECT_EQ(Numbers(), numbers);
}

TEST_F(AuditLogTest, RemovesWhatIsOldEnough) {
  Open();
  AppendCount(2);
  clock_.AdvanceMs(2 * os::kMsPerDay);
  ASSERT_TRUE(RunRetention().ok());  // ends the file
  appended_ = static_cast<uint64_t>(2 * os::kMsPerDay);
  AppendCount(1);
  EXPECT_EQ(LogFileNames().size(), 2U);
  clock_.AdvanceMs(89 * os::kMsPerDay);
  EXPECT_EQ(Numbers(), (std::vector<uint64_t>{1, 2, 3}));
  EXPECT_EQ(log_->Read({})->records.size(), 1U);
  ASSERT_TRUE(RunRetention().ok());
  EXPECT_EQ(Numbers(), (std::vector<uint64_t>{3}));
  clock_.AdvanceMs(3 * os::kMsPerDay);
  ASSERT_TRUE(RunRetention().ok());
  EXPECT_EQ(LogFileNames().size(), 0U);
  EXPECT_EQ(Damage(), "");
  Open();
  AppendCount(1);
  EXPECT_EQ(Numbers(), (std::vector<uint64_t>{4}));
}

class DamagedAuditLogTest : public AuditLogTest {
 protected:
  // Three files of two records.
  void SetUp() override {
    for (int i = 0; i < 3; ++i) {
      Open();
      AppendCount(2);
    }
    log_.reset();
    names_ = LogFileNames();
    ASSERT_EQ(names_.size(), 3U);
    ASSERT_EQ(Damage(), "");
  }
  std::string Raw(const std::string& path) { return files_->ReadFile(path).value(); }

  std::vector<std::string> names_;
};

TEST_F(DamagedAuditLogTest, AFlippedByteIsFoundWhereverItIs) {
  for (const std::string& name : names_) {
    const std::string good = Raw(name);
    for (size_t at = 0; at < good.size() - kFinalFrameBytes; at += 7) {
      std::string bad = good;
      bad[at] = static_cast<char>(bad[at] ^ 1);
      files_->Overwrite(name, bad);
      const std::string damage = Damage();
      EXPECT_NE(damage.find(name), std::string::npos) << at << ": " << damage;
    }
    files_->Overwrite(name, good);
  }
}

TEST_F(DamagedAuditLogTest, AMissingFileIsFound) {
  for (const std::string& name : names_) {
    const std::string good = Raw(name);
    ASSERT_TRUE(files_->RemoveFile(name).ok());
    EXPECT_NE(Damage().find(name), std::string::npos) << name;
    ASSERT_TRUE(files_->NewWritableFile(name).ok());
    files_->Overwrite(name, good);
  }
  ASSERT_TRUE(files_->RemoveFile(names_.back()).ok());
  const Status opened = TryOpen();
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().reason, Reason::kCorruption);
}

TEST_F(DamagedAuditLogTest, AFileInThePlaceOfAnotherIsFound) {
  const std::string first = Raw(names_[0]);
  files_->Overwrite(names_[0], Raw(names_[1]));
  EXPECT_NE(Damage().find(names_[0]), std::string::npos);
  files_->Overwrite(names_[1], first);
  EXPECT_NE(Damage().find(names_[0]), std::string::npos);
}

TEST_F(DamagedAuditLogTest, ACutFileIsFoundUnlessACrashMayHaveCutIt) {
  for (const std::string& name : names_) {
    const std::string good = Raw(name);
    for (size_t size = 0; size < good.size(); size += 11) {
      files_->Overwrite(name, good.substr(0, size));
      EXPECT_EQ(Damage().find(name) != std::string::npos, size < good.size() - kFinalFrameBytes) << size;
    }
    files_->Overwrite(name, good);
  }
}

TEST_F(DamagedAuditLogTest, ARecordTakenOutIsFound) {
  // With the key, but without what stands behind it: a chain of one record less.
  const LogFiles log = Files();
  const FileList list = log.LoadList().value();
  Place place = list.files[1];
  std::string content = EncodeFileHead(place);
  AppendRecord(content, place, EntryNumbered(3));
  const auto writer = sealed::NewSealedWriter(*files_, names_[1], sealed::Layout::kFramed, log.keyring()).value();
  ASSERT_TRUE(writer->Append(content).ok() && writer->Finish().ok() && writer->Close().ok());
  EXPECT_EQ(Damage(), names_[1] + ": the records from 4 on are missing");
  // The same number of them, but not the same ones.
  const auto other = sealed::NewSealedWriter(*files_, names_[1], sealed::Layout::kFramed, log.keyring()).value();
  AppendRecord(content, place, EntryNumbered(44));
  ASSERT_TRUE(other->Append(content).ok() && other->Finish().ok() && other->Close().ok());
  EXPECT_EQ(Damage(), names_[1] + ": the records behind it do not follow from its last");
}

TEST_F(DamagedAuditLogTest, WithoutItsListOrItsKeyItIsDamaged) {
  const std::string list = std::string(kDirectory) + "/" + kFileListName;
  std::string bad = Raw(list);
  bad[bad.size() / 2] = static_cast<char>(bad[bad.size() / 2] ^ 1);
  const std::string good = Raw(list);
  files_->Overwrite(list, bad);
  EXPECT_EQ(Damage(), list + " is not what was written");
  files_->Overwrite(list, good);
  ASSERT_TRUE(files_->RemoveFile(list).ok());
  ASSERT_FALSE(TryOpen().ok());
  ASSERT_TRUE(files_->RemoveFile(std::string(kDirectory) + "/KEYS").ok());
  EXPECT_EQ(TryOpen().error().text, std::string(kDirectory) + "/KEYS is missing");
}

TEST_F(AuditLogTest, RecordsAreReadWhileOthersAreWritten) {
  options_.bytes_max = kLogBytesMin;
  Open();
  std::thread writer([this] { AppendCount(300, 10'000); });
  uint64_t next = 1;
  uint64_t seen = 0;
  while (seen < 300) {
    PageQuery query;
    query.from = next;
    query.bytes_max = 50'000;
    const Result<Page> page = log_->Read(query);
    ASSERT_TRUE(page.ok()) << page.error().text;
    for (const PageRecord& record : page->records) {
      EXPECT_GT(record.number, seen);
      seen = record.number;
    }
    next = page->next;
  }
  writer.join();
}

}  // namespace
}  // namespace basalt::audit
