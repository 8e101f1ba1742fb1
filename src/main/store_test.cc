// Tests of making, opening and verifying data directories, on real files: first starts, interrupted ones, damage.
#include "main/store.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

#include "base/await.h"
#include "keys/root_file.h"
#include "main/data_directory.h"
#include "main/root_key_place.h"
#include "main/verify.h"
#include "table/catalogue.h"

namespace basalt::main {
namespace {

class StoreTest : public testing::Test {
 protected:
  StoreTest() : files_(os::RealFileSystem()) {
    char name[] = "/tmp/basalt-store-XXXXXX";
    base_ = mkdtemp(name);
    options_.data_dir = base_ + "/data";
    options_.root_key.path = base_ + "/root.key";
    options_.first_start = FirstStart::kMake;
    options_.block_cache_bytes = 1 << 20;
    options_.write_buffer_bytes = 1 << 20;
  }
  ~StoreTest() override { EXPECT_TRUE(files_.RemoveTree(base_).ok()); }

  Result<std::unique_ptr<Store>> Open(FirstStart first_start = FirstStart::kRefuse) {
    options_.first_start = first_start;
    return Store::Open(options_, files_, os::SystemClock());
  }
  // A complete directory with one account and one table of one item, closed.
  void Make() {
    auto store = Open(FirstStart::kMake);
    ASSERT_TRUE(store.ok()) << store.error().text;
    EXPECT_TRUE((*store)->is_new());
    const auto key = Await<identity::IssuedKey>([&](engine::Done<identity::IssuedKey> done) {
      (*store)->directory().CreateAccount("111122223333", (*store)->home(), std::move(done));
    });
    ASSERT_TRUE(key.ok());
    key_id_ = key->access_key_id;
    ASSERT_TRUE((*store)->Complete().ok());
    MakeTable(**store);
  }
  void MakeTable(Store& store) {
    ASSERT_TRUE(Await<void>([&](engine::Done<void> done) {
                  store.service_keys().Ensure("111122223333", "us-east-1", store.home(), std::move(done));
                }).ok());
    table::TableRecord record;
    record.address = {"111122223333", "us-east-1", "Music"};
    record.table_id = "11111111-2222-4333-8444-555555555555";
    record.keyspace = "tables/0123456789abcdef0123456789abcdef";
    record.partition.name = "Artist";
    record.status = table::TableStatus::kActive;
    const keys::TableKeyContext context{record.address.account, record.address.region, record.address.name,
                                        record.table_id};
    auto table_key = store.service_keys().NewTableKey(context);
    ASSERT_TRUE(table_key.ok());
    record.wrapped_table_key = table_key->wrapped;
    auto shared_key = std::make_shared<const SecretBytes>(std::move(table_key->key));
    auto keyspace = Await<std::shared_ptr<engine::Keyspace>>([&](auto done) {
      store.engine().Create(
          record.keyspace, [shared_key]() -> Result<SecretBytes> { return shared_key->Clone(); }, store.home(),
          std::move(done));
    });
    ASSERT_TRUE(keyspace.ok()) << keyspace.error().text;
    Put(store, **keyspace, "item", std::string(5000, 'v'));
    auto catalogue = Await<std::shared_ptr<engine::Keyspace>>([&](auto done) {
      store.engine().Open(table::kCatalogueKeyspace, store.system_key_source(), store.home(), std::move(done));
    });
    ASSERT_TRUE(catalogue.ok()) << catalogue.error().text;
    Put(store, **catalogue, table::CatalogueKey(record.address), table::EncodeTableRecord(record));
    keyspace->reset();
    ASSERT_TRUE(Await<void>([&](engine::Done<void> done) {
                  store.engine().Close(record.keyspace, store.home(), std::move(done));
                }).ok());
  }
  static void Put(Store& store, engine::Keyspace& keyspace, const std::string& key, const std::string& value) {
    const auto outcome = Await<engine::Outcome>([&](engine::Done<engine::Outcome> done) {
      keyspace.Transact(
          {engine::Key{0, key}},
          [key, value](engine::Values) -> std::variant<engine::Plan, engine::Reject> {
            engine::Plan plan;
            plan.puts.push_back({engine::Key{0, key}, value});
            return plan;
          },
          store.home(), std::move(done));
    });
    ASSERT_TRUE(outcome.ok()) << outcome.error().text;
  }

