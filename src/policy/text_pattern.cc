#include "policy/text_pattern.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

namespace basalt::policy {
namespace {

constexpr size_t kWordBits = 64;
constexpr size_t kContinuationBytesMax = 3;

bool IsContinuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

struct Uncounted {
  void Add(size_t) {}
};
struct Counted {
  void Add(size_t more) { count += more; }
  size_t count = 0;
};

template <class Steps>
class Matcher {
 public:
  explicit Matcher(std::string_view text, Steps& steps) : text_(text), steps_(steps) {}

  bool Match(std::string_view pattern) {
    size_t run = pattern.find(kAnyRun);
    if (!TakeHead(pattern.substr(0, run))) {
      return false;
    }
    if (run == std::string_view::npos) {
      return text_.empty();
    }
    while (true) {
      pattern.remove_prefix(run + 1);
      steps_.Add(run + 1);
      run = pattern.find(kAnyRun);
      if (run == std::string_view::npos) {
        return TakeTail(pattern);
      }
      if (!TakeFirst(pattern.substr(0, run))) {
        return false;
      }
    }
  }

 private:
  // A piece, at the beginning of `text`, which is moved behind it.
  bool Take(std::string_view piece, std::string_view& text) {
    for (const char wanted : piece) {
      steps_.Add(1);
      if (text.empty() || (wanted != kAnyOne && wanted != text.front())) {
        return false;
      }
      text.remove_prefix(1);
      if (wanted == kAnyOne) {
        SkipContinuation(text);
      }
    }
    return true;
  }
  bool TakeHead(std::string_view piece) {
    if (piece.find(kAnyOne) == std::string_view::npos) {
      steps_.Add(piece.size());
      if (!text_.starts_with(piece)) {
        return false;
      }
      text_.remove_prefix(piece.size());
      return true;
    }
    return Take(piece, text_);
  }

  bool TakeTail(std::string_view piece) {
    if (piece.size() > text_.size()) {
      return false;
    }
    for (; !piece.empty(); piece.remove_suffix(1)) {
      steps_.Add(1);
      if (text_.empty()) {
        return false;
      }
      if (piece.back() == kAnyOne) {
        for (size_t i = 0; i < kContinuationBytesMax && text_.size() > 1 && IsContinuation(text_.back()); ++i) {
          text_.remove_suffix(1);
        }
      } else if (piece.back() != text_.back()) {
        return false;
      }
      text_.remove_suffix(1);
    }
    return true;
  }

  // The leftmost place of a piece: as good as any other, since what follows it may begin anywhere behind.
  bool TakeFirst(std::string_view piece) {
    if (piece.size() > text_.size()) {
      return false;
    }
    if (piece.size() > kWordBits) {
      return TakeFirstLong(piece);
    }
    if (piece.size() > kTriedMax) {
      return TakeFirstOfOneWord(piece);
    }
    if (piece.find(kAnyOne) == std::string_view::npos) {
      const size_t at = text_.find(piece);
      steps_.Add(std::min(at, text_.size()) * piece.size() + piece.size());  // at most
      text_.remove_prefix(std::min(at, text_.size() - piece.size()) + piece.size());
      return at != std::string_view::npos;
    }
    for (std::string_view at = text_; at.size() >= piece.size(); at.remove_prefix(1)) {
      std::string_view behind = at;
      if (Take(piece, behind)) {
        text_ = behind;
        return true;
      }
    }
    return false;
  }

