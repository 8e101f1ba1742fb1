// SecretBytes: key material. Wiped when it goes, never printed, compared in constant time, copied only by Clone
// so that each copy is visible in the code.
#pragma once

#include <string>
#include <string_view>

namespace basalt {

class SecretBytes {
 public:
  SecretBytes() = default;
  explicit SecretBytes(std::string_view bytes) : bytes_(bytes) {}
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;
  SecretBytes(SecretBytes&& other) noexcept;
  SecretBytes& operator=(SecretBytes&& other) noexcept;
  ~SecretBytes() { Wipe(); }

  SecretBytes Clone() const { return SecretBytes(view()); }
  std::string_view view() const { return bytes_; }
  size_t size() const { return bytes_.size(); }
  bool empty() const { return bytes_.empty(); }
  void Wipe();

 private:
  std::string bytes_;
};

// True if equal; the time depends on the lengths only.
bool EqualInConstantTime(std::string_view a, std::string_view b);

// Overwrites the bytes in a way the compiler may not leave out.
void WipeMemory(void* memory, size_t size_bytes);

}  // namespace basalt
