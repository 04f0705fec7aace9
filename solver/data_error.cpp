#include "solver/data_error.hpp"

#include "problems/methods.hpp"
#include "solver/solver_error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>

namespace valleyflux {

namespace {

constexpr int draws = 24;

/// The problem on a grid that many landscapes can be solved on.
template <int Dim>
Problem<Dim> on_coarse_grid(Problem<Dim> problem) {
  constexpr Index most_cells = 10000, fewest = 32;  // of the grid, of an axis
  Index factor = 1;
  const auto cells = [&](int k) { return problem.grid.axis(k).cells() / factor; };
  if constexpr (Dim == 2)
    while (cells(0) * cells(1) > most_cells && std::min(cells(0), cells(1)) >= 2 * fewest) factor *= 2;
  if (factor > 1) problem.grid = problem.grid.coarsened(factor);
  return problem;
}

/// widths: of the logarithm to one side, from what it is to what it becomes.
template <class Widths>
void widen(Estimate& estimate, Widths widths) {
  if (!estimate.low || !estimate.high) return;
  const double rate = *estimate.rate;
  if (*estimate.low > 0) estimate.low = rate * std::exp(-widths(std::log(rate / *estimate.low)));
  estimate.high = rate * std::exp(widths(std::log(*estimate.high / rate)));
}

/// The rates of an escape that rest on the table: from grids and particles.
template <int Dim, class Change>
void change_measured(Solution<Dim>& solution, const Escape& escape, Change change) {
  const std::string& from = solution.valley_name(escape.from);
  const std::string to = solution.target_name(escape);
  for (Estimate& estimate : solution.results.estimates) {
    const MethodStage stage = method_named(estimate.method).stage;
    const bool measured = stage == MethodStage::grid || stage == MethodStage::particles;
    if (measured && estimate.from == from && estimate.to == to && estimate.log_rate) change(estimate);
  }
}

void add_note(Estimate& estimate, const std::string& note) {
  if (!estimate.note.empty()) estimate.note += "; ";
  estimate.note += note;
}

/// An interval that leaves out an error of unknown size would hold the truth by chance alone.
template <int Dim>
void without_interval(Solution<Dim>& solution, const Escape& escape, const std::string& unknown,
                      const std::string& why) {
  change_measured<Dim>(solution, escape, [&](Estimate& estimate) {
    estimate.low = estimate.high = std::nullopt;
    add_note(estimate, fmt::format("no interval: {} is not known", unknown));
  });
  solution.results.warnings.push_back(fmt::format("{}: {} is not known, and neither is an interval of the rate{}",
                                                  solution.label(escape), unknown, why.empty() ? "" : ": " + why));
}

/// What asks for mean first-passage times alone, on one grid.
template <int Dim>
SolveRequest<Dim> times_alone(const std::vector<EscapeRequest>& escapes) {
  SolveRequest<Dim> request;
  request.escapes = escapes;
  for (EscapeRequest& escape : *request.escapes) escape.methods = {"mean_first_passage"};
  request.grids = 1;
  request.modes = 0;
  request.network = request.paths = request.table_errors = false;
  return request;
}

double standard_deviation(const std::vector<double>& values) {
  double mean = 0.0, sum = 0.0;
  for (const double value : values) mean += value / static_cast<double>(values.size());
  for (const double value : values) sum += (value - mean) * (value - mean);
  return std::sqrt(sum / static_cast<double>(values.size() - 1));
}

}  // namespace

template <int Dim>
void add_data_errors(Solution<Dim>& solution, const std::vector<EscapeRequest>& escapes) {
  if (escapes.empty()) return;
  auto drawn = redrawn(solution.problem.dynamics, 1);
  if (!drawn) return;
  Problem<Dim> problem = on_coarse_grid<Dim>(solution.problem);
  const SolveRequest<Dim> request = times_alone<Dim>(escapes);
  std::vector<std::vector<double>> log_rates(escapes.size());
  std::string failure;
  int made = 0;
  const auto all_known = [&](const std::vector<double>& of_escape) {
    return of_escape.size() == static_cast<std::size_t>(made);
  };
  // One without a rate is enough for no error to be known, and may take long to show that.
  while (made < draws && std::any_of(log_rates.begin(), log_rates.end(), all_known)) {
    const int draw = ++made;
    solution.progress(static_cast<double>(draw - 1) / draws, "errors from the table");
    if (draw > 1) drawn = redrawn(solution.problem.dynamics, static_cast<std::uint64_t>(draw));
    problem.dynamics = std::move(*drawn);
    try {
      const Results results = solve_problem<Dim>(problem, request);
      for (std::size_t k = 0; k < escapes.size(); ++k)
        if (results.estimates[k].log_rate)
          log_rates[k].push_back(*results.estimates[k].log_rate);
        else
          failure = results.estimates[k].note;
    } catch (const SolverError& error) {
      failure = error.what();
    }
  }
  for (std::size_t k = 0; k < escapes.size(); ++k) {
    if (!all_known(log_rates[k])) {
      without_interval<Dim>(solution, escapes[k].escape, "the error that comes from the tables",
                            fmt::format("{} of {} redrawn ones have a rate ({})", log_rates[k].size(), made, failure));
      continue;
    }
    const double error = standard_deviation(log_rates[k]);
    change_measured<Dim>(solution, escapes[k].escape, [error](Estimate& estimate) {
      constexpr double of_95_percent = 1.96;
      estimate.data_error = error;
      widen(estimate, [error](double width) { return std::hypot(width, of_95_percent * error); });
    });
  }
}

template <int Dim>
void add_clip_errors(Solution<Dim>& solution, const std::vector<EscapeRequest>& escapes) {
  if (escapes.empty()) return;
  if (!clipped_higher(solution.problem.dynamics)) return;
  Problem<Dim> problem = on_coarse_grid<Dim>(solution.problem);
  const SolveRequest<Dim> request = times_alone<Dim>(escapes);
  std::vector<std::vector<Estimate>> rates;  // as it is, and with higher clips
  std::string failure;
  try {
    for (std::optional<Dynamics> next = problem.dynamics; next; next = clipped_higher(problem.dynamics)) {
      problem.dynamics = *next;
      rates.push_back(solve_problem<Dim>(problem, request).estimates);
    }
  } catch (const SolverError& error) {
    failure = error.what();
  }
  for (std::size_t k = 0; k < escapes.size(); ++k) {
    const bool known = failure.empty() && std::all_of(rates.begin(), rates.end(), [k](const auto& estimates) {
                         return estimates[k].log_rate.has_value();
                       });
    if (!known) {
      without_interval<Dim>(solution, escapes[k].escape, "how much landscape.clip_above changes the rate", failure);
      continue;
    }
    constexpr double rest = 2.0;  // for what the higher clips still change
    double change = 0.0;
    for (const std::vector<Estimate>& estimates : rates)
      change = std::max(change, rest * std::abs(*estimates[k].log_rate - *rates.front()[k].log_rate));
    change_measured<Dim>(solution, escapes[k].escape, [change](Estimate& estimate) {
      widen(estimate, [change](double width) { return width + change; });
      constexpr double negligible = 1e-4;
      if (change < negligible) return;
      add_note(estimate, fmt::format("landscape.clip_above may change it by {:.2g} %", 100.0 * std::expm1(change)));
    });
  }
}

template void add_data_errors(Solution<1>&, const std::vector<EscapeRequest>&);
template void add_data_errors(Solution<2>&, const std::vector<EscapeRequest>&);
template void add_clip_errors(Solution<1>&, const std::vector<EscapeRequest>&);
template void add_clip_errors(Solution<2>&, const std::vector<EscapeRequest>&);

}  // namespace valleyflux
