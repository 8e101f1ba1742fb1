// Where a root key file lies compared with the data it opens.
#pragma once

#include <string>

#include "base/result.h"
#include "keys/root_key.h"

namespace basalt::main {

// kInvalidArgument if the key lies inside the data directory, where every copy of the data would carry it.
Status CheckRootKeyPlace(const keys::RootKeyProvider& provider, const std::string& data_dir);

// Whether whoever takes the data's file system takes the key as well.
bool OnSameFileSystem(const keys::RootKeyProvider& provider, const std::string& data_dir);

}  // namespace basalt::main