  // Bit i of the state: the first i + 1 characters of the piece end here. An any-one stays through the rest of its
  // character.
  bool TakeFirstOfOneWord(std::string_view piece) {
    uint64_t masks[256] = {};
    uint64_t any_one = 0;
    for (size_t i = 0; i < piece.size(); ++i) {
      (piece[i] == kAnyOne ? any_one : masks[static_cast<unsigned char>(piece[i])]) |= uint64_t{1} << i;
    }
    steps_.Add(piece.size());
    const uint64_t last = uint64_t{1} << (piece.size() - 1);
    uint64_t state = 0;
    for (size_t at = 0; at < text_.size(); ++at) {
      steps_.Add(1);
      const uint64_t next = (state << 1) | 1;
      const uint64_t mask = masks[static_cast<unsigned char>(text_[at])];
      state = IsContinuation(text_[at]) ? (next & mask) | (state & any_one) : next & (mask | any_one);
      if ((state & last) != 0) {
        return EndAt(at + 1, piece);
      }
    }
    return false;
  }
  bool TakeFirstLong(std::string_view piece) {
    const size_t words = (piece.size() + kWordBits - 1) / kWordBits;
    std::vector<uint64_t> masks(256 * words);
    std::vector<uint64_t> any_one(words);
    std::vector<uint64_t> state(words);
    for (size_t i = 0; i < piece.size(); ++i) {
      const uint64_t bit = uint64_t{1} << (i % kWordBits);
      if (piece[i] == kAnyOne) {
        any_one[i / kWordBits] |= bit;
      } else {
        masks[static_cast<unsigned char>(piece[i]) * words + i / kWordBits] |= bit;
      }
    }
    steps_.Add(masks.size() + piece.size());
    const uint64_t last = uint64_t{1} << ((piece.size() - 1) % kWordBits);
    for (size_t at = 0; at < text_.size(); ++at) {
      steps_.Add(words);
      const uint64_t* mask = &masks[static_cast<unsigned char>(text_[at]) * words];
      const bool continues = IsContinuation(text_[at]);
      uint64_t carry = 1;
      for (size_t w = 0; w < words; ++w) {
        const uint64_t next = (state[w] << 1) | carry;
        carry = state[w] >> (kWordBits - 1);
        state[w] = continues ? (next & mask[w]) | (state[w] & any_one[w]) : next & (mask[w] | any_one[w]);
      }
      if ((state[words - 1] & last) != 0) {
        return EndAt(at + 1, piece);
      }
    }
    return false;
  }
  bool EndAt(size_t end, std::string_view piece) {
    text_.remove_prefix(end);
    if (piece.back() == kAnyOne) {
      SkipContinuation(text_);
    }
    return true;
  }

  static void SkipContinuation(std::string_view& text) {
    for (size_t i = 0; i < kContinuationBytesMax && !text.empty() && IsContinuation(text.front()); ++i) {
      text.remove_prefix(1);
    }
  }

  static constexpr size_t kTriedMax = 8;  // pieces up to this length are tried at each place

  std::string_view text_;  // what is left of it
  Steps& steps_;
};

}  // namespace

std::string EncodePattern(std::string_view text) {
  std::string pattern(text);
  std::replace(pattern.begin(), pattern.end(), '*', kAnyRun);
  std::replace(pattern.begin(), pattern.end(), '?', kAnyOne);
  return pattern;
}

bool Matches(std::string_view pattern, std::string_view text) {
  Uncounted steps;
  return Matcher<Uncounted>(text, steps).Match(pattern);
}

bool MatchesCounted(std::string_view pattern, std::string_view text, size_t& steps) {
  Counted counted;
  const bool matches = Matcher<Counted>(text, counted).Match(pattern);
  steps = counted.count;
  return matches;
}

ArnFields SplitArn(std::string_view text) {
  ArnFields fields;
  while (fields.count < ArnFields::kCount - 1) {
    const size_t colon = text.find(':');
    if (colon == std::string_view::npos) {
      break;
    }
    fields.field[fields.count++] = text.substr(0, colon);
    text.remove_prefix(colon + 1);
  }
  fields.field[fields.count++] = text;
  return fields;
}

bool MatchesArn(const ArnFields& pattern, const ArnFields& arn) {
  // The last fields differ most often.
  for (size_t i = pattern.count; i-- > 0;) {
    if (!Matches(pattern.field[i], arn.field[i])) {
      return false;
    }
  }
  return true;
}

}  // namespace basalt::policy
