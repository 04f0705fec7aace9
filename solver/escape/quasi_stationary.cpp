#include "solver/escape/quasi_stationary.hpp"

#include "solver/elimination/balancing_weights.hpp"
#include "solver/solver_error.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

namespace valleyflux {

namespace {

constexpr double smallest = 1e-300;  // entries of u below it have underflown, and bound nothing

/// A positive function u of the states, largest entry 1, with the ratios (A u)_i / u_i.
struct TestFunction {
  Eigen::VectorXd u, ratio;
  double low = 0.0, high = 0.0;

  TestFunction(Eigen::VectorXd function, Eigen::VectorXd of_it) : u(std::move(function)), ratio(std::move(of_it)) {
    low = ratio.maxCoeff();
    for (Index i = 0; i < u.size(); ++i) {
      if (!(u[i] > smallest)) continue;
      low = std::min(low, ratio[i]);
      high = std::max(high, ratio[i]);
    }
  }
  double width() const { return (high - low) / low; }
};

/// u = A^-1 f of a positive f, with f over it.
TestFunction test_function(const Eigen::VectorXd& f, const Eigen::VectorXd& u) {
  const double top = u.maxCoeff();
  if (!(top > 0) || !std::isfinite(1.0 / top))
    throw SolverError("the quasi-stationary rate is out of the range of double precision");
  return {u / top, f.cwiseQuotient(u)};
}

/// U^-1 (A - low) U as a generator.
Generator transformed(const Generator& killed, const TestFunction& test) {
  Generator next = killed;
  const Eigen::VectorXd u = test.u.cwiseMax(smallest);
  for (std::size_t e = 0; e < killed.from.size(); ++e) {
    const double tilt = u[killed.to[e]] / u[killed.from[e]];
    next.forward[e] *= tilt;
    next.backward[e] /= tilt;
  }
  next.exit = (test.ratio.array() - test.low).max(0.0);
  return next;
}

/// Left vector by inverse iteration from `law` on.
Eigen::VectorXd left_vector(const LinearSolver& solver, Eigen::VectorXd law, double settled) {
  constexpr int most = 60;
  law /= law.sum();
  for (int k = 0; k < most; ++k) {
    Eigen::VectorXd next = solver.solve_forward(law);
    next /= next.sum();
    const double change = (next - law).cwiseAbs().sum();
    law = std::move(next);
    if (change < settled) break;
  }
  return law;
}

}  // namespace

QuasiStationary quasi_stationary(const Generator& killed, const LinearEngine& engine,
                                 std::unique_ptr<LinearSolver> solver, const Eigen::VectorXd& times,
                                 const QuasiStationaryOptions& options) {
  // Bounds are as close as the solutions that they are ratios of.
  constexpr double over_error = 10.0, round_off = 1e-13;
  const double tolerance = std::max(options.tolerance, over_error * engine.relative_error());
  const double settled = std::max(round_off, engine.relative_error());
  const Eigen::VectorXd ones = Eigen::VectorXd::Ones(killed.states);
  TestFunction test = test_function(ones, times);
  while (test.width() > tolerance) {
    TestFunction next = test_function(test.u, solver->solve(test.u));
    constexpr double worth = 25.0;  // iterations that take as long as Noda's few eliminations
    const double narrowing = std::log(test.width() / next.width());
    if (narrowing > 0) test = std::move(next);
    if (std::log(test.width() / tolerance) > worth * narrowing) break;
  }
  QuasiStationary law;
  std::optional<TestFunction> base;  // what `solver` has been transformed by
  for (bool narrows = true; narrows && test.width() > tolerance && law.eliminations < options.max_eliminations;
       ++law.eliminations) {
    try {
      solver = engine.factorise(transformed(killed, test), 0.0, std::move(solver));
    } catch (const SolverError&) {  // the shift has met the eigenvalue
      solver = engine.factorise(base ? transformed(killed, *base) : killed);
      break;
    }
    const Eigen::VectorXd v = solver->solve(ones);
    const Eigen::VectorXd u = test.u.cwiseProduct(v);
    TestFunction next(u / u.maxCoeff(), (v.cwiseInverse().array() + test.low).matrix());
    // Round-off of the sums leaves a width that no further step reduces.
    constexpr double worth = 0.7, of_sums = 1e-9;
    narrows = next.width() < test.width() && !(next.width() > worth * test.width() && next.width() < of_sums);
    base = next.width() < test.width() ? std::exchange(test, std::move(next)) : test;
  }
  // In detailed balance the law is the right vector times the weights.
  Eigen::VectorXd start = ones;
  if (const auto weights = balancing_weights(killed)) {
    start = weights->cwiseProduct(test.u);
    if (base) start.array() *= base->u.array();
  }
  const Eigen::VectorXd left = left_vector(*solver, std::move(start), settled);
  law.probability = base ? Eigen::VectorXd(left.cwiseQuotient(base->u.cwiseMax(smallest))) : left;
  law.probability /= law.probability.sum();
  law.low = test.low;
  law.high = test.high;
  // Rayleigh's quotient of both vectors: right to the product of their errors.
  const Eigen::VectorXd weight = law.probability.cwiseProduct(test.u);
  const double total = weight.sum();
  law.rate =
      total > 0 ? std::clamp(weight.dot(test.ratio) / total, test.low, test.high) : std::sqrt(test.low * test.high);
  if (!(law.rate > 0) || !std::isfinite(law.rate) || !law.probability.allFinite())
    throw SolverError("the quasi-stationary law is out of the range of double precision");
  return law;
}

}  // namespace valleyflux
