// What a power loss may and may not do, over many seeds: each promise holds for all of them, each liberty is taken by
// some.
#include "os/simulated_file_system.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace basalt::os {
namespace {

constexpr uint64_t kSeeds = 200;

std::string Read(FileSystem& files, const std::string& path) {
  auto content = files.ReadFile(path);
  return content.ok() ? std::move(content).value() : "absent";
}

// Every outcome that `prepare`, a power loss and `observe` give.
template <class Prepare, class Observe>
std::set<std::string> Outcomes(Prepare prepare, Observe observe) {
  std::set<std::string> outcomes;
  for (uint64_t seed = 0; seed < kSeeds; ++seed) {
    const auto files = NewSimulatedFileSystem();
    prepare(*files);
    files->PowerLoss(seed);
    outcomes.insert(observe(*files));
  }
  return outcomes;
}

TEST(PowerLoss, KeepsSyncedBytesAndAnyPrefixOfTheRest) {
  const auto outcomes = Outcomes(
      [](FileSystem& files) {
        auto file = files.NewWritableFile("/f");
        ASSERT_TRUE((*file)->Append("abc").ok());
        ASSERT_TRUE((*file)->Sync().ok());
        ASSERT_TRUE(files.SyncDirectory("/").ok());
        ASSERT_TRUE((*file)->Append("de").ok());
        ASSERT_TRUE((*file)->Append("fg").ok());
      },
      [](FileSystem& files) { return Read(files, "/f"); });
  EXPECT_EQ(outcomes, (std::set<std::string>{"abc", "abcd", "abcde", "abcdef", "abcdefg"}));
}

TEST(PowerLoss, MayLoseANameWhoseDirectoryWasNotSynced) {
  const auto outcomes = Outcomes(
      [](FileSystem& files) {
        auto file = files.NewWritableFile("/f");
        ASSERT_TRUE((*file)->Append("abc").ok());
        ASSERT_TRUE((*file)->Sync().ok());
      },
      [](FileSystem& files) { return Read(files, "/f"); });
  EXPECT_EQ(outcomes, (std::set<std::string>{"absent", "abc"}));
}

TEST(PowerLoss, TakesARenameWholeOrNotAtAll) {
  const auto prepare = [](FileSystem& files) {
    ASSERT_TRUE(files.WriteFileAtomically("/current", "old").ok());
    auto file = files.NewWritableFile("/new");
    ASSERT_TRUE((*file)->Append("new").ok());
    ASSERT_TRUE((*file)->Sync().ok());
    ASSERT_TRUE(files.SyncDirectory("/").ok());
    ASSERT_TRUE(files.Rename("/new", "/current").ok());
  };
  const auto observe = [](FileSystem& files) { return Read(files, "/current") + " " + Read(files, "/new"); };
  EXPECT_EQ(Outcomes(prepare, observe), (std::set<std::string>{"old new", "new absent"}));
  const auto prepare_and_sync = [&prepare](FileSystem& files) {
    prepare(files);
    ASSERT_TRUE(files.SyncDirectory("/").ok());
  };
  EXPECT_EQ(Outcomes(prepare_and_sync, observe), (std::set<std::string>{"new absent"}));
}

TEST(PowerLoss, ARenameBetweenDirectoriesNeedsBothSynced) {
  const auto prepare = [](FileSystem& files) {
    ASSERT_TRUE(files.CreateDirectories("/a").ok());
    ASSERT_TRUE(files.CreateDirectories("/b").ok());
    ASSERT_TRUE(files.WriteFileAtomically("/a/f", "x").ok());
    ASSERT_TRUE(files.Rename("/a/f", "/b/f").ok());
    ASSERT_TRUE(files.SyncDirectory("/b").ok());
  };
  const auto observe = [](FileSystem& files) { return Read(files, "/a/f") + " " + Read(files, "/b/f"); };
  EXPECT_EQ(Outcomes(prepare, observe), (std::set<std::string>{"x absent", "absent x"}));
  const auto prepare_and_sync = [&prepare](FileSystem& files) {
    prepare(files);
    ASSERT_TRUE(files.SyncDirectory("/a").ok());
  };
  EXPECT_EQ(Outcomes(prepare_and_sync, observe), (std::set<std::string>{"absent x"}));
}

TEST(PowerLoss, BringsBackARemovedName) {
  const auto prepare = [](FileSystem& files) {
    ASSERT_TRUE(files.WriteFileAtomically("/f", "x").ok());
    ASSERT_TRUE(files.RemoveFile("/f").ok());
  };
  EXPECT_EQ(Outcomes(prepare, [](FileSystem& files) { return Read(files, "/f"); }),
            (std::set<std::string>{"x", "absent"}));
}

TEST(PowerLoss, KeepsChangesOfOneNameInTheirOrder) {
  const auto prepare = [](FileSystem& files) {
    ASSERT_TRUE(files.WriteFileAtomically("/a", "1").ok());
    ASSERT_TRUE(files.WriteFileAtomically("/b", "2").ok());
    ASSERT_TRUE(files.Rename("/a", "/c").ok());
    ASSERT_TRUE(files.Rename("/b", "/a").ok());
  };
  const auto observe = [](FileSystem& files) {
    return Read(files, "/a") + " " + Read(files, "/b") + " " + Read(files, "/c");
  };
  EXPECT_EQ(Outcomes(prepare, observe),
            (std::set<std::string>{"1 2 absent", "absent 2 1", "2 absent 1"}));  // never "2" without "1" moved
}

TEST(PowerLoss, ATruncatedFileMayComeBack) {
  const auto prepare = [](FileSystem& files) {
    ASSERT_TRUE(files.WriteFileAtomically("/f", "old").ok());
    auto file = files.NewWritableFile("/f");
    ASSERT_TRUE((*file)->Append("n").ok());
  };
  EXPECT_EQ(Outcomes(prepare, [](FileSystem& files) { return Read(files, "/f"); }),
            (std::set<std::string>{"old", "", "n"}));
}

TEST(PowerLoss, CreatedDirectoriesWithParentsAreDurable) {
  const auto prepare = [](FileSystem& files) {
    ASSERT_TRUE(files.CreateDirectories("/a/b/c").ok());
    ASSERT_TRUE(files.WriteFileAtomically("/a/b/c/f", "x").ok());
  };
  EXPECT_EQ(Outcomes(prepare, [](FileSystem& files) { return Read(files, "/a/b/c/f"); }), (std::set<std::string>{"x"}));
}

TEST(PowerLoss, OpenFilesAndLocksGo) {
  const auto files = NewSimulatedFileSystem();
  ASSERT_TRUE(files->WriteFileAtomically("/f", "x").ok());
  auto writer = files->NewWritableFile("/g");
  const auto reader = files->NewRandomFile("/f");
  const auto lock = files->LockFile("/LOCK");
  ASSERT_TRUE(lock.ok());
  ASSERT_TRUE(files->SyncDirectory("/").ok());
  files->PowerLoss(1);
  char byte = 0;
  EXPECT_EQ((*writer)->Append("y").error().reason, Reason::kIo);
  EXPECT_EQ((*reader)->Read(0, 1, &byte).error().reason, Reason::kIo);
  const auto again = files->LockFile("/LOCK");
  EXPECT_TRUE(again.ok());
  EXPECT_FALSE(files->LockFile("/LOCK").ok());
}

TEST(PowerLoss, GivesTheSameOutcomeForTheSameSeed) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    std::string outcomes[2];
    for (std::string& outcome : outcomes) {
      const auto files = NewSimulatedFileSystem();
      for (const char* name : {"/a", "/b", "/c", "/d"}) {
        auto file = files->NewWritableFile(name);
        ASSERT_TRUE((*file)->Append("0123456789").ok());
      }
      files->PowerLoss(seed);
      for (const char* name : {"/a", "/b", "/c", "/d"}) {
        outcome += Read(*files, name) + ";";
      }
    }
    EXPECT_EQ(outcomes[0], outcomes[1]);
  }
}

