// For tests, benchmarks and fuzzers: a request's placeholders and items written as JSON, with ' for ".
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/arena.h"
#include "expression/expression.h"
#include "json/node.h"
#include "model/item_json.h"

namespace basalt::expression {

inline std::string WithDoubleQuotes(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    c = c == '\'' ? '"' : c;
  }
  return out;
}

// Stops the process if the text is no item.
inline model::Item ItemOf(std::string_view text, Arena& arena) {
  Result<json::Node> node = json::Parse(WithDoubleQuotes(text), arena);
  BASALT_CHECK(node.ok());
  Result<model::Item> item = model::ParseItem(*node, arena);
  BASALT_CHECK(item.ok());
  return *item;
}

inline std::string TextOf(model::Item item) {
  std::string out;
  model::AppendJson(out, item);
  for (char& c : out) {
    c = c == '"' ? '\'' : c;
  }
  return out;
}

using Names = std::vector<NameEntry>;

// One request: names, values and all that is parsed from it.
class Request {
 public:
  explicit Request(std::string_view values = "{}", Names names = {})
      : names_(std::move(names)), values_(ItemOf(values, arena_)), placeholders_(names_, values_) {}

  Arena& arena() { return arena_; }
  Placeholders& placeholders() { return placeholders_; }
  model::Item Item(std::string_view text) { return ItemOf(text, arena_); }

  // The error of parsing, or "".
  std::string ErrorOf(Kind kind, std::string_view text) {
    const Status status = Parse(kind, text);
    return status.ok() ? "" : status.error().text;
  }
  std::string ConditionError(std::string_view text) { return ErrorOf(Kind::kCondition, text); }
  std::string UpdateError(std::string_view text) { return ErrorOf(Kind::kUpdate, text); }
  std::string ProjectionError(std::string_view text) { return ErrorOf(Kind::kProjection, text); }
  std::string KeyConditionError(std::string_view text) { return ErrorOf(Kind::kKeyCondition, text); }

  // "true", "false" or the error.
  std::string Evaluated(std::string_view text, std::string_view item) {
    const Result<const Condition*> condition = ParseCondition(Kind::kCondition, text, placeholders_, arena_);
    if (!condition.ok()) {
      return condition.error().text;
    }
    return Evaluate(**condition, Item(item)) ? "true" : "false";
  }

  // The new item, or the error.
  std::string Updated(std::string_view text, std::string_view item) {
    const Result<const Update*> update = ParseUpdate(text, placeholders_, arena_);
    if (!update.ok()) {
      return update.error().text;
    }
    const Result<model::Item> result = Apply(**update, Item(item), arena_);
    return result.ok() ? TextOf(*result) : result.error().text;
  }

  std::string Projected(std::string_view text, std::string_view item) {
    const Result<const Projection*> projection = ParseProjection(text, placeholders_, arena_);
    return projection.ok() ? TextOf(Project(**projection, Item(item), arena_)) : projection.error().text;
  }

 private:
  Status Parse(Kind kind, std::string_view text) {
    switch (kind) {
      case Kind::kCondition:
      case Kind::kFilter:
        TRY(ParseCondition(kind, text, placeholders_, arena_));
        return {};
      case Kind::kKeyCondition:
        TRY(ParseKeyCondition(text, placeholders_, arena_));
        return {};
      case Kind::kUpdate:
        TRY(ParseUpdate(text, placeholders_, arena_));
        return {};
      case Kind::kProjection:
        TRY(ParseProjection(text, placeholders_, arena_));
        return {};
    }
    return {};
  }

  Arena arena_;
  Names names_;
  model::Item values_;
  Placeholders placeholders_;
};

}  // namespace basalt::expression
