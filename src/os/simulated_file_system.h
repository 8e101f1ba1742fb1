// A file system in memory for tests of power loss. Three layers a file: what was written, what was synced, and
// names whose directory was synced. PowerLoss() keeps the durable part and, by the seed, any prefix of the rest
// (a torn last write included); StopAt(n) makes the n-th mutating operation and all later ones fail with kIo, as
// if the machine had stopped there.
//
// Names after a power loss: each name created, renamed or removed since its directory's last SyncDirectory is kept or
// lost by the seed, later changes of a name never without the earlier ones. A Rename is kept or lost as a whole and,
// between two directories, is certain only once both are synced. Truncating a file that was synced before may leave
// the old bytes. Safe from several threads; the same calls and seeds give the same outcome.
#pragma once

#include <cstdint>
#include <memory>

#include "os/file_system.h"

namespace basalt::os {

class SimulatedFileSystem : public FileSystem {
 public:
  // Counts Append, Sync, create, Rename, Remove*, HardLink, CreateDirectory and SyncDirectory.
  virtual uint64_t mutation_count() const = 0;
  // From the n-th mutation (counted from 0) on, each fails; a failing Append may leave a torn prefix behind.
  virtual void StopAt(uint64_t mutation) = 0;
  // Open files become useless; unsynced bytes and unsynced names survive only as far as the seed says.
  // Clears StopAt.
  virtual void PowerLoss(uint64_t seed) = 0;
  // Replaces a file's bytes in place, durably and uncounted, for tests of damage. The file must exist.
  virtual void Overwrite(const std::string& path, std::string content) = 0;
};

std::unique_ptr<SimulatedFileSystem> NewSimulatedFileSystem();

}  // namespace basalt::os
