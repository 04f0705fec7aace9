#include "solver/network/network_result.hpp"

#include "solver/escape/grid_convergence.hpp"
#include "solver/solver_error.hpp"
#include "solver/spectrum/slow_modes.hpp"

#include <cmath>
#include <limits>
#include <utility>

namespace valleyflux {

namespace {

Eigen::MatrixXd finite_or_unknown(const Eigen::MatrixXd& times) {
  return times.unaryExpr(
      [](double time) { return std::isfinite(time) ? time : std::numeric_limits<double>::quiet_NaN(); });
}

}  // namespace

NetworkResult network_result(const std::vector<ValleyNetwork>& grids, std::vector<std::string> names,
                             Eigen::MatrixXd rule_1_rate) {
  const ValleyNetwork& finest = grids.front();
  const Index n = finest.rate.rows();
  NetworkResult result;
  result.valleys = std::move(names);
  result.rate = result.low = result.high = finest.rate;
  std::vector<double> spacings;
  for (std::size_t level = 0; level < grids.size(); ++level) spacings.push_back(static_cast<double>(Index{1} << level));
  for (Index a = 0; a < n; ++a)
    for (Index b = 0; b < n; ++b) {
      std::vector<double> rates;
      for (const ValleyNetwork& network : grids)
        if (network.rate(a, b) > 0) rates.push_back(network.rate(a, b));
      if (a == b || rates.size() < grids.size()) continue;  // a way that is blocked has no rate to extrapolate
      const GridConvergence converged = extrapolate(rates, spacings);
      result.rate(a, b) = converged.value;
      result.low(a, b) = converged.low.value_or(converged.value);
      result.high(a, b) = converged.high.value_or(converged.value);
    }
  result.time = finite_or_unknown(passage_times(result.rate));
  result.rule_2_time = finite_or_unknown(sequential_times(result.rate));
  result.rule_1_rate = std::move(rule_1_rate);
  result.probability = finest.probability;
  result.escape_time_probability = probability_by_escape_times(result.rate);
  try {
    const SlowModes modes = slow_modes(SmallGenerator{result.rate});
    result.spectrum.assign(modes.eigenvalue.data(), modes.eigenvalue.data() + n);
    result.right = modes.right;
    result.left = modes.left;
  } catch (const SolverError&) {
    result.spectrum.clear();
  }
  return result;
}

}  // namespace valleyflux
