#pragma once

#include "solver/elimination/dense_front.hpp"

namespace valleyflux {

/// Substitutions with an eliminated front. y: left_rows(), what is known of the pivots and, added up, of the boundary.
/// Backward equation: y_p := what elimination makes of f, y_b += its effect on the boundary; then y_p := u_p from u_b.
void substitute_up(const FrontShape& shape, const double* left, double* y);
void substitute_down(const FrontShape& shape, const double* left, const double* top, double* y);
/// The same for the forward equation (transposed).
void substitute_up_forward(const FrontShape& shape, const double* left, const double* top, double* y);
void substitute_down_forward(const FrontShape& shape, const double* left, double* y);

}  // namespace valleyflux
