#include "problems/case/case_file.hpp"

#include "problems/case/nearest_name.hpp"
#include "problems/landscapes/built_in.hpp"
#include "problems/landscapes/data_landscape.hpp"
#include "problems/landscapes/tabulated_landscape.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <set>
#include <sstream>

// Some malformed input ("[[[") trips toml++'s assertions before it is reported as an error; without them it is.
#define TOML_ASSERT(condition) static_cast<void>(0)
#include <toml++/toml.h>

namespace valleyflux {

namespace {

/// Everything that errors need: the file's name and which keys came from --set.
struct Context {
  std::string file;
  std::filesystem::path directory;
  std::set<std::string> overridden;

  std::string place(const toml::source_region& source, const std::string& path, std::size_t shift = 0) const {
    for (const std::string& key : overridden)
      if (path == key || path.starts_with(key + ".")) return "--set " + key;
    return fmt::format("{}:{}:{}", file, source.begin.line, source.begin.column + shift);
  }
};

/// One table of the case: typed access to its keys, errors with their places, and unknown keys found at the end.
class Reader {
 public:
  Reader(const Context& context, const toml::table& table, std::string path)
      : context_(&context), table_(&table), path_(std::move(path)) {}

  [[noreturn]] void fail(const std::string& key, const std::string& message, std::size_t shift = 0) const {
    throw CaseError(fmt::format("{}: error: {}", place(key, shift), message));
  }

  std::string place(const std::string& key, std::size_t shift = 0) const {
    const toml::node* node = key.empty() ? nullptr : table_->get(key);
    return context_->place(node ? node->source() : table_->source(), key.empty() ? path_ : name(key), shift);
  }

  std::string name(const std::string& key) const { return path_.empty() ? key : path_ + "." + key; }

  const toml::node* find(const std::string& key) {
    known_.push_back(key);
    return table_->get(key);
  }

  std::optional<double> number(const std::string& key) {
    const toml::node* node = find(key);
    if (!node) return std::nullopt;
    const auto value = node->value<double>();
    if (!value || !node->is_number()) fail(key, fmt::format("{} must be a number (got {})", name(key), shown(*node)));
    if (!std::isfinite(*value)) fail(key, fmt::format("{} must be finite (got {})", name(key), *value));
    return value;
  }

  double required_number(const std::string& key) {
    const auto value = number(key);
    if (!value) fail("", fmt::format("{} is missing", name(key)));
    return *value;
  }

  std::optional<double> positive(const std::string& key) {
    const auto value = number(key);
    if (value && !(*value > 0)) fail(key, fmt::format("{} must be positive (got {})", name(key), *value));
    return value;
  }

  std::optional<long> integer(const std::string& key, long lowest, long highest) {
    const toml::node* node = find(key);
    if (!node) return std::nullopt;
    const auto value = node->value_exact<std::int64_t>();
    if (!value) fail(key, fmt::format("{} must be an integer (got {})", name(key), shown(*node)));
    if (*value < lowest || *value > highest)
      fail(key, fmt::format("{} must lie between {} and {} (got {})", name(key), lowest, highest, *value));
    return static_cast<long>(*value);
  }

  std::optional<std::string> text(const std::string& key) {
    const toml::node* node = find(key);
    if (!node) return std::nullopt;
    const auto value = node->value_exact<std::string>();
    if (!value) fail(key, fmt::format("{} must be a string (got {})", name(key), shown(*node)));
    return value;
  }

  std::vector<std::string> texts(const std::string& key) {
    std::vector<std::string> values;
    const toml::node* node = find(key);
    if (!node) return values;
    const toml::array* array = node->as_array();
    if (!array || !array->is_homogeneous(toml::node_type::string))
      fail(key, fmt::format("{} must be an array of strings", name(key)));
    for (const toml::node& entry : *array) values.push_back(*entry.value<std::string>());
    return values;
  }

  std::optional<bool> boolean(const std::string& key) {
    const toml::node* node = find(key);
    if (!node) return std::nullopt;
    const auto value = node->value_exact<bool>();
    if (!value) fail(key, fmt::format("{} must be true or false (got {})", name(key), shown(*node)));
    return value;
  }

