// What calls of Organizations are made of: a look at the organization that the caller's account is in, or a change of
// it, each a function; pages; and what they find wrong, in the service's words.
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "identity/directory.h"
#include "json/writer.h"
#include "operations/operation.h"

namespace basalt::operations::organizations {

using identity::ControlKind;
using identity::ControlPolicy;
using identity::Draft;
using identity::Organization;
using Prepared = Result<std::unique_ptr<PreparedCall>>;

// Who may look: the management account, or every account of the organization.
enum class Who : uint8_t { kManagement, kMembers };

// `resource`: what the caller needs the permission for, behind "arn:aws:organizations::<management>:"; "*" of lists.
// A change is of the management account alone. Forms of ids are looked at here.
Prepared ReadOf(Call& call, Who who, std::string resource, std::function<Result<Answer>(const Organization&)> read);
Prepared ChangeOf(Call& call, std::string resource, std::function<Result<Answer>(Draft&, Organization&)> change);
// A change of an account that is in no organization yet.
Prepared FoundingOf(Call& call, std::function<Result<Answer>(Draft&)> change);

std::string TextOf(const Call& call, std::string_view member);  // empty if it is absent
bool Has(const Call& call, std::string_view member);

// ---- resources, as ReadOf and ARNs have them

std::string ResourceOf(const Call& call, std::string_view place);  // "ou/o-…/ou-…" of any place by its id
std::string PolicyResource(const Call& call, std::string_view policy_id);
std::string ArnOf(const Organization& organization, std::string_view place);
std::string ArnOf(const Organization& organization, const ControlPolicy& policy);

// ---- kinds of policies

std::string_view TypeName(ControlKind kind);  // "SERVICE_CONTROL_POLICY"
// Of a member that names one; kInvalidInput of those that do not exist here.
Result<ControlKind> KindOf(const Call& call, std::string_view member);

// ---- answers

// A JSON object that `write` fills.
template <class Write>
Answer ObjectOf(Write write) {
  std::string body;
  json::Writer writer(body);
  writer.BeginObject();
  write(writer);
  writer.EndObject();
  return body;
}
void WriteText(json::Writer& writer, std::string_view name, std::string_view text);

// Which of a list, sorted by id, an answer shows: those behind NextToken, at most MaxResults.
struct PageBounds {
  size_t begin = 0;
  size_t end = 0;
  std::string next_token;  // empty: it is the last page
};
Result<PageBounds> PageOf(const Call& call, const std::vector<std::string_view>& ids);

// A page of anything that `id_of` has an id of.
template <class T, class IdOf, class Write>
Result<Answer> PagedAnswer(const Call& call, std::string_view member, std::vector<T> items, IdOf id_of, Write write) {
  std::sort(items.begin(), items.end(), [&](const T& a, const T& b) { return id_of(a) < id_of(b); });
  std::vector<std::string_view> ids;
  for (const T& item : items) {
    ids.push_back(id_of(item));
  }
  TRY_ASSIGN(const PageBounds page, PageOf(call, ids));
  return ObjectOf([&](json::Writer& writer) {
    writer.Key(member);
    writer.BeginArray();
    for (size_t i = page.begin; i < page.end; ++i) {
      write(writer, items[i]);
    }
    writer.EndArray();
    if (!page.next_token.empty()) {
      WriteText(writer, "NextToken", page.next_token);
    }
  });
}

// ---- what is found

Error NotAllowed();  // to accounts other than the management account
Error NoUnit();
Error NoParent();
Error NoAccount();

}  // namespace basalt::operations::organizations
