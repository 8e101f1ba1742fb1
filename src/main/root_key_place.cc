// Compares the places of key and data.
#include "main/root_key_place.h"

#include <sys/stat.h>

#include <climits>
#include <cstdlib>

#include "os/file_system.h"

namespace basalt::main {
namespace {

// With links resolved as far as the path exists.
std::string Resolved(const std::string& path) {
  char buffer[PATH_MAX];
  std::string missing;
  for (std::string at = path; at != "/" && at != "."; at = os::ParentDirectory(at)) {
    if (realpath(at.c_str(), buffer) != nullptr) {
      return buffer + missing;
    }
    const size_t slash = at.rfind('/');
    missing.insert(0, "/" + (slash == std::string::npos ? at : at.substr(slash + 1)));
  }
  return path.starts_with('/') || realpath(".", buffer) == nullptr ? path : buffer + missing;
}

}  // namespace

Status CheckRootKeyPlace(const keys::RootKeyProvider& provider, const std::string& data_dir) {
  if (provider.kind != keys::RootKeyProvider::Kind::kFile) {
    return {};
  }
  if (Resolved(provider.path).starts_with(Resolved(data_dir) + "/")) {
    return Error(Reason::kInvalidArgument, "the root key file " + provider.path + " lies inside the data directory " +
                                               data_dir + "; keep the key elsewhere");
  }
  return {};
}

bool OnSameFileSystem(const keys::RootKeyProvider& provider, const std::string& data_dir) {
  struct stat key {};
  struct stat data {};
  return provider.kind == keys::RootKeyProvider::Kind::kFile && stat(provider.path.c_str(), &key) == 0 &&
         stat(data_dir.c_str(), &data) == 0 && key.st_dev == data.st_dev;
}

}  // namespace basalt::main
