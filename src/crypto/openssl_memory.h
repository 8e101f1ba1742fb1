// Keys inside OpenSSL: what it allocates while a KeyScope lives lies in locked memory (see base/locked_memory.h), and
// is wiped when OpenSSL frees it. So do expanded keys of ciphers, and private keys, whose copies OpenSSL makes by
// itself.
#pragma once

namespace basalt::crypto {

// Gives OpenSSL our functions for memory. Before any other use of it: at the start of a program. False if OpenSSL has
// allocated already; scopes then change nothing.
bool TakeOverOpensslMemory();

// Of one thread; scopes nest.
class KeyScope {
 public:
  KeyScope();
  KeyScope(const KeyScope&) = delete;
  KeyScope& operator=(const KeyScope&) = delete;
  ~KeyScope();
};

}  // namespace basalt::crypto
