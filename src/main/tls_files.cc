// Reads certificates and keys. A key is often shared with a group (ssl-cert of Debian, mounted secrets), so only one
// that everybody may read is worth a warning.
#include "main/tls_files.h"

#include <sys/stat.h>

#include <optional>
#include <string>

#include "base/secret_bytes.h"
#include "main/commands.h"
#include "main/whole_file.h"
#include "os/clock.h"
#include "telemetry/log.h"

namespace basalt::main {
namespace {

constexpr size_t kFileBytesMax = size_t{1} << 20;

Error Refused(std::string what, std::string_view what_to_do) {
  what.append("; ").append(what_to_do);
  return Error(Reason::kInvalidArgument, std::move(what));
}

Result<WholeFile> Read(const std::string& what, const std::string& path) {
  Result<WholeFile> file = ReadWholeFile(path, kFileBytesMax);
  if (!file.ok()) {
    return Refused("the TLS " + what + " " + path + " cannot be read: " + file.error().text,
                   "name a PEM file that the user running basalt may read");
  }
  return file;
}

Result<std::shared_ptr<const http::TlsContext>> LoadOne(const TlsFiles& files) {
  TRY_ASSIGN(const WholeFile certificate, Read("certificate", files.certificate));
  TRY_ASSIGN(WholeFile key_file, Read("key", files.key));
  const SecretBytes key(key_file.content);
  WipeMemory(key_file.content.data(), key_file.content.size());
  auto context = http::TlsContext::Make(certificate.content, key);
  if (!context.ok()) {
    return Refused(
        "TLS certificate " + files.certificate + " and key " + files.key + " do not serve: " + context.error().text,
        "give a certificate chain and its key in PEM, without a passphrase");
  }
  if ((key_file.mode & S_IROTH) != 0) {
    Warn("everybody may read the TLS key " + files.key + "; run chmod o-rwx " + files.key);
  }
  if ((*context)->valid_until_ms() <= os::SystemClock().WallMs()) {
    Warn("the TLS certificate " + files.certificate + " has ended on " +
         os::FormatIso8601((*context)->valid_until_ms()) + "; clients will refuse it");
  }
  return context;
}

}  // namespace

Result<TlsCertificates> TlsCertificates::Load(const std::vector<ListenerSettings>& listeners) {
  TlsCertificates certificates;
  for (const ListenerSettings& listener : listeners) {
    if (!listener.tls || certificates.contexts_.contains(*listener.tls)) {
      continue;
    }
    TRY_ASSIGN(auto context, LoadOne(*listener.tls));
    certificates.contexts_.emplace(*listener.tls, std::make_unique<Published<http::TlsContext>>(std::move(context)));
  }
  return certificates;
}

const Published<http::TlsContext>* TlsCertificates::Find(const std::optional<TlsFiles>& files) const {
  return files ? contexts_.at(*files).get() : nullptr;
}

void TlsCertificates::Reload() {
  for (auto& [files, published] : contexts_) {
    auto context = LoadOne(files);
    if (!context.ok()) {
      telemetry::Log(telemetry::Level::kError, "the TLS certificate in use stays",
                     {{"certificate", files.certificate}, {"error", context.error().text}});
      continue;
    }
    const std::string valid_until = os::FormatIso8601((*context)->valid_until_ms());
    published->Publish(*std::move(context));
    telemetry::Log(telemetry::Level::kInfo, "the TLS certificate was read again",
                   {{"certificate", files.certificate}, {"valid_until", valid_until}});
  }
}

}  // namespace basalt::main
