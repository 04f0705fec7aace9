#pragma once

#include "problems/problem.hpp"
#include "solver/discretisation/discretise.hpp"
#include "solver/elimination/known_orders.hpp"
#include "solver/engine_name.hpp"
#include "solver/escape/escape_request.hpp"
#include "solver/evolution/evolve.hpp"
#include "solver/memory_estimate.hpp"
#include "solver/particles/particle_methods.hpp"
#include "solver/results.hpp"
#include "solver/theory/predictions.hpp"

#include <Eigen/Core>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace valleyflux {

/// How right every rate from a grid is to be.
struct AccuracyOptions {
  double relative = 1e-3;  // half-width of the interval over the rate
  double memory = 4e9;     // bytes that finer grids may take to get there
};

/// Distributions of first-passage times: at so many times, eight in each doubling, the last being `until`; what is not
/// given follows from the mean times.
struct FirstPassageOptions {
  std::optional<double> until;
  std::optional<long> points;
};

/// What is to be found out about a problem.
template <int Dim>
struct SolveRequest {
  /// Escapes; nothing: from every valley with a minimum into whichever other valley is reached first.
  std::optional<std::vector<EscapeRequest>> escapes;
  /// The evolution: its options, and the initial probabilities of the cells as a function of the discretised problem.
  std::optional<EvolveOptions> evolve;
  std::function<Eigen::VectorXd(const Discretisation<Dim>&, const std::vector<int>& labels)> initial;
  std::optional<FirstPassageOptions> first_passage;  // of all escapes; nothing: none
  TheoryOptions theory;
  ParticleMethods particles;
  bool particle_histogram = false;  // at the end of the evolution
  int grids = 4;  // of each error estimate: the problem's, and 2, 4 and 8 times coarser ones; 1: no errors
  /// Where the error of a rate is larger: finer grids, each with twice the cells of every axis.
  AccuracyOptions accuracy;
  int modes = 6;                              // of the leading spectrum, 0 included; 0: none
  bool network = true;                        // of all valleys
  bool stationary = true;                     // law and probabilities of the valleys; else only for what rests on it
  bool paths = true;                          // most probable ones, where an escape asks for closed forms in the plane
  bool quasi_potential = false;               // of every valley with a minimum, as a field
  bool table_errors = true;                   // intervals hold what errors and clips of tables make of rates
  EngineName engine = EngineName::automatic;  // of stationary law and escapes
  bool departing_cell_rates = false;          // a check of the usual rates (departing_cell.hpp)
  std::shared_ptr<KnownOrders> orders;        // of problems on the same grids; may be none
};

/// One escape by one method, and nothing else: neither spectrum nor network nor paths.
template <int Dim>
SolveRequest<Dim> one_escape(const Escape& escape, const std::string& method) {
  SolveRequest<Dim> request;
  request.escapes = {{escape, {method}}};
  request.modes = 0;
  request.network = request.stationary = false;
  request.paths = false;
  return request;
}

/// Takes what a solution yields as it comes; members may be left empty.
struct SolveObserver {
  /// Of a run of a case, before anything is solved: axes of its grid (none without one) and names of its valleys.
  std::function<void(const std::vector<Axis>& axes, const std::vector<std::string>& valleys)> begin;
  std::function<void(const std::vector<int>& labels)> labels;
  std::function<void(const CellField&)> field;
  std::function<void(const SpectrumFields&)> spectrum;
  std::function<void(const EscapeTimes&)> escape_times;
  std::function<void(const DensityFrame&)> frame;
  EvolutionRecord record;  // of the evolution
  std::function<void(double fraction, const std::string& stage)> progress;
  /// Asked while particles move: whether to leave it at those that have been watched so far.
  std::function<bool()> interrupted;
};

/// What was noticed while a problem was built: of what matters to closed forms and paths alone, only where something
/// that is asked for rests on these.
template <int Dim>
std::vector<std::string> warnings_of(const Problem<Dim>& problem, const SolveRequest<Dim>& request);

/// Discretises a problem, evolves its density, and measures its escapes: stationary law, every deterministic rate on
/// several grids with its error estimate, closed forms beside them. Fields are those of the problem's own grid; rates
/// are refined until their errors are what was asked for, or a warning says what was reached. Titles and output names
/// are left to the caller. Throws SolverError where nothing can be solved, ProblemError for dynamics that depend on
/// time.
template <int Dim>
Results solve_problem(const Problem<Dim>& problem, const SolveRequest<Dim>& request = {},
                      const SolveObserver& observer = {});

extern template std::vector<std::string> warnings_of(const Problem<1>&, const SolveRequest<1>&);
extern template std::vector<std::string> warnings_of(const Problem<2>&, const SolveRequest<2>&);
extern template Results solve_problem(const Problem<1>&, const SolveRequest<1>&, const SolveObserver&);
extern template Results solve_problem(const Problem<2>&, const SolveRequest<2>&, const SolveObserver&);

}  // namespace valleyflux
