// Query and Scan pages.
#include "table/item_read.h"

#include <algorithm>
#include <utility>

#include "base/bytes.h"
#include "model/item_json.h"
#include "model/key_encoding.h"
#include "model/limits.h"
#include "table/item_key.h"
#include "table/stored_item.h"

namespace basalt::table {
namespace {

// The smallest string greater than every string that begins with `prefix`; empty if there is none.
std::string PrefixEnd(std::string prefix) {
  while (!prefix.empty() && static_cast<uint8_t>(prefix.back()) == 0xff) {
    prefix.pop_back();
  }
  if (!prefix.empty()) {
    prefix.back() = static_cast<char>(static_cast<uint8_t>(prefix.back()) + 1);
  }
  return prefix;
}

Result<std::string> KeyJson(const TableRecord& record, std::string_view key) {
  Arena arena;
  if (key.size() < sizeof(uint32_t)) {
    return Error(Reason::kCorruption, "a stored key is cut short");
  }
  key.remove_prefix(sizeof(uint32_t));
  const std::span<model::Attribute> attributes = arena.NewArray<model::Attribute>(record.sort ? 2 : 1);
  attributes[0].name = record.partition.name;
  TRY_ASSIGN(attributes[0].value, model::DecodeOrdered(key, record.partition.type, arena));
  if (record.sort) {
    attributes[1].name = record.sort->name;
    TRY_ASSIGN(attributes[1].value, model::DecodeOrdered(key, record.sort->type, arena));
  }
  std::string json;
  model::AppendJson(json, model::Item(model::SortAttributes(attributes)));
  return json;
}

// One walk. Owned by the completion under way.
class Walk {
 public:
  Walk(std::shared_ptr<engine::Keyspace> keyspace, const TableRecord& record, ReadRequest request, Executor& home,
       engine::Done<ReadResult> done)
      : keyspace_(std::move(keyspace)),
        record_(record),
        request_(std::move(request)),
        home_(home),
        done_(std::move(done)) {}

  static void NextPage(std::unique_ptr<Walk> walk) {
    engine::ScanLimits limits;
    limits.bytes_max = model::kPageBytesMax;
    limits.count_max =
        static_cast<size_t>(std::min<uint64_t>(walk->request_.limit - walk->result_.scanned_count, SIZE_MAX));
    Walk& self = *walk;
    self.keyspace_->Scan(self.request_.range, self.request_.direction, limits, self.request_.consistency, self.home_,
                         [walk = std::move(walk)](Result<engine::Page> page) mutable {
                           Status status = page.ok() ? walk->Take(*page) : Status(page.TakeError());
                           if (!status.ok()) {
                             walk->done_(status.TakeError());
                           } else if (walk->finished_) {
                             walk->done_(std::move(walk->result_));
                           } else {
                             NextPage(std::move(walk));
                           }
                         });
  }

 private:
  Status Take(const engine::Page& page) {
    for (const engine::Entry& entry : page.entries) {
      TRY_ASSIGN(const StoredItem stored, DecodeStoredItem(entry.value));
      if (result_.scanned_count > 0 && result_.evaluated_bytes + stored.size_bytes > model::kPageBytesMax) {
        return Finish(last_key_);
      }
      result_.evaluated_bytes += stored.size_bytes;
      ++result_.scanned_count;
      TRY(Evaluate(stored));
      if (result_.scanned_count == request_.limit) {
        return Finish(entry.key);
      }
      last_key_ = entry.key;
    }
    if (!page.more || page.entries.empty()) {
      finished_ = true;
      return {};
    }
    request_.range = After(std::move(request_.range), request_.direction, last_key_);
    return {};
  }

