#include "problems/dynamics/diffusion_model.hpp"
#include "solver/network/valley_network.hpp"

#include "problems/landscapes/built_in.hpp"
#include "solver/elimination/dense_elimination.hpp"
#include "solver/escape/escape.hpp"
#include "solver/spectrum/slow_modes.hpp"

#include "tests/relative.hpp"

#include <doctest/doctest.h>

#include <Eigen/LU>

#include <cmath>
#include <random>

using namespace valleyflux;

namespace {

template <int Dim>
ValleyNetwork network_on(const Problem<Dim>& problem) {
  Level<Dim> level = make_level<Dim>(problem, 0);
  find_stationary(level);
  return valley_network<Dim>(level);
}

/// The principal eigenvalue of a network that is left at `target`.
double network_escape_rate(const Eigen::MatrixXd& rate, Index target) {
  std::vector<Index> kept;
  for (Index i = 0; i < rate.rows(); ++i)
    if (i != target) kept.push_back(i);
  return -slow_modes(SmallGenerator{rate(kept, kept), rate(kept, target)}).eigenvalue[0].real();
}

}  // namespace

TEST_CASE("dense elimination solves both equations and finds the stationary law") {
  std::mt19937 random(3);
  std::uniform_real_distribution<double> uniform(0.0, 1.0);
  constexpr Index n = 30;
  const Eigen::MatrixXd rates = Eigen::MatrixXd::NullaryExpr(n, n, [&] { return uniform(random); });
  const Eigen::VectorXd exit = Eigen::VectorXd::NullaryExpr(n, [&] { return uniform(random); });
  Eigen::MatrixXd matrix = -rates;
  for (Index i = 0; i < n; ++i) matrix(i, i) = rates.row(i).sum() - rates(i, i) + exit[i];
  const DenseElimination elimination(rates, exit);
  const Eigen::VectorXd f = Eigen::VectorXd::LinSpaced(n, 0.1, 1.0);
  CHECK((matrix * elimination.solve(f) - f).norm() < 1e-12);
  CHECK((matrix.transpose() * elimination.solve_forward(f) - f).norm() < 1e-12);
  Eigen::MatrixXd closed = matrix;
  closed.diagonal() -= exit;
  const Eigen::VectorXd law = dense_stationary(rates);
  CHECK((law.transpose() * closed).norm() < 1e-13);
  CHECK(relative_error(law.sum(), 1.0) < 1e-12);
}

TEST_CASE("the modes of a small generator keep their accuracy over hundreds of decades") {
  Eigen::MatrixXd two = Eigen::MatrixXd::Zero(2, 2);
  two(0, 1) = 3e-90;
  two(1, 0) = 1e-120;
  CHECK(relative_error(slow_modes(SmallGenerator{two}).eigenvalue[1].real(), -3e-90) < 1e-14);

  // A chain 0 - 1 - 2 with one fast and one very slow link: to leading order the slow eigenvalue is that of the pair
  // {0, 1}, in equilibrium, against 2.
  Eigen::MatrixXd three = Eigen::MatrixXd::Zero(3, 3);
  three(0, 1) = 2.0;
  three(1, 0) = 1.0;
  three(1, 2) = 1e-40;
  three(2, 1) = 5e-41;
  const SlowModes modes = slow_modes(SmallGenerator{three});
  CHECK(modes.eigenvalue[0] == 0.0);
  CHECK(relative_error(modes.eigenvalue[1].real(), -(2.0 / 3.0 * 1e-40 + 5e-41)) < 1e-13);
  CHECK(relative_error(modes.eigenvalue[2].real(), -3.0) < 1e-12);
  CHECK((modes.left.transpose() * modes.right - Eigen::MatrixXcd::Identity(3, 3)).norm() < 1e-13);

  // A ring that turns one way: eigenvalues exp(2 pi i k / 3) - 1.
  Eigen::MatrixXd ring = Eigen::MatrixXd::Zero(3, 3);
  ring(0, 1) = ring(1, 2) = ring(2, 0) = 1.0;
  const SlowModes turning = slow_modes(SmallGenerator{ring});
  CHECK(relative_error(turning.eigenvalue[1].real(), -1.5) < 1e-12);
  CHECK(relative_error(std::abs(turning.eigenvalue[1].imag()), std::sqrt(3.0) / 2.0) < 1e-12);
}

