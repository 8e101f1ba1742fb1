// One file of a keyspace's directory, checked byte by byte: what sealed files promise, and what is known of the kinds
// of file the engine writes. Blocking calls.
#pragma once

#include <string>

#include "os/file_system.h"
#include "sealed/keyring.h"
#include "sealed/sealed_file.h"

namespace basalt::main {

// For every file except KEYS. A torn end is what a crash leaves only in files that grow while they are in use; all
// others got their name after they had been written and synced whole, so there it is damage.
sealed::FileVerdict VerifyKeyspaceFile(os::FileSystem& files, const std::string& path, const sealed::Keyring& keyring);

}  // namespace basalt::main
