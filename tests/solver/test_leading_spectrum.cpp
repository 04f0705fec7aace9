#include "problems/dynamics/diffusion_model.hpp"
#include "solver/spectrum/leading_spectrum.hpp"

#include "problems/expressions/expression.hpp"
#include "problems/landscapes/built_in.hpp"
#include "problems/landscapes/expression_landscape.hpp"
#include "solver/discretisation/discretise.hpp"

#include "tests/relative.hpp"

#include <doctest/doctest.h>

#include <Eigen/Eigenvalues>
#include <boost/math/quadrature/gauss_kronrod.hpp>

#include <algorithm>
#include <cmath>
#include <complex>
#include <vector>

using namespace valleyflux;

namespace {

template <int Dim>
struct Solved {
  Generator generator;
  Eigen::VectorXd stationary;
  LeadingSpectrum spectrum;
};

template <int Dim>
Solved<Dim> solve(const Dynamics& dynamics, const Grid<Dim>& grid, int count) {
  const Problem<Dim> problem = make_problem<Dim>("", dynamics, grid);
  // Without the surfaces of its cores among the nodes: the error is then smooth in the size of the cells.
  Problem<Dim> bare = problem;
  bare.valleys.clear();
  const Discretisation<Dim> discretisation = discretise<Dim>(bare);
  Generator generator = discretisation.generator;
  const Eigen::MatrixXi positions = discretisation.space.lattice();
  const Eigen::VectorXd stationary = stationary_probabilities(EliminationOrder(generator, positions), generator);
  std::vector<Index> references;
  for (const auto& valley : problem.valleys)
    references.push_back(discretisation.space.nearest(valley.minimum->position));
  LeadingSpectrum spectrum =
      leading_spectrum(generator, EliminationOrder(generator, positions), stationary, references, count);
  return {std::move(generator), stationary, std::move(spectrum)};
}

/// 0 for what is not known.
Eigen::VectorXd known(const Eigen::VectorXd& u) {
  return u.unaryExpr([](double value) { return std::isnan(value) ? 0.0 : value; });
}

template <int Dim>
void check_equations(const Solved<Dim>& solved) {
  const LeadingSpectrum& spectrum = solved.spectrum;
  for (Index k = 0; k < spectrum.eigenvalue.size(); ++k) {
    const std::complex<double> value = spectrum.eigenvalue[k];
    if (value.imag() != 0) continue;
    const Eigen::VectorXd right = known(spectrum.right.col(k)), left = spectrum.left.col(k);
    // In the norm of the stationary law.
    const Eigen::VectorXd residual =
        known(backward_rate(solved.generator, spectrum.right.col(k)) - value.real() * spectrum.right.col(k));
    CHECK(std::sqrt(solved.stationary.dot(residual.cwiseAbs2())) < 1e-8);
    const Eigen::VectorXd imbalance = forward_rate(solved.generator, left) - value.real() * left;
    CHECK(std::sqrt((solved.stationary.array() > 1e-280)  // far from underflow
                        .select(imbalance.array().square() / solved.stationary.array(), 0.0)
                        .sum()) < 1e-8);
    CHECK(relative_error(left.dot(right), 1.0) < 1e-12);
    for (Index other = 0; other < k; ++other) CHECK(std::abs(left.dot(known(spectrum.right.col(other)))) < 1e-7);
  }
}

Dynamics well_dynamics(double noise) {
  return {Drift(built_in_landscape("quartic_double_well", 1)),
          constant_diffusion(Eigen::MatrixXd::Constant(1, 1, noise)), Interpretation::ito};
}

using LongMatrix = Eigen::Matrix<long double, Eigen::Dynamic, Eigen::Dynamic>;

LongMatrix dense(const Generator& generator) {
  LongMatrix matrix = LongMatrix::Zero(generator.states, generator.states);
  for (std::size_t e = 0; e < generator.from.size(); ++e) {
    const Index i = generator.from[e], j = generator.to[e];
    matrix(i, j) += generator.forward[e];
    matrix(i, i) -= generator.forward[e];
    matrix(j, i) += generator.backward[e];
    matrix(j, j) -= generator.backward[e];
  }
  return matrix;
}

/// Of a generator in detailed balance, largest first.
std::vector<long double> real_truth(const Generator& generator) {
  LongMatrix matrix = dense(generator);
  for (Index i = 0; i < matrix.rows(); ++i)
    for (Index j = 0; j < i; ++j) matrix(i, j) = matrix(j, i) = std::sqrt(matrix(i, j)) * std::sqrt(matrix(j, i));
  const Eigen::Vector<long double, Eigen::Dynamic> values =
      Eigen::SelfAdjointEigenSolver<LongMatrix>(matrix, Eigen::EigenvaluesOnly).eigenvalues();
  const auto descending = values.reverse();
  return {descending.begin(), descending.end()};
}

/// Two blocks of four states with currents inside; of them state 3 leads to state 4 at `rate`, and back at a third of
/// it. turn: how much faster the current goes round than back.
Generator two_rings(double rate, double turn) {
  Generator generator;
  generator.states = 8;
  generator.exit = Eigen::VectorXd::Zero(8);
  const auto edge = [&](int from, int to, double forward, double backward) {
    generator.from.push_back(from);
    generator.to.push_back(to);
    generator.forward.push_back(forward);
    generator.backward.push_back(backward);
  };
  for (const int ring : {0, 4})
    for (int k = 0; k < 4; ++k) edge(ring + k, ring + (k + 1) % 4, turn, 1.0 + 0.1 * k);
  edge(3, 4, rate, rate / 3.0);
  return generator;
}

}  // namespace

