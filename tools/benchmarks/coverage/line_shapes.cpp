#include "tools/benchmarks/coverage/line_shapes.hpp"

#include <algorithm>
#include <cmath>

namespace valleyflux::coverage {

namespace {

constexpr int steps = 2000;

/// The generalised potential at steps + 1 even points, 0 at the first: midpoint rule, for choosing alone.
std::vector<double> potential(const LineProcess& process, double from, double to) {
  std::vector<double> values{0.0};
  const double h = (to - from) / steps;
  for (int k = 0; k < steps; ++k)
    values.push_back(values.back() + h * static_cast<double>(process.potential_slope(from + (k + 0.5) * h)));
  return values;
}

}  // namespace

double barrier(const LineProcess& process, double start, double end) {
  const std::vector<double> rise = potential(process, start, end);
  return *std::max_element(rise.begin(), rise.end());
}

double potential_span(const LineProcess& process, double low, double high) {
  const std::vector<double> rise = potential(process, low, high);
  const auto [least, most] = std::minmax_element(rise.begin(), rise.end());
  return *most - *least;
}

void set_barrier(LineProcess& process, double start, double end, double height) {
  process.diffusion = 1.0;
  const double rise = barrier(process, start, end);
  constexpr double least = 1e-3;
  if (!(rise > least)) throw Unfit("nothing to climb");
  process.diffusion = rise / height;
}

double lowest_stable_point(const LineProcess& process, double low, double high) {
  const std::vector<double> points = process.stable_points(low, high);
  if (points.empty()) throw Unfit("no stable point");
  return *std::min_element(points.begin(), points.end(),
                           [&](double a, double b) { return process.landscape(a) < process.landscape(b); });
}

void draw_noise(LineProcess& process, Random& random, double period) {
  process.alpha = 0.5 * random.choice(3);
  if (random.chance(0.4)) return;
  constexpr double turn = 2.0 * M_PI;
  process.modulation = {random.uniform(0.1, 0.8),
                        period > 0 ? turn / period * (1 + random.choice(2)) : random.uniform(0.5, 3.0),
                        random.uniform(0.0, turn)};
}

LineProcess draw_double_well(Random& random) {
  LineProcess process;
  const double size = random.log_uniform(0.3, 3.0);
  process.polynomial = {0.0, size * random.uniform(-0.3, 0.3), -0.5 * size, 0.0, 0.25 * size};
  if (random.chance(0.3))
    process.waves = {{size * random.uniform(0.01, 0.05), random.uniform(2.0, 6.0), random.uniform(0.0, 6.28)}};
  return process;
}

Segment confined(const LineProcess& process, double low, double high, double rise) {
  const double h = (high - low) / steps;
  Segment found{low, high};
  for (double up = 0.0; up < rise; found.low -= h)
    up -= h * static_cast<double>(process.potential_slope(found.low - 0.5 * h));
  for (double up = 0.0; up < rise; found.high += h)
    up += h * static_cast<double>(process.potential_slope(found.high + 0.5 * h));
  return found;
}

}  // namespace valleyflux::coverage
