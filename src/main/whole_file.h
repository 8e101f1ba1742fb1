// A small file that an operator names, read as a whole.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <string>

#include "base/result.h"

namespace basalt::main {

struct WholeFile {
  std::string content;
  mode_t mode = 0;  // who may read it, among others
};

// Regular files only, since opening a pipe waits. kNotFound if there is none, else kIo; the text says why and names no
// path. The content is read into one place, so that a secret leaves no copies behind.
Result<WholeFile> ReadWholeFile(const std::string& path, size_t size_bytes_max);

}  // namespace basalt::main
