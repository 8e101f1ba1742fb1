// GetRecords: a page of a shard's records. Keys and images are copied as they are stored.
#include <fmt/format.h>

#include <utility>

#include "feed/names.h"
#include "feed/shard_iterator.h"
#include "feed/shard_reader.h"
#include "json/writer.h"
#include "model/limits.h"
#include "operations/errors.h"
#include "operations/streams/handlers.h"
#include "operations/streams/stream_reference.h"
#include "os/clock.h"
#include "table/change_record.h"

namespace basalt::operations::streams {
namespace {

std::string_view EventName(table::ChangeKind kind) {
  switch (kind) {
    case table::ChangeKind::kInsert:
      return "INSERT";
    case table::ChangeKind::kModify:
      return "MODIFY";
    case table::ChangeKind::kRemove:
      return "REMOVE";
    case table::ChangeKind::kNone:
      break;
  }
  BASALT_CHECK(false);
}

Error Expired(int64_t issued_ms, int64_t now_ms) {
  return Error(Reason::kExpiredIterator,
               fmt::format("Iterator expired. The iterator was created at time {} while right now it is {} which is "
                           "further in the future than the tolerated delay of {} milliseconds.",
                           os::FormatUnixDate(issued_ms), os::FormatUnixDate(now_ms), model::kShardIteratorLifetimeMs));
}

class GetRecords final : public PreparedCall {
 public:
  explicit GetRecords(Call& call) : call_(call) {}

  Status Prepare() {
    auto iterator = feed::ParseShardIterator(*GetString(call_.input, "ShardIterator"));
    if (!iterator) {
      return Error(Reason::kValidation, "Invalid ShardIterator");
    }
    iterator_ = *std::move(iterator);
    TRY_ASSIGN(reference_, ParseStreamReference(iterator_.stream_arn));
    accesses.push_back({reference_.arn, reference_.address.account});
    now_ms_ = call_.services.clock.WallMs();
    terms_.records_max =
        static_cast<size_t>(GetInteger(call_.input, "Limit").value_or(model::kStreamRecordsPerPageMax));
    terms_.kept_since_ms = now_ms_ - call_.services.stream_periods.retention_ms;
    return {};
  }

  void Execute(AnswerDone done) override {
    done_ = std::move(done);
    if (now_ms_ - iterator_.issued_ms > model::kShardIteratorLifetimeMs) {
      return Finish(Expired(iterator_.issued_ms, now_ms_));
    }
    Read(nullptr);
  }

 private:
  // `failed`: where the stream was looked for before.
  void Read(const table::Table* failed) {
    Result<FoundStream> found = FindStream(call_, reference_);
    if (!found.ok()) {
      return Finish(found.TakeError());
    }
    if (found->table.get() == failed) {
      return Finish(*std::move(failure_));
    }
    table_ = std::move(found->table);
    view_ = found->stream->view;
    WithFeed(call_, table_, [this](Result<std::shared_ptr<engine::Keyspace>> keyspace) {
      if (!keyspace.ok()) {
        return Retry(keyspace.TakeError());
      }
      feed::ReadShard(table_, *std::move(keyspace), iterator_, terms_, call_.loop,
                      [this](Result<feed::ShardRecords> records) {
                        if (!records.ok()) {
                          return Retry(records.TakeError());
                        }
                        Finish(MakeAnswer(*records));
                      });
    });
  }

  // A table that was deleted meanwhile has its streams in another place.
  void Retry(Error error) {
    if (error.reason == Reason::kNotFound) {
      error = NoSuchShard();
    }
    const bool may_be_elsewhere =
        error.reason == Reason::kResourceNotFound || WireErrorOf(error.reason).fault == Fault::kService;
    if (!may_be_elsewhere) {
      return Finish(std::move(error));
    }
    failure_ = std::move(error);
    const std::shared_ptr<const table::Table> failed = std::move(table_);
    Read(failed.get());
  }

  Result<Answer> MakeAnswer(const feed::ShardRecords& page) const {
    std::string body;
    json::Writer writer(body);
    writer.BeginObject();
    writer.Key("Records");
    writer.BeginArray();
    for (const engine::FeedRecord& record : page.records) {
      TRY_ASSIGN(const table::ChangeRecord change, table::DecodeChangeRecord(record.bytes));
      if (change.kind != table::ChangeKind::kNone) {
        WriteRecord(writer, record, change);
      }
    }
    writer.EndArray();
    if (page.next_after) {
      writer.Key("NextShardIterator");
      writer.String(feed::EncodeShardIterator({.stream_arn = iterator_.stream_arn,
                                               .shard_ms = iterator_.shard_ms,
                                               .after = *page.next_after,
                                               .issued_ms = now_ms_}));
    }
    writer.EndObject();
    return body;
  }

  void WriteRecord(json::Writer& writer, const engine::FeedRecord& record, const table::ChangeRecord& change) const {
    const auto text = [&writer](std::string_view member, std::string_view value) {
      writer.Key(member);
      writer.String(value);
    };
    const auto image = [&writer](std::string_view member, std::string_view json) {
      if (!json.empty()) {
        writer.Key(member);
        writer.Raw(json);
      }
    };
    const auto integer = [&writer](std::string_view member, int64_t value) {
      writer.Key(member);
      writer.Integer(value);
    };
    writer.BeginObject();
    text("eventID", feed::EventId(reference_.arn, record.number));
    text("eventName", EventName(change.kind));
    text("eventVersion", "1.1");
    text("eventSource", "aws:dynamodb");
    text("awsRegion", reference_.address.region);
    writer.Key("dynamodb");
    writer.BeginObject();
    integer("ApproximateCreationDateTime", record.committed_ms / 1000);
    image("Keys", change.keys_json);
    image("NewImage", change.new_json);
    image("OldImage", change.old_json);
    text("SequenceNumber", feed::SequenceNumber(record.number));
    integer("SizeBytes", static_cast<int64_t>(change.size_bytes));
    text("StreamViewType", table::StreamViewName(view_));
    writer.EndObject();
    if (change.by_service) {
      writer.Key("userIdentity");
      writer.BeginObject();
      text("PrincipalId", "dynamodb.amazonaws.com");
      text("Type", "Service");
      writer.EndObject();
    }
    writer.EndObject();
  }

  void Finish(Result<Answer> answer) {
    AnswerDone finished = std::move(done_);
    finished(std::move(answer));
  }

  Call& call_;
  feed::ShardIterator iterator_;
  StreamReference reference_;
  feed::ReadTerms terms_;
  int64_t now_ms_ = 0;
  std::shared_ptr<const table::Table> table_;
  table::StreamView view_ = table::StreamView::kKeysOnly;
  std::optional<Error> failure_;
  AnswerDone done_;
};

}  // namespace

Prepared PrepareGetRecords(Call& call) {
  auto get = std::make_unique<GetRecords>(call);
  TRY(get->Prepare());
  return get;
}

}  // namespace basalt::operations::streams
