#include "solver/escape/quasi_stationary.hpp"

#include <fmt/format.h>

#include <cmath>

namespace valleyflux {

QuasiStationary quasi_stationary(const Elimination& elimination, const Eigen::Ref<const Eigen::VectorXd>& start,
                                 const QuasiStationaryOptions& options) {
  QuasiStationary law;
  law.probability = start / start.sum();
  double last_change = 1.0;
  for (law.iterations = 1; law.iterations <= options.max_iterations; ++law.iterations) {
    Eigen::VectorXd next = elimination.solve_forward(law.probability);
    const double time = next.sum();
    if (!(time > 0) || !std::isfinite(time))
      throw SolverError(
          fmt::format("the quasi-stationary rate is out of the range of double precision (1 / {})", time));
    const double rate = 1.0 / time;
    const double change = std::abs(rate - law.rate) / rate;
    law.rate = rate;
    law.probability = next / time;
    // Round-off of the sums leaves a change that no further iteration reduces.
    const bool stagnant = change < 1e-13 && change >= last_change;
    if (change <= options.tolerance || stagnant) return law;
    last_change = change;
  }
  throw SolverError(
      fmt::format("the quasi-stationary rate did not converge in {} iterations (last change {}): the set "
                  "is not metastable",
                  options.max_iterations, last_change));
}

}  // namespace valleyflux