  void ExpectRefused(FirstStart first_start, const std::string& part) {
    const auto store = Open(first_start);
    ASSERT_FALSE(store.ok()) << part;
    EXPECT_NE(store.error().text.find(part), std::string::npos) << store.error().text;
    EXPECT_NE(store.error().text.find("; "), std::string::npos) << store.error().text;
  }
  VerifyReport Verify() {
    const auto key = keys::RootKey::Open(options_.root_key);
    EXPECT_TRUE(key.ok());
    auto report = VerifyDirectory(files_, options_.data_dir, **key);
    EXPECT_TRUE(report.ok()) << report.error().text;
    return std::move(*report);
  }
  std::string Path(const std::string& name) const { return options_.data_dir + "/" + name; }
  void Overwrite(const std::string& path, const std::string& bytes) {
    auto file = files_.NewWritableFile(path);
    ASSERT_TRUE(file.ok());
    ASSERT_TRUE((*file)->Append(bytes).ok());
    ASSERT_TRUE((*file)->Close().ok());
  }
  std::vector<os::DirectoryEntry> List(const std::string& path) { return files_.ListDirectory(path).value(); }
  const FileReport* Find(const VerifyReport& report, const std::string& path) const {
    for (const FileReport& file : report.files) {
      if (file.path == Path(path)) {
        return &file;
      }
    }
    return nullptr;
  }

