// From a call to the values of condition keys.
#include "operations/call_context.h"

#include "identity/principal.h"
#include "os/clock.h"

namespace basalt::operations {

using policy::KeyId;
using policy::Values;

Values CallContext::Find(const policy::ConditionKey& key) const {
  switch (key.id) {
    case KeyId::kResourceAccount:
      return UnlessEmpty(owner_.account());
    case KeyId::kResourceOrgId:
      return owner_.placement() == nullptr ? Values::Absent() : Values::One(owner_.placement()->organization().id);
    case KeyId::kResourceOrgPaths:
      if (owner_.placement() == nullptr) {
        return Values::Absent();
      }
      owner_path_ = owner_.placement()->path();
      return Values::List({&owner_path_, 1});
    case KeyId::kRequestedRegion:
      return UnlessEmpty(call_.region);
    case KeyId::kViaAwsService:
      return Values::One("false");
    case KeyId::kSourceIp:
      return route().ThroughEndpoint() ? Values::Absent() : UnlessEmpty(route().address);
    case KeyId::kVpcSourceIp:
      return route().ThroughEndpoint() ? UnlessEmpty(route().address) : Values::Absent();
    case KeyId::kSourceVpc:
      return UnlessEmpty(route().vpc);
    case KeyId::kSourceVpce:
      return UnlessEmpty(route().endpoint);
    case KeyId::kSecureTransport:
      return Values::One(route().secure ? "true" : "false");
    case KeyId::kCurrentTime:
      if (current_time_.empty()) {
        current_time_ = os::FormatIso8601(now_ms());
      }
      return Values::One(current_time_);
    case KeyId::kEpochTime:
      if (epoch_time_.empty()) {
        epoch_time_ = std::to_string(now_ms() / 1000);
      }
      return Values::One(epoch_time_);
    case KeyId::kUserAgent: {
      const Values agent = FindHeader("user-agent");
      return agent.present() ? agent : Values::One("");
    }
    case KeyId::kReferer:
      return FindHeader("referer");
    default:
      return call_.caller.principal->Find(key);
  }
}

Values CallContext::UnlessEmpty(std::string_view text) { return text.empty() ? Values::Absent() : Values::One(text); }

Values CallContext::FindHeader(std::string_view name) const {
  const auto header = call_.origin == nullptr ? std::nullopt : call_.origin->FindHeader(name);
  return header ? Values::One(*header) : Values::Absent();
}

const Route& CallContext::route() const {
  static const Route kNone;
  return call_.origin == nullptr ? kNone : call_.origin->FindRoute();
}

int64_t CallContext::now_ms() const {
  if (!now_ms_) {
    now_ms_ = call_.services.clock.WallMs();
  }
  return *now_ms_;
}

}  // namespace basalt::operations
