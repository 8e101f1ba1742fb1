#include "os/simulated_file_system.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <map>
#include <set>

#include "base/check.h"
#include "base/mutex.h"

namespace basalt::os {
namespace {

// SplitMix64: small, and the same everywhere.
class Dice {
 public:
  explicit Dice(uint64_t seed) : state_(seed) {}

  uint64_t Next() {
    state_ += 0x9e3779b97f4a7c15;
    uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  uint64_t Below(uint64_t bound) { return Next() % bound; }

 private:
  uint64_t state_;
};

struct Inode;
using InodePointer = std::shared_ptr<Inode>;
using Names = std::map<std::string, InodePointer>;

struct Inode {
  uint64_t number = 0;
  bool is_directory = false;
  int64_t modified = 0;

  // Of a file. `append_ends`: where each Append since the last Sync ended, for losses between two of them.
  std::string written;
  std::string synced;
  bool truncated = false;  // since the last Sync
  std::vector<size_t> append_ends;

  // Of a directory.
  Names names;
  Names synced_names;
};

// One change of one name; no inode means removed.
struct NameChange {
  InodePointer directory;
  std::string name;
  InodePointer inode;
};

// What one operation did to names; all of it becomes durable together.
struct NameOperation {
  std::vector<NameChange> changes;
  std::set<const Inode*> unsynced_directories;

  bool Touches(const NameOperation& other) const {
    for (const NameChange& mine : changes) {
      for (const NameChange& theirs : other.changes) {
        if (mine.directory == theirs.directory && mine.name == theirs.name) {
          return true;
        }
      }
    }
    return false;
  }
};

// Everything behind the file system, shared with its open files.
struct Disk {
  Mutex mutex;
  InodePointer root GUARDED_BY(mutex);
  std::vector<NameOperation> unsynced_operations GUARDED_BY(mutex);  // in order
  std::set<const Inode*> locked GUARDED_BY(mutex);
  uint64_t next_inode GUARDED_BY(mutex) = 0;
  uint64_t mutation_count GUARDED_BY(mutex) = 0;
  uint64_t stop_at GUARDED_BY(mutex) = std::numeric_limits<uint64_t>::max();
  uint64_t boot GUARDED_BY(mutex) = 0;  // files opened before the last power loss are useless

  InodePointer NewInode(bool is_directory) REQUIRES(mutex) {
    auto inode = std::make_shared<Inode>();
    inode->number = next_inode++;
    inode->is_directory = is_directory;
    inode->modified = static_cast<int64_t>(mutation_count);
    return inode;
  }

  // False: the machine has stopped at or before this operation.
  bool CountMutation() REQUIRES(mutex) { return mutation_count++ < stop_at; }

  // Directories point at each other through their durable and present names; a cleared tree cannot keep itself.
  void Forget(const InodePointer& inode) REQUIRES(mutex) {
    Names names = std::move(inode->names);
    Names synced = std::move(inode->synced_names);
    inode->names.clear();
    inode->synced_names.clear();
    for (const auto* children : {&names, &synced}) {
      for (const auto& [name, child] : *children) {
        Forget(child);
      }
    }
  }
};

Error Failure(Reason reason, const char* operation, const std::string& path, const char* why) {
  return {reason, std::string(operation) + " " + path + ": " + why};
}
Error Stopped(const char* operation, const std::string& path) {
  return Failure(Reason::kIo, operation, path, "the machine has stopped");
}
Error NotFound(const char* operation, const std::string& path) {
  return Failure(Reason::kNotFound, operation, path, "No such file or directory");
}

class SimulatedWritableFile final : public WritableFile {
 public:
  SimulatedWritableFile(std::shared_ptr<Disk> disk, InodePointer inode, std::string path, uint64_t boot)
      : disk_(std::move(disk)), inode_(std::move(inode)), path_(std::move(path)), boot_(boot) {}

  Status Append(std::string_view bytes) override {
    const MutexLock lock(disk_->mutex);
    TRY(CheckUsable("write"));
    if (!disk_->CountMutation()) {
      failed_ = true;
      if (disk_->mutation_count - 1 == disk_->stop_at) {
        Dice dice(disk_->mutation_count ^ (bytes.size() << 20));
        inode_->written.append(bytes.substr(0, dice.Below(bytes.size() + 1)));
        inode_->append_ends.push_back(inode_->written.size());
      }
      return Stopped("write", path_);
    }
    inode_->written.append(bytes);
    inode_->append_ends.push_back(inode_->written.size());
    inode_->modified = static_cast<int64_t>(disk_->mutation_count);
    size_bytes_ += bytes.size();
    return {};
  }

