// Opens and makes data directories.
#include "main/store.h"

#include <algorithm>
#include <utility>

#include "base/await.h"
#include "crypto/random.h"
#include "engine/memory/memory_engine.h"
#include "engine/rocks/rocks_engine.h"
#include "keys/root_file.h"
#include "main/data_directory.h"
#include "operations/actions.h"
#include "os/simulated_file_system.h"
#include "table/catalogue.h"

namespace basalt::main {
namespace {

constexpr uint64_t kMemoryAuditBytesMax = uint64_t{64} << 20;
constexpr char kJournalKeyspace[] = "system/journal";  // engine::Engine::UseJournal

// What an operator can do about a failed start.
Error Explained(Error error) {
  if (error.text.find("; ") != std::string::npos) {
    return error;
  }
  switch (error.reason) {
    case Reason::kCorruption:
      error.text += "; put it back from a copy, and run basalt verify for the whole extent";
      break;
    case Reason::kWrongKey:
      error.text += "; give the root key the directory was made with";
      break;
    default:
      error.text += "; see that the data directory can be read and written and its file system has room";
      break;
  }
  return error;
}

// The directory's state, if a start may go on with it.
Result<DirectoryState> CheckState(const StoreOptions& options, os::FileSystem& files) {
  TRY_ASSIGN(const DirectoryState state, ExamineDirectory(files, options.data_dir));
  if (options.first_start == FirstStart::kRefuse) {
    if (state == DirectoryState::kEmpty) {
      return Error(Reason::kInvalidArgument,
                   "the data directory " + options.data_dir + " is empty; remove it and make it with basalt init");
    }
    if (state == DirectoryState::kUnfinished) {
      return Error(Reason::kInvalidArgument, "the making of the data directory " + options.data_dir +
                                                 " was interrupted; remove it and run basalt init again");
    }
  }
  return state;
}

// The same once the directory is ours: made if it has to be, locked.
Result<DirectoryState> Enter(const StoreOptions& options, os::FileSystem& files, std::unique_ptr<os::FileLock>& lock) {
  TRY_ASSIGN(const bool exists, files.FileExists(options.data_dir));
  if (!exists) {
    if (options.first_start == FirstStart::kRefuse) {
      return Error(Reason::kInvalidArgument,
                   "the data directory " + options.data_dir + " does not exist; make it with basalt init");
    }
    TRY(files.CreateDirectories(options.data_dir));
  }
  // Twice: nothing is written into somebody else's directory, not even a lock; and until the lock was ours it may have
  // become another basalt's.
  TRY(CheckState(options, files));
  TRY_ASSIGN(lock, LockDirectory(files, options.data_dir));
  return CheckState(options, files);
}

}  // namespace

Result<std::unique_ptr<Store>> Store::Open(const StoreOptions& options, os::FileSystem& files, os::Clock& clock) {
  const auto open = [&]() -> Result<std::unique_ptr<Store>> {
    std::unique_ptr<Store> store(new Store);
    store->files_ = &files;
    store->data_dir_ = options.data_dir;
    TRY_ASSIGN(const DirectoryState state, Enter(options, files, store->lock_));
    store->is_new_ = state != DirectoryState::kComplete;
    if (store->is_new_ && options.root_key.kind == keys::RootKeyProvider::Kind::kFile) {
      TRY(keys::RootKey::CreateFileIfAbsent(options.root_key.path));
    }
    TRY_ASSIGN(store->root_key_, keys::RootKey::Open(options.root_key));
    if (store->is_new_) {
      TRY(BeginInitialising(files, options.data_dir));
      store->system_key_ = std::make_shared<const SecretBytes>(crypto::RandomSecret(keys::kSystemKeyBytes));
    } else {
      TRY_ASSIGN(SecretBytes system_key, keys::ReadRootFile(files, options.data_dir, *store->root_key_));
      TRY(VerifySystemFiles(files, options.data_dir, system_key));
      TRY(EndInitialising(files, options.data_dir));
      store->system_key_ = std::make_shared<const SecretBytes>(std::move(system_key));
    }
    engine::RocksOptions rocks;
    rocks.files = &files;
    rocks.clock = &clock;
    rocks.root = options.data_dir;
    if (options.block_cache_bytes) {
      rocks.block_cache_bytes = static_cast<size_t>(*options.block_cache_bytes);
    }
    if (options.write_buffer_bytes) {
      rocks.write_buffer_budget_bytes = static_cast<size_t>(*options.write_buffer_bytes);
    }
    rocks.open_keyspaces_max = options.open_tables_max.value_or(rocks.open_keyspaces_max);
    rocks.open_files_max = options.table_files_max.value_or(rocks.open_files_max);
    store->home_ = std::make_unique<ThreadPool>("store", 1);
    store->engine_ = engine::NewRocksEngine(rocks);
    TRY(store->LoadSystemKeyspaces(clock));
    return store;
  };
  Result<std::unique_ptr<Store>> store = open();
  if (!store.ok()) {
    return Explained(store.TakeError());
  }
  return store;
}

Result<std::unique_ptr<Store>> Store::OpenInMemory(os::Clock& clock) {
  std::unique_ptr<Store> store(new Store);
  store->is_new_ = true;
  store->root_key_ = keys::RootKey::Ephemeral();
  store->system_key_ = std::make_shared<const SecretBytes>(crypto::RandomSecret(keys::kSystemKeyBytes));
  store->home_ = std::make_unique<ThreadPool>("store", 1);
  store->engine_ = engine::NewMemoryEngine(clock);
  TRY(store->LoadSystemKeyspaces(clock));
  return store;
}

Store::~Store() {
  directory_.reset();
  managed_keys_.reset();
  service_keys_.reset();
  if (engine_ != nullptr) {
    for (const char* name :
         {identity::kIdentityKeyspace, keys::kKmsKeyspace, table::kCatalogueKeyspace, kJournalKeyspace}) {
      const Status closed =
          Await<void>([&](engine::Done<void> done) { engine_->Close(name, *home_, std::move(done)); });
      static_cast<void>(closed);  // everything acknowledged is durable already
    }
  }
  engine_.reset();
  home_.reset();
}

Status Store::Complete() {
  if (data_dir_.empty()) {
    return {};
  }
  const auto complete = [&]() -> Status {
    TRY(keys::WriteRootFile(*files_, data_dir_, *root_key_, *system_key_));
    return EndInitialising(*files_, data_dir_);
  };
  Status completed = complete();
  if (!completed.ok()) {
    return Explained(completed.TakeError());
  }
  return completed;
}

Result<std::unique_ptr<audit::Log>> Store::OpenAuditLog(audit::LogOptions options, os::Clock& clock) {
  os::FileSystem* files = files_;
  const bool in_memory = data_dir_.empty();
  if (in_memory) {
    memory_files_ = os::NewSimulatedFileSystem();
    files = memory_files_.get();
    options.bytes_max = std::min(options.bytes_max, kMemoryAuditBytesMax);
  }
  auto log = audit::Log::Open(*files, os::JoinPath(in_memory ? "/" : data_dir_, kAuditDirectory), *system_key_, options,
                              clock);
  if (!log.ok()) {
    return Explained(log.TakeError());
  }
  return log;
}

engine::KeySource Store::system_key_source() const {
  return [key = system_key_]() -> Result<SecretBytes> { return key->Clone(); };
}

Result<std::shared_ptr<engine::Keyspace>> Store::OpenKeyspace(const std::string& name) {
  return Await<std::shared_ptr<engine::Keyspace>>([&](engine::Done<std::shared_ptr<engine::Keyspace>> done) {
    if (is_new_) {
      engine_->Create(name, system_key_source(), *home_, std::move(done));
    } else {
      engine_->Open(name, system_key_source(), *home_, std::move(done));
    }
  });
}

Status Store::LoadSystemKeyspaces(os::Clock& clock) {
  TRY_ASSIGN(auto journal, OpenKeyspace(kJournalKeyspace));
  TRY(Await<void>([&](engine::Done<void> done) { engine_->UseJournal(std::move(journal), *home_, std::move(done)); }));
  if (is_new_) {
    // So that a directory without a catalogue is known to have lost it.
    TRY(OpenKeyspace(table::kCatalogueKeyspace));
  }
  TRY_ASSIGN(auto kms, OpenKeyspace(keys::kKmsKeyspace));
  TRY_ASSIGN(service_keys_,
             Await<std::unique_ptr<keys::ServiceKeys>>([&](engine::Done<std::unique_ptr<keys::ServiceKeys>> done) {
               keys::ServiceKeys::Load(kms, *root_key_, clock, *home_, std::move(done));
             }));
  TRY_ASSIGN(managed_keys_,
             Await<std::unique_ptr<keys::ManagedKeys>>([&](engine::Done<std::unique_ptr<keys::ManagedKeys>> done) {
               keys::ManagedKeys::Load(std::move(kms), *root_key_, clock, *home_, std::move(done));
             }));
  TRY_ASSIGN(auto identities, OpenKeyspace(identity::kIdentityKeyspace));
  TRY_ASSIGN(directory_,
             Await<std::unique_ptr<identity::Directory>>([&](engine::Done<std::unique_ptr<identity::Directory>> done) {
               identity::Directory::Load(std::move(identities), clock, *home_, std::move(done), &operations::Actions());
             }));
  return {};
}

}  // namespace basalt::main
