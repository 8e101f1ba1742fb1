#include "main/provider_files.h"

#include "main/whole_file.h"

namespace basalt::main {

Result<std::shared_ptr<const identity::ProviderKeys>> LoadProviderKeys(const ServerSettings& settings) {
  auto keys = std::make_shared<identity::ProviderKeys>();
  for (const OidcProviderSettings& provider : settings.oidc_providers) {
    const Result<WholeFile> file = ReadWholeFile(provider.keys, identity::kProviderKeysBytesMax);
    if (!file.ok()) {
      return Error(Reason::kInvalidArgument, "the keys " + provider.keys + " of " + provider.issuer +
                                                 " cannot be read: " + file.error().text +
                                                 "; name a file that is there");
    }
    if (const Status added = keys->Add(provider.issuer, file->content); !added.ok()) {
      return Error(Reason::kInvalidArgument, "the keys " + provider.keys + " of " + provider.issuer +
                                                 " cannot be used: " + added.error().text + "; fetch its JWKS again");
    }
  }
  return std::shared_ptr<const identity::ProviderKeys>(std::move(keys));
}

}  // namespace basalt::main
