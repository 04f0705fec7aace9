#include "solver/evolution/evolve_density.hpp"

#include "solver/discretisation/current_field.hpp"
#include "solver/elimination/elimination.hpp"
#include "solver/particles/particle_histogram.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace valleyflux {

namespace {

template <int Dim>
void take_histogram(Solution<Dim>& solution, const Eigen::VectorXd& initial, double until,
                    const Eigen::VectorXd& probability, const Eigen::VectorXd& volume) {
  const ParticleHistogram histogram = particle_histogram<Dim>(
      solution.problem, initial, until, probability, options_of(solution.request.particles),
      [&](std::uint32_t done, std::uint32_t, double) {
        solution.progress(static_cast<double>(done) / solution.request.particles.particles.particles,
                          "particles for the histogram");
        return !(solution.observer.interrupted && solution.observer.interrupted());
      });
  if (!histogram.complete) {
    solution.results.warnings.push_back("no histogram of the particles: interrupted");
    return;
  }
  solution.results.histogram = HistogramResult{histogram.time, histogram.particles, histogram.total_variation,
                                               histogram.expected, histogram.error};
  constexpr double significant = 4.0;
  if (histogram.total_variation > histogram.expected + significant * histogram.error)
    solution.results.warnings.push_back(fmt::format(
        "particles and density differ by more than chance at t = {:.4g}: total variation {:.3g}, {:.3g} +- {:.1g} "
        "expected; a shorter langevin.step or a finer grid tells which of them is wrong",
        histogram.time, histogram.total_variation, histogram.expected, histogram.error));
  if (solution.observer.field)
    solution.observer.field(
        {"particle_density",
         fmt::format("density of {} particles at t = {:.6g}: total variation {:.4g} from the density, "
                     "{:.4g} +- {:.2g} by chance alone",
                     histogram.particles, histogram.time, histogram.total_variation, histogram.expected,
                     histogram.error),
         "1", histogram.probability.cwiseQuotient(volume)});
}

}  // namespace

template <int Dim>
void evolve_density(Solution<Dim>& solution, const Level<Dim>& level,
                    const std::optional<DensityOnGrids<Dim>>& on_grids) {
  const Eigen::VectorXd initial = solution.request.initial(level.discretisation, level.labels);
  const Eigen::VectorXd volume = solution.volumes();
  EvolveOptions options = *solution.request.evolve;
  options.stepper = chosen_stepper(options.stepper, level.discretisation.generator, options.until);
  if (on_grids && !options.tolerance) options.tolerance = on_grids->tolerance(options.stepper);
  std::vector<Axis> axes;
  for (int k = 0; k < Dim; ++k) axes.push_back(solution.problem.grid.axis(k));
  const std::vector<AbsorbingWall> walls = absorbing_walls(axes);
  for (const AbsorbingWall& wall : walls) {
    ExitRates rates;
    for (const WallExit<Dim>& exit : level.discretisation.exits)
      if (exit.axis == wall.axis && exit.upper == wall.upper) rates.emplace_back(exit.state, exit.rate);
    options.exits.push_back(std::move(rates));
  }
  Eigen::VectorXd through_walls;
  const StateSpace<Dim>& space = level.discretisation.space;
  const CurrentOfDensity<Dim> current(level.discretisation);
  double density_min = 0.0;
  std::optional<double> grid_error;
  long frames = 0;
  Eigen::VectorXd last;
  const Evolution evolution = evolve(
      // So many steps of one size are soonest made by factors.
      level.discretisation.generator, *order_of(level), initial, level.parts, options,
      [&](const EvolutionFrame& frame) {
        solution.progress(frame.time / options.until, fmt::format("evolving, t = {:.4g}", frame.time));
        const Eigen::VectorXd cells = space.cell_probabilities(frame.probability);
        const Eigen::VectorXd density = cells.cwiseQuotient(volume);
        density_min = frame.time > 0 ? std::min(density_min, density.minCoeff()) : density.minCoeff();
        last = cells;
        if (on_grids) grid_error = on_grids->error(frames++, cells);
        through_walls = frame.exit_outflow;
        if (!solution.observer.frame) return;
        solution.observer.frame({frame.time, density, grid_error, current(frame.probability), frame.valley_probability,
                                 frame.valley_outflux, frame.valley_outflow, frame.exit_flux, frame.exit_outflow});
      },
      solution.observer.record, std::move(level.kept->factorised));
  solution.results.evolution = EvolutionResult{.stepper = std::string(name_of(evolution.stepper)),
                                               .steps = evolution.steps,
                                               .rejected = evolution.rejected,
                                               .factorisations = evolution.factorisations,
                                               .mass_error = evolution.mass_error,
                                               .density_min = density_min,
                                               .balance_error = evolution.balance_error,
                                               .error_estimate = evolution.error_estimate,
                                               .positive_frames = evolution.positive_frames,
                                               .tolerance = options.local_error(),
                                               .grid_error = grid_error};
  for (std::size_t k = 0; k < walls.size(); ++k)
    solution.results.evolution->walls.push_back({walls[k].name, through_walls[static_cast<Index>(k)]});
  if (evolution.backward_euler_steps > 0)
    solution.results.warnings.push_back(
        fmt::format("{} of {} steps were made by backward Euler to keep the density from "
                    "becoming negative: first order there",
                    evolution.backward_euler_steps, evolution.steps));
  if (solution.request.particle_histogram)
    take_histogram<Dim>(solution, space.cell_probabilities(initial), options.until, last, volume);
}

template void evolve_density(Solution<1>&, const Level<1>&, const std::optional<DensityOnGrids<1>>&);
template void evolve_density(Solution<2>&, const Level<2>&, const std::optional<DensityOnGrids<2>>&);

}  // namespace valleyflux
