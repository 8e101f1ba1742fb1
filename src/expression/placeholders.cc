// Placeholders: the substitution maps of a request. See expression.h.
//
// Both maps are searched by bisection: a request may define hundreds of thousands of placeholders, whereas an
// expression can use a thousand at most.
#include <algorithm>
#include <string>

#include "expression/expression.h"
#include "expression/lexer.h"
#include "model/limits.h"
#include "model/validation_error.h"

namespace basalt::expression {
namespace {

Status CheckKey(std::string_view map_name, char sigil, std::string_view key) {
  const auto refuse = [&](std::string_view defect) {
    std::string text(map_name);
    text += " contains invalid key: ";
    text += defect;
    text += "; key: \"";
    text += key;
    text += '"';
    return Error(Reason::kValidation, std::move(text));
  };
  if (key.size() > model::kPlaceholderBytesMax) {
    return refuse("Key is longer than 255 bytes");
  }
  if (key.empty() || key[0] != sigil || !IsPlaceholderName(key.substr(1))) {
    return refuse("Syntax error");
  }
  return {};
}

void AppendKey(std::string& list, std::string_view key) {
  list += list.empty() ? "" : ", ";
  list += key;
}

Error Unused(std::string_view map_name, std::string_view keys) {
  std::string text = "Value provided in ";
  text += map_name;
  text += " unused in expressions: keys: {";
  text += keys;
  text += '}';
  return Error(Reason::kValidation, std::move(text));
}

}  // namespace

Placeholders::Placeholders(std::span<const NameEntry> names, model::Item values)
    : names_(names), values_(values), name_used_(names.size()), value_used_(values.size()) {
  name_order_.reserve(names.size());
  for (uint32_t i = 0; i < names.size(); ++i) {
    name_order_.push_back(i);
  }
  std::stable_sort(name_order_.begin(), name_order_.end(),
                   [&](uint32_t a, uint32_t b) { return names_[a].placeholder < names_[b].placeholder; });
  // Of equal placeholders the last one counts; the others are as good as absent.
  for (size_t i = 1; i < name_order_.size(); ++i) {
    if (names_[name_order_[i - 1]].placeholder == names_[name_order_[i]].placeholder) {
      name_used_[name_order_[i - 1]] = true;
    }
  }
}

Status Placeholders::Check() const {
  size_t size_bytes = model::SizeBytes(values_);
  for (const NameEntry& entry : names_) {
    TRY(CheckKey("ExpressionAttributeNames", '#', entry.placeholder));
    size_bytes += entry.placeholder.size() + entry.name.size();
  }
  for (const NameEntry& entry : names_) {
    if (entry.name.empty()) {
      return Error(Reason::kValidation,
                   "ExpressionAttributeNames contains invalid value: Empty attribute name for key " +
                       std::string(entry.placeholder));
    }
    if (entry.name.size() > model::kAttributeNameBytesMax) {
      return model::AttributeNameTooLong();
    }
  }
  for (const model::Attribute& attribute : values_) {
    TRY(CheckKey("ExpressionAttributeValues", ':', attribute.name));
  }
  if (size_bytes > model::kSubstitutionBytesMax) {
    return Error(Reason::kValidation,
                 "ExpressionAttributeNames and ExpressionAttributeValues together exceed the size limit of 2 MB");
  }
  return {};
}

Status Placeholders::CheckAllUsed() const {
  std::string unused;
  for (size_t i = 0; i < names_.size(); ++i) {
    if (!name_used_[i]) {
      AppendKey(unused, names_[i].placeholder);
    }
  }
  if (!unused.empty()) {
    return Unused("ExpressionAttributeNames", unused);
  }
  for (size_t i = 0; i < values_.size(); ++i) {
    if (!value_used_[i]) {
      AppendKey(unused, values_[i].name);
    }
  }
  if (!unused.empty()) {
    return Unused("ExpressionAttributeValues", unused);
  }
  return {};
}

const std::string_view* Placeholders::FindName(std::string_view placeholder) {
  const auto after =
      std::upper_bound(name_order_.begin(), name_order_.end(), placeholder,
                       [&](std::string_view text, uint32_t at) { return text < names_[at].placeholder; });
  if (after == name_order_.begin()) {
    return nullptr;
  }
  const uint32_t found = *(after - 1);
  if (names_[found].placeholder != placeholder) {
    return nullptr;
  }
  name_used_[found] = true;
  return &names_[found].name;
}

const model::Value* Placeholders::FindValue(std::string_view placeholder) {
  const auto found =
      std::lower_bound(values_.begin(), values_.end(), placeholder,
                       [](const model::Attribute& attribute, std::string_view name) { return attribute.name < name; });
  if (found == values_.end() || found->name != placeholder) {
    return nullptr;
  }
  value_used_[static_cast<size_t>(found - values_.begin())] = true;
  return &found->value;
}

}  // namespace basalt::expression
