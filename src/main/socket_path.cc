// Long socket names go through the descriptor of their directory.
#include "main/socket_path.h"

#include <fcntl.h>
#include <sys/un.h>
#include <unistd.h>

#include <utility>

#include "os/file_system.h"

namespace basalt::main {

Result<SocketPath> SocketPath::Open(const std::string& path) {
  if (path.size() < sizeof(sockaddr_un{}.sun_path)) {
    return SocketPath(path, -1);
  }
  const size_t slash = path.rfind('/');
  const std::string base = slash == std::string::npos ? path : path.substr(slash + 1);
  const int directory = open(os::ParentDirectory(path).c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0 || base.empty() || base.size() > 64) {
    if (directory >= 0) {
      close(directory);
    }
    return Error(Reason::kInvalidArgument,
                 "the admin socket " + path + " has a name that cannot be used; give a shorter --admin-socket PATH");
  }
  return SocketPath("/proc/self/fd/" + std::to_string(directory) + "/" + base, directory);
}

SocketPath::SocketPath(SocketPath&& other) noexcept
    : name_(std::move(other.name_)), directory_(std::exchange(other.directory_, -1)) {}

SocketPath::~SocketPath() {
  if (directory_ >= 0) {
    close(directory_);
  }
}

}  // namespace basalt::main
