// basalt policy lint: what is wrong with a policy in a file, or may not be meant. No server is asked.
#include <cstdio>
#include <string>

#include "main/commands.h"
#include "main/whole_file.h"
#include "operations/actions.h"
#include "policy/review.h"

namespace basalt::main {
namespace {

// "policy.json:3: statement 2 (Sid): "
std::string PlaceOf(const PolicyCommand& command, const policy::Remark& remark) {
  std::string place = command.file;
  if (remark.row > 0) {
    place += ":" + std::to_string(remark.row);
  }
  place += ": ";
  if (remark.statement > 0) {
    place +=
        "statement " + std::to_string(remark.statement) + (remark.sid.empty() ? "" : " (" + remark.sid + ")") + ": ";
  }
  return place;
}

}  // namespace

int RunPolicy(const PolicyCommand& command) {
  const Result<WholeFile> file = ReadWholeFile(command.file, policy::kDocumentBytesMax);
  if (!file.ok()) {
    return Fail(Error(Reason::kInvalidArgument, "the policy " + command.file + " cannot be read: " + file.error().text +
                                                    "; name a file with one"),
                kExitRefused);
  }
  const policy::Review review = policy::ReviewPolicy(file->content, command.kind, operations::Actions());
  if (review.defect) {
    return Fail(Error(Reason::kValidation, PlaceOf(command, *review.defect) + review.defect->text + "; correct the " +
                                               std::string(policy::KindName(review.kind)) + " policy"),
                kExitFailed);
  }
  for (const policy::Remark& warning : review.warnings) {
    std::printf("%s\n", OneLine(PlaceOf(command, warning) + warning.text).c_str());
  }
  if (review.warnings.empty()) {
    std::printf("%s: no warnings about this %s policy\n", OneLine(command.file).c_str(),
                std::string(policy::KindName(review.kind)).c_str());
  }
  if (std::fflush(stdout) != 0) {
    return kExitFailed;
  }
  if (!review.warnings.empty()) {
    return Fail(
        Error(Reason::kValidation, "the policy " + command.file + " may not do what is meant; see the warnings"),
        kExitFailed);
  }
  return kExitDone;
}

}  // namespace basalt::main
