// Query and Scan pages.
#include "table/item_read.h"

#include <algorithm>
#include <utility>

#include "base/bytes.h"
#include "model/item_json.h"
#include "model/key_encoding.h"
#include "model/limits.h"
#include "table/capacity.h"
#include "table/index_entry.h"
#include "table/stored_item.h"

namespace basalt::table {
namespace {

// Bytes of whole units, as a page that fetches counts them.
uint64_t RoundUpToUnit(uint64_t bytes) {
  return (bytes + model::kReadUnitBytes - 1) / model::kReadUnitBytes * model::kReadUnitBytes;
}

// One walk. Owned by the completion under way.
class Walk {
 public:
  Walk(std::shared_ptr<engine::Keyspace> keyspace, const TableRecord& record, ReadRequest request, Executor& home,
       engine::Done<ReadResult> done)
      : keyspace_(std::move(keyspace)),
        record_(record),
        schema_(record, request.index),
        request_(std::move(request)),
        home_(home),
        done_(std::move(done)) {}

  static void NextPage(std::unique_ptr<Walk> walk) {
    engine::ScanLimits limits;
    limits.bytes_max = model::kPageBytesMax;
    limits.count_max =
        static_cast<size_t>(std::min<uint64_t>(walk->request_.limit - walk->result_.scanned_count, SIZE_MAX));
    if (walk->request_.fetch) {
      limits.count_max = std::min(limits.count_max, kFetchedTogetherMax);
    }
    Walk& self = *walk;
    self.keyspace_->Scan(self.request_.range, self.request_.direction, limits, self.request_.consistency, self.home_,
                         [walk = std::move(walk)](Result<engine::Page> page) mutable {
                           if (!page.ok()) {
                             walk->done_(page.TakeError());
                           } else if (walk->request_.fetch && !page->entries.empty()) {
                             Fetch(std::move(walk), *std::move(page));
                           } else {
                             GoOn(std::move(walk), *page, {});
                           }
                         });
  }

 private:
  using Values = std::vector<std::optional<std::string>>;

  // Each may be as large as an item can be.
  static constexpr size_t kFetchedTogetherMax = 16;

  static void GoOn(std::unique_ptr<Walk> walk, const engine::Page& page, const Values& fetched) {
    if (Status status = walk->Take(page, fetched); !status.ok()) {
      walk->done_(status.TakeError());
    } else if (walk->finished_) {
      walk->done_(std::move(walk->result_));
    } else {
      NextPage(std::move(walk));
    }
  }

  // The items of a page's entries, then on with them.
  static void Fetch(std::unique_ptr<Walk> walk, engine::Page page) {
    std::vector<engine::Key> keys;
    keys.reserve(page.entries.size());
    const KeySchema primary(walk->record_);
    for (const engine::Entry& entry : page.entries) {
      walk->arena_.Reset();
      Result<model::Item> key = walk->schema_.Decode(entry.key, walk->arena_);
      if (!key.ok()) {
        return walk->done_(key.TakeError());
      }
      keys.push_back({primary.space(), primary.Encode(*key)});
    }
    Walk& self = *walk;
    self.keyspace_->Get(std::move(keys), self.request_.consistency, self.home_,
                        [walk = std::move(walk), page = std::move(page)](Result<Values> fetched) mutable {
                          if (fetched.ok()) {
                            GoOn(std::move(walk), page, *fetched);
                          } else {
                            walk->done_(fetched.TakeError());
                          }
                        });
  }

  Status Take(const engine::Page& page, const Values& fetched) {
    for (size_t i = 0; i < page.entries.size(); ++i) {
      const engine::Entry& entry = page.entries[i];
      TRY_ASSIGN(StoredItem stored, DecodeStoredItem(entry.value));
      const size_t entry_bytes = stored.size_bytes;
      uint64_t item_bytes = 0;
      if (request_.fetch) {
        TRY_ASSIGN(const bool is_there, IsStillThere(entry, fetched[i]));
        if (!is_there) {
          result_.last_key = entry.key;
          continue;
        }
        TRY_ASSIGN(stored, DecodeStoredItem(*fetched[i]));
        item_bytes = stored.size_bytes;
      }
      const uint64_t bytes = result_.evaluated_bytes + entry_bytes;
      const uint64_t fetched_bytes = fetched_bytes_ + (request_.fetch ? RoundUpToUnit(item_bytes) : 0);
      const uint64_t page_bytes = request_.fetch ? RoundUpToUnit(bytes) + fetched_bytes : bytes;
      if ((result_.scanned_count > 0 || !request_.at_least_one) && page_bytes > request_.bytes_max) {
        return Finish();
      }
      result_.evaluated_bytes = bytes;
      result_.page_bytes = page_bytes;
      fetched_bytes_ = fetched_bytes;
      result_.fetched_units += request_.fetch ? ReadUnits(item_bytes, true) : 0;
      ++result_.scanned_count;
      TRY(Evaluate(request_, stored, arena_, result_));
      result_.last_key = entry.key;
      if (result_.scanned_count == request_.limit) {
        return Finish();
      }
    }
    if (!page.more || page.entries.empty()) {
      finished_ = true;
      return {};
    }
    request_.range = After(std::move(request_.range), request_.direction, result_.last_key);
    return {};
  }

