// The principals that policies of resources may name: which exist, what is stored for them and what is shown.
//
// Threads: any.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/mutex.h"

namespace basalt::operations {

struct Services;

// Dev: an account exists once a key has named it.
class NamedAccounts {
 public:
  void Add(std::string_view account);
  bool Has(std::string_view account) const;

 private:
  mutable Mutex mutex_;
  std::set<std::string, std::less<>> accounts_ GUARDED_BY(mutex_);
};

// What stands in a stored policy for a principal that a client names, an account's root by its ARN; nullopt, and a line
// in the log, if there is none such.
std::optional<std::string> BindPrincipal(const Services& services, std::string_view principal);
// What a client is shown for it.
std::string ShowPrincipal(const Services& services, std::string_view stored);

}  // namespace basalt::operations
