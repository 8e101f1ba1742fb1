// TagResource: adds tags to a table or a stream and replaces those of the same key, all of them or none.
#include "operations/dynamodb/handlers.h"
#include "operations/dynamodb/tags.h"

namespace basalt::operations::dynamodb {
namespace {

class TagResource final : public PreparedCall {
 public:
  explicit TagResource(Call& call) : call_(call) {}

  Status Prepare() {
    const json::Node& tags = *call_.input.Find("Tags");
    if (tags.elements.empty()) {
      return Error(Reason::kValidation, "Atleast one Tag needs to be provided as Input.");
    }
    TRY_ASSIGN(tags_, ReadTags(tags));
    TRY_ASSIGN(resource_, ReadTaggedResource(call_));
    accesses.push_back({resource_.arn, resource_.table.account});
    return {};
  }

  AccessFacts FactsOf(size_t, const table::TableRecord*) const override { return FactsOfTags(tags_); }

  void Execute(AnswerDone done) override {
    ChangeTags(
        call_, resource_,
        [tags = std::move(tags_)](table::Tags& current) {
          for (const auto& [key, value] : tags) {
            current.insert_or_assign(key, value);
          }
          return CheckTagCount(current.size());
        },
        std::move(done));
  }

 private:
  Call& call_;
  table::Tags tags_;
  NamedResource resource_;
};

}  // namespace

Prepared PrepareTagResource(Call& call) {
  auto tag = std::make_unique<TagResource>(call);
  TRY(tag->Prepare());
  return tag;
}

}  // namespace basalt::operations::dynamodb
