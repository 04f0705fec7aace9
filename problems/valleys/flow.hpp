#pragma once

#include "grids/grid.hpp"
#include "problems/dynamics/drift.hpp"
#include "problems/valleys/critical_points.hpp"

#include <Eigen/Core>

#include <atomic>
#include <cstdint>
#include <functional>
#include <vector>

namespace valleyflux {

/// The noise-free motion dx/dt = F(x) inside a box: periodic axes wrap, reflecting walls stop the component of F that
/// points through them, absorbing walls end the flow.
template <int Dim>
class Flow {
 public:
  /// `critical_points`: all that are known inside the box; those of index 0 are where flows end.
  Flow(Drift drift, Grid<Dim> grid, const std::vector<CriticalPoint<Dim>>& critical_points);

  /// An answer that is known without going on from x: k >= -1, or `unknown`.
  using Known = std::function<int(const Point<Dim>& x)>;
  static constexpr int unknown = -2;

  /// Which stable point (k-th in the order of `critical_points`) the flow from x ends in; -1 if it ends elsewhere. A
  /// flow that arrives at an unstable point to round-off is pushed off towards lower coordinates. `tolerance`: error of
  /// a step in units of the box; `known`, if given, is asked after every step. In one dimension the answer is exact
  /// (the sorted zeros of F) and both are ignored. Thread-safe.
  int end_of(const Point<Dim>& x, double tolerance = 1e-10, const Known& known = {}) const;
  /// The same for every column of `starts`, much faster than one by one. `steps_left`, if given, counts down the steps
  /// of all flows: std::invalid_argument, naming the start of one that has not ended, when none is left.
  std::vector<int> ends_of(const Eigen::Ref<const Eigen::Matrix<double, Dim, Eigen::Dynamic>>& starts,
                           double tolerance = 1e-10, const Known& known = {},
                           std::atomic<std::int64_t>* steps_left = nullptr) const;

  const std::vector<CriticalPoint<Dim>>& stable_points() const { return stable_; }

 private:
  /// Ball (x - a)^T metric (x - a) < level around the stable point a, in units of the box, that no flow leaves.
  struct Trap {
    Tensor<Dim> metric;
    double level = 0.0;
  };
  using Positions = Eigen::Matrix<double, Dim, Eigen::Dynamic>;
  Trap trap_around(const CriticalPoint<Dim>& stable) const;
  Tensor<Dim> scaled_jacobian(const CriticalPoint<Dim>& point) const;
  int end_on_line(double x) const;
  /// A flow on its way, in units of the box.
  struct Progressing {
    Index start;
    Point<Dim> y;
    Point<Dim> resting;  // where it was `rested` steps ago, to ten errors of a step
    double step = 0.0;   // time; 0 before the first
    int rested = 0;
  };
  void integrate(const Eigen::Ref<const Positions>& starts, double tolerance, const Known& known,
                 std::atomic<std::int64_t>* steps_left, std::vector<int>& ends) const;
  /// Goes on with flows whose explicit steps are held back by what decays fastest, by linearly implicit ones.
  void integrate_stiffly(const Eigen::Ref<const Positions>& starts, std::vector<Progressing> flows, double tolerance,
                         const Known& known, std::atomic<std::int64_t>* steps_left, std::vector<int>& ends) const;
  /// Whether the explicit steps of each are at the limit of their stability.
  std::vector<char> held_by_stability(const std::vector<Progressing>& flows) const;
  /// Takes a step of `count` flows, the first of them from `start`, off those that are left.
  static void use_steps(std::atomic<std::int64_t>* steps_left, Index count, const Point<Dim>& start);
  /// Velocities at y, both in units of the box, held back by reflecting walls; `points` is room for the positions.
  void velocities(const Positions& y, Eigen::MatrixXd& points, Eigen::MatrixXd& velocity) const;
  Point<Dim> confined(Point<Dim> x) const;
  bool absorbed(const Point<Dim>& x) const;
  int end_at(const Point<Dim>& x, const Known& known) const;
  void push_off_unstable(double tolerance, Eigen::Ref<Point<Dim>> y) const;

  Drift drift_;
  Grid<Dim> grid_;
  Point<Dim> box_;
  std::vector<CriticalPoint<Dim>> stable_, unstable_;
  std::vector<Trap> traps_;
  std::vector<double> zeros_;     // one dimension: all zeros of F, ascending
  std::vector<int> zero_stable_;  // index into stable_, -1 for the others
  std::vector<int> upwards_;      // sign of F below the first zero, between them and above the last
};

extern template class Flow<1>;
extern template class Flow<2>;

}  // namespace valleyflux
