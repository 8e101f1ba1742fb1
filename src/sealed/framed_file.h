// The framed layout: after the header, frames {magic, length, sequence, frames synced before it} | ciphertext | tag.
// The frame's head travels in clear and is bound as associated data. "Frames synced before it" lets a reader tell
// what a crash can leave (a failing frame that no later one knows to be durable) from what only a hand can make.
// Internal to sealed/.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "os/file_system.h"
#include "sealed/file_header.h"
#include "sealed/sealed_file.h"

namespace basalt::sealed {

std::unique_ptr<SealedWriter> NewFramedWriter(std::unique_ptr<os::WritableFile> file, const std::string& path,
                                              FileKey key, std::string header);

struct FrameIndex {
  struct Entry {
    uint64_t logical_offset;
    uint64_t physical_offset;
  };
  std::vector<Entry> entries;  // one a frame, the final one left out
  uint64_t logical_bytes = 0;
  uint64_t torn_bytes = 0;  // behind the last whole frame
  bool closed = false;
};
// Walks the file once and opens every frame. kCorruption if it is not what a writer, or a writer and a crash, leave.
Result<FrameIndex> WalkFrames(const os::RandomFile& file, const std::string& path, const FileKey& key,
                              uint64_t physical_bytes);

std::unique_ptr<SealedReader> NewFramedReader(std::unique_ptr<os::RandomFile> file, const std::string& path,
                                              FileKey key, FrameIndex index);

}  // namespace basalt::sealed
