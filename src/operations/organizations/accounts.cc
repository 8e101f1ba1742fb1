// Accounts of an organization: made, shown, moved, let go. One that is made here has no key of its own: the management
// account assumes a role in it.
#include <fmt/format.h>

#include <algorithm>

#include "crypto/random.h"
#include "model/arn.h"
#include "operations/organizations/handlers.h"

namespace basalt::operations::organizations {
namespace {

constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kIdAlphabet = "abcdefghijklmnopqrstuvwxyz0123456789";
constexpr std::string_view kAccessRoleDefault = "OrganizationAccountAccessRole";

void WriteAccount(json::Writer& writer, const Organization& organization, const Organization::Account& account) {
  writer.BeginObject();
  WriteText(writer, "Id", account.id);
  WriteText(writer, "Arn", ArnOf(organization, account.id));
  WriteText(writer, "Email", account.email);
  WriteText(writer, "Name", account.name);
  WriteText(writer, "Status", "ACTIVE");
  WriteText(writer, "State", "ACTIVE");
  WriteText(writer, "JoinedMethod", account.was_created ? "CREATED" : "INVITED");
  writer.Key("JoinedTimestamp");
  writer.Seconds(account.joined_ms);
  writer.EndObject();
}

void WriteRequest(json::Writer& writer, const Organization::AccountRequest& request) {
  writer.BeginObject();
  WriteText(writer, "Id", request.id);
  WriteText(writer, "AccountName", request.account_name);
  WriteText(writer, "State", request.failure.empty() ? "SUCCEEDED" : "FAILED");
  for (const char* moment : {"RequestedTimestamp", "CompletedTimestamp"}) {
    writer.Key(moment);
    writer.Seconds(request.requested_ms);
  }
  if (!request.account.empty()) {
    WriteText(writer, "AccountId", request.account);
  }
  if (!request.failure.empty()) {
    WriteText(writer, "FailureReason", request.failure);
  }
  writer.EndObject();
}

// Through which the management account does everything in an account that was made.
identity::Role AccessRole(const Call& call, std::string name, std::string_view management, int64_t now_ms) {
  identity::Role role;
  role.id = identity::NewUniqueId(identity::kIdPrefixOf<identity::Role>);
  role.name = std::move(name);
  role.created_ms = now_ms;
  role.shown_trust = fmt::format(
      R"({{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"AWS":"{}"}},"Action":"sts:)"
      R"(AssumeRole"}}]}})",
      identity::RootArn(management));
  const policy::ActionCatalogue* actions = call.services.directory.actions();
  static_cast<identity::PolicyText&>(role.trust) =
      identity::PolicyText::Stored(policy::DocumentKind::kTrust, role.shown_trust, actions);
  role.inline_policies.push_back(
      {"AdministratorAccess",
       identity::PolicyText::Stored(
           policy::DocumentKind::kIdentity,
           R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]})", actions)});
  return role;
}

std::string NewAccountId(const identity::Snapshot& snapshot) {
  std::string id;
  do {
    id = crypto::RandomText(1, kDigits.substr(1)) + crypto::RandomText(identity::kAccountIdLength - 1, kDigits);
  } while (snapshot.HasAccount(id));
  return id;
}

std::vector<const Organization::Account*> AccountsIn(const Organization& organization, std::string_view parent) {
  std::vector<const Organization::Account*> accounts;
  for (const Organization::Account& account : organization.accounts) {
    if (parent.empty() || account.parent == parent) {
      accounts.push_back(&account);
    }
  }
  return accounts;
}

Result<Answer> AccountsAnswer(const Call& call, const Organization& organization, std::string_view parent) {
  return PagedAnswer(
      call, "Accounts", AccountsIn(organization, parent),
      [](const Organization::Account* account) -> std::string_view { return account->id; },
      [&organization](json::Writer& writer, const Organization::Account* account) {
        WriteAccount(writer, organization, *account);
      });
}

}  // namespace

Prepared PrepareCreateAccount(Call& call) {
  return ChangeOf(call, "*", [&call](Draft& draft, Organization& organization) -> Result<Answer> {
    if (organization.accounts.size() >= identity::kOrganizationAccountsMax) {
      return Refused(IamRefusal::kConstraintViolation,
                     "You have exceeded the allowed number of AWS accounts in your organization.");
    }
    Organization::AccountRequest request;
    request.id = "car-" + crypto::RandomText(32, kIdAlphabet);
    request.account_name = TextOf(call, "AccountName");
    request.requested_ms = draft.now_ms();
    const std::string email = TextOf(call, "Email");
    if (std::any_of(organization.accounts.begin(), organization.accounts.end(),
                    [&email](const Organization::Account& account) { return account.email == email; })) {
      request.failure = "EMAIL_ALREADY_EXISTS";
    } else {
      request.account = NewAccountId(draft.before());
      std::string role = Has(call, "RoleName") ? TextOf(call, "RoleName") : std::string(kAccessRoleDefault);
      draft.AddAccount(request.account, AccessRole(call, std::move(role), organization.management, draft.now_ms()));
      organization.accounts.push_back(
          {request.account, request.account_name, email, organization.root, draft.now_ms(), true});
      for (const ControlKind kind : {ControlKind::kService, ControlKind::kResource}) {
        if (organization.IsEnabled(kind)) {
          organization.attachments.push_back({identity::FullAccessOf(kind).id, request.account});
        }
      }
    }
    Answer answer = ObjectOf([&request](json::Writer& writer) {
      writer.Key("CreateAccountStatus");
      WriteRequest(writer, request);
    });
    if (organization.requests.size() >= Organization::kRequestsMax) {
      organization.requests.erase(organization.requests.begin());
    }
    organization.requests.push_back(std::move(request));
    return answer;
  });
}

