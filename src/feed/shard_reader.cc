// Pages of shards. The end of a shard is found after everybody was told that it closes, and a page is given out only
// by the record that is in force once it was read: so no record is in a shard and its child too.
#include "feed/shard_reader.h"

#include <algorithm>
#include <utility>

#include "model/arn.h"
#include "model/limits.h"
#include "table/stream_state.h"

namespace basalt::feed {
namespace {

Error Trimmed() { return Error(Reason::kTrimmed, "The data you are trying to access has been trimmed"); }
Error NoShard() { return Error(Reason::kNotFound, "there is no such shard any more"); }

class Reading : public std::enable_shared_from_this<Reading> {
 public:
  Reading(std::shared_ptr<const table::Table> table, std::shared_ptr<engine::Keyspace> keyspace, ShardIterator iterator,
          ReadTerms terms, Executor& home, engine::Done<ShardRecords> done)
      : table_(std::move(table)),
        keyspace_(std::move(keyspace)),
        iterator_(std::move(iterator)),
        terms_(terms),
        home_(home),
        done_(std::move(done)) {}

  void Begin() {
    const table::ShardRecord* const shard = Shard();
    if (shard == nullptr) {
      return done_(NoShard());
    }
    if (iterator_.from_horizon) {
      iterator_.after = std::max(iterator_.after, shard->first - 1);
    }
    if (keyspace_ == nullptr) {
      return Finish({});
    }
    keyspace_->Feed(iterator_.after, {.bytes_max = model::kPageBytesMax, .count_max = terms_.records_max}, home_,
                    [self = shared_from_this()](Result<engine::FeedPage> page) {
                      if (!page.ok()) {
                        return self->done_(page.TakeError());
                      }
                      self->Finish(*std::move(page));
                    });
  }

 private:
  const table::ShardRecord* Shard() {
    const table::TableRecord& record = table_->Current(newest_);
    const model::ParsedTableArn arn = model::ParseTableArn(iterator_.stream_arn);
    const table::StreamRecord* const stream = arn.arn ? table::FindStream(record, arn.arn->part) : nullptr;
    if (stream == nullptr) {
      return nullptr;
    }
    const auto found =
        std::find_if(stream->shards.begin(), stream->shards.end(),
                     [this](const table::ShardRecord& shard) { return shard.created_ms == iterator_.shard_ms; });
    return found == stream->shards.end() ? nullptr : &*found;
  }

  void Finish(engine::FeedPage page) {
    const table::ShardRecord* const shard = Shard();
    if (shard == nullptr) {
      return done_(NoShard());
    }
    ShardRecords answer;
    if (shard->closing) {
      answer.next_after = iterator_.after;
      return done_(std::move(answer));
    }
    const uint64_t end = shard->is_open() ? UINT64_MAX : shard->last;
    const auto kept = std::find_if(page.records.begin(), page.records.end(), [this](const engine::FeedRecord& record) {
      return record.committed_ms > terms_.kept_since_ms;
    });
    const uint64_t trimmed = kept == page.records.begin() ? page.trimmed : std::prev(kept)->number;
    if (!iterator_.from_horizon && iterator_.after < std::min(trimmed, end)) {
      return done_(Trimmed());
    }
    if (kept == page.records.end() && page.more && trimmed < end) {  // of what is too old there is more
      iterator_.after = trimmed;
      return Begin();
    }
    uint64_t last = std::max(iterator_.after, std::min(trimmed, end));
    for (auto record = kept; record != page.records.end() && record->number <= end; ++record) {
      last = record->number;
      answer.records.push_back(std::move(*record));
    }
    if (last < end && (shard->is_open() || page.more)) {
      answer.next_after = last;
    }
    done_(std::move(answer));
  }

  const std::shared_ptr<const table::Table> table_;
  const std::shared_ptr<engine::Keyspace> keyspace_;
  std::shared_ptr<const table::TableRecord> newest_;
  ShardIterator iterator_;
  const ReadTerms terms_;
  Executor& home_;
  engine::Done<ShardRecords> done_;
};

}  // namespace

void ReadShard(std::shared_ptr<const table::Table> table, std::shared_ptr<engine::Keyspace> keyspace,
               ShardIterator iterator, ReadTerms terms, Executor& home, engine::Done<ShardRecords> done) {
  std::make_shared<Reading>(std::move(table), std::move(keyspace), std::move(iterator), terms, home, std::move(done))
      ->Begin();
}

}  // namespace basalt::feed