  Status Sync() override {
    const MutexLock lock(disk_->mutex);
    TRY(CheckUsable("sync"));
    if (!disk_->CountMutation()) {
      failed_ = true;
      return Stopped("sync", path_);
    }
    inode_->synced = inode_->written;
    inode_->truncated = false;
    inode_->append_ends.clear();
    return {};
  }

  Status Close() override {
    closed_ = true;
    return {};
  }

  uint64_t size_bytes() const override { return size_bytes_; }

 private:
  Status CheckUsable(const char* operation) const REQUIRES(disk_->mutex) {
    if (closed_) {
      return Failure(Reason::kIo, operation, path_, "Bad file descriptor");
    }
    if (failed_) {
      return Failure(Reason::kIo, operation, path_, "refused after an earlier failure");
    }
    if (boot_ != disk_->boot) {
      return Failure(Reason::kIo, operation, path_, "opened before the power was lost");
    }
    return {};
  }

  const std::shared_ptr<Disk> disk_;
  const InodePointer inode_;
  const std::string path_;
  const uint64_t boot_;
  uint64_t size_bytes_ = 0;
  bool closed_ = false;
  bool failed_ = false;
};

class SimulatedRandomFile final : public RandomFile {
 public:
  SimulatedRandomFile(std::shared_ptr<Disk> disk, InodePointer inode, std::string path, uint64_t boot)
      : disk_(std::move(disk)), inode_(std::move(inode)), path_(std::move(path)), boot_(boot) {}

  Result<size_t> Read(uint64_t offset, size_t count, char* out) const override {
    const MutexLock lock(disk_->mutex);
    if (boot_ != disk_->boot) {
      return Failure(Reason::kIo, "read", path_, "opened before the power was lost");
    }
    if (offset >= inode_->written.size()) {
      return size_t{0};
    }
    const size_t length = std::min<size_t>(count, inode_->written.size() - offset);
    std::memcpy(out, inode_->written.data() + offset, length);
    return length;
  }

  Result<uint64_t> Size() const override {
    const MutexLock lock(disk_->mutex);
    if (boot_ != disk_->boot) {
      return Failure(Reason::kIo, "stat", path_, "opened before the power was lost");
    }
    return uint64_t{inode_->written.size()};
  }

 private:
  const std::shared_ptr<Disk> disk_;
  const InodePointer inode_;
  const std::string path_;
  const uint64_t boot_;
};

class SimulatedFileLock final : public FileLock {
 public:
  SimulatedFileLock(std::shared_ptr<Disk> disk, InodePointer inode, uint64_t boot)
      : disk_(std::move(disk)), inode_(std::move(inode)), boot_(boot) {}
  ~SimulatedFileLock() override {
    const MutexLock lock(disk_->mutex);
    if (boot_ == disk_->boot) {
      disk_->locked.erase(inode_.get());
    }
  }

 private:
  const std::shared_ptr<Disk> disk_;
  const InodePointer inode_;
  const uint64_t boot_;
};

class SimulatedDisk final : public SimulatedFileSystem {
 public:
  SimulatedDisk() {
    const MutexLock lock(disk_->mutex);
    disk_->root = disk_->NewInode(true);
  }
  ~SimulatedDisk() override {
    const MutexLock lock(disk_->mutex);
    disk_->unsynced_operations.clear();
    disk_->Forget(disk_->root);
  }

  Result<std::unique_ptr<WritableFile>> NewWritableFile(const std::string& path) override {
    const MutexLock lock(disk_->mutex);
    TRY_ASSIGN(const Place place, Locate("create", path));
    TRY(Mutate("create", path));
    InodePointer inode = place.inode();
    if (inode == nullptr) {
      inode = disk_->NewInode(false);
      Change({{place.directory, place.name, inode}});
    } else if (inode->is_directory) {
      return Failure(Reason::kIo, "create", path, "Is a directory");
    }
    inode->truncated = inode->truncated || !inode->written.empty();
    inode->written.clear();
    inode->append_ends.clear();
    return std::unique_ptr<WritableFile>(
        std::make_unique<SimulatedWritableFile>(disk_, std::move(inode), path, disk_->boot));
  }

  Result<std::unique_ptr<RandomFile>> NewRandomFile(const std::string& path) override {
    const MutexLock lock(disk_->mutex);
    TRY_ASSIGN(InodePointer inode, Find("open", path));
    if (inode->is_directory) {
      return Failure(Reason::kIo, "open", path, "Is a directory");
    }
    return std::unique_ptr<RandomFile>(
        std::make_unique<SimulatedRandomFile>(disk_, std::move(inode), path, disk_->boot));
  }