Prepared PrepareDescribeCreateAccountStatus(Call& call) {
  return ReadOf(call, Who::kManagement, "*", [&call](const Organization& organization) -> Result<Answer> {
    const std::string id = TextOf(call, "CreateAccountRequestId");
    for (const Organization::AccountRequest& request : organization.requests) {
      if (request.id == id) {
        return ObjectOf([&request](json::Writer& writer) {
          writer.Key("CreateAccountStatus");
          WriteRequest(writer, request);
        });
      }
    }
    return Refused(IamRefusal::kAccountRequestNotFound, "You specified a create account request that doesn't exist.");
  });
}

Prepared PrepareListCreateAccountStatus(Call& call) {
  return ReadOf(call, Who::kManagement, "*", [&call](const Organization& organization) -> Result<Answer> {
    std::vector<std::string_view> states;
    if (const json::Node* list = call.input.Find("States"); list != nullptr) {
      for (const json::Node& state : list->elements) {
        states.push_back(state.string);
      }
    }
    std::vector<const Organization::AccountRequest*> requests;
    for (const Organization::AccountRequest& request : organization.requests) {
      const std::string_view state = request.failure.empty() ? "SUCCEEDED" : "FAILED";
      if (states.empty() || std::find(states.begin(), states.end(), state) != states.end()) {
        requests.push_back(&request);
      }
    }
    return PagedAnswer(
        call, "CreateAccountStatuses", std::move(requests),
        [](const Organization::AccountRequest* request) -> std::string_view { return request->id; },
        [](json::Writer& writer, const Organization::AccountRequest* request) { WriteRequest(writer, *request); });
  });
}

Prepared PrepareDescribeAccount(Call& call) {
  const std::string id = TextOf(call, "AccountId");
  return ReadOf(call, Who::kManagement, ResourceOf(call, id), [id](const Organization& organization) -> Result<Answer> {
    const Organization::Account* account = organization.FindAccount(id);
    if (account == nullptr) {
      return NoAccount();
    }
    return ObjectOf([&](json::Writer& writer) {
      writer.Key("Account");
      WriteAccount(writer, organization, *account);
    });
  });
}

Prepared PrepareListAccounts(Call& call) {
  return ReadOf(call, Who::kManagement, "*", [&call](const Organization& organization) -> Result<Answer> {
    return AccountsAnswer(call, organization, {});
  });
}

Prepared PrepareListAccountsForParent(Call& call) {
  const std::string parent = TextOf(call, "ParentId");
  return ReadOf(call, Who::kManagement, ResourceOf(call, parent),
                [&call, parent](const Organization& organization) -> Result<Answer> {
                  if (!organization.IsParent(parent)) {
                    return NoParent();
                  }
                  return AccountsAnswer(call, organization, parent);
                });
}

Prepared PrepareMoveAccount(Call& call) {
  const std::string id = TextOf(call, "AccountId");
  return ChangeOf(call, ResourceOf(call, id), [&call, id](Draft&, Organization& organization) -> Result<Answer> {
    const auto account = std::find_if(organization.accounts.begin(), organization.accounts.end(),
                                      [&id](const Organization::Account& other) { return other.id == id; });
    if (account == organization.accounts.end()) {
      return NoAccount();
    }
    const std::string source = TextOf(call, "SourceParentId");
    const std::string destination = TextOf(call, "DestinationParentId");
    if (account->parent != source) {
      return Refused(IamRefusal::kSourceParentNotFound,
                     "We can't find a source root or OU with the ParentId that you specified.");
    }
    if (!organization.IsParent(destination)) {
      return Refused(IamRefusal::kDestinationParentNotFound,
                     "We can't find the destination container (a root or OU) with the ParentId that you specified.");
    }
    if (source == destination) {
      return Refused(IamRefusal::kDuplicateAccount, "That account is already present in the specified destination.");
    }
    account->parent = destination;
    return ObjectOf([](json::Writer&) {});
  });
}

Prepared PrepareRemoveAccountFromOrganization(Call& call) {
  const std::string id = TextOf(call, "AccountId");
  return ChangeOf(call, ResourceOf(call, id), [id](Draft&, Organization& organization) -> Result<Answer> {
    if (organization.FindAccount(id) == nullptr) {
      return NoAccount();
    }
    if (id == organization.management) {
      return Refused(IamRefusal::kManagementCannotLeave, "You can't remove a management account from an organization.");
    }
    std::erase_if(organization.accounts, [&id](const Organization::Account& account) { return account.id == id; });
    std::erase_if(organization.attachments,
                  [&id](const Organization::Attachment& attachment) { return attachment.target == id; });
    return ObjectOf([](json::Writer&) {});
  });
}

}  // namespace basalt::operations::organizations
