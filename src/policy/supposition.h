// What policies say of requests of which only caller, action and resource are known: their conditions and variables are
// supposed to turn out one way. Allowed at best is what some request may be, allowed at worst what every one is. Pure.
//
//   Supposed at_best(Supposition::kBest);
//   const bool possible = Evaluate(request, at_best.Of(policies)).allowed;
#pragma once

#include <deque>
#include <memory>
#include <unordered_map>
#include <vector>

#include "policy/document.h"
#include "policy/evaluate.h"

namespace basalt::policy {

enum class Supposition : uint8_t {
  kBest,   // for the caller: whatever depends on the request lets it pass
  kWorst,  // nothing does
};

Document Suppose(const Document& document, Supposition supposition);

// Remembers what it has supposed of each document, of which there are fewer than callers; these outlive it.
class Supposed {
 public:
  explicit Supposed(Supposition supposition) : supposition_(supposition) {}

  // Until the next call; documents as long as this.
  Policies Of(const Policies& policies);

 private:
  const Document* OfOne(const Document* document);
  Documents OfAll(Documents documents);
  std::span<const Documents> OfLevels(std::span<const Documents> levels);

  Supposition supposition_;
  std::unordered_map<const Document*, std::unique_ptr<const Document>> documents_;
  std::deque<std::vector<const Document*>> lists_;
  std::deque<std::vector<Documents>> levels_;
};

}  // namespace basalt::policy
