// A transaction over several keyspaces of one engine. It takes the latches of all its keys, keyspace after keyspace in
// the order of their names, so that no two wait for each other; reads; runs the function; and if the plan changes more
// than one keyspace, writes it into the journal first. Once that is durable it is committed. Then each part goes the
// way of any write; the latches open when all are in their groups, the answer goes out when all are durable.
//
// Threads: call on `home` or from anywhere; everything of one transaction runs on its home.
#pragma once

#include <memory>
#include <vector>

#include "base/executor.h"
#include "engine/engine.h"
#include "engine/rocks/journal.h"
#include "engine/rocks/keyspace_core.h"

namespace basalt::engine::rocks {

struct JointPart {
  std::shared_ptr<KeyspaceCore> core;  // each once
  std::vector<Key> keys;
};

void RunJointTransaction(Journal& journal, std::vector<JointPart> parts, TransactAcrossFunction function,
                         Executor& home, Done<Outcome> done, ValueCache* remembered);

}  // namespace basalt::engine::rocks
