#include "policy/action.h"

#include <utility>

#include "policy/condition_key.h"

namespace basalt::policy {

Action Action::Named(std::string_view name) {
  Action action;
  action.name = name;
  action.lower_name = LowerCase(name);
  return action;
}

ActionCatalogue::ActionCatalogue(std::vector<KnownAction> actions) : rows_(std::move(actions)) {
  actions_.reserve(rows_.size());
  for (const KnownAction& row : rows_) {
    Action action = Action::Named(row.name);
    action.catalogue = this;
    action.number = static_cast<uint32_t>(actions_.size());
    actions_.push_back(std::move(action));
  }
  for (const Action& action : actions_) {
    numbers_.emplace(action.lower_name, action.number);
  }
}

const Action* ActionCatalogue::Find(std::string_view lower_name) const {
  const auto found = numbers_.find(lower_name);
  return found == numbers_.end() ? nullptr : &actions_[found->second];
}

}  // namespace basalt::policy
