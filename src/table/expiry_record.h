// What a table's record knows of time to live while it is enabled. The expiry index lies in space `space` of the
// table's keyspace: one entry an item that expires some day, in the order in which they do. It is no index of a
// client's: nobody reads it but who deletes what has expired.
#pragma once

#include <cstdint>
#include <string>

namespace basalt::table {

struct ExpiryRecord {
  std::string attribute;
  uint16_t space = 0;       // numbered with the spaces of indexes: none is used twice in a table's life
  bool backfilling = true;  // entries of items written before it are still being made

  friend bool operator==(const ExpiryRecord&, const ExpiryRecord&) = default;
};

}  // namespace basalt::table
