// ListStreams: the streams of the caller's account in this region, or of one table, by ARN; also those of tables that
// are gone, for as long as they are kept.
#include <algorithm>
#include <vector>

#include "json/writer.h"
#include "model/limits.h"
#include "operations/dynamodb/request.h"
#include "operations/streams/handlers.h"
#include "operations/streams/stream_reference.h"
#include "table/stream_state.h"

namespace basalt::operations::streams {
namespace {

struct Listed {
  std::string arn;
  std::string table;
  std::string label;
};

class ListStreams final : public PreparedCall {
 public:
  explicit ListStreams(Call& call) : call_(call) {}

  Status Prepare() {
    limit_ = static_cast<size_t>(GetInteger(call_.input, "Limit").value_or(model::kStreamsPerPageMax));
    if (const auto start = GetString(call_.input, "ExclusiveStartStreamArn")) {
      TRY(ParseStreamReference(*start));
      start_ = *start;
    }
    account_ = call_.caller.account_id;
    std::string tables = "*";
    if (const auto name = GetString(call_.input, "TableName")) {
      TRY_ASSIGN(const dynamodb::TableReference table, dynamodb::ResolveTable(call_, *name));
      account_ = table.address.account;
      tables = table.address.name;
      table_ = tables;
    }
    accesses.push_back(
        {"arn:aws:dynamodb:" + call_.region + ":" + account_ + ":table/" + tables + "/stream/*", account_});
    return {};
  }

  void Execute(AnswerDone done) override {
    const table::TableAddress first = {account_, call_.region, table_};
    const table::TableMap& tables = call_.tables.All();
    for (auto at = tables.lower_bound(first); at != tables.end() && IsMeant(at->first); ++at) {
      Take(at->second->record());
    }
    const table::ArchiveMap& archives = call_.tables.Archives();
    for (auto at = archives.lower_bound({first, ""}); at != archives.end() && IsMeant(at->first.first); ++at) {
      Take(at->second->record());
    }
    std::sort(streams_.begin(), streams_.end(), [](const Listed& a, const Listed& b) { return a.arn < b.arn; });
    // For a moment a stream of a table that is being deleted is in both.
    const auto last =
        std::unique(streams_.begin(), streams_.end(), [](const Listed& a, const Listed& b) { return a.arn == b.arn; });
    streams_.erase(last, streams_.end());

    std::string body;
    json::Writer writer(body);
    const auto text = [&writer](std::string_view member, std::string_view value) {
      writer.Key(member);
      writer.String(value);
    };
    writer.BeginObject();
    writer.Key("Streams");
    writer.BeginArray();
    for (size_t i = 0; i < std::min(limit_, streams_.size()); ++i) {
      writer.BeginObject();
      text("StreamArn", streams_[i].arn);
      text("TableName", streams_[i].table);
      text("StreamLabel", streams_[i].label);
      writer.EndObject();
    }
    writer.EndArray();
    if (streams_.size() > limit_) {
      text("LastEvaluatedStreamArn", streams_[limit_ - 1].arn);
    }
    writer.EndObject();
    done(std::move(body));
  }

 private:
  bool IsMeant(const table::TableAddress& address) const {
    return address.account == account_ && address.region == call_.region && (table_.empty() || address.name == table_);
  }

  void Take(const table::TableRecord& record) {
    for (const table::StreamRecord& stream : record.streams) {
      std::string arn = table::StreamArn(record, stream.label);
      if (arn > start_) {
        streams_.push_back({std::move(arn), record.address.name, stream.label});
      }
    }
  }

  Call& call_;
  std::string account_;
  std::string table_;  // empty: all
  std::string start_;
  size_t limit_ = 0;
  std::vector<Listed> streams_;
};

}  // namespace

Prepared PrepareListStreams(Call& call) {
  auto list = std::make_unique<ListStreams>(call);
  TRY(list->Prepare());
  return list;
}

}  // namespace basalt::operations::streams
