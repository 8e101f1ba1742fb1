// Names, ids and documents of entities.
#include "identity/entity.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"
#include "crypto/random.h"
#include "model/arn.h"

namespace basalt::identity {
namespace {

constexpr size_t kUniqueIdRandomLength = 17;

}  // namespace

Result<PolicyText> PolicyText::Parse(policy::DocumentKind kind, std::string_view text,
                                     const policy::ActionCatalogue* catalogue) {
  TRY_ASSIGN(policy::Document document, policy::Document::Parse(kind, text, catalogue));
  return PolicyText{std::string(text), std::make_shared<const policy::Document>(std::move(document))};
}

PolicyText PolicyText::Stored(policy::DocumentKind kind, std::string text, const policy::ActionCatalogue* catalogue) {
  Result<policy::Document> document = policy::Document::ParseStored(kind, text, catalogue);
  auto compiled = std::make_shared<const policy::Document>(document.ok() ? *std::move(document)
                                                                         : policy::Document::Unreadable(kind));
  return {std::move(text), std::move(compiled)};
}

const PolicyVersion* ManagedPolicy::Find(uint32_t number) const {
  const auto found = std::find_if(versions.begin(), versions.end(),
                                  [number](const PolicyVersion& version) { return version.number == number; });
  return found == versions.end() ? nullptr : &*found;
}

const policy::Document& ManagedPolicy::document() const {
  const PolicyVersion* version = Find(default_version);
  BASALT_CHECK(version != nullptr);
  return *version->policy.document;
}

std::string NewUniqueId(std::string_view prefix) {
  return std::string(prefix) + crypto::RandomText(kUniqueIdRandomLength, kIdAlphabet);
}

std::string MakeArn(std::string_view account, std::string_view type, std::string_view path, std::string_view name) {
  return fmt::format("arn:{}:iam::{}:{}{}{}", model::kArnPartition, account, type, path, name);
}

}  // namespace basalt::identity
