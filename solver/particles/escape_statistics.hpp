#pragma once

#include "solver/particles/first_exits.hpp"

#include <optional>

namespace valleyflux {

/// What exit times say of a rate, if exits are Poisson events (exponential times).
struct EscapeStatistics {
  std::uint32_t particles = 0, escapes = 0;
  double time_at_risk = 0.0;  // sum of the times that all were watched for
  /// All escaped: (N - 2) / sum t (Xie et al. 2020, Eq. 86). Otherwise escapes / time at risk, the estimate of largest
  /// likelihood under censoring; nothing without an escape.
  std::optional<double> rate;
  /// 95 % interval. All escaped: 2 rate sum t ~ chi^2(2 N), exact; otherwise from the chi^2 quantiles of 2 k and
  /// 2 k + 2 degrees of freedom (Garwood 1936). Without an escape: from 0 to the rate that would give one with a
  /// probability of 95 %.
  double low = 0.0, high = 0.0;
  double normal_error = 0.0;  // half-width of the normal approximation, 1.96 rate / sqrt(escapes) (Eq. 87)
  /// Test of Lilliefors (1969) that times are exponential, their mean being estimated: Stephens' (1974) modified
  /// statistic (D - 0.2 / n) (sqrt n + 0.26 + 0.5 / sqrt n), which exceeds 1.094 in 5 % and 1.308 in 1 % of all cases
  /// if they are. Nothing if some particles did not escape, or fewer than five did.
  std::optional<double> exponentiality;
  /// Whether that test lets them pass (on the level of 1 %), or tells nothing.
  bool exponential() const { return !exponentiality || *exponentiality <= exponentiality_limit; }
  /// Standard error of log(rate): that of Poisson events, sqrt(trigamma(escapes)); where the times are not exponential
  /// the relative standard error of their mean, unless they are all the same. Nothing without an escape.
  std::optional<double> log_rate_error;

  static constexpr double exponentiality_limit = 1.308;
};

EscapeStatistics escape_statistics(const FirstExits& exits);

}  // namespace valleyflux
