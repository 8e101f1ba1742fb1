#include "engine/rocks/joint_transaction.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "crypto/random.h"
#include "engine/contract.h"

namespace basalt::engine::rocks {
namespace {

bool ChangesNothing(const Plan& plan) {
  return plan.puts.empty() && plan.deletes.empty() && plan.counter_deltas.empty() && plan.sum_deltas.empty() &&
         plan.feed_records.empty();
}

class JointTransaction final : public std::enable_shared_from_this<JointTransaction> {
 public:
  JointTransaction(Journal& journal, std::vector<JointPart> parts, TransactAcrossFunction function, Executor& home,
                   Done<Outcome> done, ValueCache* remembered)
      : journal_(journal),
        function_(std::move(function)),
        home_(home),
        done_(std::move(done)),
        remembered_(remembered) {
    for (JointPart& part : parts) {
      parts_.push_back({std::move(part.core), std::move(part.keys), {}, {}, false});
    }
    for (Part& part : parts_) {
      in_order_.push_back(&part);
    }
    std::sort(in_order_.begin(), in_order_.end(),
              [](const Part* a, const Part* b) { return a->core->name() < b->core->name(); });
  }

  void HoldNext() {
    if (held_ == in_order_.size()) {
      return Decide();
    }
    Part& part = *in_order_[held_];
    part.core->Hold(part.keys, home_, remembered_, [self = shared_from_this(), &part](Result<KeyspaceCore::Held> held) {
      if (!held.ok()) {
        return self->GiveUp(held.TakeError());
      }
      part.held = *std::move(held);
      ++self->held_;
      self->HoldNext();
    });
  }

 private:
  struct Part {
    std::shared_ptr<KeyspaceCore> core;
    std::vector<Key> keys;
    KeyspaceCore::Held held;
    Plan plan;
    bool is_left = false;
  };

  void Decide() {
    std::vector<std::vector<std::optional<std::string_view>>> values(parts_.size());
    std::vector<Values> views;
    for (size_t i = 0; i < parts_.size(); ++i) {
      parts_[i].core->Decide(parts_[i].held);
      parts_[i].held.AppendValues(values[i]);
      views.emplace_back(values[i]);
    }
    std::variant<std::vector<Plan>, Reject> decision = function_(views);
    auto* const plans = std::get_if<std::vector<Plan>>(&decision);
    if (plans == nullptr) {
      return Finish(Outcome::kRejected);
    }
    BASALT_CHECK(plans->size() == parts_.size());
    if (AsksForMore(*plans)) {
      return HoldNext();
    }
    for (size_t i = 0; i < parts_.size(); ++i) {
      parts_[i].plan = std::move((*plans)[i]);
      if (!ChangesNothing(parts_[i].plan)) {
        changed_.push_back(&parts_[i]);
      }
    }
    if (changed_.empty()) {
      return Finish(Outcome::kCommitted);
    }
    if (changed_.size() == 1) {
      return Commit();  // atomic by itself
    }
    WriteDown();
  }

  // Latches are taken in one order by everybody, so all are taken anew, and somebody else may come between.
  bool AsksForMore(std::vector<Plan>& plans) {
    bool asks = false;
    for (size_t i = 0; i < parts_.size(); ++i) {
      std::vector<Key>& asked = plans[i].asks;
      asks = asks || !asked.empty();
      parts_[i].keys.insert(parts_[i].keys.end(), std::make_move_iterator(asked.begin()),
                            std::make_move_iterator(asked.end()));
    }
    if (asks) {
      LetGo();
    }
    return asks;
  }

  void WriteDown() {
    id_ = crypto::RandomBytes(kTransactionIdBytes);
    std::vector<JournalPart> sealed;
    std::vector<std::string> names;
    std::vector<std::weak_ptr<KeyspaceCore>> cores;
    const int64_t now_ms = changed_.front()->core->NowMs();
    for (Part* part : changed_) {
      StampFeedRecords(part->plan, now_ms);
      Result<std::string> plan = part->core->SealPart(id_, part->plan);
      if (!plan.ok()) {
        return GiveUp(plan.TakeError());
      }
      sealed.push_back({part->core->name(), *std::move(plan)});
      names.push_back(part->core->name());
      cores.push_back(part->core);
    }
    journal_.Begin(id_, names, [id = id_, cores = std::move(cores)] {
      for (const auto& weak : cores) {
        if (const std::shared_ptr<KeyspaceCore> core = weak.lock()) {
          core->ForgetMarker(id);
        }
      }
    });
    journal_.Write(id_, sealed, home_, [self = shared_from_this()](Result<Outcome> written) {
      if (written.ok()) {
        self->Commit();
      } else if (written.error().reason == Reason::kUnknownOutcome) {
        self->LeaveToOpening(written.TakeError());
      } else {
        self->journal_.Abandon(self->id_);
        self->GiveUp(written.TakeError());
      }
    });
  }

  void Commit() {
    under_way_ = changed_.size();
    for (Part* part : changed_) {
      part->core->Commit(part->held, std::move(part->plan), id_, PartDone(*part));
    }
    LetGo();
  }

  // The record may be there or not: what says so is the journal, once it is open again.
  void LeaveToOpening(Error error) {
    under_way_ = changed_.size();
    error_ = std::move(error);
    for (Part* part : changed_) {
      part->core->LeaveToOpening(std::move(part->held), PartDone(*part));
      part->is_left = true;
    }
    LetGo();
  }

  Done<Outcome> PartDone(Part& part) {
    return [self = shared_from_this(), &part](Result<Outcome> outcome) {
      if (!outcome.ok()) {
        self->error_ = outcome.TakeError();
      } else if (!self->id_.empty()) {
        self->journal_.PartDone(self->id_, part.core->name());
      }
      if (--self->under_way_ == 0) {
        if (self->error_) {
          self->done_(*std::move(self->error_));
        } else {
          self->done_(Outcome::kCommitted);
        }
      }
    };
  }

  void LetGo() {
    for (size_t i = 0; i < held_; ++i) {
      if (!in_order_[i]->is_left) {
        in_order_[i]->core->LetGo(std::move(in_order_[i]->held));
      }
    }
    held_ = 0;
  }

  void Finish(Result<Outcome> result) {
    LetGo();
    home_.Post([self = shared_from_this(), result = std::move(result)]() mutable { self->done_(std::move(result)); });
  }
  void GiveUp(Error error) { Finish(std::move(error)); }

  Journal& journal_;
  TransactAcrossFunction function_;
  Executor& home_;
  Done<Outcome> done_;
  ValueCache* const remembered_;
  std::vector<Part> parts_;
  std::vector<Part*> in_order_;  // of names: that of the latches
  size_t held_ = 0;              // the first so many of these
  std::vector<Part*> changed_;
  std::string id_;  // empty: the journal has nothing of it
  size_t under_way_ = 0;
  std::optional<Error> error_;
};

}  // namespace

void RunJointTransaction(Journal& journal, std::vector<JointPart> parts, TransactAcrossFunction function,
                         Executor& home, Done<Outcome> done, ValueCache* remembered) {
  std::make_shared<JointTransaction>(journal, std::move(parts), std::move(function), home, std::move(done), remembered)
      ->HoldNext();
}

}  // namespace basalt::engine::rocks
