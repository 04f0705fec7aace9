#include "solver/discretisation/coefficient_fields.hpp"

#include "problems/dynamics/diffusion_model.hpp"
#include "solver/discretisation/one_way_crossing.hpp"
#include "solver/discretisation/panel_sampler.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <utility>

namespace valleyflux {

template <int Dim>
void show_coefficients(const Solution<Dim>& solution) {
  const Problem<Dim>& problem = solution.problem;
  const SolveObserver& observer = solution.observer;
  if (!observer.field) return;
  const Grid<Dim>& grid = problem.grid;
  Eigen::MatrixXd centres(Dim, grid.cells());
  for (Index cell = 0; cell < grid.cells(); ++cell) centres.col(cell) = grid.centre(cell);
  const auto within = [&grid](Eigen::VectorXd values) {  // what a landscape or noise is outside says nothing
    for (Index cell = 0; cell < grid.cells() && !grid.covers_box(); ++cell)
      if (!grid.holds(cell)) values[cell] = std::numeric_limits<double>::quiet_NaN();
    return values;
  };
  if (const auto& landscape = problem.dynamics.drift.potential()) {
    FieldSamples field;
    landscape->sample(centres, 0, field);
    observer.field({"landscape", "landscape L at the cell centres", "energy", within(field.value)});
  }
  Eigen::MatrixXd force;
  problem.dynamics.drift.sample(centres, force);
  DiffusionSamples diffusion;
  problem.dynamics.diffusion->sample(centres, false, diffusion);
  const std::vector<std::string> letters = variable_names(Dim);
  for (int i = 0; i < Dim; ++i) {
    const std::string &letter = letters[static_cast<std::size_t>(i)], &name = grid.axis(i).name();
    observer.field(
        {"drift_" + letter, fmt::format("drift F along {}", name), length_along(i) + "/time", within(force.row(i))});
    for (int j = 0; j <= i; ++j) {
      const std::string &other = letters[static_cast<std::size_t>(j)], &other_name = grid.axis(j).name();
      const std::string between = other_name.size() + name.size() == 2 ? "" : " ";
      observer.field({"diffusion_" + other + letter,
                      fmt::format("diffusion tensor D_{}{}{}", other_name, between, name),
                      length_along(j) + " " + length_along(i) + "/time", within(diffusion.tensor.row(j + Dim * i))});
    }
  }
}

/// A cell centre of the line at which there is noise, but less than what integrals take for the least of all.
std::optional<double> least_noise_taken(const Problem<1>& problem) {
  if (problem.dynamics.diffusion->constant()) return std::nullopt;
  Eigen::MatrixXd centres(1, problem.grid.cells());
  for (Index cell = 0; cell < centres.cols(); ++cell) centres(0, cell) = problem.grid.centre(cell)[0];
  DiffusionSamples noise;
  problem.dynamics.diffusion->sample(centres, false, noise);
  const double largest = noise.tensor.maxCoeff();
  constexpr double none = 1e-200;  // find_blocked_crossings tells what it does
  for (Index cell = 0; cell < centres.cols(); ++cell)
    if (noise.tensor(0, cell) > none * largest && noise.tensor(0, cell) < PanelSampler::least_noise * largest)
      return centres(0, cell);
  return std::nullopt;
}

/// Of what nothing passes, and of what is passed one way.
template <int Dim>
void warn_of_blocked(Solution<Dim>& solution, const Discretisation<Dim>& discretisation) {
  const auto& blocked = discretisation.blocked;
  for (const bool one_way : {false, true}) {
    std::optional<std::size_t> first;
    Index edges = 0;
    for (std::size_t k = 0; k < blocked.size(); ++k) {
      if (passed_one_way(blocked, k) != one_way || (k > 0 && blocked[k - 1].edge == blocked[k].edge)) continue;
      if (!first) first = k;
      ++edges;
    }
    if (!first) continue;
    const std::string place = named_coordinates<Dim>(solution.problem.grid, blocked[*first].place);
    const std::string where = edges == 1 ? place : fmt::format("{} (and at {} edges of the grid in all)", place, edges);
    solution.results.warnings.push_back(
        one_way
            ? fmt::format("the noise vanishes at {} and the drift leads across {}: no trajectory passes the other way",
                          where, way_across<Dim>(solution.problem.grid, discretisation, *first))
            : fmt::format("the noise vanishes at {} where no drift leads across: no trajectory passes there", where));
  }
}

template <int Dim>
void warn_of_coefficients(Solution<Dim>& solution, const Discretisation<Dim>& discretisation) {
  if constexpr (Dim == 1)
    if (const auto place = least_noise_taken(solution.problem))
      solution.results.warnings.push_back(fmt::format(
          "the noise at {} is less than {:.0e} of its largest value and is taken for that much: rates across it may be "
          "too large",
          named_coordinates<1>(solution.problem.grid, Point<1>(*place)), PanelSampler::least_noise));
  if (discretisation.switches_missed)
    solution.results.warnings.emplace_back(
        "formulas switch (comparisons, where(), abs, min, max) at more places than are looked for, or by tables of two "
        "arguments: pieces narrower than a cell may be missed, which no interval tells");
  if (!discretisation.blocked.empty()) {
    warn_of_blocked(solution, discretisation);
  } else if (discretisation.distorted > 0) {
    solution.results.warnings.push_back(fmt::format(
        "the noise is too anisotropic for the cells in {} of {}: its smallest eigenvalue was raised there, and what "
        "that does to rates is not known; cells whose sides are more alike, measured by the noise along them, would "
        "do",
        discretisation.distorted, solution.problem.grid.held_cells()));
  } else if (discretisation.regularised > 0) {
    solution.results.warnings.push_back(
        fmt::format("the noise is degenerate in {} of {} cells: its smallest eigenvalue was raised there",
                    discretisation.regularised, solution.problem.grid.held_cells()));
  }
}

template void show_coefficients(const Solution<1>&);
template void show_coefficients(const Solution<2>&);
template void warn_of_coefficients(Solution<1>&, const Discretisation<1>&);
template void warn_of_coefficients(Solution<2>&, const Discretisation<2>&);

}  // namespace valleyflux
