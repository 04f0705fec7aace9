#include "problems/case/case_evolve.hpp"

#include <fmt/format.h>

namespace valleyflux {

namespace {

InitialDensity read_initial(CaseReader& evolve, int dimension, const Parameters& parameters) {
  const toml::node* node = evolve.find("initial");
  if (!node) evolve.fail("", "evolve.initial is missing: a valley's name, { mean, sd } or { expression }");
  if (node->is_string()) return *evolve.text("initial");
  auto table = evolve.table("initial");
  InitialDensity initial;
  if (const auto expression = table->expression("expression", variable_names(dimension), parameters)) {
    initial = *expression;
  } else {
    const auto d = static_cast<std::size_t>(dimension);
    const auto mean = table->numbers("mean", d), sd = table->numbers("sd", d);
    if (!mean || !sd) table->fail("", "evolve.initial needs mean and sd, or expression");
    for (const double value : *sd)
      if (!(value > 0)) table->fail("sd", fmt::format("evolve.initial.sd must be positive (got {})", value));
    initial = GaussianStart{*mean, *sd};
  }
  table->finish();
  return initial;
}

}  // namespace

CaseEvolve read_evolve(CaseReader& evolve, int dimension, const Parameters& parameters) {
  CaseEvolve spec;
  spec.initial = {read_initial(evolve, dimension, parameters), evolve.place("initial")};
  const auto until = evolve.positive("until");
  if (!until) evolve.fail_without("until");
  spec.until = *until;
  spec.frames = evolve.integer("frames", 1, 1000000).value_or(spec.frames);
  spec.stepper.value =
      evolve.choice("stepper", {"auto", "exponential", "tr_bdf2", "backward_euler", "dopri5"}, spec.stepper.value);
  spec.stepper.place = evolve.place("stepper");
  spec.tolerance = evolve.positive("tolerance");
  if (const auto given = spec.tolerance; given && (*given < 1e-13 || *given > 0.1))
    evolve.fail("tolerance", fmt::format("evolve.tolerance must lie between 1e-13 and 0.1 (got {})", *given));
  evolve.finish();
  return spec;
}

}  // namespace valleyflux
