// The contract of FileSystem, run against the real and the simulated one.
#include "os/file_system.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "os/simulated_file_system.h"

namespace basalt::os {
namespace {

class OnDisk {
 public:
  OnDisk() {
    std::string pattern = JoinPath(::testing::TempDir(), "basalt_os_XXXXXX");
    root_ = ::mkdtemp(pattern.data()) == nullptr ? "" : pattern;
  }
  ~OnDisk() { EXPECT_TRUE(RealFileSystem().RemoveTree(root_).ok()); }
  FileSystem& files() { return RealFileSystem(); }
  const std::string& root() const { return root_; }

 private:
  std::string root_;
};

class InMemory {
 public:
  FileSystem& files() { return *files_; }
  const std::string& root() const { return root_; }

 private:
  const std::unique_ptr<SimulatedFileSystem> files_ = NewSimulatedFileSystem();
  const std::string root_ = "/";
};

template <class Place>
class FileSystemTest : public ::testing::Test {
 protected:
  FileSystem& files() { return place_.files(); }
  std::string Path(std::string_view name) { return JoinPath(place_.root(), name); }

  void Write(const std::string& path, std::string_view content) {
    auto file = files().NewWritableFile(path);
    ASSERT_TRUE(file.ok()) << file.error().text;
    ASSERT_TRUE(file.value()->Append(content).ok());
    ASSERT_TRUE(file.value()->Close().ok());
  }
  std::string Read(const std::string& path) {
    auto content = files().ReadFile(path);
    return content.ok() ? std::move(content).value() : "<" + content.error().text + ">";
  }
  std::string List(const std::string& path) {
    auto entries = files().ListDirectory(path);
    if (!entries.ok()) {
      return "<" + entries.error().text + ">";
    }
    std::string names;
    for (const DirectoryEntry& entry : entries.value()) {
      names += entry.name + (entry.is_directory ? "/ " : " ");
    }
    return names;
  }

