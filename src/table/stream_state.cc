// States of streams.
#include "table/stream_state.h"

#include <fmt/format.h>

#include <algorithm>

#include "model/limits.h"
#include "os/clock.h"
#include "table/table_state.h"

namespace basalt::table {
namespace {

template <class Record, class Matches>
auto* Find(Record& record, Matches matches) {
  const auto found = std::find_if(record.streams.begin(), record.streams.end(), matches);
  return found == record.streams.end() ? nullptr : &*found;
}

auto HasStatus(StreamStatus status) {
  return [status](const StreamRecord& stream) { return stream.status == status; };
}

// The moment as it is written in labels and ARNs: without a zone.
std::string LabelOf(int64_t created_ms) {
  std::string label = os::FormatIso8601(created_ms);
  label.pop_back();
  return label;
}

void Close(TableRecord& record, StreamRecord& stream, uint64_t last, int64_t now_ms) {
  for (ShardRecord& shard : stream.shards) {
    if (shard.is_open()) {
      shard.last = last;
      shard.closed_ms = now_ms;
      shard.closing = false;
      record.next_feed_number = last + 1;
    }
  }
}

}  // namespace

const StreamRecord* FindStream(const TableRecord& record, std::string_view label) {
  return Find(record, [label](const StreamRecord& stream) { return stream.label == label; });
}

const StreamRecord* EnabledStream(const TableRecord& record) { return Find(record, HasStatus(StreamStatus::kEnabled)); }

const StreamRecord* TogglingStream(const TableRecord& record) {
  return Find(record, [](const StreamRecord& stream) {
    return stream.status == StreamStatus::kEnabling || stream.status == StreamStatus::kDisabling;
  });
}

const StreamRecord* DescribedStream(const TableRecord& record) {
  return Find(record, [](const StreamRecord& stream) {
    return stream.status == StreamStatus::kEnabling || stream.status == StreamStatus::kEnabled;
  });
}

const ShardRecord* OpenShard(const StreamRecord& stream) {
  return !stream.shards.empty() && stream.shards.back().is_open() ? &stream.shards.back() : nullptr;
}

std::string StreamArn(const TableRecord& record, std::string_view label) {
  return fmt::format("{}/stream/{}", record.Arn(), label);
}

int64_t NewStreamMs(const TableRecord& record, int64_t now_ms, int64_t not_before_ms) {
  int64_t created_ms = std::max(now_ms, not_before_ms);
  for (const StreamRecord& stream : record.streams) {
    created_ms = std::max(created_ms, stream.created_ms + 1);
  }
  return created_ms;
}

Status CheckStreamCount(const TableRecord& record) {
  if (record.streams.size() >= model::kStreamsOfTableMax) {
    return SubscriberLimit(fmt::format("Number of streams that are kept for table {} exceeds {}", record.address.name,
                                       model::kStreamsOfTableMax));
  }
  return {};
}

TableRecord WithNewStream(TableRecord record, StreamView view, int64_t created_ms) {
  StreamRecord& stream = record.streams.emplace_back();
  stream.label = LabelOf(created_ms);
  stream.view = view;
  stream.created_ms = created_ms;
  record.latest_stream_label = stream.label;
  return record;
}

TableRecord StreamEnabled(TableRecord record) {
  if (StreamRecord* const stream = Find(record, HasStatus(StreamStatus::kEnabling))) {
    stream->status = StreamStatus::kEnabled;
    stream->shards.push_back({.created_ms = stream->created_ms, .first = record.next_feed_number});
  }
  return record;
}

TableRecord StreamDisabling(TableRecord record) {
  StreamRecord* const stream = Find(record, HasStatus(StreamStatus::kEnabled));
  if (stream != nullptr) {
    stream->status = StreamStatus::kDisabling;
  }
  return record;
}

TableRecord StreamDisabled(TableRecord record, uint64_t last, int64_t now_ms) {
  if (StreamRecord* const stream = Find(record, HasStatus(StreamStatus::kDisabling))) {
    Close(record, *stream, last, now_ms);
    stream->status = StreamStatus::kDisabled;
  }
  return record;
}

std::optional<int64_t> RotationMs(const TableRecord& record, const StreamPeriods& periods) {
  const StreamRecord* const stream = EnabledStream(record);
  const ShardRecord* const shard = stream == nullptr ? nullptr : OpenShard(*stream);
  if (shard == nullptr) {
    return std::nullopt;
  }
  return shard->closing ? 0 : shard->created_ms + periods.shard_ms;
}

TableRecord ShardClosing(TableRecord record) {
  if (StreamRecord* const stream = Find(record, HasStatus(StreamStatus::kEnabled)); stream != nullptr) {
    stream->shards.back().closing = true;
  }
  return record;
}

TableRecord ShardClosed(TableRecord record, uint64_t last, int64_t now_ms) {
  StreamRecord* const stream = Find(record, HasStatus(StreamStatus::kEnabled));
  if (stream == nullptr || !stream->shards.back().closing) {
    return record;
  }
  const int64_t parent_ms = stream->shards.back().created_ms;
  Close(record, *stream, last, now_ms);
  stream->shards.push_back(
      {.created_ms = std::max(now_ms, parent_ms + 1), .parent_ms = parent_ms, .first = record.next_feed_number});
  return record;
}

TableRecord WithoutOldShards(TableRecord record, uint64_t trimmed, int64_t now_ms, const StreamPeriods& periods) {
  for (StreamRecord& stream : record.streams) {
    std::erase_if(stream.shards, [&](const ShardRecord& shard) {
      return !shard.is_open() && shard.last <= trimmed && shard.closed_ms + periods.retention_ms <= now_ms;
    });
  }
  std::erase_if(record.streams, [](const StreamRecord& stream) {
    return stream.status == StreamStatus::kDisabled && stream.shards.empty();
  });
  return record;
}

std::optional<int64_t> OldShardMs(const TableRecord& record, const StreamPeriods& periods) {
  std::optional<int64_t> old_ms;
  for (const StreamRecord& stream : record.streams) {
    for (const ShardRecord& shard : stream.shards) {
      if (!shard.is_open()) {
        old_ms = std::min(old_ms.value_or(INT64_MAX), shard.closed_ms + periods.retention_ms);
      }
    }
  }
  return old_ms;
}

TableRecord ArchiveOf(const TableRecord& record, uint64_t last, int64_t now_ms) {
  TableRecord archive;
  archive.address = record.address;
  archive.table_id = record.archive->table_id;
  archive.keyspace = record.archive->keyspace;
  archive.wrapped_table_key = record.archive->wrapped_table_key;
  archive.status = TableStatus::kDeleting;
  archive.created_ms = record.created_ms;
  archive.billing_mode = BillingMode::kPayPerRequest;  // nothing holds its readers
  archive.partition = record.partition;
  archive.sort = record.sort;
  archive.streams = record.streams;
  archive.latest_stream_label = record.latest_stream_label;
  archive.next_feed_number = record.next_feed_number;
  return StreamDisabled(StreamDisabling(std::move(archive)), last, now_ms);
}

}  // namespace basalt::table
