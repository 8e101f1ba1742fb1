// The border between Basalt and what keeps its bytes. An engine knows ordered keys, transactions over keys named
// before they run, and nothing of DynamoDB. Every engine passes engine_contract_test.cc; the memory engine is the
// oracle for random operation sequences.
//
// Threads: call from any loop, handing in that loop as `home`; the completion runs there, once, exactly. No call
// blocks. An engine may complete before the call returns only if it says so in Capabilities (none does today):
// callers may rely on the completion running later. Views given to a call need live only until it returns.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/executor.h"
#include "base/result.h"
#include "base/secret_bytes.h"
#include "base/unique_function.h"

namespace basalt::engine {

template <class T>
using Done = UniqueFunction<void(Result<T>)>;

// Spaces above this one are the engine's own (counters); a call that names one is answered with kInternal.
inline constexpr uint16_t kSpaceMax = 0xfffe;
// The space of what does not last: its values begin with a time, eight bytes in big-endian milliseconds since 1970,
// from which on the engine may remove them, at a time of its own.
inline constexpr uint16_t kExpiringSpace = kSpaceMax - 1;

// `space` tells the parts of a keyspace apart: 0 = base items, n = index n. Keys order by space, then bytes
// (unsigned). For tables, bytes begin with a big-endian 32-bit hash of the partition key, except where a space has an
// order of its own (the expiry index).
struct Key {
  uint16_t space = 0;
  std::string bytes;

  friend auto operator<=>(const Key&, const Key&) = default;
};

// A key whose bytes somebody else owns.
struct KeyView {
  uint16_t space = 0;
  std::string_view bytes;

