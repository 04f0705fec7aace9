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

void widen(Estimate& estimate, double error) {
  estimate.data_error = error;
  if (!estimate.low || !estimate.high) return;
  const double rate = *estimate.rate;
  const auto both = [error](double width) {  // of the logarithm, to one side
    constexpr double of_95_percent = 1.96;
    return std::hypot(width, of_95_percent * error);
  };
  if (*estimate.low > 0) estimate.low = rate * std::exp(-both(std::log(rate / *estimate.low)));
  estimate.high = rate * std::exp(both(std::log(*estimate.high / rate)));
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
  SolveRequest<Dim> request;
  request.escapes = escapes;
  for (EscapeRequest& escape : *request.escapes) escape.methods = {"mean_first_passage"};
  request.grids = 1;
  request.modes = 0;
  request.network = request.paths = false;
  std::vector<std::vector<double>> log_rates(escapes.size());
  std::string failure;
  for (int draw = 1; draw <= draws; ++draw) {
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
    const std::string& from = solution.valley_name(escapes[k].escape.from);
    const std::string to = solution.target_name(escapes[k].escape);
    if (log_rates[k].size() < static_cast<std::size_t>(draws)) {
      solution.results.warnings.push_back(
          fmt::format("{}: the error that comes from the tables is not known, only {} of {} redrawn ones have "
                      "a rate ({})",
                      solution.label(escapes[k].escape), log_rates[k].size(), draws, failure));
      continue;
    }
    const double error = standard_deviation(log_rates[k]);
    for (Estimate& estimate : solution.results.estimates) {
      const MethodStage stage = method_named(estimate.method).stage;
      const bool measured = stage == MethodStage::grid || stage == MethodStage::particles;
      if (measured && estimate.from == from && estimate.to == to && estimate.log_rate) widen(estimate, error);
    }
  }
}

template void add_data_errors(Solution<1>&, const std::vector<EscapeRequest>&);
template void add_data_errors(Solution<2>&, const std::vector<EscapeRequest>&);

}  // namespace valleyflux
