#include "base/secret_bytes.h"

#include <cstring>
#include <new>
#include <utility>

#include "base/locked_memory.h"

namespace basalt {

void WipeMemory(void* memory, size_t size_bytes) { explicit_bzero(memory, size_bytes); }

SecretBytes::SecretBytes(std::string_view bytes) : size_(bytes.size()) {
  if (bytes.empty()) {
    return;
  }
  bytes_ = static_cast<char*>(AllocateLocked(bytes.size()));
  if (bytes_ == nullptr) {
    bytes_ = static_cast<char*>(::operator new(bytes.size()));
  }
  std::memcpy(bytes_, bytes.data(), bytes.size());
}

SecretBytes::SecretBytes(SecretBytes&& other) noexcept
    : bytes_(std::exchange(other.bytes_, nullptr)), size_(std::exchange(other.size_, 0)) {}

SecretBytes& SecretBytes::operator=(SecretBytes&& other) noexcept {
  if (this != &other) {
    Wipe();
    bytes_ = std::exchange(other.bytes_, nullptr);
    size_ = std::exchange(other.size_, 0);
  }
  return *this;
}

void SecretBytes::Wipe() {
  if (bytes_ == nullptr) {
    return;
  }
  if (IsLocked(bytes_)) {
    FreeLocked(bytes_);
  } else {
    WipeMemory(bytes_, size_);
    ::operator delete(bytes_);
  }
  bytes_ = nullptr;
  size_ = 0;
}

bool EqualInConstantTime(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) {
    return false;
  }
  unsigned difference = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    difference |= static_cast<unsigned char>(a[i]) ^ static_cast<unsigned>(static_cast<unsigned char>(b[i]));
  }
  return difference == 0;
}

}  // namespace basalt
