// What operations work with, wired once by main/. References outlive every request.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/published.h"
#include "identity/directory.h"
#include "identity/id_token.h"
#include "keys/managed_keys.h"
#include "keys/service_keys.h"
#include "model/limits.h"
#include "operations/dialect.h"
#include "operations/principals.h"
#include "os/clock.h"
#include "table/catalogue.h"
#include "table/request_token.h"
#include "table/stream_state.h"

namespace basalt::operations {

enum class Mode : uint8_t { kDev, kServe };

// Shared by all loops; everything in it is thread-safe.
struct Services {
  Mode mode = Mode::kServe;
  std::vector<std::string> regions;  // served here, the first is the default
  os::Clock& clock;                  // the service's, which an operator may move on
  os::Clock& real_clock;             // by which signatures are dated
  table::Catalogue& catalogue;
  identity::Directory& directory;
  keys::ServiceKeys& service_keys;
  keys::ManagedKeys& managed_keys;
  Dialect dialect = Dialect::kClassic;
  int64_t item_collection_bytes_max = model::kItemCollectionBytesMax;
  table::StreamPeriods stream_periods = {};
  int64_t protection_cooldown_ms = 15'000;       // between two changes of a table's deletion protection
  int64_t time_to_live_cooldown_ms = 3'600'000;  // between two changes of a table's time to live
  int64_t policy_update_cooldown_ms = 0;         // between two changes of a resource's policy
  std::shared_ptr<NamedAccounts> named_accounts = std::make_shared<NamedAccounts>();  // dev
  // What OIDC providers sign with, as far as the operator has told.
  std::shared_ptr<Published<identity::ProviderKeys>> provider_keys =
      std::make_shared<Published<identity::ProviderKeys>>(std::make_shared<const identity::ProviderKeys>());
  std::shared_ptr<table::RequestTokens> request_tokens = std::make_shared<table::RequestTokens>();

  bool ServesRegion(std::string_view region) const {
    for (const std::string& served : regions) {
      if (served == region) {
        return true;
      }
    }
    return false;
  }
};

}  // namespace basalt::operations
