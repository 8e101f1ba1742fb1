// SecretBytes: key material. In locked memory (see base/locked_memory.h), wiped when it goes, never printed, compared
// in constant time, copied only by Clone so that each copy is visible in the code.
#pragma once

#include <cstddef>
#include <string_view>

namespace basalt {

class SecretBytes {
 public:
  SecretBytes() = default;
  explicit SecretBytes(std::string_view bytes);
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;
  SecretBytes(SecretBytes&& other) noexcept;
  SecretBytes& operator=(SecretBytes&& other) noexcept;
  ~SecretBytes() { Wipe(); }

  SecretBytes Clone() const { return SecretBytes(view()); }
  std::string_view view() const { return {bytes_, size_}; }
  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  void Wipe();

 private:
  char* bytes_ = nullptr;  // locked, if any locked memory was left
  size_t size_ = 0;
};

// True if equal; the time depends on the lengths only.
bool EqualInConstantTime(std::string_view a, std::string_view b);

// Overwrites the bytes in a way the compiler may not leave out.
void WipeMemory(void* memory, size_t size_bytes);

}  // namespace basalt
