#include "output/table.hpp"

#include "output/column_head.hpp"
#include "output/rate_tables.hpp"
#include "output/shown_numbers.hpp"
#include "output/terminal_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

namespace valleyflux {

namespace {

/// " (1/ns)", or nothing where the case does not say it.
std::string rate_unit(const Units& units) {
  const std::string unit = in_units("rate", units);
  return unit == "1" ? "" : " (" + unit + ")";
}

/// Of escapes that may end in more ways than one.
std::string targets_table(const Results& results) {
  using Target = FirstPassageTarget;
  std::vector<std::vector<std::string>> rows{
      {"ends in", "probability", "grid error", column_head<Target>("mean", results.units)}};
  for (const FirstPassageResult& one : results.first_passages)
    for (const Target& target : one.targets)
      if (one.targets.size() > 1)
        rows.push_back({fmt::format("{} -> {}: {}", one.from, one.to, target.name),
                        fmt::format("{:.6g}", target.probability),
                        target.grid_error ? fmt::format("{:.1e}", *target.grid_error) : "",
                        target.mean ? fmt::format("{:.6g}", *target.mean) : "-"});
  return rows.size() > 1 ? "\n" + aligned(rows) : "";
}

}  // namespace

std::string valleys_table(const Results& results) {
  std::vector<std::vector<std::string>> rows{{"valley", column_head<ValleyResult>("minimum", results.units),
                                              column_head<ValleyResult>("height", results.units),
                                              column_head<ValleyResult>("stationary_probability", results.units)}};
  for (const ValleyResult& valley : results.valleys) {
    std::vector<std::string> coordinates;
    for (const double x : valley.minimum) coordinates.push_back(unsigned_zero(fmt::format("{:.6f}", x)));
    rows.push_back({valley.name, valley.minimum.empty() ? "-" : fmt::format("({})", fmt::join(coordinates, ", ")),
                    valley.height ? unsigned_zero(fmt::format("{:.6g}", *valley.height)) : "-",
                    valley.stationary_probability ? fmt::format("{:.6g}", *valley.stationary_probability) : "-"});
  }
  return aligned(rows);
}

std::string loss_lines(const LossResult& loss) {
  std::string lines = fmt::format("loss of {} parameters over {} samples; at the start {:.6g}, |gradient| {:.3g}\n",
                                  loss.start.size(), loss.samples, loss.value, loss.gradient.norm());
  if (const auto& found = loss.covariance) {
    const auto shown = [](const MeasuredNumber& number) {
      return fmt::format("{:.4f} [{:.4f}, {:.4f}]", number.value, number.low, number.high);
    };
    lines += fmt::format(
        "covariance of one sample's gradient along the eigenvectors of the Hessian, against |h|:\n"
        "  correlation {}, factor {}; correlation of all entries {:.4f}; largest |h| {:.4g}\n",
        shown(found->correlation), shown(found->factor), found->entry_correlation, std::abs(found->eigenvalue[0]));
  }
  return wrapped(lines, 2);
}

std::string evolution_lines(const Results& results) {
  std::string text;
  if (const auto& evolution = results.evolution) {
    text += fmt::format(
        "evolution ({}): {} steps, mass error {:.1e}, smallest density {:.3g}, balance error {:.1e}, time error about "
        "{:.1e}{}\n",
        evolution->stepper, evolution->steps, evolution->mass_error, evolution->density_min, evolution->balance_error,
        evolution->error_estimate,
        evolution->grid_error ? fmt::format(", grid error of the last density {:.1e}", *evolution->grid_error) : "");
    std::vector<std::string> walls;
    for (const EvolutionResult::Wall& wall : evolution->walls)
      walls.push_back(fmt::format("{} {:.8g}", wall.name, wall.outflow));
    if (!walls.empty()) text += fmt::format("left through absorbing walls: {}\n", fmt::join(walls, ", "));
  }
  if (const auto& histogram = results.histogram)
    text += fmt::format(
        "{} particles at t = {:.4g}: total variation distance from the density {:.4f} ({:.4f} +- {:.4f} by chance "
        "alone)\n",
        histogram->particles, histogram->time, histogram->total_variation, histogram->expected, histogram->error);
  return wrapped(text, 2);
}

std::string network_table(const NetworkResult& network, const Units& units) {
  const auto off_by = [](double value, double reference) {
    return std::isfinite(value) && reference > 0 ? shown_difference(std::log(value / reference)) : std::string("-");
  };
  std::vector<std::vector<std::string>> pairs{{"network", column_head<NetworkResult>("rate", units), "grid error",
                                               "Rule 1", "mean " + column_head<NetworkResult>("time", units),
                                               "Rule 2"}};
  const auto n = static_cast<Eigen::Index>(network.valleys.size());
  for (Eigen::Index a = 0; a < n; ++a)
    for (Eigen::Index b = 0; b < n; ++b) {
      if (a == b) continue;
      const double rate = network.rate(a, b), time = network.time(a, b);
      const double error = rate > 0 ? 0.5 * (network.high(a, b) - network.low(a, b)) / rate : 0.0;
      pairs.push_back(
          {network.valleys[static_cast<std::size_t>(a)] + " -> " + network.valleys[static_cast<std::size_t>(b)],
           std::isnan(rate) ? "-" : fmt::format("{:.6g}", rate), error > 0 ? fmt::format("{:.1e}", error) : "",
           off_by(network.rule_1_rate(a, b), rate), std::isfinite(time) ? fmt::format("{:.6g}", time) : "-",
           off_by(network.rule_2_time(a, b), time)});
    }
  std::vector<std::vector<std::string>> valleys{{"valley", "left last", "Corollary 3.2.2"}};
  for (Eigen::Index a = 0; a < n; ++a)
    valleys.push_back({network.valleys[static_cast<std::size_t>(a)], fmt::format("{:.6g}", network.probability[a]),
                       fmt::format("{:.6g}", network.escape_time_probability[a])});
  std::string text = aligned(pairs) + "\n" + aligned(valleys);
  text += wrapped(
      "Rule 1: closed forms of parallel saddles, added; Rule 2: least sum of mean times of steps in sequence; both as "
      "what they are off by. Corollary 3.2.2: each mean escape time over the sum of all. (Xie, Sato & Sugiyama 2020)\n",
      2);
  std::vector<std::string> modes;
  for (const auto& eigenvalue : network.spectrum) modes.push_back(shown_eigenvalue(eigenvalue));
  if (!modes.empty())
    text += wrapped(fmt::format("modes of the network{}: {}\n", rate_unit(units), fmt::join(modes, ", ")), 2);
  return text;
}

std::string paths_table(const Results& results) {
  std::vector<std::vector<std::string>> rows{
      {"most probable path", "over", column_head<PathResult>("method", results.units),
       column_head<PathResult>("exponent", results.units), column_head<PathResult>("error", results.units)}};
  for (const PathResult& path : results.paths) {
    std::vector<std::string> saddle;
    for (const double x : path.saddle) saddle.push_back(fmt::format("{:.5f}", x));
    rows.push_back({path.from + " -> " + path.to, fmt::format("({})", fmt::join(saddle, ", ")), path.method,
                    path.exponent ? fmt::format("{:.8g}", *path.exponent) : "-",
                    path.exponent ? fmt::format("{:.1e}", path.error) : ""});
  }
  return aligned(rows);
}

std::string first_passage_table(const Results& results) {
  using Result = FirstPassageResult;
  std::vector<std::vector<std::string>> rows{
      {"first-passage time", column_head<Result>("mean", results.units), "std. deviation", "grid error", "time error"}};
  for (const Result& one : results.first_passages)
    rows.push_back({one.from + " -> " + one.to, fmt::format("{:.6g}", one.mean),
                    one.variance ? fmt::format("{:.6g}", std::sqrt(*one.variance)) : "-",
                    one.grid_error ? fmt::format("{:.1e}", *one.grid_error) : "",
                    fmt::format("{:.1e}", one.time_error)});
  return aligned(rows) + targets_table(results);
}

std::string spectrum_line(const Results& results) {
  std::vector<std::string> shown;
  for (std::size_t k = 0; k < results.spectrum.size(); ++k) {
    shown.push_back(shown_eigenvalue(results.spectrum[k]));
    if (k < results.spectrum_error.size() && results.spectrum_error[k] > 0)
      shown.back() += fmt::format(" +- {:.1g}", results.spectrum_error[k]);
  }
  std::string text =
      wrapped(fmt::format("leading spectrum{}: {}\n", rate_unit(results.units), fmt::join(shown, ", ")), 2);
  double largest = 0.0;
  for (std::size_t k = 0; k < results.spectrum_bound.size(); ++k)
    if (results.spectrum_bound[k] > 0)
      largest = std::max(largest, results.spectrum_bound[k] / std::abs(results.spectrum.at(k)));
  if (largest > 0) text += wrapped(fmt::format("  those of its grid within {:.0e} of each\n", largest), 2);
  return text;
}

std::string accuracy_line(const AccuracyResult& accuracy) {
  const std::string reached = accuracy.reached ? fmt::format("reached {:.1e}", *accuracy.reached)
                                               : std::string("no error of some rate is known");
  return wrapped(fmt::format("relative error of every rate from a grid: wanted {:.1e}, {}, finest grid {} cells\n{}",
                             accuracy.wanted, reached, fmt::join(accuracy.cells, " x "),
                             accuracy.chosen ? fmt::format("grid chosen: {}\n", *accuracy.chosen) : ""),
                 2);
}

/// What intervals hold beside the errors of grids and particles.
std::string data_error_line(const std::vector<Estimate>& estimates) {
  double largest = 0.0;
  for (const Estimate& estimate : estimates) largest = std::max(largest, estimate.data_error.value_or(0.0));
  if (largest == 0.0) return "";
  return wrapped(
      fmt::format("relative standard error of rates from those of the table: up to {:.1e}, in all intervals\n",
                  largest),
      2);
}

/// Why there are no rates, and what may be done where the landscape has too few valleys for them.
std::string nowhere_to_go(const Results& results) {
  if (!results.estimates.empty() || results.loss) return "";
  const bool one = results.valleys.size() == 1;
  return wrapped(
      why_no_rates(results) + (one ? " ([[valley]] can define another, and an [[escape]] to first_exit leaves it)\n"
                               : results.valleys.empty() ? " ([[valley]] can define one)\n"
                                                         : "\n"),
      2);
}

std::string results_text(const Results& results) {
  std::string text = wrapped(results.title, 2) + "\n";
  // The answer first, then what it rests on.
  for (const std::string& part :
       {recommended_table(results), nowhere_to_go(results),
        results.loss ? loss_lines(*results.loss) : valleys_table(results), estimates_table(results),
        results.accuracy && (results.accuracy->reached || results.accuracy->chosen) ? accuracy_line(*results.accuracy)
                                                                                    : std::string(),
        data_error_line(results.estimates),
        results.first_passages.empty() ? std::string() : first_passage_table(results),
        results.paths.empty() ? std::string() : paths_table(results),
        results.network ? network_table(*results.network, results.units) : std::string(),
        results.spectrum.size() > 1 ? spectrum_line(results) : std::string(), evolution_lines(results)})
    if (!part.empty()) text += "\n" + part;
  return text;
}

}  // namespace valleyflux
