#pragma once

#include "solver/results.hpp"

#include <vector>

namespace valleyflux {

/// Marks one row of every escape as the one to be quoted. Of the rows with a rate: mean_first_passage if its relative
/// error is `wanted` or less, as its inverse is the mean time from the minimum whatever the barrier; else the one of
/// mean_first_passage and quasi_stationary with the smaller error (a quasi_stationary row has a rate only where it is
/// that of the pair); without them reactive_flux, flux, sgd_chain, the better one of splitting and langevin, sgd, and
/// closed forms last, theory:laplace before the others.
void recommend(std::vector<Estimate>& estimates, double wanted = 1e-3);

}  // namespace valleyflux
