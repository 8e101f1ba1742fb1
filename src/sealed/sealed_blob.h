// Sealed blobs: small pieces of one directory's data that lie elsewhere, in a file under other keys. Each has a random
// data key of its own, wrapped under the newest root of the directory's Keyring, so that without the directory's key
// nobody reads it and no nonce repeats.
//
//   format version (1 byte) | number of the root (4) | wrapped data key (60) | ciphertext and tag
// Integers are big-endian; every byte, the purpose and the directory's id are authenticated. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "sealed/keyring.h"

namespace basalt::sealed {

// `purpose` says what the bytes are for; opening needs the same.
std::string SealBlob(const Keyring& keyring, std::string_view purpose, std::string_view bytes);
// kCorruption.
Result<std::string> OpenBlob(const Keyring& keyring, std::string_view purpose, std::string_view blob);

}  // namespace basalt::sealed
