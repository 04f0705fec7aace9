#pragma once

#include "solver/discretisation/feature_probe.hpp"
#include "solver/escape/escape_on_grids.hpp"
#include "solver/escape/grid_convergence.hpp"
#include "solver/evolution/density_on_grids.hpp"
#include "solver/level.hpp"
#include "solver/network/network_result.hpp"
#include "solver/solution.hpp"
#include "solver/spectrum/problem_spectrum.hpp"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace valleyflux {

/// Everything that is told from several grids: probabilities of the valleys, spectrum, network, and the escapes by
/// their methods. Solved on the problem's own grid, then on coarser ones, and on finer ones until no rate misses the
/// accuracy asked for.
template <int Dim>
class Refinement {
 public:
  explicit Refinement(Solution<Dim>& solution) : solution_(solution), spectrum_(solution) {}

  /// Spectrum of the problem's own grid, and where they are needed stationary law and probabilities of the valleys.
  void find_stationary_state(Level<Dim>& finest, bool law = true);
  /// The evolution that is asked for on coarser grids, where there are two.
  std::optional<DensityOnGrids<Dim>> densities();
  /// Network and escapes on that grid; then on the others.
  void solve_escapes(std::vector<EscapeRequest> escapes, const Level<Dim>& finest);
  void solve_on_others(const Level<Dim>& finest);
  /// Puts errors and accuracy among the results, with warnings.
  void finish();

  const std::vector<EscapeOnGrids<Dim>>& escapes() const { return escapes_; }
  const std::vector<NetworkOnGrid>& networks() const { return networks_; }  // the problem's own grid first
  /// With walls of the domain moved; nothing where that is not known.
  const std::optional<std::vector<ValleyNetwork>>& moved_networks() const { return moved_networks_; }
  /// What ended the refinement; empty where nothing did.
  const std::string& limit() const { return limit_; }

 private:
  double wanted() const { return solution_.request.accuracy.relative; }
  Level<Dim> level_at(int level, double raise = 1.0) const;
  /// Whether errors are told from the grid 2^level times as coarse.
  bool has_coarser(int level) const;
  void find_stationary_on(Level<Dim>& level) const;
  void list_valleys();
  void find_law(Level<Dim>& level);
  Eigen::VectorXd add_valley_probabilities(const Level<Dim>& level);
  void find_network(const Level<Dim>& level);
  void solve_on(const Level<Dim>& level, const std::string& stage);
  void solve_coarser(const Level<Dim>& finest);
  /// What raised noise does to rates is the same on every grid of the same proportions: told by raising it more.
  void compare_raised(const Level<Dim>& finest);
  /// What moving the walls of a domain does (moved_levels.hpp).
  void compare_walls(const Level<Dim>& finest);
  std::string no_memory() const;
  /// Finer and finer grids until no escape misses the accuracy asked for, or the next one would be too large. The other
  /// numbers' errors need three grids: of a coarse grid, coarser ones are too few.
  void refine();
  /// What was reached, and a warning where that is not what was asked for.
  void report_accuracy();
  /// Whether a grid shows what the potential is like between its cells.
  void probe(const Grid<Dim>& grid);

  Solution<Dim>& solution_;
  std::map<int, Level<Dim>> coarser_;  // made already, for what is solved on them later
  std::vector<EscapeOnGrids<Dim>> escapes_;
  std::string limit_;
  std::optional<FeatureProbe> features_;
  Overlooked overlooked_;  // by the finest grid
  int levels_ = 1;         // grids solved on
  std::vector<GridSeries> valley_probabilities_;
  ProblemSpectrum<Dim> spectrum_;
  std::vector<NetworkOnGrid> networks_;
  std::optional<std::vector<ValleyNetwork>> moved_networks_{std::in_place};
};

extern template class Refinement<1>;
extern template class Refinement<2>;

}  // namespace valleyflux