  Result<bool> FileExists(const std::string& path) override {
    const MutexLock lock(disk_->mutex);
    return Find("stat", path).ok();
  }

  Result<uint64_t> FileSize(const std::string& path) override {
    const MutexLock lock(disk_->mutex);
    TRY_ASSIGN(const InodePointer inode, Find("stat", path));
    return uint64_t{inode->written.size()};
  }

  // There is no clock here: the number of mutations before the last one stands for it.
  Result<int64_t> ModificationTimeMs(const std::string& path) override {
    const MutexLock lock(disk_->mutex);
    TRY_ASSIGN(const InodePointer inode, Find("stat", path));
    return inode->modified;
  }

  Result<std::vector<DirectoryEntry>> ListDirectory(const std::string& path) override {
    const MutexLock lock(disk_->mutex);
    TRY_ASSIGN(const InodePointer directory, FindDirectory("list", path));
    std::vector<DirectoryEntry> entries;
    for (const auto& [name, inode] : directory->names) {
      entries.push_back({name, inode->is_directory});
    }
    return entries;
  }

  Status CreateDirectory(const std::string& path) override {
    const MutexLock lock(disk_->mutex);
    TRY_ASSIGN(const Place place, Locate("create directory", path));
    TRY(Mutate("create directory", path));
    if (place.inode() != nullptr) {
      return Failure(Reason::kAlreadyExists, "create directory", path, "File exists");
    }
    Change({{place.directory, place.name, disk_->NewInode(true)}});
    return {};
  }

  Status RemoveFile(const std::string& path) override {
    const MutexLock lock(disk_->mutex);
    TRY_ASSIGN(const Place place, Locate("remove", path));
    TRY(Mutate("remove", path));
    const InodePointer inode = place.inode();
    if (inode == nullptr) {
      return NotFound("remove", path);
    }
    if (inode->is_directory) {
      return Failure(Reason::kIo, "remove", path, "Is a directory");
    }
    Change({{place.directory, place.name, nullptr}});
    return {};
  }

  Status RemoveDirectory(const std::string& path) override {
    const MutexLock lock(disk_->mutex);
    TRY_ASSIGN(const Place place, Locate("remove directory", path));
    TRY(Mutate("remove directory", path));
    const InodePointer inode = place.inode();
    if (inode == nullptr) {
      return NotFound("remove directory", path);
    }
    if (!inode->is_directory) {
      return Failure(Reason::kIo, "remove directory", path, "Not a directory");
    }
    if (!inode->names.empty()) {
      return Failure(Reason::kIo, "remove directory", path, "Directory not empty");
    }
    Change({{place.directory, place.name, nullptr}});
    return {};
  }

  Status Rename(const std::string& from, const std::string& to) override {
    const MutexLock lock(disk_->mutex);
    const std::string both = from + " to " + to;
    TRY_ASSIGN(const Place source, Locate("rename", from));
    TRY_ASSIGN(const Place target, Locate("rename", to));
    TRY(Mutate("rename", both));
    const InodePointer moved = source.inode();
    if (moved == nullptr) {
      return NotFound("rename", both);
    }
    const InodePointer replaced = target.inode();
    if (replaced == moved) {
      return {};
    }
    if (replaced != nullptr && (replaced->is_directory != moved->is_directory || !replaced->names.empty())) {
      return Failure(Reason::kIo, "rename", both, "the target is another kind of file or not empty");
    }
    if (moved->is_directory && Contains(*moved, target.directory.get())) {
      return Failure(Reason::kIo, "rename", both, "Invalid argument");
    }
    Change({{source.directory, source.name, nullptr}, {target.directory, target.name, moved}});
    return {};
  }

  Status HardLink(const std::string& from, const std::string& to) override {
    const MutexLock lock(disk_->mutex);
    const std::string both = from + " to " + to;
    TRY_ASSIGN(const Place source, Locate("link", from));
    TRY_ASSIGN(const Place target, Locate("link", to));
    TRY(Mutate("link", both));
    const InodePointer inode = source.inode();
    if (inode == nullptr) {
      return NotFound("link", both);
    }
    if (target.inode() != nullptr) {
      return Failure(Reason::kAlreadyExists, "link", both, "File exists");
    }
    if (inode->is_directory) {
      return Failure(Reason::kIo, "link", both, "Operation not permitted");
    }
    Change({{target.directory, target.name, inode}});
    return {};
  }

