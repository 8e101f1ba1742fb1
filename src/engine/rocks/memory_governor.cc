#include "engine/rocks/memory_governor.h"

#include <utility>

namespace basalt::engine::rocks {

MemoryGovernor::MemoryGovernor(uint64_t budget_bytes, uint64_t flush_bytes_min, size_t flushes_max, Executor& pool)
    : budget_bytes_(budget_bytes), flush_bytes_min_(flush_bytes_min), flushes_max_(flushes_max), pool_(pool) {}

void MemoryGovernor::Wrote(const std::shared_ptr<Holder>& holder, uint64_t bytes) {
  MutexLock lock(mutex_);
  Account& account = accounts_[holder.get()];
  account.holder = holder;
  held_bytes_ += bytes - account.bytes;  // modulo 2^64: the sum never falls below zero
  account.bytes = bytes;
  account.last_write = ++writes_;
  FlushWhileOver();
}

void MemoryGovernor::Forget(const Holder& holder) {
  MutexLock lock(mutex_);
  const auto found = accounts_.find(&holder);
  if (found != accounts_.end()) {
    held_bytes_ -= found->second.bytes;
    accounts_.erase(found);
  }
}

uint64_t MemoryGovernor::held_bytes() {
  MutexLock lock(mutex_);
  return held_bytes_;
}

void MemoryGovernor::FlushWhileOver() {
  if (held_bytes_ <= budget_bytes_) {
    return;
  }
  uint64_t flushing_bytes = 0;
  for (const auto& [holder, account] : accounts_) {
    flushing_bytes += account.flushing ? account.bytes : 0;
  }
  while (flushes_ < flushes_max_ && held_bytes_ - flushing_bytes > budget_bytes_) {
    Account* oldest = nullptr;
    for (auto& [holder, account] : accounts_) {
      if (!account.flushing && account.bytes >= flush_bytes_min_ &&
          (oldest == nullptr || account.last_write < oldest->last_write)) {
        oldest = &account;
      }
    }
    std::shared_ptr<Holder> holder = oldest == nullptr ? nullptr : oldest->holder.lock();
    if (holder == nullptr) {
      return;
    }
    oldest->flushing = true;
    flushing_bytes += oldest->bytes;
    ++flushes_;
    pool_.Post([this, holder = std::move(holder)] {
      const uint64_t bytes = holder->FlushMemory();
      Flushed(holder.get(), bytes);
    });
  }
}

void MemoryGovernor::Flushed(const Holder* holder, uint64_t bytes) {
  MutexLock lock(mutex_);
  --flushes_;
  const auto found = accounts_.find(holder);
  if (found != accounts_.end()) {
    held_bytes_ += bytes - found->second.bytes;
    found->second.bytes = bytes;
    found->second.flushing = false;
  }
  FlushWhileOver();
}

}  // namespace basalt::engine::rocks