  std::string required_text(const std::string& key) {
    const auto value = text(key);
    if (!value) fail("", fmt::format("{} is missing", name(key)));
    return *value;
  }

  std::string choice(const std::string& key, const std::vector<std::string>& allowed, const std::string& standard) {
    const auto value = text(key);
    if (!value) return standard;
    if (std::find(allowed.begin(), allowed.end(), *value) == allowed.end())
      fail(key, fmt::format("{} must be one of {} (got \"{}\"; the nearest is \"{}\")", name(key),
                            fmt::join(allowed, ", "), *value, nearest_name(*value, allowed)));
    return *value;
  }

  std::optional<std::vector<double>> numbers(const std::string& key, std::size_t count) {
    const toml::node* node = find(key);
    if (!node) return std::nullopt;
    const toml::array* array = node->as_array();
    if (!array || array->size() != count)
      fail(key, fmt::format("{} must be an array of {} number{}", name(key), count, count == 1 ? "" : "s"));
    std::vector<double> values;
    for (const toml::node& entry : *array) {
      const auto value = entry.value<double>();
      if (!value || !entry.is_number() || !std::isfinite(*value))
        throw CaseError(fmt::format("{}: error: {} must hold finite numbers (got {})",
                                    context_->place(entry.source(), name(key)), name(key), shown(entry)));
      values.push_back(*value);
    }
    return values;
  }

  std::optional<Reader> table(const std::string& key) {
    const toml::node* node = find(key);
    if (!node) return std::nullopt;
    if (!node->is_table()) fail(key, fmt::format("{} must be a table (got {})", name(key), shown(*node)));
    return Reader(*context_, *node->as_table(), name(key));
  }

  std::vector<Reader> tables(const std::string& key) {
    std::vector<Reader> readers;
    const toml::node* node = find(key);
    if (!node) return readers;
    const toml::array* array = node->as_array();
    if (!array || !array->is_homogeneous(toml::node_type::table))
      fail(key, fmt::format("{0} must be an array of tables, each headed [[{0}]]", name(key)));
    for (std::size_t k = 0; k < array->size(); ++k)
      readers.emplace_back(*context_, *array->get_as<toml::table>(k), fmt::format("{}.{}", name(key), k));
    return readers;
  }

  /// An expression given by a string node; errors point into the string.
  Expression expression(const toml::node& node, const std::string& key, const std::vector<std::string>& variables,
                        const Parameters& parameters) const {
    const auto value = node.value_exact<std::string>();
    const std::string at = name(key);
    if (!value)
      throw CaseError(fmt::format("{}: error: {} must be a string that holds an expression (got {})",
                                  context_->place(node.source(), at), at, shown(node)));
    try {
      return Expression(*value, variables, parameters);
    } catch (const ExpressionError& error) {
      throw CaseError(fmt::format("{}: error: {}: {} (column {} of \"{}\")",
                                  context_->place(node.source(), at, error.column()), at, error.what(), error.column(),
                                  *value));
    }
  }

  std::optional<Expression> expression(const std::string& key, const std::vector<std::string>& variables,
                                       const Parameters& parameters) {
    const toml::node* node = find(key);
    if (!node) return std::nullopt;
    return expression(*node, key, variables, parameters);
  }

  /// A number, or a string that holds an expression of the parameters alone.
  std::optional<double> quantity(const std::string& key, const Parameters& parameters) {
    const toml::node* node = table_->get(key);
    if (!node || !node->is_string()) return number(key);
    const double value = (*expression(key, {}, parameters))(Eigen::VectorXd());
    if (!std::isfinite(value)) fail(key, fmt::format("{} must be finite (got {})", name(key), value));
    return value;
  }

  std::optional<double> positive_quantity(const std::string& key, const Parameters& parameters) {
    const auto value = quantity(key, parameters);
    if (value && !(*value > 0)) fail(key, fmt::format("{} must be positive (got {})", name(key), *value));
    return value;
  }

  std::optional<Expression> predicate(const std::string& key, const std::vector<std::string>& variables,
                                      const Parameters& parameters) {
    auto condition = expression(key, variables, parameters);
    if (condition && !condition->is_predicate())
      fail(key, fmt::format("{} must be a condition such as \"x < 0\" (got \"{}\")", name(key), condition->text()));
    return condition;
  }

