// Arena: memory that is handed out piece by piece and freed all at once. Each request has one; every attribute
// value, parsed expression and JSON node of the request lives in it. Only trivially destructible types go in.
// Not thread-safe: a request stays on its loop.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

namespace basalt {

class Arena {
 public:
  Arena() = default;
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;
  Arena(Arena&&) = delete;
  Arena& operator=(Arena&&) = delete;
  ~Arena() = default;

  void* Allocate(size_t size_bytes, size_t alignment = alignof(std::max_align_t)) {
    char* aligned = Align(next_, alignment);
    if (aligned == nullptr || aligned > end_ || size_bytes > static_cast<size_t>(end_ - aligned)) {
      return AllocateFromNewBlock(size_bytes, alignment);
    }
    next_ = aligned + size_bytes;
    return aligned;
  }

  template <class T, class... Args>
  T* New(Args&&... args) {
    static_assert(std::is_trivially_destructible_v<T>);
    return ::new (Allocate(sizeof(T), alignof(T))) T{std::forward<Args>(args)...};
  }

  // Value-initialised.
  template <class T>
  std::span<T> NewArray(size_t count) {
    static_assert(std::is_trivially_destructible_v<T>);
    if (count == 0) {
      return {};
    }
    T* first = static_cast<T*>(Allocate(sizeof(T) * count, alignof(T)));
    for (size_t i = 0; i < count; ++i) {
      ::new (static_cast<void*>(first + i)) T{};
    }
    return {first, count};
  }

  template <class T>
  std::span<const T> CopyArray(std::span<const T> items) {
    static_assert(std::is_trivially_copyable_v<T>);
    if (items.empty()) {
      return {};
    }
    T* first = static_cast<T*>(Allocate(items.size_bytes(), alignof(T)));
    std::memcpy(static_cast<void*>(first), items.data(), items.size_bytes());
    return {first, items.size()};
  }

  std::string_view Copy(std::string_view text) {
    if (text.empty()) {
      return {};
    }
    char* copy = static_cast<char*>(Allocate(text.size(), 1));
    std::memcpy(copy, text.data(), text.size());
    return {copy, text.size()};
  }

  // Forgets everything handed out; keeps the first block for the next use, unless it is large.
  void Reset();

  size_t allocated_bytes() const { return allocated_bytes_; }  // blocks taken from the heap

 private:
  static char* Align(char* at, size_t alignment) {
    const auto address = reinterpret_cast<std::uintptr_t>(at);
    const auto aligned = (address + alignment - 1) & ~(alignment - 1);
    return at + (aligned - address);
  }
  void* AllocateFromNewBlock(size_t size_bytes, size_t alignment);

  struct Block {
    std::unique_ptr<char[]> memory;
    size_t size_bytes;
  };
  std::vector<Block> blocks_;
  char* next_ = nullptr;
  char* end_ = nullptr;
  size_t allocated_bytes_ = 0;
};

}  // namespace basalt
