#include "tools/benchmarks/coverage/judged.hpp"

#include "problems/case/case_file.hpp"
#include "problems/methods.hpp"
#include "solver/run/run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <stdexcept>

namespace valleyflux::coverage {

namespace {

bool names(const std::string& warning, const Truth& truth) {
  const auto says = [&](const std::string& text) { return warning.find(text) != std::string::npos; };
  const bool escape = says(truth.from + " -> " + truth.to);
  const auto& methods = method_names();
  const bool any_method = std::any_of(methods.begin(), methods.end(), says);
  if (escape) return says(truth.method) || !any_method;
  // Particles are warned of by their method, or by their step, without the escape: cases hold one of them.
  const bool particles = truth.method == "langevin" || truth.method == "splitting";
  return !says(" -> ") && (says(truth.method) || (particles && says("langevin.step")));
}

Judgement compared(const Truth& truth, const Results& results) {
  const auto row = std::find_if(results.estimates.begin(), results.estimates.end(), [&](const Estimate& estimate) {
    return estimate.from == truth.from && estimate.to == truth.to && estimate.method == truth.method;
  });
  const std::string label = fmt::format("{} -> {} by {}", truth.from, truth.to, truth.method);
  if (row == results.estimates.end()) throw std::runtime_error(label + ": the row is missing");
  Judgement found;
  found.truth = truth;
  found.note = row->note;
  found.warned = std::any_of(results.warnings.begin(), results.warnings.end(),
                             [&](const std::string& warning) { return names(warning, truth); });
  found.answered = row->log_rate.has_value();
  if (!found.answered) return found;
  found.bare = !row->low || !row->high;
  found.rate = *row->rate;
  found.low = row->low.value_or(found.rate);
  found.high = row->high.value_or(found.rate);
  const double log_low = std::log(found.low), log_high = std::log(found.high);
  if (!std::isfinite(*row->log_rate) || std::isnan(log_low) || !std::isfinite(log_high))
    throw std::runtime_error(label + ": not finite");
  constexpr double roundoff = 1e-12;
  if (*row->log_rate < log_low - roundoff || *row->log_rate > log_high + roundoff)
    throw std::runtime_error(label + ": the interval does not hold the rate");
  found.error = std::abs(*row->log_rate - truth.log_rate);
  found.half_width = 0.5 * (log_high - log_low);
  found.inside = log_low - truth_accuracy <= truth.log_rate && truth.log_rate <= log_high + truth_accuracy;
  return found;
}

}  // namespace

double Judgement::excess() const {
  return std::max(error, truth_accuracy) / std::max(half_width, truth_accuracy);
}

JudgedCase judge(const CoveredCase& problem) {
  JudgedCase judged;
  judged.problem = problem;
  const auto start = std::chrono::steady_clock::now();
  try {
    const Results results = run(read_case(problem.toml, "case.toml", "."));
    judged.warnings = results.warnings;
    for (const Truth& truth : problem.truths) judged.rows.push_back(compared(truth, results));
  } catch (const std::exception& error) {
    judged.died = error.what();
  }
  judged.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return judged;
}

std::string as_case_file(const JudgedCase& judged) {
  std::string text;
  if (judged.died) text += fmt::format("# died: {}\n", *judged.died);
  for (const Judgement& row : judged.rows) {
    text += fmt::format("# {} -> {} by {}: right {:.10g}", row.truth.from, row.truth.to, row.truth.method,
                        std::exp(row.truth.log_rate));
    text += row.answered
                ? fmt::format(", found {:.10g} in [{:.10g}, {:.10g}], {}, off by {:.3g} = {:.3g} half-widths", row.rate,
                              row.low, row.high, row.inside ? "inside" : "OUTSIDE", std::expm1(row.error), row.excess())
                : ", no rate: " + row.note;
    text += row.warned ? ", warned\n" : "\n";
  }
  for (const std::string& warning : judged.warnings) text += "# warning: " + warning + "\n";
  std::string lines;
  for (const char c : text) {  // messages may hold several lines
    if (!lines.empty() && lines.back() == '\n' && c != '#') lines += "# ";
    lines += c;
  }
  return lines + judged.problem.toml;
}

}  // namespace valleyflux::coverage
