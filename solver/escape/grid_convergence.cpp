#include "solver/escape/grid_convergence.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace valleyflux {

namespace {

// Logarithms of rates closer than this differ by the round-off of potentials and sums, not by the grid.
constexpr double round_off = 1e-11;

GridConvergence around(double log_value, double error) {
  error = std::max(error, round_off);
  return {std::exp(log_value), std::exp(log_value - error), std::exp(log_value + error), std::nullopt, false, ""};
}

}  // namespace

GridConvergence extrapolate(const std::vector<double>& values, const std::vector<double>& spacings) {
  if (values.empty() || values.size() != spacings.size())
    throw std::invalid_argument("as many spacings as values are needed");
  std::vector<double> logs;
  for (std::size_t k = 0; k < values.size(); ++k) {
    if (!(values[k] > 0) || !std::isfinite(values[k]))
      throw std::invalid_argument(fmt::format("only positive numbers can be extrapolated (got {})", values[k]));
    if (k > 0 && !(spacings[k] > spacings[k - 1])) throw std::invalid_argument("spacings must ascend");
    logs.push_back(std::log(values[k]));
  }
  if (logs.size() == 1)
    return {values[0], std::nullopt, std::nullopt, std::nullopt, false, "one grid: no error estimate"};

  const double ratio = spacings[1] / spacings[0];
  const double difference = logs[0] - logs[1];
  const double correction = difference / (ratio * ratio - 1.0);
  GridConvergence result = around(logs[0] + correction, std::abs(correction));
  if (logs.size() == 2) return result;

  const double coarser = logs[1] - logs[2];
  if (std::abs(difference) < round_off) return result;
  constexpr double lowest_order = 1.5, highest_order = 2.7;
  if (coarser / difference > 0) {
    // Spacings in equal ratios up to the rounding of odd cell numbers.
    result.observed_order = std::log(coarser / difference) / std::log(ratio);
    if (*result.observed_order >= lowest_order && *result.observed_order <= highest_order) return result;
  }
  // Superconvergence at noise level: the difference is already far below what any user resolves.
  if (std::abs(difference) < 1e-9) return result;
  const std::optional<double> order = result.observed_order;
  result = around(logs[0], std::abs(difference));
  result.observed_order = order;
  result.too_coarse = !order || *order < lowest_order;
  if (!order)
    result.note = "not converging monotonically: the grid is too coarse";
  else if (result.too_coarse)
    result.note = fmt::format("observed order {:.1f} instead of 2: the grid is too coarse", *order);
  else
    result.note = fmt::format("observed order {:.1f}: better than 2, not extrapolated", *order);
  return result;
}

}  // namespace valleyflux
