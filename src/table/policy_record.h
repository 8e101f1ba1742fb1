// What is kept of a resource's policy: its canonical text, and the revision that it is at.
#pragma once

#include <cstdint>
#include <string>

namespace basalt::table {

struct PolicyRecord {
  std::string text;            // empty: there is none (any more)
  bool names_version = false;  // as it was put; part of what tells two policies apart
  int64_t revision_ms = 0;     // when it was put or deleted last, each time a later one; 0: there never was one

  bool IsSet() const { return !text.empty(); }
  std::string RevisionId() const { return std::to_string(revision_ms); }

  friend bool operator==(const PolicyRecord&, const PolicyRecord&) = default;
};

}  // namespace basalt::table