TEST_CASE("eigenvalues of reversible processes lie within their bounds") {
  // Above long double does not resolve the bound.
  for (const double barrier : {1.0, 3.0, 5.0, 8.0, 12.0})
    for (const int count : {2, 5}) {
      CAPTURE(barrier);
      CAPTURE(count);
      const auto solved = solve<1>(well_dynamics(0.25 / barrier), Grid<1>({Axis("x", -2.3, 2.3, 60)}), count);
      const std::vector<long double> truth = real_truth(solved.generator);
      REQUIRE(solved.spectrum.eigenvalue.size() == count);
      CHECK(solved.spectrum.bound[0] == 0.0);
      for (Index k = 1; k < count; ++k) {
        CAPTURE(k);
        const double value = solved.spectrum.eigenvalue[k].real();
        const auto error = static_cast<double>(std::abs(value - truth[static_cast<std::size_t>(k)]));
        CHECK(error <= solved.spectrum.bound[k]);
        CHECK(solved.spectrum.bound[k] < 1e-9 * std::abs(value));
      }
    }
}

TEST_CASE("equal eigenvalues are all found") {
  const Dynamics dynamics{Drift(expression_landscape(Expression("(x^2 - 1)^2 + (y^2 - 1)^2", {"x", "y"}))),
                          constant_diffusion(0.3 * Eigen::MatrixXd::Identity(2, 2)), Interpretation::ito};
  const Grid<2> grid({Axis("x", -2.0, 2.0, 20), Axis("y", -2.0, 2.0, 20)});
  for (const int count : {4, 6, 7}) {
    CAPTURE(count);
    const auto solved = solve<2>(dynamics, grid, count);
    const std::vector<long double> truth = real_truth(solved.generator);
    REQUIRE(solved.spectrum.eigenvalue.size() == count);
    for (Index k = 1; k < count; ++k) {
      CAPTURE(k);
      const auto exact = static_cast<double>(truth[static_cast<std::size_t>(k)]);
      CHECK(std::abs(solved.spectrum.eigenvalue[k].real() / exact - 1.0) < 1e-10);
    }
  }
}

TEST_CASE("eigenvalues of processes with currents lie within their bounds, pairs as well") {
  for (const double rate : {0.3, 1e-2, 1e-4})
    for (const double turn : {1.5, 20.0}) {
      CAPTURE(rate);
      CAPTURE(turn);
      const Generator generator = two_rings(rate, turn);
      const Eigen::MatrixXi positions = Eigen::RowVectorXi::LinSpaced(8, 0, 7);
      const Eigen::VectorXd weights = stationary_probabilities(EliminationOrder(generator, positions), generator);
      const LeadingSpectrum spectrum =
          leading_spectrum(generator, EliminationOrder(generator, positions), weights, {0, 5}, 5);
      const Eigen::EigenSolver<LongMatrix> solver(dense(generator), false);
      REQUIRE(spectrum.eigenvalue.size() >= 5);
      for (Index k = 1; k < spectrum.eigenvalue.size(); ++k) {
        CAPTURE(k);
        const std::complex<long double> value = spectrum.eigenvalue[k];
        const auto error = static_cast<double>((solver.eigenvalues().array() - value).abs().minCoeff());
        CHECK(error <= spectrum.bound[k]);
        CHECK(spectrum.bound[k] < 1e-8 * std::abs(spectrum.eigenvalue[k]));
      }
      CHECK(std::any_of(spectrum.eigenvalue.begin(), spectrum.eigenvalue.end(),
                        [](const auto& value) { return value.imag() > 0; }));
    }
}

TEST_CASE("slow modes alone are those found beside faster ones, with vectors that solve the equations") {
  for (const double barrier : {4.0, 8.0, 20.0}) {
    CAPTURE(barrier);
    const Grid<1> grid({Axis("x", -2.3, 2.3, 200)});
    const auto alone = solve<1>(well_dynamics(0.25 / barrier), grid, 2);
    const auto beside = solve<1>(well_dynamics(0.25 / barrier), grid, 4);
    CHECK(relative_error(alone.spectrum.eigenvalue[1].real(), beside.spectrum.eigenvalue[1].real()) < 1e-11);
    check_equations(alone);
  }
}

