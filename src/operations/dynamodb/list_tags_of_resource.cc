// ListTagsOfResource: all tags of a table or a stream at once; so there is never a NextToken to go on from.
#include "json/writer.h"
#include "operations/dynamodb/handlers.h"
#include "operations/dynamodb/tags.h"

namespace basalt::operations::dynamodb {
namespace {

class ListTagsOfResource final : public PreparedCall {
 public:
  explicit ListTagsOfResource(Call& call) : call_(call) {}

  Status Prepare() {
    TRY_ASSIGN(resource_, ReadTaggedResource(call_));
    accesses.push_back({resource_.arn, resource_.table.account});
    return {};
  }

  void Execute(AnswerDone done) override {
    const table::Table* const table = call_.tables.Look(resource_.table.view());
    auto tags = FindTags(resource_, table == nullptr ? nullptr : &table->record());
    if (!tags.ok()) {
      return done(tags.TakeError());
    }
    std::string body;
    json::Writer writer(body);
    writer.BeginObject();
    writer.Key("Tags");
    writer.BeginArray();
    for (const auto& [key, value] : **tags) {
      writer.BeginObject();
      writer.Key("Key");
      writer.String(key);
      writer.Key("Value");
      writer.String(value);
      writer.EndObject();
    }
    writer.EndArray();
    writer.EndObject();
    done(std::move(body));
  }

 private:
  Call& call_;
  NamedResource resource_;
};

}  // namespace

Prepared PrepareListTagsOfResource(Call& call) {
  auto list = std::make_unique<ListTagsOfResource>(call);
  TRY(list->Prepare());
  return list;
}

}  // namespace basalt::operations::dynamodb
