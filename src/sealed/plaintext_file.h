// What a build made with BASALT_PLAINTEXT_FILES puts in the place of every sealed file: the same bytes without header,
// chunks, frames and encryption. Such a build exists to measure what sealing costs, is never to hold data, and cannot
// open what another build has written, nor the other way round. No setting of a running program leads here: without
// that option nothing calls these functions, and the program does not contain them. Internal to sealed/ but for
// kFilesArePlaintext, by which a program says what it is.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "os/file_system.h"
#include "sealed/sealed_file.h"

namespace basalt::sealed {

#ifdef BASALT_PLAINTEXT_FILES
inline constexpr bool kFilesArePlaintext = true;
#else
inline constexpr bool kFilesArePlaintext = false;
#endif

Result<std::unique_ptr<SealedWriter>> NewPlaintextWriter(os::FileSystem& files, const std::string& path);

// Says of every file that it is closed: nothing in it tells.
Result<std::unique_ptr<SealedReader>> NewPlaintextReader(os::FileSystem& files, const std::string& path);

}  // namespace basalt::sealed
