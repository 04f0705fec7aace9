#pragma once

#include "grids/grid.hpp"
#include "problems/landscapes/landscape.hpp"

#include <optional>

namespace valleyflux {

/// A place inside the domain where the landscape jumps (where(x > 0, 1, 0)), which no gradient shows: on the line the
/// first of its breakpoints that is one; in the plane, and where breakpoints are not all known, found between the
/// points of a lattice over the grid's box, by halves down to round-off. Nothing for landscapes that may have none.
template <int Dim>
std::optional<Point<Dim>> step_of(const Landscape& landscape, const Grid<Dim>& grid);

extern template std::optional<Point<1>> step_of(const Landscape&, const Grid<1>&);
extern template std::optional<Point<2>> step_of(const Landscape&, const Grid<2>&);

}  // namespace valleyflux