  // An item may have been written between the reading of its entry and its own: gone, or to be met elsewhere.
  Result<bool> IsStillThere(const engine::Entry& entry, const std::optional<std::string>& item) {
    if (!item) {
      return false;
    }
    arena_.Reset();
    TRY_ASSIGN(const std::optional<engine::Key> key, EntryKeyOf(record_, *request_.index, *item, arena_));
    return key && key->bytes == entry.key;
  }

  Status Finish() {
    finished_ = true;
    result_.more = true;
    if (result_.last_key.empty()) {
      return {};
    }
    arena_.Reset();
    TRY_ASSIGN(const model::Item key, schema_.Decode(result_.last_key, arena_));
    model::AppendJson(result_.last_evaluated_key_json, key);
    return {};
  }

  std::shared_ptr<engine::Keyspace> keyspace_;
  const TableRecord& record_;
  const KeySchema schema_;
  ReadRequest request_;
  Executor& home_;
  engine::Done<ReadResult> done_;
  ReadResult result_;
  uint64_t fetched_bytes_ = 0;  // each rounded up
  Arena arena_;
  bool finished_ = false;
};

}  // namespace

void ReadItems(std::shared_ptr<engine::Keyspace> keyspace, const TableRecord& record, ReadRequest request,
               Executor& home, engine::Done<ReadResult> done) {
  Walk::NextPage(std::make_unique<Walk>(std::move(keyspace), record, std::move(request), home, std::move(done)));
}

Status Evaluate(const ReadRequest& request, const StoredItem& stored, Arena& arena, ReadResult& result) {
  model::Item item;
  if (request.filter != nullptr || (request.projection != nullptr && !request.count_only)) {
    arena.Reset();
    TRY_ASSIGN(item, model::ParseStoredItem(stored.body_json, arena));
    if (request.filter != nullptr && !expression::Evaluate(*request.filter, item)) {
      return {};
    }
  }
  ++result.count;
  if (request.count_only) {
    return {};
  }
  if (!result.items_json.empty()) {
    result.items_json.push_back(',');
  }
  if (request.projection != nullptr) {
    model::AppendJson(result.items_json, expression::Project(*request.projection, item, arena));
  } else {
    result.items_json += stored.body_json;
  }
  return {};
}

std::string PrefixEnd(std::string prefix) {
  while (!prefix.empty() && static_cast<uint8_t>(prefix.back()) == 0xff) {
    prefix.pop_back();
  }
  if (!prefix.empty()) {
    prefix.back() = static_cast<char>(static_cast<uint8_t>(prefix.back()) + 1);
  }
  return prefix;
}

engine::Range SegmentRange(uint32_t segment, uint32_t total_segments, uint16_t space) {
  const auto bound = [total_segments](uint64_t index) {
    std::string bytes;
    if (index > 0 && index < total_segments) {
      AppendBigEndian32(bytes, static_cast<uint32_t>((index << 32) / total_segments));
    }
    return bytes;
  };
  return engine::Range{space, bound(segment), bound(uint64_t{segment} + 1)};
}

engine::Range RangeOf(const KeySchema& schema, const expression::KeyRange& key_range) {
  using expression::SortOperator;
  std::string prefix = schema.Prefix(key_range);
  for (const model::Value& sort : key_range.sort_equal) {
    model::AppendOrdered(prefix, sort);
  }
  const auto at = [&prefix](const model::Value& sort) {
    std::string key = prefix;
    model::AppendOrdered(key, sort);
    return key;
  };
  // Encoded values delimit themselves: what begins with one holds this very value, whatever follows it.
  const auto just_after = [&at](const model::Value& sort) { return PrefixEnd(at(sort)); };
  engine::Range range{schema.space(), prefix, PrefixEnd(prefix)};
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
