#include "solver/particles/particle_problem.hpp"

#include "problems/dynamics/diffusion_model.hpp"
#include "problems/require_coefficients.hpp"
#include "problems/valleys/eigen_decomposition.hpp"
#include "problems/valleys/stable_point.hpp"
#include "solver/methods/estimator.hpp"
#include "solver/particles/level_surface.hpp"
#include "solver/particles/surface_watch.hpp"
#include "solver/recommended_rate.hpp"
#include "solver/theory/pass_predictions.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <utility>

namespace valleyflux {

namespace {

bool holds(const Expression& condition, const std::vector<double>& x) {
  return condition(Eigen::Map<const Eigen::VectorXd>(x.data(), static_cast<Index>(x.size()))) != 0.0;
}

/// How far from the surface of a target a step can matter; without end where the noise is not the same everywhere.
double reach_of(const Dynamics& dynamics, double step) {
  if (!dynamics.diffusion->constant()) return std::numeric_limits<double>::infinity();
  DiffusionSamples samples;
  const int d = dynamics.drift.dimension();
  dynamics.diffusion->sample(Eigen::VectorXd::Zero(d), false, samples);
  return bridge_reach(step, symmetric_eigen(samples.tensor.col(0).reshaped(d, d)).values[d - 1]);
}

/// What five sixths of the places of the local equilibrium around a minimum do not exceed, one standard deviation above
/// the middle of a normal distribution; measured by particles.
double usual_height(const ParticleProblem& problem, const std::vector<double>& minimum,
                    const ReactionCoordinate& coordinate, const ParticleOptions& options) {
  const ParticleMover mover(problem.system, options);
  ParticleBlock block(mover);
  constexpr std::uint32_t measuring = 0xc0000000u;  // numbers that no other particle has
  for (Index lane = 0; lane < ParticleBlock::lanes; ++lane)
    block.put(lane, measuring + static_cast<std::uint32_t>(lane), minimum);
  constexpr double relaxations = 4.0, part = 5.0 / 6.0;
  const double rounds = std::ceil(relaxations * problem.relaxation_time / (options.step * block.steps_a_round()));
  for (double n = 0; n < rounds; ++n) {
    block.begin_round(ParticleBlock::lanes);
    for (int s = 0; s < block.steps_a_round(); ++s) block.step(s);
    block.end_round();
  }
  std::vector<double> values(ParticleBlock::lanes);
  coordinate(block.coordinates(), values.data(), ParticleBlock::lanes, ParticleBlock::lanes);
  std::sort(values.begin(), values.end());
  return std::max(values[static_cast<std::size_t>(part * static_cast<double>(values.size()))],
                  value_at(coordinate, minimum));
}

/// An escape to a target: a wall of the box is passed like the surface of any other region.
ParticleEscape escape_to(const ParticleTarget& target, const ParticleValley& from, ParticleSystem system) {
  if (target.wall) {
    BoxSide& side = system.box[static_cast<std::size_t>(target.wall->axis)];
    (target.wall->upper ? side.upper : side.lower) = Boundary::absorbing;
  }
  const auto beyond = [&] {
    const int d = system.dimension();
    const auto axis = static_cast<std::size_t>(target.wall->axis);
    const BoxSide& side = system.box[axis];
    const std::string variable = variable_names(d)[axis];
    const bool upper = target.wall->upper;
    return Expression(fmt::format("{} {} {}", variable, upper ? ">=" : "<=", upper ? side.max : side.min),
                      variable_names(d));
  };
  const Expression where = target.where ? *target.where : beyond();
  if (holds(where, from.minimum))
    throw std::invalid_argument(fmt::format("\"{}\" holds the minimum of \"{}\"", target.name, from.name));
  const auto surface = [where, system](double step) {
    return std::make_shared<const LevelSurface>(std::vector{where}, false, system.box, reach_of(system.dynamics, step));
  };
  return {system, from.minimum, surface, false};
}

std::string name_of_end(const ParticleProblem& problem, const Escape& escape) {
  const auto number = static_cast<std::size_t>(escape.to);
  switch (escape.arrival) {
    case Arrival::any_core: return "any";
    case Arrival::first_exit: return "first_exit";
    case Arrival::target: return problem.targets.at(number).name;
    case Arrival::core: break;
  }
  return problem.valleys.at(number).name;
}

void report_closed_forms(const ParticleProblem& problem, const ParticleEscapeRequest& request, const std::string& from,
                         const std::string& to, const TheoryOptions& theory, Results& results) {
  if (methods_asked(request.methods, MethodStage::closed_form).empty()) return;
  std::vector<Prediction> forms;
  const auto at = [&](int valley) {
    const std::vector<double>& minimum = problem.valleys[static_cast<std::size_t>(valley)].minimum;
    return Eigen::VectorXd(Eigen::Map<const Eigen::VectorXd>(minimum.data(), static_cast<Index>(minimum.size())));
  };
  if (!problem.system.dynamics.drift.landscape())
    forms.push_back(no_prediction(problem.system.dynamics.drift.potential()
                                      ? "without a grid the closed forms are not known of a mobility"
                                      : "the closed forms need a landscape"));
  else if (request.escape.arrival != Arrival::core)
    forms.push_back(no_prediction(
        "without a grid the saddles on a valley's boundary are not known: ask for the escape into another valley"));
  else
    forms = pass_predictions(problem.system.dynamics, at(request.escape.from), at(request.escape.to), theory);
  report_predictions(forms, request.methods, from, to, results);
}

}  // namespace

ParticleProblem make_particle_problem(std::string title, Dynamics dynamics, std::vector<BoxSide> box,
                                      const std::vector<ParticleValleyDefinition>& valleys) {
  const auto d = static_cast<int>(box.size());
  const char* drift = dynamics.drift.potential() ? "landscape" : "drift";
  if (dynamics.drift.dimension() != d)
    throw ProblemError(drift,
                       fmt::format("the {} has {} dimension(s), the box has {}", drift, dynamics.drift.dimension(), d));
  if (dynamics.diffusion->dimension() != d)
    throw ProblemError("diffusion", fmt::format("the diffusion has {} dimension(s), the box has {}",
                                                dynamics.diffusion->dimension(), d));
  if (valleys.empty()) throw ProblemError("valley", "without a grid every valley has to be described: there is none");
  ParticleProblem problem{std::move(title), {std::move(dynamics), std::move(box), 0.0}, {}, 0.0};
  std::vector<Eigen::MatrixXd> jacobians;
  for (const ParticleValleyDefinition& valley : valleys) {
    const std::string key = "valley." + valley.name;
    const Eigen::VectorXd guess = Eigen::Map<const Eigen::VectorXd>(valley.minimum.data(), d);
    const auto point = stable_point_near(problem.system.dynamics.drift, guess);
    if (!point)
      throw ProblemError(key, fmt::format("no stable point is found near the minimum of valley \"{}\", ({:.6g})",
                                          valley.name, fmt::join(valley.minimum, ", ")));
    const std::vector<double> at(point->position.data(), point->position.data() + d);
    for (std::size_t k = 0; k < at.size(); ++k)
      if (const BoxSide& side = problem.system.box[k]; at[k] < side.min || at[k] > side.max)
        throw ProblemError(key, fmt::format("the stable point of valley \"{}\" lies outside the box: {} = {:.6g}",
                                            valley.name, side.name, at[k]));
    if (!holds(valley.where, at))
      throw ProblemError(
          key, fmt::format("the stable point ({:.6g}) lies outside valley \"{}\"", fmt::join(at, ", "), valley.name));
    const Eigen::VectorXd rates = -real_eigen(point->jacobian).values;
    problem.relaxation_time = std::max(problem.relaxation_time, 1.0 / rates.minCoeff());
    jacobians.push_back(point->jacobian);
    problem.valleys.push_back({valley.name, valley.where, valley.core, at, point->height});
  }
  problem.system.safe_step = safe_step(jacobians);
  return problem;
}

ParticleEscape particle_escape(const ParticleProblem& problem, const Escape& escape) {
  const ParticleValley& from = problem.valleys[static_cast<std::size_t>(escape.from)];
  if (escape.arrival == Arrival::target)
    return escape_to(problem.targets.at(static_cast<std::size_t>(escape.to)), from, problem.system);
  std::vector<Expression> targets;
  if (escape.first_exit()) targets.push_back(from.where);
  for (std::size_t v = 0; v < problem.valleys.size(); ++v) {
    const ParticleValley& to = problem.valleys[v];
    if (escape.first_exit() || !escape.leads_to(static_cast<int>(v))) continue;
    if (!to.core) {
      if (escape.arrival == Arrival::any_core) continue;
      throw std::invalid_argument(fmt::format("valley \"{}\" has no core to arrive in: give it one", to.name));
    }
    if (holds(*to.core, from.minimum))
      throw std::invalid_argument(
          fmt::format("the core of valley \"{}\" holds the minimum of \"{}\"", to.name, from.name));
    targets.push_back(*to.core);
  }
  if (targets.empty()) throw std::invalid_argument("\"any\": no other valley has a core to arrive in: give it one");
  const ParticleSystem& system = problem.system;
  return {system, from.minimum,
          [targets = std::move(targets), outside = escape.first_exit(), system](double step) {
            return std::make_shared<const LevelSurface>(targets, outside, system.box, reach_of(system.dynamics, step));
          },
          escape.first_exit()};
}

Results solve_particles(const ParticleProblem& problem, const std::vector<ParticleEscapeRequest>& escapes,
                        const ParticleMethods& methods, const ParticleReports& reports, const TheoryOptions& theory) {
  require_autonomous(problem.system.dynamics);
  Results results;
  results.dimension = problem.system.dimension();
  for (const BoxSide& side : problem.system.box) results.variables.push_back(side.name);
  for (const ParticleValley& valley : problem.valleys)
    results.valleys.push_back({valley.name, valley.minimum, valley.height, std::nullopt});
  for (const ParticleEscapeRequest& request : escapes) {
    const ParticleEscape escape = particle_escape(problem, request.escape);
    const std::string& from = problem.valleys[static_cast<std::size_t>(request.escape.from)].name;
    const std::string to = name_of_end(problem, request.escape);
    const auto coordinate = [&]() -> SplittingCoordinate {
      if (!methods.reaction_coordinate) throw std::invalid_argument(no_committor);
      ReactionCoordinate along = expression_coordinate(*methods.reaction_coordinate);
      const double origin = usual_height(problem, escape.start, along, options_of(methods));
      return {std::move(along), origin};
    };
    for (const std::string& name : request.methods)
      if (const auto why = refusal(name, ProblemKind::box)) throw std::invalid_argument(*why);
    for (const std::string& method : methods_asked(request.methods, MethodStage::particles)) {
      const ParticleTask task{method, escape, from, to, coordinate, methods, reports};
      add_measured(task, estimator_of(method).particles(task), results);
    }
    report_closed_forms(problem, request, from, to, theory, results);
  }
  recommend(results.estimates);
  return results;
}

}  // namespace valleyflux
