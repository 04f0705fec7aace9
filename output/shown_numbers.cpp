#include "output/shown_numbers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace valleyflux {

std::string shown_rate(const Estimate& estimate, int digits) {
  constexpr int of_bound = 3;
  if (!estimate.rate) return estimate.high ? fmt::format("< {:.{}g}", *estimate.high, of_bound) : "-";
  constexpr int most = 6;  // of a logarithm
  if (*estimate.rate == 0.0)
    return estimate.log_rate ? fmt::format("e^{:.{}g}", *estimate.log_rate, std::min(digits, most)) : "0";
  return fmt::format("{:.{}g}", *estimate.rate, digits);
}

std::string shown_relative_error(const Estimate& estimate) {
  if (!estimate.low || !estimate.high || !estimate.rate || *estimate.rate == 0.0) return "";
  return fmt::format("{:.1e}", 0.5 * (*estimate.high - *estimate.low) / *estimate.rate);
}

std::string shown_difference(double difference) {
  constexpr double large = 0.5, huge = 100.0;
  if (std::abs(difference) > huge) return fmt::format("x e^{:.4g}", difference);
  if (std::abs(difference) > large) return fmt::format("x {:.3g}", std::exp(difference));
  const double percent = 100.0 * std::expm1(difference);
  return std::abs(percent) < 1e-3 ? fmt::format("{:+.1e} %", percent) : fmt::format("{:+.3f} %", percent);
}

std::string unsigned_zero(std::string number) {
  if (number.starts_with('-') && number.find_first_not_of("-0.") == std::string::npos) number.erase(0, 1);
  return number;
}

std::string shown_eigenvalue(const std::complex<double>& value) {
  return value.imag() == 0 ? fmt::format("{:.6g}", value.real())
                           : fmt::format("{:.6g}{:+.6g}i", value.real(), value.imag());
}

}  // namespace valleyflux
