// Actions: the permissions that a request needs, such as dynamodb:GetItem. Names compare without regard to case. A
// catalogue numbers those that are known, so that a compiled statement knows by one bit whether it speaks of an action;
// which ones there are, and which a policy of a table or a stream may name, is said by who makes the catalogue.
//
// Threads: any, once made.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace basalt::policy {

class ActionCatalogue;

struct Action {
  static constexpr uint32_t kUnnumbered = UINT32_MAX;

  std::string name;                            // "dynamodb:GetItem"
  std::string lower_name;                      // "dynamodb:getitem"
  const ActionCatalogue* catalogue = nullptr;  // whose number it is
  uint32_t number = kUnnumbered;

  // An action that is in no catalogue.
  static Action Named(std::string_view name);
};

struct KnownAction {
  std::string name;
  bool for_tables = false;   // may be named in the policy of a table
  bool for_streams = false;  // may be named in the policy of a stream
};

class ActionCatalogue {
 public:
  explicit ActionCatalogue(std::vector<KnownAction> actions);
  ActionCatalogue(const ActionCatalogue&) = delete;  // documents and actions point to it
  ActionCatalogue& operator=(const ActionCatalogue&) = delete;

  size_t size() const { return rows_.size(); }
  const KnownAction& row(size_t number) const { return rows_[number]; }
  const Action& action(size_t number) const { return actions_[number]; }
  const Action* Find(std::string_view lower_name) const;  // null if unknown

 private:
  std::vector<KnownAction> rows_;
  std::vector<Action> actions_;
  std::unordered_map<std::string_view, uint32_t> numbers_;  // by lower-case name, whose bytes are actions_'
};

}  // namespace basalt::policy
