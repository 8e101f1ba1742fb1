// basalt init: makes a data directory, its accounts and the file with their keys.
#include <string>
#include <vector>

#include "base/await.h"
#include "keys/root_key.h"
#include "main/commands.h"
#include "main/credentials_file.h"
#include "main/data_directory.h"
#include "main/root_key_place.h"
#include "main/store.h"
#include "os/clock.h"
#include "os/file_system.h"

namespace basalt::main {
namespace {

// Made by us and by nobody else, so that it may be removed should something fail.
Status MakeDirectory(const std::string& path, os::FileSystem& files) {
  const auto make = [&]() -> Status {
    TRY(files.CreateDirectories(os::ParentDirectory(path)));
    return files.CreateDirectory(path);
  };
  const Status made = make();
  if (made.ok()) {
    return {};
  }
  if (made.error().reason == Reason::kAlreadyExists) {
    return Error(Reason::kAlreadyExists,
                 "the data directory " + path + " exists already; name a new one, or remove it first");
  }
  return Error(Reason::kIo, "the data directory " + path + " cannot be made: " + made.error().text +
                                "; name one in a place where the user that runs basalt may write");
}

// The directory is complete when this returns.
Status MakeStore(const InitCommand& command, const keys::RootKeyProvider& provider, os::FileSystem& files) {
  StoreOptions options;
  options.data_dir = command.data_dir;
  options.root_key = provider;
  options.first_start = FirstStart::kMake;
  TRY_ASSIGN(const auto store, Store::Open(options, files, os::SystemClock()));
  std::string credentials;
  for (const std::string& account : command.accounts) {
    TRY_ASSIGN(const identity::IssuedKey key, Await<identity::IssuedKey>([&](engine::Done<identity::IssuedKey> done) {
                 store->directory().CreateAccount(account, store->home(), std::move(done));
               }));
    credentials = WithProfile(credentials, key);
  }
  // The keys reach their file before the directory counts as complete: an interruption leaves a directory that says
  // so, never one whose keys nobody has.
  TRY(WriteCredentialsFile(command.credentials_file, credentials));
  return store->Complete();
}

}  // namespace

int RunInit(const InitCommand& command) {
  os::FileSystem& files = os::RealFileSystem();
  const Result<keys::RootKeyProvider> provider = keys::RootKeyProvider::Parse(command.root_key);
  if (!provider.ok()) {
    return Fail(provider.error(), kExitRefused);
  }
  if (const Status outside = CheckRootKeyPlace(*provider, command.data_dir); !outside.ok()) {
    return Fail(outside.error(), kExitRefused);
  }
  if (const Status reserved = ReserveCredentialsFile(command.credentials_file); !reserved.ok()) {
    return Fail(reserved.error(), kExitRefused);
  }
  if (const Status made = MakeDirectory(command.data_dir, files); !made.ok()) {
    static_cast<void>(files.RemoveFile(command.credentials_file));
    return Fail(made.error(), kExitRefused);
  }
  const Status made = MakeStore(command, *provider, files);
  if (!made.ok()) {
    // Both are of this run: nothing of anybody else's goes.
    static_cast<void>(files.RemoveTree(command.data_dir));
    static_cast<void>(files.RemoveFile(command.credentials_file));
    return Fail(made.error(), made.error().reason == Reason::kInvalidArgument ? kExitRefused : kExitFailed);
  }
  return kExitDone;
}

}  // namespace basalt::main
