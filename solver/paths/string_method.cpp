#include "solver/paths/string_method.hpp"

#include "grids/dense_algebra.hpp"
#include "problems/require_coefficients.hpp"
#include "problems/valleys/eigen_decomposition.hpp"
#include "solver/paths/path.hpp"
#include "solver/solver_error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace valleyflux {

namespace {

FieldSamples sampled(const Landscape& landscape, const Eigen::MatrixXd& points, int order) {
  FieldSamples samples;
  landscape.sample(points, order, samples);
  if (!samples.value.allFinite() || !samples.gradient.allFinite())
    throw std::invalid_argument("the landscape is not finite on the path: give another one to start from");
  return samples;
}

/// The string's images when they have come to rest.
struct Relaxed {
  Eigen::MatrixXd points;
  long iterations = 0;
};

Relaxed relaxed(const Landscape& landscape, Eigen::MatrixXd points, const StringOptions& options) {
  // As large as the stiffest direction allows; the stiffness is looked at again now and then.
  constexpr long between_looks = 50;
  constexpr double part = 0.2;
  double step = 0.0, scale = 0.0;
  for (long k = 0; k < options.max_iterations; ++k) {
    if (k % between_looks == 0) {
      const FieldSamples samples = sampled(landscape, points, 2);
      double stiffness = 0.0;
      for (Index i = 0; i < points.cols(); ++i) stiffness = std::max(stiffness, samples.hessian.col(i).norm());
      if (!(stiffness > 0) || !std::isfinite(stiffness))
        throw std::invalid_argument("the landscape has no curvature on the path");
      step = part / stiffness;
      scale = samples.gradient.colwise().norm().maxCoeff();
    }
    // Fourth order in the step: a path bent from the flow's by Euler's steps would be at rest just as well.
    const Eigen::MatrixXd k1 = sampled(landscape, points, 1).gradient;
    const Eigen::MatrixXd k2 = sampled(landscape, points - 0.5 * step * k1, 1).gradient;
    const Eigen::MatrixXd k3 = sampled(landscape, points - 0.5 * step * k2, 1).gradient;
    const Eigen::MatrixXd k4 = sampled(landscape, points - step * k3, 1).gradient;
    Eigen::MatrixXd moved = points - step / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4);
    moved.col(0) = points.col(0);
    moved.col(points.cols() - 1) = points.col(points.cols() - 1);
    moved = evenly_spaced(moved, points.cols());
    const double speed = (moved - points).colwise().norm().maxCoeff() / step;
    points = std::move(moved);
    if (speed <= options.tolerance * scale) return {std::move(points), k + 1};
  }
  throw SolverError(
      fmt::format("the string of {} images did not come to rest in {} steps", points.cols(), options.max_iterations));
}

/// Newton's method for grad L = 0 from `extremum`, given up where it leaves the neighbourhood.
void refine(const Landscape& landscape, double reach, PathExtremum& extremum) {
  const Index d = extremum.position.size();
  Eigen::VectorXd x = extremum.position;
  FieldSamples samples;
  constexpr int newton_steps = 50;
  constexpr double round_off = 1e-13;
  for (int k = 0; k < newton_steps; ++k) {
    landscape.sample(x, 2, samples);
    const Eigen::MatrixXd hessian = samples.hessian.reshaped(d, d);
    const Eigen::VectorXd move = solve_dense(hessian, -samples.gradient.col(0));
    if (!move.allFinite() || !((x + move - extremum.position).norm() <= reach)) return;
    x += move;
    if (move.norm() > round_off * (reach + x.norm())) continue;
    landscape.sample(x, 2, samples);
    const Eigen::VectorXd values = symmetric_eigen(samples.hessian.reshaped(d, d)).values;
    extremum.position = x;
    extremum.height = samples.value[0];
    extremum.index = static_cast<int>((values.array() < 0).count());
    extremum.refined = true;
    return;
  }
}

