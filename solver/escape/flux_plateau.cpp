#include "solver/escape/flux_plateau.hpp"

#include "solver/evolution/valley_currents.hpp"
#include "solver/solver_error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

namespace valleyflux {

FluxPlateau flux_plateau(const Generator& killed, const LinearEngine& engine, const Eigen::VectorXd& initial,
                         std::span<const int> labels, int valley, const FluxPlateauOptions& options) {
  const int valleys = std::max(valley, *std::max_element(labels.begin(), labels.end())) + 1;
  const ValleyCurrents currents(killed, whole_parts(labels, valleys));
  double largest = killed.exit.maxCoeff();
  for (const auto* rates : {&killed.forward, &killed.backward})
    for (const double rate : *rates) largest = std::max(largest, rate);

  Eigen::VectorXd p = initial / initial.sum();
  FluxPlateau plateau;
  constexpr double growth = 1000.0, some = 30.0;
  double step = 100.0 / largest;
  // Once a step spans some life times, backward Euler is inverse iteration: growing it further changes nothing.
  bool growing = true;
  std::unique_ptr<LinearSolver> solver;
  for (plateau.steps = 1; plateau.steps <= options.max_steps; ++plateau.steps) {
    if (growing) solver = engine.factorise(killed, 1.0 / step, std::move(solver));
    p = solver->solve_forward(p);
    p /= p.sum();
    plateau.time += step;
    const double inside = currents.probability(p)[valley];
    const double rate = inside > 0 ? currents.outflux(p)[valley] / inside : 0.0;
    const double last = plateau.rate;
    plateau.rate = rate;
    plateau.residual = rate != 0 ? std::abs(rate - last) / std::abs(rate) : 1.0;
    if (rate > 0 && plateau.residual < options.tolerance) return plateau;
    growing = !(rate > 0 && step * rate > some) && step < 1e300 / growth;
    if (growing) step *= growth;
  }
  throw SolverError(
      fmt::format("outflux / probability reached no plateau (last relative change {})", plateau.residual));
}

}  // namespace valleyflux
