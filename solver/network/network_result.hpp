#pragma once

#include "solver/network/valley_network.hpp"
#include "solver/results.hpp"

#include <optional>
#include <string>
#include <vector>

namespace valleyflux {

/// A network as one grid gives it.
struct NetworkOnGrid {
  double spacing;  // of the cells, in any unit
  ValleyNetwork network;
};

/// What the networks of one problem on several grids, the problem's own first, say together: rates and probabilities
/// with their intervals (grid_convergence.hpp), and what follows from them. moved: networks on the problem's own grid
/// with walls of its domain moved (moved_walls.hpp), by which intervals are widened; nothing: what that does is not
/// known. names: of the valleys; rule_1_rate: closed forms (n x n, NaN where there are none). Where its eigenvectors
/// are dependent the spectrum is left empty.
NetworkResult network_result(const std::vector<NetworkOnGrid>& grids,
                             const std::optional<std::vector<ValleyNetwork>>& moved, std::vector<std::string> names,
                             Eigen::MatrixXd rule_1_rate);

}  // namespace valleyflux
