#include "crypto/openssl_memory.h"

#include <openssl/crypto.h>

#include <cstdlib>
#include <cstring>

#include "base/locked_memory.h"

namespace basalt::crypto {
namespace {

thread_local int scopes = 0;

void* Allocate(size_t size_bytes, const char* /*file*/, int /*line*/) {
  void* const block = scopes > 0 ? AllocateLocked(size_bytes) : nullptr;
  return block != nullptr ? block : std::malloc(size_bytes);
}

void Free(void* block, const char* /*file*/, int /*line*/) {
  if (IsLocked(block)) {
    FreeLocked(block);
  } else {
    std::free(block);
  }
}

void* Reallocate(void* block, size_t size_bytes, const char* file, int line) {
  if (!IsLocked(block)) {
    return std::realloc(block, size_bytes);
  }
  const size_t had_bytes = LockedBlockBytes(block);
  if (size_bytes <= had_bytes) {
    return block;
  }
  void* larger = AllocateLocked(size_bytes);  // a secret that grows outside of a scope stays one
  if (larger == nullptr) {
    larger = Allocate(size_bytes, file, line);
  }
  if (larger != nullptr) {
    std::memcpy(larger, block, had_bytes);
    FreeLocked(block);
  }
  return larger;
}

}  // namespace

bool TakeOverOpensslMemory() { return CRYPTO_set_mem_functions(Allocate, Reallocate, Free) == 1; }

KeyScope::KeyScope() { ++scopes; }
KeyScope::~KeyScope() { --scopes; }

}  // namespace basalt::crypto
