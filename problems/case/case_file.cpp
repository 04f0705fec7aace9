#include "problems/case/case_file.hpp"

#include "problems/case/axis_names.hpp"
#include "problems/case/case_diffusion.hpp"
#include "problems/case/case_dimension.hpp"
#include "problems/case/case_domain.hpp"
#include "problems/case/case_drift.hpp"
#include "problems/case/case_escapes.hpp"
#include "problems/case/case_evolve.hpp"
#include "problems/case/case_parameters.hpp"
#include "problems/case/case_particles.hpp"
#include "problems/case/case_reader.hpp"
#include "problems/case/case_table.hpp"
#include "problems/case/case_units.hpp"
#include "problems/case/known_keys.hpp"
#include "problems/case/placed_problem.hpp"
#include "problems/case/said_of_axes.hpp"
#include "problems/case/table_against_noise.hpp"
#include "problems/case/valley_name.hpp"
#include "problems/dynamics/diffusion_model.hpp"
#include "problems/methods.hpp"
#include "problems/valleys/deep_valleys.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <sstream>
#include <string_view>
#include <utility>

namespace valleyflux {

namespace {

/// valleys.depth in units of the noise level: a number of them, or "2.5 kJ/mol" where a kT in this unit is one.
std::optional<double> read_depth(CaseReader& valleys, const Case& definition) {
  const toml::node* node = valleys.find("depth");
  if (!node) return std::nullopt;
  double level = 1.0, depth = 0.0;
  if (node->is_string()) {
    const auto& mobility = definition.dynamics->drift.mobility();
    if (definition.units.energy.empty() || !mobility)
      valleys.fail("depth",
                   "valleys.depth with a unit needs units.energy and a kT in it (diffusion.model = "
                   "\"mobility\"); a number is in units of the noise level");
    depth = read_energy(valleys, "depth", definition.units.energy);
    level = mobility->kT;
  } else {
    depth = *valleys.number("depth");
  }
  if (!(depth >= 0) || !std::isfinite(depth))
    valleys.fail("depth", fmt::format("valleys.depth must not be negative (got {})", CaseReader::shown(*node)));
  return depth / level;
}

/// Landscape or drift, its domain, noise and valleys.
void read_dynamics(toml::table& content, CaseReader& root, const Parameters& parameters, Case& result) {
  auto grid = root.table("grid"), box = root.table("box");
  if (grid && box) root.fail("box", "give either [grid] or [box], not both");
  if (box) result.box = read_box(*box);
  const std::vector<std::string> own_names = given_names(root, parameters);
  root.context().variables = own_names;
  use_variable_names(content, own_names, root.context());
  root.context().said = said_before_tables(content, own_names);
  const int given_axes = grid ? count_axes(*grid) : 0;
  const bool of_table = content["landscape"]["file"].node() != nullptr;
  TableDomain table;
  const std::shared_ptr<const Landscape>& by_code = root.context().by_code.landscape;
  const Drift drift = read_drift(root,
                                 box                       ? static_cast<int>(result.box.size())
                                 : given_axes && !of_table ? given_axes
                                 : !own_names.empty()      ? static_cast<int>(own_names.size())
                                 : by_code                 ? by_code->dimension()
                                                           : implied_dimension(root),
                                 parameters, result, table);
  const int dimension = drift.dimension();
  const std::vector<std::string> variables = variable_names(dimension);
  result.variables = axis_names(root, own_names, table.axis_names, dimension, parameters, result.warnings);
  root.context().variables = usable_names(result.variables);
  use_variable_names(content, result.variables, root.context());
  if (auto units = root.table("units")) result.units = read_units(*units, result.variables);
  add_units_of_file(table.units, result.variables, result.units, result.warnings);
  const std::optional<LandscapeDomain>& domain = table.domain;
  const std::optional<LandscapeDomain> data = domain ? domain : domain_of_drift(root);
  if (!box) result.axes = read_axes(grid ? &*grid : nullptr, result.variables, data, parameters, result.warnings);
  root.context().said =
      said_by_grid(root.context().said, result.variables, result.units, result.axes, result.box, data);
  for (std::size_t k = 0; k < result.box.size(); ++k) result.box[k].name = result.variables[k];
  if (grid || box) result.places["grid"] = (grid ? *grid : *box).place("");
  for (std::size_t k = 0; k < variables.size(); ++k)
    if (grid && grid->find(variables[k])) result.places["grid." + result.variables[k]] = grid->place(variables[k]);
  for (const char* name : {"landscape", "drift"})
    if (root.find(name)) {
      result.places[name] = root.place(name);
      if (!grid && !box) result.places["grid"] = root.place(name);
    }

  auto diffusion = root.table("diffusion");
  if (!diffusion) root.fail("", "[diffusion] is missing: the noise, such as D = 0.1 in it");
  result.places["diffusion"] = diffusion->place("D");
  result.dynamics = read_diffusion(*diffusion, dimension, drift, parameters, result);
  diffusion->finish();
  if (of_table && domain)
    require_above_round_off(*result.dynamics, *domain, table.largest, root.table("landscape")->place("file"));
  if (box)
    for (const auto& [key, place, entry] : root.context().entries)
      if (entry->tells_errors())
        result.warnings.push_back(
            fmt::format("{}: standard errors of tables have no part in rates of particles alone", key));
  const auto tell = [&result](const std::string& key, const TableFunction& function) {
    result.tables.push_back(fmt::format("{}: {}", key, function.description()));
    result.warnings.insert(result.warnings.end(), function.doubts().begin(), function.doubts().end());
  };
  for (const auto& [key, place, entry] : root.context().entries) {
    tell(key, *entry);
    if (key.starts_with("diffusion."))
      if (auto doubt = doubt_of_zero(*result.dynamics->diffusion, *entry)) result.warnings.push_back(std::move(*doubt));
    compare_units(key, *entry, result.units, result.warnings);
    if (!entry->domain().holds) continue;
    if (box)
      throw CaseError(fmt::format("{}: error: {} lacks values ({}): without a grid particles may be anywhere", place,
                                  key, entry->description()));
    result.gapped.push_back(entry);
  }
  for (const auto& [name, function] : root.context().tables) tell(fmt::format("table('{}')", name), *function);
  end_at_tables(root.context(), result.axes);
  require_inside_tables(root.context(), result.axes, result.box);

  if (auto part = root.table("domain")) {
    if (box) part->fail("", "[domain] needs a [grid]");
    result.domain = read_domain(*part, variables, drift.potential() != nullptr, parameters);
    result.places["domain"] = part->place("where");
  }
  if (domain && !box) result.valley_depth = depth_of_tables;
  if (auto valleys = root.table("valleys")) {
    if (box) valleys->fail("", "[valleys] needs a [grid]");
    if (!drift.landscape()) valleys->fail("", "[valleys] needs a [landscape]: a drift has no heights");
    result.valley_depth = read_depth(*valleys, result).value_or(result.valley_depth);
    valleys->finish();
  }
  result.places["valley"] = root.place("valley");
  for (CaseReader& valley : root.tables("valley")) {
    CaseValley definition{valley.required_text("name"),
                          valley.predicate("where", variables, parameters),
                          valley.predicate("core", variables, parameters),
                          {}};
    if (box) {
      const auto minimum = valley.numbers("minimum", static_cast<std::size_t>(dimension));
      if (!minimum)
        valley.fail("", valley.missing("minimum") + ": without a grid it has to be said where to look for it");
      definition.minimum = *minimum;
    }
    if (!definition.where) valley.fail_without("where");
    if (const auto fault = unfit_valley_name(definition.name))
      valley.fail("name", fmt::format("\"{}\" cannot be a valley's name: it {}", definition.name, *fault));
    for (const CaseValley& other : result.valleys)
      if (other.name == definition.name)
        valley.fail("name", fmt::format("there is a valley \"{}\" already", definition.name));
    result.places["valley." + definition.name] = valley.place("");
    valley.finish();
    result.valleys.push_back(std::move(definition));
  }
}

/// A loss over data, the box to escape from, and the steps of SGD.
void read_loss_problem(CaseReader& root, const Parameters& parameters, Case& result) {
  for (const char* key : {"landscape", "drift", "grid", "box", "valleys", "solver", "variables"})
    if (root.find(key))
      root.fail(key, fmt::format("{} has no place in a case over data, with [loss]",
                                 root.find(key)->is_table() ? fmt::format("[{}]", key) : key));
  result.loss = read_loss(root);
  auto diffusion = root.table("diffusion");
  if (!diffusion) root.fail("", "[diffusion] is missing: eta and batch_size of SGD");
  diffusion->choice("model", {"gradient_noise"}, "gradient_noise");
  if (auto units = root.table("units"))
    result.units = read_units(*units, variable_names(static_cast<int>(result.loss->loss->dimension())));
  result.sgd = read_sgd(*diffusion, parameters);
  const double batch = result.sgd->batch_size;
  if (batch != std::round(batch) || batch > static_cast<double>(result.loss->loss->samples()))
    diffusion->fail("batch_size", fmt::format("diffusion.batch_size must be a whole number of the {} samples (got {})",
                                              result.loss->loss->samples(), batch));
  diffusion->finish();
  constexpr long repetitions = 100;  // of the paper's experiments
  result.particles.particles = repetitions;
  result.particles.sgd = true;
  result.particles.minibatch = "with_replacement";
}

/// Nothing is read and never used: only losses have data and a start of their own.
void refuse_what_needs_a_loss(CaseReader& root) {
  for (const char* table : {"data", "start"})
    if (root.find(table)) root.fail(table, fmt::format("[{}] has no place in a case without [loss]", table));
}

/// The same: particles alone and losses know neither these tables nor these keys.
void refuse_what_needs_a_grid(CaseReader& root) {
  for (const char* table : {"evolve", "first_passage", "accuracy", "solver"})
    if (root.find(table)) root.fail(table, fmt::format("[{}] needs a [grid]", table));
  if (auto landscape = root.table("landscape"))
    if (landscape->find("error"))
      landscape->fail("error", "landscape.error needs a [grid]: rates of particles alone have no part of it");
  if (auto theory = root.table("theory"))
    for (const char* key : {"paths", "quasi_potential"})
      if (theory->find(key)) theory->fail(key, fmt::format("theory.{} needs a [grid]", key));
}

/// "4GB", "500 MB" in bytes, by powers of ten.
std::optional<double> bytes_of(std::string_view text) {
  const auto skip_blanks = [&text] { text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size())); };
  skip_blanks();
  double value = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (error != std::errc() || !std::isfinite(value)) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  skip_blanks();
  for (const auto& [unit, factor] :
       {std::pair{"B", 1.0}, std::pair{"kB", 1e3}, std::pair{"MB", 1e6}, std::pair{"GB", 1e9}, std::pair{"TB", 1e12}})
    if (text.substr(0, text.find_last_not_of(" \t") + 1) == unit) return value * factor;
  return std::nullopt;
}

