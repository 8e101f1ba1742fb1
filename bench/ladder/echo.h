// The ladder's lowest rung: sockets on a loop like ours and nothing else. Whatever arrives is a request; the answer is
// always the same.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"

namespace basalt::bench {

class Echo {
 public:
  // Listens on a free port of 127.0.0.1 and serves it on a thread of its own. `answer` = the whole of it, head
  // included.
  static Result<std::unique_ptr<Echo>> Start(std::string answer);
  ~Echo();
  Echo(const Echo&) = delete;
  Echo& operator=(const Echo&) = delete;

  uint16_t port() const;

 private:
  struct Implementation;
  explicit Echo(std::unique_ptr<Implementation> implementation);

  std::unique_ptr<Implementation> implementation_;
};

}  // namespace basalt::bench
