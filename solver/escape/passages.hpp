#pragma once

#include "problems/problem.hpp"

#include <utility>
#include <vector>

namespace valleyflux {

/// A way from one valley into another over a saddle.
struct Passage {
  int from, to;        // valleys
  std::size_t saddle;  // in Problem::critical_points
};

/// Both directions of every saddle of index 1 whose unstable manifold ends in two different valleys (on a tilted
/// ring, where both ends lie in the same one, none), or which Problem::joined_minima names; of no degenerate one.
template <int Dim>
std::vector<Passage> find_passages(const Problem<Dim>& problem);

/// Ordered pairs of valleys that a passage joins, or, where no saddle tells, whose cells touch.
template <int Dim>
std::vector<std::pair<int, int>> neighbouring_valleys(const Problem<Dim>& problem, const std::vector<int>& labels);

extern template std::vector<Passage> find_passages(const Problem<1>&);
extern template std::vector<Passage> find_passages(const Problem<2>&);
extern template std::vector<std::pair<int, int>> neighbouring_valleys(const Problem<1>&, const std::vector<int>&);
extern template std::vector<std::pair<int, int>> neighbouring_valleys(const Problem<2>&, const std::vector<int>&);

}  // namespace valleyflux
