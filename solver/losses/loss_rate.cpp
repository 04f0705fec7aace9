#include "solver/losses/loss_rate.hpp"

#include "problems/problem.hpp"
#include "solver/finite.hpp"
#include "solver/losses/coordinate_rates.hpp"
#include "solver/losses/interpolated_rate.hpp"
#include "solver/solver_error.hpp"

#include <fmt/format.h>

namespace valleyflux {

namespace {

Estimate without_rate(std::string note) {
  Estimate estimate;
  estimate.note = std::move(note);
  return estimate;
}

Estimate rate_of(const LossProblem& problem, const std::string& method) {
  if (problem.loss->coordinate(0)) return coordinate_exit_rate(problem, method);
  const Index d = problem.start.size();
  if (d > 2)
    return without_rate(
        fmt::format("the Fokker-Planck equation is solved for one or two parameters, this loss has {}", d));
  if (!problem.low.allFinite() || !problem.high.allFinite())
    return without_rate("the Fokker-Planck equation of this loss needs a valley with min and max");
  return interpolated_exit_rate(problem, method);
}

}  // namespace

Estimate loss_rate(const LossProblem& problem, const std::string& method) {
  Estimate estimate;
  try {
    estimate = rate_of(problem, method);
  } catch (const SolverError& error) {
    estimate = without_rate(error.what());
  } catch (const ProblemError& error) {
    estimate = without_rate(error.what());
  }
  estimate.method = method;
  if (estimate.rate && *estimate.rate > 0) estimate.time = finite(1.0 / *estimate.rate);
  return estimate;
}

std::vector<Estimate> loss_rate_by_equation(const LossTask& task) {
  Estimate estimate = loss_rate(task.problem, task.asked);
  if (!estimate.rate) task.warnings.push_back(task.asked + ": " + estimate.note);
  return {estimate};
}

}  // namespace valleyflux