  KeyView(uint16_t of_space, std::string_view of_bytes) : space(of_space), bytes(of_bytes) {}
  KeyView(const Key& key) : space(key.space), bytes(key.bytes) {}  // NOLINT(google-explicit-constructor)
};

enum class Consistency : uint8_t {
  kEventual,
  kStrong,         // sees every write acknowledged before the call
  kTransactional,  // strong, and all keys at one point in time
};

enum class Direction : uint8_t { kForward, kBackward };

// Keys in [begin, end) of one space; an empty `end` means the end of the space.
struct Range {
  uint16_t space = 0;
  std::string begin = {};
  std::string end = {};
};

struct ScanLimits {
  size_t bytes_max = size_t{1} << 20;  // of keys and values; a page always holds at least one entry if there is one
  size_t count_max = SIZE_MAX;
};

struct Entry {
  std::string key;  // bytes of the key, without its space
  std::string value;
};

struct Page {
  std::vector<Entry> entries;  // in the direction asked for
  bool more = false;           // entries may follow: resume after the last one (forward: begin = its key + '\0')
};

struct PutEntry {
  Key key;
  std::string value;
};

// Added to a counter of the keyspace in the same commit; the committer sums a group's deltas. Counters 2n and 2n + 1
// belong to space n, and go with it.
inline constexpr uint16_t kCountersPerSpace = 2;
struct CounterDelta {
  uint16_t counter = 0;
  int64_t delta = 0;
};

// Added to the sum under a key in the same commit, whoever else adds to it meanwhile: a sum has no latch, and is
// neither put nor deleted. Read like any value, with DecodeSum; one that has come to 0 is absent. Not in space 0.
struct SumDelta {
  Key key;
  int64_t delta = 0;
};
std::string EncodeSum(int64_t sum);
Result<int64_t> DecodeSum(std::string_view value);  // kCorruption

// One record for the keyspace's feed. A time, unless it is 0, stands for that of the commit: for a copy of a record.
struct NewFeedRecord {
  std::string bytes;
  int64_t committed_ms = 0;
};

struct Plan {
  std::vector<PutEntry> puts = {};
  std::vector<Key> deletes = {};
  std::vector<CounterDelta> counter_deltas = {};
  std::vector<SumDelta> sum_deltas = {};
  std::vector<NewFeedRecord> feed_records = {};  // appended to the keyspace's feed, in this order
  // If there are any, nothing is committed: the function runs again with the values of these keys too, behind those it
  // got, in the order asked, and so does every later run. What it got may have changed meanwhile; it may ask again.
  std::vector<Key> asks = {};
};

struct Reject {};  // commit nothing; the function has kept its reason

// Values stand in the order of the keys given to Transact; nullopt = absent. Pure: may run again, on another
// thread's turn of the caller's loop, with other values; must not block, post or call the engine.
using Values = std::span<const std::optional<std::string_view>>;
using TransactFunction = UniqueFunction<std::variant<Plan, Reject>(Values)>;

// The same for several keyspaces: the values of each part, and a plan for each. If one of them asks for more, nothing
// is committed and the function runs again, with the values of what was asked behind those of its part.
using TransactAcrossFunction = UniqueFunction<std::variant<std::vector<Plan>, Reject>(std::span<const Values>)>;

enum class Outcome : uint8_t {
  kCommitted,  // durable (synced) in an engine that is
  kRejected,   // the values it was computed from are durable
};
// Errors of Transact: kConflict (nothing changed), kUnknownOutcome (may have become durable), kUnavailable
// (nothing changed), kCorruption, kIo.

// One record of a keyspace's feed: what its commits had to tell, in the order in which they became durable. The engine
// gives each the next number, with no gap, and the time of its commit; neither ever goes back, whatever happens.
struct FeedRecord {
  uint64_t number = 0;       // from 1
  int64_t committed_ms = 0;  // by the engine's clock
  std::string bytes;
};

struct FeedPage {
  std::vector<FeedRecord> records;
  bool more = false;
  uint64_t trimmed = 0;  // the records up to this number are gone; 0: none is
  uint64_t newest = 0;   // number of the newest record that was durable when the page was asked for; 0: none ever was
};

struct Capabilities {
  uint32_t lanes = 1;  // independent orders of the change feed
  bool transact_over_keyspaces = false;
  size_t value_bytes_max = 0;
};

struct KeyspaceStatistics {
  std::vector<int64_t> counters;  // index = counter number; at least those ever written
  uint64_t disk_bytes = 0;
  uint64_t memory_bytes = 0;
};

// Change with each write of a key, both of them, and with those of some others. So while one of two is what it was and
// not 0, the key's value is what it was. 0: it may be being written, or nobody can know.
using ValueVersions = std::array<uint64_t, 2>;
constexpr bool SomeIsKnown(const ValueVersions& versions) { return versions[0] != 0 || versions[1] != 0; }
constexpr bool SomeIsSame(const ValueVersions& a, const ValueVersions& b) {
  return (a[0] != 0 && a[0] == b[0]) || (a[1] != 0 && a[1] == b[1]);
}

// Says of which key's value it speaks and changes with it.
struct ValueStamp {
  uint64_t keyspace_id = 0;  // of one opening of a keyspace, never used again
  uint64_t key_hash = 0;
  ValueVersions versions = {};  // none known: this value is not to be kept
};

class ValueCache;

// One open keyspace (a table's incarnation, or one of the system's). Held by shared_ptr: it closes when Close is
// called or its last holder lets go, after the calls under way have completed.
class Keyspace {
 public:
  Keyspace() = default;
  Keyspace(const Keyspace&) = delete;
  Keyspace& operator=(const Keyspace&) = delete;
  virtual ~Keyspace() = default;

