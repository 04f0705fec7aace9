#pragma once

#include "solver/results.hpp"
#include "solver/statistics/linear_fit.hpp"

#include <string>
#include <vector>

namespace valleyflux {

/// A rate at one value of the keys that a sweep varies.
struct SweepRow {
  std::vector<double> at;  // values of the keys
  Estimate estimate;
};

std::vector<SweepRow> sweep_rows(const std::vector<double>& at, const Results& results);

/// How a rate depends on the first key of a sweep, all others fixed.
struct SweepFit {
  std::vector<double> others;  // values of the further keys
  std::string from, to, method;
  std::string relation;  // "-log(rate) ~ value", "-log(rate) ~ 1/value", "-log(rate) ~ log(value)" or "rate ~ value"
  std::size_t points = 0;
  LinearFit fit;
};

/// Every relation of every escape and method that has at least 3 rates above zero (and values above zero, where the
/// relation needs them).
std::vector<SweepFit> sweep_fits(const std::vector<SweepRow>& rows);

}  // namespace valleyflux
