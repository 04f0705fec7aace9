#pragma once

namespace valleyflux {

/// Bytes of a cell beside the factors of the elimination: coefficients, edges and vectors of two grids, Arnoldi's basis
/// and the eigenvectors.
inline constexpr double bytes_of_cell = 2200.0;

/// Bytes of the factors of an elimination, an estimate of that kind.
double elimination_estimate(int dimension, double cells);

/// Bytes that solving a problem of this many cells takes at its peak by the multilevel solver, without a spectrum.
double multilevel_estimate(double cells);

/// Bytes that solving a problem of this many cells takes at its peak (an estimate from above for five-point stencils;
/// full tensors take up to twice as much).
double memory_estimate(int dimension, double cells);

}  // namespace valleyflux
