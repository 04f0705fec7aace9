#pragma once

#include "problems/losses/loss.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace valleyflux {

/// The loops of Loss::minibatch_gradients: loss_lanes repetitions side by side, by the processor's vectors, with the
/// same bits whatever their width. samples: features x samples, columns first; everything else as there.

void styblinski_tang_lanes(const double* samples, Index features, const double* theta, const std::uint32_t* rows,
                           Index batch, double* gradient);

/// samples: the features times 1 or -1 (class 1 or 0).
void logistic_regression_lanes(const double* samples, Index features, const double* theta, const std::uint32_t* rows,
                               Index batch, double* gradient);

/// units: inputs, hidden units of each layer, outputs. labels: classes of the samples.
void network_lanes(const std::vector<Index>& units, const double* samples, const int* labels, const double* theta,
                   const std::uint32_t* rows, Index batch, double* gradient, double* workspace);
std::size_t network_workspace(const std::vector<Index>& units);

}  // namespace valleyflux
