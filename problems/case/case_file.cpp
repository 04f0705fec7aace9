#include "problems/case/case_file.hpp"

#include "problems/case/case_reader.hpp"
#include "problems/case/known_keys.hpp"
#include "problems/case/nearest_name.hpp"
#include "problems/case/valley_name.hpp"
#include "problems/dynamics/gradient_noise.hpp"
#include "problems/landscapes/built_in.hpp"
#include "problems/landscapes/data_landscape.hpp"
#include "problems/landscapes/expression_landscape.hpp"
#include "problems/landscapes/tabulated_landscape.hpp"
#include "problems/methods.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <limits>
#include <sstream>
#include <string_view>
#include <utility>

namespace valleyflux {

namespace {

// ---- the parts of a case -------------------------------------------------------------------------------------------

Parameters read_parameters(CaseReader& root) {
  Parameters parameters;
  auto table = root.table("parameters");
  if (!table) return parameters;
  for (const std::string& name : table->unknown()) {
    const double value = table->required_number(name);
    if (const auto fault = unfit_parameter_name(name))
      table->fail(name, fmt::format("\"{}\" {}: choose another name", name, *fault));
    parameters[name] = value;
  }
  return parameters;
}

/// Whether a name stands in a text of the case, as expressions name parameters.
bool mentioned(const std::string& name, const toml::node& node) {
  if (const toml::table* table = node.as_table())
    return std::any_of(table->begin(), table->end(), [&](const auto& entry) {
      return entry.first.str() != "title" && mentioned(name, entry.second);
    });
  if (const toml::array* array = node.as_array())
    return std::any_of(array->begin(), array->end(), [&](const toml::node& entry) { return mentioned(name, entry); });
  const std::string text = node.value<std::string>().value_or("");
  const auto part = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; };
  for (std::size_t at = text.find(name); at != std::string::npos; at = text.find(name, at + 1)) {
    const std::size_t end = at + name.size();
    if ((at == 0 || !part(text[at - 1])) && (end == text.size() || !part(text[end]))) return true;
  }
  return false;
}

/// A parameter that is set from outside and that nothing depends on is a mistake: often t instead of T.
void require_mentioned(const toml::table& root, const Parameters& parameters, const CaseContext& context) {
  std::vector<std::string> used;
  for (const auto& [name, value] : parameters)
    if (mentioned(name, root)) used.push_back(name);
  for (const auto& [name, value] : parameters) {
    const bool is_used = std::find(used.begin(), used.end(), name) != used.end();
    if (is_used || !context.overridden.contains("parameters." + name)) continue;
    const std::string nearest = used.empty()
                                    ? "no expression of this case names a parameter"
                                    : fmt::format("the nearest that one does is \"{}\"", nearest_name(name, used));
    throw CaseError(fmt::format("--set parameters.{0}: error: no expression names \"{0}\" ({1})", name, nearest));
  }
}

std::vector<Axis> read_axes(CaseReader& grid, const std::optional<LandscapeDomain>& domain) {
  std::vector<Axis> axes;
  const std::vector<std::string> names = variable_names(3);
  for (std::size_t k = 0; k < names.size(); ++k) {
    auto table = grid.table(names[k]);
    if (!table) continue;
    if (k != axes.size()) table->fail("", fmt::format("grid.{} without grid.{}", names[k], names[axes.size()]));
    if (k == 2) table->fail("", "grids of three dimensions are not available yet: one or two axes");
    const auto* side = domain && k < domain->axes.size() ? &domain->axes[k] : nullptr;
    const auto end = [&](const std::string& key, double LandscapeDomain::Side::*standard) {
      if (const auto value = table->number(key)) return *value;
      if (!side) table->fail("", fmt::format("{} is missing", table->name(key)));
      return side->*standard;
    };
    const double min = end("min", &LandscapeDomain::Side::min), max = end("max", &LandscapeDomain::Side::max);
    const auto cells = table->integer("cells", 4, 100000000);
    if (!cells) table->fail("", fmt::format("{} is missing", table->name("cells")));
    const auto boundary_named = [&](const std::string& text) {
      for (const Boundary known : {Boundary::reflecting, Boundary::absorbing, Boundary::periodic})
        if (text == name_of(known)) return known;
      table->fail("boundary", fmt::format("{} must be reflecting, absorbing or periodic, or two of the first two (got "
                                          "\"{}\")",
                                          table->name("boundary"), text));
    };
    const bool wraps = side && side->periodic && min == side->min && max == side->max;
    Boundary lower = wraps ? Boundary::periodic : Boundary::reflecting, upper = lower;
    if (const toml::node* node = table->find("boundary")) {
      if (const toml::array* both = node->as_array()) {
        if (both->size() != 2 || !both->is_homogeneous(toml::node_type::string))
          table->fail("boundary", fmt::format("{} must be a string or two of them", table->name("boundary")));
        lower = boundary_named(*both->get(0)->value<std::string>());
        upper = boundary_named(*both->get(1)->value<std::string>());
      } else {
        lower = upper = boundary_named(table->required_text("boundary"));
      }
    }
    std::optional<Grading> grading;
    if (auto spec = table->table("grading")) {
      grading = Grading{spec->required_number("centre"), spec->required_number("width")};
      spec->finish();
    }
    table->finish();
    axes.push_back(placed(table->place(""),
                          [&] { return Axis(names[k], min, max, static_cast<Index>(*cells), lower, upper, grading); }));
  }
  if (axes.empty()) grid.fail("", "grid needs an axis: x = { min = ..., max = ..., cells = ... }");
  grid.finish();
  return axes;
}

/// The number of axes, needed before the axes can be read (a file may give their ends).
int count_axes(CaseReader grid) {
  int count = 0;
  for (const std::string& name : variable_names(2))
    if (grid.find(name)) ++count;
  return count;
}

Parameters own_parameters(CaseReader& table, const std::string& name) {
  Parameters changed;
  const BuiltIn& definition = built_in(name);
  for (const auto& [parameter, standard] : definition.parameters)
    if (const auto value = table.number(parameter)) changed[parameter] = *value;
  return changed;
}

/// [box]: ends and walls of every coordinate, each a value for all of them or an array.
std::vector<BoxSide> read_box(CaseReader& table) {
  constexpr long most_dimensions = 1000;
  const auto dimension = table.integer("dimension", 1, most_dimensions);
  if (!dimension) table.fail("", "box.dimension is missing");
  const auto d = static_cast<std::size_t>(*dimension);
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const auto ends = [&](const char* key, double standard) {
    const toml::node* node = table.find(key);
    if (!node) return std::vector<double>(d, standard);
    if (node->is_array()) return *table.numbers(key, d);
    return std::vector<double>(d, table.required_number(key));
  };
  const std::vector<double> min = ends("min", -infinity), max = ends("max", infinity);
  const std::string wall = table.choice("boundary", {"reflecting", "absorbing", "periodic"}, "reflecting");
  const Boundary boundary = wall == "periodic"    ? Boundary::periodic
                            : wall == "absorbing" ? Boundary::absorbing
                                                  : Boundary::reflecting;
  const std::vector<std::string> names = variable_names(static_cast<int>(d));
  std::vector<BoxSide> box;
  for (std::size_t k = 0; k < d; ++k) {
    if (!(min[k] < max[k]))
      table.fail("min", fmt::format("box.min must be less than box.max ({}: {} and {})", names[k], min[k], max[k]));
    if (boundary == Boundary::periodic && !std::isfinite(max[k] - min[k]))
      table.fail("boundary", "a periodic box needs box.min and box.max");
    box.push_back({names[k], min[k], max[k], boundary, boundary});
  }
  table.finish();
  return box;
}

Drift read_drift(CaseReader& root, int dimension, const Parameters& parameters, Case& result,
                 std::optional<LandscapeDomain>& domain) {
  auto landscape = root.table("landscape"), drift = root.table("drift");
  if (!!landscape == !!drift)
    root.fail(landscape ? "drift" : "", landscape
                                            ? "give either [landscape] or [drift], not both"
                                            : "[landscape] is missing (or [drift] for a drift that is no gradient)");
  const std::vector<std::string> variables = variable_names(dimension);
  if (drift) {
    const auto name = drift->text("name");
    const toml::node* node = drift->find("expression");
    if (!!name == !!node) drift->fail("", "drift needs exactly one of name, expression");
    if (name) {
      Drift built =
          placed(drift->place("name"), [&] { return built_in_drift(*name, dimension, own_parameters(*drift, *name)); });
      drift->finish();
      return built;
    }
    const toml::array* entries = node->as_array();
    if (!entries || entries->size() != static_cast<std::size_t>(dimension))
      drift->fail("expression", fmt::format("drift.expression must hold {} expression{}, one for each axis", dimension,
                                            dimension == 1 ? "" : "s"));
    std::vector<Expression> components;
    for (const toml::node& entry : *entries)
      components.push_back(drift->expression(entry, "expression", variables, parameters));
    drift->finish();
    return placed(drift->place("expression"), [&] { return Drift(std::move(components)); });
  }
  const auto name = landscape->text("name"), file = landscape->text("file"), data = landscape->text("data");
  const auto file_at = [&](const std::string& given) { return landscape->context().file_named(given); };
  std::optional<DataTable> table_of_data;
  std::vector<std::string> arguments = variables;
  if (data) {
    table_of_data = placed(landscape->place("data"), [&] { return read_csv(file_at(*data)); });
    for (const std::string& column : table_of_data->columns) {
      if (parameters.contains(column))
        landscape->fail("data", fmt::format("{} has a column \"{}\", which is a parameter as well", *data, column));
      arguments.push_back(column);
    }
  }
  const auto expression = landscape->expression("expression", arguments, parameters);
  if (data && !expression)
    landscape->fail("data", "landscape.data needs landscape.expression: the term of one row, to be averaged");
  if (!!name + !!file + !!expression != 1) landscape->fail("", "landscape needs exactly one of name, expression, file");
  std::shared_ptr<const Landscape> built;
  if (name) {
    built = placed(landscape->place("name"),
                   [&] { return built_in_landscape(*name, dimension, own_parameters(*landscape, *name)); });
  } else if (expression) {
    built = placed(landscape->place("expression"), [&] {
      return table_of_data ? data_landscape(*expression, dimension, *table_of_data) : expression_landscape(*expression);
    });
  } else {
    const std::filesystem::path path = file_at(*file);
    TabulatedOptions options;
    options.quantity = landscape->text("quantity").value_or("");
    options.clip_above = landscape->number("clip_above");
    const TabulatedLandscape table =
        placed(landscape->place("file"), [&] { return tabulated_landscape(path, options); });
    if (table.landscape->dimension() != dimension)
      landscape->fail(
          "file", fmt::format("{} holds a landscape of {} dimension{}, the grid has {}", *file,
                              table.landscape->dimension(), table.landscape->dimension() == 1 ? "" : "s", dimension));
    built = table.landscape;
    domain = built->domain();
    result.warnings.insert(result.warnings.end(), table.warnings.begin(), table.warnings.end());
  }
  landscape->finish();
  return Drift(built);
}

/// The height at the share s of the way up from the lowest minimum to the lowest saddle. Throws std::invalid_argument
/// where there are none.
template <int Dim>
double height_at_share(const Drift& drift, const Grid<Dim>& grid, double s) {
  std::optional<double> minimum, saddle;  // the critical points come lowest first
  for (const CriticalPoint<Dim>& point : find_critical_points<Dim>(drift, grid)) {
    if (point.index == 0 && !minimum) minimum = point.height;
    if (point.index == 1 && !saddle) saddle = point.height;
  }
  if (!minimum || !saddle)
    throw std::invalid_argument(fmt::format(
        "diffusion.s needs a minimum and a saddle, and no {} was found in the domain: give diffusion.height instead",
        minimum ? "saddle" : "minimum"));
  return (1.0 - s) * *minimum + s * *saddle;
}

std::shared_ptr<const DiffusionModel> read_two_temperatures(CaseReader& table, const Drift& drift,
                                                            const Parameters& parameters, Case& result) {
  if (!drift.landscape())
    table.fail("model", "diffusion.model = \"two_temperature\" needs a [landscape]: it follows its height");
  TwoTemperatureOptions options;
  const auto temperature = [&](const char* key) {
    const auto value = table.positive_quantity(key, parameters);
    if (!value) table.fail("", fmt::format("{} is missing", table.name(key)));
    return *value;
  };
  options.T_a = temperature("T_a");
  options.T_b = temperature("T_b");
  const auto height = table.quantity("height", parameters), s = table.quantity("s", parameters);
  if (height && s) table.fail("s", "give either diffusion.height or diffusion.s, not both");
  if (s && !(*s > 0 && *s < 1)) table.fail("s", fmt::format("diffusion.s must lie between 0 and 1 (got {})", *s));
  if (height) {
    options.height = *height;
  } else {
    if (result.axes.empty()) table.fail("", "diffusion.height is missing: diffusion.s needs a [grid]");
    constexpr double half_way = 0.5;
    options.height = placed(table.place(s ? "s" : ""), [&] {
      return result.axes.size() == 1
                 ? height_at_share<1>(drift, Grid<1>({result.axes[0]}), s.value_or(half_way))
                 : height_at_share<2>(drift, Grid<2>({result.axes[0], result.axes[1]}), s.value_or(half_way));
    });
  }
  // So narrow that hardly anything of the change reaches the minimum or the saddle.
  constexpr double of_temperature = 0.5;
  options.width =
      table.positive_quantity("width", parameters).value_or(of_temperature * std::min(options.T_a, options.T_b));
  result.two_temperature = options;
  return placed(table.place(""), [&] { return two_temperature_diffusion(drift.landscape(), options); });
}

SgdDiffusionOptions read_sgd(CaseReader& table, const Parameters& parameters) {
  SgdDiffusionOptions options;
  const auto eta = table.positive_quantity("eta", parameters);
  const auto batch = table.positive_quantity("batch_size", parameters);
  if (!eta) table.fail("", fmt::format("{} is missing", table.name("eta")));
  options.eta = *eta;
  options.batch_size = batch.value_or(1.0);
  options.injected = table.quantity("injected", parameters).value_or(0.0);
  if (options.injected < 0)
    table.fail("injected", fmt::format("diffusion.injected must not be negative (got {})", options.injected));
  return options;
}

std::shared_ptr<const DiffusionModel> read_diffusion(CaseReader& table, int dimension, const Drift& drift,
                                                     const Parameters& parameters, Case& result) {
  const std::string model =
      table.choice("model", {"constant", "expression", "sgd", "gradient_noise", "two_temperature"}, "constant");
  const auto d = static_cast<std::size_t>(dimension);
  if (model == "two_temperature") return read_two_temperatures(table, drift, parameters, result);
  if (model == "sgd") {
    const SgdDiffusionOptions options = read_sgd(table, parameters);
    if (!drift.landscape())
      table.fail("model", "diffusion.model = \"sgd\" needs a [landscape]: it follows the Hessian");
    result.sgd = options;
    return sgd_diffusion(drift.landscape(), options);
  }
  if (model == "gradient_noise") {
    result.sgd = read_sgd(table, parameters);
    return placed(table.place("model"), [&] { return gradient_noise_diffusion(drift.landscape(), *result.sgd); });
  }
  const toml::node* node = table.find("D");
  if (!node) table.fail("", "diffusion.D is missing");
  if (model == "constant") {
    Eigen::MatrixXd tensor = Eigen::MatrixXd::Identity(dimension, dimension);
    if (const toml::array* rows = node->as_array()) {
      for (std::size_t i = 0; i < std::max(d, rows->size()); ++i) {
        const toml::array* row = i < rows->size() ? rows->get_as<toml::array>(i) : nullptr;
        if (!row || row->size() != d || i >= d)
          table.fail("D", fmt::format("diffusion.D must be a number or {0} rows of {0} numbers", d));
        for (std::size_t j = 0; j < d; ++j) {
          const auto value = row->get(j)->value<double>();
          if (!value || !row->get(j)->is_number())
            table.fail("D", "diffusion.D must hold numbers; expressions need diffusion.model = \"expression\"");
          tensor(static_cast<Index>(i), static_cast<Index>(j)) = *value;
        }
      }
    } else {
      if (node->is_string())
        table.fail("D", fmt::format("diffusion.D must be a number (got \"{}\"); an expression needs "
                                    "diffusion.model = \"expression\"",
                                    *node->value<std::string>()));
      const double value = table.required_number("D");
      if (!(value > 0)) table.fail("D", fmt::format("diffusion.D must be positive (got {})", value));
      constexpr double least = 1e-100, largest = 1e100;  // beyond, its square or inverse leaves double precision
      if (value < least || value > largest)
        table.fail("D", fmt::format("diffusion.D must lie between {} and {} (got {})", least, largest, value));
      tensor *= value;
    }
    return placed(table.place("D"), [&] { return constant_diffusion(tensor); });
  }
  std::vector<std::vector<Expression>> entries;
  const std::vector<std::string> variables = variable_names(dimension);
  if (const toml::array* rows = node->as_array()) {
    for (const toml::node& row : *rows) {
      if (!row.is_array()) table.fail("D", fmt::format("diffusion.D must be a string or {0} rows of {0} strings", d));
      entries.emplace_back();
      for (const toml::node& entry : *row.as_array())
        entries.back().push_back(table.expression(entry, "D", variables, parameters));
    }
  } else {
    entries.push_back({table.expression(*node, "D", variables, parameters)});
  }
  return placed(table.place("D"), [&] { return expression_diffusion(dimension, std::move(entries)); });
}

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

/// Whether there is no stationary law, because probability is lost at an end of the axis.
bool loses_probability(const Axis& axis) {
  return axis.lower() == Boundary::absorbing || axis.upper() == Boundary::absorbing;
}

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
  if (particles.histogram && !definition.evolve)
    table.fail("histogram", "langevin.histogram is taken at the end of an evolution: [evolve] is missing");
  table.finish();
  return particles;
}