  Status SyncDirectory(const std::string& path) override {
    const MutexLock lock(disk_->mutex);
    TRY_ASSIGN(const InodePointer directory, FindDirectory("sync directory", path));
    TRY(Mutate("sync directory", path));
    std::vector<bool> durable;
    for (NameOperation& operation : disk_->unsynced_operations) {
      operation.unsynced_directories.erase(directory.get());
      durable.push_back(operation.unsynced_directories.empty());
    }
    // What a durable change of a name rests on is durable with it.
    for (size_t later = durable.size(); later > 0; --later) {
      for (size_t earlier = 0; earlier + 1 < later; ++earlier) {
        if (durable[later - 1] && disk_->unsynced_operations[later - 1].Touches(disk_->unsynced_operations[earlier])) {
          durable[earlier] = true;
        }
      }
    }
    Settle(durable);
    return {};
  }

  Result<std::unique_ptr<FileLock>> LockFile(const std::string& path) override {
    const MutexLock lock(disk_->mutex);
    TRY_ASSIGN(const Place place, Locate("lock", path));
    InodePointer inode = place.inode();
    if (inode == nullptr) {
      TRY(Mutate("lock", path));
      inode = disk_->NewInode(false);
      Change({{place.directory, place.name, inode}});
    } else if (inode->is_directory) {
      return Failure(Reason::kIo, "lock", path, "Is a directory");
    }
    if (!disk_->locked.insert(inode.get()).second) {
      return Failure(Reason::kAlreadyExists, "lock", path, "held by another opener");
    }
    return std::unique_ptr<FileLock>(std::make_unique<SimulatedFileLock>(disk_, std::move(inode), disk_->boot));
  }

  uint64_t mutation_count() const override {
    const MutexLock lock(disk_->mutex);
    return disk_->mutation_count;
  }

  void StopAt(uint64_t mutation) override {
    const MutexLock lock(disk_->mutex);
    disk_->stop_at = mutation;
  }

  void PowerLoss(uint64_t seed) override {
    const MutexLock lock(disk_->mutex);
    Dice dice(seed);
    LoseNames(dice);
    std::set<Inode*> seen;
    std::vector<Inode*> reachable;
    Collect(disk_->root.get(), seen, reachable);
    std::sort(reachable.begin(), reachable.end(), [](const Inode* a, const Inode* b) { return a->number < b->number; });
    for (Inode* inode : reachable) {
      if (!inode->is_directory) {
        LoseBytes(*inode, dice);
      }
    }
    ++disk_->boot;
    disk_->locked.clear();
    disk_->stop_at = std::numeric_limits<uint64_t>::max();
  }

  void Overwrite(const std::string& path, std::string content) override {
    const MutexLock lock(disk_->mutex);
    const auto found = Find("overwrite", path);
    BASALT_CHECK(found.ok() && !found.value()->is_directory);
    Inode& inode = *found.value();
    inode.written = std::move(content);
    inode.synced = inode.written;
    inode.truncated = false;
    inode.append_ends.clear();
  }

 private:
  // A name and the directory it is, or would be, in.
  struct Place {
    InodePointer directory;
    std::string name;

    InodePointer inode() const {
      const auto found = directory->names.find(name);
      return found == directory->names.end() ? nullptr : found->second;
    }
  };

  static std::vector<std::string> Split(const std::string& path) {
    std::vector<std::string> parts;
    for (size_t at = 0; at < path.size();) {
      const size_t slash = std::min(path.find('/', at), path.size());
      std::string part = path.substr(at, slash - at);
      if (!part.empty() && part != ".") {
        parts.push_back(std::move(part));
      }
      at = slash + 1;
    }
    return parts;
  }

  Result<InodePointer> Descend(const char* operation, const std::string& path, const std::vector<std::string>& parts,
                               size_t count) const REQUIRES(disk_->mutex) {
    InodePointer at = disk_->root;
    for (size_t i = 0; i < count; ++i) {
      const auto found = at->names.find(parts[i]);
      if (found == at->names.end()) {
        return NotFound(operation, path);
      }
      at = found->second;
    }
    return at;
  }

  Result<InodePointer> Find(const char* operation, const std::string& path) const REQUIRES(disk_->mutex) {
    const auto parts = Split(path);
    return Descend(operation, path, parts, parts.size());
  }

  Result<InodePointer> FindDirectory(const char* operation, const std::string& path) const REQUIRES(disk_->mutex) {
    TRY_ASSIGN(InodePointer inode, Find(operation, path));
    if (!inode->is_directory) {
      return Failure(Reason::kIo, operation, path, "Not a directory");
    }
    return inode;
  }

