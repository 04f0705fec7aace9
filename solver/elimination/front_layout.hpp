#pragma once

#include "solver/elimination/dissection.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace valleyflux {

struct Neighbour {
  std::int32_t state, edge;
};

/// The edges of a generator by state.
class Adjacency {
 public:
  explicit Adjacency(const Generator& generator);
  std::span<const Neighbour> of(std::int32_t state) const {
    const auto s = static_cast<std::size_t>(state);
    return {neighbours_.data() + begin_[s], neighbours_.data() + begin_[s + 1]};
  }

 private:
  std::vector<std::int32_t> begin_;
  std::vector<Neighbour> neighbours_;
};

/// Fills in what follows from order, pivots and boundaries of the fronts: rows in their parents, edges, sizes and work.
/// place: of every state in the order.
void complete(const Adjacency& graph, const Generator& generator, const std::vector<std::int32_t>& place,
              Dissection& tree);

}  // namespace valleyflux
