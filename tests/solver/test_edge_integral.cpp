#include "solver/discretisation/edge_integral.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <boost/math/quadrature/tanh_sinh.hpp>
#include <cmath>
#include <utility>

using namespace valleyflux;

TEST_CASE("a linear potential gives Bernoulli weights") {
  for (const double s : {1e-9, -0.3, 2.0, -7.0, 40.0, -300.0}) {
    const EdgeRates rates = edge_rates(EdgePotential::through_slopes(s, s, s));
    CHECK(std::abs(rates.forward / (-s / std::expm1(-s)) - 1.0) < 1e-13);
    CHECK(std::abs(rates.backward / (s / std::expm1(s)) - 1.0) < 1e-13);
  }
}

TEST_CASE("a curved potential agrees with quadrature and keeps detailed balance") {
  boost::math::quadrature::tanh_sinh<double> quadrature;
  for (const auto& [z0, zm, z1] :
       {std::array{1.0, -2.0, 0.5}, {30.0, 5.0, -20.0}, {-60.0, 0.0, 50.0}, {0.0, 3.0, 0.0}}) {
    const EdgePotential z = EdgePotential::through_slopes(z0, zm, z1);
    CHECK(std::abs(z(1.0) - (z0 + 4 * zm + z1) / 6) < 1e-12);
    const double k = quadrature.integrate([&](double t) { return std::exp(-z(t)); }, 0.0, 1.0);
    const EdgeRates rates = edge_rates(z);
    CHECK(std::abs(rates.forward * k - 1.0) < 1e-12);
    CHECK(std::abs(std::log(rates.forward / rates.backward) - z(1.0)) < 1e-12 * (1.0 + std::abs(z(1.0))));
  }
}

TEST_CASE("rates stay finite and turn upwind for steep potentials") {
  const EdgeRates rates = edge_rates(EdgePotential::through_slopes(1e8, 1e8, 1e8));
  CHECK(std::abs(rates.forward / 1e8 - 1.0) < 1e-12);
  CHECK(rates.backward == 0.0);
}

TEST_CASE("an edge in pieces is the edge as a whole") {
  const EdgePotential whole = EdgePotential::through_slopes(3.0, -4.0, 7.0);
  const auto slope = [&](double t) { return whole.a1 + 2 * whole.a2 * t + 3 * whole.a3 * t * t; };
  PiecewisePotential pieces;
  for (const auto& [a, b] : {std::pair{0.0, 0.3}, {0.3, 0.75}, {0.75, 1.0}}) {
    const double l = b - a;
    pieces.pieces.push_back({l, EdgePotential::through_slopes(l * slope(a), l * slope(0.5 * (a + b)), l * slope(b))});
  }
  const EdgeRates one = edge_rates(whole), many = edge_rates(pieces);
  CHECK(std::abs(many.forward / one.forward - 1.0) < 1e-13);
  CHECK(std::abs(many.backward / one.backward - 1.0) < 1e-13);
}

TEST_CASE("a potential through slopes and its exact rise meets both") {
  const EdgePotential z = EdgePotential::through_rise(2.0, -1.0, 0.7);
  CHECK(std::abs(z(1.0) - 0.7) < 1e-15);
  const double h = 1e-6;
  CHECK(std::abs((z(h) - z(0.0)) / h - 2.0) < 1e-4);
  CHECK(std::abs((z(1.0) - z(1.0 - h)) / h + 1.0) < 1e-4);
}

