#include "sealed/plaintext_file.h"

#include <gtest/gtest.h>

#include <string>

#include "os/simulated_file_system.h"

namespace basalt::sealed {
namespace {

class PlaintextFileTest : public ::testing::Test {
 protected:
  PlaintextFileTest() { EXPECT_TRUE(files_->CreateDirectories("/d").ok()); }

  std::unique_ptr<os::SimulatedFileSystem> files_ = os::NewSimulatedFileSystem();
};

TEST_F(PlaintextFileTest, HoldsTheBytesAsTheyAre) {
  const auto writer = NewPlaintextWriter(*files_, "/d/file").value();
  ASSERT_TRUE(writer->Append("one").ok());
  ASSERT_TRUE(writer->Sync().ok());
  ASSERT_TRUE(writer->Append("two").ok());
  EXPECT_EQ(writer->logical_size(), 6U);
  ASSERT_TRUE(writer->Close().ok());
  EXPECT_TRUE(writer->Close().ok());
  EXPECT_EQ(files_->ReadFile("/d/file").value(), "onetwo");

  const auto reader = NewPlaintextReader(*files_, "/d/file").value();
  EXPECT_EQ(reader->logical_size(), 6U);
  EXPECT_TRUE(reader->closed());
  std::string part(10, '\0');
  ASSERT_EQ(reader->Read(2, part.size(), part.data()).value(), 4U);
  EXPECT_EQ(part.substr(0, 4), "etwo");
}

TEST_F(PlaintextFileTest, IsLeftAloneAfterAFailure) {
  const auto writer = NewPlaintextWriter(*files_, "/d/file").value();
  ASSERT_TRUE(writer->Append("one").ok());
  files_->StopAt(files_->mutation_count());
  EXPECT_FALSE(writer->Sync().ok());
  files_->StopAt(UINT64_MAX);
  EXPECT_FALSE(writer->Append("two").ok());
  EXPECT_FALSE(writer->Sync().ok());
  EXPECT_FALSE(writer->Close().ok());
}

TEST_F(PlaintextFileTest, AFileThatIsMissingIsNotFound) {
  EXPECT_EQ(NewPlaintextReader(*files_, "/d/none").error().reason, Reason::kNotFound);
}

}  // namespace
}  // namespace basalt::sealed