  virtual const std::string& name() const = 0;
  // For readers that keep values: what Get gives, asked after this, is what a strong Get would give whenever SomeIsSame
  // of what this says then. Takes no lock. An engine in which others may write without its knowing answers {}.
  virtual ValueStamp StampOf(KeyView /*key*/) const { return {}; }
  virtual void Get(std::vector<Key> keys, Consistency consistency, Executor& home,
                   Done<std::vector<std::optional<std::string>>> done) = 0;
  virtual void Scan(Range range, Direction direction, ScanLimits limits, Consistency consistency, Executor& home,
                    Done<Page> done) = 0;
  // Reads `keys` under their latches, runs `function`, commits its plan atomically and durably. Puts and deletes
  // may name only keys among `keys` or in spaces other than 0 that belong to them (their index entries).
  // `remembered`, if given, is what `home` keeps of values: it is asked before the disk, told what was written, touched
  // on `home` only, and outlives the call.
  virtual void Transact(std::vector<Key> keys, TransactFunction function, Executor& home, Done<Outcome> done,
                        ValueCache* remembered) = 0;
  void Transact(std::vector<Key> keys, TransactFunction function, Executor& home, Done<Outcome> done) {
    Transact(std::move(keys), std::move(function), home, std::move(done), nullptr);
  }
  // For what functions go by beside their values, such as the indexes that a write keeps up. Of it they must see the
  // newest when they run; then, what was changed before this call is seen by every function that commits after it
  // (one that has run but not joined a commit runs again), and what others committed before is durable, and seen by
  // Scan, when this completes.
  virtual void Fence(Executor& home, Done<void> done) = 0;
  // Destroys what lies in a space, and its counters, durably; a Fence as well. From then on nobody may use the space.
  virtual void DropSpace(uint16_t space, Executor& home, Done<void> done) = 0;
  // The records after a number that are not trimmed, up to the newest that was durable before the call.
  virtual void Feed(uint64_t after, ScanLimits limits, Executor& home, Done<FeedPage> done) = 0;
  // Destroys the records up to a number, durably. Numbers go on behind the newest record there was, and behind this
  // one.
  virtual void Trim(uint64_t up_to, Executor& home, Done<void> done) = 0;
  virtual void Statistics(Executor& home, Done<KeyspaceStatistics> done) = 0;
};

// What a transaction over several keyspaces touches of one of them.
struct KeyspacePart {
  std::shared_ptr<Keyspace> keyspace;
  std::vector<Key> keys;
};

// Gives the wrapping key of a keyspace each time one is opened, so that the engine keeps none; may be called on
// any thread and may block.
using KeySource = std::function<Result<SecretBytes>()>;

class Engine {
 public:
  Engine() = default;
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;
  virtual ~Engine() = default;  // every keyspace must be closed before

  virtual Capabilities capabilities() const = 0;

  // `name` is a path of lower-case letters, digits and '/', e.g. "tables/3f…" or "system/catalogue", and says
  // nothing of a user's. Create leaves the keyspace durable and open; kAlreadyExists if there is one.
  virtual void Create(std::string name, KeySource key, Executor& home, Done<std::shared_ptr<Keyspace>> done) = 0;
  // Single-flight: callers during an open share it. kNotFound, kWrongKey, kCorruption (names the file).
  virtual void Open(std::string name, KeySource key, Executor& home, Done<std::shared_ptr<Keyspace>> done) = 0;
  // Waits for the calls under way, then closes without flushing. ok if not open.
  virtual void Close(std::string name, Executor& home, Done<void> done) = 0;
  // Destroys the keys first, then the rest. ok if absent. Needs no key.
  virtual void Drop(std::string name, Executor& home, Done<void> done) = 0;

  // Where the engine writes down transactions over several keyspaces before it carries them out: an open keyspace of
  // which nobody else makes use, closed after all others. Before the first of them, in every run of the process, and
  // before any keyspace is opened that may have taken part in one. An engine that needs none answers ok.
  virtual void UseJournal(std::shared_ptr<Keyspace> /*journal*/, Executor& home, Done<void> done) {
    home.Post([done = std::move(done)]() mutable { done(Status()); });
  }
  // Keyspace::Transact over several keyspaces of this engine, each named once: their plans are committed all or not at
  // all, whatever happens, and what they tell their feeds has one time. A function that rejects has seen the values of
  // all of them at one time. After kUnknownOutcome too it will be all or nothing, once the keyspaces are there again.
  // kInternal if it is none of the engine's Capabilities.
  virtual void TransactAcross(std::vector<KeyspacePart> /*parts*/, TransactAcrossFunction /*function*/, Executor& home,
                              Done<Outcome> done, ValueCache* /*remembered*/) {
    home.Post([done = std::move(done)]() mutable {
      done(Error(Reason::kInternal, "this engine has no transactions over several keyspaces"));
    });
  }

  // Names that exist under a prefix ("tables/").
  virtual void List(std::string prefix, Executor& home, Done<std::vector<std::string>> done) = 0;
};

}  // namespace basalt::engine
