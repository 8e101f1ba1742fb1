// Tests of credentials files: profiles that are not ours stay as they are.
#include "main/credentials_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

#include "os/file_system.h"

namespace basalt::main {
namespace {

identity::IssuedKey Key(const std::string& account, const std::string& id, const std::string& secret) {
  return {account, id, SecretBytes(secret)};
}

constexpr char kOthers[] =
    "# mine\n[default]\naws_access_key_id=AKIDEFAULT\naws_secret_access_key = x\n\n[ work ]\nregion = eu-west-1\n";

TEST(CredentialsFile, AddsAProfileAtTheEnd) {
  EXPECT_EQ(WithProfile("", Key("111122223333", "AKIA1", "s1")),
            "[111122223333]\naws_access_key_id = AKIA1\naws_secret_access_key = s1\n");
  EXPECT_EQ(WithProfile(kOthers, Key("111122223333", "AKIA1", "s1")),
            std::string(kOthers) + "\n[111122223333]\naws_access_key_id = AKIA1\naws_secret_access_key = s1\n");
  EXPECT_EQ(WithProfile("[a]\nb = c", Key("111122223333", "AKIA1", "s1")),
            "[a]\nb = c\n\n[111122223333]\naws_access_key_id = AKIA1\naws_secret_access_key = s1\n");
}

TEST(CredentialsFile, ReplacesAProfilesKeyAndNothingElse) {
  const std::string before =
      std::string("[111122223333]\r\nregion = x\naws_secret_access_key=old\naws_access_key_id =old\n") + kOthers;
  EXPECT_EQ(
      WithProfile(before, Key("111122223333", "AKIA2", "s2")),
      std::string("[111122223333]\r\naws_access_key_id = AKIA2\naws_secret_access_key = s2\nregion = x\n") + kOthers);
  EXPECT_EQ(WithProfile("[111122223333]", Key("111122223333", "AKIA2", "s2")),
            "[111122223333]\naws_access_key_id = AKIA2\naws_secret_access_key = s2\n");
}

TEST(CredentialsFile, FindsProfilesByTheirName) {
  EXPECT_TRUE(HasProfile(kOthers, "default"));
  EXPECT_TRUE(HasProfile(kOthers, "work"));
  EXPECT_FALSE(HasProfile(kOthers, "111122223333"));
  EXPECT_FALSE(HasProfile("# [111122223333]\nx = [111122223333]\n", "111122223333"));
  EXPECT_FALSE(HasProfile("[1111222233334]\n[11112222333\n", "111122223333"));
}

TEST(CredentialsFile, IsWrittenWholeAndClosedToOthers) {
  char name[] = "/tmp/basalt-credentials-XXXXXX";
  const std::string directory = mkdtemp(name);
  const std::string path = directory + "/credentials";
  EXPECT_EQ(*ReadCredentialsFile(path), "");
  ASSERT_TRUE(WriteCredentialsFile(path, "one").ok());
  struct stat status {};
  ASSERT_EQ(stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, mode_t{0600});
  EXPECT_EQ(ReserveCredentialsFile(path).error().reason, Reason::kAlreadyExists);

  // A link stays a link, and the mode its owner chose stays.
  ASSERT_EQ(chmod(path.c_str(), 0400), 0);
  const std::string link = directory + "/link";
  ASSERT_EQ(symlink(path.c_str(), link.c_str()), 0);
  ASSERT_TRUE(WriteCredentialsFile(link, "two").ok());
  ASSERT_EQ(lstat(link.c_str(), &status), 0);
  EXPECT_TRUE(S_ISLNK(status.st_mode));
  EXPECT_EQ(*ReadCredentialsFile(path), "two");
  ASSERT_EQ(stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, mode_t{0400});

  EXPECT_FALSE(ReadCredentialsFile(directory).ok());
  EXPECT_FALSE(WriteCredentialsFile(directory + "/none/credentials", "x").ok());
  EXPECT_TRUE(os::RealFileSystem().RemoveTree(directory).ok());
}

}  // namespace
}  // namespace basalt::main
