// The chunked layout: after the header, chunks of 4096 plaintext bytes, each followed by its tag; only the last may
// be shorter, and it alone is sealed with the final flag, so that a cut file is noticed. Internal to sealed/.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "os/file_system.h"
#include "sealed/file_header.h"
#include "sealed/sealed_file.h"

namespace basalt::sealed {

std::unique_ptr<SealedWriter> NewChunkedWriter(std::unique_ptr<os::WritableFile> file, const std::string& path,
                                               FileKey key, std::string header);

// Verifies the final chunk, without which no size is known.
Result<std::unique_ptr<SealedReader>> NewChunkedReader(std::unique_ptr<os::RandomFile> file, const std::string& path,
                                                       FileKey key, uint64_t physical_bytes);

Status VerifyChunks(const os::RandomFile& file, const std::string& path, const FileKey& key, uint64_t physical_bytes);

}  // namespace basalt::sealed
