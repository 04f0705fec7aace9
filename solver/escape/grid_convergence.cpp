#include "solver/escape/grid_convergence.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace valleyflux {

namespace {

// Logarithms closer than this differ by the round-off of potentials and sums, not by the grid.
constexpr double round_off = 1e-11;
// Differences below this are round-off, or so far below what any user resolves that their order does not matter.
constexpr double negligible = 1e-9;

constexpr double formal_order = 2.0, order_slack = 0.5;
// Logarithms this far apart are no sign of convergence by themselves, and those farther apart no number at all.
constexpr double far_apart = 0.25, decade_apart = 2.3;

/// Grids that have not begun to converge.
GridConvergence run_apart(double log_value, const std::string& note) {
  GridConvergence result;
  result.value = std::exp(log_value);
  result.apart = true;
  result.note = note;
  return result;
}

GridConvergence run_apart(double log_value, double difference) {
  return run_apart(log_value, fmt::format("grids too coarse: the finest two differ by a factor of {:.2g}",
                                          std::exp(std::min(std::abs(difference), 700.0))));
}

GridConvergence around(double log_value, double error) {
  error = std::max(error, round_off);
  GridConvergence result;
  result.value = std::exp(log_value);
  const double low = std::exp(log_value - error), high = std::exp(log_value + error);
  if (!(low > 0) || !std::isfinite(high))
    return run_apart(log_value, "grids too coarse: the error leaves double precision");
  result.low = low;
  result.high = high;
  return result;
}

std::optional<double> order_of(double d1, double d2, double ratio) {
  if (!(d2 / d1 > 0) || !std::isfinite(d2 / d1)) return std::nullopt;
  return std::log(d2 / d1) / std::log(ratio);
}

bool formal(const std::optional<double>& order) {
  return order && std::abs(*order - formal_order) <= order_slack;
}

/// Whether four grids come nearer each other from each to the next, by an order of 2 from the first to the last, though
/// not from each to the next: one of them lies off by chance.
bool formal_over_all(const std::vector<double>& logs, double ratio) {
  if (logs.size() < 4) return false;
  const double d1 = logs[0] - logs[1], d2 = logs[1] - logs[2], d3 = logs[2] - logs[3];
  const auto falls = [](double finer, double coarser) {
    return finer * coarser > 0 && std::abs(finer) < std::abs(coarser);
  };
  return falls(d1, d2) && falls(d2, d3) && std::abs(d3) < far_apart && formal(order_of(d1, d3, ratio * ratio));
}

/// Parts of what an order of 2 makes of differences that are left as error.
struct Leftover {
  double seen_twice, seen_once;  // of the correction
  double older;                  // of the difference before the last two
  double coarser;                // of the coarser grid's correction, where errors fall faster
  double highest_order;          // that four grids may show by chance where it is 2
};

Leftover leftover_of(double felt_of_curved_surface) {
  constexpr double felt = 0.01, ruling = 0.1, highest = formal_order + order_slack;
  if (!(felt_of_curved_surface > felt)) return {0.2, 0.6, 0.1, 1.0, highest};
  return {1.0, 2.0, 0.4, 3.0, felt_of_curved_surface > ruling ? highest : 3.0};
}

/// From three grids or four.
GridConvergence from_several(const std::vector<double>& logs, double ratio, const Leftover& leftover) {
  const double d1 = logs[0] - logs[1], d2 = logs[1] - logs[2];
  const double larger = std::max(std::abs(d1), std::abs(d2));
  if (larger < negligible) return around(logs[0], 3.0 * larger);
  const std::optional<double> order = order_of(d1, d2, ratio);
  const double gain = ratio * ratio - 1.0;
  GridConvergence result;
  constexpr double least_order = 0.5;
  if ((std::abs(d1) > far_apart && order && *order < least_order) || std::abs(d1) > decade_apart) {
    result = run_apart(logs[0], d1);
    result.observed_order = order;
    return result;
  }
  // Grids whose rates differ by more than a factor of 2 are far from where any order means something.
  const auto wild = [](double difference) { return std::abs(difference) > std::log(2.0); };
  const bool by_chance = logs.size() > 3 && order && *order > formal_order && *order <= leftover.highest_order;
  if (!wild(d2) && (formal(order) || by_chance)) {
    const double finer = logs[0] + d1 / gain, coarser = logs[1] + d2 / gain;
    // On coarse grids an order of 2 may be an accident, and the two extrapolated values then agree by accident: only an
    // order seen twice speaks for a fifth of the correction.
    const double d3 = logs.size() > 3 ? logs[2] - logs[3] : 0.0;
    const bool seen_twice = logs.size() > 3 && formal(order) && formal(order_of(d2, d3, ratio));
    double error = std::max(std::abs(finer - coarser),
                            (seen_twice ? leftover.seen_twice : leftover.seen_once) * std::abs(d1) / gain);
    // Where errors have just crossed zero all differences are too small by chance, but for the one before.
    if (!seen_twice && !wild(d3))
      error = std::max(error, leftover.older * std::abs(d3) / (ratio * ratio * ratio * ratio));
    result = around(finer, error);
  } else if (!wild(d1) && ((order && *order > formal_order) || std::abs(d1) < negligible)) {
    // Differences that change sign look like this where they cross zero: |d2| says more of the error than |d1|, as much
    // as the coarser grid's own correction.
    result = around(logs[0], std::max(std::abs(d1), std::abs(d2) * (wild(d2) ? 1.0 : leftover.coarser / gain)));
    result.note = order ? fmt::format("observed order {:.1f}: better than 2, not extrapolated", *order) : "";
  } else {
    constexpr double safety = 3.0, safety_of_wild = 5.0;
    const double part = wild(larger) ? safety_of_wild : formal_over_all(logs, ratio) ? 1.0 : safety;
    result = around(logs[0], part * larger);
    result.note = order ? fmt::format("observed order {:.1f} instead of 2: not extrapolated", *order)
                        : "the grids do not converge monotonically: not extrapolated";
  }
  result.observed_order = order;
  return result;
}

}  // namespace

