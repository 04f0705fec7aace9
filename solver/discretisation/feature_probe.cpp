#include "solver/discretisation/feature_probe.hpp"

#include "grids/first_failure.hpp"
#include "problems/dynamics/diffusion_model.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace valleyflux {

namespace {

constexpr Index samples = 4096;

/// Position on an axis after a share of its lattice, and the derivative by that share.
double position_at(const Axis& axis, double share) {
  return axis.position(axis.lattice(share * static_cast<double>(axis.cells()) - 0.5));
}
double stretch_at(const Axis& axis, double share) {
  const auto cells = static_cast<double>(axis.cells());
  return axis.stretch(axis.lattice(share * cells - 0.5)) * axis.spacing() * cells;
}

/// Cubic between two values with their slopes, t in [0, 1].
double cubic(double from, double to, double slope_from, double slope_to, double t) {
  const double s = 1.0 - t;
  return from * s * s * (1.0 + 2.0 * t) + to * t * t * (1.0 + 2.0 * s) + t * s * (s * slope_from - t * slope_to);
}

}  // namespace

FeatureProbe::FeatureProbe(const Problem<2>& problem) {
  constexpr int spread = 16;
  constexpr std::size_t most_points = 16;
  for (int k = 0; k < 2; ++k) {
    const auto add = [&](double across) { lines_.push_back({k, across, {}, {}, {}, {}}); };
    for (int n = 0; n < spread; ++n) add(position_at(problem.grid.axis(1 - k), (n + 0.5) / spread));
    for (std::size_t n = 0; n < std::min(most_points, problem.critical_points.size()); ++n)
      add(problem.critical_points[n].position[1 - k]);
  }
  double highest = -std::numeric_limits<double>::infinity();
  for (const auto& point : problem.critical_points) highest = std::max(highest, point.height);
  FirstFailure failure;
#pragma omp parallel for schedule(dynamic, 1)
  for (Line& line : lines_) failure.guard([&] { sample(problem, highest, line); });
  failure.rethrow();
}

void FeatureProbe::sample(const Problem<2>& problem, double highest, Line& line) {
  constexpr double above = 20.0;  // kT
  const int k = line.axis;
  const Axis& along = problem.grid.axis(k);
  Eigen::Matrix2Xd points(2, samples + 1);
  for (Index j = 0; j <= samples; ++j) {
    points(k, j) = std::clamp(position_at(along, static_cast<double>(j) / samples), along.min(), along.max());
    points(1 - k, j) = line.across;
  }
  Eigen::MatrixXd force;
  problem.dynamics.drift.sample(points, force);
  DiffusionSamples diffusion;
  problem.dynamics.diffusion->sample(points, false, diffusion);
  const Landscape* landscape = std::isfinite(highest) ? problem.dynamics.drift.potential().get() : nullptr;
  FieldSamples field;
  if (landscape) landscape->sample(points, 0, field);
  const auto& mobility = problem.dynamics.drift.mobility();
  line.noise = diffusion.tensor.row(Index{3} * k).transpose();
  line.slope.resize(samples + 1);
  line.counts.resize(samples + 1);
  for (Index j = 0; j <= samples; ++j) {
    line.slope[j] = -force(k, j) / line.noise[j] * stretch_at(along, static_cast<double>(j) / samples);
    const bool low = !landscape || field.value[j] <= highest + above * (mobility ? mobility->kT : line.noise[j]);
    line.counts[static_cast<std::size_t>(j)] =
        low && problem.grid.contains(points.col(j)) && line.noise[j] > 0 && std::isfinite(line.slope[j]);
    if (!std::isfinite(line.slope[j])) line.slope[j] = 0.0;
  }
  line.rise.resize(samples + 1);
  line.rise[0] = 0.0;
  for (Index j = 0; j < samples; ++j)
    line.rise[j + 1] = line.rise[j] + 0.5 * (line.slope[j] + line.slope[j + 1]) / samples;
}

Overlooked FeatureProbe::overlooked_by(const Grid<2>& grid) const {
  constexpr double part_of_noise = 0.4, least_noise = 0.1;
  Overlooked worst;
  for (const Line& line : lines_) {
    const Axis& axis = grid.axis(line.axis);
    const double width = 1.0 / static_cast<double>(axis.cells());
    const auto at = [&](double share, double& rise, double& slope) {
      const Index j = std::min(static_cast<Index>(share * samples), samples - 1);
      const double t = share * samples - static_cast<double>(j);
      rise = cubic(line.rise[j], line.rise[j + 1], line.slope[j] / samples, line.slope[j + 1] / samples, t);
      slope = line.slope[j] + t * (line.slope[j + 1] - line.slope[j]);
    };
    for (Index cell = 0; cell + 1 < axis.cells(); ++cell) {
      const double from = (static_cast<double>(cell) + 0.5) * width;
      const auto first = static_cast<Index>(std::ceil(from * samples)),
                 last = static_cast<Index>(std::floor((from + width) * samples));
      if (last - first < 2) continue;
      const auto noise = line.noise.segment(first, last - first + 1);
      if (!std::all_of(line.counts.begin() + first, line.counts.begin() + last + 1, [](char c) { return c != 0; }) ||
          noise.minCoeff() < least_noise * noise.maxCoeff())
        continue;
      double rise_from, rise_to, slope_from, slope_to;
      at(from, rise_from, slope_from);
      at(from + width, rise_to, slope_to);
      const double scale = 1.0 + std::abs(rise_to - rise_from);
      const double log_noise = std::log(noise[0]),
                   change = (std::log(noise[noise.size() - 1]) - log_noise) / static_cast<double>(last - first);
      for (Index j = first; j <= last; ++j) {
        const double share = static_cast<double>(j) / samples;
        const double seen = cubic(rise_from, rise_to, slope_from * width, slope_to * width, (share - from) / width);
        const double noise_seen = log_noise + change * static_cast<double>(j - first);
        const double off = std::max(std::abs(seen - line.rise[j]) / scale,
                                    part_of_noise * std::abs(std::log(line.noise[j]) - noise_seen));
        if (!(off > worst.share)) continue;
        worst.share = off;
        worst.place[line.axis] = position_at(axis, share);
        worst.place[1 - line.axis] = line.across;
      }
    }
  }
  return worst;
}

}  // namespace valleyflux