  /// Keys that nothing has asked for.
  std::vector<std::string> unknown() const {
    std::vector<std::string> keys;
    for (const auto& [key, node] : *table_)
      if (std::find(known_.begin(), known_.end(), std::string(key.str())) == known_.end()) keys.emplace_back(key.str());
    return keys;
  }

  void finish() const {
    for (const auto& [key, node] : *table_) {
      const std::string text(key.str());
      if (std::find(known_.begin(), known_.end(), text) != known_.end()) continue;
      const std::string nearest = nearest_name(text, known_);
      throw CaseError(fmt::format("{}: error: unknown key \"{}\"; the nearest known one is \"{}\"",
                                  context_->place(key.source(), name(text)), name(text), name(nearest)));
    }
  }

  const Context& context() const { return *context_; }

  static std::string shown(const toml::node& node) {
    std::ostringstream out;
    node.visit([&](const auto& value) { out << value; });
    return out.str();
  }

 private:
  const Context* context_;
  const toml::table* table_;
  std::string path_;
  std::vector<std::string> known_;
};

/// Runs a builder that knows nothing of files and gives its complaints the place of a key.
template <class Build>
auto placed(const std::string& place, Build build) {
  try {
    return build();
  } catch (const CaseError&) {
    throw;
  } catch (const std::invalid_argument& error) {
    throw CaseError(fmt::format("{}: error: {}", place, error.what()));
  }
}

// ---- --set ---------------------------------------------------------------------------------------------------------

toml::table parsed_value(const std::string& text) {
  try {
    return toml::parse(std::string_view("value = " + text));
  } catch (const toml::parse_error&) {
    toml::table table;
    table.insert("value", text);  // a bare word
    return table;
  }
}

void apply_override(toml::table& root, const std::string& override_text, Context& context) {
  const std::size_t equals = override_text.find('=');
  const std::string key = override_text.substr(0, equals);
  const auto wrong = [&](const std::string& message) -> CaseError {
    return CaseError(fmt::format("--set {}: error: {}", override_text, message));
  };
  if (equals == std::string::npos || equals == 0) throw wrong("must have the form table.key=value");
  std::vector<std::string> path;
  std::stringstream parts(key);
  for (std::string part; std::getline(parts, part, '.');) path.push_back(part);
  toml::table* table = &root;
  std::string canonical;
  for (std::size_t k = 0; k + 1 < path.size(); ++k) {
    canonical += (k ? "." : "") + path[k];
    toml::node* next = table->get(path[k]);
    if (!next) {
      table->insert(path[k], toml::table{});
      next = table->get(path[k]);
    }
    if (toml::array* array = next->as_array()) {
      if (k + 2 >= path.size())
        throw wrong(fmt::format("{} is a list of tables: say which one and which key", path[k]));
      const std::string& which = path[++k];
      std::size_t index = array->size();
      for (std::size_t n = 0; n < array->size(); ++n) {
        const toml::table* entry = array->get_as<toml::table>(n);
        if (which == std::to_string(n) || (entry && (*entry)["name"].value<std::string>() == which)) index = n;
      }
      if (index == array->size()) throw wrong(fmt::format("there is no {} \"{}\"", path[k - 1], which));
      canonical += "." + std::to_string(index);
      next = array->get(index);
    }
    table = next->as_table();
    if (!table) throw wrong(fmt::format("{} is no table", canonical));
  }
  const toml::table value = parsed_value(override_text.substr(equals + 1));
  value.get("value")->visit([&](const auto& node) { table->insert_or_assign(path.back(), node); });
  context.overridden.insert((canonical.empty() ? "" : canonical + ".") + path.back());
}

// ---- the parts of a case -------------------------------------------------------------------------------------------

Parameters read_parameters(Reader& root) {
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

std::vector<Axis> read_axes(Reader& grid, const std::optional<LandscapeDomain>& domain) {
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
int count_axes(Reader grid) {
  int count = 0;
  for (const std::string& name : variable_names(2))
    if (grid.find(name)) ++count;
  return count;
}

Parameters own_parameters(Reader& table, const std::string& name) {
  Parameters changed;
  const BuiltIn& definition = built_in(name);
  for (const auto& [parameter, standard] : definition.parameters)
    if (const auto value = table.number(parameter)) changed[parameter] = *value;
  return changed;
}

/// [box]: ends and walls of every coordinate, each a value for all of them or an array.
std::vector<BoxSide> read_box(Reader& table) {
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

Drift read_drift(Reader& root, int dimension, const Parameters& parameters, Case& result,
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
  const auto file_at = [&](const std::string& given) {
    const std::filesystem::path path(given);
    return path.is_relative() && !std::filesystem::exists(path) ? landscape->context().directory / path : path;
  };
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

std::shared_ptr<const DiffusionModel> read_two_temperatures(Reader& table, const Drift& drift,
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

std::shared_ptr<const DiffusionModel> read_diffusion(Reader& table, int dimension, const Drift& drift,
                                                     const Parameters& parameters, Case& result) {
  const std::string model = table.choice("model", {"constant", "expression", "sgd", "two_temperature"}, "constant");
  const auto d = static_cast<std::size_t>(dimension);
  if (model == "two_temperature") return read_two_temperatures(table, drift, parameters, result);
  if (model == "sgd") {
    SgdDiffusionOptions options;
    const auto eta = table.positive_quantity("eta", parameters);
    const auto batch = table.positive_quantity("batch_size", parameters);
    if (!eta) table.fail("", fmt::format("{} is missing", table.name("eta")));
    options.eta = *eta;
    options.batch_size = batch.value_or(1.0);
    options.injected = table.quantity("injected", parameters).value_or(0.0);
    if (options.injected < 0)
      table.fail("injected", fmt::format("diffusion.injected must not be negative (got {})", options.injected));
    if (!drift.landscape())
      table.fail("model", "diffusion.model = \"sgd\" needs a [landscape]: it follows the Hessian");
    result.sgd = options;
    return sgd_diffusion(drift.landscape(), options);
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
          if (!value || !row->get(j)->is_number()) table.fail("D", "diffusion.D must hold numbers");
          tensor(static_cast<Index>(i), static_cast<Index>(j)) = *value;
        }
      }
    } else {
      const double value = table.required_number("D");
      if (!(value > 0)) table.fail("D", fmt::format("diffusion.D must be positive (got {})", value));
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

InitialDensity read_initial(Reader& evolve, int dimension, const Parameters& parameters) {
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

CaseParticles read_particles(Reader& table, const std::vector<std::string>& variables, const Parameters& parameters) {
  CaseParticles particles;
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
  particles.minibatch = table.choice("minibatch", {"gaussian", "with_replacement", "without_replacement"}, "gaussian");
  particles.histogram = table.boolean("histogram").value_or(false);
  particles.replicas = table.integer("replicas", 2, most_replicas).value_or(particles.replicas);
  particles.runs = table.integer("runs", 2, most_replicas).value_or(particles.runs);
  particles.reaction_coordinate = table.expression("reaction_coordinate", variables, parameters);
  table.finish();
  return particles;
}

std::vector<std::string> read_methods(Reader& escape, const std::vector<Axis>& axes) {
  const bool particles_alone = axes.empty();
  const toml::node* node = escape.find("methods");
  if (!node && particles_alone) return {"langevin"};
  if (!node && std::any_of(axes.begin(), axes.end(), loses_probability))
    return {"quasi_stationary", "mean_first_passage", "flux", "theory"};
  if (!node) return {"quasi_stationary", "mean_first_passage", "flux", "reactive_flux", "theory"};
  const toml::array* array = node->as_array();
  if (!array || !array->is_homogeneous(toml::node_type::string))
    escape.fail("methods", fmt::format("{} must be an array of strings", escape.name("methods")));
  std::vector<std::string> methods;
  for (const toml::node& entry : *array) {
    const std::string method = *entry.value<std::string>();
    const auto& known = escape_methods();
    if (std::find(known.begin(), known.end(), method) == known.end())
      throw CaseError(fmt::format("{}: error: unknown method \"{}\"; the nearest known one is \"{}\" (known: {})",
                                  escape.context().place(entry.source(), escape.name("methods")), method,
                                  nearest_name(method, known), fmt::join(known, ", ")));
    const bool by_particles = method == "langevin" || method == "sgd" || method == "splitting";
    const bool closed_form = method.starts_with("theory") && method != "theory:laplace";
    if (particles_alone && !by_particles && !closed_form)
      throw CaseError(
          fmt::format("{}: error: method \"{}\" needs a [grid]; particles alone know langevin, sgd, "
                      "splitting and theory",
                      escape.context().place(entry.source(), escape.name("methods")), method));
    if (method == "sgd_chain" && axes.size() != 1)
      throw CaseError(fmt::format("{}: error: method \"sgd_chain\" is for one dimension",
                                  escape.context().place(entry.source(), escape.name("methods"))));
    methods.push_back(method);
  }
  return methods;
}

}  // namespace

const std::vector<std::string>& escape_methods() {
  static const std::vector<std::string> methods{
      "quasi_stationary", "mean_first_passage", "flux",   "reactive_flux",  "langevin",   "sgd",
      "sgd_chain",        "splitting",          "theory", "theory:kramers", "theory:sgd", "theory:two_temperature",
      "theory:laplace"};
  return methods;
}

Case read_case(const std::string& text, const std::string& file, const std::filesystem::path& directory,
               const Overrides& overrides) {
  Context context{file, directory, {}};
  toml::table root_table;
  try {
    root_table = toml::parse(std::string_view(text), std::string_view(file));
  } catch (const toml::parse_error& error) {
    throw CaseError(fmt::format("{}:{}:{}: error: {}", file, error.source().begin.line, error.source().begin.column,
                                error.description()));
  }
  for (const std::string& override_text : overrides) apply_override(root_table, override_text, context);

  Case result;
  result.file = file;
  result.text = text;
  if (!overrides.empty()) {
    std::ostringstream out;
    out << root_table << "\n";
    result.text = out.str();
  }
  Reader root(context, root_table, "");
  result.title = root.text("title").value_or(std::filesystem::path(file).stem().string());
  const Parameters parameters = read_parameters(root);
  auto grid = root.table("grid"), box = root.table("box");
  if (!grid && !box) root.fail("", "[grid] is missing (or [box], for particles alone)");
  if (grid && box) root.fail("box", "give either [grid] or [box], not both");
  if (box) result.box = read_box(*box);
  const int dimension = box ? static_cast<int>(result.box.size()) : std::max(count_axes(*grid), 1);
  const std::vector<std::string> variables = variable_names(dimension);

  std::optional<LandscapeDomain> domain;
  const Drift drift = read_drift(root, dimension, parameters, result, domain);
  if (grid) result.axes = read_axes(*grid, domain);
  result.grid_place = (grid ? *grid : *box).place("");

  auto diffusion = root.table("diffusion");
  if (!diffusion) root.fail("", "[diffusion] is missing");
  auto model = read_diffusion(*diffusion, dimension, drift, parameters, result);
  const std::string interpretation = diffusion->choice("interpretation", {"ito", "stratonovich", "isothermal"}, "ito");
  diffusion->finish();
  result.dynamics = Dynamics{drift, std::move(model), interpretation_named(interpretation)};

  result.valley_place = root.place("valley");
  for (Reader& valley : root.tables("valley")) {
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
    if (definition.name == "first_exit" || definition.name.empty())
      valley.fail("name", fmt::format("{} cannot be a valley's name", definition.name.empty() ? "\"\"" : "first_exit"));
    for (const CaseValley& other : result.valleys)
      if (other.name == definition.name)
        valley.fail("name", fmt::format("there is a valley \"{}\" already", definition.name));
    valley.finish();
    result.valleys.push_back(std::move(definition));
  }

  if (auto evolve = root.table("evolve")) {
    if (box) root.fail("evolve", "[evolve] needs a [grid]");
    CaseEvolve spec;
    spec.initial = {read_initial(*evolve, dimension, parameters), evolve->place("initial")};
    const auto until = evolve->positive("until");
    if (!until) evolve->fail("", "evolve.until is missing");
    spec.until = *until;
    spec.frames = evolve->integer("frames", 1, 1000000).value_or(spec.frames);
    spec.stepper.value = evolve->choice("stepper", {"auto", "tr_bdf2", "backward_euler", "dopri5"}, spec.stepper.value);
    spec.stepper.place = evolve->place("stepper");
    spec.tolerance = evolve->positive("tolerance").value_or(spec.tolerance);
    if (spec.tolerance < 1e-13 || spec.tolerance > 0.1)
      evolve->fail("tolerance",
                   fmt::format("evolve.tolerance must lie between 1e-13 and 0.1 (got {})", spec.tolerance));
    evolve->finish();
    result.evolve = std::move(spec);
  }

  for (Reader& escape : root.tables("escape")) {
    CaseEscape spec;
    spec.from = {escape.required_text("from"), escape.place("from")};
    spec.to = {escape.required_text("to"), escape.place("to")};
    spec.methods = read_methods(escape, result.axes);
    escape.finish();
    if (spec.from.value == spec.to.value) escape.fail("to", "an escape leads from one valley to another one");
    result.escapes.push_back(std::move(spec));
  }
  if (box && result.escapes.empty()) root.fail("", "[[escape]] is missing: without a grid nothing else can be found");
  if (auto langevin = root.table("langevin")) {
    result.particles = read_particles(*langevin, variables, parameters);
    if (result.particles.minibatch != "gaussian") {
      if (!drift.landscape() || !drift.landscape()->terms())
        langevin->fail("minibatch", "langevin.minibatch needs landscape.data: an average over data");
      if (!result.sgd || result.sgd->batch_size != std::round(result.sgd->batch_size))
        langevin->fail("minibatch", "langevin.minibatch needs diffusion.model = \"sgd\" with a whole batch_size");
    }
    if (result.particles.histogram && !result.evolve)
      langevin->fail("histogram", "langevin.histogram is taken at the end of an evolution: [evolve] is missing");
  }
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
  if (auto solver = root.table("solver")) {
    result.grids = static_cast<int>(solver->integer("grids", 1, 3).value_or(result.grids));
    constexpr long most_modes = 100;
    result.modes = static_cast<int>(solver->integer("modes", 0, most_modes).value_or(result.modes));
    result.network = solver->boolean("network").value_or(result.network);
    result.departing_cell_rates = solver->choice("rates", {"edge", "departing_cell"}, "edge") == "departing_cell";
    solver->finish();
  }
  root.finish();
  return result;
}

Case read_case(const std::filesystem::path& file, const Overrides& overrides) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw CaseError(fmt::format("{}:1:1: error: the file cannot be opened", file.string()));
  std::ostringstream text;
  text << in.rdbuf();
  return read_case(text.str(), file.string(), std::filesystem::absolute(file).parent_path(), overrides);
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
    throw CaseError(fmt::format("{}: error: {}", definition.grid_place, error.what()));
  }
}

template Problem<1> build_problem(const Case&);
template Problem<2> build_problem(const Case&);

// ---- ready cases ---------------------------------------------------------------------------------------------------

namespace {

/// Folders that may hold the ready cases: of the installed program, and of the source tree.
std::vector<std::filesystem::path> case_folders() {
  std::vector<std::filesystem::path> folders{VALLEYFLUX_SOURCE_CASES};
  std::error_code none;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", none);
  if (!none) folders.push_back(program.parent_path().parent_path() / "share" / "valleyflux" / "cases");
  return folders;
}

}  // namespace

std::vector<std::string> ready_cases() {
  std::set<std::string> names;
  std::error_code none;
  for (const auto& folder : case_folders())
    for (const auto& entry : std::filesystem::directory_iterator(folder, none))
      if (entry.path().extension() == ".toml") names.insert(entry.path().stem().string());
  return {names.begin(), names.end()};
}

std::filesystem::path ready_case(const std::string& name) {
  std::error_code none;
  for (const auto& folder : case_folders()) {
    const std::filesystem::path file = folder / (name + ".toml");
    if (name.find('/') == std::string::npos && std::filesystem::exists(file, none)) return file;
  }
  return {};
}

}  // namespace valleyflux
