#pragma once

#include "solver/discretisation/generator.hpp"
#include "solver/elimination/dense_front.hpp"

#include <Eigen/Core>

#include <cstdint>
#include <span>
#include <vector>

namespace valleyflux {

/// An edge of the generator in a front: the places of its ends among the rows of `left` (see dense_front.hpp).
struct FrontEdge {
  std::int32_t edge, from, to;
};

/// A front of the elimination tree: the states at first ... first + pivots - 1 in the order of elimination go together.
struct Front {
  FrontShape shape;
  std::int32_t first = 0;
  std::int32_t first_child = -1, next_sibling = -1;  // fronts; a later child comes first
  std::int32_t subtree = 0;                          // the first front of the subtree that ends here
  std::size_t boundary = 0;                          // where its boundary starts in Dissection::boundaries
  std::size_t edges_begin = 0, edges_end = 0;        // its part of Dissection::edges
  std::size_t factor = 0;                            // where its numbers start in the array of all factors
  std::size_t symmetric_factor = 0;                  // and in that of symmetric factors
  double work = 0.0;                                 // multiplications of the subtree

  /// Of a symmetric front: what leaves has a row of its own, the last of the boundary.
  FrontShape symmetric_shape() const { return {shape.pivots, shape.boundary + 1}; }
};

/// Nested dissection of a generator's graph.
struct Dissection {
  std::vector<std::int32_t> order;  // place in the elimination -> state
  std::vector<Front> fronts;        // children before parents
  std::int32_t first_root = -1;     // further ones are its siblings
  // Later states that a front's pivots touch when they are eliminated, ascending, and where those are in the parent:
  // rows of its `left`.
  std::vector<std::int32_t> boundaries, in_parent;
  std::vector<FrontEdge> edges;                     // by the front of the end that is eliminated first
  std::size_t factor_size = 0, symmetric_size = 0;  // numbers of all factors
  double work = 0.0;                                // multiplications

  std::span<const std::int32_t> boundary_of(const Front& front) const;
  std::span<const std::int32_t> in_parent_of(const Front& front) const;
};

/// Splits the states by planes through the median of their longest extent (`positions`: d x states, integers); the
/// separator is the smaller of the two layers of states that touch the other side, as thick as the longest edges ask
/// for, wherever they lead (periodic axes). Sets of at most `leaf_states` are not split.
Dissection dissect(const Generator& generator, const Eigen::Ref<const Eigen::MatrixXi>& positions, Index leaf_states);

/// The same fronts for a part of the process: `states` of the whole, in any order, and of the edges between them all or
/// some. Far sooner made than by splitting, and hardly worse where most states are kept.
Dissection restricted(const Dissection& whole, const Generator& part, std::span<const std::int32_t> states);

}  // namespace valleyflux
