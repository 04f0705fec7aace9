#pragma once

#include "solver/network/valley_network.hpp"
#include "solver/results.hpp"

#include <string>
#include <vector>

namespace valleyflux {

/// What the networks of one problem on several grids (finest first, each twice as coarse as the one before) say
/// together: rates extrapolated with their intervals, and what follows from them. names: of the valleys; rule_1_rate:
/// closed forms (n x n, NaN where there are none). Where its eigenvectors are dependent the spectrum is left empty.
NetworkResult network_result(const std::vector<ValleyNetwork>& grids, std::vector<std::string> names,
                             Eigen::MatrixXd rule_1_rate);

}  // namespace valleyflux
