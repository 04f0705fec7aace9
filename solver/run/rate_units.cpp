#include "solver/run/rate_units.hpp"

#include "solver/finite.hpp"

#include <cmath>
#include <limits>

namespace valleyflux {

void convert_rates(Results& results) {
  if (results.units.escape_time.empty()) return;
  const double factor = rate_conversion(results.units.time, results.units.escape_time);
  // What leaves the range of a double is missing, as it would be without a conversion; log_rate tells it.
  const auto scale = [](std::optional<double>& value, double by) {
    if (value) value = finite(*value * by);
  };
  for (Estimate& estimate : results.estimates) {
    const double own_rate = estimate.rate.value_or(1.0);
    for (auto* value : {&estimate.rate, &estimate.low, &estimate.high}) scale(*value, factor);
    for (auto* value :
         {&estimate.time, &estimate.transition_time, &estimate.transition_time_low, &estimate.transition_time_high})
      scale(*value, 1.0 / factor);
    if (estimate.log_rate) {
      *estimate.log_rate += std::log(factor);
      if (own_rate < std::numeric_limits<double>::min()) estimate.rate = std::exp(*estimate.log_rate);
      if (!estimate.time) estimate.time = finite(std::exp(-*estimate.log_rate));
    }
  }
  if (results.network) {
    for (auto* values :
         {&results.network->rate, &results.network->low, &results.network->high, &results.network->rule_1_rate})
      *values = finite_or_missing(*values * factor);
    for (auto* values : {&results.network->time, &results.network->rule_2_time})
      *values = finite_or_missing(*values / factor);
    for (auto& eigenvalue : results.network->spectrum) eigenvalue *= factor;
  }
  results.first_passage_time /= factor;
  for (FirstPassageResult& one : results.first_passages) {
    one.mean /= factor;
    for (auto* value : {&one.low, &one.high}) scale(*value, 1.0 / factor);
    scale(one.variance, 1.0 / (factor * factor));
    one.density *= factor;
    one.density_error *= factor;
    for (FirstPassageTarget& target : one.targets) {
      scale(target.mean, 1.0 / factor);
      target.density *= factor;
      target.density_error *= factor;
    }
  }
  for (auto& eigenvalue : results.spectrum) eigenvalue *= factor;
  for (auto* errors : {&results.spectrum_error, &results.spectrum_bound})
    for (double& error : *errors) error *= factor;
}

}  // namespace valleyflux