std::vector<PathExtremum> extrema_of(const Landscape& landscape, const Eigen::MatrixXd& points,
                                     const Eigen::VectorXd& heights) {
  const PathSpline spline(points);
  const Index n = points.cols();
  const double spacing = spline.length() / static_cast<double>(n - 1);
  constexpr double reach = 3.0;  // spacings
  std::vector<PathExtremum> found;
  for (Index i = 1; i + 1 < n; ++i) {
    const double before = heights[i] - heights[i - 1], after = heights[i + 1] - heights[i];
    if (before * after >= 0) continue;
    PathExtremum extremum;
    extremum.maximum = before > 0;
    const double offset = 0.5 * (before + after) / (before - after);
    extremum.position = spline.at((static_cast<double>(i) + offset) * spacing);
    FieldSamples samples;
    landscape.sample(extremum.position, 2, samples);
    extremum.height = samples.value[0];
    extremum.index = static_cast<int>(
        (symmetric_eigen(samples.hessian.reshaped(points.rows(), points.rows())).values.array() < 0).count());
    refine(landscape, reach * spacing, extremum);
    // Two images at the same height beside a critical point find it twice; near the ends a flat valley may find these.
    const auto same = [&](const Eigen::VectorXd& other) {
      constexpr double equal = 1e-6;
      return (extremum.position - other).norm() <= equal * spacing;
    };
    if (same(points.col(0)) || same(points.col(n - 1)) || (!found.empty() && same(found.back().position))) continue;
    found.push_back(std::move(extremum));
  }
  return found;
}

/// The higher end, where nothing between the ends is higher.
PathExtremum highest(const MinimumEnergyPath& path) {
  const auto lower = [](const PathExtremum& one, const PathExtremum& other) { return one.height < other.height; };
  const Index n = path.points.cols();
  const Index end = path.heights[0] < path.heights[n - 1] ? n - 1 : 0;
  const auto top = std::max_element(path.extrema.begin(), path.extrema.end(), lower);
  if (top != path.extrema.end() && top->height > path.heights[end]) return *top;
  return {path.points.col(end), path.heights[end], true, false, 0};
}

double residual_of(const Eigen::MatrixXd& points, const Eigen::MatrixXd& gradient) {
  const PathSpline spline(points);
  double largest = 0.0;
  for (Index i = 1; i + 1 < points.cols(); ++i) {
    const Eigen::VectorXd tangent =
        spline.slope(spline.length() * static_cast<double>(i) / static_cast<double>(points.cols() - 1)).normalized();
    const Eigen::VectorXd force = gradient.col(i);
    largest = std::max(largest, (force - tangent * tangent.dot(force)).norm());
  }
  return largest / gradient.colwise().norm().maxCoeff();
}

}  // namespace

MinimumEnergyPath minimum_energy_path(const Landscape& landscape, const Eigen::VectorXd& a, const Eigen::VectorXd& b,
                                      const StringOptions& options) {
  require_autonomous(landscape);
  const Index d = landscape.dimension();
  if (a.size() != d || b.size() != d)
    throw std::invalid_argument(
        fmt::format("a path in {} dimensions got ends of {} and {} coordinates", d, a.size(), b.size()));
  if (a == b) throw std::invalid_argument("both ends of the path are the same point");
  constexpr Index fewest = 17;
  if (options.images < fewest)
    throw std::invalid_argument(fmt::format("the string needs at least {} images (got {})", fewest, options.images));
  if (options.path && options.path->rows() != d)
    throw std::invalid_argument(fmt::format("the initial path has {} coordinates, not {}", options.path->rows(), d));

  Eigen::MatrixXd points = options.path ? *options.path : straight_path(a, b, fewest);
  points.col(0) = a;
  points.col(points.cols() - 1) = b;
  MinimumEnergyPath path;
  for (const Index parts : {4, 2, 1}) {
    const Index images = (options.images - 1) / parts + 1;
    if (images < 4) continue;
    const Eigen::MatrixXd coarse = path.points;
    const double coarse_barrier = path.barrier;
    Relaxed string = relaxed(landscape, evenly_spaced(points, images), options);
    points = string.points;
    path.points = std::move(string.points);
    path.iterations += string.iterations;
    const FieldSamples samples = sampled(landscape, path.points, 1);
    path.heights = samples.value;
    path.extrema = extrema_of(landscape, path.points, path.heights);
    path.top = highest(path);
    path.barrier = path.top.height - path.heights[0];
    path.residual = residual_of(path.points, samples.gradient);
    path.length = cumulative_lengths(path.points)[images - 1];
    if (parts > 1) continue;
    path.barrier_error = std::abs(path.barrier - coarse_barrier);
    path.path_error = (evenly_spaced(coarse, images) - path.points).colwise().norm().maxCoeff();
  }
  return path;
}

}  // namespace valleyflux
