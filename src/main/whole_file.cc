// open, fstat, read.
#include "main/whole_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace basalt::main {
namespace {

Error Failed(int error) {
  char buffer[128];
  return Error(error == ENOENT ? Reason::kNotFound : Reason::kIo, strerror_r(error, buffer, sizeof(buffer)));
}

}  // namespace

Result<WholeFile> ReadWholeFile(const std::string& path, size_t size_bytes_max) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (file < 0) {
    return Failed(errno);
  }
  const auto read_all = [file, size_bytes_max]() -> Result<WholeFile> {
    struct stat status {};
    if (fstat(file, &status) != 0) {
      return Failed(errno);
    }
    if (!S_ISREG(status.st_mode)) {
      return Error(Reason::kIo, "it is not a regular file");
    }
    WholeFile whole;
    whole.mode = status.st_mode;
    // A byte more, to see that nothing was added meanwhile.
    whole.content.resize(std::min(static_cast<size_t>(status.st_size), size_bytes_max) + 1);
    size_t filled = 0;
    ssize_t got = 0;
    while (filled < whole.content.size() &&
           (got = read(file, whole.content.data() + filled, whole.content.size() - filled)) != 0) {
      if (got < 0 && errno != EINTR) {
        return Failed(errno);
      }
      filled += got > 0 ? static_cast<size_t>(got) : 0;
    }
    if (filled == whole.content.size()) {
      return Error(Reason::kIo, "it has more than " + std::to_string(filled - 1) + " bytes");
    }
    whole.content.resize(filled);
    return whole;
  };
  Result<WholeFile> whole = read_all();
  close(file);
  return whole;
}

}  // namespace basalt::main
