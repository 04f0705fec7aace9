#include "tools/commands.hpp"

#include "output/json.hpp"
#include "output/progress.hpp"
#include "output/sweep_table.hpp"
#include "output/unfinished_file.hpp"
#include "output/version.hpp"
#include "solver/run/run.hpp"
#include "tools/interruption.hpp"
#include "tools/standard_streams.hpp"
#include "tools/variation.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>

namespace valleyflux {

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
  const std::vector<double> once{0.0};
  const std::vector<double>& outer = variations.size() > 1 ? variations[1].values : once;
  const auto overrides_at = [&](const std::vector<double>& at) {
    Overrides overrides = arguments.run.overrides;
    for (std::size_t k = 0; k < at.size(); ++k) overrides.push_back(fmt::format("{}={}", keys[k], at[k]));
    return overrides;
  };
  const auto point = [&](double first, double second) {
    return variations.size() > 1 ? std::vector<double>{first, second} : std::vector<double>{first};
  };
  // A value that no case can have is told before anything is solved or written.
  for (const double second : outer)
    for (const double first : variations[0].values) {
      try {
        case_named(arguments.run.name, overrides_at(point(first, second)));
      } catch (const CaseError& error) {
        throw CaseError(fmt::format("--vary: {}", error.what()));
      }
    }
  std::filesystem::path output = arguments.run.output;
  if (output.empty()) output = std::filesystem::path(standard.file).stem().string() + "_sweep.csv";
  result_target(output, standard.inputs);
  SweepFile file(output, keys,
                 fmt::format("valleyflux {} sweep: {}\n{}", version(), fmt::join(given, "; "), standard.text));

  const bool talks = !arguments.run.quiet && !arguments.run.json;
  const Interruption interruption;
  TrainedStarts starts;
  bool headed = false, interrupted = false;
  std::vector<std::string> warned;
  for (const double second : outer)
    for (const double first : variations[0].values) {
      if (interrupted) break;
      const std::vector<double> at = point(first, second);
      std::vector<SweepRow> rows;
      if (file.has(at)) {
        for (const SweepRow& row : file.rows())
          if (row.at == at) rows.push_back(row);
      } else {
        const Overrides overrides = overrides_at(at);
        const Case definition = case_named(arguments.run.name, overrides);
        std::optional<Progress> progress(std::in_place, talks, "valleyflux sweep");
        SolveObserver observer;
        observer.progress = [&](double fraction, const std::string& stage) {
          interruption.deaf();
          progress->update(fraction, stage);
        };
        observer.interrupted = [&] { return interruption.asked(); };
        const Results results = run(definition, {.rates_only = true}, observer, starts);
        progress.reset();
        interrupted = interruption.asked();
        if (interrupted) break;
        rows = sweep_rows(at, results);
        file.append(rows);
        for (const std::string& warning : results.warnings) {
          if (std::find(warned.begin(), warned.end(), warning) != warned.end()) continue;
          warned.push_back(warning);
          complain(fmt::format("warning: at {}: {}",
                               fmt::join(overrides.end() - static_cast<long>(at.size()), overrides.end(), ", "),
                               warning));
        }
      }
      if (!talks || rows.empty()) continue;
      if (!headed) say("{}\n\n{}\n", standard.title, sweep_table_head(keys, rows));
      headed = true;
      say("{}\n", sweep_table_line(rows));
      std::fflush(stdout);
    }
  if (interrupted) {
    complain(fmt::format("interrupted; the same command goes on where {} ends", output.string()));
    return 1;
  }
  const std::vector<SweepFit> fits = sweep_fits(file.rows());
  if (arguments.run.json)
    say("{}\n", sweep_json(standard.title, output.string(), keys, file.rows(), fits));
  else if (talks)
    say("\n{}\nwritten to {}\n", fits_table(keys, fits), output.string());
  return 0;
}

}  // namespace valleyflux
