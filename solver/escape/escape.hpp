#pragma once

#include "problems/problem.hpp"
#include "solver/discretisation/discretise.hpp"
#include "solver/escape/escape_target.hpp"
#include "solver/linear_solver.hpp"

#include <Eigen/Core>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace valleyflux {

/// What to solve beside the mean first-passage time, on which the meaning of the others rests.
struct EscapeMethods {
  bool quasi_stationary = true;
  bool flux = true;
  bool curved_surface = true;  // whether the mean time feels one
};

/// Why a method has no rate.
struct MethodFailure {
  std::string reason;
  /// It is the method's meaning that fails, or the range of numbers, which no finer grid would mend.
  bool on_any_grid = false;
};

/// What was solved for and has no number. quasi_stationary and flux are rates of the pair only where the process that
/// has not arrived yet spends its time in `from`, or is as fast from there, and where it comes to from the minimum:
/// elsewhere the principal eigenvalue is the rate of another valley, or of a pocket.
struct EscapeFailures {
  std::optional<MethodFailure> mean_first_passage, quasi_stationary, flux;
  std::optional<MethodFailure> share;  // of the targets, or of the walls
};

/// What one grid says of an escape. All rates are per unit of the problem's time; fields are over the cells of the grid
/// and zero in the absorbing set.
template <int Dim>
struct EscapeSolution {
  /// Set if no trajectory from the minimum of `from` can reach the target, or if some can never leave where they get
  /// to: the place that blocks (theory: the noise vanishes there and no drift leads across). The rate is then exactly 0
  /// and nothing below is set.
  std::optional<Point<Dim>> blocked_at;

  std::optional<double> mean_first_passage_time;  // from the minimum of `from`: (-Q) u = 1
  Eigen::VectorXd first_passage_time;             // cells: u, the mean time from every cell
  double felt_of_curved_surface = 0.0;            // curved_surface.hpp

  std::optional<double> quasi_stationary_rate;   // principal eigenvalue of the killed process
  double quasi_stationary_error = 0.0;           // relative half-width of its enclosure: what the algebra leaves open
  Eigen::VectorXd quasi_stationary_probability;  // cells: its left eigenvector, sum 1
  double share_in_valley = 1.0;                  // of the quasi-stationary probability inside `from`

  std::optional<double> flux_rate;  // plateau of outflux / probability of `from` (Xie et al. 2020, Eq. 10)
  double flux_residual = 0.0;       // its relative change over the last step

  double lost_at_walls = 0.0;  // probability of leaving through an absorbing wall instead
  Eigen::VectorXd
      share;  // valleys: probability of arriving in the core of each before the other targets' (transitions)

  EscapeFailures failures;
};

/// Solves one escape on the grid of a problem as it sees it (escape_problem). `labels`: valley of every state
/// (state_labels); whole: the engine of the whole process; none: elimination by an order of its own. Each method stands
/// alone: where its solver fails (rates that underflow double precision included) it is among the failures. Throws
/// SolverError where there is nothing to be solved (the start lies in the target, the generator is singular), and
/// std::invalid_argument if `from` has no minimum or `to` no core.
template <int Dim>
EscapeSolution<Dim> solve_escape(const Problem<Dim>& problem, const Discretisation<Dim>& discretisation,
                                 const std::vector<int>& labels, const Escape& escape,
                                 const EscapeMethods& methods = {}, const LinearEngine* whole = nullptr);

/// Value at x of a field known at the kept cells (states[cell] >= 0), by tensor-product cubic interpolation in lattice
/// coordinates; linear, then nearest, where the wider stencils would leave the kept cells.
template <int Dim>
double interpolate(const Grid<Dim>& grid, const std::vector<std::int32_t>& states, const Eigen::VectorXd& field,
                   const Point<Dim>& x);

extern template EscapeSolution<1> solve_escape(const Problem<1>&, const Discretisation<1>&, const std::vector<int>&,
                                               const Escape&, const EscapeMethods&, const LinearEngine*);
extern template EscapeSolution<2> solve_escape(const Problem<2>&, const Discretisation<2>&, const std::vector<int>&,
                                               const Escape&, const EscapeMethods&, const LinearEngine*);
extern template double interpolate(const Grid<2>&, const std::vector<std::int32_t>&, const Eigen::VectorXd&,
                                   const Point<2>&);

}  // namespace valleyflux
