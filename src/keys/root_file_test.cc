// Tests of D/ROOT: damage is told from a wrong key, and every byte counts.
#include "keys/root_file.h"

#include <gtest/gtest.h>

#include "base/bytes.h"
#include "base/checksum.h"
#include "crypto/random.h"
#include "os/simulated_file_system.h"

namespace basalt::keys {
namespace {

class RootFileTest : public testing::Test {
 protected:
  RootFileTest() : files_(os::NewSimulatedFileSystem()), root_key_(RootKey::Ephemeral()) {
    EXPECT_TRUE(files_->CreateDirectories("/d").ok());
    system_key_ = crypto::RandomSecret(kSystemKeyBytes);
    EXPECT_TRUE(WriteRootFile(*files_, "/d", *root_key_, system_key_).ok());
    bytes_ = *files_->ReadFile("/d/ROOT");
  }

  Reason ReasonFor(const std::string& bytes) {
    files_->Overwrite("/d/ROOT", bytes);
    const auto key = ReadRootFile(*files_, "/d", *root_key_);
    EXPECT_FALSE(key.ok());
    return key.ok() ? Reason::kInternal : key.error().reason;
  }
  static std::string WithChecksum(std::string content) {
    AppendBigEndian64(content, Xxh3(content, 0));
    return content;
  }

  std::unique_ptr<os::SimulatedFileSystem> files_;
  std::unique_ptr<RootKey> root_key_;
  SecretBytes system_key_;
  std::string bytes_;
};

TEST_F(RootFileTest, GivesTheSystemKeyBack) {
  const auto key = ReadRootFile(*files_, "/d", *root_key_);
  ASSERT_TRUE(key.ok()) << key.error().text;
  EXPECT_EQ(key->view(), system_key_.view());
  EXPECT_EQ(bytes_.find(system_key_.view()), std::string::npos);
  const auto view = RootFileView::Parse(bytes_, "ROOT");
  ASSERT_TRUE(view.ok());
  EXPECT_EQ(view->version, kRootFileVersion);
  EXPECT_EQ(view->provider_name, "memory");
}

TEST_F(RootFileTest, IsNotFoundWhenAbsent) {
  ASSERT_TRUE(files_->RemoveFile("/d/ROOT").ok());
  EXPECT_EQ(ReadRootFile(*files_, "/d", *root_key_).error().reason, Reason::kNotFound);
}

TEST_F(RootFileTest, AChangedByteIsDamageAndNamesTheFile) {
  for (size_t i = 0; i < bytes_.size(); ++i) {
    for (const int bit : {0, 7}) {
      std::string changed = bytes_;
      changed[i] = static_cast<char>(changed[i] ^ (1 << bit));
      files_->Overwrite("/d/ROOT", changed);
      const auto key = ReadRootFile(*files_, "/d", *root_key_);
      ASSERT_FALSE(key.ok());
      EXPECT_EQ(key.error().reason, Reason::kCorruption);
      EXPECT_NE(key.error().text.find("/d/ROOT"), std::string::npos);
    }
  }
}

TEST_F(RootFileTest, ACutOrLongerFileIsDamage) {
  for (size_t length = 0; length < bytes_.size(); ++length) {
    EXPECT_EQ(ReasonFor(bytes_.substr(0, length)), Reason::kCorruption) << length;
  }
  EXPECT_EQ(ReasonFor(bytes_ + '\0'), Reason::kCorruption);
  EXPECT_EQ(ReasonFor(bytes_ + bytes_), Reason::kCorruption);
  EXPECT_EQ(ReasonFor(std::string(100'000, 'x')), Reason::kCorruption);
}

TEST_F(RootFileTest, AnotherRootKeyIsToldFromDamage) {
  const auto key = ReadRootFile(*files_, "/d", *RootKey::Ephemeral());
  ASSERT_FALSE(key.ok());
  EXPECT_EQ(key.error().reason, Reason::kWrongKey);
  EXPECT_NE(key.error().text.find("wrong root key"), std::string::npos);
}

TEST_F(RootFileTest, AChangeUnderARightChecksumDoesNotOpen) {
  const std::string content = bytes_.substr(0, bytes_.size() - 8);
  for (size_t i = 0; i < content.size(); ++i) {
    std::string changed = content;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    files_->Overwrite("/d/ROOT", WithChecksum(changed));
    EXPECT_FALSE(ReadRootFile(*files_, "/d", *root_key_).ok()) << i;
  }
  EXPECT_EQ(ReasonFor(WithChecksum(content + "x")), Reason::kCorruption);
}

TEST_F(RootFileTest, ALaterFormatIsNoDamage) {
  std::string content = bytes_.substr(0, bytes_.size() - 8);
  content[9] = 2;
  EXPECT_EQ(ReasonFor(WithChecksum(content)), Reason::kInvalidArgument);
}

TEST_F(RootFileTest, SurvivesPowerLossAtEveryStepOfWriting) {
  for (uint64_t step = 0; step < 12; ++step) {
    auto files = os::NewSimulatedFileSystem();
    ASSERT_TRUE(files->CreateDirectories("/d").ok());
    ASSERT_TRUE(WriteRootFile(*files, "/d", *root_key_, system_key_).ok());
    const SecretBytes other = crypto::RandomSecret(kSystemKeyBytes);
    files->StopAt(files->mutation_count() + step);
    const bool written = WriteRootFile(*files, "/d", *root_key_, other).ok();
    files->PowerLoss(step);
    const auto key = ReadRootFile(*files, "/d", *root_key_);
    ASSERT_TRUE(key.ok()) << step << ": " << key.error().text;
    if (written) {
      EXPECT_EQ(key->view(), other.view());
    } else {
      EXPECT_TRUE(key->view() == other.view() || key->view() == system_key_.view());
    }
  }
}

}  // namespace
}  // namespace basalt::keys
