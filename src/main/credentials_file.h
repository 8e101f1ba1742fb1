// An AWS credentials file: an ini file with one profile an account, named by its id. Profiles that are not ours stay
// byte for byte as they are. Blocking calls.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "identity/directory.h"

namespace basalt::main {

bool HasProfile(std::string_view content, std::string_view profile);

// `content` with the profile of the key: added at the end, or, if it is there, its two values replaced.
std::string WithProfile(std::string_view content, const identity::IssuedKey& key);

// What stands at `path` now; empty if there is no such file. kInvalidArgument if it cannot be read or is no file.
Result<std::string> ReadCredentialsFile(const std::string& path);

// Whole or not at all. A new file is 0600; an existing one keeps its mode (a link to one stays a link).
Status WriteCredentialsFile(const std::string& path, std::string_view content);

// Makes the file, empty, 0600; kAlreadyExists if something is there.
Status ReserveCredentialsFile(const std::string& path);

}  // namespace basalt::main
