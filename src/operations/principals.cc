// Principals against the directory.
#include "operations/principals.h"

#include <fmt/format.h>

#include "identity/principal.h"
#include "operations/services.h"
#include "policy/principal_name.h"
#include "policy/text_pattern.h"
#include "telemetry/log.h"

namespace basalt::operations {
namespace {

// In dev an account needs nobody to create it; who owns a table was named before the last start.
bool OwnsTable(const Services& services, std::string_view account) {
  const std::shared_ptr<const table::TableMap> tables = services.catalogue.tables().Load();
  const auto found = tables->lower_bound(table::TableAddressView{account, {}, {}});
  return found != tables->end() && found->first.account == account;
}

bool AccountExists(const Services& services, std::string_view account) {
  return services.directory.snapshots().Load()->HasAccount(account) ||
         (services.mode == Mode::kDev && (services.named_accounts->Has(account) || OwnsTable(services, account)));
}

// What would make it; empty for what nobody can make.
std::string CommandFor(const Services& services, std::string_view principal) {
  const std::optional<std::string_view> root = policy::AccountOfRoot(principal);
  const policy::ArnFields arn = policy::SplitArn(principal);
  const std::string_view account = root ? *root : policy::IsPrincipalArn(principal) ? arn.field[4] : std::string_view();
  if (account.empty()) {
    return "";
  }
  if (root || !AccountExists(services, account)) {
    return fmt::format("basalt account create {}", account);
  }
  const std::string_view resource = arn.field[5];
  const size_t type_end = resource.find('/');
  const std::string_view type = resource.substr(0, type_end);
  std::string_view name = resource.substr(type_end + 1);
  if (type == "assumed-role") {
    name = name.substr(0, name.find('/'));
  }
  const size_t path_end = name.rfind('/');
  const std::string path =
      path_end == std::string_view::npos ? "" : fmt::format(" --path /{}", name.substr(0, path_end + 1));
  name = name.substr(path_end + 1);  // of npos the whole
  return type == "user" ? fmt::format("aws iam create-user --user-name {}{}", name, path)
                        : fmt::format(
                              "aws iam create-role --role-name {}{} --assume-role-policy-document "
                              "file://trust.json",
                              name, path);
}

}  // namespace

void NamedAccounts::Add(std::string_view account) {
  MutexLock lock(mutex_);
  if (accounts_.find(account) == accounts_.end()) {
    accounts_.emplace(account);
  }
}

bool NamedAccounts::Has(std::string_view account) const {
  MutexLock lock(mutex_);
  return accounts_.find(account) != accounts_.end();
}

std::optional<std::string> BindPrincipal(const Services& services, std::string_view principal) {
  std::optional<std::string> bound = identity::BindPrincipal(*services.directory.snapshots().Load(), principal);
  // In dev an account need not be in the directory.
  const std::optional<std::string_view> root = policy::AccountOfRoot(principal);
  if (!bound && root && AccountExists(services, *root)) {
    bound = identity::RootArn(*root);
  }
  if (!bound) {
    telemetry::Log(telemetry::Level::kWarning, "a policy names a principal that does not exist",
                   {{"principal", principal}, {"create_it_with", CommandFor(services, principal)}});
  }
  return bound;
}

std::string ShowPrincipal(const Services& services, std::string_view stored) {
  return identity::ShowPrincipal(*services.directory.snapshots().Load(), stored);
}

}  // namespace basalt::operations
