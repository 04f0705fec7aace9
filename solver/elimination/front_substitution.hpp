#pragma once

#include "solver/elimination/dense_front.hpp"

namespace valleyflux {

/// Substitutions with an eliminated front, for 1, 2 or 4 right-hand sides at a time. y: left_rows() x columns, what is
/// known of the pivots and, added up, of the boundary.
/// Backward equation: y_p := what elimination makes of f, y_b += its effect on the boundary; then y_p := u_p from u_b.
template <int columns>
void substitute_up(const FrontShape& shape, const double* left, double* y);
template <int columns>
void substitute_down(const FrontShape& shape, const double* left, const double* top, double* y);
/// The same for the forward equation (transposed).
template <int columns>
void substitute_up_forward(const FrontShape& shape, const double* left, const double* top, double* y);
template <int columns>
void substitute_down_forward(const FrontShape& shape, const double* left, double* y);

}  // namespace valleyflux