/// What methods see of a case.
ProblemKind kind_of(const Case& definition) {
  if (definition.loss) return ProblemKind::loss;
  return definition.axes.empty()       ? ProblemKind::box
         : definition.axes.size() == 1 ? ProblemKind::line
                                       : ProblemKind::plane;
}

std::vector<std::string> read_methods(CaseReader& escape, const Case& definition) {
  const std::vector<Axis>& axes = definition.axes;
  const ProblemKind kind = kind_of(definition);
  const toml::node* node = escape.find("methods");
  if (!node) return standard_methods(kind, std::none_of(axes.begin(), axes.end(), loses_probability));
  const toml::array* array = node->as_array();
  if (!array || !array->is_homogeneous(toml::node_type::string))
    escape.fail("methods", fmt::format("{} must be an array of strings", escape.name("methods")));
  const bool barrier_known = !definition.loss || definition.loss->model == "styblinski_tang";
  std::vector<std::string> methods;
  for (const toml::node& entry : *array) {
    const std::string method = *entry.value<std::string>();
    const auto fail = [&](const std::string& message) {
      throw CaseError(
          fmt::format("{}: error: {}", escape.context().place(entry.source(), escape.name("methods")), message));
    };
    const std::vector<std::string>& known = method_names();
    if (std::find(known.begin(), known.end(), method) == known.end())
      fail(fmt::format("unknown method \"{}\"; the nearest known one is \"{}\" (known: {})", method,
                       nearest_name(method, known), fmt::join(known, ", ")));
    if (const auto why = refusal(method, kind, barrier_known)) fail(*why);
    if (std::find(methods.begin(), methods.end(), method) != methods.end())
      fail(fmt::format("method \"{}\" is asked for twice", method));
    methods.push_back(method);
  }
  return methods;
}

