#include "problems/methods.hpp"
#include "solver/losses/hessian_comparison.hpp"
#include "solver/losses/loss_problem.hpp"
#include "solver/methods/estimator.hpp"
#include "solver/recommended_rate.hpp"

#include <fmt/format.h>

#include <stdexcept>
#include <utility>

namespace valleyflux {

namespace {

/// How a name asked for is carried out: all closed forms of an alias together.
LossMethod method_of(const std::string& asked) {
  for (const Method& method : methods())
    if (asks_for({asked}, method))
      if (const LossMethod found = estimator_of(method.name).loss) return found;
  throw std::invalid_argument(refusal(asked, ProblemKind::loss).value_or(asked + ": no method of that name"));
}

LossResult facts_of(const LossProblem& problem, const LossRequest& request) {
  const auto loss = scaled_loss(problem.loss, problem.k);
  LossResult facts;
  facts.samples = loss->samples();
  facts.start = problem.start;
  facts.value = loss->value(problem.start);
  facts.gradient = loss->gradient(problem.start);
  if (request.covariance) facts.covariance = compare_with_hessian(*loss, problem.start, *request.covariance);
  return facts;
}

}  // namespace

Results solve_loss(const LossProblem& problem, const LossRequest& request, const ParticleReports& reports) {
  Results results;
  results.dimension = static_cast<int>(problem.loss->dimension());
  results.loss = facts_of(problem, request);
  if (!problem.valley.empty()) results.valleys.push_back({problem.valley, {}, results.loss->value, std::nullopt});
  for (const std::string& method : request.methods) {
    std::vector<std::string> warnings;
    for (Estimate& estimate : method_of(method)({problem, request, method, reports, warnings})) {
      estimate.from = problem.valley;
      estimate.to = "first_exit";
      results.estimates.push_back(std::move(estimate));
    }
    for (const std::string& warning : warnings)
      results.warnings.push_back(fmt::format("{} -> first_exit: {}", problem.valley, warning));
  }
  recommend(results.estimates);
  return results;
}

}  // namespace valleyflux
