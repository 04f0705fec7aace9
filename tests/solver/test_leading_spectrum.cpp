#include "solver/spectrum/leading_spectrum.hpp"

#include "problems/expressions/expression.hpp"
#include "problems/landscapes/built_in.hpp"
#include "problems/landscapes/expression_landscape.hpp"
#include "solver/discretisation/discretise.hpp"

#include "tests/relative.hpp"

#include <doctest/doctest.h>

#include <Eigen/Eigenvalues>
#include <boost/math/quadrature/gauss_kronrod.hpp>

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
  LeadingSpectrum spectrum = leading_spectrum(generator, positions, stationary, references, count);
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

}  // namespace

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