TEST(StopAt, AtEveryMutationAnAtomicWriteLeavesTheOldOrTheNewContent) {
  bool succeeded = false;
  std::set<std::string> outcomes;
  for (uint64_t stop = 0; !succeeded; ++stop) {
    for (uint64_t seed = 0; seed < 20; ++seed) {
      const auto files = NewSimulatedFileSystem();
      ASSERT_TRUE(files->WriteFileAtomically("/f", "old").ok());
      files->StopAt(files->mutation_count() + stop);
      const Status written = files->WriteFileAtomically("/f", "new");
      succeeded = written.ok();
      if (!succeeded) {
        EXPECT_EQ(written.error().reason, Reason::kIo);
        EXPECT_FALSE(files->CreateDirectory("/d").ok()) << "the machine has stopped";
      }
      files->PowerLoss(seed);
      const std::string found = Read(*files, "/f");
      EXPECT_TRUE(found == "new" || (found == "old" && !succeeded)) << found << " at " << stop;
      outcomes.insert(found);
      EXPECT_TRUE(files->CreateDirectory("/d").ok()) << "and runs again";
    }
  }
  EXPECT_EQ(outcomes.size(), 2U);
}

TEST(StopAt, AFailingAppendMayTear) {
  std::set<size_t> lengths;
  for (size_t size = 1; size < 40; ++size) {
    const auto files = NewSimulatedFileSystem();
    auto file = files->NewWritableFile("/f");
    files->StopAt(files->mutation_count());
    EXPECT_FALSE((*file)->Append(std::string(size, 'x')).ok());
    EXPECT_FALSE((*file)->Append("later").ok());
    lengths.insert(Read(*files, "/f").size());
  }
  EXPECT_GT(lengths.size(), 5U);
}

TEST(Overwrite, ReplacesBytesDurably) {
  const auto files = NewSimulatedFileSystem();
  ASSERT_TRUE(files->WriteFileAtomically("/f", "good").ok());
  const uint64_t before = files->mutation_count();
  files->Overwrite("/f", "bad!");
  EXPECT_EQ(files->mutation_count(), before);
  files->PowerLoss(3);
  EXPECT_EQ(Read(*files, "/f"), "bad!");
}

}  // namespace
}  // namespace basalt::os
