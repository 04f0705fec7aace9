#include "solver/discretisation/blocked_crossing.hpp"

#include "problems/dynamics/diffusion_model.hpp"
#include "solver/discretisation/line_integral.hpp"
#include "solver/solver_error.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <Eigen/Eigenvalues>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

namespace valleyflux {

namespace {

/// Smallest eigenvalue of D at n points and its gradient (Hellmann-Feynman: v^T dD/dx_k v).
template <int Dim>
struct WeakestNoise {
  Eigen::VectorXd value;
  Eigen::Matrix<double, Dim, Eigen::Dynamic> gradient;
  std::vector<Tensor<Dim>> tensor;
};

template <int Dim>
WeakestNoise<Dim> weakest_noise(const DiffusionModel& diffusion, const Eigen::MatrixXd& points, double time) {
  DiffusionSamples samples;
  diffusion.sample(points, true, samples, time);
  const Index n = points.cols();
  WeakestNoise<Dim> weakest{Eigen::VectorXd(n), Eigen::Matrix<double, Dim, Eigen::Dynamic>(Dim, n),
                            std::vector<Tensor<Dim>>(static_cast<std::size_t>(n))};
  for (Index p = 0; p < n; ++p) {
    const Tensor<Dim> tensor = Eigen::Map<const Tensor<Dim>>(samples.tensor.col(p).data());
    Point<Dim> direction = Point<Dim>::Ones();
    weakest.value[p] = tensor(0, 0);
    if constexpr (Dim > 1) {
      Eigen::SelfAdjointEigenSolver<Tensor<Dim>> eigen;
      eigen.computeDirect(tensor);
      direction = eigen.eigenvectors().col(0);
      weakest.value[p] = eigen.eigenvalues()[0];
    }
    for (int k = 0; k < Dim; ++k)
      weakest.gradient(k, p) = direction.dot(
          Eigen::Map<const Tensor<Dim>>(samples.gradient.col(p).data() + Index{k} * Dim * Dim) * direction);
    weakest.tensor[static_cast<std::size_t>(p)] = tensor;
  }
  return weakest;
}

template <int Dim>
struct Crossing {
  Point<Dim> place;
  bool blocks_forward, blocks_backward;
  bool in_gap = false;
};

template <int Dim>
class EdgeSearch {
 public:
  EdgeSearch(const Dynamics& dynamics, const Point<Dim>& start, const Point<Dim>& end, double time)
      : dynamics_(dynamics), start_(start), along_(end - start), time_(time) {}

  /// The zero of D between the ends (`largest`: the larger of the eigenvalues there), if there is one. none: what is as
  /// good as no noise.
  std::optional<Crossing<Dim>> operator()(double largest, double none) const {
    if (auto gap = without_noise(none)) return gap;
    double low = 0.0, high = 1.0;
    while (high - low > 1e-15) {
      const double t = 0.5 * (low + high);
      (slope(t) < 0 ? low : high) = t;
    }
    const double t = value(low) < value(high) ? low : high;
    if (value(t) > 1e-10 * largest && !(Dim == 1 && is_cusp(t))) return std::nullopt;
    return Crossing<Dim>{at(t), blocks(t, -1.0), blocks(t, 1.0)};
  }

 private:
  /// An edge that begins, ends or lies in a stretch without noise: its border if that is between, else the middle.
  std::optional<Crossing<Dim>> without_noise(double none) const {
    constexpr double beside = 1e-3;
    const auto empty = [&](double t) { return value(t) <= none; };
    const bool at_start = empty(0.0) && empty(beside), at_end = empty(1.0) && empty(1.0 - beside);
    if (!at_start && !at_end) return std::nullopt;
    double low = 0.0, high = 1.0;
    while (at_start != at_end && high - low > 1e-15) {
      const double t = 0.5 * (low + high);
      (empty(t) == at_start ? low : high) = t;
    }
    const auto carried = [&](double direction) {
      for (const auto& [inside, t] : {std::pair(at_start, beside), std::pair(at_end, 1.0 - beside)}) {
        Eigen::MatrixXd force;
        dynamics_.drift.sample(at(t), force, nullptr, time_);
        if (inside && !(direction * along_.dot(force.col(0)) > 0)) return false;
      }
      return true;
    };
    return Crossing<Dim>{at(0.5 * (low + high)), !carried(1.0), !carried(-1.0), true};
  }

  /// Whether D falls towards t from both sides like a power below 1 of the distance, over four decades: its zero is a
  /// single number then, and round-off of the place keeps D from coming near it.
  bool is_cusp(double t) const {
    for (const double side : {-1.0, 1.0}) {
      std::array<double, 3> values{};
      double distance = 1e-3;
      for (double& near : values) {
        near = value(t + side * distance);
        distance *= 1e-2;
      }
      const double outer = std::log(values[0] / values[1]), inner = std::log(values[1] / values[2]);
      constexpr double alike = 0.02, least = 0.1;  // a power of 0.02
      if (!(values[2] > value(t) && inner > least && std::abs(outer - inner) < alike * inner)) return false;
    }
    return true;
  }

  /// m of F ~ y^m; whole where F is as smooth as it seems.
  static double power_of_drift(double far, double near, double decades) {
    if (near == 0.0) return std::numeric_limits<double>::infinity();
    const double power = std::log(std::abs(far / near)) / decades, whole = std::round(power);
    constexpr double smooth = 0.1;
    return std::abs(power - whole) < smooth ? whole : power;
  }

