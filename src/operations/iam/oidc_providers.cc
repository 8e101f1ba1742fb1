// Providers of OpenID Connect: who vouches for people that roles may trust.
#include <fmt/format.h>

#include <algorithm>

#include "operations/iam/answers.h"
#include "operations/iam/handlers.h"

namespace basalt::operations::iam {
namespace {

using identity::OidcProvider;

constexpr std::string_view kScheme = "https://";

std::string ProviderArn(const Call& call) { return TextOf(call, "OpenIDConnectProviderArn"); }

std::vector<std::string> ListOf(const Call& call, std::string_view member) {
  std::vector<std::string> texts;
  if (const json::Node* list = call.input.Find(member); list != nullptr) {
    for (const json::Node& node : list->elements) {
      texts.emplace_back(node.string);
    }
  }
  return texts;
}

Result<const OidcProvider*> FindProvider(const Members& members, std::string_view arn) {
  const std::string prefix = identity::MakeArn(members.account.id, identity::kArnTypeOf<OidcProvider>, "/", "");
  const OidcProvider* provider =
      arn.starts_with(prefix) ? members.oidc_providers.FindById(arn.substr(prefix.size())) : nullptr;
  if (provider == nullptr) {
    return NoSuchEntity(fmt::format("OpenIDConnect Provider not found for arn {}", arn));
  }
  return provider;
}

Status CheckLists(const OidcProvider& provider) {
  if (provider.client_ids.size() > identity::kClientIdsMax) {
    return QuotaExceeded("ClientIdsPerOpenIdConnectProvider", identity::kClientIdsMax);
  }
  if (provider.thumbprints.size() > identity::kThumbprintsMax) {
    return Refused(IamRefusal::kInvalidInput,
                   fmt::format("Thumbprint list must contain fewer than {} entries.", identity::kThumbprintsMax + 1));
  }
  for (const std::string& thumbprint : provider.thumbprints) {
    if (thumbprint.find_first_not_of("0123456789abcdefABCDEF") != std::string::npos) {
      return Refused(IamRefusal::kInvalidInput, "Thumbprint contains invalid characters.");
    }
  }
  return {};
}

template <class Function>
Prepared ChangeProvider(Call& call, Function change) {
  return ChangeOf(call, ProviderArn(call), [&call, change](Draft& draft) -> Result<Answer> {
    TRY_ASSIGN(const OidcProvider* found, FindProvider(draft.members(), ProviderArn(call)));
    OidcProvider provider = *found;
    TRY(change(provider));
    TRY(CheckLists(provider));
    draft.Put(std::move(provider));
    return Answer();
  });
}

void WriteList(XmlWriter& xml, std::string_view element, const std::vector<std::string>& texts) {
  xml.Open(element);
  for (const std::string& text : texts) {
    xml.Text("member", text);
  }
  xml.Close(element);
}

}  // namespace

Prepared PrepareCreateOpenIDConnectProvider(Call& call) {
  const std::string url = TextOf(call, "Url");
  OidcProvider provider;
  provider.id = provider.name = url.substr(std::min(kScheme.size(), url.size()));
  if (!url.starts_with(kScheme) || provider.id.empty() || provider.id.find_first_of("?#@ ") != std::string::npos) {
    return Error(Reason::kValidation, "Invalid Open ID Connect Provider URL");
  }
  provider.client_ids = ListOf(call, "ClientIDList");
  provider.thumbprints = ListOf(call, "ThumbprintList");
  TRY_ASSIGN(provider.tags, TagsOf(call));
  TRY(CheckLists(provider));
  std::string arn = identity::ArnOf(call.caller.account_id, provider);
  return ChangeOf(call, arn, [arn, url, provider = std::move(provider)](Draft& draft) mutable -> Result<Answer> {
    if (draft.members().oidc_providers.Find(provider.id) != nullptr) {
      return Refused(IamRefusal::kEntityAlreadyExists, fmt::format("Provider with url {} already exists.", url));
    }
    if (draft.members().oidc_providers.size() >= identity::kOidcProvidersMax) {
      return QuotaExceeded("OpenIdConnectProvidersPerAccount", identity::kOidcProvidersMax);
    }
    provider.created_ms = draft.now_ms();
    XmlWriter xml;
    xml.Text("OpenIDConnectProviderArn", arn);
    if (!provider.tags.empty()) {
      WriteTags(xml, provider.tags);
    }
    draft.Put(provider);
    return xml.Take();
  });
}

Prepared PrepareGetOpenIDConnectProvider(Call& call) {
  return ReadOf(call, ProviderArn(call), [&call](const View& view) -> Result<Answer> {
    TRY_ASSIGN(const OidcProvider* provider, FindProvider(*view.members, ProviderArn(call)));
    XmlWriter xml;
    xml.Text("Url", provider->id);
    WriteList(xml, "ClientIDList", provider->client_ids);
    WriteList(xml, "ThumbprintList", provider->thumbprints);
    xml.Time("CreateDate", provider->created_ms);
    WriteTags(xml, provider->tags);
    return xml.Take();
  });
}

Prepared PrepareListOpenIDConnectProviders(Call& call) {
  return ReadOf(call, EverythingArn(call, "oidc-provider"), [](const View& view) -> Result<Answer> {
    XmlWriter xml;
    xml.Open("OpenIDConnectProviderList");
    for (const auto& [name, provider] : view.members->oidc_providers.by_name()) {
      xml.Open("member");
      xml.Text("Arn", identity::ArnOf(view.members->account.id, *provider));
      xml.Close("member");
    }
    xml.Close("OpenIDConnectProviderList");
    return xml.Take();
  });
}

Prepared PrepareDeleteOpenIDConnectProvider(Call& call) {
  return ChangeOf(call, ProviderArn(call), [&call](Draft& draft) -> Result<Answer> {
    TRY_ASSIGN(const OidcProvider* provider, FindProvider(draft.members(), ProviderArn(call)));
    draft.Remove<OidcProvider>(std::string(provider->id));
    return Answer();
  });
}

Prepared PrepareAddClientIDToOpenIDConnectProvider(Call& call) {
  return ChangeProvider(call, [id = TextOf(call, "ClientID")](OidcProvider& provider) -> Status {
    if (std::find(provider.client_ids.begin(), provider.client_ids.end(), id) == provider.client_ids.end()) {
      provider.client_ids.push_back(id);
    }
    return {};
  });
}

Prepared PrepareRemoveClientIDFromOpenIDConnectProvider(Call& call) {
  return ChangeProvider(call, [id = TextOf(call, "ClientID")](OidcProvider& provider) -> Status {
    std::erase(provider.client_ids, id);
    return {};
  });
}

Prepared PrepareUpdateOpenIDConnectProviderThumbprint(Call& call) {
  return ChangeProvider(call, [thumbprints = ListOf(call, "ThumbprintList")](OidcProvider& provider) -> Status {
    provider.thumbprints = thumbprints;
    return {};
  });
}

Prepared PrepareTagOpenIDConnectProvider(Call& call) {
  TRY_ASSIGN(std::vector<identity::Tag> added, TagsOf(call));
  return ChangeProvider(call, [added = std::move(added)](OidcProvider& provider) -> Status {
    TRY_ASSIGN(provider.tags, WithTags(std::move(provider.tags), added));
    return {};
  });
}

Prepared PrepareUntagOpenIDConnectProvider(Call& call) {
  return ChangeProvider(call, [keys = TagKeysOf(call)](OidcProvider& provider) -> Status {
    provider.tags = WithoutTags(std::move(provider.tags), keys);
    return {};
  });
}

Prepared PrepareListOpenIDConnectProviderTags(Call& call) {
  return ReadOf(call, ProviderArn(call), [&call](const View& view) -> Result<Answer> {
    TRY_ASSIGN(const OidcProvider* provider, FindProvider(*view.members, ProviderArn(call)));
    return PagedTags(call, provider->tags);
  });
}

}  // namespace basalt::operations::iam
