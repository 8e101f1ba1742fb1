// UntagResource: takes tags off a table; keys that it does not have are none of its business.
#include "operations/dynamodb/handlers.h"
#include "operations/dynamodb/tags.h"

namespace basalt::operations::dynamodb {
namespace {

class UntagResource final : public PreparedCall {
 public:
  explicit UntagResource(Call& call) : call_(call) {}

  Status Prepare() {
    const json::Node& keys = *call_.input.Find("TagKeys");
    if (keys.elements.empty()) {
      return Error(Reason::kValidation, "Atleast one Tag Key needs to be provided as Input.");
    }
    TRY_ASSIGN(keys_, ReadTagKeys(keys));
    TRY_ASSIGN(resource_, ReadTaggedResource(call_));
    accesses.push_back({resource_.arn, resource_.table.account});
    return {};
  }

  AccessFacts FactsOf(size_t, const table::TableRecord*) const override {
    AccessFacts facts;
    facts.tag_keys.emplace(keys_.begin(), keys_.end());
    return facts;
  }

  void Execute(AnswerDone done) override {
    ChangeTags(
        call_, resource_,
        [keys = std::move(keys_)](table::Tags& current) -> Status {
          for (const std::string& key : keys) {
            current.erase(key);
          }
          return {};
        },
        std::move(done));
  }

 private:
  Call& call_;
  std::vector<std::string> keys_;
  NamedResource resource_;
};

}  // namespace

Prepared PrepareUntagResource(Call& call) {
  auto untag = std::make_unique<UntagResource>(call);
  TRY(untag->Prepare());
  return untag;
}

}  // namespace basalt::operations::dynamodb
