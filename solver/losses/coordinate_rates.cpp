#include "solver/losses/coordinate_rates.hpp"

#include "problems/dynamics/diffusion_model.hpp"
#include "problems/expressions/polynomial.hpp"
#include "problems/landscapes/expression_landscape.hpp"
#include "solver/finite.hpp"
#include "solver/losses/domain_exit_rate.hpp"
#include "solver/methods/estimator.hpp"
#include "solver/solve_problem.hpp"

#include <fmt/format.h>
#include <boost/math/tools/rational.hpp>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace valleyflux {

namespace {

constexpr Index cells = 400;

double polynomial_value(const std::vector<double>& coefficients, double x) {
  return boost::math::tools::evaluate_polynomial(coefficients.data(), x, coefficients.size());
}

/// From the variance of one sample's slope at k = 1 to the diffusion that minibatches make at k.
double noise_strength(const LossProblem& problem) {
  return problem.sgd.eta / (2.0 * problem.sgd.batch_size) * problem.k;
}

/// Diffusion of one coordinate at k: what its minibatches make, and the injected noise.
Dynamics coordinate_dynamics(const LossProblem& problem, const CoordinatePolynomials& coordinate) {
  const auto constant = [](double value) { return Expression::constant(value, 1); };
  const Expression z = constant(std::sqrt(problem.k)) * Expression::variable(0, 1);
  const Expression noise =
      constant(noise_strength(problem)) * polynomial(coordinate.noise, z) + constant(problem.sgd.injected);
  return {Drift(expression_landscape(polynomial(coordinate.loss, z))), expression_diffusion(1, {{noise}}),
          Interpretation::ito};
}

/// Whether the box has an end along a coordinate.
bool can_leave(const LossProblem& problem, Index i) {
  return std::isfinite(problem.low[i]) || std::isfinite(problem.high[i]);
}

/// Adds the rate of one coordinate to a sum, by logarithms: either may underflow.
void add_rate(Estimate& sum, const Estimate& one) {
  if (sum.log_rate) {
    const double larger = std::max(*sum.log_rate, *one.log_rate), smaller = std::min(*sum.log_rate, *one.log_rate);
    sum.log_rate = larger + std::log1p(std::exp(smaller - larger));
  } else {
    sum.log_rate = one.log_rate;
  }
  sum.rate = std::exp(*sum.log_rate);
  if (!one.low || !one.high) return;
  sum.low = sum.low.value_or(0.0) + *one.low;
  sum.high = sum.high.value_or(0.0) + *one.high;
}

/// Where the law of a coordinate is no more than round-off of that at the start, beyond the start as seen from `end`:
/// the valley has no end there, and a wall does not matter. All in the coordinate z = sqrt(k) theta, in which
/// the density without flux is exp(-Phi) / D with Phi' = L' / D (Ito).
double far_end(const LossProblem& problem, const CoordinatePolynomials& coordinate, double start, double end) {
  const auto diffusion = [&](double z) {
    return noise_strength(problem) * polynomial_value(coordinate.noise, z) + problem.sgd.injected;
  };
  constexpr double negligible = 25.0, share = 0.01, growth = 1.02;
  constexpr int most = 1000;
  double z = start, step = share * (start - end), phi = 0.0, height = polynomial_value(coordinate.loss, start),
         D = diffusion(start);
  double highest = -std::log(D);  // logarithm of the density, less what it is on the way
  for (int n = 0; n < most; ++n) {
    const double next = z + step, next_height = polynomial_value(coordinate.loss, next), next_D = diffusion(next);
    phi += 0.5 * (next_height - height) * (1.0 / D + 1.0 / next_D);
    z = next;
    height = next_height;
    D = next_D;
    const double density = -phi - std::log(D);
    highest = std::max(highest, density);
    if (density < highest - negligible) break;
    step *= growth;
  }
  return z;
}

Estimate exit_rate(const LossProblem& problem, Index i, const std::string& method) {
  const CoordinatePolynomials coordinate = *problem.loss->coordinate(i);
  const double root = std::sqrt(problem.k);
  double low = problem.low[i], high = problem.high[i];
  Boundary lower = Boundary::absorbing, upper = Boundary::absorbing;
  if (!std::isfinite(low)) {
    low = far_end(problem, coordinate, root * problem.start[i], root * high) / root;
    lower = Boundary::reflecting;
  }
  if (!std::isfinite(high)) {
    high = far_end(problem, coordinate, root * problem.start[i], root * low) / root;
    upper = Boundary::reflecting;
  }
  // Where the noise grows with the distance the wall is far away: cells are finest between the start and the way out.
  const double near = lower == Boundary::reflecting ? high : low;
  const Grading grading{problem.start[i], std::abs(near - problem.start[i])};
  return domain_exit_rate<1>(coordinate_dynamics(problem, coordinate),
                             Grid<1>({Axis("x", low, high, cells, lower, upper, grading)}), Point<1>(problem.start[i]),
                             method);
}

/// Closed forms of the way out of the valley that holds the start; empty where the coordinate has no other one.
Results closed_forms(const LossProblem& problem, Index i, const std::string& method, double theory_s) {
  const CoordinatePolynomials coordinate = *problem.loss->coordinate(i);
  // All critical points lie within Cauchy's bound of the slope's roots.
  double bound = 0.0;
  for (std::size_t k = 1; k + 1 < coordinate.loss.size(); ++k)
    bound = std::max(bound, std::abs(static_cast<double>(k) * coordinate.loss[k]));
  bound = 1.0 + bound / (static_cast<double>(coordinate.loss.size() - 1) * coordinate.loss.back());
  Dynamics dynamics = coordinate_dynamics(problem, coordinate);
  TheoryOptions theory{problem.sgd, std::nullopt, theory_s};
  if (method == "theory:kramers") {
    dynamics.diffusion = constant_diffusion(Eigen::MatrixXd::Constant(1, 1, problem.sgd.injected));
    theory.sgd.reset();
  }
  const double end = bound / std::sqrt(problem.k);
  const Problem<1> line = make_problem<1>("", dynamics, Grid<1>({Axis("x", -end, end, cells)}));
  const Index cell = line.grid.cell_containing(Point<1>(problem.start[i]));
  if (cell < 0 || line.valleys.size() < 2) return {};
  const int from = valley_labels(line)[static_cast<std::size_t>(cell)];
  SolveRequest<1> request = one_escape<1>({.from = from}, method);
  request.theory = theory;
  return solve_problem<1>(line, request);
}

std::string counted(std::size_t coordinates) {
  return coordinates == 1 ? "" : fmt::format("; the sum over {} independent coordinates", coordinates);
}

}  // namespace