TEST_CASE("passage times, sequential times and escape-time probabilities of a chain of three") {
  const double a = 0.3, b = 0.7, c = 0.11, d = 0.05;  // 0 -> 1, 1 -> 0, 1 -> 2, 2 -> 1
  Eigen::MatrixXd rate = Eigen::MatrixXd::Zero(3, 3);
  rate(0, 1) = a;
  rate(1, 0) = b;
  rate(1, 2) = c;
  rate(2, 1) = d;
  const Eigen::MatrixXd time = passage_times(rate);
  CHECK(relative_error(time(0, 1), 1.0 / a) < 1e-12);
  CHECK(relative_error(time(1, 2), (1.0 + b / a) / c) < 1e-12);  // returns to 0 included
  CHECK(relative_error(time(0, 2), 1.0 / a + (1.0 + b / a) / c) < 1e-12);
  CHECK(relative_error(sequential_times(rate)(0, 2), 1.0 / a + 1.0 / c) < 1e-12);
  const Eigen::VectorXd share = probability_by_escape_times(rate);
  CHECK(relative_error(share[0] / share[1], (b + c) / a) < 1e-12);
  rate(2, 1) = 0.0;
  CHECK(std::isinf(passage_times(rate)(0, 1)));  // it may fall into 2 for good
  CHECK(relative_error(passage_times(rate)(0, 2), time(0, 2)) < 1e-12);
}

TEST_CASE("the network of a reversible process is in detailed balance, of any process in balance") {
  for (const char* name : {"three_hole", "himmelblau"}) {
    const bool holes = std::string(name) == "three_hole";
    const Dynamics dynamics{Drift(built_in_landscape(name, 2)),
                            constant_diffusion((holes ? 0.4 : 20.0) * Eigen::MatrixXd::Identity(2, 2)),
                            Interpretation::ito};
    const Problem<2> problem = make_problem<2>("", dynamics,
                                               holes ? Grid<2>({Axis("x", -2.5, 2.5, 60), Axis("y", -2.0, 3.0, 60)})
                                                     : Grid<2>({Axis("x", -6.0, 6.0, 60), Axis("y", -6.0, 6.0, 60)}));
    const ValleyNetwork network = network_on<2>(problem);
    const Eigen::MatrixXd flux = network.probability.asDiagonal() * network.rate;
    REQUIRE(network.valleys.size() == (holes ? 3 : 4));
    CHECK((flux - flux.transpose()).cwiseAbs().maxCoeff() < 1e-11 * flux.maxCoeff());
    CHECK((dense_stationary(network.rate) - network.probability).norm() < 1e-11);
  }
}

TEST_CASE("at 10 kT the network's rates are the quasi-stationary ones to a thousandth") {
  {
    const Dynamics dynamics{Drift(built_in_landscape("quartic_double_well", 1)),
                            constant_diffusion(Eigen::MatrixXd::Constant(1, 1, 0.025)), Interpretation::ito};
    const Problem<1> problem = make_problem<1>("", dynamics, Grid<1>({Axis("x", -2.2, 2.2, 400)}));
    const Discretisation<1> discretisation = discretise<1>(problem);
    const ValleyNetwork network = network_on<1>(problem);
    const auto escape =
        solve_escape<1>(problem, discretisation, state_labels<1>(problem, discretisation.space), {.from = 0, .to = 1});
    CHECK(relative_error(network.rate(0, 1), *escape.quasi_stationary_rate) < 1e-3);
  }
  // Three holes, 10 kT from the shallowest: the pairwise rate is that of all that is not yet there.
  const Dynamics dynamics{Drift(built_in_landscape("three_hole", 2)),
                          constant_diffusion(0.069 * Eigen::MatrixXd::Identity(2, 2)), Interpretation::ito};
  const Problem<2> problem =
      make_problem<2>("", dynamics, Grid<2>({Axis("x", -2.0, 2.0, 100), Axis("y", -1.5, 2.5, 100)}));
  const Discretisation<2> discretisation = discretise<2>(problem);
  const ValleyNetwork network = network_on<2>(problem);
  for (const int target : {0, 1, 2}) {
    const auto escape = solve_escape<2>(problem, discretisation, valley_labels<2>(problem),
                                        {.from = target == 0 ? 1 : 0, .to = target}, {true, false});
    CHECK(relative_error(network_escape_rate(network.rate, target), *escape.quasi_stationary_rate) < 1e-3);
  }
}

TEST_CASE("rates of a network below the range of doubles are told from those that are blocked") {
  const auto network_of = [](double noise, Index cells) {
    const Dynamics dynamics{Drift(built_in_landscape("quartic_double_well", 1)),
                            constant_diffusion(Eigen::MatrixXd::Constant(1, 1, noise)), Interpretation::ito};
    const Problem<1> problem = make_problem<1>("", dynamics, Grid<1>({Axis("x", -1.6, 1.6, cells)}));
    return network_on<1>(problem);
  };
  const ValleyNetwork tiny = network_of(0.25 / 830.0, 4000);  // 830 kT: e^-830 = 1e-360
  CHECK(tiny.rate(0, 1) == 0.0);
  CHECK(tiny.underflow(0, 1));
  CHECK(tiny.underflow(1, 0));
  CHECK_FALSE(tiny.underflow(0, 0));
  const ValleyNetwork small = network_of(0.25 / 600.0, 4000);
  CHECK(small.rate(0, 1) > 0.0);
  CHECK_FALSE(small.underflow(0, 1));
}
