#pragma once

#include "problems/case/case_file.hpp"
#include "solver/results.hpp"
#include "solver/solve_problem.hpp"
#include "tools/loss_case.hpp"

#include <string>
#include <vector>

namespace valleyflux {

/// A key of the case and the values that it takes.
struct Variation {
  std::string key;
  std::vector<double> values;
};

/// Reads "table.key=first:last:count[:log]". Throws CaseError for anything else.
Variation variation_of(const std::string& text);

/// The rates of a case alone: neither densities over time nor spectrum or network. Throws as a run of it does.
Results rates_of(const Case& definition, TrainedStarts& starts, const SolveObserver& observer);

}  // namespace valleyflux