  os::FileSystem& files_;
  std::string base_;
  StoreOptions options_;
  std::string key_id_;
};

TEST_F(StoreTest, OpensWhatItMade) {
  Make();
  auto store = Open();
  ASSERT_TRUE(store.ok()) << store.error().text;
  EXPECT_FALSE((*store)->is_new());
  EXPECT_NE((*store)->directory().snapshots().Load()->FindAccessKey(key_id_), nullptr);
  EXPECT_TRUE((*store)->service_keys().Has("111122223333", "us-east-1"));
  struct stat status {};
  ASSERT_EQ(stat(options_.data_dir.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, mode_t{0700});
}

TEST_F(StoreTest, RefusesASecondOpener) {
  auto store = Open(FirstStart::kMake);
  ASSERT_TRUE(store.ok()) << store.error().text;
  ExpectRefused(FirstStart::kMake, "in use");
  store->reset();
  EXPECT_TRUE(Open(FirstStart::kMake).ok());
}

TEST_F(StoreTest, RefusesADirectoryThatIsNotThereEmptyOrSomebodyElses) {
  ExpectRefused(FirstStart::kRefuse, "does not exist");
  ASSERT_TRUE(files_.CreateDirectory(options_.data_dir).ok());
  ExpectRefused(FirstStart::kRefuse, "is empty");
  Overwrite(Path("notes.txt"), "mine");
  ExpectRefused(FirstStart::kMake, "not Basalt's");
  ExpectRefused(FirstStart::kRefuse, "not Basalt's");
  EXPECT_EQ(List(options_.data_dir).size(), 1u) << "a refused start writes nothing";
  EXPECT_EQ(*files_.ReadFile(Path("notes.txt")), "mine");
}

TEST_F(StoreTest, BeginsAnInterruptedFirstStartAnew) {
  {
    auto store = Open(FirstStart::kMake);
    ASSERT_TRUE(store.ok()) << store.error().text;
    EXPECT_TRUE((*store)->is_new());  // and never completed
  }
  ExpectRefused(FirstStart::kRefuse, "interrupted");
  auto store = Open(FirstStart::kMake);
  ASSERT_TRUE(store.ok()) << store.error().text;
  EXPECT_TRUE((*store)->is_new());
  ASSERT_TRUE((*store)->Complete().ok());
  store->reset();
  const auto again = Open();
  ASSERT_TRUE(again.ok()) << again.error().text;
  EXPECT_FALSE((*again)->is_new());
}

TEST_F(StoreTest, TellsAWrongOrMissingRootKey) {
  Make();
  const std::string key = *files_.ReadFile(options_.root_key.path);
  Overwrite(options_.root_key.path, std::string(32, 'x'));
  ExpectRefused(FirstStart::kMake, "wrong root key");
  ASSERT_TRUE(files_.RemoveFile(options_.root_key.path).ok());
  ExpectRefused(FirstStart::kMake, "cannot be opened");
  EXPECT_FALSE(*files_.FileExists(options_.root_key.path)) << "no new key may be made for existing data";
}

TEST_F(StoreTest, NeverTakesADirectoryWithoutRootForANewOne) {
  Make();
  ASSERT_TRUE(files_.RemoveFile(Path("ROOT")).ok());
  ExpectRefused(FirstStart::kMake, "ROOT is missing");
  EXPECT_TRUE(*files_.FileExists(Path("system/catalogue/KEYS")));
}

TEST_F(StoreTest, RefusesAStartOnDamagedSystemFilesAndNamesThem) {
  Make();
  std::vector<std::string> damaged = {"ROOT"};
  for (const char* keyspace : kSystemKeyspaces) {
    const std::string directory = std::string("system/") + keyspace;
    for (const auto& entry : List(Path(directory))) {
      if (entry.name != "LOCK" && *files_.FileSize(Path(directory + "/" + entry.name)) > 0) {
        damaged.push_back(directory + "/" + entry.name);
      }
    }
  }
  EXPECT_GT(damaged.size(), 12u);
  for (const std::string& name : damaged) {
    const std::string bytes = *files_.ReadFile(Path(name));
    std::string changed = bytes;
    changed[0] = static_cast<char>(changed[0] ^ 4);
    Overwrite(Path(name), changed);
    ExpectRefused(FirstStart::kMake, name);
    const VerifyReport report = Verify();
    const FileReport* file = Find(report, name);
    ASSERT_NE(file, nullptr) << name;
    EXPECT_FALSE(file->ok) << name;
    Overwrite(Path(name), bytes);
  }
  EXPECT_TRUE(Open().ok());
}

TEST_F(StoreTest, RefusesAStartWithoutASystemKeyspace) {
  Make();
  ASSERT_TRUE(files_.RemoveTree(Path("system/catalogue")).ok());
  ExpectRefused(FirstStart::kMake, "system/catalogue/KEYS is missing");
}

TEST_F(StoreTest, VerifyFindsACleanDirectoryCleanAndChangesNothing) {
  Make();
  std::map<std::string, std::string> before;
  const auto read = [&](const auto& self, const std::string& path, std::map<std::string, std::string>& out) -> void {
    for (const auto& entry : List(path)) {
      const std::string child = path + "/" + entry.name;
      if (entry.is_directory) {
        self(self, child, out);
      } else {
        out[child] = *files_.ReadFile(child) + std::to_string(*files_.ModificationTimeMs(child));
      }
    }
  };
  read(read, options_.data_dir, before);
  const VerifyReport report = Verify();
  EXPECT_EQ(report.DamagedCount(), 0u) << report.Text();
  EXPECT_EQ(report.files.size(), before.size());
  std::map<std::string, std::string> after;
  read(read, options_.data_dir, after);
  EXPECT_EQ(before, after);
  EXPECT_EQ(report.Json().substr(0, 11), "[{\"table\":\"");
  bool names_the_table = false;
  for (const FileReport& file : report.files) {
    names_the_table = names_the_table || file.table == "arn:aws:dynamodb:us-east-1:111122223333:table/Music";
  }
  EXPECT_TRUE(names_the_table);
}

TEST_F(StoreTest, VerifyFindsDamageInATable) {
  Make();
  const std::string directory = "tables/0123456789abcdef0123456789abcdef";
  for (const auto& entry : List(Path(directory))) {
    const std::string name = directory + "/" + entry.name;
    const std::string bytes = *files_.ReadFile(Path(name));
    for (const size_t at : {size_t{0}, bytes.size() / 2, bytes.size() - 1}) {
      std::string changed = bytes;
      if (changed.empty()) {
        changed = "x";
      } else {
        changed[at] = static_cast<char>(changed[at] ^ 1);
      }
      Overwrite(Path(name), changed);
      const VerifyReport report = Verify();
      const FileReport* file = Find(report, name);
      ASSERT_NE(file, nullptr) << name;
      if (at == 0 || (!entry.name.ends_with(".log") && !entry.name.starts_with("MANIFEST"))) {
        EXPECT_FALSE(file->ok) << name << " at " << at;
      } else {
        // In a log it may be the last frame, which then looks like one that a crash tore.
        EXPECT_TRUE(!file->ok || !file->reason.empty()) << name << " at " << at;
      }
      if (entry.name != "KEYS") {
        EXPECT_LE(report.DamagedCount(), 1u) << report.Text();
      }
    }
    Overwrite(Path(name), bytes);
    // A file that is gone is missed, if anything else names it: nothing names the newest log. LOCK, IDENTITY and
    // OPTIONS hold nothing that is needed.
    if (entry.name == "KEYS" || entry.name == "CURRENT" || entry.name.starts_with("MANIFEST") ||
        entry.name.ends_with(".sst")) {
      ASSERT_TRUE(files_.RemoveFile(Path(name)).ok());
      EXPECT_GT(Verify().DamagedCount(), 0u) << name;
      Overwrite(Path(name), bytes);
    }
  }
  EXPECT_EQ(Verify().DamagedCount(), 0u);
}

TEST_F(StoreTest, VerifyFindsAManagedKeyThatCannotBeUnwrappedAndChecksTheTablesAllTheSame) {
  Make();
  const auto put = [this](const std::string& value) {
    auto store = Open();
    ASSERT_TRUE(store.ok()) << store.error().text;
    ASSERT_TRUE(Await<keys::ManagedKey>([&](auto done) {
                  (*store)->managed_keys().Ensure("111122223333", "us-east-1", (*store)->home(), std::move(done));
                }).ok());
    auto kms = Await<std::shared_ptr<engine::Keyspace>>([&](auto done) {
      (*store)->engine().Open(keys::kKmsKeyspace, (*store)->system_key_source(), (*store)->home(), std::move(done));
    });
    ASSERT_TRUE(kms.ok()) << kms.error().text;
    if (!value.empty()) {
      const engine::Key key{keys::kManagedKeyKind.space, "111122223333/us-east-1"};
      ASSERT_TRUE(Await<engine::Outcome>([&](auto done) {
                    (*kms)->Transact(
                        {key},
                        [&](engine::Values) -> std::variant<engine::Plan, engine::Reject> {
                          return engine::Plan{.puts = {{key, value}}};
                        },
                        (*store)->home(), std::move(done));
                  }).ok());
    }
  };
  put("");
  EXPECT_EQ(Verify().DamagedCount(), 0u) << Verify().Text();
  put("not a record");
  const VerifyReport report = Verify();
  EXPECT_EQ(report.DamagedCount(), 1u) << report.Text();
  const FileReport* damaged = Find(report, "system/kms");
  ASSERT_NE(damaged, nullptr) << report.Text();
  EXPECT_EQ(damaged->reason, "system/kms holds a record that cannot be understood");
  ExpectRefused(FirstStart::kRefuse, "system/kms holds a record that cannot be understood");
}

TEST_F(StoreTest, VerifyReportsWhatItCannotCheck) {
  Make();
  const std::string root = *files_.ReadFile(Path("ROOT"));
  Overwrite(Path("ROOT"), root.substr(1));
  VerifyReport report = Verify();
  EXPECT_EQ(Find(report, "ROOT")->reason.find("not checkable"), std::string::npos);
  for (const FileReport& file : report.files) {
    if (file.path.starts_with(Path("system/")) || file.path.starts_with(Path("tables/"))) {
      EXPECT_FALSE(file.ok);
      EXPECT_EQ(file.reason.substr(0, 14), "not checkable:") << file.path;
    }
  }
  ASSERT_TRUE(files_.RemoveFile(Path("ROOT")).ok());
  EXPECT_FALSE(Find(Verify(), "ROOT")->ok);
  Overwrite(Path("ROOT"), root);

  Overwrite(Path("notes.txt"), "mine");
  ASSERT_TRUE(files_.CreateDirectories(Path("tables/ffff")).ok());
  Overwrite(Path("tables/ffff/KEYS"), "?");
  report = Verify();
  EXPECT_EQ(report.DamagedCount(), 0u) << report.Text();
  EXPECT_NE(Find(report, "notes.txt")->reason.find("unknown"), std::string::npos);
  EXPECT_NE(Find(report, "tables/ffff/KEYS")->reason.find("no table"), std::string::npos);
  ASSERT_TRUE(MoveToLost(files_, options_.data_dir, "tables/ffff").ok());
  EXPECT_TRUE(*files_.FileExists(Path("lost/ffff/KEYS")));
  EXPECT_FALSE(*files_.FileExists(Path("tables/ffff")));
  EXPECT_EQ(Verify().DamagedCount(), 0u);
}

TEST_F(StoreTest, VerifyRefusesTheWrongRootKeyAndOtherDirectories) {
  Make();
  const auto wrong = VerifyDirectory(files_, options_.data_dir, *keys::RootKey::Ephemeral());
  ASSERT_FALSE(wrong.ok());
  EXPECT_EQ(wrong.error().reason, Reason::kWrongKey);
  ASSERT_TRUE(files_.CreateDirectory(base_ + "/other").ok());
  EXPECT_FALSE(VerifyDirectory(files_, base_ + "/other", *keys::RootKey::Ephemeral()).ok());
}

TEST_F(StoreTest, KnowsARootKeyInsideTheData) {
  keys::RootKeyProvider provider;
  provider.path = base_ + "/data/root.key";
  EXPECT_FALSE(CheckRootKeyPlace(provider, base_ + "/data").ok());
  provider.path = base_ + "/other/../data/x/root.key";
  ASSERT_TRUE(files_.CreateDirectory(base_ + "/other").ok());
  EXPECT_FALSE(CheckRootKeyPlace(provider, base_ + "/data").ok());
  provider.path = base_ + "/data.root-key";
  EXPECT_TRUE(CheckRootKeyPlace(provider, base_ + "/data").ok());
  Make();
  EXPECT_TRUE(OnSameFileSystem(options_.root_key, options_.data_dir));
}

TEST(StoreInMemory, Works) {
  auto store = Store::OpenInMemory(os::SystemClock());
  ASSERT_TRUE(store.ok());
  EXPECT_TRUE((*store)->Complete().ok());
  EXPECT_TRUE(Await<void>([&](engine::Done<void> done) {
                (*store)->service_keys().Ensure("111122223333", "us-east-1", (*store)->home(), std::move(done));
              }).ok());
}

}  // namespace
}  // namespace basalt::main
