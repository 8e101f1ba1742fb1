#include "sealed/keyring.h"

#include <gtest/gtest.h>

#include "crypto/random.h"
#include "os/simulated_file_system.h"
#include "sealed/sealed_file.h"

namespace basalt::sealed {
namespace {

class KeyringTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(files_->CreateDirectories("/d").ok()); }

  std::shared_ptr<const Keyring> Create() {
    auto keyring = Keyring::Create(*files_, "/d", "table-1", key_, 7);
    EXPECT_TRUE(keyring.ok());
    return std::move(keyring).value();
  }

  const std::unique_ptr<os::SimulatedFileSystem> files_ = os::NewSimulatedFileSystem();
  const SecretBytes key_ = crypto::RandomSecret(32);
};

TEST_F(KeyringTest, LoadsWhatWasCreated) {
  const auto created = Create();
  EXPECT_EQ(created->newest_root(), 1U);
  EXPECT_EQ(created->key_version(), 7U);
  const auto loaded = Keyring::Load(*files_, "/d", "table-1", key_);
  ASSERT_TRUE(loaded.ok()) << loaded.error().text;
  EXPECT_EQ((*loaded)->directory_id(), "table-1");
  EXPECT_EQ((*loaded)->key_version(), 7U);
  EXPECT_EQ((*loaded)->newest_root(), 1U);
  ASSERT_NE((*loaded)->FindRoot(1), nullptr);
  EXPECT_EQ((*loaded)->FindRoot(1)->view(), created->FindRoot(1)->view());
  EXPECT_EQ((*loaded)->FindRoot(1)->size(), 32U);
  EXPECT_EQ((*loaded)->FindRoot(0), nullptr);
  EXPECT_EQ((*loaded)->FindRoot(2), nullptr);
  EXPECT_EQ(Keyring::ReadKeyVersion(*files_, "/d").value(), 7U);
  EXPECT_EQ(files_->ReadFile("/d/KEYS").value().find(created->FindRoot(1)->view()), std::string::npos);
}

TEST_F(KeyringTest, NeverReplacesKeysByCreating) {
  const auto created = Create();
  EXPECT_EQ(Keyring::Create(*files_, "/d", "table-1", key_).error().reason, Reason::kAlreadyExists);
  EXPECT_EQ((*Keyring::Load(*files_, "/d", "table-1", key_))->FindRoot(1)->view(), created->FindRoot(1)->view());
}

TEST_F(KeyringTest, TellsAbsenceWrongKeyAndDamageApart) {
  EXPECT_EQ(Keyring::Load(*files_, "/d", "table-1", key_).error().reason, Reason::kNotFound);
  Create();
  EXPECT_EQ(Keyring::Load(*files_, "/d", "table-1", crypto::RandomSecret(32)).error().reason, Reason::kWrongKey);
  EXPECT_EQ(Keyring::Load(*files_, "/d", "table-2", key_).error().reason, Reason::kWrongKey);

  const std::string good = files_->ReadFile("/d/KEYS").value();
  const auto expect_damage = [&](const std::string& content) {
    files_->Overwrite("/d/KEYS", content);
    const auto loaded = Keyring::Load(*files_, "/d", "table-1", key_);
    ASSERT_FALSE(loaded.ok());
    EXPECT_EQ(loaded.error().reason, Reason::kCorruption);
    EXPECT_NE(loaded.error().text.find("/d/KEYS"), std::string::npos);
  };
  for (size_t i = 0; i < good.size(); ++i) {
    for (const int bit : {0, 7}) {
      std::string bad = good;
      bad[i] = static_cast<char>(bad[i] ^ (1 << bit));
      expect_damage(bad);
    }
  }
  for (size_t length = 0; length < good.size(); ++length) {
    expect_damage(good.substr(0, length));
  }
  expect_damage(good + '\0');
  expect_damage(std::string(5U << 20, 'x'));
}

