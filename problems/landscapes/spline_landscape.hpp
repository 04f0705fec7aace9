#pragma once

#include "problems/landscapes/landscape.hpp"
#include "problems/tables/tabulated_values.hpp"

#include <functional>
#include <memory>

namespace valleyflux {

using TablePreparation = std::function<TabulatedValues(TabulatedValues)>;

/// Tensor-product cubic spline through values on a regular grid of one or two axes: twice continuously differentiable,
/// derivatives exact (the third ones are piecewise constant along each axis). Ends that are not periodic are
/// not-a-knot, which keeps fourth order up to the edge; beyond them the last polynomial is continued, periodic axes
/// wrap. A table with errors can be redrawn. Values that are not finite are missing: domain() holds the points whose
/// neighbours all have a value, between which the spline depends on these alone (see table_extension.hpp). Throws
/// std::invalid_argument for fewer than 5 points an axis, and where no value is finite.
/// prepare: what is done with the values before, of a table as it is and of every one redrawn.
std::shared_ptr<const Landscape> spline_landscape(const TabulatedValues& given, const TablePreparation& prepare = {});
/// Where what `prepare` makes of what is given is known already, as `table`.
std::shared_ptr<const Landscape> spline_landscape(const TabulatedValues& given, TabulatedValues table,
                                                  const TablePreparation& prepare);

}  // namespace valleyflux
