#include "base/arena.h"

#include <algorithm>
#include <cstdint>

namespace basalt {
namespace {

constexpr size_t kFirstBlockBytes = size_t{4} << 10;
constexpr size_t kLargestBlockBytes = size_t{256} << 10;

}  // namespace

void* Arena::AllocateFromNewBlock(size_t size_bytes, size_t alignment) {
  const size_t doubled = blocks_.empty() ? kFirstBlockBytes : blocks_.back().size_bytes * 2;
  const size_t block_bytes = std::max(std::min(doubled, kLargestBlockBytes), size_bytes + alignment);
  blocks_.push_back(Block{std::unique_ptr<char[]>(new char[block_bytes]), block_bytes});
  allocated_bytes_ += block_bytes;
  char* first = blocks_.back().memory.get();
  end_ = first + block_bytes;
  char* aligned = Align(first, alignment);
  next_ = aligned + size_bytes;
  return aligned;
}

void Arena::Reset() {
  if (blocks_.empty()) {
    return;
  }
  if (blocks_.front().size_bytes > kLargestBlockBytes) {  // one large piece came first; do not hold on to it
    blocks_.clear();
    allocated_bytes_ = 0;
    next_ = nullptr;
    end_ = nullptr;
    return;
  }
  blocks_.resize(1);
  allocated_bytes_ = blocks_.front().size_bytes;
  next_ = blocks_.front().memory.get();
  end_ = next_ + blocks_.front().size_bytes;
}

}  // namespace basalt