CaseAccuracy read_accuracy(CaseReader& table) {
  CaseAccuracy accuracy;
  if (const auto relative = table.positive("relative")) {
    constexpr double finest = 1e-10;  // above the round-off that every interval counts
    if (*relative < finest || *relative > 1.0)
      table.fail("relative", fmt::format("accuracy.relative must lie between 1e-10 and 1 (got {})", *relative));
    accuracy.relative = *relative;
  }
  if (const auto memory = table.text("memory")) {
    const auto bytes = bytes_of(*memory);
    if (!bytes || !(*bytes > 0))
      table.fail("memory", fmt::format("accuracy.memory must be a size like \"4GB\" (got \"{}\")", *memory));
    accuracy.memory = *bytes;
  }
  table.finish();
  return accuracy;
}

}  // namespace

std::string place_of(const Case& definition, const std::string& key) {
  for (const std::string& known : {key, key.substr(0, key.find('.')), std::string("grid")})
    if (const auto found = definition.places.find(known); found != definition.places.end()) return found->second;
  return definition.file;
}

Case read_case(const std::string& text, const std::string& file, const std::filesystem::path& directory,
               const Overrides& overrides, PartsByCode by_code) {
  CaseContext context{file, directory, {}};
  context.by_code = std::move(by_code);
  toml::table root_table = parsed_toml(text, file);
  for (const std::string& override_text : overrides) apply_override(root_table, override_text, context);

  Case result;
  result.file = file;
  result.text = text;
  const bool includes = root_table["parameters"]["include"].node() != nullptr;
  const std::set<std::string> included = include_parameters(root_table, context);
  if (!overrides.empty() || includes) {
    std::ostringstream out;
    out << root_table << "\n";
    result.text = out.str();
  }
  require_known_keys(root_table, context);
  CaseReader root(context, root_table, "");
  result.title = root.text("title").value_or(std::filesystem::path(file).stem().string());
  const Parameters parameters = read_parameters(root);
  result.warnings = warnings_of_unused(root_table, parameters, included, context);
  if (root.table("loss")) {
    read_loss_problem(root, parameters, result);
  } else {
    refuse_what_needs_a_loss(root);
    try {
      read_dynamics(root_table, root, parameters, result);
    } catch (const CaseError& error) {
      if (result.table.empty()) throw;
      throw CaseError(error.what() + after_error(result.warnings));
    }
  }
  if (result.axes.empty()) refuse_what_needs_a_grid(root);
  const auto dimension = static_cast<int>(result.axes.size() + result.box.size());
  if (auto evolve = root.table("evolve")) result.evolve = read_evolve(*evolve, dimension, parameters);
  if (auto passage = root.table("first_passage")) {
    result.first_passage = {passage->positive("until"), passage->integer("points", 8, 1600)};
    passage->finish();
  }
  result.escapes = read_escapes(root, result, parameters);
  const bool finds_something_else = !result.axes.empty() || (result.loss && result.loss->covariance);
  if (!finds_something_else && result.escapes.empty())
    root.fail("", "[[escape]] is missing: without a grid nothing else can be found");
  if (auto langevin = root.table("langevin"))
    result.particles = read_particles(*langevin, variable_names(dimension), parameters, result);
  const auto splits = [](const CaseEscape& escape) {
    return std::any_of(escape.methods.begin(), escape.methods.end(),
                       [](const std::string& name) { return method_named(name).need == MethodNeed::committor; });
  };
  if (!result.box.empty() && !result.particles.reaction_coordinate &&
      std::any_of(result.escapes.begin(), result.escapes.end(), splits))
    root.fail(root.find("langevin") ? "langevin" : "escape", no_committor);
  if (auto theory = root.table("theory")) {
    if (const auto s = theory->number("s")) {
      if (!(*s >= 0 && *s <= 1)) theory->fail("s", fmt::format("theory.s must lie between 0 and 1 (got {})", *s));
      result.theorem_s = *s;
    }
    result.paths = theory->boolean("paths").value_or(result.paths);
    result.quasi_potential = theory->boolean("quasi_potential").value_or(result.quasi_potential);
    theory->finish();
  }
  if (auto sweep = root.table("sweep")) {
    result.vary = sweep->texts("vary");
    sweep->finish();
  }
  if (auto accuracy = root.table("accuracy")) result.accuracy = read_accuracy(*accuracy);
  if (auto solver = root.table("solver")) {
    result.grids = static_cast<int>(solver->integer("grids", 1, 4).value_or(result.grids));
    constexpr long most_modes = 100;
    result.modes = static_cast<int>(solver->integer("modes", 0, most_modes).value_or(result.modes));
    result.network = solver->boolean("network").value_or(result.network);
    result.stationary = solver->boolean("stationary").value_or(result.stationary);
    result.departing_cell_rates = solver->choice("rates", {"edge", "departing_cell"}, "edge") == "departing_cell";
    result.engine = solver->choice("engine", {"automatic", "elimination", "multilevel"}, result.engine);
    if (result.engine == "multilevel" && result.axes.size() == 1)
      solver->fail("engine",
                   "solver.engine = \"multilevel\" is for grids in the plane: on the line elimination takes no "
                   "more than a pass over the cells");
    solver->finish();
  }
  root.finish();
  result.inputs = context.files;
  return result;
}

Case read_case(const std::filesystem::path& file, const Overrides& overrides) {
  Case result = read_case(text_of_file(file), file.string(), std::filesystem::absolute(file).parent_path(), overrides);
  result.inputs.push_back(file);
  return result;
}

}  // namespace valleyflux
