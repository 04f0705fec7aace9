#pragma once

#include "solver/results.hpp"

#include <complex>
#include <string>

namespace valleyflux {

/// The rate of an estimate, to so many digits: by its logarithm where it underflows; where there is none its bound,
/// "< 0.0123", or "-".
std::string shown_rate(const Estimate& estimate, int digits);

/// Half of the interval's width over the rate, "1.2e-05"; empty where none is known.
std::string shown_relative_error(const Estimate& estimate);

/// How far a number is from another one, by the difference of their logarithms: "+2.5 %" or "x 12".
std::string shown_difference(double difference);

/// A number as it is shown, without the sign of what is rounded to zero.
std::string unsigned_zero(std::string number);

std::string shown_eigenvalue(const std::complex<double>& value);

}  // namespace valleyflux
