// Reads and writes AWS credentials files. System calls directly: modes matter here.
#include "main/credentials_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "base/bytes.h"
#include "crypto/random.h"
#include "main/whole_file.h"
#include "os/file_system.h"

namespace basalt::main {
namespace {

constexpr size_t kFileBytesMax = size_t{16} << 20;
constexpr std::string_view kIdName = "aws_access_key_id";
constexpr std::string_view kSecretName = "aws_secret_access_key";

Error Refused(const std::string& path, std::string_view how, const std::string& why) {
  return Error(Reason::kInvalidArgument, "the credentials file " + path + " cannot be " + std::string(how) + ": " +
                                             why + "; name another file with --credentials-file F");
}

Error Refused(const std::string& path, std::string_view how, int error) {
  char buffer[128];
  return Refused(path, how, std::string(strerror_r(error, buffer, sizeof(buffer))));
}

std::string_view Trim(std::string_view text) {
  const auto is_space = [](char character) { return character == ' ' || character == '\t' || character == '\r'; };
  while (!text.empty() && is_space(text.front())) {
    text.remove_prefix(1);
  }
  while (!text.empty() && is_space(text.back())) {
    text.remove_suffix(1);
  }
  return text;
}

// Lines with their line feeds; the last may have none.
std::vector<std::string_view> Lines(std::string_view content) {
  std::vector<std::string_view> lines;
  while (!content.empty()) {
    const size_t end = content.find('\n');
    const size_t length = end == std::string_view::npos ? content.size() : end + 1;
    lines.push_back(content.substr(0, length));
    content.remove_prefix(length);
  }
  return lines;
}

std::string_view WithoutLineFeed(std::string_view line) {
  if (line.ends_with('\n')) {
    line.remove_suffix(1);
  }
  return line;
}

// The name in "[name]", or nothing.
bool IsHeader(std::string_view line, std::string_view& name) {
  line = Trim(WithoutLineFeed(line));
  const size_t end = line.find(']');
  if (!line.starts_with('[') || end == std::string_view::npos) {
    return false;
  }
  name = Trim(line.substr(1, end - 1));
  return true;
}

bool Sets(std::string_view line, std::string_view setting) {
  const std::string_view text = WithoutLineFeed(line);
  const size_t equals = text.find('=');
  return equals != std::string_view::npos && Trim(text.substr(0, equals)) == setting;
}

void AppendSettings(std::string& out, const identity::IssuedKey& key) {
  out.append(kIdName).append(" = ").append(key.access_key_id).append("\n");
  out.append(kSecretName).append(" = ").append(key.secret.view()).append("\n");
}

Status WriteAll(int file, std::string_view content) {
  while (!content.empty()) {
    const ssize_t written = write(file, content.data(), content.size());
    if (written < 0 && errno == EINTR) {
      continue;
    }
    if (written <= 0) {
      return Error(Reason::kIo, "write");
    }
    content.remove_prefix(static_cast<size_t>(written));
  }
  return {};
}

}  // namespace

bool HasProfile(std::string_view content, std::string_view profile) {
  for (const std::string_view line : Lines(content)) {
    std::string_view name;
    if (IsHeader(line, name) && name == profile) {
      return true;
    }
  }
  return false;
}

std::string WithProfile(std::string_view content, const identity::IssuedKey& key) {
  std::string out;
  bool inside = false;
  bool written = false;
  for (const std::string_view line : Lines(content)) {
    std::string_view name;
    if (IsHeader(line, name)) {
      inside = name == key.account_id;
      out += line;
      if (inside && !written) {
        if (!line.ends_with('\n')) {
          out += '\n';
        }
        AppendSettings(out, key);
        written = true;
      }
      continue;
    }
    if (inside && (Sets(line, kIdName) || Sets(line, kSecretName))) {
      continue;
    }
    out += line;
  }
  if (!written) {
    if (!out.empty()) {
      out += out.back() == '\n' ? "\n" : "\n\n";
    }
    out.append("[").append(key.account_id).append("]\n");
    AppendSettings(out, key);
  }
  return out;
}

Result<std::string> ReadCredentialsFile(const std::string& path) {
  Result<WholeFile> file = ReadWholeFile(path, kFileBytesMax);
  if (file.ok()) {
    return std::move(file->content);
  }
  if (file.error().reason == Reason::kNotFound) {
    return std::string();
  }
  return Refused(path, "read", file.error().text);
}

Status WriteCredentialsFile(const std::string& path, std::string_view content) {
  std::string target = path;
  mode_t mode = 0600;
  struct stat status {};
  if (stat(path.c_str(), &status) == 0) {
    mode = status.st_mode & 07777;
    char resolved[PATH_MAX];
    if (realpath(path.c_str(), resolved) != nullptr) {
      target = resolved;
    }
  }
  const std::string temporary = target + "." + HexEncode(crypto::RandomBytes(4)) + ".tmp";
  const int file = open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0) {
    return Refused(path, "written", errno);
  }
  const bool done = WriteAll(file, content).ok() && fchmod(file, mode) == 0 && fsync(file) == 0;
  int error = errno;
  close(file);
  if (done && rename(temporary.c_str(), target.c_str()) == 0) {
    return os::RealFileSystem().SyncDirectory(os::ParentDirectory(target));
  }
  error = done ? errno : error;
  unlink(temporary.c_str());
  return Refused(path, "written", error);
}

Status ReserveCredentialsFile(const std::string& path) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0) {
    if (errno == EEXIST) {
      return Error(Reason::kAlreadyExists,
                   "the credentials file " + path + " exists already; name a new one with --credentials-file F");
    }
    return Refused(path, "created", errno);
  }
  close(file);
  return {};
}

}  // namespace basalt::main
