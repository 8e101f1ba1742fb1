// What every call tells policies, whatever it touches: who calls, from where, when, and whose the resource is. Values
// are made when a policy asks for them. What an operation knows besides, it adds by a context of its own:
//
//   policy::Values Find(const policy::ConditionKey& key) const override {
//     switch (key.id) {
//       case policy::KeyId::kExternalId: ...
//       default: return CallContext::Find(key);
//
// Source: IAM User Guide, "AWS global condition context keys".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "operations/operation.h"
#include "operations/resource_owner.h"
#include "policy/condition_key.h"

namespace basalt::operations {

class CallContext : public policy::Context {
 public:
  // `owner`: of an access without a resource the caller's account. Both outlive it.
  CallContext(const Call& call, const ResourceOwner& owner) : call_(call), owner_(owner) {}

  policy::Values Find(const policy::ConditionKey& key) const override;

 protected:
  static policy::Values UnlessEmpty(std::string_view text);
  const Call& call() const { return call_; }

 private:
  policy::Values FindHeader(std::string_view name) const;
  const Route& route() const;
  int64_t now_ms() const;

  const Call& call_;
  const ResourceOwner& owner_;
  mutable std::optional<int64_t> now_ms_;  // every time in a decision is the same one
  mutable std::string_view owner_path_;
  mutable std::string current_time_;
  mutable std::string epoch_time_;
};

}  // namespace basalt::operations
