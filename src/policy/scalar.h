// What a string, number or boolean of a document means: its text.
#pragma once

#include <optional>
#include <string>

#include "json/node.h"
#include "json/writer.h"

namespace basalt::policy {

inline std::optional<std::string> ScalarText(const json::Node& node) {
  switch (node.kind) {
    case json::Kind::kString:
      return std::string(node.string);
    case json::Kind::kTrue:
      return "true";
    case json::Kind::kFalse:
      return "false";
    case json::Kind::kInteger:
      return std::to_string(node.integer);
    case json::Kind::kDouble: {
      std::string text;
      json::Writer(text).Double(node.real);
      return text;
    }
    case json::Kind::kNull:
    case json::Kind::kArray:
    case json::Kind::kObject:
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace basalt::policy