  Point<Dim> at(double t) const { return start_ + t * along_; }
  WeakestNoise<Dim> noise(double t) const { return weakest_noise<Dim>(*dynamics_.diffusion, at(t), time_); }
  double value(double t) const { return noise(t).value[0]; }
  double slope(double t) const { return noise(t).gradient.col(0).dot(along_); }

  /// Whether a trajectory that comes from the `side` (-1: start, +1: end) of the zero at t cannot pass it: F turns it
  /// back there, or it never comes there.
  bool blocks(double t, double side) const {
    std::array<double, 2> ratio{}, across{}, force_across{};
    constexpr std::array<double, 2> distances{1e-3, 1e-5};
    for (std::size_t k = 0; k < 2; ++k) {
      const double from = t + side * distances[k];
      const WeakestNoise<Dim> near = noise(from);
      const Point<Dim> uphill = near.gradient.col(0);  // away from the zero
      if (!(uphill.norm() > 0)) return false;
      const Point<Dim> normal = uphill.normalized();
      Eigen::MatrixXd force;
      dynamics_.drift.sample(at(from), force, nullptr, time_);
      across[k] = normal.dot(near.tensor[0] * normal);
      force_across[k] = normal.dot(force.col(0));
      ratio[k] = distances[k] * std::abs(normal.dot(along_)) * force_across[k] / across[k];
    }
    // D ~ y^p and F ~ y^m over two decades of distance: F y / D goes to zero unless p >= 1 + m.
    const double decades = std::log(distances[0] / distances[1]);
    const double p = std::log(across[0] / across[1]) / decades;
    const double excess = 1.0 + power_of_drift(force_across[0], force_across[1], decades) - p;
    constexpr double none_left = 5e-3, told_apart = 0.045;
    const bool stays = excess < none_left;
    if (!stays && excess < told_apart && ratio[0] > 0)
      throw SolverError(
          fmt::format("near x = {:.8g} the noise falls like the distance to the power {:.3g}: too near to {:.3g}, from "
                      "which on a drift turns everything back there, to tell one from the other",
                      fmt::join(at(t), ", "), p, p + excess));
    if (ratio[0] > 0 && ratio[1] > 0 && stays) return true;
    // The scale density goes like y^-(alpha p + s), F / D like s / y: where its integral diverges the zero is not
    // reached.
    constexpr double nearly = 1.0 - 5e-3;
    return alpha_of(dynamics_.interpretation) * p + (stays ? ratio[1] : 0.0) >= nearly;
  }

  const Dynamics& dynamics_;
  Point<Dim> start_, along_;
  double time_;
};

}  // namespace

template <int Dim>
std::vector<BlockedCrossing<Dim>> find_blocked_crossings(const Dynamics& dynamics, const StateSpace<Dim>& space,
                                                         const Generator& generator,
                                                         const std::function<Point<Dim>(Index edge)>& along_edge,
                                                         double time, std::vector<Point<Dim>>* passed) {
  std::vector<BlockedCrossing<Dim>> blocked;
  if (dynamics.diffusion->constant()) return blocked;
  Eigen::MatrixXd points(Dim, space.states());
  for (Index state = 0; state < space.states(); ++state) points.col(state) = space.position(state);
  const WeakestNoise<Dim> weakest = weakest_noise<Dim>(*dynamics.diffusion, points, time);
  constexpr double next_to_none = 1e-200;
  const double none = next_to_none * weakest.value.cwiseAbs().maxCoeff();
  for (Index edge = 0; edge < generator.edges(); ++edge) {
    const auto e = static_cast<std::size_t>(edge);
    const Index i = generator.from[e], j = generator.to[e];
    const Point<Dim> start = points.col(i), along = along_edge(edge);
    const Point<Dim> end = start + along;
    const double a = weakest.value[i], b = weakest.value[j], largest = std::max(a, b);
    const double slope_a = weakest.gradient.col(i).dot(along), slope_b = weakest.gradient.col(j).dot(along);
    const bool zero_at_end = std::min(a, b) <= 1e-10 * largest;
    // Tangents of the eigenvalue that meet near or below zero between the ends; those of a cusp may meet anywhere.
    const bool dips = slope_a < 0 && slope_b > 0 &&
                      (Dim == 1 || a + slope_a * (b - slope_b - a) / (slope_a - slope_b) <= 0.25 * std::min(a, b));
    if (!zero_at_end && !dips) continue;
    if (const auto crossing = EdgeSearch<Dim>(dynamics, start, end, time)(largest, none)) {
      // Bisection leaves round-off where a coordinate is zero.
      const double round_off = 1e-12 * along.norm();
      const Point<Dim> place = space.grid().wrapped_point(
          crossing->place.unaryExpr([&](double x) { return std::abs(x) < round_off ? 0.0 : x; }));
      if (crossing->blocks_forward) blocked.push_back({edge, true, place, crossing->in_gap});
      if (crossing->blocks_backward) blocked.push_back({edge, false, place, crossing->in_gap});
      if (passed && !crossing->blocks_forward && !crossing->blocks_backward) passed->push_back(place);
    }
  }
  return blocked;
}

template std::vector<BlockedCrossing<1>> find_blocked_crossings(const Dynamics&, const StateSpace<1>&, const Generator&,
                                                                const std::function<Point<1>(Index)>&, double,
                                                                std::vector<Point<1>>*);
template std::vector<BlockedCrossing<2>> find_blocked_crossings(const Dynamics&, const StateSpace<2>&, const Generator&,
                                                                const std::function<Point<2>(Index)>&, double,
                                                                std::vector<Point<2>>*);

}  // namespace valleyflux
