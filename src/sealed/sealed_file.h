// Sealed files: what stands on disk instead of every file the engine believes it writes. Each has a random data
// key of its own, wrapped in its header under a root of the directory's Keyring, and one of two layouts, named in
// the header and read from there, never from the file's name:
//   chunked (SST, blob): fixed plaintext chunks, random access, nonce = chunk index, the last one marked final
//   framed (all else): one Append = one frame {magic, length, sequence, frames synced before it}, a final frame at
//     Close. (An Append above 16 MiB becomes several frames.)
// All sizes and offsets in this interface are logical (plaintext). A failed seal is kCorruption and names the file.
//
// What a crash leaves is not damage. A zero-length file is empty, and so is a short or bad header with nothing behind
// it. In a framed file without a final frame the first incomplete or failing frame is the end, unless a later frame
// proves that the failing one had been synced: then somebody changed the file (kCorruption). A chunked file without
// its final chunk is kCorruption: what needs it was written only after its Sync.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "os/file_system.h"
#include "sealed/keyring.h"

namespace basalt::sealed {

enum class Layout : uint8_t { kChunked = 1, kFramed = 2 };

// Not thread-safe. Append after Sync of a chunked file stops the process (the final chunk is sealed by Sync), and so
// does Append after Finish or Close. After a failure every later call fails too: the file cannot be continued.
// Destroyed without Close it is left as a crash would leave it. More than 64 GiB are refused (one data key's bound).
class SealedWriter {
 public:
  SealedWriter() = default;
  SealedWriter(const SealedWriter&) = delete;
  SealedWriter& operator=(const SealedWriter&) = delete;
  virtual ~SealedWriter() = default;

  virtual Status Append(std::string_view bytes) = 0;
  virtual Status Flush() = 0;  // hands whole chunks to the operating system; no promise about durability
  virtual Status Sync() = 0;
  // Writes the final frame or chunk and syncs it: from then on a missing tail of this file is seen as damage. For a
  // log that a newer one takes over from.
  virtual Status Finish() = 0;
  // Writes the final frame or chunk if that is still to be done (without syncing that), then closes.
  virtual Status Close() = 0;
  virtual uint64_t logical_size() const = 0;
  virtual const std::string& file_id() const = 0;  // 16 random bytes, bound into every frame and chunk
};

Result<std::unique_ptr<SealedWriter>> NewSealedWriter(os::FileSystem& files, const std::string& path, Layout layout,
                                                      std::shared_ptr<const Keyring> keyring);

// Serves sequential and random access alike. Read is thread-safe.
class SealedReader {
 public:
  SealedReader() = default;
  SealedReader(const SealedReader&) = delete;
  SealedReader& operator=(const SealedReader&) = delete;
  virtual ~SealedReader() = default;

  // Reads up to `count` logical bytes at `offset` into `out`; fewer only at the logical end.
  virtual Result<size_t> Read(uint64_t offset, size_t count, char* out) const = 0;
  virtual uint64_t logical_size() const = 0;       // as it was when opened
  virtual const std::string& file_id() const = 0;  // empty for a file without a header
  virtual bool closed() const = 0;                 // a final frame or chunk stands at its end
};

Result<std::unique_ptr<SealedReader>> NewSealedReader(os::FileSystem& files, const std::string& path,
                                                      std::shared_ptr<const Keyring> keyring);

Result<uint64_t> LogicalSize(os::FileSystem& files, const std::string& path, const Keyring& keyring);

// Checks every byte of one file. `closed` = a final frame or chunk stands at its end; without one (a crash) bytes
// after the last whole frame are what a torn write leaves, and are counted in `torn_bytes`.
struct FileVerdict {
  bool ok = true;
  std::string reason;  // empty if ok
  bool closed = false;
  uint64_t torn_bytes = 0;
  uint32_t root = 0;  // the root its data key is wrapped under; 0 for a file without a header
};
FileVerdict VerifySealedFile(os::FileSystem& files, const std::string& path, const Keyring& keyring);

}  // namespace basalt::sealed
