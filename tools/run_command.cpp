#include "tools/commands.hpp"

#include "output/table.hpp"
#include "output/unfinished_file.hpp"
#include "problems/case/idle_settings.hpp"
#include "problems/methods.hpp"
#include "tools/drawing.hpp"
#include "tools/panel_names.hpp"
#include "tools/run_into_file.hpp"
#include "tools/standard_streams.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <stdexcept>

namespace valleyflux {

namespace {

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
  const Case definition = case_named(arguments.name, arguments.overrides, arguments.json || arguments.quiet);
  require_effect(definition, arguments.overrides);
  if (!arguments.plot.empty()) {
    result_target(arguments.plot, definition.inputs);
    if (std::filesystem::path(arguments.plot) == arguments.output)
      throw std::invalid_argument(fmt::format("--plot: error: {} is the result file", arguments.plot));
    if (const std::string fault = fault_of_panels(arguments.panels, definition.axes.size());
        !arguments.panels.empty() && !fault.empty())
      throw std::invalid_argument(fmt::format("--panels: error: {}", fault));
  }
  const auto [results, json, timings] = run_into_file(definition, arguments);
  if (arguments.json) {
    say("{}\n", json);
  } else if (!arguments.quiet) {
    say("{}\n", results_text(results));
  }
  complain_of(results.warnings, arguments.verbose);
  if (!timings.empty()) std::fputs(timings.c_str(), stderr);
  if (!arguments.json && !arguments.quiet)
    say("written to {}{}\n", results.output, arguments.report.empty() ? "" : " and " + arguments.report);
  int drawn = 0;
  if (!arguments.plot.empty()) {
    drawn = draw(results.output, arguments.plot, arguments.panels, arguments.json || arguments.quiet);
    if (drawn != 0)
      complain(not_drawn(results.output, arguments.plot));
    else if (!arguments.json && !arguments.quiet)
      say("drawn to {}\n", arguments.plot);
  }
  return nothing_found(results.estimates) ? 1 : drawn;
}

}  // namespace valleyflux
