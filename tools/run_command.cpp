#include "tools/commands.hpp"

#include "output/table.hpp"
#include "output/unfinished_file.hpp"
#include "problems/case/idle_settings.hpp"
#include "problems/methods.hpp"
#include "tools/drawing.hpp"
#include "tools/run_into_file.hpp"
#include "tools/standard_streams.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace valleyflux {

namespace {

void print(const Results& results) {
  say("{}\n\n", results.title);
  if (results.loss)
    say("{}\n", loss_lines(*results.loss));
  else
    say("{}\n", valleys_table(results));
  if (const auto& evolution = results.evolution)
    say("evolution ({}): {} steps, mass error {:.1e}, smallest density {:.3g}, balance error {:.1e}, time error "
        "about {:.1e}\n\n",
        evolution->stepper, evolution->steps, evolution->mass_error, evolution->density_min, evolution->balance_error,
        evolution->error_estimate);
  if (results.evolution && !results.evolution->walls.empty()) {
    say("left through absorbing walls:");
    for (const EvolutionResult::Wall& wall : results.evolution->walls) say(" {} {:.8g}", wall.name, wall.outflow);
    say("\n\n");
  }
  if (const auto& histogram = results.histogram)
    say("{} particles at t = {:.4g}: total variation distance from the density {:.4f} ({:.4f} +- {:.4f} by chance "
        "alone)\n\n",
        histogram->particles, histogram->time, histogram->total_variation, histogram->expected, histogram->error);
  if (!results.estimates.empty()) say("{}\n", estimates_table(results));
  if (results.accuracy && (results.accuracy->reached || results.accuracy->chosen))
    say("{}\n", accuracy_line(*results.accuracy));
  if (!results.paths.empty()) say("{}\n", paths_table(results));
  if (results.network) say("{}\n", network_table(*results.network));
  if (results.spectrum.size() > 1) say("{}\n", spectrum_line(results));
}

/// Whether some escape has no number by any method but closed forms, though one was asked for: the run failed. Where
/// one method fails and others answer, its row and a warning say so.
bool nothing_found(const std::vector<Estimate>& estimates) {
  const auto by_closed_form = [](const Estimate& one) {
    return method_named(one.method).stage == MethodStage::closed_form;
  };
  return std::any_of(estimates.begin(), estimates.end(), [&](const Estimate& one) {
    const auto answers = [&](const Estimate& other) {
      return other.from == one.from && other.to == one.to && (other.rate || other.high) && !by_closed_form(other);
    };
    return !by_closed_form(one) && std::none_of(estimates.begin(), estimates.end(), answers);
  });
}

}  // namespace

int run_command(const RunArguments& arguments) {
  const Case definition = case_named(arguments.name, arguments.overrides);
  require_effect(definition, arguments.overrides);
  if (!arguments.plot.empty()) result_target(arguments.plot, definition.inputs);
  const auto [results, json] = run_into_file(definition, arguments);
  for (const std::string& warning : results.warnings) complain(fmt::format("warning: {}", warning));
  if (arguments.json) {
    say("{}\n", json);
  } else if (!arguments.quiet) {
    print(results);
    say("written to {}\n", results.output);
  }
  int drawn = 0;
  if (!arguments.plot.empty()) {
    drawn = draw(results.output, arguments.plot, arguments.panels);
    if (drawn == 0 && !arguments.json && !arguments.quiet) say("drawn to {}\n", arguments.plot);
  }
  return nothing_found(results.estimates) ? 1 : drawn;
}

}  // namespace valleyflux
