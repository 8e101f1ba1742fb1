// DescribeStream: a stream and its shards, oldest first, page by page, or only those that followed one of them.
#include <fmt/format.h>

#include "feed/names.h"
#include "json/writer.h"
#include "model/limits.h"
#include "model/validation_error.h"
#include "operations/dynamodb/table_description.h"
#include "operations/streams/handlers.h"
#include "operations/streams/stream_reference.h"
#include "table/stream_state.h"

namespace basalt::operations::streams {
namespace {

class DescribeStream final : public PreparedCall {
 public:
  explicit DescribeStream(Call& call) : call_(call) {}

  Status Prepare() {
    TRY_ASSIGN(reference_, ParseStreamReference(*GetString(call_.input, "StreamArn")));
    accesses.push_back({reference_.arn, reference_.address.account});
    limit_ = static_cast<size_t>(GetInteger(call_.input, "Limit").value_or(model::kShardsPerPageMax));
    start_ = GetString(call_.input, "ExclusiveStartShardId").value_or("");
    if (const json::Node* filter = call_.input.Find("ShardFilter"); filter != nullptr && !filter->IsNull()) {
      const auto type = GetString(*filter, "Type");
      parent_ = GetString(*filter, "ShardId");
      if (type.has_value() != parent_.has_value()) {
        return model::InvalidParameter(type ? "ShardId is required in a ShardFilter of Type CHILD_SHARDS"
                                            : "Type is required in a ShardFilter with a ShardId");
      }
    }
    return {};
  }

  void Execute(AnswerDone done) override {
    Result<FoundStream> found = FindStream(call_, reference_);
    if (!found.ok()) {
      return done(found.TakeError());
    }
    done(MakeAnswer(found->table->record(), *found->stream));
  }

 private:
  std::string MakeAnswer(const table::TableRecord& record, const table::StreamRecord& stream) const {
    std::string body;
    json::Writer writer(body);
    const auto text = [&writer](std::string_view member, std::string_view value) {
      writer.Key(member);
      writer.String(value);
    };
    writer.BeginObject();
    writer.Key("StreamDescription");
    writer.BeginObject();
    text("StreamArn", reference_.arn);
    text("StreamLabel", stream.label);
    text("StreamStatus", table::StreamStatusName(stream.status));
    text("StreamViewType", table::StreamViewName(stream.view));
    writer.Key("CreationRequestDateTime");
    writer.Seconds(stream.created_ms);
    text("TableName", record.address.name);
    dynamodb::WriteKeySchema(writer, record);
    writer.Key("Shards");
    writer.BeginArray();
    size_t count = 0;
    std::string last;
    bool more = false;
    for (const table::ShardRecord& shard : stream.shards) {
      std::string id = feed::ShardId(stream, shard.created_ms);
      const bool is_child = shard.parent_ms != 0 && parent_ && feed::ShardId(stream, shard.parent_ms) == *parent_;
      if (id <= start_ || (parent_ && !is_child)) {
        continue;
      }
      more = count == limit_;
      if (more) {
        break;
      }
      ++count;
      last = std::move(id);
      WriteShard(writer, stream, shard, last);
    }
    writer.EndArray();
    if (more) {
      text("LastEvaluatedShardId", last);
    }
    writer.EndObject();
    writer.EndObject();
    return body;
  }

  static void WriteShard(json::Writer& writer, const table::StreamRecord& stream, const table::ShardRecord& shard,
                         std::string_view id) {
    const auto text = [&writer](std::string_view member, std::string_view value) {
      writer.Key(member);
      writer.String(value);
    };
    writer.BeginObject();
    text("ShardId", id);
    writer.Key("SequenceNumberRange");
    writer.BeginObject();
    text("StartingSequenceNumber", feed::SequenceNumber(shard.first));
    if (!shard.is_open()) {
      text("EndingSequenceNumber", feed::SequenceNumber(shard.last));
    }
    writer.EndObject();
    if (shard.parent_ms != 0) {
      text("ParentShardId", feed::ShardId(stream, shard.parent_ms));
    }
    writer.EndObject();
  }

  Call& call_;
  StreamReference reference_;
  size_t limit_ = 0;
  std::string_view start_;
  std::optional<std::string_view> parent_;
};

}  // namespace

Prepared PrepareDescribeStream(Call& call) {
  auto describe = std::make_unique<DescribeStream>(call);
  TRY(describe->Prepare());
  return describe;
}

}  // namespace basalt::operations::streams
