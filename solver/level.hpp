#pragma once

#include "problems/problem.hpp"
#include "solver/discretisation/discretise.hpp"
#include "solver/elimination/known_orders.hpp"
#include "solver/engines.hpp"
#include "solver/escape/escape_target.hpp"
#include "solver/escape/solved_cores.hpp"
#include "solver/evolution/valley_currents.hpp"
#include "solver/linear_solver.hpp"

#include <Eigen/Core>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace valleyflux {

/// How grids are made and solved.
struct LevelOptions {
  bool departing_cell_rates = false;
  EngineName engine = EngineName::automatic;
  double memory = 4e9;                        // bytes that elimination may take where the multilevel solver stalls
  std::shared_ptr<EngineReport> report = {};  // told of all solves
  std::shared_ptr<KnownOrders> orders = {};   // of other runs; none: of this grid alone
};

/// How a grid was made, and what was asked for of it, to be asked for again: its order of elimination, its engine, the
/// cores that were asked for last, and, until the evolution takes it, the factorisation of the whole process that the
/// spectrum has made.
template <int Dim>
struct KeptOfLevel {
  LevelOptions options;
  std::shared_ptr<const EliminationOrder> order;
  std::shared_ptr<const LinearEngine> engine;
  std::vector<int> valleys;
  std::optional<SolvedCores<Dim>> cores;
  ShiftedSolver factorised;
};

/// A problem on one of the grids that errors are told from, made once for all that is solved on it.
template <int Dim>
struct Level {
  Problem<Dim> problem;
  double spacing;  // of its cells, in units of the box: those of all axes shrink together
  Discretisation<Dim> discretisation;
  std::vector<int> labels;                    // valley of every state
  ValleyParts parts;                          // of every state in the valleys
  Engines engines;                            // of the whole and its parts
  std::optional<Eigen::VectorXd> stationary;  // probabilities of the states, where they were asked for and exist
  std::string no_stationary;                  // why they do not
  std::optional<Eigen::VectorXd> enlarged;    // the same times a constant, where a valley's own are near underflow
  std::shared_ptr<KeptOfLevel<Dim>> kept;     // see order_of, engine_of and cores_on

  /// The stationary law up to a factor, for ratios of its parts.
  const Eigen::VectorXd& stationary_weights() const { return enlarged ? *enlarged : stationary.value(); }
};

/// The problem's own grid (level 0), one 2^level times as coarse, or 2^-level times as fine. raise: see discretise().
/// Throws SolverError where it cannot be discretised.
template <int Dim>
Level<Dim> make_level(const Problem<Dim>& problem, int level, const LevelOptions& options = {}, double raise = 1.0);

/// The level as an escape to a wall of the box sees it, which absorbs then; nothing where the level itself is that.
/// Throws SolverError where it cannot be discretised.
template <int Dim>
std::optional<Level<Dim>> level_at_wall(const Level<Dim>& level, const Escape& escape);

/// Solves for the stationary law, if it is not known yet.
template <int Dim>
void find_stationary(Level<Dim>& level);

/// The order of elimination of the whole process, made when it is first asked for; and its engine, by that order or
/// multilevel, whose parts solve all processes on the grid. Not to be called by several threads at a time.
template <int Dim>
const std::shared_ptr<const EliminationOrder>& order_of(const Level<Dim>& level);
template <int Dim>
const std::shared_ptr<const LinearEngine>& engine_of(const Level<Dim>& level);
/// That engine where it is at hand; none where elimination has no order of the whole yet: a process that is alone on
/// its grid is sooner solved by an order of its own.
template <int Dim>
const LinearEngine* known_engine(const Level<Dim>& level);

constexpr std::size_t most_kept_cores = 8;  // two fields each

/// The process between the cores of these valleys, by the grid's stationary law, which must be known: network and
/// escapes by transition path theory mostly ask for the same. Good until other valleys are asked for; not to be used by
/// several threads at a time. Throws as solve_cores does.
template <int Dim>
const SolvedCores<Dim>& cores_on(const Level<Dim>& level, const std::vector<int>& valleys);

extern template Level<1> make_level(const Problem<1>&, int, const LevelOptions&, double);
extern template Level<2> make_level(const Problem<2>&, int, const LevelOptions&, double);
extern template std::optional<Level<1>> level_at_wall(const Level<1>&, const Escape&);
extern template std::optional<Level<2>> level_at_wall(const Level<2>&, const Escape&);
extern template void find_stationary(Level<1>&);
extern template void find_stationary(Level<2>&);
extern template const std::shared_ptr<const EliminationOrder>& order_of(const Level<1>&);
extern template const std::shared_ptr<const EliminationOrder>& order_of(const Level<2>&);
extern template const std::shared_ptr<const LinearEngine>& engine_of(const Level<1>&);
extern template const std::shared_ptr<const LinearEngine>& engine_of(const Level<2>&);
extern template const LinearEngine* known_engine(const Level<1>&);
extern template const LinearEngine* known_engine(const Level<2>&);
extern template const SolvedCores<1>& cores_on(const Level<1>&, const std::vector<int>&);
extern template const SolvedCores<2>& cores_on(const Level<2>&, const std::vector<int>&);

}  // namespace valleyflux
