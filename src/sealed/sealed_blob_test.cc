#include "sealed/sealed_blob.h"

#include <gtest/gtest.h>

#include "crypto/random.h"
#include "os/simulated_file_system.h"

namespace basalt::sealed {
namespace {

class SealedBlob : public ::testing::Test {
 protected:
  std::shared_ptr<const Keyring> MakeKeyring(const std::string& id) {
    EXPECT_TRUE(files_->CreateDirectories("/" + id).ok());
    return *Keyring::Create(*files_, "/" + id, id, key_);
  }

  const std::unique_ptr<os::SimulatedFileSystem> files_ = os::NewSimulatedFileSystem();
  const SecretBytes key_ = crypto::RandomSecret(32);
  const std::shared_ptr<const Keyring> keyring_ = MakeKeyring("one");
};

TEST_F(SealedBlob, OpensToWhatWasSealed) {
  for (const std::string& bytes : {std::string(), std::string("secret"), std::string(100'000, 'x')}) {
    const std::string blob = SealBlob(*keyring_, "part", bytes);
    EXPECT_EQ(*OpenBlob(*keyring_, "part", blob), bytes);
    EXPECT_EQ(blob.find("secret"), std::string::npos);
  }
}

TEST_F(SealedBlob, IsSealedAnewEachTime) {
  EXPECT_NE(SealBlob(*keyring_, "part", "secret"), SealBlob(*keyring_, "part", "secret"));
}

TEST_F(SealedBlob, OpensForItsPurposeAndDirectoryOnly) {
  const std::string blob = SealBlob(*keyring_, "part", "secret");
  EXPECT_EQ(OpenBlob(*keyring_, "other", blob).error().reason, Reason::kCorruption);
  EXPECT_EQ(OpenBlob(*MakeKeyring("two"), "part", blob).error().reason, Reason::kCorruption);
}

TEST_F(SealedBlob, RefusesEveryChangedOrMissingByte) {
  const std::string good = SealBlob(*keyring_, "part", "secret");
  for (size_t i = 0; i < good.size(); ++i) {
    std::string changed = good;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(OpenBlob(*keyring_, "part", changed).ok()) << i;
    EXPECT_FALSE(OpenBlob(*keyring_, "part", good.substr(0, i)).ok()) << i;
  }
}

TEST_F(SealedBlob, OpensUnderAnOlderRootThatWasKept) {
  const std::string blob = SealBlob(*keyring_, "part", "secret");
  const auto fresh = *keyring_->WithFreshRoot(*files_, "/one", key_, 2, {1});
  EXPECT_EQ(*OpenBlob(*fresh, "part", blob), "secret");
  const auto without = *keyring_->WithFreshRoot(*files_, "/one", key_, 3, {});
  EXPECT_EQ(OpenBlob(*without, "part", blob).error().reason, Reason::kCorruption);
}

}  // namespace
}  // namespace basalt::sealed
