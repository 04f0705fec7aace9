#pragma once

#include "solver/discretisation/feature_probe.hpp"
#include "solver/escape/escape_request.hpp"
#include "solver/escape/grid_method.hpp"
#include "solver/escape/number_on_grids.hpp"
#include "solver/escape/transition_paths.hpp"
#include "solver/level.hpp"
#include "solver/results.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace valleyflux {

/// One escape by all its methods from grids, solved on one grid after the other: the problem's own first, then coarser
/// ones, then finer ones.
template <int Dim>
class EscapeOnGrids {
 public:
  /// overlooked: what the finest grid so far overlooks of the potential, kept by the caller.
  EscapeOnGrids(EscapeRequest request, const Overlooked& overlooked);

  const EscapeRequest& request() const { return request_; }
  bool asks_for_grids() const { return !methods_.empty(); }
  bool asks_for(const std::string& method) const { return methods_.contains(method); }
  /// Methods from grids that are asked for, in that order.
  std::vector<std::string> methods() const { return methods_asked(request_.methods, MethodStage::grid); }

  /// Solves what is asked for on a grid; on a grid finer than the problem's what still misses the accuracy `wanted`.
  void solve_on(const Level<Dim>& level, double wanted);

  /// Compares rates with those of a level whose degenerate noise is raised more than on the problem's own grid: no
  /// finer grid shows what raising does. Intervals are widened by the difference.
  void compare_raised(const Level<Dim>& raised);
  /// The same with levels whose domain's walls are moved by up to a cell (moved_walls.hpp); what that does is by so
  /// much less as cells become finer. `levels`: nothing where those cannot be made, which leaves no interval.
  void compare_walls(const std::optional<std::vector<Level<Dim>>>& levels);
  /// No interval is to be trusted: noise that is not degenerate was raised.
  void distrust();

  /// Methods whose intervals are wider than `wanted`, relative, or that have none; `finer`: those that a finer grid may
  /// still help.
  std::vector<std::string> missing(double wanted) const;
  std::vector<std::string> finer(double wanted) const;
  /// Whether one of the latter needs the stationary law.
  bool finer_needs_stationary(double wanted) const;

  /// Whether a method has no rate of this escape on any grid (escape.hpp): its note says why, which is no failure.
  bool lacks_meaning(const std::string& method) const;

  /// What all grids say of a method asked for; names of valleys and what is to be said of the escape are left to the
  /// caller.
  Estimate estimate(const std::string& method) const;
  /// Valley by valley, for an escape to any of several ones.
  std::vector<TargetShare> shares() const;

  /// Of the problem's own grid.
  const std::optional<EscapeSolution<Dim>>& solution() const { return solution_; }
  const std::optional<TransitionPaths>& paths() const { return paths_; }

 private:
  /// On the line surfaces and starts are nodes of every grid: as long as they are as dense as the cells no order is to
  /// be believed, and features far smaller than a cell may have been seen by no quadrature, so that grids agree on what
  /// is wrong. Fine grids cost next to nothing there: the widest cell of a graded axis is to be narrow as well. In the
  /// plane: whether features are overlooked, or cells are so few that differences may look like an order by accident,
  /// seen twice even.
  bool coarse(const std::string& method, double wanted) const;

  struct MethodOnGrids : NumberOnGrids {
    GridMethod estimator;
    bool needs_stationary = false;
    GridSeries duration;                    // of a transition itself, where the method tells it
    std::optional<MethodFailure> failure;   // on the problem's own grid, and no other has helped
    int stalled = 0;                        // finer grids that did not help
    std::optional<double> share_in_valley;  // there, where the method tells it
    double enclosed = 0.0;                  // half-width, relative, that the algebra leaves open on the finest grid
  };

  /// What becomes of all numbers on another level than the problem's own.
  void compare(const Level<Dim>& other, double NumberOnGrids::*change);
  /// Of all numbers.
  void unknown(double NumberOnGrids::*change);
  void record(const std::string& method, const GridValue& found, const Level<Dim>& level);
  GridConvergence converged(const std::string& method) const;
  /// further: what the algebra leaves open of the logarithm.
  GridConvergence converged(const NumberOnGrids& number, double further = 0.0) const;
  /// On the line: cells of the finest grid of a series over the width of what the valley holds (valley_width.hpp).
  /// First-passage times and reactive fluxes are exact whatever it is.
  double cells_over_width(const GridSeries& series) const;
  /// Nothing where the grids tell no value.
  std::optional<TargetShare> share_of(const NumberOnGrids& number, const std::string& name) const;
  std::optional<double> relative_error(const std::string& method) const;

  EscapeRequest request_;
  std::vector<std::string> names_;  // of the valleys
  std::map<std::string, MethodOnGrids> methods_;
  double felt_of_curved_surface_ = 0.0;  // on the problem's own grid
  GridSeries time_;  // mean first-passage times, asked for or not: where they run apart, eigenvalues agree by accident
  std::vector<NumberOnGrids> shares_;  // of the valleys
  NumberOnGrids lost_;                 // at absorbing walls
  std::optional<double> own_spacing_;
  double widest_ = 1.0;  // cell of the problem's own grid over one of evenly many on the same axis
  const Overlooked* overlooked_;
  double own_cells_over_width_ = 0.0;  // valley_width.hpp
  std::optional<EscapeSolution<Dim>> solution_;
  std::optional<TransitionPaths> paths_;
  std::string failure_;  // of everything on the problem's own grid
};

extern template class EscapeOnGrids<1>;
extern template class EscapeOnGrids<2>;

}  // namespace valleyflux
