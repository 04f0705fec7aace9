#include "solver/losses/loss_rate.hpp"
#include "tests/infinity.hpp"

#include "problems/data/synthetic_data.hpp"
#include "problems/losses/losses.hpp"
#include "solver/losses/coordinate_rates.hpp"
#include "solver/losses/hessian_comparison.hpp"
#include "solver/losses/loss_problem.hpp"

#include "tests/relative.hpp"

#include <doctest/doctest.h>

#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <boost/math/tools/roots.hpp>

#include <cmath>
#include <limits>
#include <numbers>

using namespace valleyflux;

namespace {

using Quadrature = boost::math::quadrature::gauss_kronrod<double, 31>;

LossProblem styblinski_tang(Index dimension, double eta, double injected, double k) {
  LossProblem problem;
  problem.loss = styblinski_tang_loss(gaussian_data(2000, dimension, 2, 1.0, 4));
  problem.k = k;
  problem.start = Eigen::VectorXd::Constant(dimension, -2.4 / std::sqrt(k));
  problem.valley = "start";
  problem.low = Eigen::VectorXd::Constant(dimension, -infinity);
  problem.high = Eigen::VectorXd::Constant(dimension, 0.156731 / std::sqrt(k));
  problem.sgd = {eta, 20.0, injected};
  return problem;
}

LossProblem logistic(Index features, double eta) {
  LossProblem problem;
  problem.loss = logistic_regression_loss(gaussian_data(5000, features, 2, 1.0, 4));
  problem.start = Eigen::VectorXd::Zero(features);
  problem.valley = "start";
  problem.low = Eigen::VectorXd::Constant(features, -0.1);
  problem.high = Eigen::VectorXd::Constant(features, 0.1);
  problem.sgd = {eta, 1.0, 0.0};
  return problem;
}

}  // namespace

TEST_CASE("a coordinate of Styblinski-Tang leaves after the mean time of the double integral") {
  for (const double k : {1.0, 2.0}) {
    const LossProblem problem = styblinski_tang(1, 0.05, 4.0, k);
    const auto loss = [&](double x) { return problem.loss->value(Eigen::VectorXd::Constant(1, std::sqrt(k) * x)); };
    const auto D = [&](double x) {
      const Eigen::VectorXd theta = Eigen::VectorXd::Constant(1, std::sqrt(k) * x);
      return 4.0 + 0.05 / 40.0 * k * gradient_covariance(*problem.loss, theta)(0, 0);
    };
    // Phi' = L' / D, Ito: the stationary density is exp(-Phi) / D. Phi by the trapezoidal rule on a fine grid.
    constexpr int below = 24000, above = 8000, points = below + above;
    const double start = problem.start[0], spacing = (problem.high[0] - start) / above, far = start - below * spacing;
    std::vector<double> phi{0.0};
    double energy = loss(far), noise = D(far);
    for (int n = 1; n <= points; ++n) {
      const double x = far + n * spacing, next = loss(x), next_noise = D(x);
      phi.push_back(phi.back() + (next - energy) * 0.5 * (1.0 / noise + 1.0 / next_noise));
      energy = next;
      noise = next_noise;
    }
    // mean time = int_start^end e^Phi(y) int_far^y e^-Phi(z) / D(z) dz dy, by the same rule.
    double inner = 0.0, outer = 0.0, last_inner = 0.0, last_outer = 0.0;
    for (int n = 0; n <= points; ++n) {
      const double x = far + n * spacing, weight = std::exp(-phi[static_cast<std::size_t>(n)]) / D(x);
      if (n > 0) inner += 0.5 * spacing * (last_inner + weight);
      last_inner = weight;
      const double height = std::exp(phi[static_cast<std::size_t>(n)]) * inner;
      if (n > below) outer += 0.5 * spacing * (last_outer + height);
      last_outer = height;
    }
    const Estimate rate = loss_rate(problem, "mean_first_passage");
    REQUIRE(rate.time);
    CHECK(relative_error(*rate.time, outer) < 1e-5);
  }
}

TEST_CASE("the rates of independent coordinates add") {
  const LossProblem three = styblinski_tang(3, 0.05, 4.0, 1.0);
  double sum = 0.0;
  for (Index i = 0; i < 3; ++i) {
    LossProblem one = three;
    for (Index j = 0; j < 3; ++j)
      if (j != i) one.high[j] = infinity;
    sum += *loss_rate(one, "quasi_stationary").rate;
  }
  const Estimate rate = loss_rate(three, "quasi_stationary");
  CHECK(relative_error(*rate.rate, sum) < 1e-12);
  CHECK(*rate.low < *rate.rate);
  CHECK(*rate.high > *rate.rate);
  CHECK_FALSE(loss_rate(three, "mean_first_passage").rate);
}

