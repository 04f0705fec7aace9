#include "solver/losses/coordinate_rates.hpp"
#include "solver/losses/hessian_comparison.hpp"
#include "solver/losses/loss_exits.hpp"
#include "solver/losses/loss_problem.hpp"
#include "solver/losses/loss_rate.hpp"
#include "solver/particles/particle_estimate.hpp"
#include "solver/recommended_rate.hpp"

#include <fmt/format.h>

#include <stdexcept>
#include <utility>

namespace valleyflux {

namespace {

ParticleOptions sgd_options(const LossProblem& problem, const LossRequest& request) {
  ParticleOptions options = request.repetitions;
  options.dynamics = ParticleDynamics::sgd;
  options.step = problem.sgd.eta;
  options.batch_size = static_cast<std::uint32_t>(problem.sgd.batch_size);
  return options;
}

/// "first exit, SGD, minibatches of 10 with replacement, injected noise 0.1"
std::string described(const LossProblem& problem, const ParticleOptions& options) {
  return fmt::format("first exit, {}, minibatches of {} {} replacement{}", problem.sgd.injected > 0 ? "SGLD" : "SGD",
                     options.batch_size, options.minibatch == Minibatch::with_replacement ? "with" : "without",
                     problem.sgd.injected > 0 ? fmt::format(", injected noise {}", problem.sgd.injected) : "");
}

Estimate measured_by_sgd(const LossProblem& problem, const LossRequest& request, const ParticleReports& reports,
                         std::vector<std::string>& warnings) {
  const ParticleOptions options = sgd_options(problem, request);
  const LossEscape escape{scaled_loss(problem.loss, problem.k), problem.start, problem.low, problem.high,
                          problem.sgd.injected};
  const FirstExits exits = loss_exits(escape, options, [&](std::uint32_t done, std::uint32_t escapes, double risk) {
    if (reports.progress)
      reports.progress(static_cast<double>(done) / options.particles,
                       fmt::format("sgd: {} escapes, rate about {:.3g}", escapes, escapes / risk));
    return !(reports.interrupted && reports.interrupted());
  });
  if (reports.escape_times)
    reports.escape_times({problem.valley, "first_exit", "sgd",
                          Eigen::Map<const Eigen::VectorXd>(exits.time.data(), static_cast<Index>(exits.time.size())),
                          std::vector<int>(exits.escaped.begin(), exits.escaped.end())});
  return exits_estimate(exits, "sgd", described(problem, options), options.time_limit, warnings);
}

std::vector<Estimate> estimates_by(const std::string& method, const LossProblem& problem, const LossRequest& request,
                                   const ParticleReports& reports, std::vector<std::string>& warnings) {
  if (method == "sgd") return {measured_by_sgd(problem, request, reports, warnings)};
  if (method == "quasi_stationary" || method == "mean_first_passage") {
    Estimate estimate = loss_rate(problem, method);
    if (!estimate.rate) warnings.push_back(method + ": " + estimate.note);
    return {estimate};
  }
  if (!problem.loss->coordinate(0))
    throw std::invalid_argument(
        fmt::format("{} needs a barrier that is known, which losses of separate coordinates have", method));
  return coordinate_closed_forms(problem, method, request.theory_s, warnings);
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
    for (Estimate& estimate : estimates_by(method, problem, request, reports, warnings)) {
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
