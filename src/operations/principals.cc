// Principals against the directory.
#include "operations/principals.h"

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

void LogUnknown(std::string_view principal, std::string_view command) {
  telemetry::Log(telemetry::Level::kWarning, "a policy names a principal that does not exist",
                 {{"principal", principal}, {"create_it_with", command}});
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

// Users and roles come in here once the directory knows of any: bound to the ids of these. Sessions, which are no
// entities, stay as they are named.
std::optional<std::string> BindPrincipal(const Services& services, std::string_view principal) {
  const std::optional<std::string_view> root = policy::AccountOfRoot(principal);
  const policy::ArnFields arn = policy::SplitArn(principal);
  const bool is_session = policy::IsPrincipalArn(principal) && arn.field[2] == "sts";
  const std::string_view account = root ? *root : is_session ? arn.field[4] : std::string_view();
  if (account.empty()) {
    LogUnknown(principal, "");
    return std::nullopt;
  }
  if (!AccountExists(services, account)) {
    LogUnknown(principal, "basalt account create " + std::string(account));
    return std::nullopt;
  }
  return std::string(principal);
}

std::string ShowPrincipal(const Services&, std::string_view stored) { return std::string(stored); }

}  // namespace basalt::operations
