#include "problems/case/idle_settings.hpp"

#include "problems/methods.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace valleyflux {

namespace {

/// What escapes ask for; those that the program asks for where a case names none included.
std::vector<std::string> methods_of(const Case& definition) {
  if (definition.escapes.empty())
    return standard_methods(definition.axes.size() == 1 ? ProblemKind::line : ProblemKind::plane);
  std::vector<std::string> all;
  for (const CaseEscape& escape : definition.escapes)
    all.insert(all.end(), escape.methods.begin(), escape.methods.end());
  return all;
}

/// What a key needs and the case does not ask for; empty where it changes something.
std::string missing_for(const std::string& key, const Case& definition) {
  const std::vector<std::string> asked = methods_of(definition);
  const auto any_of = [&](MethodStage stage) { return !methods_asked(asked, stage).empty(); };
  const auto any_named = [&](const char* method) { return asks_for(asked, method_named(method)); };
  const CaseParticles& particles = definition.particles;
  const auto in = [&](const std::set<std::string>& keys) { return keys.contains(key); };
  if (in({"langevin.replicas", "langevin.runs", "langevin.reaction_coordinate"}))
    return any_named("splitting") ? "" : "no escape asks for splitting";
  if (in({"langevin.minibatch"})) return any_named("sgd") || particles.sgd ? "" : "nothing moves by SGD";
  if (key.starts_with("langevin.")) {
    const bool moves = any_of(MethodStage::particles) || any_of(MethodStage::chain) || particles.histogram;
    return moves ? "" : "no escape asks for langevin, sgd, splitting or sgd_chain";
  }
  if (in({"theory.s"}))
    return any_of(MethodStage::closed_form) || any_of(MethodStage::chain) ? "" : "no escape asks for theory";
  if (in({"theory.paths"}) && definition.axes.size() == 2)
    return any_named("theory:laplace") ? "" : "no escape asks for theory:laplace";
  if (key.starts_with("accuracy.")) {
    if (!any_of(MethodStage::grid)) return "no escape asks for a rate from a grid";
    return definition.grids > 1 ? "" : "solver.grids = 1 leaves it at the case's own grid";
  }
  return "";
}

}  // namespace

void require_effect(const Case& definition, const Overrides& overrides) {
  for (const std::string& override_text : overrides) {
    const std::string key = override_text.substr(0, override_text.find('='));
    if (const std::string missing = missing_for(key, definition); !missing.empty())
      throw CaseError(fmt::format("--set {0}: error: {0} does nothing here: {1}", key, missing));
  }
}

}  // namespace valleyflux
