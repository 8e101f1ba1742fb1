// From settings and policy files to the server's networks.
#include "main/network_files.h"

#include <utility>

#include "main/commands.h"
#include "main/whole_file.h"
#include "operations/actions.h"
#include "policy/condition_value.h"

namespace basalt::main {
namespace {

Error Refused(std::string what, std::string_view what_to_do) {
  what.append("; ").append(what_to_do);
  return Error(Reason::kInvalidArgument, std::move(what));
}

Result<std::shared_ptr<const policy::Document>> LoadPolicy(const std::string& path) {
  const Result<WholeFile> file = ReadWholeFile(path, policy::kDocumentBytesMax);
  if (!file.ok()) {
    return Refused("the policy " + path + " cannot be read: " + file.error().text, "name a file that is there");
  }
  Result<policy::Document> document =
      policy::Document::Parse(policy::DocumentKind::kEndpoint, file->content, &operations::Actions());
  if (!document.ok()) {
    return Refused("the policy " + path + " cannot be used: " + document.error().text, "correct it");
  }
  return std::make_shared<const policy::Document>(*std::move(document));
}

}  // namespace

Result<std::shared_ptr<const server::Networks>> LoadNetworks(const ServerSettings& settings) {
  server::NetworkSettings networks;
  bool is_said = !settings.trusted_proxies.empty() || !settings.networks.empty();
  for (const ListenerSettings& listener : settings.listeners) {
    networks.listeners.push_back({listener.vpc, listener.vpce});
    is_said = is_said || networks.listeners.back().IsNamed();
  }
  if (!is_said) {
    return std::shared_ptr<const server::Networks>();
  }
  for (const std::string& text : settings.trusted_proxies) {
    networks.trusted_proxies.push_back(*policy::ParseNetwork(text));
    if (networks.trusted_proxies.back().prefix_bits == 0) {
      Warn("trusted_proxies has " + text + ": what anybody says of where a request came from is believed");
    }
  }
  if (settings.endpoint_header) {
    networks.endpoint_header = *settings.endpoint_header;
  }
  for (const NamedNetworkSettings& named : settings.networks) {
    server::NetworkSettings::Named& network = networks.named.emplace_back();
    network.way = {named.vpc, named.vpce};
    for (const std::string& text : named.cidrs) {
      network.networks.push_back(*policy::ParseNetwork(text));
    }
    if (!named.policy.empty()) {
      TRY_ASSIGN(networks.policies[named.vpce], LoadPolicy(named.policy));
    }
  }
  return std::make_shared<const server::Networks>(std::move(networks));
}

}  // namespace basalt::main
