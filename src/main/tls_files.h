// TlsCertificates: the certificates of a server's listeners. Each pair of files is read once at the start and again
// when that is asked for; what its listeners use is replaced only by what can be used. Main thread only, but for what
// Find gives out.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "base/published.h"
#include "base/result.h"
#include "http/tls_context.h"
#include "main/settings.h"

namespace basalt::main {

class TlsCertificates {
 public:
  // kInvalidArgument, `WHAT; WHAT TO DO`. What can be used but should not be so is a warning on stderr.
  static Result<TlsCertificates> Load(const std::vector<ListenerSettings>& listeners);

  // Null without files. Lives as long as this, also when this is moved.
  const Published<http::TlsContext>* Find(const std::optional<TlsFiles>& files) const;
  // The files of each pair once more. One that cannot be used leaves its listeners as they are, and is logged.
  void Reload();

 private:
  std::map<TlsFiles, std::unique_ptr<Published<http::TlsContext>>> contexts_;
};

}  // namespace basalt::main
