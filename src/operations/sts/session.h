// What the operations that begin sessions share: policies and tags of a session, how long it lasts, its credentials.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "identity/directory.h"
#include "identity/session_token.h"
#include "operations/operation.h"
#include "operations/xml_writer.h"

namespace basalt::operations::sts {

// Policy, PolicyArns, Tags, TransitiveTagKeys and SourceIdentity into the claims. kMalformedPolicy,
// kPackedPolicyTooLarge, kValidation.
Status ReadSession(const Call& call, identity::SessionClaims& claims);

// The role of that ARN; null if there is none.
const identity::Role* FindRole(const identity::Members& members, std::string_view arn);
// A session of `role`, as long as DurationSeconds says and the role lets it be; answers whose it is, and what `write`
// adds.
void BeginRoleSession(const Call& call, identity::SessionClaims claims, const identity::Role& role,
                      std::function<void(XmlWriter&)> write, AnswerDone done);

// kAccessDenied of a caller who holds no long-term key; of sessions of roles too unless they `may` call.
enum class RoleSessions : uint8_t { kMay, kMayNot };
Status CheckLongTermKey(const Call& call, std::string_view operation, RoleSessions role_sessions);
// DurationSeconds of such a token; a root user's lasts an hour at most, whatever is asked for.
int64_t LongTermDuration(const Call& call);

// Seals the claims, which must say all but their times, and answers what `write` adds to <Credentials>. Makes a key to
// seal with if the newest is too old.
void BeginSession(const Call& call, identity::SessionClaims claims, int64_t duration_s,
                  std::function<void(XmlWriter&)> write, AnswerDone done);

}  // namespace basalt::operations::sts
