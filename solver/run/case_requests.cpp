#include "solver/run/case_requests.hpp"

#include "problems/case/case_reader.hpp"
#include "problems/case/case_targets.hpp"
#include "problems/case/domain_part.hpp"
#include "problems/case/nearest_name.hpp"
#include "solver/engines.hpp"
#include "solver/evolution/initial_density.hpp"
#include "solver/finite.hpp"
#include "solver/particles/splitting.hpp"
#include "solver/run/available_memory.hpp"
#include "solver/run/names_of.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <limits>
#include <string>

namespace valleyflux {

namespace {

int valley_numbered(const std::vector<std::string>& names, const Placed<std::string>& name) {
  for (std::size_t v = 0; v < names.size(); ++v)
    if (names[v] == name.value) return static_cast<int>(v);
  throw CaseError(fmt::format("{}: error: there is no valley \"{}\"; the nearest is \"{}\" (valleys: {})", name.place,
                              name.value, nearest_name(name.value, names), fmt::join(names, ", ")));
}

template <int Dim>
int valley_numbered(const Problem<Dim>& problem, const Placed<std::string>& name) {
  return valley_numbered(names_of(problem.valleys), name);
}

/// The escape to one of a problem's targets.
template <class Named>
Escape to_target(int from, const std::vector<Named>& targets, const std::string& name) {
  const std::vector<std::string> names = names_of(targets);
  return escape_to_target(from, static_cast<int>(std::find(names.begin(), names.end(), name) - names.begin()));
}

template <int Dim>
EscapeRequest escape_request(const Problem<Dim>& problem, const Case& definition, const CaseEscape& escape) {
  EscapeRequest request;
  request.methods = escape.methods;
  request.escape.from = valley_numbered<Dim>(problem, escape.from);
  const Valley<Dim>& from = problem.valleys[static_cast<std::size_t>(request.escape.from)];
  if (!from.minimum)
    throw CaseError(
        fmt::format("{}: error: valley \"{}\" holds no minimum to escape from", escape.from.place, from.name));
  if (escape.to_target()) {
    require_target(definition, escape, names_of(problem.valleys));
    require_target_apart<Dim>(problem, escape, from);
    request.escape = to_target(request.escape.from, problem.targets, escape.to.value);
    return request;
  }
  if (escape.to.value == "first_exit") return request;
  if (escape.to.value == "any") {
    request.escape = escape_from(request.escape.from);
    const auto fits = [&](const Valley<Dim>& other) { return &other != &from && !other.core.empty(); };
    if (std::none_of(problem.valleys.begin(), problem.valleys.end(), fits))
      throw CaseError(fmt::format("{}: error: \"any\": there is no other valley with a minimum or a core to arrive in",
                                  escape.to.place));
    return request;
  }
  request.escape = {request.escape.from, valley_numbered<Dim>(problem, escape.to)};
  const Valley<Dim>& to = problem.valleys[static_cast<std::size_t>(request.escape.to)];
  if (to.core.empty())
    throw CaseError(fmt::format("{}: error: valley \"{}\" holds no minimum: give it a core to arrive in",
                                escape.to.place, to.name));
  if (to.core.contains(from.minimum->position))
    throw CaseError(fmt::format("{}: error: the core of valley \"{}\" holds the minimum of \"{}\"", escape.to.place,
                                to.name, from.name));
  return request;
}

/// Splitting needs a coordinate that is larger somewhere outside of the core it starts from than anywhere in it: along
/// another one no path gets on, and none is ever split.
template <int Dim>
void require_growing_coordinate(const Problem<Dim>& problem, const EscapeRequest& request,
                                const CaseParticles& particles) {
  if (!particles.reaction_coordinate) return;
  const std::vector<std::string> asked = methods_asked(request.methods, MethodStage::particles);
  if (std::none_of(asked.begin(), asked.end(),
                   [](const std::string& name) { return method_named(name).need == MethodNeed::committor; }))
    return;
  const ReactionCoordinate coordinate = expression_coordinate(*particles.reaction_coordinate);
  const Valley<Dim>& from = problem.valleys[static_cast<std::size_t>(request.escape.from)];
  const double in_core = largest_in_core<Dim>(problem, request.escape.from, coordinate);
  const std::vector<char> core = from.core.cells(problem.grid);
  double outside = -std::numeric_limits<double>::infinity();
  for (std::size_t cell = 0; cell < core.size(); ++cell) {
    if (core[cell]) continue;
    const Point<Dim> x = problem.grid.centre(static_cast<Index>(cell));
    outside = std::max(outside, value_at(coordinate, {x.data(), x.data() + Dim}));
  }
  if (!(outside > in_core))
    throw CaseError(
        fmt::format("{}: error: langevin.reaction_coordinate = \"{}\" does not grow on the way from \"{}\": "
                    "it reaches {} in its core and {} outside",
                    particles.reaction_coordinate_place, particles.reaction_coordinate->text(), from.name,
                    finite_text(in_core), finite_text(outside)));
}

/// A mean that the case tells, where a domain goes on beyond the seam of a periodic axis: in it.
template <int Dim>
std::vector<double> in_domain(const std::vector<OpenAxis>& given, const Grid<Dim>& grid, std::vector<double> mean) {
  for (std::size_t k = 0; k < Dim && k < mean.size(); ++k) {
    const OpenAxis& axis = given[k];
    if (axis.lower == Boundary::periodic && axis.bounded() && mean[k] < grid.axis(static_cast<int>(k)).min())
      mean[k] += *axis.max - *axis.min;
  }
  return mean;
}

template <int Dim>
Eigen::VectorXd initial_probabilities(const Problem<Dim>& problem, const std::vector<OpenAxis>& given,
                                      const Placed<InitialDensity>& initial, const Discretisation<Dim>& discretisation,
                                      const std::vector<int>& labels) {
  const Grid<Dim>& grid = discretisation.space.grid();
  try {
    if (const auto* start = std::get_if<GaussianStart>(&initial.value))
      return discretisation.space.from_cells(gaussian<Dim>(grid, in_domain<Dim>(given, grid, start->mean), start->sd));
    if (const auto* density = std::get_if<Expression>(&initial.value))
      return discretisation.space.from_cells(
          from_density<Dim>(grid, [&](const Point<Dim>& x) { return (*density)(within_periods<Dim>(given, x)); }));
  } catch (const std::invalid_argument& error) {
    throw CaseError(fmt::format("{}: error: {}", initial.place, error.what()));
  }
  const int valley = valley_numbered<Dim>(problem, {std::get<std::string>(initial.value), initial.place});
  return local_equilibrium<Dim>(problem, discretisation, labels, valley);
}

}  // namespace

ParticleMethods particle_methods(const Case& definition) {
  const CaseParticles& particles = definition.particles;
  constexpr double budget = 1e9;  // steps
  constexpr double standard_step = 1e-3;
  constexpr double loss_iterations = 1e6;  // of each repetition
  const double step = definition.loss ? definition.sgd->eta : particles.step.value_or(standard_step);
  const double steps = definition.loss ? loss_iterations : budget / static_cast<double>(particles.particles);
  ParticleMethods methods;
  methods.particles = {.particles = static_cast<std::uint32_t>(particles.particles),
                       .step = step,
                       .seed = particles.seed,
                       .dynamics = particles.sgd ? ParticleDynamics::sgd : ParticleDynamics::langevin,
                       .time_limit = particles.time_limit.value_or(step * steps),
                       .scheme = particles.platen ? ParticleScheme::platen : ParticleScheme::euler_maruyama,
                       .noise = particles.single_noise ? NoisePrecision::single : NoisePrecision::full};
  if (particles.minibatch != "gaussian") {
    methods.particles.minibatch =
        particles.minibatch == "with_replacement" ? Minibatch::with_replacement : Minibatch::without_replacement;
    methods.particles.batch_size = static_cast<std::uint32_t>(definition.sgd->batch_size);
  }
  if (!particles.step && definition.sgd)
    methods.sgd = {definition.sgd->eta, particles.time_limit.value_or(definition.sgd->eta * steps)};
  methods.splitting = {static_cast<std::uint32_t>(particles.replicas), static_cast<std::uint32_t>(particles.runs)};
  methods.reaction_coordinate = particles.reaction_coordinate;
  return methods;
}

TheoryOptions theory_options(const Case& definition) {
  return {definition.sgd, definition.two_temperature, definition.theorem_s};
}

template <int Dim>
SolveRequest<Dim> solve_request(const Problem<Dim>& problem, const Case& definition) {
  SolveRequest<Dim> request;
  request.theory = theory_options(definition);
  request.grids = definition.grids;
  request.accuracy = {definition.accuracy.relative, std::min(definition.accuracy.memory, available_memory())};
  request.modes = definition.modes;
  request.network = definition.network;
  request.stationary = definition.stationary;
  request.paths = definition.paths;
  request.quasi_potential = definition.quasi_potential;
  request.engine = engine_named(definition.engine);
  request.departing_cell_rates = definition.departing_cell_rates;
  request.particles = particle_methods(definition);
  request.particle_histogram = definition.particles.histogram;
  if (!definition.escapes.empty()) {
    request.escapes.emplace();
    for (const CaseEscape& escape : definition.escapes)
      request.escapes->push_back(escape_request<Dim>(problem, definition, escape));
    for (const EscapeRequest& escape : *request.escapes)
      require_growing_coordinate<Dim>(problem, escape, definition.particles);
  }
  if (const auto& passage = definition.first_passage) request.first_passage = {passage->until, passage->points};
  if (const auto& evolve = definition.evolve) {
    request.evolve = EvolveOptions{.until = evolve->until,
                                   .frames = evolve->frames,
                                   .stepper = stepper_named(evolve->stepper.value),
                                   .tolerance = evolve->tolerance};
    if (std::holds_alternative<std::string>(evolve->initial.value))
      valley_numbered<Dim>(problem, {std::get<std::string>(evolve->initial.value), evolve->initial.place});
    request.initial = [&problem, &given = definition.axes, &initial = evolve->initial](
                          const Discretisation<Dim>& discretisation, const std::vector<int>& labels) {
      return initial_probabilities<Dim>(problem, given, initial, discretisation, labels);
    };
  }
  return request;
}

std::vector<ParticleEscapeRequest> particle_requests(const ParticleProblem& problem, const Case& definition) {
  const std::vector<std::string> names = names_of(problem.valleys);
  std::vector<ParticleEscapeRequest> requests;
  for (const CaseEscape& escape : definition.escapes) {
    const int from = valley_numbered(names, escape.from);
    if (escape.to_target()) require_target(definition, escape, names);
    requests.push_back({escape.to_target()                ? to_target(from, problem.targets, escape.to.value)
                        : escape.to.value == "any"        ? escape_from(from)
                        : escape.to.value == "first_exit" ? Escape{.from = from}
                                                          : Escape{from, valley_numbered(names, escape.to)},
                        escape.methods});
    placed(escape.to.place, [&] { return particle_escape(problem, requests.back().escape); });
  }
  return requests;
}

template SolveRequest<1> solve_request(const Problem<1>&, const Case&);
template SolveRequest<2> solve_request(const Problem<2>&, const Case&);

}  // namespace valleyflux
