#include "solver/discretisation/edge_integral.hpp"

#include <doctest/doctest.h>

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