TEST_CASE("the masses of harmonic hats agree with quadrature, as a whole and in pieces") {
  boost::math::quadrature::tanh_sinh<double> quadrature;
  for (const auto& [z0, zm, z1, tolerance] : {std::array{1e-9, 0.0, -1e-9, 1e-12},
                                              {0.4, -0.3, 0.2, 1e-10},
                                              {6.0, 5.0, 2.0, 1e-9},
                                              {-9.0, 1.0, 12.0, 1e-9},
                                              {30.0, 5.0, -20.0, 1e-9},
                                              {-300.0, -250.0, -400.0, 1e-2}}) {
    const EdgePotential z = EdgePotential::through_slopes(z0, zm, z1);
    const auto between = [&](double a, double b, double sign, double shift) {
      const auto weight = [&](double t) { return std::exp(sign * z(t) - shift); };
      // Boost's rule asserts that its nodes in an interval differ; in the shortest ones a single node is exact.
      constexpr double shortest = 1e-14;
      return b - a > shortest ? quadrature.integrate(weight, a, b) : (b - a) * weight(0.5 * (a + b));
    };
    const double top = std::max(0.0, -z(1.0));  // of -Z at the ends: out of the range of exp otherwise
    const double whole = between(0.0, 1.0, -1.0, top);
    const double start =
        quadrature.integrate([&](double t) { return std::exp(z(t)) * between(t, 1.0, -1.0, top) / whole; }, 0.0, 1.0);
    const double end = quadrature.integrate(
        [&](double t) { return std::exp(z(t) - z(1.0)) * between(0.0, t, -1.0, top) / whole; }, 0.0, 1.0);
    const EdgeMasses masses = edge_masses(z);
    CHECK(std::abs(std::exp(masses.log_start) / start - 1.0) < tolerance);
    CHECK(std::abs(std::exp(masses.log_end) / end - 1.0) < tolerance);
    CHECK(std::abs(masses.log_whole - std::log(between(0.0, 1.0, 1.0, 0.0))) < tolerance);

    const auto slope = [&](double t) { return z.a1 + 2 * z.a2 * t + 3 * z.a3 * t * t; };
    PiecewisePotential pieces;
    for (const auto& [a, b] : {std::pair{0.0, 0.3}, {0.3, 1.0}}) {
      const double l = b - a;
      pieces.pieces.push_back({l, EdgePotential::through_slopes(l * slope(a), l * slope(0.5 * (a + b)), l * slope(b))});
    }
    const EdgeMasses joined = edge_masses(pieces);
    CHECK(std::abs(joined.log_start - masses.log_start) < tolerance);
    CHECK(std::abs(joined.log_end - masses.log_end) < tolerance);
  }
}

TEST_CASE("under a constant slope the hats of both sides hold one edge together, however steep") {
  for (const double s : {1e-6, 1.0, 3.0, 50.0, 1e4, 1e8}) {
    const EdgeMasses up = edge_masses(EdgePotential::through_slopes(s, s, s));
    const EdgeMasses down = edge_masses(EdgePotential::through_slopes(-s, -s, -s));
    CHECK(std::abs(std::exp(up.log_start) + std::exp(down.log_start) - 1.0) < 1e-12);
    CHECK(std::abs(std::exp(up.log_start) / (s < 1e-3 ? 0.5 + s / 12.0 : 1.0 / -std::expm1(-s) - 1.0 / s) - 1.0) <
          1e-12);
    CHECK(std::abs(down.log_end - up.log_start) < 1e-12 + 1e-15 * s);
  }
}

TEST_CASE("one rule for all integrals of an edge agrees with each by itself") {
  for (const auto& [z0, zm, z1] : {std::array{0.3, 0.1, 0.2}, {-0.2, 0.0, 0.4}, {1e-12, 0.0, 0.0}, {5.0, 3.0, 4.0}}) {
    const EdgePotential z = EdgePotential::through_slopes(z0, zm, z1);
    const EdgeIntegrals both = edge_integrals(z);
    CHECK(std::abs(both.rates.forward / edge_rates(z).forward - 1.0) < 1e-13);
    CHECK(std::abs(both.rates.backward / edge_rates(z).backward - 1.0) < 1e-13);
    CHECK(std::abs(both.masses.log_start - edge_masses(z).log_start) < 1e-13);
    CHECK(std::abs(both.masses.log_end - edge_masses(z).log_end) < 1e-13);
  }
}
