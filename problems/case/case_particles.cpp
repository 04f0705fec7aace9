#include "problems/case/case_particles.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>

namespace valleyflux {

namespace {

/// Repetitions of SGD over a loss know fewer keys than particles in a landscape.
void require_of_loss(CaseReader& table, const CaseParticles& particles) {
  for (const char* key : {"dynamics", "scheme", "noise", "histogram", "replicas", "runs", "reaction_coordinate"})
    if (table.find(key))
      table.fail(key, fmt::format(
                          "langevin.{} has no place in a case over data: particles, seed, time_limit, minibatch", key));
  if (particles.minibatch == "gaussian")
    table.fail("minibatch", "langevin.minibatch of a loss must be with_replacement or without_replacement");
  if (particles.step) table.fail("step", "langevin.step of a loss is diffusion.eta");
}

}  // namespace

CaseParticles read_particles(CaseReader& table, const std::vector<std::string>& variables, const Parameters& parameters,
                             const Case& definition) {
  CaseParticles particles = definition.particles;
  constexpr long most_particles = 1000000000, most_replicas = 1000000;
  particles.particles = table.integer("particles", 1, most_particles).value_or(particles.particles);
  particles.seed = static_cast<std::uint64_t>(
      table.integer("seed", 0, std::numeric_limits<long>::max()).value_or(static_cast<long>(particles.seed)));
  particles.step = table.positive("step");
  particles.time_limit = table.positive("time_limit");
  if (particles.time_limit && particles.step && *particles.time_limit < *particles.step)
    table.fail("time_limit", fmt::format("langevin.time_limit must be no less than langevin.step = {} (got {})",
                                         *particles.step, *particles.time_limit));
  particles.sgd = table.choice("dynamics", {"langevin", "sgd"}, "langevin") == "sgd";
  particles.platen = table.choice("scheme", {"euler_maruyama", "platen"}, "euler_maruyama") == "platen";
  if (particles.platen && particles.sgd)
    table.fail("scheme", "langevin.scheme is of dynamics = \"langevin\": the steps of sgd are what they are");
  particles.single_noise = table.choice("noise", {"double", "single"}, "double") == "single";
  particles.minibatch =
      table.choice("minibatch", {"gaussian", "with_replacement", "without_replacement"}, particles.minibatch);
  particles.histogram = table.boolean("histogram").value_or(false);
  particles.replicas = table.integer("replicas", 2, most_replicas).value_or(particles.replicas);
  particles.runs = table.integer("runs", 2, most_replicas).value_or(particles.runs);
  particles.reaction_coordinate = table.expression("reaction_coordinate", variables, parameters);
  particles.reaction_coordinate_place = table.place("reaction_coordinate");
  if (particles.reaction_coordinate && particles.reaction_coordinate->is_predicate())
    table.fail("reaction_coordinate",
               fmt::format("langevin.reaction_coordinate must be a number that grows on the way, not a condition (got "
                           "\"{}\")",
                           particles.reaction_coordinate->text()));
  if (definition.loss) {
    require_of_loss(table, particles);
  } else if (particles.minibatch != "gaussian") {
    const auto& landscape = definition.dynamics->drift.landscape();
    if (!landscape || !landscape->terms())
      table.fail("minibatch", "langevin.minibatch needs landscape.data: an average over data");
    if (!definition.sgd || definition.sgd->batch_size != std::round(definition.sgd->batch_size))
      table.fail("minibatch",
                 "langevin.minibatch needs diffusion.model = \"sgd\" or \"gradient_noise\" with a whole batch_size");
  }
  if (particles.histogram && !definition.box.empty())
    table.fail("histogram", "langevin.histogram needs a [grid], over which an evolution ends");
  if (particles.histogram && !definition.evolve)
    table.fail("histogram", "langevin.histogram is taken at the end of an evolution: [evolve] is missing");
  table.finish();
  return particles;
}

}  // namespace valleyflux
