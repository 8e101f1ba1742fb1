// SocketPath: a name of a unix socket that fits into sun_path, whatever the length of its directory's name.
#pragma once

#include <string>

#include "base/result.h"

namespace basalt::main {

class SocketPath {
 public:
  // kInvalidArgument if the name is too long and its directory cannot be opened.
  static Result<SocketPath> Open(const std::string& path);
  SocketPath(SocketPath&& other) noexcept;
  SocketPath& operator=(SocketPath&&) = delete;
  ~SocketPath();

  const std::string& name() const { return name_; }  // good as long as this object lives

 private:
  SocketPath(std::string name, int directory) : name_(std::move(name)), directory_(directory) {}

  std::string name_;
  int directory_;  // -1: none needed
};

}  // namespace basalt::main
