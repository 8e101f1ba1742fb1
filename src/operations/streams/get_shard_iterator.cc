// GetShardIterator: a place in a shard, to read from.
#include <fmt/format.h>

#include <algorithm>

#include "feed/names.h"
#include "feed/shard_iterator.h"
#include "json/writer.h"
#include "model/validation_error.h"
#include "operations/dynamodb/request.h"
#include "operations/streams/handlers.h"
#include "operations/streams/stream_reference.h"

namespace basalt::operations::streams {
namespace {

enum class IteratorType : uint8_t { kTrimHorizon, kLatest, kAtSequenceNumber, kAfterSequenceNumber };

class GetShardIterator final : public PreparedCall {
 public:
  explicit GetShardIterator(Call& call) : call_(call) {}

  Status Prepare() {
    TRY_ASSIGN(reference_, ParseStreamReference(*GetString(call_.input, "StreamArn")));
    accesses.push_back({reference_.arn, reference_.address.account});
    const std::string_view type = *GetString(call_.input, "ShardIteratorType");
    type_ = type == "TRIM_HORIZON"         ? IteratorType::kTrimHorizon
            : type == "LATEST"             ? IteratorType::kLatest
            : type == "AT_SEQUENCE_NUMBER" ? IteratorType::kAtSequenceNumber
                                           : IteratorType::kAfterSequenceNumber;
    const auto sequence_number = GetString(call_.input, "SequenceNumber");
    if (sequence_number.has_value() != names_number()) {
      return model::InvalidParameter(fmt::format("SequenceNumber must {} specified when ShardIteratorType is {}",
                                                 names_number() ? "be" : "not be", type));
    }
    if (names_number()) {
      const auto number = feed::ParseSequenceNumber(*sequence_number);
      if (!number) {
        return model::InvalidParameter(fmt::format("Invalid SequenceNumber: {}", *sequence_number));
      }
      number_ = *number;
    }
    return {};
  }

  void Execute(AnswerDone done) override {
    Result<FoundStream> found = FindStream(call_, reference_);
    if (!found.ok()) {
      return done(found.TakeError());
    }
    const table::ShardRecord* shard = feed::FindShard(*found->stream, *GetString(call_.input, "ShardId"));
    if (shard == nullptr) {
      return done(NoSuchShard());
    }
    shard_ = *shard;
    if (type_ == IteratorType::kTrimHorizon) {
      return done(MakeAnswer(0));
    }
    if (type_ == IteratorType::kLatest && !shard_.is_open()) {
      return done(MakeAnswer(shard_.last));
    }
    done_ = std::move(done);
    table_ = std::move(found->table);
    WithFeed(call_, table_, [this](Result<std::shared_ptr<engine::Keyspace>> keyspace) {
      if (!keyspace.ok()) {
        return Finish(dynamodb::FailureOn(call_, *table_, keyspace.TakeError()));
      }
      if (*keyspace == nullptr) {
        engine::FeedPage none;
        none.trimmed = shard_.last;
        none.newest = shard_.last;
        return Finish(Place(none));
      }
      // The record that is named, if one is; else only how far the feed goes.
      engine::Keyspace& used = **keyspace;
      used.Feed(names_number() ? std::max<uint64_t>(number_, 1) - 1 : UINT64_MAX, {.count_max = 1}, call_.loop,
                [this, keyspace = *std::move(keyspace)](Result<engine::FeedPage> page) {
                  Finish(page.ok() ? Place(*page) : dynamodb::FailureOn(call_, *table_, page.TakeError()));
                });
    });
  }

 private:
  bool names_number() const {
    return type_ == IteratorType::kAtSequenceNumber || type_ == IteratorType::kAfterSequenceNumber;
  }

  Result<Answer> Place(const engine::FeedPage& page) const {
    if (type_ == IteratorType::kLatest) {
      return MakeAnswer(std::max(page.newest, shard_.first - 1));
    }
    // Where an open shard begins may be asked for before anything is there.
    const uint64_t last = shard_.is_open() ? std::max(page.newest, shard_.first) : shard_.last;
    if (number_ < shard_.first || number_ > last) {
      return model::InvalidParameter(fmt::format("SequenceNumber is not in the range of the shard. SequenceNumber: {}",
                                                 *GetString(call_.input, "SequenceNumber")));
    }
    const bool is_old =
        !page.records.empty() && page.records.front().number == number_ &&
        page.records.front().committed_ms + call_.services.stream_periods.retention_ms <= call_.services.clock.WallMs();
    if (number_ <= page.trimmed || is_old) {
      return Error(Reason::kTrimmed, "The data you are trying to access has been trimmed");
    }
    return MakeAnswer(type_ == IteratorType::kAtSequenceNumber ? number_ - 1 : number_);
  }

  std::string MakeAnswer(uint64_t after) const {
    std::string body;
    json::Writer writer(body);
    writer.BeginObject();
    writer.Key("ShardIterator");
    writer.String(feed::EncodeShardIterator({.stream_arn = reference_.arn,
                                             .shard_ms = shard_.created_ms,
                                             .from_horizon = type_ == IteratorType::kTrimHorizon,
                                             .after = after,
                                             .issued_ms = call_.services.clock.WallMs()}));
    writer.EndObject();
    return body;
  }

  void Finish(Result<Answer> answer) {
    AnswerDone finished = std::move(done_);
    finished(std::move(answer));
  }

  Call& call_;
  StreamReference reference_;
  IteratorType type_ = IteratorType::kTrimHorizon;
  uint64_t number_ = 0;
  std::shared_ptr<const table::Table> table_;
  table::ShardRecord shard_;
  AnswerDone done_;
};

}  // namespace

Prepared PrepareGetShardIterator(Call& call) {
  auto get = std::make_unique<GetShardIterator>(call);
  TRY(get->Prepare());
  return get;
}

}  // namespace basalt::operations::streams
