#include "solver/discretisation/edge_integral.hpp"

#include "solver/discretisation/line_integral.hpp"

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

/// Integrals over a stretch of an edge, Z counted from its start; logarithms but for the rise.
struct Stretch {
  double rise;
  double resistance, mass;  // int exp(-Z), int exp(Z)
  double ahead, behind;     // of exp(Z(t) - Z(s)) over all t < s, and over all t > s
};

Stretch joined(const Stretch& a, const Stretch& b) {
  return {a.rise + b.rise, log_sum(a.resistance, b.resistance - a.rise), log_sum(a.mass, b.mass + a.rise),
          log_sum(log_sum(a.ahead, b.ahead), a.mass + b.resistance - a.rise),
          log_sum(log_sum(a.behind, b.behind), a.resistance + b.mass + a.rise)};
}

Stretch shortened(const Stretch& z, double length) {
  const double log_length = std::log(length);
  return {z.rise, z.resistance + log_length, z.mass + log_length, z.ahead + 2.0 * log_length,
          z.behind + 2.0 * log_length};
}

/// Integral from 0 to each node of the polynomial through values at the nodes.
using NodeMatrix = std::array<std::array<double, nodes.size()>, nodes.size()>;

NodeMatrix cumulative_weights() {
  NodeMatrix cumulative{};
  for (std::size_t q = 0; q < nodes.size(); ++q)
    for (std::size_t r = 0; r < nodes.size(); ++r)
      for (std::size_t p = 0; p < nodes.size(); ++p) {
        const double t = nodes[q] * nodes[p];
        double lagrange = 1.0;
        for (std::size_t k = 0; k < nodes.size(); ++k)
          if (k != r) lagrange *= (t - nodes[k]) / (nodes[r] - nodes[k]);
        cumulative[q][r] += nodes[q] * weights[p] * lagrange;
      }
  return cumulative;
}

/// The integrals of a stretch over which Z varies little, by one rule; not logarithms.
Stretch by_one_rule(const EdgePotential& z) {
  static const NodeMatrix cumulative = cumulative_weights();
  std::array<double, nodes.size()> falling;
  Stretch sum{z(1.0), 0.0, 0.0, 0.0, 0.0};
  for (std::size_t q = 0; q < nodes.size(); ++q) {
    falling[q] = std::exp(-z(nodes[q]));
    sum.resistance += weights[q] * falling[q];
  }
  for (std::size_t q = 0; q < nodes.size(); ++q) {
    double before = 0.0;
    for (std::size_t r = 0; r < nodes.size(); ++r) before += cumulative[q][r] * falling[r];
    const double rising = weights[q] / falling[q];
    sum.mass += rising;
    sum.behind += rising * before;
  }
  sum.ahead = sum.mass * sum.resistance - sum.behind;
  return sum;
}

Stretch logarithms(const Stretch& z) {
  return {z.rise, std::log(z.resistance), std::log(z.mass), std::log(z.ahead), std::log(z.behind)};
}

double largest_change(const EdgePotential& z) {
  return std::abs(z.a1) + std::abs(z.a2) + std::abs(z.a3);
}

/// log((1 - exp(-s)) / s) and log((exp(-s) - 1 + s) / s^2), for |s| above round-off's reach.
double log_first(double s) {
  return s > 0 ? std::log(-std::expm1(-s) / s) : -s + std::log(-std::expm1(s) / -s);
}
double log_second(double s) {
  return s > 0 ? std::log((std::expm1(-s) + s) / (s * s))
               : -s + std::log1p((s - 1.0) * std::exp(s)) - 2.0 * std::log(-s);
}

Stretch linear_stretch(double rise) {
  return {rise, log_first(rise), log_first(-rise), log_second(rise), log_second(-rise)};
}

Stretch stretch(const EdgePotential& z, int depth = 0) {
  constexpr double gentle = 2.0;     // kT
  constexpr double straight = 1e-7;  // kT
  constexpr int deepest = 6;
  const double bend = std::abs(z.a2) + std::abs(z.a3);
  if (largest_change(z) <= gentle) return logarithms(by_one_rule(z));
  const double rise = z(1.0);
  if ((bend < straight || depth == deepest) && std::abs(rise) > 0.5 * gentle) return linear_stretch(rise);
  if (depth >= 2 * deepest) return logarithms(by_one_rule({rise, 0.0, 0.0}));
  const EdgePotential first{0.5 * z.a1, 0.25 * z.a2, 0.125 * z.a3};
  const EdgePotential second{0.5 * (z.a1 + z.a2 + 0.75 * z.a3), 0.25 * (z.a2 + 1.5 * z.a3), 0.125 * z.a3};
  return joined(shortened(stretch(first, depth + 1), 0.5), shortened(stretch(second, depth + 1), 0.5));
}

EdgeMasses masses(const Stretch& z) {
  return {z.ahead - z.resistance, z.behind - z.rise - z.resistance, z.mass};
}

}  // namespace

EdgeRates edge_rates(const EdgePotential& potential) {
  const double lowest = lowest_value(potential, 1.0);
  const double integral = shifted_integral(potential, 1.0, lowest);
  return {std::exp(lowest) / integral, std::exp(lowest - potential(1.0)) / integral};
}

EdgeRates edge_rates(const PiecewisePotential& potential) {
  double lowest = 0.0, rise = 0.0;
  for (const auto& piece : potential.pieces) {
    lowest = std::min(lowest, rise + lowest_value(piece.potential, 1.0));
    rise += piece.potential(1.0);
  }
  double base = 0.0, integral = 0.0;
  for (const auto& piece : potential.pieces) {
    integral += piece.length * shifted_integral(piece.potential, 1.0, lowest - base);
    base += piece.potential(1.0);
  }
  return {std::exp(lowest) / integral, std::exp(lowest - rise) / integral};
}

EdgeMasses edge_masses(const EdgePotential& potential) {
  return masses(stretch(potential));
}

EdgeMasses edge_masses(const PiecewisePotential& potential) {
  const auto of_piece = [](const PiecewisePotential::Piece& piece) {
    return shortened(stretch(piece.potential), piece.length);
  };
  Stretch whole = of_piece(potential.pieces.front());
  for (std::size_t k = 1; k < potential.pieces.size(); ++k) whole = joined(whole, of_piece(potential.pieces[k]));
  return masses(whole);
}

EdgeIntegrals edge_integrals(const EdgePotential& potential) {
  constexpr double one_rule = 0.5;  // kT
  if (largest_change(potential) > one_rule) return {edge_rates(potential), edge_masses(potential)};
  const Stretch sum = by_one_rule(potential);
  return {{1.0 / sum.resistance, std::exp(-sum.rise) / sum.resistance}, masses(logarithms(sum))};
}

EdgeIntegrals edge_integrals(const PiecewisePotential& potential) {
  return {edge_rates(potential), edge_masses(potential)};
}

}  // namespace valleyflux
