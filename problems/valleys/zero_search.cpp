#include "problems/valleys/zero_search.hpp"

#include "grids/dense_algebra.hpp"

#include <algorithm>
#include <limits>

namespace valleyflux {

namespace {

/// One damped Newton iteration for F = 0, lengths measured in units of the box along each axis.
template <int Dim>
struct Search {
  Point<Dim> start, x, trial;
  Point<Dim> step = Point<Dim>::Zero();  // from x, before damping
  double residual = std::numeric_limits<double>::infinity();
  double length = 0.0, fraction = 1.0;
  bool solves = false;  // whether the step solves the linearised equation: there may be no such step
};

}  // namespace

template <int Dim>
std::vector<Point<Dim>> find_zeros(const Drift& drift, const Grid<Dim>& grid, const std::vector<Point<Dim>>& starts,
                                   const Point<Dim>& box, double reach) {
  constexpr int most_trials = 400;
  constexpr double least_fraction = 1e-4, small_step = 1e-10, round_off = 1e-16;
  std::vector<Point<Dim>> zeros;
  std::vector<Search<Dim>> searches;
  for (const Point<Dim>& start : starts) searches.push_back({start, start, start});
  Eigen::Matrix<double, Dim, Eigen::Dynamic> points;
  Eigen::MatrixXd forces, jacobians;
  for (int trial = 0; trial < most_trials && !searches.empty(); ++trial) {
    points.resize(Dim, static_cast<Index>(searches.size()));
    for (Index n = 0; n < points.cols(); ++n)
      points.col(n) = grid.wrapped_point(searches[static_cast<std::size_t>(n)].trial);
    drift.sample(points, forces, &jacobians);
    std::vector<Search<Dim>> going_on;
    for (Index n = 0; n < points.cols(); ++n) {
      Search<Dim> search = searches[static_cast<std::size_t>(n)];
      const Point<Dim> force = forces.col(n).cwiseProduct(box);
      const Tensor<Dim> jacobian = box.asDiagonal() * jacobians.col(n).reshaped(Dim, Dim) * box.asDiagonal();
      const double residual = force.norm();
      if (jacobian.allFinite() && residual < search.residual) {
        search.x = search.trial;
        search.residual = residual;
        if (residual == 0.0 || (search.solves && search.length <= round_off)) {
          zeros.push_back(search.x);
          continue;
        }
        if ((search.x - search.start).cwiseQuotient(box).norm() > 4.0 * reach) continue;  // other starts are nearer
        search.step = -solve_singular(jacobian, force);
        search.length = search.step.norm();
        search.solves = (jacobian * search.step + force).norm() <= 1e-6 * residual;
        // Next to a degenerate zero the equation turns singular before the steps become round-off; the force is by
        // then.
        constexpr double no_force = 1e-14;
        if (!search.solves && residual <= no_force * jacobian.norm()) {
          zeros.push_back(search.x);
          continue;
        }
        if (!(search.length > 0)) continue;
        search.fraction = std::min(1.0, reach / search.length);
      } else {
        search.fraction *= 0.5;
        if (search.fraction < least_fraction * std::min(1.0, reach / search.length)) {
          if (search.solves && search.length <= small_step) zeros.push_back(search.x);
          continue;
        }
      }
      search.trial = search.x + search.fraction * search.step.cwiseProduct(box);
      going_on.push_back(search);
    }
    searches = std::move(going_on);
  }
  return zeros;
}

template std::vector<Point<1>> find_zeros(const Drift&, const Grid<1>&, const std::vector<Point<1>>&, const Point<1>&,
                                          double);
template std::vector<Point<2>> find_zeros(const Drift&, const Grid<2>&, const std::vector<Point<2>>&, const Point<2>&,
                                          double);

}  // namespace valleyflux
