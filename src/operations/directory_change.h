// A call that changes what the directory keeps of the caller's account: one function over the account, in its turn,
// durable before the answer. In dev an account comes to be with its first change.
#pragma once

#include <functional>
#include <utility>

#include "identity/directory.h"
#include "operations/operation.h"

namespace basalt::operations {

class DirectoryChange : public PreparedCall {
 public:
  // `call` outlives it.
  DirectoryChange(const Call& call, std::function<Result<Answer>(identity::Draft&)> change)
      : call_(call), change_(std::move(change)) {}

  void Execute(AnswerDone done) override;

 protected:
  const Call& call() const { return call_; }

 private:
  const Call& call_;
  std::function<Result<Answer>(identity::Draft&)> change_;
  Answer answer_;
};

}  // namespace basalt::operations