std::optional<double> GridConvergence::relative_error() const {
  if (!low || !high) return std::nullopt;
  return 0.5 * (*high - *low) / value;
}

GridConvergence extrapolate(const std::vector<double>& values, const std::vector<double>& spacings,
                            double felt_of_curved_surface) {
  if (values.empty() || values.size() != spacings.size())
    throw std::invalid_argument("as many spacings as values are needed");
  std::vector<double> logs, kept;
  bool ended = false;
  for (std::size_t k = 0; k < values.size(); ++k) {
    if (k > 0 && !(spacings[k] > spacings[k - 1])) throw std::invalid_argument("spacings must ascend");
    const bool known = values[k] > 0 && std::isfinite(values[k]);
    ended |= !known && !logs.empty();
    if (!known || ended || logs.size() == 4) continue;
    logs.push_back(std::log(values[k]));
    kept.push_back(spacings[k]);
  }
  GridConvergence result;
  if (logs.empty()) {
    result.value = std::numeric_limits<double>::quiet_NaN();
    result.note = "no grid gives a positive number";
  } else if (logs.size() == 1) {
    result.value = std::exp(logs[0]);
    result.order_seen = false;
    result.apart = values.size() > 1;
    result.note =
        result.apart ? "of all grids one alone gives a number: no error estimate" : "one grid: no error estimate";
  } else if (logs.size() == 2) {
    constexpr double safety = 3.0;
    const double difference = std::abs(logs[0] - logs[1]);
    if (difference > far_apart) return run_apart(logs[0], difference);
    result = around(logs[0], safety * difference);
    result.order_seen = difference < negligible;
    if (!result.order_seen) result.note = "two grids: their order was not seen";
  } else {
    result = from_several(logs, kept[1] / kept[0], leftover_of(felt_of_curved_surface));
  }
  return result;
}

void GridSeries::add(double spacing, double value) {
  const auto at = std::lower_bound(spacings_.begin(), spacings_.end(), spacing) - spacings_.begin();
  spacings_.insert(spacings_.begin() + at, spacing);
  values_.insert(values_.begin() + at, value);
}

}  // namespace valleyflux
