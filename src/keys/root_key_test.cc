// Tests of root keys and their providers, on real files.
#include "keys/root_key.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "os/file_system.h"

namespace basalt::keys {
namespace {

class RootKeyTest : public testing::Test {
 protected:
  RootKeyTest() {
    char name[] = "/tmp/basalt-root-key-XXXXXX";
    directory_ = mkdtemp(name);
  }
  ~RootKeyTest() override { EXPECT_TRUE(os::RealFileSystem().RemoveTree(directory_).ok()); }

  std::string Path(const std::string& name) const { return directory_ + "/" + name; }
  void Write(const std::string& name, const std::string& bytes, mode_t mode = 0600) const {
    const int file = open(Path(name).c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ASSERT_GE(file, 0);
    ASSERT_EQ(write(file, bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
    ASSERT_EQ(fchmod(file, mode), 0);
    close(file);
  }
  static Result<std::unique_ptr<RootKey>> Open(const std::string& text) {
    TRY_ASSIGN(const RootKeyProvider provider, RootKeyProvider::Parse(text));
    return RootKey::Open(provider);
  }
  void ExpectRefused(const std::string& text, const std::string& part) const {
    const auto key = Open(text);
    ASSERT_FALSE(key.ok()) << text;
    EXPECT_EQ(key.error().reason, Reason::kInvalidArgument);
    EXPECT_NE(key.error().text.find(part), std::string::npos) << key.error().text;
    EXPECT_NE(key.error().text.find("; "), std::string::npos) << key.error().text;
    EXPECT_EQ(key.error().text.find('\n'), std::string::npos);
  }

  std::string directory_;
};

const std::string kBytes(32, 'r');

TEST_F(RootKeyTest, OpensAFileAndUnwrapsWhatTheSameBytesWrapped) {
  Write("key", kBytes);
  const auto key = Open("file:" + Path("key"));
  ASSERT_TRUE(key.ok()) << key.error().text;
  EXPECT_EQ((*key)->provider_name(), "file");
  const auto wrapped = (*key)->Wrap("context", SecretBytes("a secret"));
  ASSERT_TRUE(wrapped.ok());
  EXPECT_EQ(wrapped->find("a secret"), std::string::npos);
  const auto same = RootKey::FromBytes("memory", SecretBytes(kBytes));
  const auto unwrapped = same->Unwrap("context", *wrapped);
  ASSERT_TRUE(unwrapped.ok());
  EXPECT_EQ(unwrapped->view(), "a secret");
}

TEST_F(RootKeyTest, DoesNotUnwrapUnderAnotherContextKeyOrAfterAChange) {
  const auto key = RootKey::FromBytes("memory", SecretBytes(kBytes));
  const std::string wrapped = *key->Wrap("context", SecretBytes("a secret"));
  EXPECT_EQ(key->Unwrap("Context", wrapped).error().reason, Reason::kWrongKey);
  EXPECT_EQ(RootKey::Ephemeral()->Unwrap("context", wrapped).error().reason, Reason::kWrongKey);
  for (size_t i = 0; i < wrapped.size(); ++i) {
    std::string changed = wrapped;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(key->Unwrap("context", changed).ok()) << i;
    EXPECT_FALSE(key->Unwrap("context", wrapped.substr(0, i)).ok()) << i;
  }
}

TEST_F(RootKeyTest, RefusesAFileThatIsMissing) { ExpectRefused("file:" + Path("none"), "No such file"); }

TEST_F(RootKeyTest, RefusesAFileOfAnotherSize) {
  for (const size_t size : {0u, 1u, 31u, 33u, 64u, 100'000u}) {
    Write("key", std::string(size, 'r'));
    ExpectRefused("file:" + Path("key"), "instead of 32");
  }
}

TEST_F(RootKeyTest, RefusesAFileOpenToGroupOrOthers) {
  for (const mode_t mode : {0640U, 0604U, 0620U, 0602U, 0610U, 0601U, 0666U}) {
    Write("key", kBytes, mode);
    ExpectRefused("file:" + Path("key"), "open to group or others");
  }
  for (const mode_t mode : {0600U, 0400U}) {
    Write("key", kBytes, mode);
    EXPECT_TRUE(Open("file:" + Path("key")).ok());
  }
}

TEST_F(RootKeyTest, RefusesWhatIsNotARegularFile) {
  ExpectRefused("file:" + directory_, "not a regular file");
  ASSERT_EQ(mkfifo(Path("pipe").c_str(), 0600), 0);
  ExpectRefused("file:" + Path("pipe"), "not a regular file");
  ExpectRefused("file:/dev/zero", "not a regular file");
}

TEST_F(RootKeyTest, RefusesAFileOfAnotherUser) {
  if (geteuid() != 0) {
    GTEST_SKIP() << "only root can give a file away";
  }
  Write("key", kBytes);
  ASSERT_EQ(chown(Path("key").c_str(), 12345, 12345), 0);
  ExpectRefused("file:" + Path("key"), "belongs to user 12345");
}

TEST_F(RootKeyTest, ReadsADescriptorWhoseWriterStaysOpen) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  ASSERT_EQ(write(ends[1], kBytes.data(), 16), 16);
  ASSERT_EQ(write(ends[1], kBytes.data(), 16), 16);
  const auto key = Open("env-fd:" + std::to_string(ends[0]));
  ASSERT_TRUE(key.ok()) << key.error().text;
  EXPECT_EQ((*key)->provider_name(), "env-fd");
  EXPECT_EQ(fcntl(ends[0], F_GETFD), -1) << "the descriptor should be closed";
  close(ends[1]);
}

TEST_F(RootKeyTest, RefusesADescriptorWithTooFewOrTooManyBytes) {
  for (const size_t size : {0u, 31u, 33u}) {
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    const std::string bytes(size, 'r');
    ASSERT_EQ(write(ends[1], bytes.data(), size), static_cast<ssize_t>(size));
    close(ends[1]);
    ExpectRefused("env-fd:" + std::to_string(ends[0]), "instead of 32");
  }
}

TEST_F(RootKeyTest, RefusesADescriptorThatIsNotOpen) { ExpectRefused("env-fd:1000000", "cannot be read"); }

TEST_F(RootKeyTest, ReadsACredential) {
  Write("database", kBytes, 0400);
  setenv("CREDENTIALS_DIRECTORY", directory_.c_str(), 1);
  const auto key = Open("credential:database");
  ASSERT_TRUE(key.ok()) << key.error().text;
  EXPECT_EQ((*key)->provider_name(), "credential");
  ExpectRefused("credential:none", "cannot be opened");
  unsetenv("CREDENTIALS_DIRECTORY");
  ExpectRefused("credential:database", "CREDENTIALS_DIRECTORY is not set");
}

TEST_F(RootKeyTest, RefusesTextsThatNameNoProvider) {
  for (const char* text : {"", "file:", "file", "env-fd:", "env-fd:-1", "env-fd:1", "env-fd:2", "env-fd:3x",
                           "env-fd:99999999999999999999", "credential:", "credential:../x", "credential:.",
                           "credential:a/b", "pkcs11:token=x", "aws-kms:arn:x", "vault:http://x", "/path"}) {
    const auto provider = RootKeyProvider::Parse(text);
    ASSERT_FALSE(provider.ok()) << text;
    EXPECT_EQ(provider.error().reason, Reason::kInvalidArgument);
    EXPECT_NE(provider.error().text.find("; "), std::string::npos);
  }
}

TEST_F(RootKeyTest, MakesAFileOnceOnly) {
  const auto made = RootKey::CreateFileIfAbsent(Path("key"));
  ASSERT_TRUE(made.ok()) << made.error().text;
  EXPECT_TRUE(*made);
  struct stat status {};
  ASSERT_EQ(stat(Path("key").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, mode_t{0600});
  EXPECT_EQ(status.st_size, 32);
  const std::string bytes = *os::RealFileSystem().ReadFile(Path("key"));
  const auto again = RootKey::CreateFileIfAbsent(Path("key"));
  ASSERT_TRUE(again.ok());
  EXPECT_FALSE(*again);
  EXPECT_EQ(*os::RealFileSystem().ReadFile(Path("key")), bytes);
  EXPECT_TRUE(Open("file:" + Path("key")).ok());
  EXPECT_FALSE(RootKey::CreateFileIfAbsent(Path("none/key")).ok());
}

}  // namespace
}  // namespace basalt::keys
