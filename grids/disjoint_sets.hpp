#pragma once

#include "grids/point.hpp"

#include <cstddef>
#include <cstdint>
#include <numeric>
#include <vector>

namespace valleyflux {

/// Sets of the numbers 0, 1, ... that grow by being joined; each is told by one of its members, its root. At most 2^31
/// numbers, as cells are.
class DisjointSets {
 public:
  /// Each number a set of its own.
  explicit DisjointSets(Index count = 0) : above_(static_cast<std::size_t>(count)) {
    std::iota(above_.begin(), above_.end(), 0);
  }
  /// The next number, in a set of its own.
  void add() { above_.push_back(static_cast<std::int32_t>(above_.size())); }
  Index root(Index member) {
    auto at = static_cast<std::size_t>(member);
    while (above_[at] != static_cast<std::int32_t>(at)) {
      above_[at] = above_[static_cast<std::size_t>(above_[at])];
      at = static_cast<std::size_t>(above_[at]);
    }
    return static_cast<Index>(at);
  }
  /// Joins the sets of two members; the root is that of `into`. Whether they were two.
  bool join(Index member, Index into) {
    const Index from = root(member), to = root(into);
    above_[static_cast<std::size_t>(from)] = static_cast<std::int32_t>(to);
    return from != to;
  }

 private:
  std::vector<std::int32_t> above_;
};

}  // namespace valleyflux