TEST_CASE("logistic regression on the line leaves after the mean time of the double integral") {
  const LossProblem problem = logistic(1, 0.01);
  const auto slope = [&](double x) { return problem.loss->gradient(Eigen::VectorXd::Constant(1, x))[0]; };
  const auto D = [&](double x) {
    return 0.005 * gradient_covariance(*problem.loss, Eigen::VectorXd::Constant(1, x))(0, 0);
  };
  // Two absorbing ends. s(y) = int_0^y e^Phi; mean time by Green's function of the interval.
  const auto phi = [&](double x) {
    return Quadrature::integrate([&](double z) { return slope(z) / D(z); }, 0.0, x, 3, 1e-10);
  };
  constexpr int points = 400;
  std::vector<double> p, s{0.0}, m;
  for (int n = 0; n <= points; ++n) p.push_back(phi(-0.1 + 0.2 * n / points));
  for (int n = 0; n <= points; ++n) m.push_back(std::exp(-p[n]) / D(-0.1 + 0.2 * n / points));
  constexpr double h = 0.2 / points;
  for (int n = 1; n <= points; ++n) s.push_back(s.back() + 0.5 * h * (std::exp(p[n - 1]) + std::exp(p[n])));
  const int start = points / 2;
  double time = 0.0;
  for (int n = 0; n <= points; ++n) {
    const double green = n <= start ? s[n] * (s.back() - s[start]) : s[start] * (s.back() - s[n]);
    time += h * green / s.back() * m[n];
  }
  const Estimate rate = loss_rate(problem, "mean_first_passage");
  REQUIRE(rate.time);
  CHECK(relative_error(*rate.time, time) < 1e-4);
  CHECK(*loss_rate(problem, "quasi_stationary").rate > *rate.rate);  // it starts farthest from the ends
}

TEST_CASE("SGD in two parameters leaves as the Fokker-Planck equation with the covariance of its gradient says") {
  const LossProblem problem = logistic(2, 0.002);
  LossRequest request;
  request.methods = {"sgd", "mean_first_passage"};
  request.repetitions.particles = 2000;
  request.repetitions.minibatch = Minibatch::with_replacement;
  request.repetitions.time_limit = 1e4;
  const Results results = solve_loss(problem, request);
  const Estimate &sgd = results.estimates.at(0), &solver = results.estimates.at(1);
  REQUIRE(*sgd.escapes == 2000);
  // A chain of steps of sd s sees walls 0.5826 s farther out (Siegmund 1979): to first order the time out of a square
  // of half-width a grows by 2 * 0.5826 s / a, more where the drift points back.
  const double s = 0.002 * std::sqrt(0.25), a = 0.1;
  const double shift = 2.0 * 0.5826 * s / a;
  CHECK(*sgd.log_rate - *solver.log_rate < 4.0 / std::sqrt(2000.0));
  CHECK(*sgd.log_rate - *solver.log_rate > -4.0 / std::sqrt(2000.0) - 4.0 * shift);
}

TEST_CASE("closed forms of a coordinate are those of its barrier, the theorem knowing nothing of the true noise") {
  const LossProblem problem = styblinski_tang(1, 0.05, 2.0, 1.0);
  const auto slope = [&](double x) { return problem.loss->gradient(Eigen::VectorXd::Constant(1, x))[0]; };
  const auto zero = [&](double from, double to) {
    std::uintmax_t steps = 200;
    const auto [low, high] =
        boost::math::tools::toms748_solve(slope, from, to, boost::math::tools::eps_tolerance<double>(48), steps);
    return 0.5 * (low + high);
  };
  const double a = zero(-3.5, -1.5), b = zero(-0.5, 1.0);
  const auto at = [](double x) { return Eigen::VectorXd::Constant(1, x); };
  const double H_a = hessian(*problem.loss, at(a))(0, 0), H_b = -hessian(*problem.loss, at(b))(0, 0);
  const double barrier = problem.loss->value(at(b)) - problem.loss->value(at(a));
  std::vector<std::string> warnings;
  // First exit: twice the rate of transition.
  const double kramers = std::sqrt(H_a * H_b) / std::numbers::pi * std::exp(-barrier / 2.0);
  const auto white = coordinate_closed_forms(problem, "theory:kramers", 0.5, warnings);
  REQUIRE(white.size() == 1);
  CHECK(relative_error(*white[0].rate, kramers) < 1e-8);
  const double s = 0.3;
  const double theorem = std::log(H_b / std::numbers::pi) - 2.0 * 20.0 * barrier / 0.05 * (s / H_a + (1.0 - s) / H_b);
  warnings.clear();
  const auto sgd = coordinate_closed_forms(problem, "theory:sgd", s, warnings);
  REQUIRE(sgd.size() == 1);
  CHECK(relative_error(*sgd[0].log_rate, theorem) < 1e-8);
  REQUIRE_FALSE(warnings.empty());
  CHECK(warnings[0].find("noise that follows the Hessian") != std::string::npos);

  LossProblem plain = problem;
  plain.sgd.injected = 0.0;
  CHECK_FALSE(coordinate_closed_forms(plain, "theory:kramers", 0.5, warnings)[0].rate);
}

