#pragma once

#include "solver/level.hpp"
#include "solver/solve_problem.hpp"

#include <Eigen/Core>

#include <memory>
#include <string>

namespace valleyflux {

/// A problem while it is being solved: what was asked, who is told, and what has been found so far. Its parts fill in
/// the results.
template <int Dim>
struct Solution {
  const Problem<Dim>& problem;
  const SolveRequest<Dim>& request;
  const SolveObserver& observer;
  Results results = {};
  std::shared_ptr<EngineReport> engine_report = std::make_shared<EngineReport>();

  void progress(double fraction, const std::string& stage) const {
    if (observer.progress) observer.progress(fraction, stage);
  }
  LevelOptions level_options() const {
    return {request.departing_cell_rates, request.engine, request.accuracy.memory, engine_report, request.orders};
  }
  /// The name of a valley, of what ends an escape, and "from -> to".
  const std::string& valley_name(int valley) const { return problem.valleys[static_cast<std::size_t>(valley)].name; }
  std::string target_name(const Escape& escape) const { return valleyflux::target_name<Dim>(problem, escape); }
  std::string label(const Escape& escape) const { return valley_name(escape.from) + " -> " + target_name(escape); }
  /// Of the cells of the problem's own grid.
  Eigen::VectorXd volumes() const {
    Eigen::VectorXd volume(problem.grid.cells());
    for (Index cell = 0; cell < problem.grid.cells(); ++cell) volume[cell] = problem.grid.volume(cell);
    return volume;
  }
};

}  // namespace valleyflux
