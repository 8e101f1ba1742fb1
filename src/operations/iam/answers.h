// Entities as answers show them, and lists that come in pages.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "operations/iam/request.h"
#include "operations/xml_writer.h"

namespace basalt::operations::iam {

// Of an operation that answers a result with nothing in it; clients look for its element. Most answer none at all.
inline constexpr std::string_view kEmptyResult = " ";

enum class Detail : uint8_t {
  kListed,  // without tags and boundary, as lists show it
  kWhole,
};

std::string PolicyArn(const Members& members, const ManagedPolicy& policy);
// How many users, groups and roles a policy is attached to; as boundary of how many.
struct Uses {
  size_t attached = 0;
  size_t boundaries = 0;
};
Uses UsesOf(const Members& members, std::string_view policy_arn);
// The same of every policy, counted once.
class UseCounts {
 public:
  explicit UseCounts(const Members& members);
  Uses Of(std::string_view policy_arn) const;

 private:
  std::map<std::string, Uses, std::less<>> by_arn_;
};

// Who may assume the role: as it was handed over, unless one of those it names is gone or goes by another name by now.
std::string ShownTrust(const identity::Snapshot& snapshot, const Role& role);

template <class T>
void WriteNames(XmlWriter& xml, std::string_view account, const T& entity, std::string_view name_member,
                std::string_view id_member) {
  xml.Text("Path", entity.path);
  xml.Text(name_member, entity.name);
  xml.Text(id_member, entity.id);
  xml.Text("Arn", identity::ArnOf(account, entity));
  xml.Time("CreateDate", entity.created_ms);
}

void WriteUser(XmlWriter& xml, std::string_view element, std::string_view account, const User& user, Detail detail);
void WriteGroup(XmlWriter& xml, std::string_view element, std::string_view account, const Group& group);
void WriteRole(XmlWriter& xml, std::string_view element, const View& view, const Role& role, Detail detail);
void WritePolicy(XmlWriter& xml, std::string_view element, const Members& members, const ManagedPolicy& policy,
                 const Uses& uses, Detail detail);
void WritePolicyFields(XmlWriter& xml, const Members& members, const ManagedPolicy& policy, const Uses& uses);
void WriteVersion(XmlWriter& xml, std::string_view element, const ManagedPolicy& policy,
                  const identity::PolicyVersion& version, Detail detail);  // kListed: without its document
void WriteTags(XmlWriter& xml, const std::vector<identity::Tag>& tags);
void WriteBoundary(XmlWriter& xml, std::string_view arn);  // nothing if it is empty

// Which of a sorted list an answer shows: those behind Marker, at most MaxItems. kValidation of a marker that is none.
struct PageBounds {
  size_t begin = 0;
  size_t end = 0;
};
Result<PageBounds> PageOf(const Call& call, const std::vector<std::string>& sorted_names);
void WritePageEnd(XmlWriter& xml, const PageBounds& page, const std::vector<std::string>& sorted_names);

// A page of anything that has a name to be sorted and continued by.
template <class T, class Write>
Result<Answer> PagedAnswer(const Call& call, std::string_view element, const std::vector<T>& items,
                           const std::vector<std::string>& names, Write write) {
  TRY_ASSIGN(const PageBounds page, PageOf(call, names));
  XmlWriter xml;
  xml.Open(element);
  for (size_t i = page.begin; i < page.end; ++i) {
    write(xml, items[i]);
  }
  xml.Close(element);
  WritePageEnd(xml, page, names);
  return xml.Take();
}
// Of tags, by key.
Result<Answer> PagedTags(const Call& call, std::vector<identity::Tag> tags);
// Of names alone.
Result<Answer> PagedNames(const Call& call, std::string_view element, const std::vector<std::string>& names);

// Those of a kind whose path begins with PathPrefix, by name.
template <class T>
std::vector<const T*> Listed(const Call& call, const identity::Entities<T>& entities) {
  const std::string prefix = TextOf(call, "PathPrefix");
  std::vector<const T*> listed;
  for (const auto& [name, entity] : entities.by_name()) {
    if (entity->path.starts_with(prefix)) {
      listed.push_back(entity.get());
    }
  }
  return listed;
}
template <class T>
std::vector<std::string> NamesOf(const std::vector<const T*>& entities) {
  std::vector<std::string> names;
  names.reserve(entities.size());
  for (const T* entity : entities) {
    names.push_back(entity->name);
  }
  return names;
}

}  // namespace basalt::operations::iam