  Status Evaluate(const StoredItem& stored) {
    model::Item item;
    if (request_.filter != nullptr || (request_.projection != nullptr && !request_.count_only)) {
      arena_.Reset();
      TRY_ASSIGN(item, model::ParseStoredItem(stored.body_json, arena_));
      if (request_.filter != nullptr && !expression::Evaluate(*request_.filter, item)) {
        return {};
      }
    }
    ++result_.count;
    if (request_.count_only) {
      return {};
    }
    if (!result_.items_json.empty()) {
      result_.items_json.push_back(',');
    }
    if (request_.projection != nullptr) {
      model::AppendJson(result_.items_json, expression::Project(*request_.projection, item, arena_));
    } else {
      result_.items_json += stored.body_json;
    }
    return {};
  }

  Status Finish(std::string_view last_key) {
    finished_ = true;
    TRY_ASSIGN(result_.last_evaluated_key_json, KeyJson(record_, last_key));
    return {};
  }

  std::shared_ptr<engine::Keyspace> keyspace_;
  const TableRecord& record_;
  ReadRequest request_;
  Executor& home_;
  engine::Done<ReadResult> done_;
  ReadResult result_;
  std::string last_key_;
  Arena arena_;
  bool finished_ = false;
};

}  // namespace

void ReadItems(std::shared_ptr<engine::Keyspace> keyspace, const TableRecord& record, ReadRequest request,
               Executor& home, engine::Done<ReadResult> done) {
  Walk::NextPage(std::make_unique<Walk>(std::move(keyspace), record, std::move(request), home, std::move(done)));
}

engine::Range SegmentRange(uint32_t segment, uint32_t total_segments) {
  const auto bound = [total_segments](uint64_t index) {
    std::string bytes;
    if (index > 0 && index < total_segments) {
      AppendBigEndian32(bytes, static_cast<uint32_t>((index << 32) / total_segments));
    }
    return bytes;
  };
  return engine::Range{0, bound(segment), bound(uint64_t{segment} + 1)};
}

engine::Range RangeOf(const TableRecord& record, const expression::KeyRange& key_range) {
  using expression::SortOperator;
  const std::string prefix = model::PartitionPrefix(record.hash_seed, key_range.partition);
  const auto at = [&prefix](const model::Value& sort) {
    std::string key = prefix;
    model::AppendOrdered(key, sort);
    return key;
  };
  // Encoded values delimit themselves, so nothing lies between a key and the same key with one more byte.
  const auto just_after = [&at](const model::Value& sort) { return at(sort) + '\0'; };
  engine::Range range{0, prefix, PrefixEnd(prefix)};
  switch (key_range.sort_operator) {
    case SortOperator::kNone:
      break;
    case SortOperator::kEqual:
      range.begin = at(key_range.sort_low);
      range.end = just_after(key_range.sort_low);
      break;
    case SortOperator::kLess:
      range.end = at(key_range.sort_low);
      break;
    case SortOperator::kLessOrEqual:
      range.end = just_after(key_range.sort_low);
      break;
    case SortOperator::kGreater:
      range.begin = just_after(key_range.sort_low);
      break;
    case SortOperator::kGreaterOrEqual:
      range.begin = at(key_range.sort_low);
      break;
    case SortOperator::kBetween:
      range.begin = at(key_range.sort_low);
      range.end = just_after(key_range.sort_high);
      break;
    case SortOperator::kBeginsWith: {
      std::string begin = prefix;
      model::AppendOrderedPrefix(begin, key_range.sort_low);
      range.end = PrefixEnd(begin);
      range.begin = std::move(begin);
      break;
    }
  }
  return range;
}

bool Contains(const engine::Range& range, std::string_view key) {
  return key >= range.begin && (range.end.empty() || key < range.end);
}

engine::Range After(engine::Range range, engine::Direction direction, std::string_view key) {
  if (direction == engine::Direction::kForward) {
    std::string begin(key);
    begin.push_back('\0');
    range.begin = std::max(range.begin, begin);
  } else if (range.end.empty() || key < range.end) {
    range.end = key;
  }
  return range;
}

}  // namespace basalt::table