TEST_CASE("covariance and Hessian are the same where the model is true") {
  // Logistic regression whose labels obey the model itself at theta: E[g g^T] = H there (information equality).
  const Eigen::VectorXd theta{{1.0, -0.5, 0.25, 2.0}};
  DataSet data = gaussian_data(60000, 4, 2, 1.0, 12);
  data.features.row(1) *= 3.0;
  data.features.row(3) *= 0.2;
  const Eigen::VectorXd chance = normal_numbers(60000, 13);
  for (Index s = 0; s < 60000; ++s) {
    const double p = 1.0 / (1.0 + std::exp(-theta.dot(data.features.col(s))));
    data.labels[static_cast<std::size_t>(s)] = 0.5 * std::erfc(-chance[s] / std::numbers::sqrt2) < p ? 1 : 0;
  }
  const auto loss = logistic_regression_loss(data);
  const HessianComparison found = compare_with_hessian(*loss, theta);
  CHECK(found.correlation.value > 0.999);
  CHECK(found.correlation.low > 0.99);
  CHECK(found.factor.low < 1.0);
  CHECK(found.factor.high > 1.0);
  CHECK(found.factor.high - found.factor.low < 0.1);
  CHECK(found.entry_correlation > 0.999);
  for (Index k = 0; k + 1 < 4; ++k) CHECK(std::abs(found.eigenvalue[k]) >= std::abs(found.eigenvalue[k + 1]));
  CHECK(relative_error(found.covariance.sum(), gradient_covariance(*loss, theta).trace()) < 1e-10);
}

TEST_CASE("leading eigenvectors of the Hessian are those of the whole, and say the same of them") {
  const DataSet data = gaussian_data(300, 6, 3, 1.0, 4);
  const auto loss = network_loss(data, {.depth = 3, .width = 7});
  const Eigen::VectorXd theta = 0.5 * normal_numbers(loss->dimension(), 5);
  const HessianComparison whole = compare_with_hessian(*loss, theta), part = compare_with_hessian(*loss, theta, 12);
  REQUIRE(part.eigenvalue.size() == 12);
  REQUIRE(whole.eigenvalue.size() == loss->dimension());
  bool negative = false;
  for (Index k = 0; k < 12; ++k) {
    CAPTURE(k);
    CHECK(relative_error(part.eigenvalue[k], whole.eigenvalue[k]) < 1e-8);
    CHECK(relative_error(part.covariance[k], whole.covariance[k]) < 1e-4);
    negative |= part.eigenvalue[k] < 0;
  }
  CHECK(negative);  // the largest by size, of either sign
  CHECK(compare_with_hessian(*loss, theta, 100000).eigenvalue.size() == loss->dimension());
  CHECK_THROWS_AS(compare_with_hessian(*loss, theta, 2), std::invalid_argument);
}

TEST_CASE("a loss that the solver cannot take says why") {
  CHECK(loss_rate(logistic(3, 0.01), "quasi_stationary").note.find("one or two parameters") != std::string::npos);
  LossProblem open = logistic(2, 0.01);
  open.high[0] = infinity;
  CHECK(loss_rate(open, "quasi_stationary").note.find("needs a valley with min and max") != std::string::npos);
  LossRequest request;
  request.methods = {"theory:sgd"};
  CHECK_THROWS_AS(solve_loss(logistic(2, 0.01), request), std::invalid_argument);
}
