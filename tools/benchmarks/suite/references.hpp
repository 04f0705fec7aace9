#pragma once

#include "tools/benchmarks/suite/chain.hpp"

#include <functional>
#include <vector>

/// Answers that no tool under test is asked for, or whose error is bounded whoever has found them.
namespace suite {

using Solve = std::function<std::vector<double>(const std::vector<double>&)>;

/// u of (-Q) u = 1, right to 1e-15 of itself in every state: refined in 50 digits by any approximate solver until
/// |1 - (-Q) u| <= 1e-16. -Q is an M-matrix, so that this bounds the relative error of every entry. Throws where it
/// does not get there.
std::vector<double> verified_passage(const Chain& chain, const Solve& approximate);

/// By elimination in quadruple precision within the band, for chains whose barriers are too high for refinement by
/// doubles: time like states times band squared.
Solve quadruple_solver(const Chain& chain);

/// exp(t Q^T) start by Chebyshev's expansion of the symmetrised generator in extended precision; its terms grow like
/// the root of t times the largest rate.
std::vector<double> chebyshev_density(const Chain& chain);

/// The same of a chain on the line, by the trapezoidal rule on a parabola around the negative axis (Weideman &
/// Trefethen 2007) with quadruple precision in its tridiagonal equations.
std::vector<double> contour_density(const Chain& chain);

/// The smallest positive eigenvalue of -Q, without exits: Rayleigh's quotient, written as a sum of positive terms, of
/// what inverse iteration by an approximate solver of (shift - Q) comes to. Its relative error is below 1e-13 by the
/// square of the residual, or it throws.
double verified_eigenvalue(const Chain& chain, const Solve& approximate_shifted);

/// Mean time from `start` to `target` > start of dx = -L' dt + (2 D)^(1/2) dW, reflected at `wall` < start, by
/// quadrature of the double integral.
double passage_by_quadrature(const std::function<double(double)>& energy, double noise, double wall, double start,
                             double target);

}  // namespace suite
