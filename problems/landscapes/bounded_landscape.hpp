#pragma once

#include "problems/landscapes/landscape.hpp"
#include "problems/tables/tabulated_values.hpp"

#include <memory>

namespace valleyflux {

/// Cubic patches through values on a regular grid of one or two axes that never leave the range of the values around
/// each point (TableFunction::Shape::bounded): no valley is deeper than the data, and none lies where there are none.
/// Once continuously differentiable; second derivatives jump between patches. Missing values, errors and what is thrown
/// as for spline_landscape.
std::shared_ptr<const Landscape> bounded_landscape(const TabulatedValues& table);

}  // namespace valleyflux
