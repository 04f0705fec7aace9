#include "solver/discretisation/edge_integral.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace valleyflux {

namespace {

// Gauss-Legendre nodes and weights on [0, 1], eight points.
constexpr std::array<double, 8> nodes{0.019855071751231884, 0.10166676129318664, 0.2372337950418355,
                                      0.4082826787521751,   0.5917173212478249,  0.7627662049581645,
                                      0.8983332387068134,   0.9801449282487681};
constexpr std::array<double, 8> weights{0.05061426814518813, 0.11119051722668724, 0.15685332293894363,
                                        0.18134189168918100, 0.18134189168918100, 0.15685332293894363,
                                        0.11119051722668724, 0.05061426814518813};

/// Ends of the pieces of [0, t] on which Z is monotone; the last entries repeat t.
std::array<double, 4> monotone_pieces(const EdgePotential& z, double t) {
  std::array<double, 4> ends{0.0, t, t, t};
  // Z' = a1 + 2 a2 t + 3 a3 t^2
  const double discriminant = z.a2 * z.a2 - 3.0 * z.a1 * z.a3;
  if (!(discriminant > 0)) return ends;
  const double root = -(z.a2 + std::copysign(std::sqrt(discriminant), z.a2));
  const double infinity = std::numeric_limits<double>::infinity();
  const double first = z.a3 != 0 ? root / (3.0 * z.a3) : infinity;
  const double second = root != 0 ? z.a1 / root : infinity;
  std::size_t count = 1;
  for (const double turn : {std::min(first, second), std::max(first, second)})
    if (turn > 0 && turn < t) ends[count++] = turn;
  return ends;  // turns in ascending order, then t
}

double lowest_value(const EdgePotential& z, double t) {
  double lowest = 0.0;
  for (const double end : monotone_pieces(z, t)) lowest = std::min(lowest, z(end));
  return lowest;
}

/// int_a^b exp(floor - Z) over a piece on which Z is monotone.
double monotone_integral(const EdgePotential& z, double a, double b, double za, double zb, double floor) {
  constexpr double panel_range = 1.0;  // kT: eight points are exact to round-off then, inflections included
  constexpr double negligible = 60.0;  // exp(-60) of the largest integrand is far below round-off
  if (b <= a || std::min(za, zb) - floor > negligible) return 0.0;
  const double width = b - a, middle = 0.5 * (a + b);
  if (std::abs(zb - za) > panel_range && middle > a && middle < b) {
    const double zm = z(middle);
    return monotone_integral(z, a, middle, za, zm, floor) + monotone_integral(z, middle, b, zm, zb, floor);
  }
  double sum = 0.0;
  for (std::size_t q = 0; q < nodes.size(); ++q) sum += weights[q] * std::exp(floor - z(a + nodes[q] * width));
  return width * sum;
}

/// int_0^t exp(floor - Z).
double shifted_integral(const EdgePotential& z, double t, double floor) {
  const std::array<double, 4> ends = monotone_pieces(z, t);
  double sum = 0.0;
  for (std::size_t k = 0; k + 1 < ends.size(); ++k)
    sum += monotone_integral(z, ends[k], ends[k + 1], z(ends[k]), z(ends[k + 1]), floor);
  return sum;
}

}  // namespace

EdgeRates edge_rates(const EdgePotential& z) {
  const double lowest = lowest_value(z, 1.0);
  const double integral = shifted_integral(z, 1.0, lowest);
  return {std::exp(lowest) / integral, std::exp(lowest - z(1.0)) / integral};
}

EdgeRates edge_rates(const PiecewisePotential& z) {
  double lowest = 0.0, rise = 0.0;
  for (const auto& piece : z.pieces) {
    lowest = std::min(lowest, rise + lowest_value(piece.potential, 1.0));
    rise += piece.potential(1.0);
  }
  double base = 0.0, integral = 0.0;
  for (const auto& [length, potential] : z.pieces) {
    integral += length * shifted_integral(potential, 1.0, lowest - base);
    base += potential(1.0);
  }
  return {std::exp(lowest) / integral, std::exp(lowest - rise) / integral};
}

}  // namespace valleyflux
