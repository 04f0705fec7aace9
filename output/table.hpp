#pragma once

#include "solver/results.hpp"

#include <string>
#include <vector>

namespace valleyflux {

/// Valleys: name, minimum, height, stationary probability.
std::string valleys_table(const Results& results);

/// What a terminal shows of results, in 80 columns: the recommended rates first, then valleys, every method, and what
/// else there is.
std::string results_text(const Results& results);

/// How an evolution went, what left through walls, and how far its particles are from its density; empty without one.
std::string evolution_lines(const Results& results);

/// The accuracy that was asked for and that was reached.
std::string accuracy_line(const AccuracyResult& accuracy);

/// A loss at its start, and its gradient's covariance against its Hessian.
std::string loss_lines(const LossResult& loss);

/// The network of valleys: rates between cores with Rule 1 beside them, mean first-passage times with Rule 2,
/// probabilities with Corollary 3.2.2, and what these say.
std::string network_table(const NetworkResult& network, const Units& units);

/// Mean and standard deviation of the first-passage times, and the errors of their distributions.
std::string first_passage_table(const Results& results);

/// Most probable paths: saddle, method, exponent, its error.
std::string paths_table(const Results& results);

/// The leading eigenvalues.
std::string spectrum_line(const Results& results);

}  // namespace valleyflux
