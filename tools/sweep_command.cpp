#include "tools/commands.hpp"

#include "output/progress.hpp"
#include "output/sweep_table.hpp"
#include "tools/interruption.hpp"
#include "tools/requests.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <optional>
#include <sstream>

namespace valleyflux {

namespace {

/// A key of the case and the values that it takes.
struct Variation {
  std::string key;
  std::vector<double> values;
};

/// "table.key=first:last:count[:log]"
Variation variation_of(const std::string& text) {
  const auto wrong = [&](const std::string& what) {
    return CaseError(fmt::format("--vary {}: error: {}", text, what));
  };
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) throw wrong("must have the form table.key=first:last:count[:log]");
  std::vector<std::string> parts;
  std::istringstream in(text.substr(equals + 1));
  for (std::string part; std::getline(in, part, ':');) parts.push_back(part);
  const bool logarithmic = parts.size() == 4 && parts[3] == "log";
  if (parts.size() != 3 && !logarithmic) throw wrong("must have the form table.key=first:last:count[:log]");
  const auto number = [&](const std::string& part) {
    std::size_t used = 0;
    double value = 0.0;
    try {
      value = std::stod(part, &used);
    } catch (const std::exception&) {
      used = 0;
    }
    if (used == 0 || used != part.size() || !std::isfinite(value))
      throw wrong(fmt::format("\"{}\" is no number", part));
    return value;
  };
  const double first = number(parts[0]), last = number(parts[1]), count = number(parts[2]);
  constexpr double most = 100000.0;
  if (!(count >= 2 && count <= most) || count != std::round(count))
    throw wrong(fmt::format("the count must be a whole number between 2 and {:.0f} (got {})", most, parts[2]));
  if (first == last) throw wrong("the first and the last value must differ");
  if (logarithmic && !(first > 0 && last > 0)) throw wrong("logarithmic values must be positive");
  Variation variation{text.substr(0, equals), {}};
  const auto n = static_cast<std::size_t>(count);
  for (std::size_t k = 0; k < n; ++k) {
    const double share = static_cast<double>(k) / static_cast<double>(n - 1);
    const double value = k + 1 == n    ? last
                         : logarithmic ? first * std::pow(last / first, share)
                                       : first + (last - first) * share;
    // What should be round is: 0.1:0.5:5 asks for 0.3, not for 0.30000000000000004.
    variation.values.push_back(std::stod(fmt::format("{:.12g}", value)));
  }
  return variation;
}

/// Rates alone: neither densities over time nor spectrum or network.
template <int Dim>
Results rates_of(const Case& definition, const SolveObserver& observer) {
  const Problem<Dim> problem = build_problem<Dim>(definition);
  SolveRequest<Dim> request = solve_request<Dim>(problem, definition);
  request.evolve.reset();
  request.particle_histogram = false;
  request.modes = 0;
  request.network = false;
  request.paths = false;
  request.quasi_potential = false;
  return solve_problem<Dim>(problem, request, observer);
}

Results rates_of(const Case& definition, const SolveObserver& observer) {
  if (!definition.box.empty()) {
    const ParticleProblem problem = build_particle_problem(definition);
    return solve_particles(problem, particle_requests(problem, definition), particle_methods(definition),
                           {observer.progress, observer.interrupted, [](const EscapeTimes&) {}},
                           theory_options(definition));
  }
  require_memory(definition);
  return definition.axes.size() == 1 ? rates_of<1>(definition, observer) : rates_of<2>(definition, observer);
}

}  // namespace

int sweep_command(const SweepArguments& arguments) {
  const Case standard = case_named(arguments.run.name, arguments.run.overrides);
  const std::vector<std::string>& given = arguments.vary.empty() ? standard.vary : arguments.vary;
  constexpr std::size_t most_keys = 2;
  if (given.empty() || given.size() > most_keys)
    throw CaseError(
        fmt::format("{}: error: a sweep varies one key or two (--vary table.key=first:last:count[:log], or "
                    "vary in the case's [sweep]); {} are given",
                    standard.file, given.size()));
  std::vector<Variation> variations;
  std::vector<std::string> keys;
  for (const std::string& text : given) {
    variations.push_back(variation_of(text));
    keys.push_back(variations.back().key);
  }
  std::filesystem::path output = arguments.run.output;
  if (output.empty()) output = std::filesystem::path(standard.file).stem().string() + "_sweep.csv";
  SweepFile file(output, keys,
                 fmt::format("valleyflux {} sweep: {}\n{}", VALLEYFLUX_VERSION, fmt::join(given, "; "), standard.text));

  const bool talks = !arguments.run.quiet && !arguments.run.json;
  const Interruption interruption;
  bool headed = false, interrupted = false;
  std::vector<std::string> warned;
  const std::vector<double> once{0.0};
  const std::vector<double>& outer = variations.size() > 1 ? variations[1].values : once;
  for (const double second : outer)
    for (const double first : variations[0].values) {
      if (interrupted) break;
      std::vector<double> at{first};
      if (variations.size() > 1) at.push_back(second);
      std::vector<SweepRow> rows;
      if (file.has(at)) {
        for (const SweepRow& row : file.rows())
          if (row.at == at) rows.push_back(row);
      } else {
        Overrides overrides = arguments.run.overrides;
        for (std::size_t k = 0; k < at.size(); ++k) overrides.push_back(fmt::format("{}={}", keys[k], at[k]));
        const Case definition = case_named(arguments.run.name, overrides);
        std::optional<Progress> progress(std::in_place, talks, "valleyflux sweep");
        SolveObserver observer;
        observer.progress = [&](double fraction, const std::string& stage) {
          interruption.deaf();
          progress->update(fraction, stage);
        };
        observer.interrupted = [&] { return interruption.asked(); };
        const Results results = rates_of(definition, observer);
        progress.reset();
        interrupted = interruption.asked();
        if (interrupted) break;
        rows = sweep_rows(at, results);
        file.append(rows);
        for (const std::string& warning : results.warnings) {
          if (std::find(warned.begin(), warned.end(), warning) != warned.end()) continue;
          warned.push_back(warning);
          fmt::print(stderr, "warning: at {}: {}\n",
                     fmt::join(overrides.end() - static_cast<long>(at.size()), overrides.end(), ", "), warning);
        }
      }
      if (!talks || rows.empty()) continue;
      if (!headed) fmt::print("{}\n\n{}\n", standard.title, sweep_table_head(keys, rows));
      headed = true;
      fmt::print("{}\n", sweep_table_line(rows));
      std::fflush(stdout);
    }
  if (interrupted) {
    fmt::print(stderr, "interrupted; the same command goes on where {} ends\n", output.string());
    return 1;
  }
  const std::vector<SweepFit> fits = sweep_fits(file.rows());
  if (arguments.run.json)
    fmt::print("{}\n", sweep_json(standard.title, output.string(), keys, file.rows(), fits));
  else if (talks)
    fmt::print("\n{}\nwritten to {}\n", fits_table(keys, fits), output.string());
  return 0;
}

}  // namespace valleyflux
