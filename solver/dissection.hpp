#pragma once

#include "solver/generator.hpp"

#include <Eigen/Core>

#include <cstdint>
#include <vector>

namespace valleyflux {

/// One front of the elimination tree: the states first ... first + pivots - 1 (numbered in the order of elimination)
/// are eliminated together; `boundary` are the later states that they touch then.
struct Front {
  std::int32_t first = 0, pivots = 0;
  std::int32_t parent = -1;
  std::vector<std::int32_t> children;
  std::vector<std::int32_t> boundary;   // ascending
  std::vector<std::int32_t> in_parent;  // position of each boundary state among the parent's pivots and boundary
  std::vector<std::int32_t> edges;      // of the generator: those whose earlier end is a pivot here
  double work = 0.0;                    // multiplications of the subtree
};

/// Nested dissection of a generator's graph.
struct Dissection {
  std::vector<std::int32_t> order;     // position in the elimination -> state
  std::vector<std::int32_t> position;  // state -> position in the elimination
  std::vector<Front> fronts;           // children before parents
  std::vector<std::int32_t> roots;
};

/// Splits the states by planes through the median of their longest extent (`positions`: d x states, integers); the
/// separator is the smaller of the two layers of states that touch the other side, as thick as the longest edges ask
/// for, wherever they lead (periodic axes). Sets of at most `leaf_states` are not split.
Dissection dissect(const Generator& generator, const Eigen::Ref<const Eigen::MatrixXi>& positions, Index leaf_states);

}  // namespace valleyflux
