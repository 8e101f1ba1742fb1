// Changes of accounts.
#include "operations/directory_change.h"

namespace basalt::operations {

void DirectoryChange::Execute(AnswerDone done) {
  const auto if_absent =
      call_.services.mode == Mode::kDev ? identity::Directory::IfAbsent::kMake : identity::Directory::IfAbsent::kRefuse;
  call_.services.directory.Change(
      call_.caller.account_id,
      [this](identity::Draft& draft) -> Status {
        TRY_ASSIGN(answer_, change_(draft));
        return {};
      },
      call_.loop,
      [this, done = std::move(done)](Status changed) mutable {
        done(changed.ok() ? Result<Answer>(std::move(answer_)) : Result<Answer>(changed.TakeError()));
      },
      if_absent);
}

}  // namespace basalt::operations
