#pragma once

#include "solver/escape/escape.hpp"
#include "solver/escape/transition_paths.hpp"
#include "solver/level.hpp"

#include <optional>
#include <tuple>

namespace valleyflux {

/// An escape on one grid, with what was solved there for all of its methods together.
template <int Dim>
struct SolvedEscape {
  const Level<Dim>& level;
  const Escape& escape;
  const EscapeMethods& solved;
  const EscapeSolution<Dim>& solution;
};

/// What one grid says of an escape by one method.
struct GridValue {
  std::optional<double> value;                 // the rate, or the mean time
  double enclosed = 0.0;                       // its half-width, relative, that the algebra leaves open
  std::optional<MethodFailure> failure = {};   // why it is no rate of this escape, or why there is none
  std::optional<TransitionPaths> paths = {};   // that it was found from
  std::optional<double> share_in_valley = {};  // of the law that it was found from
};

/// What it says by the principal eigenvalue.
template <int Dim>
GridValue principal_eigenvalue(const EscapeSolution<Dim>& solution) {
  return {solution.quasi_stationary_rate, solution.quasi_stationary_error, solution.failures.quasi_stationary};
}

/// A method whose number comes from a grid, and its error from several of them.
struct GridMethod {
  /// Adds what solve_escape has to solve; `first`: on the problem's own grid, or where no grid has had a rate yet.
  void (*require)(EscapeMethods& solve, bool first) = nullptr;
  std::tuple<GridValue (*)(const SolvedEscape<1>&), GridValue (*)(const SolvedEscape<2>&)> value = {};
  bool gives_time = false;  // the rate is its inverse
  /// It is the principal eigenvalue, which of grids that do not resolve the valley may be that of something else.
  bool slowest_decay = false;

  template <int Dim>
  GridValue on(const SolvedEscape<Dim>& solved) const {
    return std::get<Dim - 1>(value)(solved);
  }
};

}  // namespace valleyflux
