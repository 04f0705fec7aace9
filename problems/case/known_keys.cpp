#include "problems/case/known_keys.hpp"

#include "problems/case/nearest_name.hpp"
#include "problems/landscapes/built_in.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

namespace valleyflux {

namespace {

/// The keys of a table, and those of tables within it; "": of tables of any other name. A table without keys takes
/// any.
struct Keys {
  std::vector<std::string> plain;
  std::map<std::string, Keys> tables;
};

const Keys& known_keys() {
  static const Keys axis{{"min", "max", "cells", "boundary"}, {{"grading", {{"centre", "width"}, {}}}}};
  static const Keys keys{
      {"title", "variables"},
      {{"parameters", {}},
       {"landscape",
        {{"name", "file", "data", "expression", "quantity", "clip_above", "interpolation", "format", "columns",
          "dataset", "scale", "shift", "ranges", "error"},
         {}}},
       {"drift", {{"name", "expression"}, {}}},
       {"grid", {{}, {{"", axis}}}},
       {"domain", {{"where"}, {}}},
       {"box", {{"dimension", "min", "max", "boundary"}, {}}},
       {"diffusion",
        {{"model", "D", "interpretation", "eta", "batch_size", "injected", "T_a", "T_b", "height", "s", "width", "kT",
          "mobility"},
         {}}},
       {"valley", {{"name", "where", "core", "minimum", "half_width", "min", "max", "scale"}, {}}},
       {"valleys", {{"depth"}, {}}},
       {"evolve", {{"until", "frames", "stepper", "tolerance"}, {{"initial", {{"mean", "sd", "expression"}, {}}}}}},
       {"escape", {{"from", "to", "methods"}, {}}},
       {"langevin",
        {{"particles", "seed", "step", "time_limit", "dynamics", "scheme", "noise", "minibatch", "histogram",
          "replicas", "runs", "reaction_coordinate"},
         {}}},
       {"units", {{"energy", "time", "rate"}, {{"length", {}}}}},
       {"theory", {{"s", "paths", "quasi_potential"}, {}}},
       {"sweep", {{"vary"}, {}}},
       {"accuracy", {{"relative", "memory"}, {}}},
       {"solver", {{"grids", "modes", "network", "rates"}, {}}},
       {"loss", {{"model", "depth", "width", "k", "covariance"}, {}}},
       {"data",
        {{"file", "images", "labels", "pool", "label", "without", "samples", "features", "classes", "sd", "seed",
          "rows", "standardise", "group"},
         {}}},
       {"start", {{"at", "seed", "sd", "scale"}, {{"training", {{"eta", "steps", "epochs", "batch_size"}, {}}}}}}}};
  return keys;
}

void require_known(const toml::table& table, const Keys& keys, const std::string& path, const CaseContext& context) {
  std::vector<std::string> known = keys.plain;
  for (const auto& [name, inner] : keys.tables) known.push_back(name);
  if (known.empty()) return;
  const auto full = [&](const std::string& key) { return path.empty() ? key : path + "." + key; };
  if (path == "landscape" || path == "drift")
    if (const auto name = table["name"].value<std::string>()) {
      const auto definition = std::find_if(built_ins().begin(), built_ins().end(),
                                           [&](const BuiltIn& known_one) { return known_one.name == *name; });
      if (definition == built_ins().end()) return;  // whose parameters these are is found to be unknown first
      for (const auto& [parameter, standard] : definition->parameters) known.push_back(parameter);
    }
  for (const auto& [key, node] : table) {
    const std::string text(key.str());
    if (!keys.tables.contains("") && std::find(known.begin(), known.end(), text) == known.end())
      throw CaseError(fmt::format("{}: error: unknown key \"{}\"; the nearest known one is \"{}\"",
                                  context.place(key.source(), full(text)), full(text),
                                  full(nearest_name(text, known))));
    const auto own = keys.tables.find(text), inner = own == keys.tables.end() ? keys.tables.find("") : own;
    if (inner == keys.tables.end()) continue;
    if (const toml::table* one = node.as_table()) require_known(*one, inner->second, full(text), context);
    if (const toml::array* several = node.as_array())
      for (std::size_t k = 0; k < several->size(); ++k)
        if (const toml::table* one = several->get_as<toml::table>(k))
          require_known(*one, inner->second, fmt::format("{}.{}", full(text), k), context);
  }
}

}  // namespace

void require_known_keys(const toml::table& root, const CaseContext& context) {
  require_known(root, known_keys(), "", context);
}

}  // namespace valleyflux
