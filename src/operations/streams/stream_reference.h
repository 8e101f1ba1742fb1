// A stream as requests name it: by its ARN; and where it is found, in a table or in what is kept of one that is gone.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/unique_function.h"
#include "operations/operation.h"
#include "table/catalogue.h"

namespace basalt::operations::streams {

struct StreamReference {
  table::TableAddress address;
  std::string label;
  std::string arn;  // as given
};

// kValidation for an ARN that cannot be a stream's.
Result<StreamReference> ParseStreamReference(std::string_view arn);

struct FoundStream {
  std::shared_ptr<const table::Table> table;
  const table::StreamRecord* stream = nullptr;  // of its record
};

// kResourceNotFound, with the service's text: also for a stream of another region.
Result<FoundStream> FindStream(Call& call, const StreamReference& reference);
Error NoSuchStream(const StreamReference& reference);
Error NoSuchShard();  // kResourceNotFound

// Runs `use` with the open keyspace that the stream's records are in: null if there never were any; or why it cannot be
// opened.
void WithFeed(Call& call, const std::shared_ptr<const table::Table>& table,
              UniqueFunction<void(Result<std::shared_ptr<engine::Keyspace>>)> use);

}  // namespace basalt::operations::streams
