#include "solver/network/network_result.hpp"

#include "solver/escape/grid_convergence.hpp"
#include "solver/finite.hpp"
#include "solver/solver_error.hpp"
#include "solver/spectrum/slow_modes.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace valleyflux {

NetworkResult network_result(const std::vector<NetworkOnGrid>& grids,
                             const std::optional<std::vector<ValleyNetwork>>& moved, std::vector<std::string> names,
                             Eigen::MatrixXd rule_1_rate) {
  const ValleyNetwork& own = grids.front().network;
  const Index n = own.rate.rows();
  NetworkResult result;
  result.valleys = std::move(names);
  constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
  result.rate = result.low = result.high = own.rate;
  result.probability = result.probability_low = result.probability_high = own.probability;
  const auto converged = [&](auto number) {
    GridSeries series;
    for (const NetworkOnGrid& grid : grids) series.add(grid.spacing, number(grid.network));
    GridConvergence result = series.converged();
    double walls = moved ? 0.0 : std::numeric_limits<double>::infinity();
    if (moved)
      for (const ValleyNetwork& network : *moved)
        walls = std::max(walls, std::abs(std::log(number(network) / number(own))));
    if (!std::isfinite(walls)) {
      result.low.reset();
      result.high.reset();
    }
    if (!result.low) return result;
    const double widened = std::exp(walls * series.finest_spacing() / grids.front().spacing);
    *result.low /= widened;
    *result.high *= widened;
    return result;
  };
  for (Index a = 0; a < n; ++a) {
    for (Index b = 0; b < n; ++b) {
      // A way that is blocked has no rate to extrapolate; where others than the problem's own grid have none they are
      // too coarse.
      if (a == b || !(own.rate(a, b) > 0)) continue;
      const GridConvergence rate = converged([&](const ValleyNetwork& network) { return network.rate(a, b); });
      result.rate(a, b) = rate.value;
      result.low(a, b) = rate.low.value_or(unknown);
      result.high(a, b) = rate.high.value_or(unknown);
    }
    const GridConvergence share = converged([&](const ValleyNetwork& network) { return network.probability[a]; });
    result.probability_low[a] = result.probability_high[a] = unknown;
    if (!share.low) continue;
    result.probability[a] = share.value;
    result.probability_low[a] = *share.low;
    result.probability_high[a] = std::min(*share.high, 1.0);
  }
  result.time = finite_or_missing(passage_times(result.rate));
  result.rule_2_time = finite_or_missing(sequential_times(result.rate));
  result.rule_1_rate = std::move(rule_1_rate);
  result.escape_time_probability = probability_by_escape_times(result.rate);
  try {
    const SlowModes modes = slow_modes(SmallGenerator{result.rate});
    result.spectrum.assign(modes.eigenvalue.data(), modes.eigenvalue.data() + n);
    result.right = modes.right;
    result.left = modes.left;
  } catch (const SolverError&) {
    result.spectrum.clear();
  }
  for (Eigen::MatrixXd* numbers : {&result.rate, &result.low, &result.high})
    *numbers = own.underflow.select(unknown, *numbers);
  return result;
}

}  // namespace valleyflux
