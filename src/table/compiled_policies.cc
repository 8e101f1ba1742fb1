// From records to documents.
#include "table/compiled_policies.h"

#include <algorithm>

#include "telemetry/log.h"

namespace basalt::table {
namespace {

std::shared_ptr<const policy::Document> Compile(policy::DocumentKind kind, const PolicyRecord& policy,
                                                const TableRecord& record, const policy::ActionCatalogue* actions) {
  if (!policy.IsSet()) {
    return nullptr;
  }
  Result<policy::Document> document = policy::Document::ParseStored(kind, policy.text, actions);
  if (!document.ok()) {
    telemetry::Log(telemetry::Level::kError, "a stored policy cannot be read, and so denies everything",
                   {{"table", record.table_id}, {"error", document.error().text}});
    return std::make_shared<const policy::Document>(policy::Document::Unreadable(kind));
  }
  return std::make_shared<const policy::Document>(*std::move(document));
}

bool SamePolicies(const StreamRecord& a, const StreamRecord& b) { return a.label == b.label && a.policy == b.policy; }

}  // namespace

CompiledPolicies::CompiledPolicies(const TableRecord& record, const policy::ActionCatalogue* actions)
    : of_table_(Compile(policy::DocumentKind::kTable, record.policy, record, actions)) {
  CompileStreams(record, actions);
}

CompiledPolicies::CompiledPolicies(const CompiledPolicies& former, const TableRecord& former_record,
                                   const TableRecord& record, const policy::ActionCatalogue* actions)
    : of_table_(former_record.policy == record.policy
                    ? former.of_table_
                    : Compile(policy::DocumentKind::kTable, record.policy, record, actions)) {
  if (std::equal(former_record.streams.begin(), former_record.streams.end(), record.streams.begin(),
                 record.streams.end(), SamePolicies)) {
    of_streams_ = former.of_streams_;
  } else {
    CompileStreams(record, actions);
  }
}

void CompiledPolicies::CompileStreams(const TableRecord& record, const policy::ActionCatalogue* actions) {
  for (const StreamRecord& stream : record.streams) {
    if (SharedDocument document = Compile(policy::DocumentKind::kStream, stream.policy, record, actions)) {
      of_streams_.emplace_back(stream.label, std::move(document));
    }
  }
}

const policy::Document* CompiledPolicies::OfStream(std::string_view label) const {
  for (const auto& [name, document] : of_streams_) {
    if (name == label) {
      return document.get();
    }
  }
  return nullptr;
}

}  // namespace basalt::table