Estimate coordinate_exit_rate(const LossProblem& problem, const std::string& method) {
  std::vector<Index> leaving;
  for (Index i = 0; i < problem.start.size(); ++i)
    if (can_leave(problem, i)) leaving.push_back(i);
  if (leaving.size() == 1) return exit_rate(problem, leaving[0], method);
  Estimate sum;
  if (estimator_of(method).grid.value().gives_time) {
    sum.note = "the mean of the least of several coordinates' times does not follow from their means";
    return sum;
  }
  for (const Index i : leaving) {
    Estimate one = exit_rate(problem, i, method);
    if (!one.log_rate) return one;
    add_rate(sum, one);
  }
  sum.note = "first exit, ito" + counted(leaving.size());
  return sum;
}

std::vector<Estimate> coordinate_closed_forms(const LossProblem& problem, const std::string& method, double theory_s,
                                              std::vector<std::string>& warnings) {
  std::vector<Estimate> sums;
  std::size_t count = 0;
  const auto none = [&](const std::string& why) {
    Estimate estimate;
    estimate.method = method;
    estimate.note = why;
    return std::vector<Estimate>{estimate};
  };
  if (method == "theory:kramers" && !(problem.sgd.injected > 0))
    return none("Kramers' formula is for white noise: diffusion.injected is 0");
  for (Index i = 0; i < problem.start.size(); ++i) {
    if (!can_leave(problem, i)) continue;
    Results found = closed_forms(problem, i, method, theory_s);
    if (found.estimates.empty()) return none(fmt::format("coordinate {} has no barrier to go over", i + 1));
    if (count++ == 0) {
      for (const std::string& warning : found.warnings)
        warnings.push_back(fmt::format("coordinate {}: {}", i + 1, warning));
      sums = std::move(found.estimates);
      continue;
    }
    for (std::size_t k = 0; k < sums.size(); ++k) {
      if (!sums[k].log_rate) continue;
      if (found.estimates.at(k).log_rate)
        add_rate(sums[k], found.estimates[k]);
      else
        sums[k] = found.estimates[k];
    }
  }
  for (Estimate& sum : sums)
    if (sum.log_rate) {
      sum.note += counted(count);
      sum.time = finite(1.0 / *sum.rate);
    }
  return sums;
}

std::vector<Estimate> closed_forms_of_loss(const LossTask& task) {
  if (!task.problem.loss->coordinate(0))
    throw std::invalid_argument(
        fmt::format("{} needs a barrier that is known, which losses of separate coordinates have", task.asked));
  return coordinate_closed_forms(task.problem, task.asked, task.request.theory_s, task.warnings);
}

}  // namespace valleyflux
