// Finding streams.
#include "operations/streams/stream_reference.h"

#include <fmt/format.h>

#include <utility>

#include "model/arn.h"
#include "operations/dynamodb/request.h"
#include "table/stream_state.h"

namespace basalt::operations::streams {

Result<StreamReference> ParseStreamReference(std::string_view arn) {
  model::ParsedTableArn parsed = model::ParseTableArn(arn);
  if (!parsed.arn || parsed.arn->kind != model::TableArnKind::kStream) {
    return Error(Reason::kValidation, fmt::format("Invalid StreamArn: {}", arn));
  }
  return StreamReference{{parsed.arn->account, parsed.arn->region, std::string(parsed.arn->name.text())},
                         parsed.arn->part,
                         std::string(arn)};
}

Result<FoundStream> FindStream(Call& call, const StreamReference& reference) {
  if (reference.address.region != call.region) {
    return NoSuchStream(reference);
  }
  if (std::shared_ptr<const table::Table> table = call.tables.Find(reference.address); table != nullptr) {
    if (const table::StreamRecord* stream = table::FindStream(table->record(), reference.label); stream != nullptr) {
      return FoundStream{std::move(table), stream};
    }
  }
  const table::ArchiveMap& archives = call.tables.Archives();
  for (auto at = archives.lower_bound({reference.address, ""});
       at != archives.end() && at->first.first == reference.address; ++at) {
    if (const table::StreamRecord* stream = table::FindStream(at->second->record(), reference.label);
        stream != nullptr) {
      return FoundStream{at->second, stream};
    }
  }
  return NoSuchStream(reference);
}

Error NoSuchStream(const StreamReference& reference) {
  return Error(Reason::kResourceNotFound,
               fmt::format("Requested resource not found: Stream: {} not found", reference.arn));
}

Error NoSuchShard() { return Error(Reason::kResourceNotFound, "Requested resource not found: Shard does not exist"); }

void WithFeed(Call& call, const std::shared_ptr<const table::Table>& table,
              UniqueFunction<void(Result<std::shared_ptr<engine::Keyspace>>)> use) {
  const table::TableRecord& record = table->record();
  if (record.keyspace.empty() || record.status == table::TableStatus::kCreating) {
    return use(std::shared_ptr<engine::Keyspace>());
  }
  dynamodb::WithKeyspace(call, table, std::move(use));
}

}  // namespace basalt::operations::streams
