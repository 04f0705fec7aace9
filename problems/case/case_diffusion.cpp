#include "problems/case/case_diffusion.hpp"

#include "problems/case/case_mobility.hpp"
#include "problems/case/case_tensor.hpp"
#include "problems/dynamics/diffusion_model.hpp"
#include "problems/dynamics/gradient_noise.hpp"
#include "problems/dynamics/sgd_diffusion.hpp"
#include "problems/valleys/deep_valleys.hpp"
#include "problems/valleys/survey.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

namespace valleyflux {

namespace {

/// Minima and saddles, lowest first, among which ripples of a table are none: such are shallower than `noise`.
template <int Dim>
std::vector<CriticalPoint<Dim>> points_of_table(const Drift& drift, const std::array<OpenAxis, Dim>& axes,
                                                double noise) {
  const Dynamics dynamics{drift, constant_diffusion(noise * Eigen::MatrixXd::Identity(Dim, Dim))};
  return DeepValleys<Dim>(dynamics, scanned_grid<Dim>(axes), depth_of_tables).points();
}

/// The height at the share s of the way up from the lowest minimum to the lowest saddle of the case's domain, whose
/// critical points are left in the case where its grid is known. Throws std::invalid_argument where there are none.
template <int Dim>
double height_at_share(const Drift& drift, double s, double noise, Case& result) {
  std::array<OpenAxis, Dim> axes;
  std::copy_n(result.axes.begin(), Dim, axes.begin());
  const bool closed = std::all_of(axes.begin(), axes.end(), [](const OpenAxis& axis) { return axis.closed(); });
  const bool bounded = std::all_of(axes.begin(), axes.end(), [](const OpenAxis& axis) { return axis.bounded(); });
  const bool table = drift.landscape()->domain().has_value();
  const std::vector<CriticalPoint<Dim>> points = table     ? points_of_table<Dim>(drift, axes, noise)
                                                 : bounded ? find_critical_points<Dim>(drift, scanned_grid<Dim>(axes))
                                                           : survey<Dim>(drift, axes);
  if (closed && !table) result.critical_points = points;
  std::optional<double> minimum, saddle;  // the critical points come lowest first
  for (const CriticalPoint<Dim>& point : points) {
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
    if (!value) table.fail_without(key);
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
      return result.axes.size() == 1 ? height_at_share<1>(drift, s.value_or(half_way), options.T_a, result)
                                     : height_at_share<2>(drift, s.value_or(half_way), options.T_a, result);
    });
  }
  // So narrow that hardly anything of the change reaches the minimum or the saddle.
  constexpr double of_temperature = 0.5;
  options.width =
      table.positive_quantity("width", parameters).value_or(of_temperature * std::min(options.T_a, options.T_b));
  result.two_temperature = options;
  return placed(table.place(""), [&] { return two_temperature_diffusion(drift.landscape(), options); });
}

/// Where the model is said to be constant, D and its entries are numbers.
void require_numbers(const CaseReader& table, const toml::node& node) {
  if (const toml::array* entries = node.as_array()) {
    for (const toml::node& entry : *entries) require_numbers(table, entry);
  } else if (!node.is_number()) {
    table.fail("D", fmt::format("diffusion.D must be a number, or an array of them, where diffusion.model = "
                                "\"constant\" (got {}); expressions and tables need diffusion.model = \"expression\"",
                                node.is_string() ? fmt::format("\"{}\"", *node.value<std::string>())
                                                 : CaseReader::shown(node)));
  }
}

std::shared_ptr<const DiffusionModel> read_model(const std::string& model, CaseReader& table, int dimension,
                                                 const Drift& drift, const Parameters& parameters, Case& result) {
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
  if (!node) table.fail_without("D");
  if (model == "constant" && table.find("model")) require_numbers(table, *node);
  if (node->is_number()) {
    const double value = table.required_number("D");
    if (!(value > 0)) table.fail("D", fmt::format("diffusion.D must be positive (got {})", value));
    constexpr double least = 1e-100, largest = 1e100;  // beyond, its square or inverse leaves double precision
    if (value < least || value > largest)
      table.fail("D", fmt::format("diffusion.D must lie between {} and {} (got {})", least, largest, value));
  }
  auto entries = read_tensor(table, "D", dimension, parameters);
  return placed(table.place("D"), [&] {
    const auto constant = model == "constant" ? constant_tensor(entries, dimension) : std::nullopt;
    return constant ? constant_diffusion(*constant) : expression_diffusion(dimension, std::move(entries));
  });
}

}  // namespace

SgdDiffusionOptions read_sgd(CaseReader& table, const Parameters& parameters) {
  SgdDiffusionOptions options;
  const auto eta = table.positive_quantity("eta", parameters);
  const auto batch = table.positive_quantity("batch_size", parameters);
  if (!eta) table.fail_without("eta");
  options.eta = *eta;
  options.batch_size = batch.value_or(1.0);
  options.injected = table.quantity("injected", parameters).value_or(0.0);
  if (options.injected < 0)
    table.fail("injected", fmt::format("diffusion.injected must not be negative (got {})", options.injected));
  return options;
}

Dynamics read_diffusion(CaseReader& table, int dimension, const Drift& drift, const Parameters& parameters,
                        Case& result) {
  const std::string model = table.choice(
      "model", {"constant", "expression", "sgd", "gradient_noise", "two_temperature", "mobility"}, "constant");
  if (model == "mobility") return read_mobility(table, dimension, drift, parameters, result);
  auto noise = read_model(model, table, dimension, drift, parameters, result);
  const bool given = table.find("interpretation") != nullptr;
  const std::string interpretation = table.choice("interpretation", {"ito", "stratonovich", "isothermal"}, "ito");
  Dynamics dynamics{drift, std::move(noise), interpretation_named(interpretation)};
  // The other models are of noise that has no temperature.
  if (model == "constant" || model == "expression")
    if (const auto warning = warning_of_other_law(dynamics, given)) result.warnings.push_back(*warning);
  return dynamics;
}

}  // namespace valleyflux
