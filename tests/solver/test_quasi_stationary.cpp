#include "solver/elimination/elimination.hpp"
#include "solver/escape/quasi_stationary.hpp"

#include <doctest/doctest.h>

#include <Eigen/LU>

#include <cmath>
#include <memory>
#include <utility>

using namespace valleyflux;

namespace {

QuasiStationary law_of(const Generator& generator, const LinearEngine& engine,
                       const QuasiStationaryOptions& options = {}) {
  std::unique_ptr<LinearSolver> solver = engine.factorise(generator);
  const Eigen::VectorXd times = solver->solve(Eigen::VectorXd::Ones(generator.states));
  return quasi_stationary(generator, engine, std::move(solver), times, options);
}

QuasiStationary solved(const Generator& generator, const QuasiStationaryOptions& options = {}) {
  Eigen::MatrixXi positions(1, generator.states);
  for (Index s = 0; s < generator.states; ++s) positions(0, s) = static_cast<int>(s);
  return law_of(generator, EliminationOrder(generator, positions), options);
}

/// Gaussian elimination with pivoting in place of that without subtractions.
class DenseSolver final : public LinearSolver {
 public:
  DenseSolver(const Generator& generator, double shift) {
    Eigen::MatrixXd a = Eigen::MatrixXd::Zero(generator.states, generator.states);
    a.diagonal() = generator.exit.array() + shift;
    for (std::size_t e = 0; e < generator.from.size(); ++e) {
      const Index i = generator.from[e], j = generator.to[e];
      a(i, j) -= generator.forward[e];
      a(i, i) += generator.forward[e];
      a(j, i) -= generator.backward[e];
      a(j, j) += generator.backward[e];
    }
    matrix_ = a.inverse();
  }
  Eigen::VectorXd solve(const Eigen::Ref<const Eigen::VectorXd>& f) const override { return matrix_ * f; }
  Eigen::VectorXd solve_forward(const Eigen::Ref<const Eigen::VectorXd>& f) const override {
    return matrix_.transpose() * f;
  }

 private:
  Eigen::MatrixXd matrix_;  // A^-1
};

class DenseEngine final : public LinearEngine {
 public:
  std::unique_ptr<LinearSolver> factorise(const Generator& generator, double shift,
                                          std::unique_ptr<LinearSolver>) const override {
    return std::make_unique<DenseSolver>(generator, shift);
  }
  Eigen::VectorXd stationary(const Generator&, double) const override { throw SolverError("not asked for"); }
  std::unique_ptr<LinearEngine> part(const Generator&, std::span<const std::int32_t>) const override {
    return std::make_unique<DenseEngine>();
  }
  double solver_bytes() const override { return 0.0; }
};

Generator two_states(double first_exit, double second_exit, double exchange) {
  Generator generator;
  generator.states = 2;
  generator.from = {0};
  generator.to = {1};
  generator.forward = generator.backward = {exchange};
  generator.exit = Eigen::Vector2d(first_exit, second_exit);
  return generator;
}

/// Principal eigenvalue of [[k + e, -e], [-e, l + e]] in a form without cancellation.
double of_two_states(double k, double l, double e) {
  const double half = 0.5 * (l - k);
  // The smaller one of k + e + half -+ sqrt(half^2 + e^2), l >= k.
  return k + e - e * e / (half + std::hypot(half, e));
}

}  // namespace

TEST_CASE("nearly equal wells that hardly exchange have the principal eigenvalue enclosed, not a pseudo-limit") {
  for (const double split : {1e-1, 1e-3, 1e-6})
    for (const double exchange : {1e-2, 1e-5, 1e-9}) {
      const double k = 1e-20, l = k * (1.0 + split), e = k * exchange;
      const QuasiStationary law = solved(two_states(k, l, e));
      const double exact = of_two_states(k, l, e);
      CAPTURE(split);
      CAPTURE(exchange);
      CHECK(std::abs(law.rate / exact - 1.0) < 1e-12);
      CHECK(law.low <= exact * (1.0 + 1e-14));
      CHECK(law.high >= exact * (1.0 - 1e-14));
      CHECK(law.high / law.low - 1.0 < 1e-11);
      CHECK(law.eliminations < 15);
    }
}

TEST_CASE("the law is the left eigenvector, wherever most of it lies") {
  // It stays in the second well, which is left 10^12 times more rarely.
  const double k = 1.0, l = 1e-12, e = 1e-9;
  const QuasiStationary law = solved(two_states(k, l, e));
  const double rate = of_two_states(l, k, e);
  CHECK(std::abs(law.rate / rate - 1.0) < 1e-12);
  // (A^T p)_1 = rate p_1.
  const double ratio = e / (k + e - rate);
  CHECK(std::abs(law.probability[0] / law.probability[1] / ratio - 1.0) < 1e-9);
}

TEST_CASE("an enclosure that runs out of steps still holds the eigenvalue") {
  const QuasiStationary law = solved(two_states(1.0, 1.001, 1e-5), {.tolerance = 1e-12, .max_eliminations = 0});
  const double exact = of_two_states(1.0, 1.001, 1e-5);
  CHECK(law.low <= exact);
  CHECK(law.high >= exact);
  CHECK(law.high > law.low);
}

TEST_CASE("a free chain between absorbing ends decays like its sine") {
  Generator generator;
  const Index n = 400;
  generator.states = n;
  generator.exit = Eigen::VectorXd::Zero(n);
  generator.exit[0] = generator.exit[n - 1] = 1.0;
  for (Index s = 0; s + 1 < n; ++s) {
    generator.from.push_back(static_cast<std::int32_t>(s));
    generator.to.push_back(static_cast<std::int32_t>(s + 1));
    generator.forward.push_back(1.0);
    generator.backward.push_back(1.0);
  }
  const QuasiStationary law = solved(generator);
  const double half = 0.5 * std::acos(-1.0) / static_cast<double>(n + 1);
  CHECK(std::abs(law.rate / (4.0 * std::sin(half) * std::sin(half)) - 1.0) < 1e-12);
}

TEST_CASE("another engine fits behind the two calls") {
  const Generator generator = two_states(0.3, 0.4, 0.05);
  const DenseEngine engine;
  const QuasiStationary law = law_of(generator, engine);
  CHECK(std::abs(law.rate / of_two_states(0.3, 0.4, 0.05) - 1.0) < 1e-12);
  CHECK(std::abs(law.probability[0] / solved(generator).probability[0] - 1.0) < 1e-9);
}
