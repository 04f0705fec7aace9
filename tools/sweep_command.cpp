#include "tools/commands.hpp"

#include "output/json.hpp"
#include "output/progress.hpp"
#include "output/rate_tables.hpp"
#include "output/sweep_table.hpp"
#include "output/unfinished_file.hpp"
#include "output/version.hpp"
#include "solver/run/run.hpp"
#include "solver/statistics/renumbered_valleys.hpp"
#include "tools/drawing.hpp"
#include "tools/interruption.hpp"
#include "tools/standard_streams.hpp"
#include "tools/variation.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace valleyflux {

namespace {

/// Says in the rows of renumbered valleys, and returns, where they lie. Valleys that the case names stay the same ones.
std::vector<std::string> note_renumbered(const std::vector<ValleyResult>& before, const Results& results,
                                         std::vector<SweepRow>& rows) {
  std::vector<std::string> messages;
  for (const RenumberedValley& valley : renumbered_valleys(before, results.valleys)) {
    const std::string message = fmt::format("{} is at ({:.6g}), where {} was at the value before", valley.name,
                                            fmt::join(valley.minimum, ", "), valley.before);
    for (SweepRow& row : rows)
      if (row.estimate.from == valley.name || row.estimate.to == valley.name)
        row.estimate.note += (row.estimate.note.empty() ? "" : "; ") + message;
    messages.push_back(message + ": name the valleys by [[valley]] to compare their rates");
  }
  return messages;
}

/// The row of a value that has no escapes.
SweepRow row_without_rates(const std::vector<double>& at, const Results& results) {
  SweepRow row{at, {}};
  row.estimate.note = why_no_rates(results);
  return row;
}

/// Warnings of the values that were solved, which are told together once the sweep ends, however it does.
struct GatheredWarnings {
  std::vector<SweptWarnings> values;
  ~GatheredWarnings() { complain_of(values); }
};

}  // namespace

int sweep_command(const SweepArguments& arguments) {
  const bool talks = !arguments.run.quiet && !arguments.run.json;
  const Case standard = case_named(arguments.run.name, arguments.run.overrides, !talks);
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
        case_named(arguments.run.name, overrides_at(point(first, second)), !talks);
      } catch (const CaseError& error) {
        throw CaseError(fmt::format("--vary: {}", error.what()));
      }
    }
  std::filesystem::path output = arguments.run.output;
  if (output.empty()) output = std::filesystem::path(standard.file).stem().string() + "_sweep.csv";
  result_target(output, standard.inputs);
  if (!arguments.run.plot.empty()) result_target(arguments.run.plot, standard.inputs);
  SweepFile file(output, keys,
                 fmt::format("valleyflux {} sweep: {}\n{}", version(), fmt::join(given, "; "), standard.text));

  const Interruption interruption;
  SharedWork shared = SharedWork::of_sweep();
  bool interrupted = false;
  bool titled = false;
  std::optional<GatheredWarnings> gathered(std::in_place);
  for (const double second : outer) {
    std::vector<ValleyResult> before;
    for (const double first : variations[0].values) {
      if (interrupted) break;
      const std::vector<double> at = point(first, second);
      std::vector<SweepRow> rows;
      if (file.has(at)) {
        for (const SweepRow& row : file.rows())
          if (row.at == at) rows.push_back(row);
      } else {
        const Overrides overrides = overrides_at(at);
        const Case definition = case_named(arguments.run.name, overrides, !talks);
        std::optional<Progress> progress(std::in_place, talks, "valleyflux sweep");
        SolveObserver observer;
        observer.progress = [&](double fraction, const std::string& stage) {
          interruption.deaf();
          progress->update(fraction, stage);
        };
        observer.interrupted = [&] { return interruption.asked(); };
        const Results results = run(definition, {.rates_only = true}, observer, shared);
        progress.reset();
        interrupted = interruption.asked();
        if (interrupted) break;
        rows = sweep_rows(at, results);
        std::vector<std::string> warnings;
        if (definition.valleys.empty()) warnings = note_renumbered(before, results, rows);
        before = results.valleys;
        if (rows.empty()) {
          rows.push_back(row_without_rates(at, results));
          warnings.push_back(rows.front().estimate.note);
        }
        file.append(rows);
        warnings.insert(warnings.end(), results.warnings.begin(), results.warnings.end());
        const std::string place =
            fmt::format("{}", fmt::join(overrides.end() - static_cast<long>(at.size()), overrides.end(), ", "));
        if (!arguments.run.verbose) {
          gathered->values.push_back({place, warnings});
        } else if (!warnings.empty()) {
          complain(fmt::format("at {}:", place));
          complain_of(warnings, true);
        }
      }
      if (!talks) continue;
      if (!std::exchange(titled, true)) say_wrapped("{}\nsweep of {}\n\n", standard.title, fmt::join(given, "; "));
      say("{}", sweep_point_text(keys, rows));
      std::fflush(stdout);
    }
  }
  gathered.reset();
  if (interrupted) {
    complain(fmt::format("interrupted; the same command goes on where {} ends", output.string()));
    return 1;
  }
  const std::vector<SweepFit> fits = sweep_fits(file.rows());
  if (arguments.run.json)
    say("{}\n", sweep_json(standard.title, output.string(), keys, file.rows(), fits));
  else if (talks)
    say("\n{}written to {}\n", arguments.fits ? fits_table(keys, fits) + "\n" : "", output.string());
  if (arguments.run.plot.empty()) return 0;
  const int drawn = draw(output, arguments.run.plot, "", !talks);
  if (drawn != 0)
    complain(not_drawn(output, arguments.run.plot));
  else if (talks)
    say("drawn to {}\n", arguments.run.plot);
  return drawn;
}

}  // namespace valleyflux