 private:
  Place place_;
};

using Places = ::testing::Types<OnDisk, InMemory>;
TYPED_TEST_SUITE(FileSystemTest, Places);

TYPED_TEST(FileSystemTest, ReadsBackWhatWasAppended) {
  const std::string path = this->Path("file");
  auto file = this->files().NewWritableFile(path);
  ASSERT_TRUE(file.ok());
  EXPECT_TRUE((*file)->Append("hello, ").ok());
  EXPECT_TRUE((*file)->Append("").ok());
  EXPECT_TRUE((*file)->Append("world").ok());
  EXPECT_EQ((*file)->size_bytes(), 12U);
  EXPECT_TRUE((*file)->Sync().ok());
  EXPECT_TRUE((*file)->Close().ok());
  EXPECT_FALSE((*file)->Append("more").ok()) << "closed";
  EXPECT_EQ(this->Read(path), "hello, world");
  EXPECT_EQ(this->files().FileSize(path).value(), 12U);

  const auto reader = this->files().NewRandomFile(path);
  ASSERT_TRUE(reader.ok());
  char out[16] = {};
  EXPECT_EQ((*reader)->Read(7, 5, out).value(), 5U);
  EXPECT_EQ(std::string(out, 5), "world");
  EXPECT_EQ((*reader)->Read(10, 10, out).value(), 2U) << "fewer only at the end";
  EXPECT_EQ((*reader)->Read(12, 10, out).value(), 0U);
  EXPECT_EQ((*reader)->Read(1000, 10, out).value(), 0U);
  EXPECT_EQ((*reader)->Size().value(), 12U);
}

TYPED_TEST(FileSystemTest, CreatingAgainTruncates) {
  this->Write(this->Path("file"), "long content");
  this->Write(this->Path("file"), "short");
  EXPECT_EQ(this->Read(this->Path("file")), "short");
}

TYPED_TEST(FileSystemTest, NamesWhatIsMissing) {
  FileSystem& files = this->files();
  const std::string path = this->Path("absent");
  const auto expect_not_found = [&path](const auto& result) {
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.error().reason, Reason::kNotFound);
    EXPECT_NE(result.error().text.find(path), std::string::npos) << result.error().text;
  };
  expect_not_found(files.NewRandomFile(path));
  expect_not_found(files.FileSize(path));
  expect_not_found(files.ModificationTimeMs(path));
  expect_not_found(files.ListDirectory(path));
  expect_not_found(files.RemoveFile(path));
  expect_not_found(files.RemoveDirectory(path));
  expect_not_found(files.Rename(path, this->Path("other")));
  expect_not_found(files.HardLink(path, this->Path("other")));
  expect_not_found(files.SyncDirectory(path));
  expect_not_found(files.NewWritableFile(path + "/file"));
  EXPECT_FALSE(files.FileExists(path).value());
  EXPECT_TRUE(files.RemoveTree(path).ok());
}

TYPED_TEST(FileSystemTest, RefusesTheWrongKindOfFile) {
  FileSystem& files = this->files();
  ASSERT_TRUE(files.CreateDirectory(this->Path("directory")).ok());
  this->Write(this->Path("file"), "x");
  EXPECT_EQ(files.CreateDirectory(this->Path("directory")).error().reason, Reason::kAlreadyExists);
  EXPECT_EQ(files.CreateDirectory(this->Path("file")).error().reason, Reason::kAlreadyExists);
  EXPECT_FALSE(files.NewRandomFile(this->Path("directory")).ok());
  EXPECT_FALSE(files.NewWritableFile(this->Path("directory")).ok());
  EXPECT_FALSE(files.RemoveFile(this->Path("directory")).ok());
  EXPECT_FALSE(files.RemoveDirectory(this->Path("file")).ok());
  EXPECT_FALSE(files.ListDirectory(this->Path("file")).ok());
  EXPECT_FALSE(files.Rename(this->Path("file"), this->Path("directory")).ok());
  EXPECT_FALSE(files.CreateDirectories(this->Path("file")).ok());
  this->Write(this->Path("directory/inner"), "y");
  EXPECT_FALSE(files.RemoveDirectory(this->Path("directory")).ok()) << "not empty";
  EXPECT_EQ(this->List(this->Path("")), "directory/ file ");
}

TYPED_TEST(FileSystemTest, RenameReplacesAndHardLinksShareBytes) {
  FileSystem& files = this->files();
  this->Write(this->Path("a"), "first");
  this->Write(this->Path("b"), "second");
  ASSERT_TRUE(files.HardLink(this->Path("b"), this->Path("c")).ok());
  EXPECT_EQ(files.HardLink(this->Path("a"), this->Path("c")).error().reason, Reason::kAlreadyExists);
  ASSERT_TRUE(files.Rename(this->Path("a"), this->Path("b")).ok());
  EXPECT_EQ(this->List(this->Path("")), "b c ");
  EXPECT_EQ(this->Read(this->Path("b")), "first");
  EXPECT_EQ(this->Read(this->Path("c")), "second");
  ASSERT_TRUE(files.RemoveFile(this->Path("b")).ok());
  EXPECT_EQ(this->Read(this->Path("c")), "second");
}

TYPED_TEST(FileSystemTest, AnOpenFileOutlivesItsName) {
  this->Write(this->Path("a"), "bytes");
  const auto reader = this->files().NewRandomFile(this->Path("a"));
  ASSERT_TRUE(reader.ok());
  ASSERT_TRUE(this->files().RemoveFile(this->Path("a")).ok());
  char out[5];
  EXPECT_EQ((*reader)->Read(0, 5, out).value(), 5U);
  EXPECT_EQ(std::string(out, 5), "bytes");
}

TYPED_TEST(FileSystemTest, MakesAndRemovesTrees) {
  FileSystem& files = this->files();
  ASSERT_TRUE(files.CreateDirectories(this->Path("a/b/c")).ok());
  EXPECT_TRUE(files.CreateDirectories(this->Path("a/b/c")).ok()) << "again is no failure";
  this->Write(this->Path("a/b/c/file"), "x");
  this->Write(this->Path("a/file"), "x");
  EXPECT_EQ(this->List(this->Path("a")), "b/ file ");
  ASSERT_TRUE(files.RemoveTree(this->Path("a")).ok());
  EXPECT_EQ(this->List(this->Path("")), "");
}

TYPED_TEST(FileSystemTest, WritesAtomicallyAndLeavesNoTemporaryFile) {
  FileSystem& files = this->files();
  const std::string path = this->Path("CURRENT");
  ASSERT_TRUE(files.WriteFileAtomically(path, "one").ok());
  ASSERT_TRUE(files.WriteFileAtomically(path, "two").ok());
  EXPECT_EQ(this->Read(path), "two");
  ASSERT_TRUE(files.CreateDirectory(this->Path("taken")).ok());
  this->Write(this->Path("taken/x"), "x");
  EXPECT_FALSE(files.WriteFileAtomically(this->Path("taken"), "three").ok());
  EXPECT_EQ(this->List(this->Path("")), "CURRENT taken/ ");
}

TYPED_TEST(FileSystemTest, LocksExcludeASecondOpenerUntilReleased) {
  FileSystem& files = this->files();
  auto first = files.LockFile(this->Path("LOCK"));
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(files.LockFile(this->Path("LOCK")).error().reason, Reason::kAlreadyExists);
  EXPECT_TRUE(files.LockFile(this->Path("LOCK2")).ok());
  first.value().reset();
  EXPECT_TRUE(files.LockFile(this->Path("LOCK")).ok());
}

TEST(RealFileSystem, FilesAndDirectoriesArePrivate) {
  OnDisk place;
  FileSystem& files = place.files();
  const std::string directory = JoinPath(place.root(), "directory");
  const std::string path = JoinPath(directory, "file");
  ASSERT_TRUE(files.CreateDirectory(directory).ok());
  ASSERT_TRUE(files.WriteFileAtomically(path, "secret").ok());
  struct stat status {};
  ASSERT_EQ(::stat(directory.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0700U);
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  EXPECT_GT(files.ModificationTimeMs(path).value(), 1500000000000);
}

TEST(RealFileSystem, RemoveTreeDoesNotFollowLinks) {
  OnDisk place;
  FileSystem& files = place.files();
  const std::string kept = JoinPath(place.root(), "kept");
  const std::string doomed = JoinPath(place.root(), "doomed");
  ASSERT_TRUE(files.CreateDirectory(kept).ok());
  ASSERT_TRUE(files.CreateDirectory(doomed).ok());
  ASSERT_TRUE(files.WriteFileAtomically(JoinPath(kept, "file"), "x").ok());
  ASSERT_EQ(::symlink(kept.c_str(), JoinPath(doomed, "link").c_str()), 0);
  ASSERT_TRUE(files.RemoveTree(doomed).ok());
  EXPECT_EQ(files.ReadFile(JoinPath(kept, "file")).value(), "x");
}

TEST(RealFileSystem, AFullDeviceIsAnIoErrorThatSticks) {
  auto file = RealFileSystem().NewWritableFile("/dev/full");
  if (!file.ok()) {
    GTEST_SKIP() << "no /dev/full here";
  }
  const Status failed = (*file)->Append("x");
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().reason, Reason::kIo);
  EXPECT_EQ(failed.error().text, "write /dev/full: No space left on device");
  EXPECT_FALSE((*file)->Append("").ok());
  EXPECT_FALSE((*file)->Sync().ok());
}

TEST(Paths, ParentAndJoin) {
  EXPECT_EQ(ParentDirectory("/a/b"), "/a");
  EXPECT_EQ(ParentDirectory("/a/b//"), "/a");
  EXPECT_EQ(ParentDirectory("/a//b"), "/a");
  EXPECT_EQ(ParentDirectory("/a"), "/");
  EXPECT_EQ(ParentDirectory("//a"), "/");
  EXPECT_EQ(ParentDirectory("/"), "/");
  EXPECT_EQ(ParentDirectory("a/b"), "a");
  EXPECT_EQ(ParentDirectory("a"), ".");
  EXPECT_EQ(ParentDirectory("."), ".");
  EXPECT_EQ(ParentDirectory(""), ".");
  EXPECT_EQ(JoinPath("/a", "b"), "/a/b");
  EXPECT_EQ(JoinPath("/a/", "b"), "/a/b");
  EXPECT_EQ(JoinPath("", "b"), "b");
}

}  // namespace
}  // namespace basalt::os
