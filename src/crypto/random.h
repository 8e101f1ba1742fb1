// Random bytes from the operating system through OpenSSL. Failure to get them stops the process.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/secret_bytes.h"

namespace basalt::crypto {

void FillRandom(void* out, size_t size_bytes);
std::string RandomBytes(size_t size_bytes);
SecretBytes RandomSecret(size_t size_bytes);
uint64_t RandomUint64();
std::string RandomUuid();                                          // version 4, lower case
std::string RandomText(size_t length, std::string_view alphabet);  // uniform over the alphabet

}  // namespace basalt::crypto
