// One write on its way to the disk: in a commit group, and seen by the functions of later transactions on its key
// until the group is durable. Shared between group and overlay; but for its version it does not change. And how keys
// look inside RocksDB.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "engine/engine.h"

namespace basalt::engine::rocks {

struct PendingWrite {
  std::string key;                   // as stored
  std::optional<std::string> value;  // nullopt deletes
  uint64_t group = 0;                // number of the commit group that carries it
  uint64_t epoch = 0;                // the incarnation of the database it was computed from
  ValueVersions versions = {};       // of the key's stamp once durable; the committing thread's until the callers hear
};

using PendingWritePtr = std::shared_ptr<const PendingWrite>;

// A stored key is the space, big-endian, and then the bytes.
std::string StoredKey(uint16_t space, std::string_view bytes);

}  // namespace basalt::engine::rocks
