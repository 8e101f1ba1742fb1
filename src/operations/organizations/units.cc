// Organizational units, and who stands where.
#include <algorithm>

#include "crypto/random.h"
#include "operations/organizations/handlers.h"

namespace basalt::operations::organizations {
namespace {

constexpr size_t kUnitIdRandomLength = 8;
constexpr std::string_view kIdAlphabet = "abcdefghijklmnopqrstuvwxyz0123456789";

void WriteUnit(json::Writer& writer, const Organization& organization, const Organization::Unit& unit) {
  writer.BeginObject();
  WriteText(writer, "Id", unit.id);
  WriteText(writer, "Arn", ArnOf(organization, unit.id));
  WriteText(writer, "Name", unit.name);
  std::string path = organization.id + "/";
  for (const std::string_view place : organization.WayTo(unit.id)) {
    path += place;
    path += '/';
  }
  WriteText(writer, "Path", path);
  writer.EndObject();
}

Answer UnitAnswer(const Organization& organization, const Organization::Unit& unit) {
  return ObjectOf([&](json::Writer& writer) {
    writer.Key("OrganizationalUnit");
    WriteUnit(writer, organization, unit);
  });
}

Status CheckName(const Organization& organization, const Organization::Unit& unit) {
  if (std::any_of(organization.units.begin(), organization.units.end(), [&](const Organization::Unit& other) {
        return other.id != unit.id && other.parent == unit.parent && other.name == unit.name;
      })) {
    return Refused(IamRefusal::kDuplicateUnit, "An OU with the same name already exists.");
  }
  return {};
}

Result<Organization::Unit*> FindUnit(Organization& organization, std::string_view id) {
  const auto found = std::find_if(organization.units.begin(), organization.units.end(),
                                  [id](const Organization::Unit& unit) { return unit.id == id; });
  if (found == organization.units.end()) {
    return NoUnit();
  }
  return &*found;
}

std::vector<const Organization::Unit*> UnitsIn(const Organization& organization, std::string_view parent) {
  std::vector<const Organization::Unit*> units;
  for (const Organization::Unit& unit : organization.units) {
    if (unit.parent == parent) {
      units.push_back(&unit);
    }
  }
  return units;
}

}  // namespace

Prepared PrepareCreateOrganizationalUnit(Call& call) {
  return ChangeOf(call, ResourceOf(call, TextOf(call, "ParentId")),
                  [&call](Draft& draft, Organization& organization) -> Result<Answer> {
                    Organization::Unit unit;
                    unit.name = TextOf(call, "Name");
                    unit.parent = TextOf(call, "ParentId");
                    if (!organization.IsParent(unit.parent)) {
                      return NoParent();
                    }
                    TRY(CheckName(organization, unit));
                    if (organization.WayTo(unit.parent).size() > identity::kUnitDepthMax) {
                      return Refused(IamRefusal::kConstraintViolation,
                                     "You have exceeded the maximum depth of the organizational unit tree.");
                    }
                    if (organization.units.size() >= identity::kUnitsMax) {
                      return Refused(IamRefusal::kConstraintViolation,
                                     "You have exceeded the allowed number of organizational units.");
                    }
                    unit.id = "ou-" + organization.root.substr(2) + "-" +
                              crypto::RandomText(kUnitIdRandomLength, kIdAlphabet);
                    unit.created_ms = draft.now_ms();
                    for (const ControlKind kind : {ControlKind::kService, ControlKind::kResource}) {
                      if (organization.IsEnabled(kind)) {
                        organization.attachments.push_back({identity::FullAccessOf(kind).id, unit.id});
                      }
                    }
                    organization.units.push_back(std::move(unit));
                    return UnitAnswer(organization, organization.units.back());
                  });
}

Prepared PrepareUpdateOrganizationalUnit(Call& call) {
  const std::string id = TextOf(call, "OrganizationalUnitId");
  return ChangeOf(call, ResourceOf(call, id), [&call, id](Draft&, Organization& organization) -> Result<Answer> {
    TRY_ASSIGN(Organization::Unit * unit, FindUnit(organization, id));
    if (Has(call, "Name")) {
      unit->name = TextOf(call, "Name");
      TRY(CheckName(organization, *unit));
    }
    return UnitAnswer(organization, *unit);
  });
}

Prepared PrepareDeleteOrganizationalUnit(Call& call) {
  const std::string id = TextOf(call, "OrganizationalUnitId");
  return ChangeOf(call, ResourceOf(call, id), [id](Draft&, Organization& organization) -> Result<Answer> {
    TRY(FindUnit(organization, id));
    const bool has_accounts = std::any_of(organization.accounts.begin(), organization.accounts.end(),
                                          [&id](const Organization::Account& account) { return account.parent == id; });
    if (has_accounts || !UnitsIn(organization, id).empty()) {
      return Refused(IamRefusal::kUnitNotEmpty,
                     "The specified OU is not empty. Move all accounts to another root or to other OUs, remove all "
                     "child OUs, and try the operation again.");
    }
    std::erase_if(organization.units, [&id](const Organization::Unit& unit) { return unit.id == id; });
    std::erase_if(organization.attachments,
                  [&id](const Organization::Attachment& attachment) { return attachment.target == id; });
    return ObjectOf([](json::Writer&) {});
  });
}

Prepared PrepareDescribeOrganizationalUnit(Call& call) {
  const std::string id = TextOf(call, "OrganizationalUnitId");
  return ReadOf(call, Who::kManagement, ResourceOf(call, id), [id](const Organization& organization) -> Result<Answer> {
    const Organization::Unit* unit = organization.FindUnit(id);
    if (unit == nullptr) {
      return NoUnit();
    }
    return UnitAnswer(organization, *unit);
  });
}

Prepared PrepareListOrganizationalUnitsForParent(Call& call) {
  const std::string parent = TextOf(call, "ParentId");
  return ReadOf(call, Who::kManagement, ResourceOf(call, parent),
                [&call, parent](const Organization& organization) -> Result<Answer> {
                  if (!organization.IsParent(parent)) {
                    return NoParent();
                  }
                  return PagedAnswer(
                      call, "OrganizationalUnits", UnitsIn(organization, parent),
                      [](const Organization::Unit* unit) -> std::string_view { return unit->id; },
                      [&organization](json::Writer& writer, const Organization::Unit* unit) {
                        WriteUnit(writer, organization, *unit);
                      });
                });
}

Prepared PrepareListParents(Call& call) {
  const std::string child = TextOf(call, "ChildId");
  return ReadOf(call, Who::kManagement, ResourceOf(call, child),
                [&call, child](const Organization& organization) -> Result<Answer> {
                  const std::string_view parent = organization.ParentOf(child);
                  if (parent.empty()) {
                    return Refused(IamRefusal::kChildNotFound,
                                   "You specified an account or organizational unit that doesn't exist.");
                  }
                  return PagedAnswer(
                      call, "Parents", std::vector<std::string_view>{parent}, [](std::string_view id) { return id; },
                      [&organization](json::Writer& writer, std::string_view id) {
                        writer.BeginObject();
                        WriteText(writer, "Id", id);
                        WriteText(writer, "Type", id == organization.root ? "ROOT" : "ORGANIZATIONAL_UNIT");
                        writer.EndObject();
                      });
                });
}

Prepared PrepareListChildren(Call& call) {
  const std::string parent = TextOf(call, "ParentId");
  return ReadOf(call, Who::kManagement, ResourceOf(call, parent),
                [&call, parent](const Organization& organization) -> Result<Answer> {
                  if (!organization.IsParent(parent)) {
                    return NoParent();
                  }
                  const std::string type = TextOf(call, "ChildType");
                  std::vector<std::string_view> ids;
                  if (type == "ACCOUNT") {
                    for (const Organization::Account& account : organization.accounts) {
                      if (account.parent == parent) {
                        ids.push_back(account.id);
                      }
                    }
                  } else {
                    for (const Organization::Unit* unit : UnitsIn(organization, parent)) {
                      ids.push_back(unit->id);
                    }
                  }
                  return PagedAnswer(
                      call, "Children", std::move(ids), [](std::string_view id) { return id; },
                      [&type](json::Writer& writer, std::string_view id) {
                        writer.BeginObject();
                        WriteText(writer, "Id", id);
                        WriteText(writer, "Type", type);
                        writer.EndObject();
                      });
                });
}

}  // namespace basalt::operations::organizations
