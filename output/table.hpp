#pragma once

#include "solver/results.hpp"

#include <string>
#include <vector>

namespace valleyflux {

/// Plain text in aligned columns; the first row is the head. Columns of numbers are aligned to the right.
std::string aligned(const std::vector<std::vector<std::string>>& rows);

/// A number as it is shown, without the sign of what is rounded to zero.
std::string unsigned_zero(std::string number);

/// The rate of an estimate, to so many digits: by its logarithm where it underflows, "-" where there is none.
std::string shown_rate(const Estimate& estimate, int digits);

/// Valleys: name, minimum, height, stationary probability.
std::string valleys_table(const Results& results);

/// Estimates: escape, method, rate, half-width of its interval, mean time, and how far each rate is from the
/// recommended one of the same escape, which is marked; below, notes and the shares of the targets of an escape to any.
std::string estimates_table(const Results& results);

/// The accuracy that was asked for and that was reached, on one line.
std::string accuracy_line(const AccuracyResult& accuracy);

/// A loss at its start, and its gradient's covariance against its Hessian.
std::string loss_lines(const LossResult& loss);

/// The network of valleys: rates between cores with Rule 1 beside them, mean first-passage times with Rule 2, and
/// probabilities with Corollary 3.2.2.
std::string network_table(const NetworkResult& network);

/// Most probable paths: saddle, method, exponent, its error.
std::string paths_table(const Results& results);

/// The leading eigenvalues on one line.
std::string spectrum_line(const Results& results);

}  // namespace valleyflux