TEST_F(KeyringTest, AKeyChangeKeepsOldFilesReadableAndSealsNewOnesUnderTheFreshRoot) {
  const auto before = Create();
  const auto write = [this](const std::string& path, const std::shared_ptr<const Keyring>& keyring) {
    auto writer = NewSealedWriter(*files_, path, Layout::kFramed, keyring);
    ASSERT_TRUE((*writer)->Append("content of " + path).ok());
    ASSERT_TRUE((*writer)->Close().ok());
  };
  write("/d/old", before);
  const SecretBytes new_key = crypto::RandomSecret(32);
  const auto after = before->WithFreshRoot(*files_, "/d", new_key, 8, {1});
  ASSERT_TRUE(after.ok());
  EXPECT_EQ((*after)->newest_root(), 2U);
  write("/d/new", *after);

  EXPECT_EQ(Keyring::Load(*files_, "/d", "table-1", key_).error().reason, Reason::kWrongKey);
  EXPECT_EQ(Keyring::ReadKeyVersion(*files_, "/d").value(), 8U);
  const auto loaded = Keyring::Load(*files_, "/d", "table-1", new_key);
  ASSERT_TRUE(loaded.ok());
  EXPECT_EQ((*loaded)->root_numbers(), (std::set<uint32_t>{1, 2}));
  EXPECT_EQ(VerifySealedFile(*files_, "/d/old", **loaded).root, 1U);
  EXPECT_EQ(VerifySealedFile(*files_, "/d/new", **loaded).root, 2U);
  EXPECT_TRUE(VerifySealedFile(*files_, "/d/old", **loaded).ok);
  EXPECT_FALSE(VerifySealedFile(*files_, "/d/new", *before).ok);

  // The old root leaves; its number is never given to another.
  const auto last = (*loaded)->WithFreshRoot(*files_, "/d", new_key, 8, {});
  ASSERT_TRUE(last.ok());
  EXPECT_EQ((*last)->root_numbers(), (std::set<uint32_t>{3}));
  const FileVerdict verdict = VerifySealedFile(*files_, "/d/old", **last);
  EXPECT_FALSE(verdict.ok);
  EXPECT_NE(verdict.reason.find("/d/old"), std::string::npos);
}

TEST_F(KeyringTest, ABackupHasKeysOfItsOwn) {
  const auto keyring = Create();
  auto writer = NewSealedWriter(*files_, "/d/data", Layout::kChunked, keyring);
  ASSERT_TRUE((*writer)->Append("items").ok());
  ASSERT_TRUE((*writer)->Close().ok());
  ASSERT_TRUE(files_->CreateDirectories("/backup").ok());
  ASSERT_TRUE(files_->HardLink("/d/data", "/backup/data").ok());
  const SecretBytes backup_key = crypto::RandomSecret(32);
  ASSERT_TRUE(keyring->WriteTo(*files_, "/backup", backup_key, 1).ok());
  ASSERT_TRUE(files_->RemoveTree("/d").ok());
  const auto loaded = Keyring::Load(*files_, "/backup", "table-1", backup_key);
  ASSERT_TRUE(loaded.ok());
  EXPECT_TRUE(VerifySealedFile(*files_, "/backup/data", **loaded).ok);
}

TEST_F(KeyringTest, AKeyChangeSurvivesAPowerLossAtEveryStep) {
  const SecretBytes new_key = crypto::RandomSecret(32);
  bool finished = false;
  for (uint64_t step = 0; !finished; ++step) {
    for (uint64_t seed = 0; seed < 8; ++seed) {
      const auto files = os::NewSimulatedFileSystem();
      ASSERT_TRUE(files->CreateDirectories("/d").ok());
      const auto before = Keyring::Create(*files, "/d", "id", key_);
      ASSERT_TRUE(before.ok());
      files->StopAt(files->mutation_count() + step);
      finished = (*before)->WithFreshRoot(*files, "/d", new_key, 2, {1}).ok();
      files->PowerLoss(seed);
      const bool is_old = Keyring::Load(*files, "/d", "id", key_).ok();
      const bool is_new = Keyring::Load(*files, "/d", "id", new_key).ok();
      EXPECT_NE(is_old, is_new) << "step " << step << " seed " << seed;
      EXPECT_TRUE(is_new || !finished);
    }
  }
}

}  // namespace
}  // namespace basalt::sealed
