#pragma once

#include "problems/problem.hpp"
#include "solver/discretisation/discretise.hpp"
#include "solver/engines.hpp"
#include "solver/evolution/valley_currents.hpp"

#include <Eigen/Core>

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
};

/// A problem on one of the grids that errors are told from, made once for all that is solved on it.
template <int Dim>
struct Level {
  Problem<Dim> problem;
  double spacing;  // of its cells, in units of the box: those of all axes shrink together
  Discretisation<Dim> discretisation;
  std::vector<int> labels;                     // valley of every state
  ValleyParts parts;                           // of every state in the valleys
  Engines engines;                             // of its parts
  std::shared_ptr<const LinearEngine> engine;  // of the whole
  std::optional<Eigen::VectorXd> stationary;   // probabilities of the states, where they were asked for and exist
  std::string no_stationary;                   // why they do not
  std::optional<Eigen::VectorXd> enlarged;     // the same times a constant, where a valley's own are near underflow

  /// The stationary law up to a factor, for ratios of its parts.
  const Eigen::VectorXd& stationary_weights() const { return enlarged ? *enlarged : stationary.value(); }
};

/// The problem's own grid (level 0), one 2^level times as coarse, or 2^-level times as fine. raise: see discretise().
/// Throws SolverError where it cannot be discretised.
template <int Dim>
Level<Dim> make_level(const Problem<Dim>& problem, int level, const LevelOptions& options = {}, double raise = 1.0);

/// Solves for the stationary law, if it is not known yet.
template <int Dim>
void find_stationary(Level<Dim>& level);

extern template Level<1> make_level(const Problem<1>&, int, const LevelOptions&, double);
extern template Level<2> make_level(const Problem<2>&, int, const LevelOptions&, double);
extern template void find_stationary(Level<1>&);
extern template void find_stationary(Level<2>&);

}  // namespace valleyflux