/// Two escapes are not the same, nor do their fields take the same name in a result file ("a_b" to "c" and "a" to
/// "b_c").
void require_own_names(const CaseReader& escape, const CaseEscape& spec, const std::vector<CaseEscape>& others) {
  const auto name_of = [](const CaseEscape& one) { return one.from.value + "_" + one.to.value; };
  for (const CaseEscape& other : others) {
    if (other.from.value == spec.from.value && other.to.value == spec.to.value)
      escape.fail("from", fmt::format("the escape from \"{}\" to \"{}\" is asked for already, at {}", spec.from.value,
                                      spec.to.value, other.from.place));
    if (name_of(other) == name_of(spec))
      escape.fail("from", fmt::format("the fields of this escape and of that at {} would both be named \"{}\": "
                                      "rename a valley",
                                      other.from.place, name_of(spec)));
  }
}

/// Landscape or drift, its domain, noise and valleys.
void read_dynamics(CaseReader& root, const Parameters& parameters, Case& result) {
  auto grid = root.table("grid"), box = root.table("box");
  if (!grid && !box) root.fail("", "[grid] is missing (or [box], for particles alone)");
  if (grid && box) root.fail("box", "give either [grid] or [box], not both");
  if (box) result.box = read_box(*box);
  const int dimension = box ? static_cast<int>(result.box.size()) : std::max(count_axes(*grid), 1);
  const std::vector<std::string> variables = variable_names(dimension);

  std::optional<LandscapeDomain> domain;
  const Drift drift = read_drift(root, dimension, parameters, result, domain);
  if (grid) result.axes = read_axes(*grid, domain);
  result.places["grid"] = (grid ? *grid : *box).place("");
  for (const std::string& name : variables)
    if (grid) result.places["grid." + name] = grid->place(name);
  for (const char* name : {"landscape", "drift"})
    if (root.find(name)) result.places[name] = root.place(name);

  auto diffusion = root.table("diffusion");
  if (!diffusion) root.fail("", "[diffusion] is missing");
  result.places["diffusion"] = diffusion->place("D");
  auto model = read_diffusion(*diffusion, dimension, drift, parameters, result);
  const std::string interpretation = diffusion->choice("interpretation", {"ito", "stratonovich", "isothermal"}, "ito");
  diffusion->finish();
  result.dynamics = Dynamics{drift, std::move(model), interpretation_named(interpretation)};

  result.places["valley"] = root.place("valley");
  for (CaseReader& valley : root.tables("valley")) {
    CaseValley definition{valley.required_text("name"),
                          valley.predicate("where", variables, parameters),
                          valley.predicate("core", variables, parameters),
                          {}};
    if (box) {
      const auto minimum = valley.numbers("minimum", static_cast<std::size_t>(dimension));
      if (!minimum)
        valley.fail("", fmt::format("{} is missing: without a grid it has to be said where to look for it",
                                    valley.name("minimum")));
      definition.minimum = *minimum;
    }
    if (!definition.where) valley.fail("", fmt::format("{} is missing", valley.name("where")));
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
  for (const char* key : {"landscape", "drift", "grid", "box", "solver"})
    if (root.find(key)) root.fail(key, fmt::format("[{}] has no place in a case over data, with [loss]", key));
  result.loss = read_loss(root);
  auto diffusion = root.table("diffusion");
  if (!diffusion) root.fail("", "[diffusion] is missing: eta and batch_size of SGD");
  diffusion->choice("model", {"gradient_noise"}, "gradient_noise");
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

CaseEvolve read_evolve(CaseReader& evolve, int dimension, const Parameters& parameters) {
  CaseEvolve spec;
  spec.initial = {read_initial(evolve, dimension, parameters), evolve.place("initial")};
  const auto until = evolve.positive("until");
  if (!until) evolve.fail("", "evolve.until is missing");
  spec.until = *until;
  spec.frames = evolve.integer("frames", 1, 1000000).value_or(spec.frames);
  spec.stepper.value = evolve.choice("stepper", {"auto", "tr_bdf2", "backward_euler", "dopri5"}, spec.stepper.value);
  spec.stepper.place = evolve.place("stepper");
  spec.tolerance = evolve.positive("tolerance").value_or(spec.tolerance);
  if (spec.tolerance < 1e-13 || spec.tolerance > 0.1)
    evolve.fail("tolerance", fmt::format("evolve.tolerance must lie between 1e-13 and 0.1 (got {})", spec.tolerance));
  evolve.finish();
  return spec;
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
               const Overrides& overrides) {
  CaseContext context{file, directory, {}};
  toml::table root_table = parsed_toml(text, file);
  for (const std::string& override_text : overrides) apply_override(root_table, override_text, context);

  Case result;
  result.file = file;
  result.text = text;
  if (!overrides.empty()) {
    std::ostringstream out;
    out << root_table << "\n";
    result.text = out.str();
  }
  require_known_keys(root_table, context);
  CaseReader root(context, root_table, "");
  result.title = root.text("title").value_or(std::filesystem::path(file).stem().string());
  const Parameters parameters = read_parameters(root);
  require_mentioned(root_table, parameters, context);
  if (root.table("loss")) {
    read_loss_problem(root, parameters, result);
  } else {
    read_dynamics(root, parameters, result);
  }
  const auto dimension = static_cast<int>(result.axes.size() + result.box.size());
  if (auto evolve = root.table("evolve")) {
    if (result.axes.empty()) root.fail("evolve", "[evolve] needs a [grid]");
    result.evolve = read_evolve(*evolve, dimension, parameters);
  }
  for (CaseReader& escape : root.tables("escape")) {
    CaseEscape spec;
    spec.from = {escape.required_text("from"), escape.place("from")};
    spec.to = {escape.required_text("to"), escape.place("to")};
    spec.methods = read_methods(escape, result);
    escape.finish();
    if (spec.from.value == spec.to.value) escape.fail("to", "an escape leads from one valley to another one");
    if (result.loss && (spec.from.value != result.loss->valley || spec.to.value != "first_exit"))
      escape.fail(
          "to", fmt::format("an escape in a loss leads from its valley \"{}\" to \"first_exit\"", result.loss->valley));
    require_own_names(escape, spec, result.escapes);
    result.escapes.push_back(std::move(spec));
  }
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
  if (auto accuracy = root.table("accuracy")) {
    if (result.axes.empty()) root.fail("accuracy", "[accuracy] is of rates from a grid, and there is none");
    result.accuracy = read_accuracy(*accuracy);
  }
  if (auto solver = root.table("solver")) {
    result.grids = static_cast<int>(solver->integer("grids", 1, 4).value_or(result.grids));
    constexpr long most_modes = 100;
    result.modes = static_cast<int>(solver->integer("modes", 0, most_modes).value_or(result.modes));
    result.network = solver->boolean("network").value_or(result.network);
    result.departing_cell_rates = solver->choice("rates", {"edge", "departing_cell"}, "edge") == "departing_cell";
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

template <int Dim>
Problem<Dim> build_problem(const Case& definition) {
  if (definition.axes.size() != Dim)
    throw std::invalid_argument(fmt::format("the case has {} axes, not {}", definition.axes.size(), Dim));
  const auto region = [](const Expression& where) {
    return Region<Dim>([where](const Point<Dim>& x) { return where(x) != 0.0; });
  };
  std::vector<ValleyDefinition<Dim>> valleys;
  for (const CaseValley& valley : definition.valleys) {
    ValleyDefinition<Dim> spec{valley.name, std::nullopt, std::nullopt};
    if (valley.where) spec.region = region(*valley.where);
    if (valley.core) spec.core = region(*valley.core);
    valleys.push_back(std::move(spec));
  }
  std::array<Axis, Dim> axes = [&] {
    if constexpr (Dim == 1)
      return std::array<Axis, 1>{definition.axes[0]};
    else
      return std::array<Axis, 2>{definition.axes[0], definition.axes[1]};
  }();
  try {
    Problem<Dim> problem =
        make_problem<Dim>(definition.title, *definition.dynamics, Grid<Dim>(std::move(axes)), std::move(valleys));
    problem.warnings.insert(problem.warnings.begin(), definition.warnings.begin(), definition.warnings.end());
    return problem;
  } catch (const std::invalid_argument& error) {
    const auto* about = dynamic_cast<const ProblemError*>(&error);
    throw CaseError(fmt::format("{}: error: {}", place_of(definition, about ? about->key() : "grid"), error.what()));
  }
}

template Problem<1> build_problem(const Case&);
template Problem<2> build_problem(const Case&);

}  // namespace valleyflux