TEST_CASE("the spectrum of an Ornstein-Uhlenbeck process: 0, -k, -2k, ...") {
  const Dynamics dynamics{Drift(expression_landscape(Expression("0.5*1.3*x^2", {"x"}))),
                          constant_diffusion(Eigen::MatrixXd::Constant(1, 1, 0.2)), Interpretation::ito};
  const auto solved = solve<1>(dynamics, Grid<1>({Axis("x", -4.0, 4.0, 400)}), 5);
  const auto coarse = solve<1>(dynamics, Grid<1>({Axis("x", -4.0, 4.0, 200)}), 5);
  REQUIRE(solved.spectrum.eigenvalue.size() == 5);
  for (Index k = 0; k < 5; ++k) {
    // Second order in the cell size: extrapolated.
    const double value = (4.0 * solved.spectrum.eigenvalue[k].real() - coarse.spectrum.eigenvalue[k].real()) / 3.0;
    CHECK(relative_error(value, -1.3 * static_cast<double>(k)) < 1e-5);
  }
  check_equations(solved);
}

TEST_CASE("a turning Ornstein-Uhlenbeck process has the complex eigenvalues of its drift") {
  const Dynamics dynamics{
      Drift(std::vector<Expression>{Expression("-x + 2*y", {"x", "y"}), Expression("-2*x - y", {"x", "y"})}),
      constant_diffusion(0.3 * Eigen::MatrixXd::Identity(2, 2)), Interpretation::ito};
  const auto solved = solve<2>(dynamics, Grid<2>({Axis("x", -3.0, 3.0, 80), Axis("y", -3.0, 3.0, 80)}), 4);
  REQUIRE(solved.spectrum.eigenvalue.size() >= 4);
  CHECK(solved.spectrum.eigenvalue[0] == 0.0);
  CHECK(relative_error(solved.spectrum.eigenvalue[1].real(), -1.0) < 0.01);
  CHECK(relative_error(solved.spectrum.eigenvalue[1].imag(), 2.0) < 0.01);
  CHECK(std::abs(solved.spectrum.eigenvalue[2] - std::conj(solved.spectrum.eigenvalue[1])) < 1e-9);
  CHECK(relative_error(solved.spectrum.eigenvalue[3].real(), -2.0) < 0.01);
  check_equations(solved);
}

TEST_CASE("the slow eigenvalue is right from barriers of 2 to 300 kT") {
  for (const double barrier : {2.0, 6.0, 12.0, 40.0, 300.0}) {
    const double noise = 0.25 / barrier;
    const auto solved = solve<1>(well_dynamics(noise), Grid<1>({Axis("x", -2.3, 2.3, 600)}), 4);
    if (barrier < 10) {
      // Well within what a dense solver of the symmetrised generator resolves.
      const Index n = solved.generator.states;
      Eigen::MatrixXd matrix = Eigen::MatrixXd::Zero(n, n);
      for (std::size_t e = 0; e < solved.generator.from.size(); ++e) {
        const Index i = solved.generator.from[e], j = solved.generator.to[e];
        matrix(i, j) = matrix(j, i) = std::sqrt(solved.generator.forward[e]) * std::sqrt(solved.generator.backward[e]);
        matrix(i, i) -= solved.generator.forward[e];
        matrix(j, j) -= solved.generator.backward[e];
      }
      const Eigen::VectorXd values = Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(matrix).eigenvalues();
      for (Index k = 1; k < 4; ++k)
        CHECK(relative_error(solved.spectrum.eigenvalue[k].real(), values[n - 1 - k]) < 1e-6);
    } else {
      // Symmetric wells: -2 / (time from one minimum to the other) up to exp(-barrier).
      const auto density = [&](double x) { return std::exp(-(x * x * x * x / 4 - x * x / 2 + 0.25) / noise); };
      using Rule = boost::math::quadrature::gauss_kronrod<double, 61>;
      double below = 0.0, above = 0.0;
      constexpr int panels = 100;
      for (int k = 0; k < panels; ++k) {
        below += Rule::integrate(density, -2.3 + 2.3 * k / panels, -2.3 + 2.3 * (k + 1) / panels, 0);
        above += Rule::integrate([&](double x) { return std::exp((x * x * x * x / 4 - x * x / 2) / noise); },
                                 -1.0 + 2.0 * k / panels, -1.0 + 2.0 * (k + 1) / panels, 0);
      }
      const double log_rate = std::log(noise / (below * above)) - barrier;
      CHECK(relative_error(std::log(-solved.spectrum.eigenvalue[1].real()), std::log(2.0) + log_rate) <
            (barrier > 20 ? 1e-7 : 1e-3));
    }
    check_equations(solved);
  }
}