  Result<Place> Locate(const char* operation, const std::string& path) const REQUIRES(disk_->mutex) {
    const auto parts = Split(path);
    if (parts.empty()) {
      return Failure(Reason::kAlreadyExists, operation, path, "is the root directory");
    }
    TRY_ASSIGN(InodePointer directory, Descend(operation, path, parts, parts.size() - 1));
    if (!directory->is_directory) {
      return Failure(Reason::kIo, operation, path, "Not a directory");
    }
    return Place{std::move(directory), parts.back()};
  }

  Status Mutate(const char* operation, const std::string& path) REQUIRES(disk_->mutex) {
    if (!disk_->CountMutation()) {
      return Stopped(operation, path);
    }
    return {};
  }

  static void Apply(Names& names, const NameChange& change) {
    if (change.inode == nullptr) {
      names.erase(change.name);
    } else {
      names[change.name] = change.inode;
    }
  }

  void Change(std::vector<NameChange> changes) REQUIRES(disk_->mutex) {
    NameOperation operation;
    for (const NameChange& change : changes) {
      Apply(change.directory->names, change);
      change.directory->modified = static_cast<int64_t>(disk_->mutation_count);
      operation.unsynced_directories.insert(change.directory.get());
    }
    operation.changes = std::move(changes);
    disk_->unsynced_operations.push_back(std::move(operation));
  }

  // Makes the marked operations durable, in order, and keeps the others waiting.
  void Settle(const std::vector<bool>& durable) REQUIRES(disk_->mutex) {
    std::vector<NameOperation> waiting;
    for (size_t i = 0; i < durable.size(); ++i) {
      NameOperation& operation = disk_->unsynced_operations[i];
      if (!durable[i]) {
        waiting.push_back(std::move(operation));
        continue;
      }
      for (const NameChange& change : operation.changes) {
        Apply(change.directory->synced_names, change);
      }
    }
    disk_->unsynced_operations = std::move(waiting);
  }

  void LoseNames(Dice& dice) REQUIRES(disk_->mutex) {
    // Often all or nothing, which are the likeliest outcomes in life; else each for itself.
    const uint64_t mood = dice.Below(4);
    std::vector<bool> kept;
    for (size_t i = 0; i < disk_->unsynced_operations.size(); ++i) {
      const NameOperation& operation = disk_->unsynced_operations[i];
      bool keep = mood == 0 ? false : mood == 1 ? true : dice.Below(2) == 0;
      for (size_t earlier = 0; earlier < i && keep; ++earlier) {
        keep = kept[earlier] || !operation.Touches(disk_->unsynced_operations[earlier]);
      }
      kept.push_back(keep);
    }
    Settle(kept);
    disk_->unsynced_operations.clear();
    std::set<Inode*> seen;
    Revert(disk_->root.get(), seen);
  }

  // What is reachable through durable names becomes what is there.
  static void Revert(Inode* inode, std::set<Inode*>& seen) {
    if (!inode->is_directory || !seen.insert(inode).second) {
      return;
    }
    inode->names = inode->synced_names;
    for (const auto& [name, child] : inode->names) {
      Revert(child.get(), seen);
    }
  }

  static void Collect(Inode* inode, std::set<Inode*>& seen, std::vector<Inode*>& reachable) {
    if (!seen.insert(inode).second) {
      return;
    }
    reachable.push_back(inode);
    for (const auto& [name, child] : inode->names) {
      Collect(child.get(), seen, reachable);
    }
  }

  static void LoseBytes(Inode& inode, Dice& dice) {
    if (!inode.truncated || dice.Below(2) == 0) {
      const size_t least = inode.truncated ? 0 : inode.synced.size();
      size_t kept = least;
      switch (dice.Below(4)) {
        case 0:
          break;
        case 1:
          kept = inode.written.size();
          break;
        case 2:
          if (!inode.append_ends.empty()) {
            kept = std::max(least, inode.append_ends[dice.Below(inode.append_ends.size())]);
          }
          break;
        default:
          kept = least + dice.Below(inode.written.size() - least + 1);
      }
      inode.written.resize(kept);
    } else {
      inode.written = inode.synced;  // the truncation itself was lost
    }
    inode.synced = inode.written;
    inode.truncated = false;
    inode.append_ends.clear();
  }

  static bool Contains(const Inode& directory, const Inode* wanted) {
    if (&directory == wanted) {
      return true;
    }
    return std::any_of(directory.names.begin(), directory.names.end(), [wanted](const auto& entry) {
      return entry.second->is_directory && Contains(*entry.second, wanted);
    });
  }

  const std::shared_ptr<Disk> disk_ = std::make_shared<Disk>();
};

}  // namespace

std::unique_ptr<SimulatedFileSystem> NewSimulatedFileSystem() { return std::make_unique<SimulatedDisk>(); }

}  // namespace basalt::os
