#pragma once

#include <string>
#include <vector>

namespace valleyflux::coverage {

/// dx = (tilt - L'(x)) dt + [2 D(x)]^(1/2) dW on a line, for the stochastic integral alpha (0 Ito, 1/2 Stratonovich,
/// 1 isothermal):
///   L(x) = sum_k c_k x^k + sum_j a_j sin(w_j x + p_j),   D(x) = d (1 + a sin(w x + p)),
/// evaluated by nothing that the library has.
struct LineProcess {
  struct Wave {
    double amplitude = 0.0, frequency = 1.0, phase = 0.0;
  };

  std::vector<double> polynomial;  // c_0, c_1, ...
  std::vector<Wave> waves;
  double tilt = 0.0;
  double diffusion = 1.0;  // d
  Wave modulation;         // of D: a, w, p
  double alpha = 0.0;

  long double landscape(long double x) const;
  long double slope(long double x) const;  // L'
  long double noise(long double x) const;  // D
  /// Phi'(x) = (L' - tilt) / D: the slope of the generalised potential.
  long double potential_slope(long double x) const { return (slope(x) - static_cast<long double>(tilt)) / noise(x); }

  /// Points of (low, high) where the drift vanishes and points back from both sides, in ascending order.
  std::vector<double> stable_points(double low, double high) const;
  /// And those where it points away.
  std::vector<double> unstable_points(double low, double high) const;

  /// As the case file's expressions, of the variable given (an expression of its own is put in parentheses).
  std::string landscape_text(const std::string& variable) const;
  std::string slope_text(const std::string& variable) const;
  std::string noise_text(const std::string& variable) const;
  std::string interpretation() const;

 private:
  std::vector<double> zeros(double low, double high, bool stable) const;
};

/// A number with all its digits, as TOML and expressions take it.
std::string digits(double x);

}  // namespace valleyflux::coverage
