// For tests: documents written with ' for " and ^ for ', a small catalogue of actions, callers of two accounts.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "policy/document.h"
#include "policy/request.h"

namespace basalt::policy {

inline constexpr std::string_view kOwner = "111111111111";
inline constexpr std::string_view kOther = "222222222222";
inline constexpr std::string_view kTableArn = "arn:aws:dynamodb:us-east-1:111111111111:table/Music";

inline const ActionCatalogue& TestActions() {
  static const ActionCatalogue actions({{"dynamodb:GetItem", true},
                                        {"dynamodb:PutItem", true},
                                        {"dynamodb:DeleteItem", true},
                                        {"dynamodb:Query", true},
                                        {"dynamodb:Scan", true},
                                        {"dynamodb:PutResourcePolicy", true, true},
                                        {"dynamodb:DeleteResourcePolicy", true, true},
                                        {"dynamodb:GetRecords", false, true},
                                        {"dynamodb:DescribeStream", false, true},
                                        {"dynamodb:ListTables"},
                                        {"kms:Decrypt"},
                                        {"sts:AssumeRole"},
                                        {"iam:CreateUser"}});
  return actions;
}
inline const Action& ActionOf(std::string_view name) {
  const Action* action = TestActions().Find(LowerCase(name));
  EXPECT_NE(action, nullptr) << name;
  return *action;
}

inline std::string Quoted(std::string_view text) {
  std::string quoted(text);
  std::replace(quoted.begin(), quoted.end(), '\'', '"');
  std::replace(quoted.begin(), quoted.end(), '^', '\'');
  return quoted;
}

inline Document Make(DocumentKind kind, std::string_view text) {
  Result<Document> document = Document::Parse(kind, Quoted(text), &TestActions());
  EXPECT_TRUE(document.ok()) << text << "\n" << (document.ok() ? "" : document.error().text);
  return document.ok() ? std::move(document).value() : Document::Unreadable(kind);
}
// Of one statement, or several with commas between them; version 2012-10-17.
inline Document Statements(DocumentKind kind, std::string_view statements) {
  return Make(kind, "{'Version':'2012-10-17','Statement':[" + std::string(statements) + "]}");
}

// The text of the error, or nothing.
inline std::string DefectOf(DocumentKind kind, std::string_view text) {
  const Result<Document> document = Document::Parse(kind, Quoted(text), &TestActions());
  if (document.ok()) {
    return "";
  }
  EXPECT_EQ(document.error().reason, Reason::kValidation);
  return document.error().text;
}

inline Caller RootOf(std::string_view account) {
  static const std::string roots[] = {"arn:aws:iam::111111111111:root", "arn:aws:iam::222222222222:root"};
  Caller caller;
  caller.kind = CallerKind::kRoot;
  caller.account = account;
  caller.arn = roots[account == kOwner ? 0 : 1];
  return caller;
}
inline Caller Ann() {
  return {CallerKind::kUser,
          kOwner,
          "arn:aws:iam::111111111111:user/team/Ann",
          "arn:aws:iam::111111111111:user/team/Ann",
          "AIDAANN0000000000001",
          {}};
}
inline Caller Bob() {  // of the other account
  return {CallerKind::kUser,      kOther, "arn:aws:iam::222222222222:user/Bob", "arn:aws:iam::222222222222:user/Bob",
          "AIDABOB0000000000001", {}};
}
inline Caller ReaderSession() {
  return {CallerKind::kRoleSession,
          kOwner,
          "arn:aws:sts::111111111111:assumed-role/Reader/s1",
          "arn:aws:iam::111111111111:role/app/Reader",
          "AROAREADER0000000001",
          {}};
}
inline Caller GuestSession() {  // of the other account
  return {CallerKind::kRoleSession,
          kOther,
          "arn:aws:sts::222222222222:assumed-role/Guest/s1",
          "arn:aws:iam::222222222222:role/Guest",
          "AROAGUEST00000000001",
          {}};
}
inline Caller FederatedAnn() {
  return {CallerKind::kFederatedUser,
          kOwner,
          "arn:aws:sts::111111111111:federated-user/fed",
          "arn:aws:iam::111111111111:user/team/Ann",
          "AIDAANN0000000000001",
          {}};
}
inline Caller ServiceNamed(std::string_view name) {
  Caller caller;
  caller.kind = CallerKind::kService;
  caller.arn = name;
  caller.name = name;
  return caller;
}
inline Caller WebIdentityOf(std::string_view provider) {
  Caller caller;
  caller.kind = CallerKind::kWebIdentity;
  caller.arn = provider;
  caller.name = provider;
  return caller;
}

}  // namespace basalt::policy
